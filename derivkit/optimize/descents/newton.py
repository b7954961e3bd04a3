"""By the second derivative, to the minimum of the quadratic that shares it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.loop import Place, Stuck
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector

SINGULAR = "the second derivative is singular"
NOT_CONVEX = "the second derivative is negative"


@dataclass(frozen=True, slots=True)
class Newton:
    """To the minimum of the quadratic that shares value, gradient and second derivative.

    Attributes
    ----------
    solve : callable
        (x, gradient) to the inverse Hessian times the gradient, shape (d,); may raise numpy.linalg.LinAlgError.
    """

    solve: Callable[[Vector, Vector], Vector]

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Vector, None]:
        """Minus the Newton step."""
        import numpy as np

        try:
            direction = -self.solve(place.x, place.gradient)
        except np.linalg.LinAlgError:
            raise Stuck(Outcome.STALLED, SINGULAR) from None
        if not np.isfinite(direction @ place.gradient):
            raise Stuck(Outcome.STALLED, NOT_CONVEX)
        return direction, None
