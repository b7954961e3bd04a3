"""When a minimum is reached."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from derivkit.optimize.bounds import Bounds
from derivkit.optimize.loop import Place, Test
from derivkit.optimize.searches import VISIBLE, promised

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector


def small_gradient(tolerance: float, bounds: Bounds | None = None) -> Test:
    """No component of the gradient is larger than the tolerance, but for those that a bound holds."""

    def done(place: Place, direction: Any) -> bool:
        gradient = place.gradient if bounds is None else bounds.gradient(place)
        return bool(max(gradient.max(initial=0.0), -gradient.min(initial=0.0)) <= tolerance)

    return done


def nothing_promised(scale: float, tolerance: float) -> Test:
    """A Newton step promises less than the tolerance times the scale, or rounding is all that is left of what it promises.

    References
    ----------
    Boyd and Vandenberghe, Convex Optimization (2004), algorithm 9.5: half the squared Newton decrement.
    """
    last = math.inf

    def done(place: Place, direction: Vector) -> bool:
        nonlocal last
        decrease, before = promised(place, direction), last
        last = decrease
        return decrease <= VISIBLE * scale and (decrease <= tolerance * scale or decrease > before / 2)

    return done
