"""Minimizers: they reach known minima, and say so only when they did."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit.optimize import lbfgs, loop, methods, newton, proximal
from derivkit.optimize.descents import Adam, Gradient
from derivkit.optimize.searches import Backtracking, Fixed
from derivkit.optimize.settings import Settings
from derivkit.optimize.stopping import small_gradient


def rosenbrock(x):
    value = 1 + 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    return value, np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])


def valley(x):
    """sqrt(1 + x^2) summed: convex, lowest at 0; undamped Newton steps, to -x^3, diverge from |x| > 1."""
    return float(np.sqrt(1 + x**2).sum()), x / np.sqrt(1 + x**2)


def valley_step(x, gradient):
    return gradient * np.sqrt(1 + x**2) ** 3


def test_lbfgs_finds_the_minimum_of_rosenbrocks_valley():
    steps = []
    found = lbfgs.minimize(rosenbrock, np.array([-1.2, 1.0]), progress=lambda step, value: steps.append((step, value)))
    assert found.converged
    assert pytest.approx([1, 1], abs=1e-6) == found.x
    assert pytest.approx(1, abs=1e-12) == found.value
    assert [step for step, _ in steps] == list(range(1, found.iterations + 1))
    assert pytest.approx(found.value) == steps[-1][1]
    assert found.evaluations > found.iterations


def test_lbfgs_says_when_it_was_stopped():
    found = lbfgs.minimize(rosenbrock, np.array([-1.2, 1.0]), most_iterations=3)
    assert not found.converged
    assert "no minimum within 3 iterations" == found.reason


@pytest.mark.parametrize("factor", [1e-200, 1e-12, 1e12, 1e200])
def test_lbfgs_does_not_mind_the_unit_of_the_value(factor):
    found = lbfgs.minimize(lambda x: tuple(factor * part for part in rosenbrock(x)), np.array([-1.2, 1.0]))
    assert found.converged
    assert pytest.approx([1, 1], abs=1e-6) == found.x


def test_lbfgs_at_the_minimum_stays():
    found = lbfgs.minimize(rosenbrock, np.array([1.0, 1.0]))
    assert (True, 0, 1.0) == (found.converged, found.iterations, found.value)


@pytest.mark.parametrize("start", [0.5, 3.0, -20.0, 300.0])
def test_newton_is_damped_far_away_and_exact_at_the_end(start):
    found = newton.minimize(valley, np.array([start, -start / 2]), step=valley_step)
    assert found.converged
    assert pytest.approx([0, 0], abs=1e-15) == found.x


def test_newton_needs_two_steps_for_a_square():
    matrix = np.array([[4.0, 1.0], [1.0, 3.0]])
    goal = np.array([2.0, -1.0])

    def square(x):
        return 5 + float((x - goal) @ matrix @ (x - goal)) / 2, matrix @ (x - goal)

    found = newton.minimize(square, np.array([100.0, 100.0]), step=lambda x, g: np.linalg.solve(matrix, g))
    assert (True, 2) == (found.converged, found.iterations)
    assert pytest.approx(goal, abs=1e-14) == found.x


def test_newton_stops_where_it_cannot_go_on():
    def singular(x, gradient):
        return np.linalg.solve(np.zeros((2, 2)), gradient)

    found = newton.minimize(valley, np.array([1.0, 1.0]), step=singular)
    assert (False, "the second derivative is singular") == (found.converged, found.reason)
    found = newton.minimize(valley, np.array([5.0, 5.0]), step=valley_step, most_iterations=2)
    assert (False, "no minimum within 2 iterations") == (found.converged, found.reason)
    uphill = newton.minimize(lambda x: (float(x @ x), -2 * x), np.array([1.0, 2.0]), step=lambda x, g: g)
    assert (False, "no further decrease could be found") == (uphill.converged, uphill.reason)


def test_the_work_of_two_stages_is_added():
    near = lbfgs.minimize(valley, np.array([2.0, 1.0]), tolerance=1e-2)
    there = newton.minimize(valley, near.x, step=valley_step).after(near)
    assert there.iterations > near.iterations
    assert there.evaluations > near.evaluations


# a descent, a search: every pair is a minimizer
PAIRS = [(Gradient(), Backtracking(1.0)), (Gradient(), Fixed(0.1)), (Adam(), Fixed(0.05)), (Adam(), Backtracking(1.0))]


@pytest.mark.parametrize(("descent", "search"), PAIRS)
def test_descents_and_searches_combine(descent, search):
    goal = np.array([1.0, -2.0])
    told = []
    found = loop.minimize(
        lambda x: (3 + float((x - goal) @ (x - goal)), 2 * (x - goal)), np.zeros(2), descent=descent, search=search,
        done=small_gradient(1e-6), most_iterations=5000, watch=lambda step, place: told.append(step),
    )  # fmt: skip
    assert (True, "the gradient vanished") == (found.converged, found.reason)
    assert pytest.approx(goal, abs=1e-6) == found.x
    assert list(range(found.iterations + 1)) == told


def test_adams_first_step_is_the_rate_in_every_coordinate():
    """Kingma and Ba (2015), section 2.1: the step is bounded by the rate, and is it while the sign stays."""
    place = loop.Place(np.zeros(2), 0.0, np.array([1e-3, -1e6]))
    direction, _ = Adam().direction(place, Adam().start(place.x))
    assert pytest.approx([-1, 1], rel=1e-4) == direction


def test_a_rate_that_is_too_large_is_said():
    def steep(x):
        return (float(x @ x), 2 * x) if abs(x[0]) < 1e6 else (np.inf, x)

    found = methods.minimize(steep, np.array([1.0]), method="gd", settings=Settings(rate=10.0))
    assert not found.converged
    assert "too large" in found.reason


def test_the_proximal_minimum_of_a_square_in_closed_form():
    """Orthogonal columns: soft thresholding (Tibshirani 1996, equation 3)."""
    goal = np.array([3.0, -0.4, 0.5, -2.0])
    told = []
    found = proximal.minimize(
        lambda x: (float((x - goal) @ (x - goal)) / 2, x - goal), np.zeros(4), hessian=lambda x: np.eye(4),
        weights=np.array([1.0, 1.0, 0.5, 0.0]), progress=lambda step, value: told.append(value),
    )  # fmt: skip
    assert [2.0, 0.0, 0.0, -2.0] == found.x.tolist()
    assert (True, 0.0) == (found.converged, proximal.violation(found.x, found.gradient, np.array([1.0, 1.0, 0.5, 0.0])))
    assert pytest.approx(told[-1]) == found.value


@given(st.integers(0, 200))
def test_zero_lies_in_the_subdifferential_of_the_proximal_minimum(seed):
    rng = np.random.default_rng(seed)
    root, goal, weights = rng.standard_normal((8, 6)), rng.standard_normal(6), rng.random(6)
    hessian = root.T @ root

    def square(x):
        return float((x - goal) @ hessian @ (x - goal)) / 2, hessian @ (x - goal)

    found = proximal.minimize(square, np.zeros(6), hessian=lambda x: hessian, weights=weights)
    slopes = hessian @ (found.x - goal)
    assert found.converged
    assert (np.abs(slopes) <= weights + 1e-10).all()
    assert pytest.approx(-(weights * np.sign(found.x))[found.x != 0], abs=1e-10) == slopes[found.x != 0]


def test_the_proximal_method_is_damped_far_away():
    found = proximal.minimize(
        valley, np.array([20.0, -9.0]), hessian=lambda x: np.diag((1 + x**2) ** -1.5), weights=np.full(2, 0.1)
    )
    assert (True, [0.0, 0.0]) == (found.converged, found.x.tolist())
