"""Points at which a check compares: drawn from the function's own domain, away from its kinks.

Coordinates are short dyadic rationals, the same in SymPy, in floats and in balls, so that no route starts from a rounded point.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from derivkit.checking.landmarks import landmarks, near
from derivkit.checking.survey import sides_of, survey
from derivkit.enclose import FLOAT_BITS, TRUTH_BITS, Point, ball_point, enclosures
from derivkit.evaluate import node_values
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.region import Interval, Region
from derivkit.functions import BALLS, precision

GRID = 256  # coordinates are odd multiples of 1/GRID: no integer, no tie at a simple number
RANGES = ((0.1, 3), (-3, -0.1), (3, 40), (-40, -3), (0.05, 0.6), (-0.9, -0.05), (1, 8), (40, 900), (-900, -40))
TRIES = 300
SIDES_TRIES = 60  # further proposals in search of a side of a kink or a condition that no point lies on yet
MOST_SIDES, MOST_SIDES_BESIDE = 4, 16
LARGEST = 1e150  # larger values say nothing about ordinary use

Sides = tuple[int | None, ...]  # see `sides_of`


def sample(
    graph: Graph, wrt: Sequence[str], count: int, seed: int = 0, *, region: Region | None = None, beside: Graph | None = None
) -> list[Point]:
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
    region : mapping of str to Interval, optional
        Where the points lie; everywhere by default.
    beside : Graph, optional
        Another function that the first will be compared with: points lie on both sides of its kinks, too, where it is defined and
        where it is not.

    Returns
    -------
    list of mapping of str to Graph
        Fewer than `count` where the domain is hard to hit; empty where no point was found.
    """
    names = sorted({*graph.variables, *wrt})
    found: list[Point] = []
    sides: set[Sides] = set()
    known: set[Sides | None] = set()  # certain sides of points that have been looked at
    added, most_sides = 0, MOST_SIDES if beside is None else MOST_SIDES_BESIDE
    marks = landmarks([graph] if beside is None else [graph, beside])
    for attempt, point in enumerate(_proposals(names, Random(seed), region or {}, marks, mixed=beside is not None)):
        if added == most_sides or (len(found) >= count and attempt >= max(SIDES_TRIES, 4 * count)):
            break
        glimpse = _glimpse(graph, point, beside) if len(found) >= count else None
        if glimpse in known:
            continue
        with precision(TRUTH_BITS):
            values = enclosures(graph, point)
            value = values[graph.root]
            if not value.is_finite() or not abs(value) < LARGEST or survey(graph, values, wrt):
                continue
            side = sides_of(graph, values) + _beside(beside, point)
        if len(found) < count or side not in sides:
            added += len(found) >= count
            found.append(point)
        sides.add(side)
        known |= {side, glimpse} - {None}
        if not side and len(found) == count:  # nothing has sides
            break
    return found


def _beside(graph: Graph | None, point: Point) -> Sides:
    """The sides of a point for the function beside, and whether that is defined there."""
    if graph is None:
        return ()
    values = enclosures(graph, point)
    return (*sides_of(graph, values), 1 if values[graph.root].is_finite() else -1)


def _glimpse(graph: Graph, point: Point, beside: Graph | None) -> Sides | None:
    """The sides of a point as narrow balls tell them, in a fraction of the time that wide ones take; None where one is in doubt."""
    with precision(FLOAT_BITS):
        sides = sides_of(graph, node_values(graph, ball_point(point), BALLS)) + _beside(beside, point)
    return None if 0 in sides else sides


def _proposals(names: Sequence[str], random: Random, region: Region, marks: Sequence[Fraction], *, mixed: bool) -> Iterator[Point]:
    """Random points: all coordinates from one range, a different one each time; now and then each from its own.

    A variable of the region lies in its interval. The last points lie near landmarks; where they are mixed in, every other one.
    """
    for attempt in range(2 * TRIES if marks else TRIES):
        if attempt >= TRIES or (marks and mixed and attempt >= len(RANGES) and attempt % 2):
            point = {name: constant(near(random, random.choice(marks))) for name in names}
        elif attempt < len(RANGES) or attempt % 2:
            low, high = RANGES[attempt % len(RANGES)]
            point = {name: _coordinate(random, low, high) for name in names}
        else:
            point = {name: _coordinate(random, *random.choice(RANGES)) for name in names}
        yield {name: _inside(random, region[name]) if name in region else x for name, x in point.items()}


def _coordinate(random: Random, low: float, high: float) -> Graph:
    return constant(Fraction(2 * random.randint(int(low * GRID / 2), int(high * GRID / 2)) + 1, GRID))


def _inside(random: Random, interval: Interval) -> Graph:
    """A point of an interval: a short dyadic rational, unless the interval is one point."""
    if interval.low == interval.high:
        return interval.low
    low, high = map(Fraction, interval.floats)
    width = (high - low) / GRID
    step = Fraction(2) ** (width.numerator.bit_length() - width.denominator.bit_length() - 1)  # 1/1024 to 1/256 of the interval
    return constant(step * random.randint(math.ceil(low / step), math.floor(high / step)))


def between(interval: Interval, share: Fraction) -> Graph:
    """The float at a share of the way from one end of an interval to the other."""
    low, high = map(Fraction, interval.floats)
    return constant(Fraction(float(low + (high - low) * share))) if low < high else interval.low


def constant(value: Fraction | int) -> Graph:
    """A graph that is one rational number."""
    builder = Builder()
    return builder.graph([builder.add(value.numerator if value.denominator == 1 else value)])
