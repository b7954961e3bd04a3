"""Refutations by values alone, where slopes do not exist: beside kinks and jumps.

Two values show that a function rises or falls, or by how much; three, that it is not convex.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from flint import arb

from derivkit.certifying.box import Box, End, Point
from derivkit.certifying.field import Field
from derivkit.certifying.outward import said, shown, spelled
from derivkit.certifying.search import Finding

SCALES = (2, 5, 10, 20, 30)  # negative powers of two of the region: how far from the place in question
FINENESS = 256  # parts of that distance to which a place is rounded, so that points have few digits
DIGITS = (10, 17, 30)  # of values, until they refute the claim as they are shown
Chord = Callable[[arb, arb, arb, arb], bool]  # values left of a place, at it and right of it, and the distance: refuted?

CHORDS: dict[str, Chord] = {
    "increasing": lambda a, m, b, h: bool(a > m or m > b),
    "decreasing": lambda a, m, b, h: bool(a < m or m < b),
    "convex": lambda a, m, b, h: bool(2 * m > a + b),
    "concave": lambda a, m, b, h: bool(2 * m < a + b),
}


def steeper_than(bound: arb) -> Chord:
    """The chord of a function whose slope is more than a number."""
    return lambda a, m, b, h: bool(abs(m - a) > bound * h or abs(b - m) > bound * h)


def refuted_beside(field: Field, whole: Box, place: Point, chord: Chord) -> Finding | None:
    """Three values near a place, of a function of one variable, that a claim does not allow.

    Parameters
    ----------
    field : Field
        Defined on the whole box.
    whole : Box
    place : mapping of str to End
        A point inside it.
    chord : callable
        What the claim does not allow.

    Returns
    -------
    Finding or None
    """
    name = whole.names[0]
    for points in _triples(whole, place[name]):
        a, m, b = (field.sharp({name: end}) for end in points)
        distance = points[1].ball - points[0].ball
        if chord(a, m, b, distance):
            digits = next((n for n in DIGITS if chord(_printed(a, n), _printed(m, n), _printed(b, n), distance)), DIGITS[-1])
            values = {f"f({spelled(end)})": value for end, value in zip(points, (a, m, b), strict=True)}
            listed = ", ".join(f"{text} = {shown(value, digits)}" for text, value in values.items())
            return Finding("refuted", "witness", f"near {said(place)}, {listed}", {name: points[1]}, values)
    return None


def _printed(value: arb, digits: int) -> arb:
    return arb(shown(value, digits))


def _triples(whole: Box, place: End) -> Iterator[tuple[End, End, End]]:
    """Points of equal distance, the middle one at or near the place, inside the region."""
    low, high = whole.ends[0]
    for scale in SCALES:
        step = arb(2) ** (math.frexp(float((high.ball - low.ball).mid()))[1] - 1 - scale)
        near = (place.ball / step * FINENESS).mid().floor() / FINENESS
        for share in (arb(0), arb(0.5), arb(-0.5)):
            middle = (near + share) * step
            first, last = middle - step, middle + step
            if first > low.ball and last < high.ball:
                yield End(first), End(middle), End(last)
