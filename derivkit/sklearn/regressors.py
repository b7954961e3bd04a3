"""Models of numbers: least squares, counts, positive numbers, and two that outliers do not move."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.metrics import d2_tweedie_score

from derivkit.models.solve import Method
from derivkit.sklearn.base import Penalized, Single
from derivkit.training.options import Spec, spec_of


class LinearRegressor(RegressorMixin, Single, Penalized):
    """Least squares, plain, ridge, lasso or elastic net.

    `l2=L` is scikit-learn's `Ridge(alpha=n*L)`, `l1=L` its `Lasso(alpha=L)`; parameters are those of `Penalized`.

    Attributes
    ----------
    coef_, standard_errors_ : array of float, shape (p,)
        Standard errors are NaN with a penalty, which biases coefficients.
    intercept_, intercept_standard_error_ : float
    result_ : TrainResult
    n_iter_, n_features_in_ : int
    feature_names_in_ : array of str
        Of a data frame.

    Examples
    --------
    >>> model = LinearRegressor().fit([[1.0], [2.0], [3.0], [4.0]], [1.0, 2.0, 6.0, 7.0])
    >>> model.coef_.round(3), model.standard_errors_.round(3)
    (array([2.2]), array([0.424]))
    """

    MODEL = "linear"


class _LogLink(RegressorMixin, Single, Penalized):
    POWER: ClassVar[int]  # of the mean, in the variance: the Tweedie family's parameter

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """The part of the deviance that the model explains, D², as scikit-learn's own estimators of this family score."""
        return float(d2_tweedie_score(y, self.predict(X), sample_weight=sample_weight, power=self.POWER))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags


class PoissonRegressor(_LogLink):
    """Counts whose mean is the exponential of the linear predictor.

    `l2=L` is scikit-learn's `PoissonRegressor(alpha=L)`. Parameters are those of `Penalized`, attributes those of
    `LinearRegressor`.

    Examples
    --------
    >>> model = PoissonRegressor().fit([[0.0], [0.0], [1.0], [1.0]], [1, 3, 4, 6])
    >>> model.predict([[0.0], [1.0]]).round(6)
    array([2., 5.])
    """

    MODEL = "poisson"
    POWER = 1


class GammaRegressor(_LogLink):
    """Positive numbers whose standard deviation grows with their mean, the exponential of the linear predictor.

    `l2=L` is scikit-learn's `GammaRegressor(alpha=L)`. Parameters are those of `Penalized`, attributes those of
    `LinearRegressor`.

    Examples
    --------
    >>> model = GammaRegressor().fit([[0.0], [0.0], [1.0], [1.0]], [1.0, 3.0, 4.0, 6.0])
    >>> model.predict([[0.0], [1.0]]).round(6)
    array([2., 5.])
    """

    MODEL = "gamma"
    POWER = 2


class HuberRegressor(RegressorMixin, Single, Penalized):
    """Squares of small residuals, absolute values of large ones.

    Parameters
    ----------
    delta : float
        Where the loss turns, in units of the residuals' scale: their median absolute value over 0.6745. scikit-learn's `epsilon`
        is in units of another estimate of the scale.
    l1, l2, fit_intercept, robust, optimizer, max_iter
        As those of `Penalized`.

    Attributes
    ----------
    coef_, intercept_, standard_errors_, ...
        As those of `LinearRegressor`.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0]]
    >>> HuberRegressor().fit(X, [0.1, 0.9, 2.1, 33.0, 3.9, 5.1, 5.9, 7.0]).coef_.round(1)
    array([1.])
    """

    MODEL = "huber"

    def __init__(
        self,
        *,
        delta: float = 1.345,
        l1: float = 0.0,
        l2: float = 0.0,
        fit_intercept: bool = True,
        robust: bool = False,
        optimizer: str = "auto",
        max_iter: int | None = None,
    ) -> None:
        super().__init__(l1=l1, l2=l2, fit_intercept=fit_intercept, robust=robust, optimizer=optimizer, max_iter=max_iter)
        self.delta = delta

    def _settings(self) -> dict[str, float | None]:
        return {"delta": self.delta}


class QuantileRegressor(RegressorMixin, Single):
    """The plane below which lies a part of the rows.

    Parameters
    ----------
    quantile : float
        Which part; 0.5 is the median.
    fit_intercept : bool

    Attributes
    ----------
    coef_, intercept_, standard_errors_, ...
        As those of `LinearRegressor`; standard errors are Powell's.

    Examples
    --------
    >>> model = QuantileRegressor().fit([[0.0], [1.0], [2.0], [3.0], [4.0]], [0.0, 1.0, 2.0, 3.0, 40.0])
    >>> model.coef_.round(9)
    array([1.])
    """

    MODEL = "quantile"

    def __init__(self, *, quantile: float = 0.5, fit_intercept: bool = True) -> None:
        self.quantile = quantile
        self.fit_intercept = fit_intercept

    def _spec(self, model: str) -> Spec:
        given = {"tau": self.quantile}
        return spec_of(model, None, given, intercept=bool(self.fit_intercept), robust=False, method=Method())
