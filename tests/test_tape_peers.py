"""The examples that other tools document, written as plain NumPy code, with the numbers that those tools print.

Sources: HIPS autograd 1.9, README and docs/tutorial.md; DeZero, steps 4 to 42; micrograd, README; `traps.txt` of the project's
notes lists the same values. autograd's own numbers were printed by autograd 1.9.1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from derivkit import tape

ROWS = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
LABELS = np.array([True, True, False, True])


def tanh(x: Any) -> Any:
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


def test_autograd_tanh_by_its_definition() -> None:
    assert 0.419974341614026 == pytest.approx(float(tape.grad(tanh)(1.0)), rel=1e-15)


def test_autograd_six_derivatives_of_tanh_by_elements() -> None:
    """What its plots show: derivative after derivative of an elementwise function."""
    expected = (
        (0.41997434, 0.78644773),
        (0.63970001, -0.72686198),
        (0.62162668, -0.56520929),
        (-0.66509104, 3.95221956),
        (-5.55689356, -3.26668647),
        (-13.62407544, -36.27954029),
    )
    f: Any = tanh
    for values in expected:
        f = (lambda inner: tape.grad(lambda x: np.sum(inner(x))))(f)
        assert np.allclose(values, f(np.array([-1.0, 0.5])), atol=5e-9)


def test_autograd_logistic_regression() -> None:
    def loss(weights: Any) -> Any:
        probability = 0.5 * (np.tanh(np.dot(ROWS, weights) / 2.0) + 1)
        return -np.sum(np.log(probability * LABELS + (1 - probability) * (1 - LABELS)))

    weights = np.zeros(3)
    assert 2.77258872223978 == pytest.approx(float(loss(weights)), rel=1e-14)
    slope = tape.grad(loss)
    for _ in range(100):
        weights -= slope(weights) * 0.01
    assert 1.0672706757870163 == pytest.approx(float(loss(weights)), rel=1e-13)


def test_autograd_control_flow_of_a_taylor_series() -> None:
    """The loop ends when a term is small: comparisons of tensors are plain truth values."""

    def sine(x: Any) -> Any:
        total = term = x
        k = 0
        while np.abs(term) > 0.001:
            term = -term * x**2 / ((2 * k + 3) * (2 * k + 2))
            total = total + term
            k += 1
        return total

    assert -0.9998995297042174 == pytest.approx(float(tape.grad(sine)(np.pi)), rel=1e-14)


def test_autograd_own_primitive_logsumexp() -> None:
    """The tutorial's way to keep log(sum(exp)) from overflowing: a rule of one's own."""

    def plain(x: Any) -> Any:
        largest = np.max(x)
        return largest + np.log(np.sum(np.exp(x - largest)))

    stable = tape.custom(plain, vjp=lambda g, answer, x: g * np.exp(x - answer))
    gradient = tape.grad(lambda y: stable(y**2))(np.array([1.5, 6.7, 1e-10]))
    assert np.allclose([0.0, 13.4, 0.0], gradient, atol=1e-12)
    assert np.isfinite(tape.hessian(stable)(np.array([1000.0, 0.0]))).all()


def micrograd(a: Any, b: Any) -> Any:
    """The program of micrograd's README, an expression of two numbers in several statements."""
    relu = lambda x: np.maximum(x, 0.0)  # noqa: E731  # a formula
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    f = (c - d) ** 2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_micrograd_readme() -> None:
    a, b = tape.Tensor(-4.0, requires_grad=True), tape.Tensor(2.0, requires_grad=True)
    g = micrograd(a, b)
    g.backward()
    assert ("24.7041", "138.8338", "645.5773") == (f"{g.data:.4f}", f"{a.grad.data:.4f}", f"{b.grad.data:.4f}")
    assert (138.83381924198252, 645.5772594752186) == pytest.approx(tape.grad(micrograd, argnum=(0, 1))(-4.0, 2.0), rel=1e-15)


def goldstein(x: Any, y: Any) -> Any:
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    return first * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (lambda x, y: x**2 + y**2, (1.0, 1.0), (2.0, 2.0)),
        (lambda x, y: 0.26 * (x**2 + y**2) - 0.48 * x * y, (1.0, 1.0), (0.04, 0.04)),
        (goldstein, (1.0, 1.0), (-5376.0, 8064.0)),
        (lambda x, y: 100 * (y - x**2) ** 2 + (x - 1) ** 2, (0.0, 2.0), (-2.0, 400.0)),
    ],
)
def test_dezero_functions_of_two_variables(f: Any, at: tuple[float, float], expected: tuple[float, float]) -> None:
    """Steps 24 and 28."""
    assert expected == pytest.approx(tape.grad(f, argnum=(0, 1))(*at), rel=1e-12)


def test_dezero_composed_square() -> None:
    """Step 4."""
    assert 3.297442541400256 == pytest.approx(float(tape.grad(lambda x: np.exp(x**2) ** 2)(0.5)), rel=1e-15)


def test_dezero_newton_reaches_one_in_ten_iterations() -> None:
    """Step 33: the second derivative by the tape of the tape."""
    f = lambda x: x**4 - 2 * x**2  # noqa: E731  # a formula
    x = 2.0
    path = []
    for _ in range(10):
        path.append(round(float(x), 4))
        x = x - tape.grad(f)(x) / tape.grad(tape.grad(f))(x)
    assert [2.0, 1.4545, 1.151, 1.0253, 1.0009, 1.0, 1.0, 1.0, 1.0, 1.0] == path


def test_dezero_gradient_descent_on_rosenbrock() -> None:
    """Step 28, with `data` assigned in place as there."""
    x0, x1 = tape.Tensor(0.0, requires_grad=True), tape.Tensor(2.0, requires_grad=True)
    for _ in range(1000):
        y = 100 * (x1 - x0**2) ** 2 + (x0 - 1) ** 2
        x0.zero_grad()
        x1.zero_grad()
        y.backward()
        x0.data -= 0.001 * x0.grad
        x1.data -= 0.001 * x1.grad
    assert (0.68371186, 0.46595268) == pytest.approx((x0.item(), x1.item()), abs=1e-8)


def test_dezero_linear_regression() -> None:
    """Step 42: W = 2.118 and b = 5.466 after a hundred steps."""
    random = np.random.RandomState(0)
    x = random.rand(100, 1)
    y = 5 + 2 * x + random.rand(100, 1)
    w, b = np.zeros((1, 1)), np.zeros(1)
    slope = tape.grad(lambda p: np.sum((np.dot(x, p[0]) + p[1] - y) ** 2) / len(x))
    for _ in range(100):
        dw, db = slope((w, b))
        w, b = w - 0.1 * dw, b - 0.1 * db
    assert (2.11807369, 5.46608905) == pytest.approx((w.item(), b.item()), abs=1e-8)


def test_dezero_high_orders_of_tanh_and_sin() -> None:
    """Steps 34 and 35: the derivatives of sin go round in four; tanh''' = -2 sech^4 + 4 sech^2 tanh^2."""
    f: Any = np.sin
    for value in (math.cos(1), -math.sin(1), -math.cos(1), math.sin(1)):
        f = tape.grad(f)
        assert value == pytest.approx(float(f(1.0)), rel=1e-14)
    third = tape.grad(tape.grad(tape.grad(np.tanh)))(0.3)
    s, t = 1 / math.cosh(0.3) ** 2, math.tanh(0.3)
    assert -2 * s * s + 4 * s * t * t == pytest.approx(float(third), rel=1e-13)
