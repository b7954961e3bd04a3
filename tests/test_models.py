"""Model families: objectives against closed forms, metrics, separation, and the check of the gradient, sabotaged."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit.functions import row_named
from derivkit.models import families
from derivkit.models.family import Scored, parsed
from derivkit.models.gradient import check_gradient
from derivkit.models.inference import coefficients
from derivkit.models.metrics import area_under_curve
from derivkit.models.objective import ROWS_AT_ONCE, Objective, Scaling
from derivkit.models.separation import separating_columns

NAMES = ("intercept", "a", "b")


def objective_of(name, n=40, penalty=(0.0, 0.5, 2.0)):
    rng = np.random.default_rng(7)
    matrix = np.column_stack([np.ones(n), rng.standard_normal((n, 2))])
    response = (rng.random(n) < 0.4).astype(float) if families()[name].classes else 3 + rng.standard_normal(n)
    return Objective(families()[name], matrix, response, np.array(penalty))


def closed_form(objective, w):
    """Value, gradient and summed second derivative, from the textbook."""
    x, y, n = objective.matrix, objective.response, len(objective.response)
    eta = x @ w
    if objective.family.name == "linear":
        loss, slope, curvature = (y - eta) ** 2 / 2, eta - y, np.ones(n)
    else:
        p = 1 / (1 + np.exp(-eta))
        loss, slope, curvature = np.log1p(np.exp(eta)) - y * eta, p - y, p * (1 - p)
    value = loss.mean() + (objective.penalty * w**2).sum() / 2
    return value, x.T @ slope / n + objective.penalty * w, (x.T * curvature) @ x + n * np.diag(objective.penalty)


@pytest.mark.parametrize("name", ["linear", "logistic"])
@pytest.mark.parametrize("n", [40, 2 * ROWS_AT_ONCE + 5])
def test_value_gradient_and_curvature_are_the_textbooks(name, n):
    objective = objective_of(name, n)
    w = np.array([0.3, -1.2, 0.7])
    value, gradient, hessian = closed_form(objective, w)
    found_value, found_gradient = objective(w)
    assert pytest.approx(value, rel=1e-13) == found_value
    assert pytest.approx(value, rel=1e-13) == objective.value(w)
    assert pytest.approx(gradient, rel=1e-12) == found_gradient
    root = objective.root(w)
    assert pytest.approx(hessian, rel=1e-11) == root.T @ root
    assert pytest.approx(np.linalg.solve(hessian / n, gradient), rel=1e-10) == objective.newton_step(w, gradient)


def test_the_logistic_loss_survives_the_extremes():
    objective = Objective(families()["logistic"], np.array([[1.0], [1.0]]), np.array([0.0, 1.0]), np.zeros(1))
    for w in (800.0, -800.0):
        value, gradient = objective(np.array([w]))
        assert pytest.approx(400) == value
        assert pytest.approx([math.copysign(0.5, w)]) == gradient


@pytest.mark.parametrize("name", families())
def test_every_family_reads_as_a_formula_of_its_own_variables(name):
    family = families()[name]
    allowed = [(family.loss, "eta y"), (family.prediction, "eta"), (family.start, "m"), (family.log_likelihood, "n loss")]
    for formula, variables in [*allowed, (family.dispersion, "n p loss")]:
        assert set(parsed(formula).variables) <= set(variables.split())
    assert family.source


@pytest.mark.parametrize("name", families())
def test_the_start_is_the_best_constant(name):
    objective = objective_of(name)
    start = np.zeros(3)
    start[0] = objective.family.number(objective.family.start, m=objective.response.mean())
    assert pytest.approx(0, abs=1e-15) == objective(start)[1][0]


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
    scaling = Scaling.of(matrix, intercept=intercept)
    scaled = scaling.apply(matrix)
    w = np.array([0.5, -2.0, 1.0])
    assert pytest.approx(scaled @ w, rel=1e-8) == matrix @ (scaling.back() @ w)
    if intercept:
        assert pytest.approx([0, 0], abs=1e-7) == scaled[:, 1:].mean(axis=0)
        assert pytest.approx([1, 1]) == scaled[:, 1:].std(axis=0)


def test_scaling_of_enormous_and_tiny_columns():
    matrix = np.array([[1.0, 1e200, 1e-200], [1.0, 2e200, 3e-200], [1.0, 4e200, 2e-200]])
    scaled = Scaling.of(matrix, intercept=True).apply(matrix)
    assert pytest.approx([1, 1]) == scaled[:, 1:].std(axis=0)


def test_metrics_of_numbers():
    scored = Scored(np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 3.0, 3.0, 5.0]), 0.25, True)
    assert pytest.approx({"r_squared": 1 - 2 / 14, "rmse": math.sqrt(0.5), "mae": 0.5}) == families()["linear"].metrics(scored)
    about_zero = Scored(scored.response, scored.prediction, 0.25, False)
    assert pytest.approx(1 - 2 / 50) == families()["linear"].metrics(about_zero)["r_squared"]


def test_metrics_of_classes():
    scored = Scored(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.4, 0.4, 0.8]), 0.44, True)
    assert pytest.approx({"accuracy": 0.75, "log_loss": 0.44, "auc": 0.875}) == families()["logistic"].metrics(scored)


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


def test_tests_and_intervals_are_those_of_the_tables():
    # 2.776 and 1.960: two-sided 95 % points of t with 4 degrees and of the normal distribution; t = 2.132: p = 0.10
    (found,) = coefficients(["a"], [2.132], [1.0], 4)
    assert pytest.approx((2.132 - 2.776445, 2.132 + 2.776445), abs=1e-6) == found.ci95
    assert pytest.approx(0.1, abs=1e-4) == found.p_value
    (found,) = coefficients(["a"], [-1.959964], [1.0], None)
    assert pytest.approx(0.05, abs=1e-7) == found.p_value
    assert pytest.approx((-3.919928, 0.0), abs=1e-6) == found.ci95
    (found,) = coefficients(["a"], [3.0], None, None)
    assert (None, None, None, None) == (found.standard_error, found.z, found.p_value, found.ci95)
    (exact, zero) = coefficients(["a", "b"], [3.0, 0.0], [0.0, 0.0], 4)
    assert (math.inf, 0.0) == (exact.z, exact.p_value)
    assert math.isnan(zero.z)


# columns, classes, which columns separate
SEPARATIONS = [
    ([[-2, 1], [-1, 5], [1, 2], [2, 4]], [0, 0, 1, 1], [1]),  # perfect, by the first
    ([[-2, 1], [0, 5], [0, 2], [2, 4]], [0, 0, 1, 1], [1]),  # but for a tie
    ([[2, 1], [1, 5], [-1, 2], [-2, 4]], [0, 0, 1, 1], [1]),  # downwards
    ([[0, 0], [1, 1], [1, 0.5], [2, 1.5], [0.2, 0.1], [0.3, 0.4]], [0, 0, 1, 1, 1, 0], [1, 2]),  # by both together alone
    ([[1, 1], [2, 5], [1, 2], [2, 4], [3, 0], [0, 3], [2, 2]], [0, 1, 1, 0, 0, 1, 1], []),  # overlapping
    ([[0, 1], [0, 2], [0, 3], [1, 2], [0, 1.5]], [0, 1, 0, 1, 1], [1]),  # a rare category with one class only
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


@pytest.mark.parametrize("name", families())
def test_a_right_gradient_agrees(name):
    found = check_gradient(objective_of(name), np.zeros(3), NAMES)
    assert found.verdict == "agree", found.message
    assert [route.name for route in found.routes] == ["tape", "curvature"]
    assert all(route.max_relative_error < 1e-6 for route in found.routes)
    assert set(NAMES) == set(found.routes[0].worst_at)


# the family, the row, what its partial is multiplied by, the route that moves
SABOTAGE = [
    ("logistic", "softplus", 1.001, "tape"),
    ("logistic", "softplus", -1.0, "tape"),
    ("logistic", "sigmoid", 1.001, "curvature"),
    ("linear", "power", 1.001, "tape"),
]


@pytest.mark.parametrize(("family", "name", "factor", "route"), SABOTAGE)
def test_a_wrong_partial_is_caught_and_named(family, name, factor, route, broken_partial):
    broken_partial(name, factor)
    found = check_gradient(objective_of(family), np.zeros(3), NAMES)
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
    found = check_gradient(objective_of("linear"), np.zeros(3), NAMES)
    assert ("refused", "cancellation") == (found.verdict, found.reason)
