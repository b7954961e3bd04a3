"""What every minimizer takes and returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    ValueAndGradient = Callable[[Vector], tuple[float, Vector]]

Progress = Callable[[int, float], None]  # told the number of steps done and the value there


@dataclass(frozen=True)
class Minimum:
    """Where a minimizer stopped, and why.

    Attributes
    ----------
    x : array of float, shape (d,)
    value : float
    gradient : array of float, shape (d,)
    outcome : Outcome
    reason : str
        One sentence, whether it converged or not.
    iterations, evaluations : int
    """

    x: Vector
    value: float
    gradient: Vector
    outcome: Outcome
    reason: str
    iterations: int
    evaluations: int

    @property
    def converged(self) -> bool:
        """Whether it is a minimum, as far as the minimizer can tell."""
        return self.outcome is Outcome.CONVERGED

    def after(self, first: Minimum) -> Minimum:
        """The same place, with the work of a first stage counted."""
        return replace(self, iterations=self.iterations + first.iterations, evaluations=self.evaluations + first.evaluations)
