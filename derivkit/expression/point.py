"""Points as text: `x=1, y=pi/2`."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from derivkit.errors import DerivkitError, PointError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph, natural_key
from derivkit.expression.lexer import Span, refuse_text, shortened
from derivkit.expression.names import as_product, glued, is_variable_name, nearest
from derivkit.expression.parser import parse, parse_part, parts

Point = Mapping[str, Graph]  # exact values: constant graphs

_NOT_FINITE = frozenset({"nan", "inf", "infinity", "oo"})  # in lower case
_NEXT = re.compile(r";|\s[^\W\d]\w*\s*=(?!=)")  # another assignment, without a comma before it


def parse_point(texts: str | Iterable[str]) -> dict[str, Graph]:
    """Read the values of variables.

    Parameters
    ----------
    texts : str or iterable of str
        Assignments with commas between them; values are expressions without variables.

    Returns
    -------
    dict of str to Graph
        The values as constant graphs, exact as typed.

    Raises
    ------
    PointError
        If an assignment lacks its `=`, a name is none or is given twice, or a value is not a finite number.
    ParseError
        If a value is not an expression.

    Examples
    --------
    >>> from derivkit.evaluate import evaluate
    >>> {name: evaluate(value, {}) for name, value in parse_point("x=1/4, y=max(2, 3)").items()}
    {'x': 0.25, 'y': 3.0}
    """
    point: dict[str, Graph] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        refuse_text(text)
        for span in assignments(text):
            name, equals = assigned_name(text, span)
            if name in point:
                raise PointError(f"{shortened(name)} is given twice", hint="give each variable one value", text=text, span=span)
            point[name] = constant_in(text, name, (equals + 1, span[1]))
    return point


def assignments(text: str) -> Iterator[Span]:
    """The parts between commas that stand in no parentheses."""
    return parts(text, ",")


def assigned_name(text: str, within: Span, hint: str = "write x=1") -> tuple[str, int]:
    """The variable that an assignment gives a value, and where its equals sign stands.

    Raises
    ------
    PointError
        If there is no equals sign, no name before it or nothing behind it, or a second assignment follows without a comma.
    """
    start, end = within
    left = len(text[start:end]) - len(text[start:end].lstrip())
    span = (min(start + left, end), max(start + left, start + len(text[start:end].rstrip())))
    equals = text.find("=", start, end)
    if equals < 0 or not text[equals + 1 : end].strip():
        given = shortened(text[slice(*span)])
        wrong = f"{given} gives no variable a value" if given else "an assignment is missing beside a comma"
        raise PointError(wrong if text.strip() else "the point is empty", hint=hint, text=text, span=span)
    name = _name(text, start, equals, hint)
    following = _NEXT.search(text, equals + 1, end)
    if following:
        message = f"{shortened(text[slice(*span)])} lacks a comma after the value of {shortened(name)}"
        raise PointError(message, hint="separate with commas: x=1,y=2", text=text, span=following.span())
    return name, equals


def constant_in(text: str, name: str, place: Span) -> Graph:
    """The finite number that a part of a text is, as a constant graph.

    Raises
    ------
    PointError
        If it holds a variable or is not a finite number.
    ParseError
        If it is not an expression.
    """
    parsed = parse_part(text, *place)
    inside = next((one for one in parsed.graph.variables if one.lower() not in _NOT_FINITE), None)
    if inside is not None:
        raise PointError(f"the value of {name} holds the variable {shortened(inside)}", hint="give a number", text=text, span=place)
    if parsed.graph.variables or not math.isfinite(evaluate(parsed.graph, {})):
        raise PointError(f"the value of {name} is not a finite number", hint="give a finite real number", text=text, span=place)
    return parsed.graph


def constants_in(text: str, name: str) -> list[float]:
    """The finite numbers between commas in a text.

    Parameters
    ----------
    text : str
    name : str
        Whose they are, for messages.

    Raises
    ------
    PointError
        If one holds a variable or is not a finite number.
    ParseError
        If one is not an expression.

    Examples
    --------
    >>> constants_in("0, 1e-3, 1/2", "l2")
    [0.0, 0.001, 0.5]
    """
    refuse_text(text)
    return [evaluate(constant_in(text, name, span), {}) for span in assignments(text)]


def _name(text: str, start: int, end: int, hint: str) -> str:
    """The variable on the left of an equals sign, in the spelling that expressions use."""
    given = text[start:end].strip()
    span = (start, max(end, start + 1))
    if not given:
        raise PointError("= follows no name", hint=hint, text=text, span=span)
    name = variable_name(given)
    if name is None:
        raise PointError(f"{shortened(given)} is not the name of a variable", hint=hint, text=text, span=span)
    return name


def variable_name(text: str) -> str | None:
    """The variable that a text names, in the spelling that expressions use (θ is theta); None if it names none.

    Examples
    --------
    >>> variable_name("θ₁"), variable_name("2x"), variable_name("pi")
    ('theta1', None, None)
    """
    try:
        variables = parse(text).graph.heads
    except DerivkitError:
        return None
    name = variables[0]
    return name if len(variables) == 1 and isinstance(name, str) and is_variable_name(name) else None


def check_point(point: Mapping[str, object], variables: Collection[str], wrt: Collection[str] = ()) -> None:
    """Check that a point gives every variable a value, and nothing else.

    Parameters
    ----------
    point : mapping of str to anything
    variables : collection of str
        The variables of the expression.
    wrt : collection of str, optional
        The variables to differentiate by, which the expression may lack.

    Raises
    ------
    PointError
        If a name is none of the variables, or a variable has no value.
    """
    known = sorted({*variables, *wrt}, key=natural_key)
    for name in point:
        if name not in known:
            raise PointError(f"{shortened(name)} is not a variable of the expression", hint=_meant(name, known))
    missing = [name for name in known if name not in point]
    if missing:
        names = shortened(", ".join(missing[:10]), 200)
        raise PointError(f"the point gives no value for {names}", hint=f"add {shortened(missing[0])}=...")


def _meant(name: str, known: Sequence[str]) -> str:
    """What may have been meant by a name that is none of the variables."""
    run = glued(known, name)
    if run is not None:
        return as_product(run)
    meant = nearest(name, known)
    listed = shortened(", ".join(known[:10]), 200)
    return f"did you mean {meant}?" if meant else f"the variables are {listed}" if known else "there are no variables"
