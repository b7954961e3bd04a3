"""How far to go along a direction: a fixed length, or halved until the value decreases enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.loop import Place, Stuck
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.schedules import Schedule, constant

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

SUFFICIENT_DECREASE = 1e-4
VISIBLE = 1e-12  # of a value: a smaller decrease drowns in its rounding, and undamped steps converge from there
SHORTEST = 2.0**-50  # part of a step


@dataclass(frozen=True, slots=True)
class Fixed:
    """A length that is decided beforehand: a learning rate, on a schedule."""

    length: float
    schedule: Schedule = constant

    def start(self) -> int:
        """No step was taken."""
        return 0

    def step(self, function: ValueAndGradient, place: Place, direction: Vector, memory: int) -> tuple[Place, int, int]:
        """So far, whatever the value there."""
        import numpy as np

        x = place.x + self.length * self.schedule(memory) * direction
        value, gradient = function(x)
        if not np.isfinite(value):
            raise Stuck(Outcome.DIVERGED, f"the steps run away: a learning rate of {self.length:g} is too large")
        return Place(x, value, gradient), 1, memory + 1


@dataclass(frozen=True, slots=True)
class Backtracking:
    """The first of 1, 1/2, 1/4, ... that decreases the value by a part of what the slope promises.

    Attributes
    ----------
    scale : float
        The size of value that matters: what is promised must be visible beside it, else the whole step is taken.

    References
    ----------
    Boyd and Vandenberghe, Convex Optimization (2004), algorithm 9.2.
    """

    scale: float

    def start(self) -> None:
        """Nothing to remember."""

    def step(self, function: ValueAndGradient, place: Place, direction: Vector, memory: None) -> tuple[Place, int, None]:
        """As far as the value decreases enough."""
        slope = float(place.gradient @ direction)
        visible = promised(place, direction) > VISIBLE * self.scale
        length, evaluations = 1.0, 0
        while length >= SHORTEST:
            x = place.x + length * direction
            value, gradient = function(x)
            evaluations += 1
            if not visible or value < place.value + SUFFICIENT_DECREASE * length * slope:
                return Place(x, value, gradient), evaluations, None
            length /= 2
        raise Stuck(Outcome.STALLED, "no further decrease could be found")


def promised(place: Place, direction: Vector) -> float:
    """The decrease that a direction promises, if it leads to the minimum of a quadratic: half of minus the slope along it."""
    return -float(place.gradient @ direction) / 2
