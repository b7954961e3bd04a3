"""What the estimators share: options to a model, errors in scikit-learn's classes, coefficients as attributes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from derivkit.errors import DerivkitError, UsageError
from derivkit.models import family_named
from derivkit.models.named import MODELS
from derivkit.models.solve import Method
from derivkit.training.arrays import train_arrays
from derivkit.training.options import Spec, spec_of
from derivkit.training.result import TrainResult

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@contextmanager
def value_errors() -> Iterator[None]:
    """Raise derivkit's errors as ValueError, which users of scikit-learn expect."""
    try:
        yield
    except DerivkitError as problem:
        of_options = isinstance(problem, UsageError)  # others may quote names of columns, whatever these hold
        message = problem.message.replace("--", "") if of_options else problem.message
        raise ValueError(sentence(message, problem.hint)) from problem


def sentence(message: str, hint: str | None) -> str:
    """A message with its hint; what are options of the command line are parameters here."""
    return f"{message} ({hint.replace('--', '')})" if hint else message


def warn_unless_converged(converged: bool, reason: str, hint: str | None) -> None:
    """Warn as scikit-learn's own estimators do."""
    if not converged:
        warnings.warn(f"not converged: {sentence(reason, hint)}", ConvergenceWarning, stacklevel=3)


def checked(estimator: BaseEstimator, X: ArrayLike) -> Matrix:
    """Rows to predict, of a fitted estimator."""
    check_is_fitted(estimator, "result_")  # a fit that failed has left the number of columns
    found: Matrix = validate_data(estimator, X, dtype=np.float64, reset=False)
    return found


def feature_names(estimator: Any) -> list[str]:
    """The columns of a data frame, else x0, x1, ..."""
    return list(getattr(estimator, "feature_names_in_", [f"x{k}" for k in range(estimator.n_features_in_)]))


class Trainable(BaseEstimator):
    """An estimator of one of the models that `derivkit.train` knows.

    Attributes
    ----------
    result_ : TrainResult
        Everything that derivkit says of the fit: standard errors, statistics, the gradient's verdict, warnings.
    n_iter_ : int
    """

    MODEL: ClassVar[str]
    fit_intercept: bool
    coef_: Any
    intercept_: Any
    result_: TrainResult
    n_iter_: int

    def _spec(self, model: str) -> Spec:
        """The model with the estimator's parameters."""
        raise NotImplementedError  # abstract: every estimator names its own

    def _train(self, model: str, X: Matrix, y: NDArray[Any], classes: Sequence[Any] | None = None) -> tuple[Matrix, Matrix]:
        """Fit, and give coefficients and their standard errors, of every linear predictor, the intercept first.

        Raises
        ------
        ValueError
            If the parameters, or the data, cannot be used.
        """
        with value_errors():
            trained = train_arrays(self._spec(model), X, y, feature_names(self), classes)
        result, coefficients = trained.result, trained.coefficients
        if coefficients is None:
            raise ValueError(sentence(result.reason, result.hint))
        warn_unless_converged(result.converged, f"{result.reason}; {result.iterations} iterations", result.hint)
        self.result_ = result
        self.n_iter_ = result.iterations
        errors = [np.nan if each.standard_error is None else each.standard_error for each in result.coefficients]
        return coefficients, np.reshape(errors, coefficients.shape)

    def _parted(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """Intercepts, zeros where there are none, and coefficients of features."""
        constant = int(bool(self.fit_intercept))
        return rows[:, :constant].sum(axis=1), rows[:, constant:]

    def _eta(self, X: ArrayLike) -> Any:
        return checked(self, X) @ self.coef_.T + self.intercept_


class Penalized(Trainable):
    """Its parameters, of all models with a smooth loss.

    Parameters
    ----------
    l1, l2 : float
        Added to the mean loss: l1 times the sum of absolute coefficients, l2/2 times the sum of their squares, of the columns as
        they are given; the intercept is left out.
    fit_intercept : bool
    robust : bool
        Whether standard errors are HC3, right where the variance is not what the model says.
    optimizer : str
        "auto", "newton", "lbfgs", or another name of `derivkit.optimize.methods.METHODS` but those for sums of squares.
    max_iter : int, optional
        As many as the optimizer usually takes at most, by default.
    """

    def __init__(
        self,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
        fit_intercept: bool = True,
        robust: bool = False,
        optimizer: str = "auto",
        max_iter: int | None = None,
    ) -> None:
        self.l1 = l1
        self.l2 = l2
        self.fit_intercept = fit_intercept
        self.robust = robust
        self.optimizer = optimizer
        self.max_iter = max_iter

    def _spec(self, model: str) -> Spec:
        given = {"l1": self.l1, "l2": self.l2, **self._settings()}
        method = Method(self.optimizer, steps=self.max_iter)
        return spec_of(model, None, given, intercept=bool(self.fit_intercept), robust=bool(self.robust), method=method)

    def _settings(self) -> dict[str, float | None]:
        """Numbers of the family's own."""
        return {}


class Single(Trainable):
    """A model of one linear predictor for a response of numbers."""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the model; its gradient is checked against finite differences before the first step.

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        y : array, shape (n,)

        Raises
        ------
        ValueError
            If the parameters or the data cannot be used: columns that depend on each other are named.

        Warns
        -----
        ConvergenceWarning
            If no minimum was reached; standard errors are NaN then.
        """
        x, response = validate_data(self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2)
        rows, errors = self._train(self.MODEL, x, response)
        (self.intercept_,), (self.coef_,) = self._parted(rows)
        (self.intercept_standard_error_,), (self.standard_errors_,) = self._parted(errors)
        return self

    def predict(self, X: ArrayLike) -> Vector:
        """The mean of the response, or the quantile asked for.

        Parameters
        ----------
        X : array or data frame, shape (n, p)

        Returns
        -------
        array of float, shape (n,)
        """
        found: Vector = family_named(MODELS[self.MODEL].family).predict(self._eta(X))
        return found
