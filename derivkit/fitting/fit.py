"""Fitting a formula to a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivkit.data.table import Table, read_table
from derivkit.errors import DataError, UsageError
from derivkit.expression.equation import Equation, parse_equation
from derivkit.fitting.estimates import Errors, Estimates, estimate
from derivkit.fitting.gradient import check_gradient
from derivkit.fitting.identify import undetermined
from derivkit.fitting.loss import LINEAR, loss_named
from derivkit.fitting.options import Given, Interval, read_given
from derivkit.fitting.problem import Problem
from derivkit.fitting.result import FitResult, Parameter
from derivkit.fitting.rows import Names, Rows, read_rows, tell_apart
from derivkit.fitting.scores import score
from derivkit.fitting.start import Start, find_start
from derivkit.optimize import levenberg_marquardt
from derivkit.optimize.course import Course
from derivkit.optimize.minimum import Progress
from derivkit.optimize.squares import Solution
from derivkit.records import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

SMALLEST, LARGEST = 1e-140, 1e140  # beyond, squares leave the range of doubles
UNKNOWN = ("rss", "residual_sd", "r_squared", "adjusted_r_squared", "log_likelihood", "aic", "bic", "covariance")
FAR = 100.0  # times its start, where no minimum was found, is without end
PERFECT = 1e-13  # residuals this small beside the response are rounding


def fit(
    formula: str,
    data: str | Path | Mapping[str, Sequence[Any]],
    *,
    start: Mapping[str, float] | None = None,
    bounds: Mapping[str, Interval] | None = None,
    fix: Mapping[str, float] | None = None,
    sigma: str | None = None,
    weights: str | None = None,
    loss: str = LINEAR,
    loss_scale: float = 1.0,
    robust: bool = False,
    profile: bool = False,
    progress: Progress | None = None,
) -> FitResult:
    """Fit a formula to data by least squares, on exact derivatives that are checked against finite differences before the first
    step.

    Parameters
    ----------
    formula : str
        `left = right`. Names that are columns of the data are data, the others parameters; names of columns that are no identifiers
        stand in backticks. The left side is a formula of columns.
    data : path, or mapping of str to sequence
        A CSV or Parquet file, or columns of one length.
    start : mapping of str to float, optional
        Where parameters start. Those left out are searched for; a formula that is linear in them needs none.
    bounds : mapping of str to (float or None, float or None), optional
        Lowest and highest values.
    fix : mapping of str to float, optional
        Parameters that are held at a value.
    sigma : str, optional
        A column of known standard errors of the rows: residuals are divided by them, and the covariance is not rescaled, as with
        `absolute_sigma=True` in SciPy's `curve_fit`.
    weights : str, optional
        A column that squared residuals are multiplied by, known up to a factor: the covariance is rescaled.
    loss : str
        "linear" (least squares), "soft_l1", "huber" or "cauchy", as in SciPy's `least_squares`.
    loss_scale : float
        The residual from which on it counts as large.
    robust : bool
        Standard errors by HC3, which stay right where the spread of the residuals changes from row to row.
    profile : bool
        Intervals from the profile of the sum of squares as well.
    progress : callable, optional
        Told the number of steps done and the value there.

    Returns
    -------
    FitResult
        With `converged` False where no minimum was found or the derivatives are not confirmed.

    Raises
    ------
    ParseError
        If the formula is not an equation of two expressions.
    UsageError
        If an option names no parameter or column, or options do not fit together.
    FileError, DataError
        If the data cannot be read or used, there are fewer rows than parameters, or parameters cannot be told apart.

    Examples
    --------
    >>> import derivkit as dk
    >>> x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    >>> y = [5.1, 3.0, 2.1, 1.4, 1.2, 1.1]
    >>> result = dk.fit("y = a*exp(-b*x) + c", {"x": x, "y": y})
    >>> [(p.name, round(p.estimate, 3)) for p in result.parameters]
    [('a', 4.158), ('b', 0.68), ('c', 0.936)]
    """
    equation = parse_equation(formula)
    chosen = loss_named(loss, loss_scale)
    if profile and (chosen is not None or robust):
        raise UsageError("profiles are of plain sums of squares", hint="leave out profile, or the loss and robust")
    if robust and (chosen is not None or sigma is not None):
        raise UsageError("robust errors are for least squares without known errors", hint="leave out robust")
    table = read_table(data)
    names = tell_apart(equation, table)
    given = read_given(names, start, fix, bounds)
    rows = read_rows(table, equation, names, sigma=sigma, weights=weights)
    problem = Problem(equation.right, given.free, {**rows.columns, **given.fixed}, rows.response, rows.weight, chosen)
    found = _Fit(table, equation, names, given, rows, problem, robust=robust, profile=profile).run(progress)
    options = {"start": start, "bounds": bounds, "fix": fix, "sigma": sigma, "weights": weights, "robust": robust}
    return replace(found, options=options)


class _Fit:
    """One fit: what its stages share."""

    def __init__(
        self,
        table: Table,
        equation: Equation,
        names: Names,
        given: Given,
        rows: Rows,
        problem: Problem,
        *,
        robust: bool,
        profile: bool,
    ) -> None:
        self.table = table
        self.equation = equation
        self.names = names
        self.given = given
        self.rows = rows
        self.problem = problem
        self.errors = self._source_of_errors(robust=robust)
        self.profile = profile
        self.course: Course | None = None
        self.warnings = [*equation.warnings, *names.warnings, *rows.warnings]

    def _source_of_errors(self, *, robust: bool) -> Errors:
        if self.problem.loss is not None:
            return "sandwich"
        return "hc3" if robust else "sigma" if self.rows.weighting == "sigma" else "least_squares"

    def run(self, progress: Progress | None) -> FitResult:
        self._refuse_unusable()
        start = find_start(self.problem, self.given.start, self.given.bounds)
        self._refuse_outside(start)
        check = check_gradient(self.problem, start.x, self.given.bounds)
        if check.verdict != "agree":
            return self._unfitted(start, check, f"not started: {check.message}", None)
        self.course = Course(self.problem.at(start.x).value, progress)
        solution = levenberg_marquardt.minimize(self.problem, start.x, bounds=self.given.bounds, progress=self.course)
        unknown = undetermined(self.problem, solution.local.x)
        if unknown is None:
            return self._fitted(start, check, solution)
        if unknown.everywhere:
            hint = f"hold one at a value: --fix {unknown.parameters[0]}=1"
            raise DataError(unknown.message, hint=hint, text=self.equation.text, span=self.equation.places[unknown.parameters[0]])
        hint = "try another start with --start, or a formula with fewer parameters"
        return self._unfitted(start, check, f"{unknown.message}, where the fit ended", hint, solution)

    def _refuse_unusable(self) -> None:
        import numpy as np

        n, p = len(self.rows.response), len(self.given.free)
        if n < p:
            raise DataError(
                f"{_counted(n, 'row')} cannot determine {_counted(p, 'parameter')}", hint="hold some at a value with --fix"
            )
        size = float(np.abs(self.rows.response * self.rows.weight).max())
        if size and not SMALLEST < size < LARGEST:
            raise DataError(
                "the values of the left side are too large or too small for double precision", hint="give them in another unit"
            )

    def _refuse_outside(self, start: Start) -> None:
        """See that the formula has a value in every row where the fit starts."""
        import numpy as np

        fitted, slopes = self.problem.model(start.x)
        wrong = np.flatnonzero(~(np.isfinite(fitted) & np.isfinite(slopes).all(axis=1)))
        if len(wrong):
            place = self.table.place(self.rows.places[wrong[0]])
            raise DataError(
                f"at the start, the formula or a derivative of it is not a finite number in {place}", hint="start elsewhere"
            )

    def _unfitted(self, start: Start, check: Verdict, reason: str, hint: str | None, solution: Solution | None = None) -> FitResult:
        return self._result(
            start, check, **dict.fromkeys(UNKNOWN), dof=len(self.rows.response) - len(self.given.free), fitted=None, residuals=None,
            parameters=tuple(Parameter(name, None) for name in self.given.free), distribution="t",
            iterations=solution.iterations if solution else 0, evaluations=solution.evaluations if solution else 0,
            converged=False, reason=reason, hint=hint,
        )  # fmt: skip

    def _fitted(self, start: Start, check: Verdict, solution: Solution) -> FitResult:
        fitted = self.problem.model(solution.local.x)[0]
        residual = solution.local.residual if self.problem.loss is None else self.problem.residuals(fitted)
        found = self._estimates(solution, residual)
        scores = score(
            residual, self.rows.response, self.rows.weight, len(found.parameters) - len(found.at_bound),
            known=self.errors == "sigma", likelihood=self.errors != "sandwich",
        )  # fmt: skip
        return self._result(
            start, check, **asdict(scores), parameters=found.parameters, covariance=found.covariance,
            distribution=found.distribution, fitted=fitted, residuals=self.rows.response - fitted,
            iterations=solution.iterations, evaluations=solution.evaluations, converged=solution.converged, reason=solution.reason,
            hint=None if solution.converged else self._hint(start, solution),
        )  # fmt: skip

    def _hint(self, start: Start, solution: Solution) -> str:
        """What to do where no minimum was found."""
        import numpy as np

        away = np.abs(solution.local.x) > FAR * np.maximum(np.abs(start.x), 1.0)
        names = [name for name, far in zip(self.given.free, away, strict=True) if far]
        if names:
            return f"{' and '.join(names)} grew without end: bound them with --bounds, or use a formula with fewer parameters"
        return "start elsewhere with --start"

    def _estimates(self, solution: Solution, residual: Vector) -> Estimates:
        found = estimate(self.problem, solution, residual, self.given.bounds, self.errors, profile=self.profile)
        self.warnings += found.warnings
        if float((residual**2).sum()) <= float(((self.rows.response * self.rows.weight * PERFECT) ** 2).sum()):
            self.warnings.append("the fit is perfect up to rounding: standard errors and tests mean nothing")
        return found

    def _result(self, start: Start, check: Verdict, **found: Any) -> FitResult:
        return FitResult(
            equation=self.equation, fixed=self.given.fixed, loss=self.problem.loss.name if self.problem.loss else LINEAR,
            loss_scale=self.problem.loss.scale if self.problem.loss else 1.0, weighting=self.rows.weighting, errors=self.errors,
            n_rows=len(self.rows.response), n_dropped=self.rows.n_dropped, start=start, names=tuple(self.names.columns.values()),
            rows=self.rows.places + 1, columns=self.rows.columns, weight=self.rows.weight, response=self.rows.response,
            variables=self.names.columns, options={},
            course=self.course.stages if self.course else (), gradient_check=check, warnings=tuple(self.warnings),
            notes=(*self.rows.notes, *_said(start)), **found,
        )  # fmt: skip


def _said(start: Start) -> list[str]:
    if start.origin != "searched":
        return []
    return [f"no start given: the best of {start.tries:,} draws, improved; another start may fit better"]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
