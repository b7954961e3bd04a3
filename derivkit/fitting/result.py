"""What `fit` returns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from derivkit.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.expression.equation import Equation
    from derivkit.fitting.start import Start
    from derivkit.optimize.course import Stage
    from derivkit.prediction import FormulaModel
    from derivkit.records import Verdict

    Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One fitted number.

    Attributes
    ----------
    name : str
    estimate : float or None
        None where there is none: the fit did not start, or the data do not determine it.
    standard_error, z, p_value : float or None
        `z` is estimate / standard error, also where it is Student's t. None at a bound, without degrees of freedom, and where the
        fit did not converge.
    ci95 : (float, float) or None
        Estimate and standard error times the quantile.
    profile95 : (float, float) or None
        From the profile of the sum of squares, if asked for; infinite at an end that the data do not set.
    at_bound : bool
    """

    name: str
    estimate: float | None
    standard_error: float | None = None
    z: float | None = None
    p_value: float | None = None
    ci95: tuple[float, float] | None = None
    profile95: tuple[float, float] | None = None
    at_bound: bool = False


@dataclass(frozen=True, eq=False)
class FitResult:
    """A formula fitted to data, or why it is not.

    Attributes
    ----------
    equation : Equation
    parameters : tuple of Parameter
        Sorted, as variables of expressions are: b1, b2, b10.
    fixed : mapping of str to float
        Parameters that were held.
    covariance : array of float, shape (p, p), or None
        In the order of `parameters`; NaN for those at a bound.
    rss : float or None
        The weighted sum of squared residuals; with sigma, chi-square.
    residual_sd : float or None
        sqrt(rss/dof).
    dof : int
        Rows minus parameters.
    r_squared, adjusted_r_squared : float or None
        Against the mean of the left side.
    log_likelihood, aic, bic : float or None
        Of normal residuals; the variance counts as a parameter where it is estimated. None with a loss other than the square.
    loss : str
    loss_scale : float
    weighting : str
        "none", "sigma" or "weights".
    errors : str
        Where standard errors come from: "least_squares", "sigma", "hc3" or "sandwich".
    distribution : str
        "t" or "normal".
    n_rows, n_dropped : int
        Together the table's rows.
    start : Start
    names : tuple of str
        Columns that were used.
    rows : array of int, shape (n,)
        The rows that were used, counted from 1.
    columns : mapping of str to array of float, shape (n,)
        What was fitted to, by the names of the formula.
    weight : array of float, shape (n,)
        What residuals were multiplied by.
    response, fitted, residuals : array of float, shape (n,), or None
        Left side, right side, and left minus right.
    course : tuple of stages
        Steps with what was minimized there, the start first; empty where the fit did not start.
    iterations, evaluations : int
    converged : bool
    reason : str
        How it ended, in one sentence.
    hint : str or None
        What to do where it did not converge.
    gradient_check : Verdict
    warnings, notes : tuple of str
    variables : mapping of str to str
        Which column of the data a variable of the formula is.
    options : mapping
        What was asked for: start, bounds, fix, sigma, weights, robust.
    """

    equation: Equation
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, float]
    covariance: NDArray[np.float64] | None
    rss: float | None
    residual_sd: float | None
    dof: int
    r_squared: float | None
    adjusted_r_squared: float | None
    log_likelihood: float | None
    aic: float | None
    bic: float | None
    loss: str
    loss_scale: float
    weighting: Literal["none", "sigma", "weights"]
    errors: Literal["least_squares", "sigma", "hc3", "sandwich"]
    distribution: Literal["t", "normal"]
    n_rows: int
    n_dropped: int
    start: Start
    names: tuple[str, ...]
    rows: NDArray[np.int_]
    columns: Mapping[str, Vector]
    weight: Vector
    response: Vector
    fitted: Vector | None
    residuals: Vector | None
    course: tuple[Stage, ...]
    iterations: int
    evaluations: int
    converged: bool
    reason: str
    hint: str | None
    gradient_check: Verdict
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    variables: Mapping[str, str]
    options: Mapping[str, Any]

    def __getitem__(self, name: str) -> Parameter:
        """A parameter by its name."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    @property
    def correlation(self) -> NDArray[np.float64] | None:
        """The covariance with ones on its diagonal."""
        import numpy as np

        if self.covariance is None:
            return None
        spread = np.sqrt(np.diag(self.covariance))
        found = np.asarray(self.covariance / np.outer(spread, spread))
        np.fill_diagonal(found, np.where(np.isnan(spread), np.nan, 1.0))
        return found

    def to_model(self) -> FormulaModel:
        """The formula with its estimates by itself: to predict with, to judge on other rows, to keep in a file.

        Raises
        ------
        UsageError
            If there is none, because the fit did not converge.
        """
        from derivkit import __version__
        from derivkit.prediction import FormulaModel
        from derivkit.prediction.origin import Origin, checked, plain

        if not self.converged:
            raise UsageError(f"there is no model: {self.reason}", hint=self.hint)
        return FormulaModel(
            equation=self.equation, columns=dict(self.variables), names=tuple(p.name for p in self.parameters),
            estimates=tuple(p.estimate or 0.0 for p in self.parameters),
            at_bound=tuple(p.name for p in self.parameters if p.at_bound), fixed=dict(self.fixed),
            covariance=None if self.covariance is None else tuple(map(tuple, _finite(self.covariance.tolist()))),
            residual_sd=self.residual_sd, degrees=self.dof if self.distribution == "t" and self.dof else None,
            weighting=self.weighting, errors=self.errors, loss=self.loss, loss_scale=self.loss_scale,
            origin=Origin(
                __version__, self.n_rows, self.n_dropped, 0, self.iterations, self.reason, plain(self.options),
                checked(self.gradient_check),
            ),
        )  # fmt: skip

    def save(self, path: str | Path) -> None:
        """Keep the formula with its estimates in a file of plain JSON; on any failure the old file stays whole.

        Raises
        ------
        UsageError
            If there is no model, because the fit did not converge.
        FileError
            If the file cannot be written.
        """
        from derivkit.prediction.file import save_model

        save_model(self.to_model(), path)


def _finite(matrix: list[list[float]]) -> list[list[float | None]]:
    """None for what is not known."""
    return [[value if math.isfinite(value) else None for value in row] for row in matrix]
