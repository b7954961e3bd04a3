"""Is a formula defined wherever another is? Told from the conditions of its rows; single points, such as poles, do not count."""

from __future__ import annotations

from contextlib import suppress

from flint import arb

from derivkit.enclose import Point, enclosures
from derivkit.errors import DerivkitError
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, Row


def is_defined_with(formula: Graph, other: Graph, point: Point) -> bool:
    """Whether the conditions of a formula's rows hold wherever the other's do, or everywhere.

    Parameters
    ----------
    formula, other : Graph
    point : mapping of str to Graph
        Where both have values; no whole number, at which a power would need nothing of its base.

    Returns
    -------
    bool
        False where it could not be told.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.point import parse_point
    >>> log, at = parse("x*log(x)").graph, parse_point("x=2.5")
    >>> is_defined_with(parse("1 + log(x)").graph, log, at), is_defined_with(parse("1 + 0*log(9 - x)").graph, log, at)
    (True, False)
    """
    granted = set(_limited(other, point))
    return all(part in granted or _is_positive(part) for part in _limited(formula, point))


def _limited(graph: Graph, point: Point) -> list[Graph]:
    """The arguments on whose sign it depends whether a row is defined."""
    values = enclosures(graph, point)
    builder = Builder.of(graph)
    found = []
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        for condition in head.domain if isinstance(head, Row) else ():
            quantity = condition.quantity(BALLS, *[values[i] for i in inputs])
            if condition.sign != "nonzero" and isinstance(quantity, arb):  # a number holds wherever the arguments are of this kind
                found.append(builder.graph(inputs[:1]))
    return found


def _is_positive(part: Graph) -> bool:
    """Whether SymPy knows a formula to be positive or zero for all real numbers."""
    from derivkit.symbolic.convert import to_sympy

    with suppress(DerivkitError):
        return bool(to_sympy(part).is_nonnegative)
    return False
