"""Points at which a check compares: drawn from the function's own domain, away from its kinks.

Coordinates are short dyadic rationals, the same in SymPy, in floats and in balls, so that no route starts from a rounded point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from derivkit.checking.survey import sides_of, survey
from derivkit.enclose import FLOAT_BITS, TRUTH_BITS, Point, ball_point, enclosures
from derivkit.evaluate import node_values
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, precision

GRID = 256  # coordinates are odd multiples of 1/GRID: no integer, no tie at a simple number
RANGES = ((0.1, 3), (-3, -0.1), (3, 40), (-40, -3), (0.05, 0.6), (-0.9, -0.05), (1, 8), (40, 900), (-900, -40))
TRIES = 300
SIDES_TRIES = 60  # further proposals in search of a side of a kink or a condition that no point lies on yet
MOST_SIDES = 4
LARGEST = 1e150  # larger values say nothing about ordinary use

Sides = tuple[int | None, ...]  # see `sides_of`


def sample(graph: Graph, wrt: Sequence[str], count: int, seed: int = 0) -> list[Point]:
    """Points where the function is defined and smooth in the variables, of different sizes and signs.

    Parameters
    ----------
    graph : Graph
    wrt : sequence of str
        The variables that will move.
    count : int
        How many points are wanted. A few more are added where they lie on other sides of the function's kinks and conditions.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    list of mapping of str to Graph
        Fewer than `count` where the domain is hard to hit; empty where no point was found.
    """
    names = sorted({*graph.variables, *wrt})
    found: list[Point] = []
    sides: set[Sides] = set()
    known: set[Sides | None] = set()  # certain sides of points that have been looked at
    added = 0
    for attempt, point in enumerate(_proposals(names, Random(seed))):
        if added == MOST_SIDES or (len(found) >= count and attempt >= SIDES_TRIES):
            break
        glimpse = _glimpse(graph, point) if len(found) >= count else None
        if glimpse in known:
            continue
        with precision(TRUTH_BITS):
            values = enclosures(graph, point)
            value = values[graph.root]
            if not value.is_finite() or not abs(value) < LARGEST or survey(graph, values, wrt):
                continue
            side = sides_of(graph, values)
        if len(found) < count or side not in sides:
            added += len(found) >= count
            found.append(point)
        sides.add(side)
        known |= {side, glimpse} - {None}
        if not side and len(found) == count:  # nothing has sides
            break
    return found


def _glimpse(graph: Graph, point: Point) -> Sides | None:
    """The sides of a point as narrow balls tell them, in a fraction of the time that wide ones take; None where one is in doubt."""
    with precision(FLOAT_BITS):
        sides = sides_of(graph, node_values(graph, ball_point(point), BALLS))
    return None if 0 in sides else sides


def _proposals(names: Sequence[str], random: Random) -> Iterator[Point]:
    """Random points: all coordinates from one range, a different one each time; now and then each from its own."""
    for attempt in range(TRIES):
        if attempt < len(RANGES) or attempt % 2:
            low, high = RANGES[attempt % len(RANGES)]
            yield {name: _coordinate(random, low, high) for name in names}
        else:
            yield {name: _coordinate(random, *random.choice(RANGES)) for name in names}


def _coordinate(random: Random, low: float, high: float) -> Graph:
    return constant(Fraction(2 * random.randint(int(low * GRID / 2), int(high * GRID / 2)) + 1, GRID))


def constant(value: Fraction | int) -> Graph:
    """A graph that is one rational number."""
    builder = Builder()
    return builder.graph([builder.add(value.numerator if value.denominator == 1 else value)])
