"""Boxes: the pieces into which a region is cut, with ends that are exact.

Arb rounds radii up, so that a ball around [0, 1] usually reaches below 0, where a square root is undefined. Boxes are cut at
numbers of few bits, so that their balls can end exactly where they do (`functions.balls.interval`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import arb, ctx

from derivkit.checking.sampling import constant
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.region import Region
from derivkit.functions import BALLS
from derivkit.functions.balls import interval

_MIDDLE_BITS = 12


class End:
    """An exact number at which a box may end.

    Attributes
    ----------
    graph : Graph
        The number as a constant graph.
    ball : arb
        The same as a ball: exact for dyadic numbers, else as narrow as the precision at which it was made.
    """

    def __init__(self, ball: arb, graph: Graph | None = None) -> None:
        self.ball = ball
        self._graph = graph

    @classmethod
    def of(cls, graph: Graph) -> End:
        """The end that a constant graph stands for."""
        return cls(evaluate(graph, {}, BALLS), graph)

    @cached_property
    def graph(self) -> Graph:
        """The number as a constant graph."""
        return constant(dyadic(self.ball)) if self._graph is None else self._graph

    def precise(self) -> arb:
        """The number at the working precision."""
        return self.ball if self.ball.is_exact() else evaluate(self.graph, {}, BALLS)

    def same(self, other: End) -> bool:
        """Whether two ends are the same number, as far as it is written the same."""
        return self is other or bool(self.ball == other.ball) or (self._graph is not None and self._graph == other._graph)


Point = Mapping[str, End]


@dataclass(frozen=True, slots=True)
class Box:
    """An interval for each variable.

    Attributes
    ----------
    names : tuple of str
    ends : tuple of (End, End)
    depth : int
        How often it was cut.
    """

    names: tuple[str, ...]
    ends: tuple[tuple[End, End], ...]
    depth: int = 0

    @classmethod
    def of(cls, region: Region) -> Box:
        """A whole region."""
        intervals = [(End.of(interval.low), End.of(interval.high)) for interval in region.values()]
        return cls(tuple(region), tuple(intervals))

    def balls(self) -> dict[str, arb]:
        """A ball around each interval."""
        return {name: _ball(low, high) for name, (low, high) in zip(self.names, self.ends, strict=True)}

    def holds(self, point: Point) -> bool:
        """Whether a point certainly lies in the box."""
        ends = zip(self.names, self.ends, strict=True)
        return all(low.ball <= point[name].ball and point[name].ball <= high.ball for name, (low, high) in ends)

    def middle(self) -> dict[str, End]:
        """A dyadic point near the middle."""
        return {name: _middle(low, high) for name, (low, high) in zip(self.names, self.ends, strict=True)}

    def corner(self, high: Mapping[str, bool]) -> dict[str, End]:
        """The corner at the high ends of some variables, at the low ends of all others."""
        return {name: ends[high.get(name, False)] for name, ends in zip(self.names, self.ends, strict=True)}

    def width(self, k: int) -> arb:
        """How long the k-th interval is."""
        low, high = self.ends[k]
        return (high.ball - low.ball).upper()

    def with_ends(self, k: int, low: End, high: End) -> Box:
        """The same box with another k-th interval."""
        return Box(self.names, (*self.ends[:k], (low, high), *self.ends[k + 1 :]), self.depth)

    def face(self, high: Mapping[str, bool]) -> Box:
        """The part of the box in which some variables have their high (True) or their low end (False)."""
        ends = [(e[high[n]], e[high[n]]) if n in high else e for n, e in zip(self.names, self.ends, strict=True)]
        return Box(self.names, tuple(ends), self.depth)

    def cut(self, k: int, at: End | None = None) -> tuple[Box, Box]:
        """Both parts, cut across the k-th variable at a point, or in the middle."""
        low, high = self.ends[k]
        place = at or _middle(low, high)
        below, above = self.with_ends(k, low, place), self.with_ends(k, place, high)
        return Box(self.names, below.ends, self.depth + 1), Box(self.names, above.ends, self.depth + 1)

    def widened(self, within: Box) -> Box:
        """A box that reaches a little further on every side, as far as another one goes."""
        ends = []
        for (low, high), (first, last) in zip(self.ends, within.ends, strict=True):
            margin = (high.ball - low.ball).upper() / 64
            below, above = End((low.ball - margin).mid()), End((high.ball + margin).mid())
            ends.append((below if below.ball > first.ball else first, above if above.ball < last.ball else last))
        return Box(self.names, tuple(ends), self.depth)

    def is_narrow(self, k: int) -> bool:
        """Whether the k-th interval cannot be cut at the working precision."""
        low, high = self.ends[k]
        size = max(float(abs(low.ball).upper()), float(abs(high.ball).upper()))
        return low.same(high) or float(self.width(k)) <= size * 2.0 ** (8 - ctx.prec // 2)


def dyadic(ball: arb) -> Fraction:
    """The midpoint of a ball as a rational number."""
    digits, exponent = ball.mid().man_exp()
    return Fraction(int(digits)) * Fraction(2) ** int(exponent)


def _ball(low: End, high: End) -> arb:
    if low.same(high):
        return low.ball
    exact = low.ball.is_exact() and high.ball.is_exact()
    return interval(low.ball, high.ball) if exact else low.ball.union(high.ball)


def _middle(low: End, high: End) -> End:
    """A number near the middle, with few enough digits that the parts have exact balls again."""
    if low.same(high):
        return low
    unit = arb(2) ** (math.frexp(float((high.ball - low.ball).mid()))[1] - _MIDDLE_BITS)
    return End(((low.ball + high.ball) / (2 * unit)).mid().floor() * unit)
