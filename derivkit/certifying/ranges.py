"""The range of a function on a region, by branch and bound.

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis (SIAM 2009), section 11.1.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from flint import arb

from derivkit.certifying.box import Box
from derivkit.certifying.field import Field
from derivkit.certifying.search import Budget, Spent
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph

GAP = 1e-12  # between the bound and a value that is attained, relative to both


@dataclass(frozen=True, slots=True)
class Range:
    """What a function's values lie between; `tight` says whether both bounds are nearly attained."""

    low: arb
    high: arb
    tight: bool


def enclose_range(field: Field, whole: Box, budget: Budget, most: int) -> Range:
    """Bounds on all values of a function on a box.

    Parameters
    ----------
    field : Field
        Defined on the whole box.
    whole : Box
    budget : Budget
    most : int
        Boxes for each of the two bounds; what is left is not touched.

    Returns
    -------
    Range
        Always true; as narrow as the boxes allow.
    """
    low, tight_below = _minimum(field, whole, budget, most)
    high, tight_above = _minimum(Field(negated(field.graph), field.names), whole, budget, most)
    return Range(low, -high, tight_below and tight_above)


def negated(graph: Graph) -> Graph:
    """The negative of a function."""
    f = GraphArithmetic(Builder.of(graph))
    return f.builder.graph([(-f.ref(graph.root)).id])


def _minimum(field: Field, whole: Box, budget: Budget, most: int) -> tuple[arb, bool]:
    """A number below all values, and whether a value nearly as low was met."""
    ticket = count()
    first, best = _look_at(field, whole)
    waiting = [(float(first), next(ticket), first, whole)]
    for _ in range(most):
        _, _, low, box = waiting[0]
        if _close(low, best) or not (parts := _parts(box)):
            break
        heapq.heappop(waiting)
        for part in parts:
            try:
                budget.spend()
            except Spent:
                heapq.heappush(waiting, (float(low), next(ticket), low, box))
                return waiting[0][2], False
            below, attained = _look_at(field, part)
            best = attained if attained < best else best
            if not below > best:
                heapq.heappush(waiting, (float(below), next(ticket), below, part))
        if not waiting:
            return best, True
    low = waiting[0][2]
    return low, _close(low, best)


def _close(low: arb, best: arb) -> bool:
    return low.is_finite() and best.is_finite() and bool(best - low <= GAP * (1 + abs(low)))


def _parts(box: Box) -> tuple[Box, ...]:
    """The halves of a box; none where it is too narrow."""
    k = max(range(len(box.names)), key=lambda k: float(box.width(k)))
    return () if box.is_narrow(k) else box.cut(k)


def _look_at(field: Field, box: Box) -> tuple[arb, arb]:
    """A bound below all values on a box, and a value that is attained."""
    reading = field.read(box)
    attained = field.value(box.middle()).upper()
    if not reading.defined:
        return arb("-inf"), _or_infinite(attained)
    gradient = field.gradient(reading)
    low, _ = field.bounds(box, reading, gradient)
    if gradient is not None:
        corner = field.value(box.corner(_downhill(gradient))).upper()
        attained = corner if corner < attained or not attained.is_finite() else attained
    return low, _or_infinite(attained)


def _or_infinite(value: arb) -> arb:
    return value if value.is_finite() else arb("inf")


def _downhill(gradient: Mapping[str, arb]) -> dict[str, bool]:
    return {name: bool(slope.mid() < 0) for name, slope in gradient.items()}
