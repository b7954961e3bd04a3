"""The scikit-learn face: derivkit's models as estimators for pipelines, cross-validation and searches.

scikit-learn is an extra, and nothing else in derivkit imports this package.

Examples
--------
>>> import numpy as np
>>> from derivkit.sklearn import LinearRegressor
>>> model = LinearRegressor().fit(np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 6.0]))
>>> model.coef_, model.predict([[4.0]])
(array([2.5]), array([8.]))
>>> model.result_.gradient_check.verdict
'agree'
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("sklearn") is None:
    raise ImportError("derivkit.sklearn needs scikit-learn, which is not installed: pip install -e '.[sklearn]' from the checkout")

from derivkit.sklearn.classifier import LogisticClassifier
from derivkit.sklearn.formula import FormulaRegressor
from derivkit.sklearn.regressors import (
    GammaRegressor,
    HuberRegressor,
    LinearRegressor,
    PoissonRegressor,
    QuantileRegressor,
)

__all__ = [
    "FormulaRegressor",
    "GammaRegressor",
    "HuberRegressor",
    "LinearRegressor",
    "LogisticClassifier",
    "PoissonRegressor",
    "QuantileRegressor",
]
