"""The parts of the least-squares solver: the step within a radius, exact inner products, the walk."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.optimize.exact import columns_times
from derivkit.optimize.levenberg_marquardt import minimize
from derivkit.optimize.squares import Local
from derivkit.optimize.trust_region import bounded_step


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-6, 6))
def test_a_step_within_a_radius_is_the_damped_one(seed: int, power: float) -> None:
    rng = np.random.default_rng(seed)
    jacobian, residual = rng.standard_normal((7, 3)), rng.standard_normal(7)
    radius = 10.0**power
    step = bounded_step(jacobian, residual, radius)
    length = float(np.linalg.norm(step))
    whole = np.linalg.lstsq(jacobian, -residual, rcond=None)[0]
    if np.linalg.norm(whole) <= radius:
        assert pytest.approx(whole.tolist(), rel=1e-9) == step.tolist()
        return
    assert 0.9 * radius <= length <= 1.1 * radius
    slope = -(jacobian.T @ (residual + jacobian @ step))  # the gradient there points against the step
    assert pytest.approx(1.0, abs=1e-6) == float(slope @ step) / float(np.linalg.norm(slope)) / length


def test_a_step_where_a_parameter_does_not_matter() -> None:
    step = bounded_step(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([1.0, 1.0]), 5.0)
    assert [-1.0, 0.0] == pytest.approx(step.tolist())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e20, 1e20), st.floats(-1e20, 1e20)), min_size=1, max_size=8))
def test_inner_products_are_rounded_once(pairs: list[tuple[float, float]]) -> None:
    small = [(x, y) for x, y in pairs if (not x or abs(x) > 1e-100) and (not y or abs(y) > 1e-100)]
    left, right = np.array([[x] for x, _ in small]).reshape(-1, 1), np.array([y for _, y in small])
    exact = float(sum((Fraction(x) * Fraction(y) for x, y in small), Fraction(0)))
    assert [exact] == columns_times(left, right).tolist()


class Rosenbrock:
    """Rosenbrock's function as two residuals; second derivatives are not offered."""

    noise = 0.0

    def at(self, x: np.ndarray) -> Local:
        residual = np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]])
        return Local(x, float(residual @ residual) / 2, residual, np.array([[-20 * x[0], 10.0], [-1.0, 0.0]]))

    def curvature(self, local: Local) -> None:
        return None


def test_rosenbrock() -> None:
    found = minimize(Rosenbrock(), np.array([-1.2, 1.0]))
    assert found.converged
    assert [1.0, 1.0] == pytest.approx(found.local.x.tolist(), abs=1e-12)


def test_rosenbrock_in_a_box() -> None:
    found = minimize(Rosenbrock(), np.array([-1.2, 1.0]), bounds=(np.array([-2.0, -2.0]), np.array([0.5, 2.0])))
    assert found.converged
    assert [0.5, 0.25] == pytest.approx(found.local.x.tolist(), abs=1e-9)


def test_a_start_outside_the_domain_is_no_start() -> None:
    found = minimize(Rosenbrock(), np.array([np.nan, 1.0]))
    assert (False, "the start lies outside the domain of the formula") == (found.converged, found.reason)


def test_the_budget_of_iterations_is_kept() -> None:
    found = minimize(Rosenbrock(), np.array([-1.2, 1.0]), most_iterations=2)
    assert (False, "no minimum within 2 iterations") == (found.converged, found.reason)
    assert found.iterations <= 3
