"""A model's coefficients by small batches of rows, epoch by epoch: the same loop, on a loss that changes from step to step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivkit.models.objective import Objective
from derivkit.models.units import Units
from derivkit.optimize import loop
from derivkit.optimize.epochs import PART_FOR_VALIDATION, ROWS_IN_A_BATCH, Batches, Patience
from derivkit.optimize.methods import METHODS
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

EPOCHS = 100
TOLERANCE = 1e-8  # of the gradient over all rows, beside the loss, as for minimizers that see all of them at every step
RATE = 0.1  # of methods that would search for one, on standardized columns: a batch does not tell what all rows would say

Judge = Callable[["Vector"], float]  # coefficients to the mean loss of rows that are not trained on


@dataclass(frozen=True, slots=True)
class Batching:
    """How rows are gone through.

    Attributes
    ----------
    size : int
        Rows in a batch.
    epochs : int
        How often all rows are gone through, at most.
    patience : int or None
        Stop when the loss of the validation rows has not fallen for so many epochs.
    validation : float
        The part of the training rows that is kept for that.
    seed : int
        Of the order of the rows.
    """

    size: int = ROWS_IN_A_BATCH
    epochs: int = EPOCHS
    patience: int | None = None
    validation: float = PART_FOR_VALIDATION
    seed: int = 0


def minimize(
    objective: Objective,
    start: Vector,
    *,
    method: str,
    settings: Settings,
    batching: Batching,
    scale: float,
    units: Units,
    judge: Judge | None = None,
    progress: Progress | None = None,
) -> Minimum:
    """Minimize an objective by batches of its rows.

    Parameters
    ----------
    objective : Objective
    start : array of float, shape (P,)
    method : str
        A first-order method.
    settings : Settings
    batching : Batching
    scale : float
        The size of a row's loss.
    units : Units
        In which steps are taken.
    judge : callable, optional
        Coefficients to the loss of rows that are not trained on; what does best by it is kept.
    progress : callable, optional
        Told the number of epochs done and the objective of all rows there.

    Returns
    -------
    Minimum
        Value and gradient are those of all rows; converged where training stopped early, or the gradient of all rows vanished.
    """
    import numpy as np

    random = np.random.default_rng(batching.seed)
    walk = _Walk(objective, Batches(len(objective.columns), batching.size, random), units, judge, batching)
    row = METHODS[method]
    if settings.rate is None and row.rate is None:
        settings = replace(settings, rate=RATE)
    found = loop.minimize(
        walk,
        start / units.unit,
        descent=row.descent_for(settings, walk),
        search=row.search_for(settings, scale / units.unit**2),
        done=lambda place, direction: False,
        most_iterations=batching.epochs * walk.batches.count,
        watch=walk.watching(units.progress(progress)),
    )
    x = found.x if walk.patience.kept is None or found.outcome is Outcome.DIVERGED else walk.patience.kept
    value, gradient = units.function(objective)(x)
    ended = units.minimum(replace(found, x=x, value=value, gradient=gradient))
    if found.outcome is not Outcome.BUDGET:
        return ended
    far = float(np.abs(gradient).max()) * units.unit**2 / scale
    if far <= TOLERANCE:
        return replace(ended, outcome=Outcome.CONVERGED, reason="the gradient vanished")
    return replace(ended, reason=f"no minimum within {batching.epochs:,} epochs: the gradient is {far:.1g} of the loss")


class _Walk:
    """The objective of the next batch at every call, and what is looked at after every epoch."""

    def __init__(self, objective: Objective, batches: Batches, units: Units, judge: Judge | None, batching: Batching) -> None:
        self.objective, self.batches, self.units = objective, batches, units
        self.judge = None if judge is None else units.judge(judge)
        self.patience: Patience[Vector] = Patience(batching.patience)

    def __call__(self, v: Vector) -> tuple[float, Vector]:
        rows = self.batches.following()
        return self.units.function(self.objective if isinstance(rows, slice) else self.objective.part(rows))(v)

    def watching(self, progress: Progress | None) -> loop.Watch | None:
        """What the loop tells of every step."""
        return None if self.judge is None and progress is None else lambda step, place: self._after(step, place, progress)

    def _after(self, step: int, place: Any, progress: Progress | None) -> None:
        epoch, rest = divmod(step, self.batches.count)
        if rest:
            return
        if progress is not None and epoch:
            progress(epoch, self.units.function(self.objective)(place.x)[0])
        if self.judge is not None:
            self.patience.judge(epoch, self.judge(place.x), place.x)
