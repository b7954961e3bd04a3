"""Where to go from a place: against the gradient, with moments of past gradients, or by the second derivative.

A descent is a frozen description; what it remembers between steps travels through the loop.
"""

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
class Gradient:
    """Against the gradient: steepest descent."""

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Vector, None]:
        """Minus the gradient."""
        return -place.gradient, None


@dataclass(frozen=True, slots=True)
class Adam:
    """Against a running mean of gradients, each component in units of its own running size.

    Attributes
    ----------
    mean, square : float
        How much of the running means of the gradient and of its square is kept at a step.
    least : float
        Added to the size.

    References
    ----------
    Kingma and Ba, Adam: a method for stochastic optimization, ICLR (2015), algorithm 1.
    """

    mean: float = 0.9
    square: float = 0.999
    least: float = 1e-8

    def start(self, x: Vector) -> tuple[int, Vector, Vector]:
        """No step, and both means 0."""
        return 0, 0 * x, 0 * x

    def direction(self, place: Place, memory: tuple[int, Vector, Vector]) -> tuple[Vector, tuple[int, Vector, Vector]]:
        """Minus the mean over the root of the mean square, both freed of their start at 0."""
        steps, m, v = memory
        steps += 1
        m = self.mean * m + (1 - self.mean) * place.gradient
        v = self.square * v + (1 - self.square) * place.gradient**2
        size = (v / (1 - self.square**steps)) ** 0.5 + self.least
        return -(m / (1 - self.mean**steps)) / size, (steps, m, v)


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
