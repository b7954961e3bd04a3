"""Bounds as text: `a=0.., b=..5, c=0..1`."""

from __future__ import annotations

import math
from collections.abc import Iterable

from derivkit.errors import PointError
from derivkit.evaluate import evaluate
from derivkit.expression.lexer import Span, refuse_text, shortened
from derivkit.expression.point import assigned_name, assignments, constant_in
from derivkit.expression.region import RANGE

_HINT = "write a=0.., b=..5 or c=0..1"


def parse_bounds(texts: str | Iterable[str]) -> dict[str, tuple[float, float]]:
    """Read the lowest and highest values of variables.

    Parameters
    ----------
    texts : str or iterable of str
        Assignments with commas between them; an end that is left out is infinite.

    Returns
    -------
    dict of str to (float, float)

    Raises
    ------
    PointError
        If an assignment lacks its `=` or its dots, a name is none or is given twice, an end is not a finite number, or they are
        not in order.
    ParseError
        If an end is not an expression.

    Examples
    --------
    >>> parse_bounds("a=0.., b=-1..pi/2")
    {'a': (0.0, inf), 'b': (-1.0, 1.5707963267948966)}
    """
    bounds: dict[str, tuple[float, float]] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        refuse_text(text)
        for span in assignments(text):
            name, equals = assigned_name(text, span, hint=_HINT)
            if name in bounds:
                raise PointError(f"{shortened(name)} is given twice", hint="give both bounds at once", text=text, span=span)
            bounds[name] = _ends(text, name, (equals + 1, span[1]))
    return bounds


def _ends(text: str, name: str, span: Span) -> tuple[float, float]:
    start, end = span
    dots = text.find(RANGE, start, end)
    if dots < 0:
        raise PointError(f"the bounds of {name} lack their two dots", hint=_HINT, text=text, span=span)
    low, high = (
        evaluate(constant_in(text, name, place), {}) if text[slice(*place)].strip() else infinite
        for place, infinite in (((start, dots), -math.inf), ((dots + len(RANGE), end), math.inf))
    )
    if not low < high:
        raise PointError(f"the bounds of {name} are not in order", hint="write the lower one first: a=0..5", text=text, span=span)
    return low, high
