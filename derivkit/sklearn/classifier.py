"""Models of classes: logistic regression of two, softmax regression of more."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from derivkit.sklearn.base import Matrix, Penalized
from derivkit.tape.functional import log_softmax, softmax


class LogisticClassifier(ClassifierMixin, Penalized):
    """Logistic regression of two classes, softmax regression of more.

    `l2=L` is scikit-learn's `LogisticRegression(C=1/(n*L))`; the default is no penalty. Parameters are those of `Penalized`.

    Attributes
    ----------
    classes_ : array, shape (K,)
        Sorted.
    coef_, standard_errors_ : array of float, shape (1, p) of two classes, else (K, p)
        Of two classes, those of the second's log odds. Of more, without a penalty, the first class is the baseline: its zeros are
        fixed, and so are their standard errors. Standard errors are NaN with a penalty, which biases coefficients.
    intercept_, intercept_standard_error_ : array of float, shape (1,) or (K,)
    result_ : TrainResult
    n_iter_, n_features_in_ : int
    feature_names_in_ : array of str
        Of a data frame.

    Examples
    --------
    >>> model = LogisticClassifier().fit([[0.0], [0.0], [0.0], [1.0], [1.0], [1.0]], ["a", "a", "b", "a", "b", "b"])
    >>> model.predict_proba([[0.0], [1.0]]).round(6)
    array([[0.666667, 0.333333],
           [0.333333, 0.666667]])
    """

    MODEL = "logistic"

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the model; its gradient is checked against finite differences before the first step.

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        y : array, shape (n,)
            Of two classes or more.

        Raises
        ------
        ValueError
            If the parameters or the data cannot be used: columns that depend on each other are named.

        Warns
        -----
        ConvergenceWarning
            If no minimum was reached. There is none, without a penalty, where columns tell the classes apart without error: they
            are named, coefficients are those where the search ended, and standard errors are NaN.
        """
        x, classes = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        check_classification_targets(classes)
        self.classes_, codes = np.unique(classes, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only, {self.classes_[0]!r}: two or more are needed")
        model = "logistic" if len(self.classes_) == 2 else "softmax"
        rows, errors = (self._of_classes(each) for each in self._train(model, x, codes, self.classes_.tolist()))
        self.intercept_, self.coef_ = self._parted(rows)
        self.intercept_standard_error_, self.standard_errors_ = self._parted(errors)
        return self

    def _of_classes(self, rows: Matrix) -> Matrix:
        """With zeros for the baseline of softmax, where there is one."""
        lacks = len(self.classes_) > 2 and len(rows) < len(self.classes_)
        return np.vstack([np.zeros((1, rows.shape[1])), rows]) if lacks else rows

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Log odds of the second of two classes, shape (n,); of more, the linear predictors, shape (n, K).

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        """
        eta: Matrix = self._eta(X)
        return eta[:, 0] if len(self.classes_) == 2 else eta

    def predict_proba(self, X: ArrayLike) -> Matrix:
        """The probabilities of the classes, shape (n, K), in the order of `classes_`.

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        """
        found: Matrix = softmax(self._log_odds(X))
        return found

    def predict_log_proba(self, X: ArrayLike) -> Matrix:
        """The logarithms of the probabilities, exact where these are too small for double precision.

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        """
        found: Matrix = log_softmax(self._log_odds(X))
        return found

    def _log_odds(self, X: ArrayLike) -> Matrix:
        """Of every class, up to a constant, shape (n, K)."""
        eta = self.decision_function(X)
        return np.column_stack([np.zeros(len(eta)), eta]) if eta.ndim == 1 else eta

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class, shape (n,).

        Parameters
        ----------
        X : array or data frame, shape (n, p)
        """
        most = self._log_odds(X).argmax(axis=1)
        found: NDArray[Any] = self.classes_[most]
        return found
