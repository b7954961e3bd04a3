"""Finite differences: closed forms, scales, edges of domains, noise, and points without a derivative."""

from __future__ import annotations

import math
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from derivkit import finite
from derivkit.finite.extrapolation import fit
from derivkit.finite.samples import Samples
from derivkit.finite.stencil import CENTRAL, SIDES, central, fornberg, one_sided

Function = Callable[[float], float]


def exp_derivatives(rate: float, x: float) -> list[float]:
    return [rate**order * math.exp(rate * x) for order in range(1, 5)]


def sine_derivatives(rate: float, x: float) -> list[float]:
    return [rate**order * math.sin(rate * x + order * math.pi / 2) for order in range(1, 5)]


# name, function, point, derivatives 1 to 4 or as many as are easily said, relative error that must be met
CLOSED_FORMS: list[tuple[str, Function, float, list[float], list[float]]] = [
    ("log near its edge", math.log, 1e-3, [1e3, -1e6, 2e9, -6e12], [1e-12, 1e-10, 1e-9, 1e-7]),
    ("sqrt near its edge", math.sqrt, 1e-6, [500.0, -2.5e8, 3.75e14, -9.375e20], [1e-12, 1e-10, 1e-9, 1e-7]),
    ("narrow atan", lambda x: math.atan(1e4 * x), 1e-4, [5e3, -5e7], [1e-12, 1e-10]),
    ("exp", math.exp, 1.0, exp_derivatives(1, 1), [1e-13, 1e-12, 1e-11, 1e-10]),
    ("exp at a point much smaller than its scale", math.exp, 1e-6, exp_derivatives(1, 1e-6), [1e-13, 1e-12, 1e-11, 1e-10]),
    ("exp at almost zero", math.exp, 1e-17, exp_derivatives(1, 1e-17), [1e-13, 1e-12, 1e-11, 1e-10]),
    ("exp, large", math.exp, 700.0, exp_derivatives(1, 700), [1e-13, 1e-11, 1e-10, 1e-9]),
    ("fast sine far out", lambda x: math.sin(1e6 * x), 1.0, sine_derivatives(1e6, 1), [1e-9, 1e-8, 1e-7, 1e-6]),
    ("cubic", lambda x: x**3 - 2 * x, 0.5, [-1.25, 3.0, 6.0], [1e-13, 1e-12, 1e-11]),
    ("reciprocal", lambda x: 1 / x, -0.01, [-1e4, -2e6, -6e8, -2.4e11], [1e-12, 1e-10, 1e-9, 1e-7]),
    ("steep pole nearby", math.tan, math.pi / 2 - 1e-7, [1 / math.cos(math.pi / 2 - 1e-7) ** 2], [1e-12]),
    ("huge numbers", lambda x: x * x, 1e150, [2e150, 2.0], [1e-12, 1e-12]),
    ("tiny numbers", lambda x: x * x, 1e-150, [2e-150], [1e-12]),
]
ONE_ORDER = [
    pytest.param(function, x, order, truth, allowed, id=f"{name}, order {order}")
    for name, function, x, truths, errors in CLOSED_FORMS
    for order, (truth, allowed) in enumerate(zip(truths, errors, strict=True), 1)
]


@pytest.mark.parametrize(("function", "x", "order", "truth", "allowed"), ONE_ORDER)
def test_closed_forms(function: Function, x: float, order: int, truth: float, allowed: float) -> None:
    estimate = finite.derivative(function, x, order=order)
    assert abs(estimate.value - truth) <= allowed * abs(truth)
    assert abs(estimate.value - truth) <= estimate.error + 4e-16 * abs(truth)  # the closed form is rounded, too
    assert estimate.error <= 1e4 * allowed * abs(truth)
    assert estimate.step > 0
    assert estimate.evaluations <= 300


@pytest.mark.parametrize("exponent", range(-12, 13, 3))
def test_scales_at_zero(exponent: int) -> None:
    """At 0 the point says nothing about the scale: features from 1e-12 to 1e12 must be found."""
    rate = 10.0**exponent
    slope = finite.derivative(lambda x: 1 + math.atan(rate * x), 0.0)
    assert abs(slope.value - rate) <= slope.error <= 1e-9 * rate
    curvature = finite.derivative(lambda x: math.cos(rate * x), 0.0, order=2)
    assert abs(curvature.value + rate**2) <= curvature.error <= 1e-9 * rate**2


def test_a_scale_is_a_hint_only() -> None:
    for scale in (1e-9, 1.0, 1e9):
        estimate = finite.derivative(math.sin, 0.7, scale=scale)
        assert abs(estimate.value - math.cos(0.7)) <= estimate.error <= 1e-11


def test_a_feature_hidden_under_a_smooth_function_is_found() -> None:
    """The function is x to six digits, but its slope at 0 is 1001."""
    estimate = finite.derivative(lambda x: x + 1e-6 * math.tanh(1e9 * x), 0.0)
    assert abs(estimate.value - 1001) <= estimate.error <= 1e-6


def test_long_steps_do_not_average_a_wave_away() -> None:
    estimate = finite.derivative(lambda x: x * x + math.cos(x), 0.0, order=2)
    assert abs(estimate.value - 1) <= estimate.error <= 1e-9


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("x", [0.0, 1e-9, 1e-3, 1.0])
def test_a_domain_is_never_left(order: int, x: float) -> None:
    visited: list[float] = []

    def function(t: float) -> float:
        visited.append(t)
        return math.exp(t)

    estimate = finite.derivative(function, x, order=order, domain=(0.0, 1.0))
    assert min(visited) >= 0
    assert max(visited) <= 1
    assert abs(estimate.value - math.exp(x)) <= estimate.error
    assert estimate.error <= {1: 1e-10, 2: 1e-8, 3: 1e-6, 4: 1e-4}[order]


def raises_outside(error: Exception) -> Function:
    def function(x: float) -> float:
        if x < 0.999:
            raise error
        return x**3

    return function


@pytest.mark.parametrize(
    "function",
    [
        raises_outside(ValueError("no")),
        raises_outside(ArithmeticError("no")),
        raises_outside(ZeroDivisionError("no")),
        raises_outside(OverflowError("no")),
        lambda x: math.nan if x < 0.999 else x**3,
        lambda x: -math.inf if x < 0.999 else x**3,
        lambda x: (x - 0.999) ** 0.5 * 0 + x**3,  # complex to the left
    ],
)
def test_failures_mean_outside_the_domain(function: Function) -> None:
    for x in (0.999, 1.0):
        estimate = finite.derivative(function, x)
        assert abs(estimate.value - 3 * x * x) <= estimate.error <= 1e-9


@pytest.mark.parametrize(
    ("function", "x", "error"),
    [
        (math.log, -1.0, ValueError),
        (lambda x: 1 / x, 0.0, ZeroDivisionError),
        (lambda x: math.exp(1000 + x), 1.0, OverflowError),
        (lambda x: float(np.ones(2) @ np.full(3, x)), 1.0, ValueError),  # shapes that do not fit: a mistake
    ],
)
def test_what_the_function_raises_at_the_point_itself_goes_through(function: Function, x: float, error: type[Exception]) -> None:
    with pytest.raises(error):
        finite.derivative(function, x)


def test_other_exceptions_go_through() -> None:
    with pytest.raises(KeyError):
        finite.derivative(lambda x: {}[x], 1.0)


def test_no_warnings_from_numpy_outside_the_domain() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        estimate = finite.derivative(lambda x: np.log(x), 0.001)
    assert estimate.value == pytest.approx(1000, rel=1e-12)


NO_DERIVATIVE: list[tuple[str, Function, float, int]] = [
    ("kink at 0", abs, 0.0, 1),
    ("kink elsewhere", lambda x: abs(x - 1), 1.0, 1),
    ("kink on a slope", lambda x: 3 * x + max(x - 2, 0), 2.0, 1),
    ("kink under an offset", lambda x: 5 + abs(x - 300), 300.0, 1),
    ("kink of the second derivative", lambda x: abs(x) ** 3, 0.0, 3),
    ("jump at 0", lambda x: float(x >= 0), 0.0, 1),
    ("jump elsewhere", math.floor, 1.0, 1),
    ("jump, centred", lambda x: float((x > 0) - (x < 0)), 0.0, 1),
    ("small jump", lambda x: math.sin(x) + 1e-6 * (x > 0.5), 0.5, 1),
    ("cusp", lambda x: math.sqrt(abs(x)), 0.0, 1),
    ("infinite slope on both sides", lambda x: math.copysign(abs(x) ** 0.75, x), 0.0, 1),
    ("infinite slope on both sides, elsewhere", lambda x: 3 + math.copysign(abs(x - 1) ** 0.2, x - 1), 1.0, 1),
    ("infinite slope at the edge", math.sqrt, 0.0, 1),
    ("infinite curvature at the edge", lambda x: 1 + x**1.2, 0.0, 2),
    ("pole", lambda x: 1 / x if x else math.inf, 0.0, 1),
    ("pole with a value", lambda x: 1 / x if x else 0.0, 0.0, 1),
    ("pole of even order with a value", lambda x: 1 / x**2 if x else 0.0, 0.0, 1),
    ("kink close to the edge", lambda x: abs(x - 1e-3) + 0 * math.sqrt(x), 1e-3, 1),
    ("outside the domain", lambda x: math.log(x) if x > 0 else math.nan, -1.0, 1),
]


@pytest.mark.parametrize(("function", "x", "order"), [case[1:] for case in NO_DERIVATIVE], ids=[case[0] for case in NO_DERIVATIVE])
def test_where_there_is_no_derivative_the_error_says_so(function: Function, x: float, order: int) -> None:
    estimate = finite.derivative(function, x, order=order)
    assert estimate.error >= max(1.0, abs(estimate.value)) or math.isnan(estimate.value)


def test_a_kink_nearby_does_no_harm() -> None:
    estimate = finite.derivative(lambda x: abs(x - 1e-3) + math.sin(x), 0.0)
    assert abs(estimate.value) <= estimate.error <= 1e-9


def test_a_smooth_order_at_a_kink_of_higher_order() -> None:
    for order in (1, 2):
        estimate = finite.derivative(lambda x: abs(x) ** 3, 0.0, order=order)
        assert abs(estimate.value) <= estimate.error <= 1e-9


CURVATURE_JUMPS: list[tuple[str, Function, float, float]] = [
    ("Huber", lambda x: x * x / 2 if abs(x) < 1 else abs(x) - 0.5, 1.0, 1.0),
    ("x|x| + x", lambda x: x * abs(x) + x, 0.0, 1.0),
    ("x|x| + x beside 5", lambda x: 5 + (x - 3.7) * abs(x - 3.7) + x, 3.7, 1.0),
    ("relu squared", lambda x: max(x - 1, 0) ** 2 - x, 1.0, -1.0),
    ("ELU", lambda x: x if x > 0 else math.expm1(x), 0.0, 1.0),
    ("smoothstep", lambda x: min(max(x, 0), 1) ** 2 * (3 - 2 * min(max(x, 0), 1)), 1.0, 0.0),
    ("near jumps", lambda x: sum((x - at) * abs(x - at) for at in (-1e-6, -1e-9, 0.0, 1e-12)) + x, 0.0, 1.000002002002),
]


@pytest.mark.parametrize(
    ("function", "x", "truth"), [case[1:] for case in CURVATURE_JUMPS], ids=[case[0] for case in CURVATURE_JUMPS]
)
def test_a_jump_of_the_curvature_does_not_break_the_bound(function: Function, x: float, truth: float) -> None:
    estimate = finite.derivative(function, x, scale=1.0)
    assert abs(estimate.value - truth) <= estimate.error <= 1e-6


def test_flat_functions() -> None:
    for function in (lambda x: 0.0, lambda x: 3.0, lambda x: max(x, 0.0)):
        estimate = finite.derivative(function, -5.0)
        assert estimate.value == 0.0
        assert estimate.error <= 1e-12


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("level", [1e-12, 1e-9, 1e-6, 1e-3])
def test_noise_is_measured(level: float, order: int) -> None:
    """At most one in twenty noisy estimates may miss its bound, and the bound must know the size of the noise."""
    rng = random.Random(f"{level} {order}")
    misses = 0
    for k in range(20):
        x = 0.3 + k / 20
        estimate = finite.derivative(lambda t: math.sin(t) + rng.uniform(-level, level), x, order=order)
        misses += abs(estimate.value - math.sin(x + order * math.pi / 2)) > estimate.error
        assert estimate.error <= 1000 * level
    assert misses <= 1


def test_noise_can_be_given() -> None:
    rng = random.Random(1)
    estimate = finite.derivative(lambda t: math.sin(t) + rng.uniform(-1e-5, 1e-5), 0.5, noise=1e-5)
    assert abs(estimate.value - math.cos(0.5)) <= estimate.error <= 1e-3


@pytest.mark.parametrize("x", [0.0, 0.3])
def test_single_precision_is_seen_as_noise(x: float) -> None:
    estimate = finite.derivative(lambda t: float(np.sin(np.float32(t))), x)
    assert abs(estimate.value - math.cos(x)) <= estimate.error <= 1e-4


def test_rounding_inside_the_function_is_measured() -> None:
    """The function keeps eight digits fewer than its value shows."""
    estimate = finite.derivative(lambda x: (1e8 + math.sin(x)) - 1e8, 0.3)
    assert abs(estimate.value - math.cos(0.3)) <= estimate.error <= 1e-5


def test_a_function_that_floats_cannot_resolve_is_refused() -> None:
    """Next floats are 1/8 apart there: the wave looks like noise."""
    estimate = finite.derivative(math.sin, 1e15)
    assert abs(estimate.value - math.cos(1e15)) <= estimate.error


def test_values_at_the_end_of_the_floats_are_refused() -> None:
    estimate = finite.derivative(lambda x: 1.7e308 * math.sin(x), 1.5)
    assert math.isnan(estimate.value)
    assert math.isinf(estimate.error)


@pytest.mark.parametrize("order", [0, 5, 1.5])
def test_orders(order: float) -> None:
    with pytest.raises(ValueError, match="order"):
        finite.derivative(math.sin, 1.0, order=order)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_points(x: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        finite.derivative(math.sin, x)


def test_gradient_of_an_array() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3, 2))
    point = rng.normal(size=(3, 2))
    before = point.copy()
    values, errors = finite.gradient(lambda w: float(np.sum(np.exp(w * matrix))), point)
    truth = matrix * np.exp(point * matrix)
    assert values.shape == errors.shape == (3, 2)
    assert np.all(np.abs(values - truth) <= errors)
    assert np.all(errors <= 1e-10)
    assert np.array_equal(before, point)


def test_each_entry_has_its_own_scale() -> None:
    """tesseract-core issue 706: one step cannot serve both variables."""
    values, errors = finite.gradient(lambda p: (p[0] - 1e6) ** 2 + (p[1] - 2e-6) ** 2 + (p[0] * p[1] - 2) ** 2, [1e6, 2e-6])
    assert np.all(np.abs(values) <= errors)
    assert errors[0] <= 1e-6


def test_partial_of_higher_order() -> None:
    estimate = finite.partial(lambda p: float(p[0] ** 3 * p[1]), [2.0, 5.0], 0, order=2)
    assert estimate.value == pytest.approx(60, rel=1e-11)


def test_a_function_that_changes_its_argument_or_fails_leaves_the_point_alone() -> None:
    point = np.array([1.0, 2.0])

    def careless(p: np.ndarray) -> float:
        p *= 2
        return float(p[0] * p[1])

    values, _ = finite.gradient(careless, point)
    assert values == pytest.approx([8.0, 4.0])

    def failing(p: np.ndarray) -> float:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        finite.gradient(failing, point)
    assert [1.0, 2.0] == point.tolist()


@pytest.mark.parametrize(
    ("offsets", "order", "weights"),
    [
        ((0, 1, -1), 1, (0.0, 0.5, -0.5)),
        ((0, 1, -1, 2, -2), 1, (0.0, 2 / 3, -2 / 3, -1 / 12, 1 / 12)),
        ((0, 1, -1, 2, -2), 4, (6.0, -4.0, -4.0, 1.0, 1.0)),
        ((0, 1, 2), 1, (-1.5, 2.0, -0.5)),
        ((0, 1, 2, 3), 2, (2.0, -5.0, 4.0, -1.0)),
    ],
)
def test_weights_as_published(offsets: tuple[int, ...], order: int, weights: tuple[float, ...]) -> None:
    """Fornberg (1988), tables 1 and 3."""
    assert weights == fornberg(offsets, order)


@pytest.mark.parametrize("stencil", [CENTRAL, SIDES[1], SIDES[-1], central(3), one_sided(1, 5)])
@pytest.mark.parametrize("left_out", [0, 1])
def test_stencils_are_exact_for_polynomials(stencil: object, left_out: int) -> None:
    used = stencil.offsets[: len(stencil.offsets) - left_out * stencil.group]
    for degree in range(len(used)):
        values = [Fraction(o) ** degree for o in used]
        for order in range(1, 5):
            found = sum(Fraction(w) * v for w, v in zip(stencil.weights(order, left_out), values, strict=True))
            size = sum(abs(Fraction(w) * v) for w, v in zip(stencil.weights(order, left_out), values, strict=True))
            assert abs(found - (math.factorial(order) if degree == order else 0)) <= 1e-15 * size
        shared = sum(s * float(v) for s, v in zip(stencil.shares(0.375, left_out), values, strict=True))
        assert abs(shared - 0.375**degree) <= 1e-13 * sum(
            abs(s * float(v)) for s, v in zip(stencil.shares(0.375, left_out), values, strict=True)
        )


def test_one_step_alone() -> None:
    found = fit(Samples(math.exp, 0.0), CENTRAL, -3, 1, [])
    assert found is not None
    assert abs(found.value - 1) <= found.error <= 1e-13
    assert found.exponent == -3
    assert fit(Samples(math.log, 0.5), CENTRAL, -1, 1, []) is None


def test_no_place_is_visited_twice() -> None:
    samples = Samples(math.exp, 1.0)
    assert samples(0.5) == samples(0.5)
    assert samples.evaluations == 1


def test_numpy_is_not_imported_for_numbers() -> None:
    code = "import sys, math; from derivkit import finite; finite.derivative(math.sin, 1.0); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
