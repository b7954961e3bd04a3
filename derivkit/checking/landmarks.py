"""Numbers near which a function may change its mind: the constants in its formula, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from derivkit.evaluate import node_values
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import Row

MOST = 64  # landmarks
LARGEST = 10**15  # constants beyond are no places to look at
OFFSETS = (Fraction(0), *(Fraction(1, 2**k) for k in (0, 0, 2, 8, 12, 20)))  # how far from a landmark, at most
GRID = 128


def landmarks(graphs: Sequence[Graph]) -> list[Fraction]:
    """Constants of formulas that choose, or are not defined everywhere, and the middles between neighbours.

    Parameters
    ----------
    graphs : sequence of Graph

    Returns
    -------
    list of Fraction
        In ascending order; empty where nothing in the formulas chooses or is limited.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> [str(number) for number in landmarks([parse("sqrt(x - 1000)").graph])]
    ['-1000', '0', '1000']
    """
    if not any(isinstance(head, Row) and (head.places or _is_limited(head)) for graph in graphs for head in graph.heads):
        return []
    found = {number for graph in graphs for number in _constants(graph) if -LARGEST < number < LARGEST}
    ordered = sorted(found | {-number for number in found} | {Fraction(0)}, key=abs)[:MOST]
    ordered.sort()
    middles = {(a + b) / 2 for a, b in pairwise(ordered)} if len(ordered) > 3 else set()
    return sorted({*ordered, *middles})


def near(random: Random, landmark: Fraction) -> Fraction:
    """A number near a landmark, at a distance of any size, or the landmark itself."""
    reach = random.choice((*OFFSETS, abs(landmark) / 4))
    return landmark + reach * Fraction(2 * random.randint(-GRID // 2, GRID // 2) + 1, GRID)


def _is_limited(row: Row) -> bool:
    """Whether a row is undefined on more than single points."""
    return any(condition.sign != "nonzero" for condition in row.domain)


def _constants(graph: Graph) -> Iterator[Fraction]:
    """The values of a graph's rational parts."""
    exact = GraphArithmetic(Builder())
    at = {name: exact.ref(exact.builder.add(name)) for name in graph.variables}
    return (Fraction(node.value) for node in node_values(graph, at, exact) if node.value is not None)
