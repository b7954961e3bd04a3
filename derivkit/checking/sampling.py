"""Points at which a check compares: drawn from the function's own domain, away from its kinks.

Coordinates are short dyadic rationals, the same in SymPy, in floats and in balls, so that no route starts from a rounded point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from derivkit.checking.survey import survey
from derivkit.enclose import Point, enclosures
from derivkit.expression.graph import Builder, Graph

GRID = 256  # coordinates are odd multiples of 1/GRID: no integer, no tie at a simple number
RANGES = ((-3, 3), (0.1, 3), (-0.9, 0.9), (1, 8), (0.05, 0.6), (-8, -0.1), (1, 40), (-40, 40), (50, 900))
TRIES = 300
LARGEST = 1e150  # larger values say nothing about ordinary use


def sample(graph: Graph, wrt: Sequence[str], count: int, seed: int = 0) -> list[Point]:
    """Up to `count` points where the function is defined and smooth in the variables.

    Parameters
    ----------
    graph : Graph
    wrt : sequence of str
        The variables that will move.
    count : int
    seed : int
        The same seed gives the same points.

    Returns
    -------
    list of mapping of str to Graph
        Fewer than `count` where the domain is hard to hit; empty where no point was found.
    """
    names = sorted({*graph.variables, *wrt})
    found: list[Point] = []
    for point in _proposals(names, Random(seed)):
        values = enclosures(graph, point)
        value = values[graph.root]
        if value.is_finite() and abs(value) < LARGEST and not survey(graph, values, wrt):
            found.append(point)
            if len(found) == count:
                break
    return found


def _proposals(names: Sequence[str], random: Random) -> Iterator[Point]:
    """Random points: first all coordinates from one range, then each from its own."""
    for attempt in range(TRIES):
        if attempt % 2 == 0 or attempt < 2 * len(RANGES):
            low, high = RANGES[attempt // 2 % len(RANGES)]
            yield {name: _coordinate(random, low, high) for name in names}
        else:
            yield {name: _coordinate(random, *random.choice(RANGES)) for name in names}


def _coordinate(random: Random, low: float, high: float) -> Graph:
    return constant(Fraction(2 * random.randint(int(low * GRID / 2), int(high * GRID / 2)) + 1, GRID))


def constant(value: Fraction | int) -> Graph:
    """A graph that is one rational number."""
    builder = Builder()
    return builder.graph([builder.add(value.numerator if value.denominator == 1 else value)])
