"""One fit: a model and the rows of a design to coefficients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivkit.data.moments import Moments
from derivkit.errors import DataError
from derivkit.models import family_named
from derivkit.models.batchwise import Judge
from derivkit.models.columns import Columns
from derivkit.models.loss import Loss
from derivkit.models.objective import Objective, predictors, responses
from derivkit.models.solve import Method, solve
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.outcome import Outcome
from derivkit.training.options import Spec
from derivkit.training.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

SMALLEST_LOSS = 1e-280  # below, and above its inverse, squares leave the range of doubles
NORMAL_MAD = 0.6744897501960817  # the median of the absolute value of a standard normal number
SAME_SCALE = 1e-12
MOST_SCALES = 200  # estimates of the residuals' scale


@dataclass(frozen=True, eq=False)
class Problem:
    """A model with its data: ready to be minimized.

    Attributes
    ----------
    spec : Spec
    names : tuple of str
        Of the user's coefficients, of one linear predictor.
    blocks : tuple of (class or None)
        What every linear predictor belongs to.
    classes : int
        How many there are; 0 of numbers.
    objective : Objective
    response : array of float, shape (n,), or what stands for one
        For classes, the number of the class.
    moments : Moments
        Of the response.
    counts : array of int, shape (classes,)
        The rows of every class.
    start, weights : array of float, shape (P,)
        Where to start; the weights of absolute values.
    scale : float
        Of the residuals, where the loss is in units of it; else 1.
    """

    spec: Spec
    names: tuple[str, ...]
    blocks: tuple[Any, ...]
    classes: int
    objective: Objective
    response: Held
    moments: Moments
    counts: NDArray[np.int64]
    start: Vector
    weights: Vector
    scale: float = 1.0

    @property
    def columns(self) -> Columns:
        """The model's columns."""
        return self.objective.columns

    def scaled(self, scale: float) -> Problem:
        """The same with another scale of the residuals."""
        settings = {**self.spec.settings, "delta": self.spec.settings["delta"] * scale}
        loss = replace(self.objective.loss, settings=settings)
        objective = Objective(loss, self.columns, self.response, self.objective.penalty)
        return replace(self, objective=objective, scale=scale)

    @property
    def keys(self) -> list[tuple[str, Any]]:
        """Name and class of every coefficient."""
        return [(name, block) for block in self.blocks for name in self.names]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A minimum of a problem.

    Attributes
    ----------
    problem : Problem
    minimum : Minimum
    w : array, shape (P,)
        The coefficients of the model's columns, in extended precision where they are known so well.
    """

    problem: Problem
    minimum: Minimum
    w: NDArray[Any]

    @cached_property
    def user(self) -> Matrix:
        """The coefficients of the user's columns, shape (B, p)."""
        p = self.problem.columns.width
        own: Matrix = (self.w.reshape(-1, p) @ self.problem.columns.back().T).astype(float)
        return own

    def eta(self, columns: Columns, rows: slice) -> Matrix:
        """Linear predictors of some rows, shape (B, n)."""
        return predictors(*columns.source(rows), self.minimum.x)

    def predicted(self, eta: Matrix) -> Matrix:
        """Means, shape (n,); of classes their probabilities, shape (K, n).

        The probability of a class is the slope of the loss by its linear predictor, where the row is of another class.
        """
        import numpy as np

        if not self.problem.classes:
            return self.problem.spec.family.predict(eta[0])  # type: ignore[no-any-return]  # NumPy's array
        zeros = np.zeros((len(self.problem.objective.loss.responses), eta.shape[1]))
        slopes = np.array(self.problem.objective.loss.at(1, eta, zeros)[1:])
        return slopes if len(slopes) == self.problem.classes else np.vstack([1 - slopes.sum(axis=0), slopes])

    def losses(self, eta: Matrix, response: Vector) -> Vector:
        """The loss of every row, without its constant."""
        count = len(self.problem.objective.loss.responses)
        return self.problem.objective.loss.at(0, eta, responses(response, self.problem.classes, count))[0]


def problem_of(spec: Spec, matrix: Held, response: Held, names: Sequence[str], classes: Sequence[Any] | None) -> Problem:
    """Make a problem of a model and the rows of a design.

    Raises
    ------
    DataError
        If the values leave the range of double precision.
    """

    several = spec.family.response == "classes"
    columns, names = _columns(spec, matrix, names)
    count = len(classes or ())
    moments, counts = _of_response(columns, response, count)
    free = several and bool(spec.penalty)  # all classes have coefficients, and a penalty to choose among them
    blocks = tuple(classes or ())[0 if free else 1 :] if several else (None,)
    etas = [f"eta_{k}" for k in range(len(blocks))] if several else ["eta"]
    ys = [f"y_{k}" for k in range(len(blocks))] if several else ["y"]
    loss = Loss.of(_loss(spec, etas, ys, baseline=not free), etas, ys, spec.settings)
    root = spec.penalty.root(columns, len(blocks), gauge=free)
    objective = Objective(loss, columns, response, root, classes=count)
    problem = Problem(
        spec, tuple(names), tuple(blocks), count, objective, response, moments, counts,
        _start(spec, columns, moments, counts, free), spec.penalty.weights(columns, len(blocks)),
    )  # fmt: skip
    _check_size(problem)
    if spec.family.scaled:
        start = _least_squares(problem)  # where many rows have curvature, as they may have nowhere near the best constant
        problem = replace(problem.scaled(_mad(start, problem)), start=start)
    return problem


def _of_response(columns: Columns, response: Held, classes: int) -> tuple[Moments, NDArray[np.int64]]:
    import numpy as np

    moments, counts = Moments(), np.zeros(classes, dtype=np.int64)
    for rows in columns.blocks():
        moments.add(block := response[rows])
        if classes:
            counts += np.bincount(block.astype(int), minlength=classes)
    return moments, counts


def _check_size(problem: Problem) -> None:
    size = problem.objective.scale(problem.start)
    if problem.spec.name == "own" and not math.isfinite(size):
        raise DataError("the loss has no value where all coefficients are 0", hint="it must be defined for every eta")
    if not SMALLEST_LOSS < size < 1 / SMALLEST_LOSS:
        raise DataError(
            "the values of the target are too large or too small for double precision", hint="give them in another unit"
        )


def _loss(spec: Spec, predictors: Sequence[str], responses: Sequence[str], *, baseline: bool) -> str:
    """The loss of a row; that of softmax is written for as many classes as there are."""
    if spec.family.response != "classes":
        return spec.family.loss
    from derivkit.models.softmax import loss_of

    return loss_of(predictors, responses, baseline=baseline)


def _columns(spec: Spec, matrix: Held, names: Sequence[str]) -> tuple[Columns, Sequence[str]]:
    """The model's columns, and what the user's coefficients are called."""
    if spec.degree is None:
        return Columns.of(matrix, intercept=spec.intercept), names
    from derivkit.models.powers import Powers

    powers = Powers.polynomial(matrix, intercept=spec.intercept, degree=spec.degree)
    return powers, powers.names(names)


def _start(spec: Spec, columns: Columns, moments: Moments, counts: NDArray[np.int64], free: bool) -> Vector:
    """The best constant."""
    import numpy as np

    count = 1 if spec.family.response != "classes" else len(counts) - (not free)
    start = np.zeros((count, columns.width))
    if columns.intercept and count == 1:
        start[0, 0] = spec.family.number(spec.family.start, m=moments.mean)
    elif columns.intercept:
        shares = np.log(counts / moments.rows)
        start[:, 0] = shares - shares.mean() if free else (shares - shares[0])[1:]
    return start.ravel()


def fitted(problem: Problem, progress: Progress | None = None, *, judged_by: Sample | None = None) -> Fitted:
    """Minimize a problem.

    Parameters
    ----------
    problem : Problem
    progress : callable, optional
        Told the number of steps done and the value there.
    judged_by : Sample, optional
        Rows whose loss decides when to stop, where batches are taken.
    """
    method = problem.spec.method
    if not problem.spec.family.curved:
        import numpy as np

        from derivkit.models.plane import tilted_plane

        minimum = tilted_plane(problem.columns.whole(), np.asarray(problem.response), problem.spec.settings["tau"])
        return Fitted(problem, minimum, minimum.x)
    if problem.spec.family.scaled:
        return _with_scale(problem, method, progress)
    judge = None if judged_by is None else _loss_of(problem, judged_by)
    unit = problem.moments.spread if problem.spec.family.link == "identity" and problem.moments.spread else 1.0
    return Fitted(problem, *solve(problem.objective, problem.start, problem.weights, method, progress, judge=judge, unit=unit))


def _loss_of(problem: Problem, sample: Sample) -> Judge:
    """The mean loss of other rows, without a penalty."""
    own = problem.objective
    return Objective(own.loss, own.columns.on(sample.matrix), sample.response, classes=own.classes).value


def _with_scale(problem: Problem, method: Method, progress: Progress | None) -> Fitted:
    """Coefficients and the scale of the residuals, in turn, until the scale stays.

    Source: Huber, Robust Statistics (1981), section 7.8; the scale is the median absolute residual, as in MASS's `rlm`.
    """
    found = Fitted(problem, *solve(problem.objective, problem.start, problem.weights, method, progress))
    for _ in range(MOST_SCALES):
        scale = _mad(found.w.astype(float), problem)
        if not found.minimum.converged or abs(scale - problem.scale) <= SAME_SCALE * scale:
            return found
        problem = problem.scaled(scale)
        again, w = solve(problem.objective, found.minimum.x, problem.weights, method, progress)
        found = Fitted(problem, again.after(found.minimum), w)
    stuck = replace(found.minimum, outcome=Outcome.STALLED, reason="the scale of the residuals does not settle")
    return replace(found, minimum=stuck)


def _least_squares(problem: Problem) -> Vector:
    """The coefficients of least squares, where a robust regression starts."""
    import numpy as np

    loss = Loss.of(family_named("linear").loss, ["eta"], ["y"], {})
    plain = Objective(loss, problem.columns, problem.response, problem.objective.penalty)
    return solve(plain, problem.start, np.zeros(len(problem.start)), Method())[0].x


def _mad(w: Vector, problem: Problem) -> float:
    """The median absolute residual, in units of a normal number's; the response's size, where the fit is perfect by any scale.

    Raises
    ------
    DataError
        If it is 0, and not all of the rows are met without error.
    """
    import numpy as np

    response = np.asarray(problem.response)
    residuals = np.abs(response - problem.columns.whole() @ w)
    scale = float(np.median(residuals)) / NORMAL_MAD
    size = float(np.abs(response).max())
    if residuals.max() <= SAME_SCALE * size:
        return size
    if not scale > SAME_SCALE * size:
        raise DataError(
            "at least half of the rows are met without error, so the residuals have no scale", hint="take --model linear"
        )
    return scale
