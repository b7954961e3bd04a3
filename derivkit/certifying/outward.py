"""Balls as pairs of floats that enclose them, and points as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flint import arb

from derivkit.certifying.box import End, Point
from derivkit.expression.printer import to_text
from derivkit.records import Bounds, Counterexample


def outward(ball: arb) -> Bounds:
    """Floats at both ends of a ball, rounded away from it.

    Examples
    --------
    >>> from flint import arb
    >>> from derivkit.functions import precision
    >>> with precision(80):
    ...     outward(arb(1)), outward(arb(1) / 3)
    ((1.0, 1.0), (0.3333333333333333, 0.33333333333333337))
    """
    if not ball.is_finite():
        return -math.inf, math.inf
    return below(ball.lower()), above(ball.upper())


def below(number: arb) -> float:
    """The largest float that is not above an exact number."""
    near = float(number)
    return near + 0.0 if arb(near) <= number else math.nextafter(near, -math.inf)


def above(number: arb) -> float:
    """The smallest float that is not below an exact number."""
    return -below(-number) + 0.0


def witness(point: Point, values: Mapping[str, arb], *, exact: bool = True) -> Counterexample:
    """A point and what was found there, in floats."""
    at = {name: _nearest(end) for name, end in point.items()}
    spelled = {name: to_text(end.graph) for name, end in point.items()} if exact else {}
    return Counterexample(at, spelled, {text: outward(value) for text, value in values.items()})


def said(point: Point) -> str:
    """A point in a sentence: `x = 0.5`."""
    return ", ".join(f"{name} = {_nearest(end):.10g}" for name, end in point.items())


def _nearest(end: End) -> float:
    return float(end.ball) + 0.0
