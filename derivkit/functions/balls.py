"""Ball values of the rows that are not one method of `flint.arb`.

Every function here returns a ball that contains the true value for every choice of the arguments inside their balls, and a NaN ball
where that cannot be said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb

HALF = arb(0.5)
UNSURE = arb(0.5, 0.5)  # a truth value that may be 0 or 1


def power(x: arb, y: arb) -> arb:
    """x^y for real results: any base for a whole exponent, a nonnegative base otherwise."""
    whole = y.unique_fmpz() if y.is_exact() else None
    if whole is not None:
        return arb.nan() if x.is_zero() and whole < 0 else x**whole
    if x.is_zero():
        return arb(0) if y > 0 else arb.nan()
    return x**y


def absolute(x: arb) -> arb:
    """|x|."""
    return abs(x)


def heaviside(x: arb) -> arb:
    """The unit step, one half at 0."""
    return (1 + x.sgn()) / 2


def where(condition: arb, x: arb, y: arb) -> arb:
    """`x` where the condition is certain, `y` where its opposite is, both united where neither is."""
    if condition.is_exact():
        return _ball(x) if condition == 1 else _ball(y)
    return _ball(x).union(_ball(y))


def _ball(x: Any) -> arb:
    return x if isinstance(x, arb) else arb(x)


def _comparison(holds: Callable[[arb, arb], bool], fails: Callable[[arb, arb], bool]) -> Callable[[arb, arb], arb]:
    def compare(x: arb, y: arb) -> arb:
        if x.is_nan() or y.is_nan():
            return arb.nan()
        if holds(x, y):
            return arb(1)
        return arb(0) if fails(x, y) else UNSURE

    return compare


less = _comparison(lambda x, y: x < y, lambda x, y: x >= y)
less_equal = _comparison(lambda x, y: x <= y, lambda x, y: x > y)
greater = _comparison(lambda x, y: x > y, lambda x, y: x <= y)
greater_equal = _comparison(lambda x, y: x >= y, lambda x, y: x < y)
equal = _comparison(lambda x, y: x == y, lambda x, y: x != y)
not_equal = _comparison(lambda x, y: x != y, lambda x, y: x == y)
