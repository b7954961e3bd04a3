"""Training: a table, a model family and a minimizer make a result."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from derivkit.data.design import INTERCEPT, Design, build_design
from derivkit.data.rank import relations, told
from derivkit.data.schema import Impute
from derivkit.data.table import Data, read_table
from derivkit.data.words import listed, nearest_hint
from derivkit.errors import DataError, UsageError
from derivkit.models import Family, families
from derivkit.models.family import Scored
from derivkit.models.gradient import check_gradient
from derivkit.models.inference import Coefficient, coefficients, standard_errors
from derivkit.models.objective import Objective, Scaling
from derivkit.models.separation import separating_columns
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.records import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_FOR_NEWTON = 200  # coefficients
FAR = 12.0  # a linear predictor beyond which a probability is 0 or 1 to five digits: reason to look for separation
PERFECT = 1e-20  # a squared residual this small beside the response's square is rounding
SMALLEST_LOSS = 1e-280  # below, and above its inverse, squares leave the range of doubles


@dataclass(frozen=True)
class TrainResult:
    """A trained model, or why there is none.

    Attributes
    ----------
    model, target : str
    classes : tuple or None
        Sorted; the model gives the probability of the last.
    features : tuple of str
    intercept : bool
    l2 : float
    n_rows, n_dropped : int
        Together the table's rows.
    test_rows : tuple of int
    coefficients : tuple of Coefficient
        In the user's units, the intercept first.
    distribution : str
        "t" or "normal".
    log_likelihood : float or None
        Without the penalty.
    loss : float or None
        The objective at its minimum: mean loss plus penalty.
    metrics : mapping
        "train": a mapping of numbers or None; "test": None.
    optimizer : str
    iterations : int
    converged : bool
    reason : str
        How it ended, in one sentence.
    hint : str or None
        What to do where it did not converge.
    gradient_check : Verdict
    warnings, notes : tuple of str
    """

    model: str
    target: str
    classes: tuple[int | float | str, ...] | None
    features: tuple[str, ...]
    intercept: bool
    l2: float
    n_rows: int
    n_dropped: int
    test_rows: tuple[int, ...]
    coefficients: tuple[Coefficient, ...]
    distribution: Literal["t", "normal"]
    log_likelihood: float | None
    loss: float | None
    metrics: Mapping[str, Mapping[str, float] | None]
    optimizer: str
    iterations: int
    converged: bool
    reason: str
    hint: str | None
    gradient_check: Verdict
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def train(
    data: Data,
    *,
    model: str,
    target: str | None = None,
    features: Sequence[str] | None = None,
    l2: float = 0.0,
    intercept: bool = True,
    impute: Impute | None = None,
    reference: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> TrainResult:
    """Fit a model to a table; its gradient is checked against finite differences before the first step.

    The objective is the mean loss over the rows + l2/2 * sum of squared coefficients, the intercept left out, columns in the user's
    units.

    Parameters
    ----------
    data : path, binary stream, or mapping of str to sequence
        A CSV or Parquet file, or columns of one length.
    model : str
        "linear" or "logistic".
    target : str, optional
        Else a column called y, target or label, else the last one.
    features : sequence of str, optional
        All other columns by default.
    l2 : float
        The penalty's strength, 0 for none.
    intercept : bool
    impute : "mean" or "median", optional
        What stands in for a missing number of a feature; rows with missing values are dropped by default.
    reference : mapping of str to str, optional
        The level that the others of a category are compared with; the first sorted one by default.
    progress : callable, optional
        Told the number of steps done and the objective there.

    Returns
    -------
    TrainResult
        With `converged` False, and no estimates, where the classes are separated or the gradient is not confirmed.

    Raises
    ------
    UsageError
        If there is no such model, or the penalty is negative or not finite.
    FileError, DataError
        If the data cannot be read or cannot be used as they are.

    Examples
    --------
    >>> from derivkit.training import train
    >>> result = train({"x": [1.0, 2.0, 3.0, 4.0], "y": [3.1, 4.9, 7.2, 8.8]}, model="linear")
    >>> [(c.name, round(c.estimate, 6)) for c in result.coefficients]
    [('intercept', 1.15), ('x', 1.94)]
    """
    family = _family(model)
    if not (math.isfinite(l2) and l2 >= 0):
        raise UsageError(f"the penalty l2 is {l2}; it must be a finite number, 0 or more")
    table = read_table(data)
    design = build_design(
        table, target=target, features=features, intercept=intercept, classes=family.classes, impute=impute, reference=reference
    )
    return _Training(family, design, l2).run(progress)


def _family(model: str) -> Family:
    found = families().get(model)
    if found is None:
        raise UsageError(f"there is no model {model!r}", hint=nearest_hint(model, families()))
    return found


class _Training:
    """One training run: what its stages share."""

    def __init__(self, family: Family, design: Design, l2: float) -> None:
        self.family = family
        self.design = design
        self.l2 = l2
        self.scaling = Scaling.of(design.matrix, intercept=design.intercept)
        self.matrix = self.scaling.apply(design.matrix)
        self.warnings = [*design.warnings, *_degenerate(design, self.matrix, self.scaling, penalized=l2 > 0)]
        penalty = l2 / self.scaling.scale**2
        penalty[: design.intercept] = 0.0
        self.optimizer = "newton" if len(penalty) <= MOST_FOR_NEWTON else "lbfgs+newton"
        self.objective = Objective(family, self.matrix, design.response, penalty)

    def run(self, progress: Progress | None) -> TrainResult:
        start = self._start()
        check = check_gradient(self.objective, start, self.design.names)
        if check.verdict != "agree":
            return self._without_estimates(check, 0, f"not started: {check.message}", None)
        minimum = self._minimize(start, progress)
        separating = self._separating(minimum)
        if separating:
            reason = (
                f"separation: {listed(separating)} {'tells' if len(separating) == 1 else 'tell'} the classes apart without error"
            )
            reason += ", so that no finite coefficients fit best"
            return self._without_estimates(check, minimum.iterations, reason, "add a penalty, as --l2 0.01, or leave columns out")
        return self._with_estimates(check, minimum)

    def _start(self) -> Vector:
        import numpy as np

        start = np.zeros(len(self.design.names))
        if self.design.intercept:
            start[0] = self.family.number(self.family.start, m=self.design.response.mean())
        value = self.objective(start)[0]
        if not SMALLEST_LOSS < value < 1 / SMALLEST_LOSS:
            raise DataError(
                f"the values of the target {self.design.target} are too large or too small for double precision",
                hint="give them in another unit",
            )
        return start

    def _minimize(self, start: Vector, progress: Progress | None) -> Minimum:
        """Newton's method; of many coefficients, L-BFGS first, whose steps cost less."""
        from derivkit.optimize import lbfgs, newton

        scale = self.objective(start)[0]
        if len(start) <= MOST_FOR_NEWTON:
            return newton.minimize(self.objective, start, step=self.objective.newton_step, scale=scale, progress=progress)

        def later(step: int, value: float) -> None:
            if progress is not None:
                progress(near.iterations + step, value)

        near = lbfgs.minimize(self.objective, start, progress=progress)
        there = newton.minimize(self.objective, near.x, step=self.objective.newton_step, scale=scale, progress=later)
        return there.after(near)

    def _separating(self, minimum: Minimum) -> list[str]:
        import numpy as np

        if not self.family.classes or self.l2 or np.abs(self.matrix @ minimum.x).max() < FAR:
            return []
        found = separating_columns(self.matrix, self.design.response, intercept=self.design.intercept)
        return [self.design.names[k] for k in found]

    def _without_estimates(self, check: Verdict, iterations: int, reason: str, hint: str | None) -> TrainResult:
        blank = tuple(Coefficient(name, None, None) for name in self.design.names)
        return self._result(
            check, coefficients=blank, log_likelihood=None, loss=None, metrics={"train": None, "test": None},
            iterations=iterations, converged=False, reason=reason, hint=hint,
        )  # fmt: skip

    def _with_estimates(self, check: Verdict, minimum: Minimum) -> TrainResult:
        eta = self.matrix @ minimum.x
        n, design = len(eta), self.design
        loss = minimum.value - self.objective.penalized(minimum.x)
        scored = Scored(design.response, self.family.predict(eta), loss, design.intercept)
        back = self.scaling.back()
        errors = self._errors(minimum, back, loss)
        degrees = n - len(design.names) if self.family.distribution == "t" else None
        return self._result(
            check, coefficients=coefficients(design.names, (back @ minimum.x).tolist(), errors, degrees),
            log_likelihood=self.family.number(self.family.log_likelihood, n=n, loss=loss), loss=minimum.value,
            metrics={"train": self.family.metrics(scored), "test": None},
            iterations=minimum.iterations, converged=minimum.converged, reason=minimum.reason,
            hint=None if minimum.converged else "look for columns that nearly say the same, or add --l2",
        )  # fmt: skip

    def _errors(self, minimum: Minimum, back: NDArray[np.float64], loss: float) -> list[float] | None:
        n, p = self.design.matrix.shape
        if self.l2:
            self.warnings.append("no standard errors: the penalty biases the coefficients, so their spread is not their error")
            return None
        if n == p:
            self.warnings.append(f"no standard errors: {p} coefficients leave no degree of freedom in {n} rows")
            return None
        if not minimum.converged:
            return None
        if loss <= PERFECT * float((self.design.response**2).mean()):
            self.warnings.append("the fit is perfect up to rounding: standard errors and tests mean nothing")
        dispersion = self.family.number(self.family.dispersion, n=n, p=p, loss=loss)
        return standard_errors(self.objective.root(minimum.x), back, dispersion).tolist()  # type: ignore[no-any-return]  # NumPy's list

    def _result(self, check: Verdict, **found: Any) -> TrainResult:
        design = self.design
        return TrainResult(
            model=self.family.name, target=design.target, classes=design.classes, features=design.features,
            intercept=design.intercept, l2=self.l2, n_rows=len(design.response), n_dropped=design.n_dropped, test_rows=(),
            distribution=self.family.distribution, optimizer=self.optimizer, gradient_check=check,
            warnings=tuple(self.warnings), notes=design.notes, **found,
        )  # fmt: skip


def _degenerate(design: Design, matrix: NDArray[np.float64], scaling: Scaling, *, penalized: bool) -> list[str]:
    """What keeps the coefficients from being determined: an error, or with a penalty a warning.

    Raises
    ------
    DataError
        If there is no penalty, and a column is constant or depends on others, or there are more columns than rows.
    """
    found = _what_is_degenerate(design, matrix, scaling)
    if found and not penalized:
        raise DataError(found, hint="leave columns out with --features, or add --l2")
    return [f"{found}: only the penalty decides their coefficients"] if found else []


def _what_is_degenerate(design: Design, matrix: NDArray[np.float64], scaling: Scaling) -> str | None:
    import numpy as np

    n, p = matrix.shape
    features = [name for name in design.names if name != INTERCEPT or not design.intercept]
    spans = np.ptp(design.matrix, axis=0) if design.intercept else np.abs(design.matrix).max(axis=0)
    constant = [name for name, span in zip(design.names, spans, strict=True) if not span and name in features]
    if constant:
        what = "constant" if design.intercept else "zero in every row"
        return f"{listed(constant)} {'is' if len(constant) == 1 else 'are'} {what}"
    if p > n:
        return f"there are more columns than rows: {p} coefficients ({listed(design.names)}) and {n} rows"
    return told(relations(matrix, design.names, center=scaling.center, scale=scaling.scale, intercept=design.intercept)) or None
