"""How far values may go before the steps run away, or a minimum is out of question; and where rounding is all that is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.loop import Place, Stuck, evaluated
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

BOTTOMLESS = 1e20  # units below the start: a function of any use has its minimum before
RUNAWAY = 1e8  # units above the start: a value still growing there after steps of a fixed rate does not come back
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
NEAR = 2.0**-51  # relative distance of neighbours
EDGE = "the steps lead to the edge of where the function is defined"
DROWNED = 10.0  # times the noise of the value: a smaller decrease cannot be seen


@dataclass(frozen=True, slots=True)
class Limits:
    """The values between which a minimization goes on.

    Attributes
    ----------
    low, high : float
    """

    low: float
    high: float

    @classmethod
    def around(cls, start: Place, scale: float) -> Limits:
        """In units of the scale, of the value at the start, and of how much the gradient there changes it over the size of x."""
        import numpy as np

        with np.errstate(over="ignore"):
            reach = float(np.abs(start.gradient) @ np.maximum(np.abs(start.x), 1))
            unit = max(abs(start.value), scale) + reach
            return cls(start.value - BOTTOMLESS * unit, start.value + RUNAWAY * unit)

    def watch(self, value: float, evaluations: int) -> None:
        """Stop where the value is lower than a minimum could be.

        Raises
        ------
        Stuck
        """
        if value < self.low:
            raise Stuck(Outcome.UNBOUNDED, f"the value falls without end: {value:.3g} was reached, and it fell on", evaluations)


def cornered(function: ValueAndGradient, place: Place, promised: float, evaluations: int, *, edge: bool) -> Stuck:
    """Why no step makes the value smaller, though the gradient promises that it does.

    Parameters
    ----------
    function : callable
    place : Place
    promised : float
        The decrease.
    evaluations : int
        Spent so far.
    edge : bool
        Whether some steps led where the function is undefined.
    """
    evaluations += len(NEIGHBOURS)
    if 0 < promised <= DROWNED * noise(function, place):  # 0 is an underflow, and tells nothing
        return Stuck(Outcome.CONVERGED, "the gradient is as small as rounding of the value lets it be", evaluations)
    if edge:
        return Stuck(Outcome.OUT_OF_DOMAIN, EDGE, evaluations)
    return Stuck(Outcome.STALLED, "no further decrease could be found", evaluations)


def noise(function: ValueAndGradient, place: Place) -> float:
    """How much rounding changes the value: what the gradient does not explain of its changes over the nearest neighbours."""
    import numpy as np

    def unexplained(x: Vector) -> float:
        change = evaluated(function, x).value - place.value
        return abs(change - float(place.gradient @ (x - place.x))) if np.isfinite(change) else 0.0

    return max(unexplained(place.x * (1 + k * NEAR)) for k in NEIGHBOURS)
