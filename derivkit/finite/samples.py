"""A function near a point: called only where it may be, never twice at one place."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

LARGEST = sys.float_info.max * 2**-10  # sums of weighted values must not overflow


class Samples:
    """The values of a function at offsets from a point.

    Parameters
    ----------
    function : callable
        From float to float; NaN and infinities mean that it has no value, as do values at the very end of the floats, and
        ValueError and ArithmeticError (division by zero, overflow) anywhere but at the point itself, where they are raised: there
        they are more likely a mistake in the function than the edge of its domain.
    x : float
        The point.
    domain : (float, float), optional
        The closed interval in which the function may be called.
    """

    def __init__(self, function: Callable[[float], float], x: float, domain: tuple[float, float] | None = None) -> None:
        self.x = x
        self.evaluations = 0
        self._function = function
        self._low, self._high = domain or (-math.inf, math.inf)
        self._known: dict[float, float | None] = {}

    def __call__(self, offset: float) -> float | None:
        """The value at x + offset, None where there is none."""
        place = self.x + offset
        if place not in self._known:
            self._known[place] = self._call(place) if self._low <= place <= self._high else None
        return self._known[place]

    def slip(self, offset: float) -> float:
        """How far the place of a sample lies from x + offset, because places are floats (Knuth's two-sum, exact)."""
        place = self.x + offset
        part = place - self.x
        return (self.x - (place - part)) + (offset - part)

    def _call(self, place: float) -> float | None:
        self.evaluations += 1
        try:
            with _numpy_quiet():
                value = self._function(place)
        except (ValueError, ArithmeticError):
            if place == self.x:
                raise
            return None
        if isinstance(value, complex):  # Python's answer to a power of a negative number
            return None
        value = float(value)
        return value if abs(value) <= LARGEST else None


def _numpy_quiet() -> AbstractContextManager[Any]:
    """No warnings from a function written with NumPy for steps that leave its domain; NumPy is not loaded for this."""
    numpy = sys.modules.get("numpy")
    return nullcontext() if numpy is None else numpy.errstate(all="ignore")
