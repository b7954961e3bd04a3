"""The transforms: closed forms, nesting to any order, trees of arguments, and what they refuse."""

from __future__ import annotations

import math
from collections import defaultdict, namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit import tape

SMALL = st.floats(-2, 2)


def nested(transform: Callable[..., Any], f: Callable[..., Any], order: int) -> Callable[..., Any]:
    for _ in range(order):
        f = transform(f)
    return f


def forward(f: Callable[..., Any]) -> Callable[..., Any]:
    """The derivative of a function of one number, in forward mode."""
    return lambda x: tape.jvp(f, (x,), (1.0,))[1]


@given(SMALL)
def test_orders_of_exp_of_2x_in_both_modes_and_mixed(x: float) -> None:
    f = lambda t: np.exp(2 * t)  # noqa: E731  # a formula
    for order in range(1, 5):
        truth = 2**order * math.exp(2 * x)
        assert truth == pytest.approx(float(nested(tape.grad, f, order)(x)), rel=1e-14)
        assert truth == pytest.approx(float(nested(forward, f, order)(x)), rel=1e-14)
    assert 8 * math.exp(2 * x) == pytest.approx(float(forward(tape.grad(forward(f)))(x)), rel=1e-14)
    assert 8 * math.exp(2 * x) == pytest.approx(float(tape.grad(forward(tape.grad(f)))(x)), rel=1e-14)


def test_a_constant_of_an_outer_variable_is_no_variable_of_the_inner() -> None:
    """Perturbation confusion: d/dx [x d/dy (x + y)] is 1. Siskind and Pearlmutter, Perturbation confusion and referential
    transparency (2005)."""
    for outer in (tape.grad, forward):
        for inner in (tape.grad, forward):
            assert 1.0 == float(outer(lambda x, inner=inner: x * inner(lambda y: x + y)(1.0))(1.0))
            assert 2.0 * 3 == float(outer(lambda x, inner=inner: inner(lambda y: x**2 * y)(1.0))(3.0))
            assert 4.0 == float(outer(lambda x, inner=inner: x * inner(lambda y: x * y**2)(1.0))(1.0))


def test_a_leaf_outside_a_transform_stays_connected() -> None:
    w = tape.Tensor(3.0, requires_grad=True)
    slope = tape.grad(lambda x: w * x**2)(2.0)
    assert 12.0 == slope.item()
    slope.backward()
    assert 4.0 == w.grad.item()
    value, gradient = tape.value_and_grad(lambda x: x * w)(2.0)
    (value * gradient).backward()
    assert 4.0 + 2 * 2 * 3.0 == w.grad.item()


def test_results_are_plain_arrays_where_nothing_outside_is_tracked() -> None:
    value, gradient = tape.value_and_grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    assert isinstance(value, np.float64)
    assert type(gradient) is np.ndarray
    assert isinstance(tape.grad(lambda x: x * x)(1), float)


def test_rosenbrock() -> None:
    def f(x: Any) -> Any:
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    at = np.array([-1.2, 1.0])
    assert np.allclose([-215.6, -88.0], tape.grad(f)(at), rtol=1e-14)
    assert np.allclose([[1330, 480], [480, 200]], tape.hessian(f)(at), rtol=1e-14)
    assert np.allclose([1330 + 960, 480 + 400], tape.hvp(f, at, np.array([1.0, 2.0])), rtol=1e-14)


def test_jacobians_by_rows_and_by_columns() -> None:
    def f(x: Any) -> Any:
        return np.stack([x[0] * x[1], np.sin(x[0]), x[1] ** 3])

    x, y = 0.5, 2.0
    tall = tape.jacobian(f)(np.array([x, y]))  # more outputs than inputs: forward
    assert np.allclose([[y, x], [math.cos(x), 0], [0, 3 * y * y]], tall, rtol=1e-15)
    wide = tape.jacobian(lambda z: f(z)[:1])(np.array([x, y]))  # backward
    assert np.allclose([[y, x]], wide, rtol=1e-15)
    assert (2, 4, 3, 4) == tape.jacobian(lambda z: z[:2])(np.ones((3, 4))).shape


def test_shapes_of_jacobians_are_those_of_outputs_then_inputs() -> None:
    f = lambda z: np.sum(z, axis=0) * 2.0  # noqa: E731  # a formula
    assert (4, 3, 4) == tape.jacobian(f)(np.ones((3, 4))).shape
    assert (3, 4, 3, 4) == tape.hessian(lambda z: np.sum(z**3))(np.ones((3, 4))).shape
    assert (0, 2) == tape.jacobian(lambda z: z[:0])(np.ones(2)).shape
    assert (2, 0) == tape.jacobian(lambda z: np.ones(2) * np.sum(z))(np.ones(0)).shape


def test_trees_of_arguments() -> None:
    Point = namedtuple("Point", "x y")

    def f(p: Any, scale: Any) -> Any:
        return scale * (np.sum(p["w"] ** 2) + p["b"][0] * p["b"][1] + p["c"].x)

    tree = {"w": np.array([1.0, 2.0]), "b": (3.0, [4.0][0]), "c": Point(1.0, 2.0)}
    by_tree, by_scale = tape.grad(f, argnum=(0, 1))(tree, 2.0)
    assert [2.0 * 2, 4.0 * 2] == by_tree["w"].tolist()
    assert (8.0, 6.0) == by_tree["b"]
    assert Point(2.0, 0.0) == by_tree["c"]
    assert 5 + 12 + 1 == by_scale
    jacobian = tape.jacobian(lambda p: (p["a"] * 2, [p["b"] * p["a"]]))({"a": 3.0, "b": 4.0})
    assert ({"a": 2.0, "b": 0.0}, [{"a": 4.0, "b": 3.0}]) == jacobian
    hessian = tape.hessian(lambda p: p[0] ** 2 * p[1])((3.0, 4.0))
    assert ((8.0, 6.0), (6.0, 0.0)) == hessian
    value, pullback = tape.vjp(lambda p, q: {"s": p[0] * q, "t": p[1]}, (2.0, 3.0), 5.0)
    assert {"s": 10.0, "t": 3.0} == value
    assert ((5.0, 7.0), 2.0) == pullback({"s": 1.0, "t": 7.0})


def test_vjp_may_be_called_again_and_differentiated() -> None:
    at = np.array([1.0, 2.0])
    value, pullback = tape.vjp(lambda x: x**3, at)
    at[:] = 9.0  # the recording keeps its own copy
    assert [1.0, 8.0] == value.tolist()
    for _ in range(2):
        assert [3.0, 24.0] == pullback(np.array([1.0, 2.0]))[0].tolist()
    assert [3.0, 12.0] == tape.grad(lambda g: np.sum(pullback(g)[0]))(np.array([5.0, 6.0])).tolist()
    with pytest.raises(ValueError, match="cotangent has shape"):
        pullback(np.ones(3))


def test_vjp_inside_grad_differentiates_with_respect_to_the_point() -> None:
    def slope(x: Any) -> Any:
        _, pullback = tape.vjp(lambda t: t**3, x)
        return pullback(1.0)[0]

    assert 3 * 4.0 == float(slope(2.0))
    assert 6 * 2.0 == float(tape.grad(slope)(2.0))


def test_jvp_refuses_tangents_of_another_shape() -> None:
    with pytest.raises(ValueError, match="tangent has shape"):
        tape.jvp(np.sin, (np.ones(2),), (np.ones(3),))
    with pytest.raises(ValueError, match="list of 1, not of 2"):
        tape.jvp(np.sin, (np.ones(2),), (np.ones(2), np.ones(2)))


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: x * np.ones(2), r"shape \(2,\)"),
        (lambda x: x > 0, "bool"),
        (lambda x: np.fft.fft(np.ones(2))[0], "complex"),
        (lambda x: "no", "returned str"),
        (lambda x: None, "NoneType"),
        (lambda x: (x, x), "tuple"),
    ],
)
def test_grad_needs_a_real_number(f: Callable[..., Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        tape.grad(f)(1.0)


@pytest.mark.parametrize("x", [1j, "a", None, np.array([1j])])
def test_arguments_must_be_real(x: object) -> None:
    with pytest.raises(TypeError):
        tape.grad(lambda t: t)(x)


def test_argnum_that_is_not_there() -> None:
    with pytest.raises(TypeError, match="argnum is 1"):
        tape.grad(lambda x: x, argnum=1)(1.0)
    assert 5.0 == tape.grad(lambda x, y: x * y, argnum=-2)(3.0, 5.0)


def test_the_gradient_of_a_constant_is_zero() -> None:
    assert 0.0 == tape.grad(lambda x: 3.0)(1.0)
    assert [0.0, 0.0] == tape.grad(lambda x: np.float64(3.0))(np.ones(2)).tolist()
    assert [0.0, 0.0] == tape.grad(lambda x: np.floor(x[0]))(np.ones(2)).tolist()
    assert np.float32 == tape.grad(lambda x: 3.0)(np.float32(1.0)).dtype
    assert (np.float64(3.0), 0.0) == tape.jvp(lambda x: np.float64(3.0), (1.0,), (1.0,))


def test_types_and_shapes_of_gradients() -> None:
    x = np.ones((2, 1, 3), dtype=np.float32)
    g = tape.grad(lambda t: np.sum(np.exp(t) * np.ones((4, 2, 5, 3))))(x)
    assert (x.shape, np.float32) == (g.shape, g.dtype)
    assert np.float64 == tape.grad(lambda t: np.sum(t * t))(np.array([1, 2, 3])).dtype
    assert () == np.shape(tape.grad(lambda t: t * t)(3))
    assert (0,) == tape.grad(np.sum)(np.ones(0)).shape


def test_second_backward_of_a_gradient() -> None:
    """The trap `double_backprop`: z = gx^3 + y with y = x^2 and gx = dy/dx at 2 has the slope 100 (DeZero, step 36)."""
    x = tape.Tensor(2.0, requires_grad=True)
    y = x**2
    y.backward(create_graph=True)
    gx = x.grad
    x.zero_grad()
    (gx**3 + y).backward()
    assert 100.0 == x.grad.item()


def test_what_does_not_depend_on_an_argument_has_derivatives_of_zero() -> None:
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(tape.hessian(np.sum)(x), np.zeros((3, 3)))
    np.testing.assert_array_equal(tape.jacobian(lambda x: np.ones(2))(x), np.zeros((2, 3)))
    np.testing.assert_array_equal(tape.jacobian(lambda x: np.float64(1.0))(x), np.zeros(3))


def test_results_share_no_memory() -> None:
    """Not with one another, with arguments, with cotangents, nor with what a pullback will read again."""
    x, g = np.linspace(1.0, 2.0, 2000), np.ones(2000)
    value, pullback = tape.vjp(lambda a, b: a + b, x, x)
    first, second = pullback(g)
    same, tangent = tape.jvp(lambda a: a, (x,), (g,))
    results = [
        value,
        first,
        second,
        *pullback(g),
        same,
        tangent,
        tape.grad(np.sum)(x),
        *tape.grad(lambda a, b: np.sum(a + b), (0, 1))(x, x),
    ]
    assert not any(np.shares_memory(r, other) for k, r in enumerate(results) for other in (*results[:k], x, g))
    exp, pullback = tape.vjp(np.exp, x)
    before = exp.copy()
    exp[:] = 0
    first[:] = 0
    tape.grad(np.sum)(x)[:] = 0
    assert np.array_equal(pullback(g)[0], before)


@pytest.mark.parametrize(("argnum", "message"), [("b", "position"), (1.0, "position"), ((0, -2), "twice"), ((0, 0), "twice")])
def test_argnum_that_is_no_position(argnum: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        tape.grad(lambda a, b: a * b, argnum)(1.0, 2.0)


def test_argnum_as_numpy_counts() -> None:
    assert tape.grad(lambda a, b: a * b, np.int64(1))(3.0, 2.0) == 3.0  # type: ignore[arg-type]  # looser than it says


def test_a_custom_function_may_return_its_argument_or_one_buffer() -> None:
    x, buffer = np.array([1.0, 2.0]), np.empty(2)
    same = tape.custom(lambda a: a, vjp=lambda g, y, a: g)
    twice = tape.custom(lambda a: np.multiply(a, 2, out=buffer), vjp=lambda g, y, a: 2 * g)
    assert not np.shares_memory(same(x), x)
    slope = tape.grad(lambda a: np.sum(twice(a) * twice(np.sin(a))))(x)
    np.testing.assert_allclose(slope, 4 * np.sin(x) + 4 * x * np.cos(x), rtol=1e-14)


def test_derivatives_have_the_type_of_dict() -> None:
    point = defaultdict(float, a=2.0)
    slopes = tape.grad(lambda p: p["a"] ** 2 + p["b"])(point)
    assert isinstance(slopes, defaultdict)
    assert slopes == {"a": 4.0}
    assert point == {"a": 2.0}


def test_second_derivatives_by_a_number_are_a_number() -> None:
    assert isinstance(tape.hessian(np.exp)(0.0), float)


def test_trees_are_matched_by_their_keys() -> None:
    f = lambda p: p["a"] ** 3 * p["b"][0]  # noqa: E731  # shorter so
    point = {"a": 2.0, "b": [3.0]}
    assert tape.hvp(f, point, {"b": [0.0], "a": 1.0}) == {"a": 36.0, "b": [12.0]}
    assert tape.jvp(f, (point,), ({"b": [0.0], "a": 1.0},)) == (24.0, 36.0)
    pullback = tape.vjp(lambda x: {"p": x, "q": 10 * x}, 1.0)[1]
    assert pullback({"q": 0.0, "p": 1.0}) == (1.0,)
    for wrong in ({"p": 1.0}, {"p": 1.0, "r": 1.0}, (1.0, 1.0), 1.0):
        with pytest.raises(ValueError, match="cotangent must be a dict with the keys"):
            pullback(wrong)
    with pytest.raises(ValueError, match="tangents must be a tuple or list of 1, not float"):
        tape.hvp(f, point, {"a": 1.0, "b": 0.0})


@pytest.mark.parametrize("value", [None, "text", {1.0}])
def test_functions_that_return_no_arrays(value: Any) -> None:
    for transform in (tape.jacobian, lambda f: lambda x: tape.vjp(f, x), lambda f: lambda x: tape.jvp(f, (x,), (x,))):
        with pytest.raises(TypeError, match=f"returned {type(value).__name__}"):
            transform(lambda x: value)(np.ones(2))


def test_keywords_of_custom_functions() -> None:
    """Under any names; tensors among them are refused, because they would get no derivative."""
    power = tape.custom(lambda x, k=1: x**k, vjp=lambda g, y, x, k=1: g * k * x ** (k - 1))
    assert tape.grad(lambda x: power(x, k=3))(2.0) == 12.0
    assert tape.jvp(lambda x: power(x, k=3), (2.0,), (1.0,)) == (8.0, 12.0)
    with pytest.raises(TypeError, match="k was given as a keyword"):
        tape.grad(lambda x: power(x, k=x))(2.0)
