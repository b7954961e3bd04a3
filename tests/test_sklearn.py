"""The scikit-learn face: its own checks of estimators, its own estimators at the same optimum, published values, and its tools."""

from __future__ import annotations

import csv
import pickle
import subprocess
import sys
from pathlib import Path
from unittest import SkipTest

import numpy as np
import pytest
from sklearn import linear_model as peers
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from derivkit.sklearn import (
    FormulaRegressor,
    GammaRegressor,
    HuberRegressor,
    LinearRegressor,
    LogisticClassifier,
    PoissonRegressor,
    QuantileRegressor,
)

SAMPLES = Path(__file__).parents[1] / "samples"
ESTIMATORS = [
    LinearRegressor(),
    LogisticClassifier(),
    PoissonRegressor(),
    GammaRegressor(),
    HuberRegressor(),
    QuantileRegressor(),
    FormulaRegressor("a*x0 + b"),
]
# What the checks say themselves of parts that need what is not there: all else in them has passed by then.
LEFT_OUT = (
    "pandas is not installed: not checking estimators for pandas objects.",
    "SCIPY_ARRAY_API is not set: not checking array_api input",
)


def sample(name, *, words=()):
    """Features, response and names of a sample, whose response is the last column."""
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    response = [row[-1] for row in rows]
    y = np.array(response if names[-1] in words else [float(cell) for cell in response])
    return np.array([[float(cell) for cell in row[:-1]] for row in rows]), y, names


def iris():
    return sample("iris.csv", words=("species",))[:2]


def diabetes():
    """442 patients, ten columns in units of their own; the response, a count of progress, lies between 25 and 346."""
    return load_diabetes(return_X_y=True, scaled=False)


CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{getattr(check, 'func', check).__name__}-{k}")
    for each in ESTIMATORS
    for k, (estimator, check) in enumerate(estimator_checks_generator(each))
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # the checks' classes are told apart without error
@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_scikit_learns_checks_of_estimators(estimator, check):
    said = ""
    try:
        check(estimator)
    except SkipTest as part:
        said = str(part)
    assert said in ("", *LEFT_OUT)


N = 442
PENALTY = 0.01
SAME_OPTIMUM = [
    (LinearRegressor(), peers.LinearRegression(), 1e-9),
    (LinearRegressor(fit_intercept=False), peers.LinearRegression(fit_intercept=False), 1e-9),
    (LinearRegressor(l2=PENALTY), peers.Ridge(alpha=N * PENALTY, solver="cholesky"), 1e-9),
    (LinearRegressor(l1=5.0), peers.Lasso(alpha=5.0, tol=1e-12, max_iter=100_000), 1e-6),
    (LinearRegressor(l1=2.0, l2=3.0), peers.ElasticNet(alpha=5.0, l1_ratio=0.4, tol=1e-12, max_iter=100_000), 1e-6),
    (PoissonRegressor(l2=PENALTY), peers.PoissonRegressor(alpha=PENALTY, solver="newton-cholesky", tol=1e-10), 1e-7),
    (PoissonRegressor(), peers.PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-10), 1e-7),
    (GammaRegressor(l2=PENALTY), peers.GammaRegressor(alpha=PENALTY, solver="newton-cholesky", tol=1e-10), 1e-7),
    (QuantileRegressor(quantile=0.8), peers.QuantileRegressor(quantile=0.8, alpha=0, solver="highs"), 1e-6),
]


@pytest.mark.parametrize(("own", "peer", "tolerance"), SAME_OPTIMUM)
def test_the_same_optimum_as_scikit_learns_regressors(own, peer, tolerance):
    X, y = diabetes()
    own.fit(X, y)
    peer.fit(X, y)
    assert pytest.approx(peer.coef_, rel=tolerance, abs=tolerance) == own.coef_
    assert pytest.approx(peer.intercept_, rel=tolerance) == own.intercept_
    assert pytest.approx(peer.predict(X), rel=tolerance) == own.predict(X)
    assert pytest.approx(peer.score(X, y), rel=tolerance) == own.score(X, y)
    assert ("agree", True) == (own.result_.gradient_check.verdict, own.result_.converged)


@pytest.mark.parametrize("data", ["two", "three"])
def test_the_same_optimum_as_scikit_learns_classifier(data):
    X, y = load_breast_cancer(return_X_y=True) if data == "two" else iris()
    X = StandardScaler().fit_transform(X)
    own = LogisticClassifier(l2=PENALTY).fit(X, y)
    peer = peers.LogisticRegression(C=1 / (len(y) * PENALTY), solver="newton-cg", tol=1e-12, max_iter=1000).fit(X, y)
    assert pytest.approx(peer.coef_, rel=1e-6, abs=1e-7) == own.coef_
    assert pytest.approx(peer.intercept_, rel=1e-6, abs=1e-7) == own.intercept_
    assert pytest.approx(peer.predict_proba(X), abs=1e-7) == own.predict_proba(X)
    assert pytest.approx(peer.predict_log_proba(X), rel=1e-6, abs=1e-7) == own.predict_log_proba(X)
    assert peer.predict(X).tolist() == own.predict(X).tolist()
    assert peer.classes_.tolist() == own.classes_.tolist()


def test_published_standard_errors():
    # Dalal, Fowlkes and Hoadley (1989) give 15.043 and -0.232; the errors are those of R's glm
    X, y, _ = sample("oring.csv")
    rockets = LogisticClassifier().fit(X, y)
    assert (15.0429, -0.2322) == (round(rockets.intercept_[0], 4), round(rockets.coef_[0, 0], 4))
    assert (7.379, 0.1082) == (round(rockets.intercept_standard_error_[0], 3), round(rockets.standard_errors_[0, 0], 4))
    # R's lm for its data set cars: -17.5791 (6.7584) and 3.9324 (0.4155)
    X, y, _ = sample("cars.csv")
    cars = LinearRegressor().fit(X, y)
    assert (-17.5791, 3.9324) == (round(cars.intercept_, 4), round(cars.coef_[0], 4))
    assert (6.7584, 0.4155) == (round(cars.intercept_standard_error_, 4), round(cars.standard_errors_[0], 4))


def test_a_penalty_leaves_no_standard_errors():
    X, y, _ = sample("cars.csv")
    assert np.isnan(LinearRegressor(l2=1.0).fit(X, y).standard_errors_).all()


def test_softmax_without_a_penalty_has_its_first_class_as_baseline():
    X, y = iris()
    flowers = LogisticClassifier().fit(X[:, :2], np.roll(y, 7))  # seven flowers of each class stand among another's
    assert (3, 2) == flowers.coef_.shape == flowers.standard_errors_.shape
    assert ([0, 0], [0, 0]) == (flowers.coef_[0].tolist(), flowers.standard_errors_[0].tolist())
    rest = {(c.name, c.class_): c for c in flowers.result_.coefficients}
    assert rest["x1", "virginica"].estimate == flowers.coef_[2, 1]
    assert rest["x1", "virginica"].standard_error == flowers.standard_errors_[2, 1]
    assert pytest.approx(np.ones(150)) == flowers.predict_proba(X[:, :2]).sum(axis=1)


def test_classes_told_apart_are_named_in_a_warning():
    X, y = iris()
    with pytest.warns(ConvergenceWarning, match=r"separation: x2, x3 tell the classes apart .* .add a penalty, as l2 0.01"):
        flowers = LogisticClassifier().fit(X, y)
    assert flowers.score(X, y) > 0.98
    assert np.isnan(flowers.standard_errors_[1:]).all()
    assert not flowers.result_.converged


def test_too_few_steps_are_warned_of():
    with pytest.warns(ConvergenceWarning, match="not converged: .*1 iterations"):
        PoissonRegressor(max_iter=1).fit(*diabetes())


X3 = np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 3.0], [4.0, 1.0, 5.0], [3.0, 3.0, 6.0], [5.0, 2.0, 7.0]])
Y5 = np.array([1.0, 2.0, 2.0, 4.0, 3.0])
UNUSABLE = [
    (LinearRegressor(), X3, Y5, r"x2 is an exact linear combination of x0, x1: x2 = x0 \+ x1 \(leave columns out"),
    (LinearRegressor(), X3 * [1, 1, 0], Y5, "x2 is constant"),
    (LinearRegressor(l2=-1.0), X3, Y5, "l2 must be a number that is not negative, not -1"),
    (LinearRegressor(optimizer="magic"), X3, Y5, "there is no optimizer 'magic'"),
    (LinearRegressor(max_iter=0), X3, Y5, "steps 0: at least one step is needed"),
    (QuantileRegressor(quantile=1.5), X3, Y5, "tau 1.5: the quantile lies between 0 and 1"),
    (PoissonRegressor(), X3[:, :2], Y5 - 2, "the target y must not be negative, and is -1 in row 1"),
    (GammaRegressor(), X3[:, :2], Y5 - 2, "the target y must be positive"),
    (LogisticClassifier(), X3[:, :2], np.ones(5), "y holds one class only"),
    (LogisticClassifier(), X3[:, :2], Y5 + 0.5, "Unknown label type: continuous"),
    (FormulaRegressor("a*x0 +"), X3, Y5, "nothing follows [+]"),
    (FormulaRegressor("a*b*x0"), X3, Y5, "only a[*]b is determined"),
    (FormulaRegressor("a*x0 + b", start={"c": 1}), X3, Y5, "start: the formula has no parameter c"),
    (FormulaRegressor("a + b"), X3, Y5, "the right side holds no column"),
]


@pytest.mark.parametrize(("estimator", "X", "y", "message"), UNUSABLE)
def test_what_cannot_be_used_is_a_value_error(estimator, X, y, message):
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y)
    with pytest.raises(NotFittedError):
        estimator.predict(X)


def test_a_formula_of_columns_by_name():
    import polars as pl

    # NIST's Misra1a, certified: b1 = 238.94212918, b2 = 0.00055015643181, errors 2.7070075241 and 7.2668688436e-06
    y, x = np.loadtxt(SAMPLES / "misra1a.csv", delimiter=",", skiprows=1).T
    frame = pl.DataFrame({"pressure (mm)": x})
    model = FormulaRegressor("b1*(1 - exp(-b2*`pressure (mm)`))", start={"b1": 500, "b2": 1e-4}).fit(frame, y)
    assert ["pressure (mm)"] == model.feature_names_in_.tolist()
    assert pytest.approx({"b1": 238.94212918, "b2": 0.00055015643181}, rel=1e-10) == model.parameters_
    assert pytest.approx({"b1": 2.7070075241, "b2": 7.2668688436e-06}, rel=1e-9) == model.standard_errors_
    assert pytest.approx(model.result_.fitted) == model.predict(frame)
    held = FormulaRegressor("y*x0 + c", fix={"c": 2.0}).fit([[1.0], [2.0]], [3.0, 4.0])  # a parameter called y
    assert {"y": 1.0, "c": 2.0} == held.parameters_


def test_a_formula_has_no_value_outside_its_domain():
    model = FormulaRegressor("a*log(x0)").fit([[1.0], [2.0], [3.0]], [0.1, 0.7, 1.1])
    assert [False, True] == np.isnan(model.predict([[2.0], [-1.0]])).tolist()


def test_names_of_a_data_frame():
    import polars as pl

    X, y, names = sample("stackloss.csv")
    frame = pl.DataFrame(dict(zip(names, X.T, strict=False)))
    model = LinearRegressor().fit(frame, y)
    assert names[:-1] == model.feature_names_in_.tolist()
    assert ["intercept", *names[:-1]] == [coefficient.name for coefficient in model.result_.coefficients]
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.rename({"airflow": "wind"}))
    with pytest.raises(ValueError, match="a column is called intercept"):
        model.fit(frame.rename({"airflow": "intercept"}), y)


def test_scikit_learns_tools():
    X, y = diabetes()
    pipeline = make_pipeline(StandardScaler(), LinearRegressor(l2=0.01))
    peer = make_pipeline(StandardScaler(), peers.Ridge(alpha=0.01 * 442 * 4 / 5))
    assert pytest.approx(cross_val_score(peer, X[:440], y[:440], cv=5), rel=1e-3) == cross_val_score(
        pipeline, X[:440], y[:440], cv=5
    )
    search = GridSearchCV(pipeline, {"linearregressor__l2": [0.001, 100.0]}, cv=2).fit(X, y)
    assert {"linearregressor__l2": 0.001} == search.best_params_


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__)
def test_clones_and_pickles(estimator):
    X, y, _ = sample("stackloss.csv")
    y = y > 15 if isinstance(estimator, LogisticClassifier) else y
    X = X[:, 2:] if isinstance(estimator, LogisticClassifier) else X[:, :2]
    estimator = clone(estimator).fit(X, y)
    again = pickle.loads(pickle.dumps(estimator))
    assert estimator.predict(X).tolist() == again.predict(X).tolist()
    assert estimator.result_.gradient_check == again.result_.gradient_check
    assert not hasattr(clone(estimator), "result_")


def test_without_scikit_learn_the_face_says_so(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("derivkit.sklearn")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"derivkit\.sklearn needs scikit-learn, which is not installed"):
        import derivkit.sklearn  # noqa: F401 - the import is what is tested


def test_nothing_else_loads_scikit_learn():
    code = "import sys, derivkit as dk; dk.train('samples/cars.csv', model='linear'); print('sklearn' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SAMPLES.parent)
    assert "False" == answer.stdout.strip()
