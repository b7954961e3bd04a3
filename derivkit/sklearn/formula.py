"""Any formula of the columns, fitted by least squares."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import validate_data

from derivkit.evaluate import evaluate
from derivkit.expression.equation import parse_equation
from derivkit.expression.stable import stabilize
from derivkit.fitting.fit import fit
from derivkit.fitting.options import Interval
from derivkit.fitting.result import FitResult
from derivkit.fitting.rows import column_of
from derivkit.functions import ARRAYS
from derivkit.sklearn.base import Vector, checked, feature_names, sentence, value_errors, warn_unless_converged


class FormulaRegressor(RegressorMixin, BaseEstimator):
    """A formula whose parameters are fitted by least squares, on exact derivatives.

    Parameters
    ----------
    formula : str
        The right side: names that are columns are data, the others parameters. Columns are those of a data frame, else x0, x1, ...;
        names that are no identifiers stand in backticks.
    start : mapping of str to float, optional
        Where parameters start; those left out are searched for. A formula that is linear in its parameters needs none.
    bounds : mapping of str to (float or None, float or None), optional
    fix : mapping of str to float, optional
        Parameters that are held at a value.
    loss : str
        "linear", "soft_l1", "huber" or "cauchy", as in SciPy's `least_squares`.
    loss_scale : float
        The residual from which on it counts as large.
    robust : bool
        Whether standard errors are HC3.

    Attributes
    ----------
    parameters_ : dict of str to float
        Those that are held at a value included.
    standard_errors_ : dict of str to float
        Of the others; NaN where there is none.
    result_ : FitResult
    n_iter_, n_features_in_ : int
    feature_names_in_ : array of str
        Of a data frame.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> model = FormulaRegressor("a*exp(-b*x0) + c").fit(x, [5.1, 3.0, 2.1, 1.4, 1.2, 1.1])
    >>> {name: round(value, 3) for name, value in model.parameters_.items()}
    {'a': 4.158, 'b': 0.68, 'c': 0.936}
    >>> model.predict([[0.5]]).round(3)
    array([3.895])
    """

    def __init__(
        self,
        formula: str,
        *,
        start: Mapping[str, float] | None = None,
        bounds: Mapping[str, Interval] | None = None,
        fix: Mapping[str, float] | None = None,
        loss: str = "linear",
        loss_scale: float = 1.0,
        robust: bool = False,
    ) -> None:
        self.formula = formula
        self.start = start
        self.bounds = bounds
        self.fix = fix
        self.loss = loss
        self.loss_scale = loss_scale
        self.robust = robust

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the formula; its derivatives are checked against finite differences before the first step.

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        y : array, shape (n,)

        Raises
        ------
        ValueError
            If the formula, the parameters or the data cannot be used, or do not determine the formula's parameters.

        Warns
        -----
        ConvergenceWarning
            If no minimum was reached; standard errors are NaN then.
        """
        x, response = validate_data(self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2)
        names = feature_names(self)
        with value_errors():
            target = _free_name(self.formula, names)
            result = fit(
                f"{target} = {self.formula}", {**dict(zip(names, x.T, strict=True)), target: response}, start=self.start,
                bounds=self.bounds, fix=self.fix, loss=self.loss, loss_scale=self.loss_scale, robust=self.robust,
            )  # fmt: skip
        if any(parameter.estimate is None for parameter in result.parameters):
            raise ValueError(sentence(result.reason, result.hint))
        warn_unless_converged(result.converged, result.reason, result.hint)
        self._keep(result)
        return self

    def _keep(self, result: FitResult) -> None:
        self.result_ = result
        self.n_iter_ = result.iterations
        self.parameters_: dict[str, Any] = {each.name: each.estimate for each in result.parameters} | dict(result.fixed)
        self.standard_errors_ = {
            each.name: np.nan if each.standard_error is None else each.standard_error for each in result.parameters
        }

    def predict(self, X: ArrayLike) -> Vector:
        """The formula's values, NaN where it has none.

        Parameters
        ----------
        X : array or data frame, shape (n, p)

        Returns
        -------
        array of float, shape (n,)
        """
        x = checked(self, X)
        names, graph = feature_names(self), self.result_.equation.right
        columns = {name: x[:, names.index(c)] for name in graph.variables if (c := column_of(name, names)) is not None}
        with ARRAYS.quiet():
            return np.array(np.broadcast_to(evaluate(stabilize(graph), {**self.parameters_, **columns}, ARRAYS), len(x)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # how well a formula fits is its own affair
        return tags


def _free_name(formula: str, columns: list[str]) -> str:
    """A name for the response that is neither a column nor a parameter."""
    taken = {*columns, *parse_equation(f"y = {formula}").right.variables}
    return next(name for k in count() if (name := f"y_{k}" if k else "y") not in taken)
