"""How far to go along a direction: a fixed length, or shortened until the value decreases enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.bounds import Bounds, moved
from derivkit.optimize.limits import Limits, cornered
from derivkit.optimize.loop import Place, Stuck, evaluated
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.schedules import Schedule, constant

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

SUFFICIENT_DECREASE = 1e-4
MOST_OF_IT = 0.4  # the same where the direction has no length of its own: 1/2 is what the minimum along the line of a quadratic has
VISIBLE = 1e-12  # of a value: a smaller decrease drowns in its rounding, and undamped steps converge from there
SHORTEST = 2.0**-50  # part of a step
MOST_HALVINGS = 60
SHOWS = 2.0**-20  # of x: a first step that changes a value visibly
LONGER = 2.0  # times the last length: where a search begins that remembers it


@dataclass(frozen=True, slots=True)
class Pace:
    """What a search remembers.

    Attributes
    ----------
    steps : int
        How many were taken.
    length : float
        Of the last one.
    slope : float
        Along the last direction, where it began.
    limits : Limits
    """

    steps: int
    length: float
    slope: float
    limits: Limits


@dataclass(frozen=True, slots=True)
class Fixed:
    """A length that is decided beforehand: a learning rate, on a schedule. The function is evaluated once a step.

    Attributes
    ----------
    length : float
    schedule : Schedule
    scale : float
        The size of value that matters.
    bounds : Bounds, optional
        Steps end at the nearest place within.
    """

    length: float
    schedule: Schedule = constant
    scale: float = 0.0
    bounds: Bounds | None = None

    def start(self) -> None:
        """No step was taken."""

    def step(self, function: ValueAndGradient, place: Place, direction: Vector, memory: Pace | None) -> tuple[Place, int, Pace]:
        """So far, whatever the value there, unless the values run away."""
        pace = memory or Pace(0, self.length, 0.0, Limits.around(place, self.scale))
        x = moved(place, self.length * self.schedule(pace.steps), direction, self.bounds)
        there = evaluated(function, x)
        pace.limits.watch(there.value, 1)
        rate = f"a learning rate of {self.length:g}"
        if math.isnan(there.value) and place.value < pace.limits.high:
            raise Stuck(Outcome.OUT_OF_DOMAIN, f"a step with {rate} leads where the function is undefined", 1)
        if not there.value < max(pace.limits.high, place.value):
            raise Stuck(Outcome.DIVERGED, f"the steps run away: {rate} is too large", 1)
        return there, 1, Pace(pace.steps + 1, self.length, 0.0, pace.limits)


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
        raise Stuck(Outcome.STALLED, "no further decrease could be found", evaluations)


@dataclass(frozen=True, slots=True)
class Armijo:
    """Backtracking that begins at twice the last length, so that it finds the length of a direction that has none of its own.

    A decrease that drowns in rounding is read off the slopes instead: of a quadratic, the condition is the same. Where there are
    bounds, the steps follow the projection of the line onto them.

    Attributes
    ----------
    scale : float
        The size of value that matters.
    natural : bool
        Whether every search begins at 1: that is the length of a Newton step.
    bounds : Bounds, optional

    References
    ----------
    Armijo, Minimization of functions having Lipschitz continuous first partial derivatives, Pacific J. Math. 16 (1966) 1;
    Bertsekas, On the Goldstein-Levitin-Polyak gradient projection method, IEEE Trans. Autom. Control 21 (1976) 174, for the bounds;
    Hager and Zhang, SIAM J. Optim. 16 (2005) 170, equation 23, for the slopes.
    """

    scale: float
    natural: bool = False
    bounds: Bounds | None = None

    def start(self) -> None:
        """Nothing is known of lengths."""

    def step(self, function: ValueAndGradient, place: Place, direction: Vector, memory: Pace | None) -> tuple[Place, int, Pace]:
        """As far as the value decreases enough."""
        limits = memory.limits if memory else Limits.around(place, self.scale)
        first = length = self._first(place.x, direction, memory)
        edge = False
        for evaluations in range(1, MOST_HALVINGS + 1):
            there = evaluated(function, moved(place, length, direction, self.bounds))
            limits.watch(there.value, evaluations)
            if self._enough(place, there):
                return there, evaluations, Pace(0, length, 0.0, limits)
            edge = edge or not usable(there)
            length /= 2
        raise cornered(function, place, -first * float(place.gradient @ direction) / 2, MOST_HALVINGS, edge=edge)

    def _first(self, x: Vector, direction: Vector, memory: Pace | None) -> float:
        """The length to begin with: unit length of the step itself where nothing is known, or one that shows beside a large x."""
        import numpy as np

        if self.natural:
            return 1.0
        if memory:
            return LONGER * memory.length
        return max(1.0, SHOWS * float(np.linalg.norm(x))) / (float(np.linalg.norm(direction)) or 1.0)

    def _enough(self, place: Place, there: Place) -> bool:
        """Whether the value decreased by enough, as values or, where these are rounding, slopes say."""
        step = there.x - place.x
        slope = float(place.gradient @ step)
        if not usable(there) or not slope < 0:
            return False
        part = SUFFICIENT_DECREASE if self.natural else MOST_OF_IT
        if there.value <= place.value + part * slope and -slope > rounding(place, self.scale):
            return True
        flatter = float(there.gradient @ step) <= (1 - 2 * part) * -slope
        return flatter and abs(there.value - place.value) <= rounding(place, self.scale)


def promised(place: Place, direction: Vector) -> float:
    """The decrease that a direction promises, if it leads to the minimum of a quadratic: half of minus the slope along it."""
    return -float(place.gradient @ direction) / 2


def rounding(place: Place, scale: float) -> float:
    """A change of the value that may be rounding."""
    return VISIBLE * abs(place.value) + 2.0**-50 * scale


def usable(place: Place) -> bool:
    """Whether the function and its gradient are defined there."""
    import numpy as np

    return math.isfinite(place.value) and bool(np.isfinite(place.gradient).all())
