"""Which signs a function may have on a box by the rules of signs: a sum of positive numbers is positive, however near 0 its ball.

An exponential is positive on all of its domain, which its row of the table says; balls that reach from 0 to something huge cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from flint import arb

from derivkit.expression.arithmetic import ABSOLUTE, ADD, DIVIDE, MULTIPLY, NEGATE, POWER, SUBTRACT, WHERE
from derivkit.expression.graph import Graph
from derivkit.functions import Row

Signs = frozenset[int]  # of -1, 0 and 1, those that are possible
ANY: Signs = frozenset({-1, 0, 1})
POSITIVE: Signs = frozenset({1})


def possible_signs(graph: Graph, nodes: Sequence[arb]) -> Signs:
    """The signs that a function may have where it is defined.

    Parameters
    ----------
    graph : Graph
    nodes : sequence of arb
        An enclosure of every node on the box.

    Examples
    --------
    >>> from derivkit.evaluate import node_values
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.functions import BALLS
    >>> from derivkit.functions.balls import interval
    >>> graph = parse("exp(x) + x^2").graph
    >>> possible_signs(graph, node_values(graph, {"x": interval(arb(-1e6), arb(0))}, BALLS))
    frozenset({1})
    """
    found: list[Signs] = []
    for head, inputs, ball in zip(graph.heads, graph.inputs, nodes, strict=True):
        ruled = _composed(head, [found[i] for i in inputs], [nodes[i] for i in inputs]) if isinstance(head, Row) else ANY
        found.append(ruled & _seen(ball))
    return found[graph.root]


def _seen(ball: arb) -> Signs:
    """The signs of a ball's numbers."""
    return frozenset(sign for sign, out in ((-1, ball >= 0), (0, ball != 0), (1, ball <= 0)) if not out)


def _composed(row: Row, signs: Sequence[Signs], arguments: Sequence[arb]) -> Signs:
    """The signs of a row of its arguments'."""
    if row.positive:
        return POSITIVE
    if row == WHERE:
        return signs[1] | signs[2]
    if row == ABSOLUTE:
        return frozenset(abs(s) for s in signs[0])
    if row == NEGATE:
        return _turned(signs[0])
    if row in (ADD, SUBTRACT):
        return _sum(signs[0], signs[1] if row == ADD else _turned(signs[1]))
    if row in (MULTIPLY, DIVIDE):
        return frozenset(s * t for s, t in product(*signs))
    return _power(signs[0], arguments[1]) if row == POWER else ANY


def _turned(signs: Signs) -> Signs:
    return frozenset(-s for s in signs)


def _sum(first: Signs, second: Signs) -> Signs:
    pairs = list(product(first, second))
    return ANY if any(s * t < 0 for s, t in pairs) else frozenset(s or t for s, t in pairs)


def _power(base: Signs, exponent: arb) -> Signs:
    """Of a positive base positive; of any other the same as its product with itself, where the exponent is whole."""
    if base == POSITIVE:
        return POSITIVE
    whole = exponent.unique_fmpz() if exponent.is_exact() else None
    if whole is None or whole <= 0:
        return ANY
    return frozenset(s * s for s in base) if int(whole) % 2 == 0 else base
