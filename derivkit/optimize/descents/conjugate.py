"""Directions that keep what the last ones gained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.loop import Place

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector

LEAST = 0.4  # of the last direction's part, see `ConjugateGradient`


@dataclass(frozen=True, slots=True, eq=False)
class Last:
    """The last direction, and the gradient where it was taken."""

    gradient: Vector
    direction: Vector


@dataclass(frozen=True, slots=True)
class ConjugateGradient:
    """Against the gradient and a multiple of the last direction, such that the direction falls whatever the search did.

    Of a quadratic, with exact searches, it is the method of conjugate gradients. The multiple is not let fall below 0.4 times the
    slope over the square of the last direction, so that the method cannot get stuck with short steps.

    References
    ----------
    Hager and Zhang, A new conjugate gradient method with guaranteed descent and an efficient line search, SIAM J. Optim. 16 (2005)
    170; Hager and Zhang, The limited memory conjugate gradient method, SIAM J. Optim. 23 (2013) 2150, for the bound.
    """

    def start(self, x: Vector) -> None:
        """No last direction."""

    def direction(self, place: Place, memory: Last | None) -> tuple[Vector, Last]:
        """Minus the gradient and the multiple of the last direction; begun anew where the function does not curve upwards."""
        direction = -place.gradient
        if memory is not None:
            direction = direction + self._multiple(place, memory) * memory.direction
            if not direction @ place.gradient < 0:
                direction = -place.gradient
        return direction, Last(place.gradient, direction)

    def _multiple(self, place: Place, last: Last) -> float:
        change = place.gradient - last.gradient
        curvature = float(last.direction @ change)
        if not curvature > 0:
            return 0.0
        along = change - 2 * float(change @ change) / curvature * last.direction
        least = LEAST * float(last.direction @ last.gradient) / float(last.direction @ last.direction)
        return max(float(along @ place.gradient) / curvature, least)
