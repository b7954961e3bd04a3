"""Balls as pairs of floats that enclose them, and points as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from flint import arb

from derivkit.certifying.box import End, Point, dyadic
from derivkit.checking.sampling import constant
from derivkit.expression.printer import to_text
from derivkit.records import Bounds, Counterexample

MOST_LETTERS = 40  # of an exact number in a sentence


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
    """A place in a sentence, roughly: `x = 0.3333333333`."""
    return ", ".join(f"{name} = {_ten_digits(end)}" for name, end in point.items())


def pinned(point: Point) -> str:
    """A point in a sentence, exactly: `x = 1/3`; roughly only where it is no short number."""
    return ", ".join(f"{name} = {spelled(end)}" for name, end in point.items())


def shown(value: arb, digits: int = 10) -> str:
    """A value in a sentence, also where it is too small, too large or too finely told for a float."""
    near = float(value)
    lost = digits > 17 or (near == 0 and not value.is_zero()) or math.isinf(near)
    return str(value.mid().str(digits, radius=False)) if lost else f"{near + 0.0:.{digits}g}"


def spelled_exactly(end: End) -> bool:
    """Whether a number is a short one, so that a sentence gives it exactly."""
    return _is_decimal(end, _ten_digits(end)) or len(to_text(end.graph)) <= MOST_LETTERS


def decimal(end: End, digits: int) -> End:
    """A number rounded to some decimal digits; itself where it is spelled exactly."""
    return end if spelled_exactly(end) else End.of(constant(Fraction(f"{_nearest(end):.{digits}g}")))


def spelled(end: End) -> str:
    """A number in a sentence, exactly where it is a short one."""
    near = _ten_digits(end)
    if _is_decimal(end, near) or not spelled_exactly(end):
        return near
    return to_text(end.graph)


def _ten_digits(end: End) -> str:
    return f"{_nearest(end):.10g}"


def _is_decimal(end: End, text: str) -> bool:
    return end.ball.is_exact() and dyadic(end.ball) == Fraction(text)


def _nearest(end: End) -> float:
    return float(end.ball) + 0.0
