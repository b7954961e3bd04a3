"""What pictures of a training are drawn from: the way of the objective, and every row beside its prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.course import Course, Stage
from derivkit.training.fitting import Fitted
from derivkit.training.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Rows beside their predictions.

    Attributes
    ----------
    response : array of float, shape (n,)
        For classes, the position in `classes`.
    predicted : array of float, shape (n,) or (K, n)
        Means or quantiles; of classes their probabilities.
    residuals : array of float, shape (n,), or None
        Of the deviance, where the family has one: their squares sum to it. None for classes.
    """

    response: Vector
    predicted: Vector
    residuals: Vector | None


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostics:
    """How a training went, and what its rows look like.

    Attributes
    ----------
    course : tuple of stages
        Steps with the objective there, the start first, as the objective is reported: its last value is the result's `loss`, up to
        a last step in extended precision. Another stage for every scale of the residuals.
    train, test : Seen or None
        None without a model, or without test rows.
    by_deviance : bool
        Whether the residuals are those of the deviance.
    """

    course: tuple[Stage, ...]
    train: Seen | None = None
    test: Seen | None = None
    by_deviance: bool = False


def diagnosed(course: Course, found: Fitted | None, loss: float | None, train: Sample, test: Sample | None) -> Diagnostics:
    """Gather what pictures need.

    Parameters
    ----------
    course : Course
    found : Fitted or None
    loss : float or None
        The objective at its minimum, as it is reported: with what the engine's loss leaves out, being constant.
    train : Sample
    test : Sample or None
    """
    if found is None or loss is None:
        return Diagnostics(course.stages)
    constant = loss - found.minimum.value
    stages = tuple(tuple((step, value + constant) for step, value in stage) for stage in course.stages)
    by_deviance = found.problem.spec.family.deviance is not None
    return Diagnostics(stages, _seen(found, train), None if test is None else _seen(found, test), by_deviance)


def _seen(found: Fitted, sample: Sample) -> Seen:
    import numpy as np

    response = np.asarray(sample.response)
    predicted = found.predicted(found.eta(found.problem.columns.on(sample.matrix), slice(None)))
    if found.problem.classes:
        return Seen(response, predicted, None)
    residuals, deviance = response - predicted, found.problem.spec.family.deviance
    if deviance is not None:
        squares = found.problem.spec.family.of_rows(deviance, y=response, mu=predicted)
        residuals = np.copysign(np.sqrt(np.maximum(squares, 0.0)), residuals)
    return Seen(response, predicted, residuals)
