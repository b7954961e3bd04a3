"""Numbers of ordinary size for minimizers whose steps have a size of their own, whatever the unit of the target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.optimize.minimum import Minimum, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.models.objective import Objective
    from derivkit.optimize.minimum import ValueAndGradient

    Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Units:
    """A unit of linear predictors; losses are in its square, so that gradient descent takes the same steps in every unit.

    Attributes
    ----------
    unit : float
        The standard deviation of the target where that is what linear predictors predict, else 1.

    Examples
    --------
    >>> Units(10.0).function(lambda w: (w**2 / 2, w))(0.5)
    (0.125, 0.5)
    """

    unit: float = 1.0

    def function(self, objective: ValueAndGradient) -> ValueAndGradient:
        """An objective in these units."""

        def scaled(v: Vector) -> tuple[float, Vector]:
            value, gradient = objective(v * self.unit)
            return value / self.unit**2, gradient / self.unit

        return scaled

    def curved(self, objective: Objective) -> ValueAndGradient:
        """The same with the attribute `hessian`, as methods ask for it."""
        function = self.function(objective)
        n = len(objective.columns)
        function.hessian = lambda v: objective.hessian(v * self.unit) / n  # type: ignore[attr-defined]  # of a function
        return function

    def progress(self, told: Progress | None) -> Progress | None:
        """Tell values in the user's unit."""
        return None if told is None else lambda step, value: told(step, value * self.unit**2)

    def minimum(self, found: Minimum) -> Minimum:
        """A minimum in the user's unit."""
        value, gradient = found.value * self.unit**2, found.gradient * self.unit
        return replace(found, x=found.x * self.unit, value=value, gradient=gradient)

    def judge(self, loss: Callable[[Vector], float]) -> Callable[[Vector], float]:
        """A loss as a function of coefficients in these units."""
        return lambda v: loss(v * self.unit)
