"""Minimizers: they reach known minima, and say so only when they did."""

import numpy as np
import pytest

from derivkit.optimize import lbfgs, newton


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
