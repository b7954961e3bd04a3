"""From the graph to SymPy, by the table's `sympy` column; the way back is `language.from_sympy`, offered here too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom, BooleanFunction

from derivkit.budget import deadline
from derivkit.expression.graph import Graph
from derivkit.functions import Row
from derivkit.symbolic.guards import asked, check_arguments, check_number, check_size, sympys_depth
from derivkit.symbolic.language import from_sympy
from derivkit.symbolic.spelling import DEFINITION, GATHERED, definition, symbol, sympy_function

__all__ = ["from_sympy", "outputs_to_sympy", "symbol", "to_sympy"]

_SECONDS = 5.0  # SymPy asks for the sign of constants, and some take their time


@dataclass(slots=True)
class _Open:
    """A sum, a product or a list of pieces (last first) that still grows: nothing else uses it."""

    family: Any
    parts: list[Any] = field(default_factory=list)


def to_sympy(graph: Graph, *, named: bool = False) -> Any:
    """The SymPy expression of a graph's only output.

    Parameters
    ----------
    graph : Graph
    named : bool
        Whether functions that SymPy has no name for are calls by their own names, to be shown, instead of what defines them.

    Returns
    -------
    sympy.Expr
        In real symbols, as SymPy arranges it.

    Raises
    ------
    BudgetError
        If the graph is too large or too deep, holds an exact number that is too long, or takes SymPy too long.
    ConversionError
        If SymPy has no word for a function, or the graph compares numbers that are not real.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> to_sympy(parse("x*x + 0.5").graph)
    x**2 + 1/2
    """
    (expression,) = outputs_to_sympy(graph, named=named)
    return expression


def outputs_to_sympy(graph: Graph, *, named: bool = False) -> tuple[Any, ...]:
    """The SymPy expressions of all outputs of a graph; parameters and errors are those of `to_sympy`."""
    check_size(graph)
    with deadline(_SECONDS, "the conversion to SymPy"), sympys_depth():
        return _convert(graph, {name: symbol(name) for name in graph.variables}, named)


def _convert(graph: Graph, at: Mapping[str, Any], named: bool = False) -> tuple[Any, ...]:
    uses = Counter(i for inputs in graph.inputs for i in inputs)
    uses.update(dict.fromkeys(graph.outputs, 2))
    values: list[Any] = []
    for node, (head, inputs) in enumerate(zip(graph.heads, graph.inputs, strict=True)):
        if isinstance(head, Row):
            value = _call(head, [values[i] for i in inputs], named)
        else:
            value = at[head] if isinstance(head, str) else _rational(head)
        values.append(value if uses[node] == 1 else _close(value))
    return tuple([_number(values[output]) for output in graph.outputs])


def _rational(number: int | Fraction) -> Any:
    value = sympy.Rational(number.numerator, number.denominator)
    check_number(value)
    return value


def _call(row: Row, arguments: list[Any], named: bool = False) -> Any:
    if row.sympy in GATHERED:
        return _gather(*GATHERED[row.sympy], arguments)
    if row.choice:
        return _choose(*arguments)
    numbers = tuple([_number(a) for a in arguments])
    if row.sympy.startswith(DEFINITION):
        if named:
            return sympy.Function(row.name)(*numbers)
        return _convert(definition(row), dict(zip(row.arguments, numbers, strict=True)))[0]
    function = sympy_function(row)
    if not row.arity:
        return function
    check_arguments(function, numbers)
    value = asked(function, *numbers)
    check_number(value)
    return value


def _gather(family: Any, inverse: tuple[bool, ...], arguments: list[Any]) -> _Open:
    """One more step of a sum or a product; grows the first argument's list where nothing else uses it."""
    first = arguments[0]
    grown = first if isinstance(first, _Open) and first.family is family and not inverse[0] else _Open(family)
    for argument, inverted in zip(arguments, inverse, strict=True):
        if argument is grown:
            continue
        parts = argument.parts if isinstance(argument, _Open) and argument.family is family else [_number(argument)]
        grown.parts.extend([_inverse(family, p) for p in parts] if inverted else parts)
    return grown


def _inverse(family: Any, part: Any) -> Any:
    return -part if family is sympy.Add else 1 / part


def _close(value: Any) -> Any:
    """The SymPy object that a value stands for."""
    if not isinstance(value, _Open):
        return value
    if value.family is sympy.Piecewise:
        return asked(sympy.Piecewise, *reversed(value.parts))
    check_arguments(value.family, tuple(value.parts))
    result = asked(value.family, *value.parts)
    check_number(result)
    return result


def _choose(condition: Any, x: Any, y: Any) -> Any:
    """`x` where the condition holds, else `y`: one more piece, or one more clause where both are truth values."""
    condition, x = _truth(condition), _close(x)
    if _is_truth(x) or _is_truth(y):
        return asked(sympy.Or, asked(sympy.And, condition, _truth(x)), asked(sympy.And, sympy.Not(condition), _truth(y)))
    if not (isinstance(y, _Open) and y.family is sympy.Piecewise):
        otherwise = _close(y)
        y = _Open(sympy.Piecewise, [] if otherwise is sympy.nan else [(otherwise, True)])
    y.parts.append((x, condition))
    return y


def _is_truth(value: Any) -> bool:
    return isinstance(value, Relational | BooleanFunction | BooleanAtom)


def _truth(value: Any) -> Any:
    value = _close(value)
    return value if _is_truth(value) else asked(sympy.Ne, value, 0)


def _number(value: Any) -> Any:
    value = _close(value)
    return asked(sympy.Piecewise, (1, value), (0, True)) if _is_truth(value) else value
