"""Model families: objectives against closed forms, metrics, separation, and the check of the gradient, sabotaged."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.functions import row_named
from derivkit.models import families
from derivkit.models.areas import BinnedArea, area_under_curve
from derivkit.models.columns import ROWS_AT_ONCE, Columns
from derivkit.models.family import parsed
from derivkit.models.gradient import check_gradient
from derivkit.models.inference import coefficients
from derivkit.models.loss import Loss
from derivkit.models.metrics import Classes, Numbers
from derivkit.models.objective import Objective
from derivkit.models.penalty import Penalty
from derivkit.models.powers import Powers
from derivkit.models.separation import separating_columns
from derivkit.models.softmax import loss_of
from derivkit.models.student import incomplete_beta, two_sided, upper_quantile

NAMES = ("intercept", "a", "b")


def plain(matrix, *, intercept=True):
    """Columns that are left as they are."""
    return Columns(matrix, intercept, np.zeros(matrix.shape[1]), np.ones(matrix.shape[1]), matrix.min(axis=0), matrix.max(axis=0))


def objective_of(name, n=40, penalty=(0.0, 0.5, 2.0)):
    rng = np.random.default_rng(7)
    matrix = np.column_stack([np.ones(n), rng.standard_normal((n, 2))])
    family = families()[name]
    response = 3 + np.abs(rng.standard_normal(n)) if not family.classes else (rng.random(n) < 0.4).astype(float)
    loss = Loss.of(family.loss, ["eta"], ["y"], family.settings)
    return Objective(loss, plain(matrix), response, np.diag(np.sqrt(penalty)))


def closed_form(name, objective, w):
    """Value, gradient and summed second derivative, from the textbook."""
    x, y, n = objective.columns.matrix, objective.response, len(objective.columns)
    eta = x @ w
    if name == "linear":
        loss, slope, curvature = (y - eta) ** 2 / 2, eta - y, np.ones(n)
    elif name == "logistic":
        p = 1 / (1 + np.exp(-eta))
        loss, slope, curvature = np.log1p(np.exp(eta)) - y * eta, p - y, p * (1 - p)
    elif name == "poisson":
        loss, slope, curvature = np.exp(eta) - y * eta, np.exp(eta) - y, np.exp(eta)
    else:
        loss, slope, curvature = y * np.exp(-eta) + eta, 1 - y * np.exp(-eta), y * np.exp(-eta)
    penalty = objective.penalty.diagonal() ** 2
    value = loss.mean() + (penalty * w**2).sum() / 2
    return value, x.T @ slope / n + penalty * w, (x.T * curvature) @ x + n * np.diag(penalty)


@pytest.mark.parametrize("name", ["linear", "logistic", "poisson", "gamma"])
@pytest.mark.parametrize("n", [40, 2 * ROWS_AT_ONCE + 5])
def test_value_gradient_and_curvature_are_the_textbooks(name, n):
    objective = objective_of(name, n)
    w = np.array([0.3, -1.2, 0.7])
    value, gradient, hessian = closed_form(name, objective, w)
    found_value, found_gradient = objective(w)
    assert pytest.approx(value, rel=1e-13) == found_value
    assert pytest.approx(value, rel=1e-13) == objective.value(w)
    assert pytest.approx(gradient, rel=1e-12) == found_gradient
    root = objective.root(w)
    assert pytest.approx(hessian, rel=1e-11) == root.T @ root
    assert pytest.approx(np.linalg.solve(hessian / n, gradient), rel=1e-10) == objective.newton_step(w, gradient)


def test_the_logistic_loss_survives_the_extremes():
    loss = Loss.of(families()["logistic"].loss, ["eta"], ["y"], {})
    objective = Objective(loss, plain(np.array([[1.0], [1.0]])), np.array([0.0, 1.0]))
    for w in (800.0, -800.0):
        value, gradient = objective(np.array([w]))
        assert pytest.approx(400) == value
        assert pytest.approx([math.copysign(0.5, w)]) == gradient


@pytest.mark.parametrize("name", families())
def test_every_family_reads_as_a_formula_of_its_own_variables(name):
    family = families()[name]
    allowed = [
        (family.loss, ["eta", "y", *family.settings]),
        (family.prediction, ["eta"]),
        (family.start, ["m"]),
        (family.constant, ["y"]),
    ]
    allowed += [(family.deviance or "0", ["y", "mu"]), (family.variance, ["mu"])]
    allowed += [(family.log_likelihood or "0", ["n", "loss", "phi", "log_y"])]
    for formula, variables in allowed:
        assert set(parsed(formula).variables) <= set(variables)
    assert family.source


@pytest.mark.parametrize("name", [name for name, family in families().items() if family.errors == "information"])
def test_the_start_is_the_best_constant(name):
    objective = objective_of(name)
    start = np.zeros(3)
    start[0] = families()[name].number(families()[name].start, m=objective.response.mean())
    assert pytest.approx(0, abs=1e-14) == objective(start)[1][0]


@pytest.mark.parametrize("name", [name for name, family in families().items() if family.deviance])
def test_the_deviance_is_twice_what_the_loss_lies_above_its_lowest(name):
    """And 0 where the response is the prediction."""
    family = families()[name]
    y, eta = np.array([0.5, 1.0, 3.0]), np.array([0.3, -0.2, 1.4])
    loss = Loss.of(family.loss, ["eta"], ["y"], {})
    best = {"identity": y, "log": np.log(y)}[family.link]
    gap = 2 * (loss.at(0, eta[None], y[None])[0] - loss.at(0, best[None], y[None])[0])
    assert pytest.approx(gap) == family.of_rows(family.deviance, y=y, mu=family.predict(eta))


def test_the_log_likelihoods_are_those_of_the_distributions():
    y = np.array([1.0, 2.0, 4.0])
    rss = float(((y - 2) ** 2).sum())
    gaussian = sum(-math.log(2 * math.pi * rss / 3) / 2 - (v - 2) ** 2 / (2 * rss / 3) for v in y)
    linear = families()["linear"]
    assert pytest.approx(gaussian) == linear.number(linear.log_likelihood, n=3, loss=rss / 6)
    logistic = families()["logistic"]
    assert logistic.number(logistic.log_likelihood, n=3, loss=-(2 * math.log(0.8) + math.log(0.3)) / 3) == pytest.approx(
        math.log(0.8 * 0.8 * 0.3)
    )


@pytest.mark.parametrize("intercept", [True, False])
def test_scaling_is_undone_exactly(intercept):
    rng = np.random.default_rng(3)
    matrix = rng.standard_normal((20, 3)) * [1, 1e6, 1e-6] + [0, 5e7, 3]
    matrix[:, 0] = 1.0
    columns = Columns.of(matrix, intercept=intercept)
    scaled = columns.whole()
    w = np.array([0.5, -2.0, 1.0])
    assert pytest.approx(scaled @ w, rel=1e-8) == matrix @ (columns.back() @ w).astype(float)
    if intercept:
        assert pytest.approx([0, 0], abs=1e-7) == scaled[:, 1:].mean(axis=0)
        assert pytest.approx([1, 1]) == scaled[:, 1:].std(axis=0)


def test_scaling_of_enormous_and_tiny_columns():
    matrix = np.array([[1.0, 1e200, 1e-200], [1.0, 2e200, 3e-200], [1.0, 4e200, 2e-200]])
    scaled = Columns.of(matrix, intercept=True).whole()
    assert pytest.approx([1, 1]) == scaled[:, 1:].std(axis=0)


@pytest.mark.parametrize("intercept", [True, False])
def test_the_way_back_from_chebyshev_polynomials_is_to_powers(intercept):
    rng = np.random.default_rng(4)
    x, flag = 3 + rng.random(30), (rng.random(30) < 0.5).astype(float)
    raw = np.column_stack([*[np.ones(30)] * intercept, x, flag])
    columns = Powers.polynomial(raw, intercept=intercept, degree=4)
    names = ["intercept"] * intercept + ["x", "flag"]
    assert (*["intercept"] * intercept, "x", "x^2", "x^3", "x^4", "flag") == columns.names(names)
    powers = np.column_stack([*[np.ones(30)] * intercept, x, x**2, x**3, x**4, flag])
    w = rng.standard_normal(columns.width)
    assert pytest.approx(columns.whole() @ w, rel=1e-8, abs=1e-8) == powers @ (columns.back() @ w).astype(float)
    assert np.linalg.cond(columns.whole()) < 100 if intercept else np.linalg.cond(columns.whole()) < 1e-3 * np.linalg.cond(powers)


@pytest.mark.parametrize("baseline", [True, False])
def test_the_softmax_loss_is_minus_the_log_of_the_classs_probability(baseline):
    rng = np.random.default_rng(2)
    names = range(1 if baseline else 0, 4)
    predictors, responses = [f"eta_{k}" for k in names], [f"y_{k}" for k in names]
    loss = Loss.of(loss_of(predictors, responses, baseline=baseline), predictors, responses, {})
    eta, truth = rng.standard_normal((len(predictors), 6)) * 30, rng.integers(0, 4, 6)
    whole = np.vstack([*[np.zeros(6)] * baseline, eta])
    log_p = whole - np.log(np.exp(whole - whole.max(axis=0)).sum(axis=0)) - whole.max(axis=0)
    indicators = (truth == np.arange(4)[:, None]).astype(float)[int(baseline) :]
    value, *slopes = loss.at(1, eta, indicators)
    assert pytest.approx(-log_p[truth, range(6)], rel=1e-12) == value
    assert pytest.approx(np.exp(log_p)[int(baseline) :] - indicators, abs=1e-13) == np.array(slopes)


@pytest.mark.parametrize("intercept", [True, False])
def test_the_root_of_a_penalty_in_the_users_units(intercept):
    rng = np.random.default_rng(3)
    matrix = rng.standard_normal((20, 3)) * [1, 50, 0.1] + [0, 5, 3]
    matrix[:, 0] = 1.0
    columns, w = Columns.of(matrix, intercept=intercept), rng.standard_normal(6)
    root = Penalty(l2=0.7).root(columns, 2, gauge=False)
    user = (w.reshape(2, 3) @ columns.back().T).astype(float)[:, int(intercept) :]
    assert pytest.approx(Penalty(l2=0.7).of(user)) == ((root @ w) ** 2).sum() / 2
    weights = Penalty(l1=0.7).weights(columns, 2)
    assert pytest.approx(Penalty(l1=0.7).of(user)) == weights @ np.abs(w)


def test_metrics_of_numbers():
    truth, prediction = np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 3.0, 3.0, 5.0])
    scores = Numbers(intercept=True), Numbers(intercept=False)
    for each in scores:
        for rows in (slice(0, 3), slice(3, 4)):
            each.add(truth[rows], prediction[rows])
    assert pytest.approx({"r_squared": 1 - 2 / 14, "rmse": math.sqrt(0.5), "mae": 0.5}) == scores[0].metrics()
    assert pytest.approx(1 - 2 / 50) == scores[1].metrics()["r_squared"]


def classification(truth, p, loss, classes):
    scores = Classes(classes)
    for rows in (slice(0, 3), slice(3, 4)):
        scores.add(truth[rows], p[:, rows], np.full(len(truth[rows]), loss))
    return scores.metrics()


def test_metrics_of_classes():
    p = np.array([0.1, 0.4, 0.4, 0.8])
    found = classification(np.array([0, 1, 0, 1]), np.array([1 - p, p]), 0.44, ("no", "yes"))
    assert (0.75, 0.44, 0.875) == tuple(found[key] for key in ("accuracy", "log_loss", "auc"))
    assert [[2, 0], [1, 1]] == found["confusion"]
    no, yes = found["per_class"]
    assert ("no", pytest.approx(2 / 3), 1.0, 0.8, 2) == tuple(no[key] for key in ("class", "precision", "recall", "f1", "rows"))
    assert (1.0, 0.5, pytest.approx(2 / 3)) == tuple(yes[key] for key in ("precision", "recall", "f1"))
    assert [(0.1, 1, 0.0), (0.4, 2, 0.5), (0.8, 1, 1.0)] == [(b["from"], b["rows"], b["observed"]) for b in found["calibration"]]


def test_metrics_of_several_classes():
    p = np.array([[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3]]).T
    found = classification(np.array([0, 1, 2, 2]), p, 0.5, (1, 2, 3))
    assert 0.75 == found["accuracy"]
    assert [[1, 0, 0], [0, 1, 0], [0, 1, 1]] == found["confusion"]
    assert pytest.approx((1 + 1 + 1) / 3) == found["auc"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=30))
def test_the_area_counts_pairs(rows):
    ones = [score for truth, score in rows if truth]
    zeros = [score for truth, score in rows if not truth]
    found = area_under_curve(np.array([float(t) for t, _ in rows]), np.array([float(s) for _, s in rows]))
    if not ones or not zeros:
        assert math.isnan(found)
    else:
        pairs = [(a > b) + (a == b) / 2 for a in ones for b in zeros]
        assert pytest.approx(sum(pairs) / len(pairs)) == found


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1) | st.floats(0, 1e-9)), min_size=2, max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_area_in_bins_is_as_near_as_it_says(rows):
    truth, scores = np.array([t for t, _ in rows]), np.array([s for _, s in rows])
    binned = BinnedArea()
    for k in (slice(0, 1), slice(1, None)):
        binned.add(truth[k], scores[k])
    found, error = binned.area()
    exact = area_under_curve(truth.astype(float), scores)
    assert (math.isnan(exact) and math.isnan(found)) or abs(found - exact) <= error + 1e-15


def test_tests_and_intervals_are_those_of_the_tables():
    # 2.776 and 1.960: two-sided 95 % points of t with 4 degrees and of the normal distribution; t = 2.132: p = 0.10
    (found,) = coefficients([("a", None)], [2.132], [1.0], 4)
    assert pytest.approx((2.132 - 2.776445, 2.132 + 2.776445), abs=1e-6) == found.ci95
    assert pytest.approx(0.1, abs=1e-4) == found.p_value
    (found,) = coefficients([("a", None)], [-1.959964], [1.0], None)
    assert pytest.approx(0.05, abs=1e-7) == found.p_value
    assert pytest.approx((-3.919928, 0.0), abs=1e-6) == found.ci95
    (found,) = coefficients([("a", None)], [3.0], None, None)
    assert (None, None, None, None) == (found.standard_error, found.z, found.p_value, found.ci95)
    (exact, zero) = coefficients([("a", None), ("b", None)], [3.0, 0.0], [0.0, 0.0], 4)
    assert (math.inf, 0.0) == (exact.z, exact.p_value)
    assert math.isnan(zero.z)


@given(st.floats(0, 60), st.integers(1, 400))
def test_students_tails_are_those_of_many_digits(t, degrees):
    with mpmath.workdps(40):
        truth = float(mpmath.betainc(mpmath.mpf(degrees) / 2, 0.5, 0, degrees / (degrees + mpmath.mpf(t) ** 2), regularized=True))
    assert pytest.approx(truth, rel=1e-11) == two_sided(t, degrees)


@given(st.integers(1, 10_000))
def test_students_quantile_has_its_tail(degrees):
    assert pytest.approx(0.05, rel=1e-12) == two_sided(upper_quantile(0.95, degrees), degrees)


def test_the_incomplete_beta_function_at_its_ends():
    assert (0.0, 1.0) == (incomplete_beta(2, 3, 0.0, 1.0), incomplete_beta(2, 3, 1.0, 0.0))
    assert pytest.approx(0.6875) == incomplete_beta(2, 3, 0.5, 0.5)  # 11/16
    assert math.isnan(two_sided(math.nan, 3))


# columns, classes, which columns separate
SEPARATIONS = [
    ([[-2, 1], [-1, 5], [1, 2], [2, 4]], [0, 0, 1, 1], [1]),  # perfect, by the first
    ([[-2, 1], [0, 5], [0, 2], [2, 4]], [0, 0, 1, 1], [1]),  # but for a tie
    ([[2, 1], [1, 5], [-1, 2], [-2, 4]], [0, 0, 1, 1], [1]),  # downwards
    ([[0, 0], [1, 1], [1, 0.5], [2, 1.5], [0.2, 0.1], [0.3, 0.4]], [0, 0, 1, 1, 1, 0], [1, 2]),  # by both together alone
    ([[1, 1], [2, 5], [1, 2], [2, 4], [3, 0], [0, 3], [2, 2]], [0, 1, 1, 0, 0, 1, 1], []),  # overlapping
    ([[0, 1], [0, 2], [0, 3], [1, 2], [0, 1.5]], [0, 1, 0, 1, 1], [1]),  # a rare category with one class only
    ([[0, 1], [1, 2], [2, 1], [3, 2], [4, 1], [5, 2]], [0, 0, 1, 1, 2, 2], [1]),  # three classes in a row
    ([[0, 1], [1, 2], [5, 1], [6, 2], [5, 2], [6, 1]], [0, 0, 1, 1, 2, 2], [1]),  # one of three set apart
    ([[0, 1], [4, 2], [0, 2], [4, 1], [1, 3], [3, 0], [2, 2], [2, 1], [2, 0]], [0, 0, 1, 1, 2, 2, 0, 1, 2], []),
]


@pytest.mark.parametrize(("columns", "classes", "expected"), SEPARATIONS)
def test_separation_is_found_and_its_columns_are_named(columns, classes, expected):
    matrix = np.column_stack([np.ones(len(columns)), np.array(columns, dtype=float)])
    assert expected == separating_columns(matrix, np.array(classes, dtype=float), intercept=True)


def test_the_constant_counts_only_where_there_is_one():
    x = np.array([[1.0], [2.0], [3.0], [4.0]])
    classes = np.array([0.0, 0.0, 1.0, 1.0])
    assert [] == separating_columns(x, classes, intercept=False)
    assert [0] == separating_columns(x - 2.5, classes, intercept=False)


def checked(name):
    family = families()[name]
    kinked = family.errors != "information"
    return check_gradient(objective_of(name), np.zeros(3), NAMES, spread=1.0, kinked=kinked, curved=family.curved)


@pytest.mark.parametrize("name", families())
def test_a_right_gradient_agrees(name):
    found = checked(name)
    assert found.verdict == "agree", found.message
    assert [route.name for route in found.routes] == ["tape", "curvature"][: 1 + families()[name].curved]
    assert all(route.max_relative_error < 1e-6 for route in found.routes)
    assert set(NAMES) == set(found.routes[0].worst_at)


# the family, the row, what its partial is multiplied by, the route that moves
SABOTAGE = [
    ("logistic", "softplus", 1.001, "tape"),
    ("logistic", "softplus", -1.0, "tape"),
    ("logistic", "sigmoid", 1.001, "curvature"),
    ("linear", "power", 1.001, "tape"),
    ("poisson", "exp", 1.001, "tape"),
    ("gamma", "exp", -1.0, "tape"),
    ("huber", "abs", 1.01, "tape"),
    ("quantile", "max", 1.01, "tape"),
]


@pytest.mark.parametrize(("family", "name", "factor", "route"), SABOTAGE)
def test_a_wrong_partial_is_caught_and_named(family, name, factor, route, broken_partial):
    broken_partial(name, factor)
    found = checked(family)
    assert ("disagree", "wrong_gradient", route) == (found.verdict, found.reason, found.odd_one_out)
    assert set(NAMES) == set(found.witness)


@pytest.fixture
def broken_partial(monkeypatch):
    """Multiply the first partial of a row by a factor."""

    def break_it(name, factor):
        row = row_named(name)
        right = row.partials[0]
        partials = (lambda f, y, *arguments: factor * right(f, y, *arguments), *row.partials[1:])
        object.__setattr__(row, "partials", partials)
        undo.append((row, (right, *row.partials[1:])))

    undo = []
    yield break_it
    for row, partials in undo:
        object.__setattr__(row, "partials", partials)


def test_differences_that_settle_nothing_are_no_agreement(monkeypatch):
    from derivkit import finite
    from derivkit.records import Estimate

    monkeypatch.setattr(finite, "derivative", lambda function, x, **options: Estimate(math.nan, math.inf, 1.0, 1))
    found = checked("linear")
    assert ("refused", "cancellation") == (found.verdict, found.reason)
