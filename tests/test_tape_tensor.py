"""Tensors as users meet them: what they hold, what they refuse, and that nothing detaches silently."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

from derivkit import tape


def leaf(data: object) -> tape.Tensor:
    return tape.Tensor(data, requires_grad=True)


def test_gradients_accumulate_and_are_cleared() -> None:
    """The trap `accumulate`: x^2 at 3 swept twice gives 6, then 12."""
    x = leaf(3.0)
    y = x**2
    y.backward()
    assert 6.0 == x.grad.item()
    y.backward()
    assert 12.0 == x.grad.item()
    x.zero_grad()
    assert x.grad is None
    y.backward()
    assert 6.0 == x.grad.item()


def test_backward_of_an_array_seeds_ones_or_what_is_given() -> None:
    x = leaf([1.0, 2.0])
    (x**2).backward()
    assert [2.0, 4.0] == x.grad.tolist()
    x.zero_grad()
    (x**2).backward([1.0, 10.0])
    assert [2.0, 40.0] == x.grad.tolist()
    with pytest.raises(ValueError, match=r"gradient has shape \(3,\)"):
        (x**2).backward(np.ones(3))


def test_grad_shares_no_memory_with_arrays_of_the_caller() -> None:
    data, seed = np.array([1.0, 2.0]), np.array([1.0, 1.0])
    x = tape.Tensor(data, requires_grad=True)
    y = x + 0.0
    y.backward(seed)
    assert not np.shares_memory(x.grad.data, seed)
    assert not np.shares_memory(x.data, data)
    seed[:] = 7
    data[:] = 7
    assert [1.0, 1.0] == x.grad.tolist()
    assert [1.0, 2.0] == x.tolist()


def test_a_recorded_array_cannot_be_changed_behind_the_recording() -> None:
    x = leaf([1.0, 2.0])
    kept = x.data
    y = np.sum(x**2)
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 9.0
    x.data[0] = 9.0  # a fresh copy: later recordings see it, earlier ones do not
    assert [9.0, 2.0] == x.tolist()
    y.backward()
    assert [2.0, 4.0] == x.grad.tolist()
    with pytest.raises(ValueError, match="read-only"):
        y_data = (x * 1.0).data
        y_data[0] = 1.0


def test_data_of_leaves_is_assigned_by_descent_steps() -> None:
    x = leaf([1.0, 2.0])
    for _ in range(3):
        x.zero_grad()
        np.sum(x**2).backward()
        x.data -= 0.25 * x.grad
    assert [0.125, 0.25] == x.tolist()
    x.data = [5, 6]
    assert [5.0, 6.0] == x.tolist()
    with pytest.raises(TypeError, match="recorded result"):
        (x + 1).data = [1.0, 2.0]


def test_a_gradient_in_between_survives_looking_at_the_data() -> None:
    x = leaf([1.0, 2.0])
    loss = np.sum(x**2)
    assert [1.0, 2.0] == list(x.data)
    loss.backward()
    assert [2.0, 4.0] == x.grad.tolist()


@pytest.mark.parametrize(
    "lose",
    [
        float,
        int,
        complex,
        math.sin,
        np.asarray,
        np.array,
        lambda t: np.array([t, t]),
        lambda t: np.zeros(3) + np.array([t, 1.0, 2.0]),
        lambda t: np.add(1.0, t, out=np.zeros(())),
        lambda t: np.sum(t, out=np.zeros(())),
        lambda t: [1, 2, 3][t],
        lambda t: copy.deepcopy(t * 1),
        lambda t: pickle.dumps(t * 1),
    ],
)
def test_nothing_detaches_silently(lose: object) -> None:
    with pytest.raises(TypeError):
        lose(leaf(2.0))  # type: ignore[operator]


def test_writing_a_tensor_into_a_plain_array_is_refused() -> None:
    rows = np.zeros(3)
    with pytest.raises((TypeError, ValueError)):
        rows[0] = leaf(1.0)
    with pytest.raises(TypeError, match="y = y \\+ t"):
        rows += leaf(1.0)
    assert [0.0, 0.0, 0.0] == rows.tolist()


def test_writing_into_a_tensor_is_refused() -> None:
    x = leaf([1.0, 2.0])
    with pytest.raises(TypeError, match="cannot be written into"):
        x[0] = 3.0
    before = x
    x += 1.0
    assert x is not before
    assert [1.0, 2.0] == before.tolist()


@pytest.mark.parametrize("data", [1j, [1.0, 2j], np.array(["a"]), [[1.0], [1.0, 2.0]], None, [object()]])
def test_data_that_are_no_real_numbers_are_refused(data: object) -> None:
    with pytest.raises(TypeError):
        tape.Tensor(data)


def test_types_of_numbers() -> None:
    assert np.float64 == tape.Tensor([1, 2]).dtype
    assert np.float64 == tape.Tensor([True]).dtype
    assert np.float32 == tape.Tensor(np.float32([1, 2])).dtype
    x = tape.Tensor(np.float32([1, 2]), requires_grad=True)
    y = np.sum(np.exp(x) * 2.0 + np.array([1.0, 2.0]))
    y.backward()
    assert np.float32 == x.grad.dtype


def test_comparisons_are_plain_booleans() -> None:
    x = leaf([1.0, 2.0])
    assert isinstance(x > 1.5, np.ndarray)
    assert [False, True] == (x > 1.5).tolist()
    assert [True, False] == (x == [1.0, 3.0]).tolist()
    assert [True, True] == (np.array([1.0, 2.0]) == x).tolist()
    assert leaf(1.0) < 2
    assert {x: 1}[x] == 1


def test_no_grad_and_detach_record_nothing() -> None:
    x = leaf(2.0)
    with tape.no_grad():
        assert not (x * x).requires_grad
    with pytest.raises(ZeroDivisionError), tape.no_grad():
        _ = 1 / 0
    assert (x * x).requires_grad
    y = x.detach() * x
    y.backward()
    assert 2.0 == x.grad.item()
    d = x.detach()
    d.data = 5.0
    assert 2.0 == x.item()
    with pytest.raises(TypeError, match="requires a gradient"):
        (x.detach() * 2).backward()


def test_custom_rules() -> None:
    calls: list[type] = []

    def by_hand(x: np.ndarray) -> np.ndarray:
        calls.append(type(x))
        return np.array([math.sinh(v) for v in x])

    f = tape.custom(by_hand, vjp=lambda g, answer, x: g * np.cosh(x))
    at = np.array([0.1, 0.2])
    assert np.allclose(np.diag(np.cosh(at)), tape.jacobian(f)(at), rtol=1e-15)
    assert np.allclose(np.sinh(at), np.diag(tape.hessian(lambda x: np.sum(f(x)))(at)), rtol=1e-14)
    _, tangent = tape.jvp(f, (at,), (np.array([1.0, 2.0]),))
    assert np.allclose(np.cosh(at) * [1, 2], tangent, rtol=1e-15)
    assert {np.ndarray} == set(calls)
    wrong = tape.custom(by_hand, vjp=lambda g, answer, x: g[:1])
    with pytest.raises(ValueError, match="by_hand returned a cotangent of shape"):
        tape.grad(lambda x: np.sum(wrong(x)))(at)
    short = tape.custom(lambda x, y: x * y, vjp=lambda g, answer, x, y: (g * y,))
    with pytest.raises(ValueError, match="1 cotangents for 2 arguments"):
        tape.grad(short)(1.0, 2.0)


def test_a_missing_rule_names_the_function_and_the_way_out() -> None:
    for call, name in (
        (lambda t: np.fft.fft(t), "numpy.fft.fft"),
        (lambda t: np.spacing(t), "numpy.spacing"),
        (lambda t: np.fft.rfft(t), "numpy.fft.rfft"),
    ):
        with pytest.raises(NotImplementedError, match=name) as caught:
            call(leaf([1.0, 2.0]))
        assert "tape.custom" in str(caught.value)


def test_array_builds_tensors_from_nested_lists() -> None:
    x = leaf([1.0, 2.0])
    built = tape.array([[x[0], 2.0], [x[1] * x[0], x[1]]])
    assert (2, 2) == built.shape
    np.sum(built * [[1.0, 2.0], [3.0, 4.0]]).backward()
    assert [1 + 3 * 2, 3 * 1 + 4] == x.grad.tolist()
    assert [[1.0, 2.0]] == tape.array([[1, 2]]).tolist()


def test_attributes_and_representation() -> None:
    x = leaf([[1.0, 2.0, 3.0]])
    assert ((1, 3), 2, 3, 1) == (x.shape, x.ndim, x.size, len(x))
    assert (3, 1) == x.T.shape
    assert "Tensor([[1., 2., 3.]], requires_grad=True)" == repr(x)
    assert "Tensor([1., 2.], dtype=float32)" == repr(tape.Tensor(np.float32([1, 2])))
    assert "1.50" == f"{tape.Tensor(1.5):.2f}"
    assert x.is_leaf
    assert not (x + 1).is_leaf
    assert [1.0, 2.0, 3.0] == [v.item() for v in x[0]]
    assert copy.deepcopy(x).requires_grad
    assert pickle.loads(pickle.dumps(x)).requires_grad


READS = {
    "index": (lambda x, k, m: np.sum(x[k] ** 2), [2.0, 4.0, 0.0]),
    "index and slice": (lambda x, k, m: np.sum(x[None, k] ** 2), [2.0, 4.0, 0.0]),
    "take": (lambda x, k, m: np.sum(np.take(x, k) ** 2), [2.0, 4.0, 0.0]),
    "take along": (lambda x, k, m: np.sum(np.take_along_axis(x, k, 0) ** 2), [2.0, 4.0, 0.0]),
    "mask": (lambda x, k, m: np.sum(x[m] ** 2), [2.0, 0.0, 6.0]),
    "where": (lambda x, k, m: np.sum(np.where(m, x, 0.0) ** 2), [2.0, 0.0, 6.0]),
}


@pytest.mark.parametrize("name", READS)
def test_indices_and_masks_may_be_written_into_after_use(name: str) -> None:
    """As loops do, that keep them in one array."""
    f, want = READS[name]
    x, places, mask = leaf([1.0, 2.0, 3.0]), np.array([0, 1]), np.array([True, False, True])
    y = f(x, places, mask)
    places[:], mask[:] = 2, False
    y.backward()
    assert want == x.grad.tolist()


def test_what_is_refused_says_what_to_do() -> None:
    t, masked, matrix = leaf([1.0, 2.0]), np.ma.masked_array([1.0, 2.0], [0, 1]), np.eye(2).view(np.matrix)
    for use, message in (
        (lambda: t * masked, "filled"),
        (lambda: masked * t, "tape.array"),
        (lambda: np.ma.add(t, 1.0), "tape.array"),
        (lambda: tape.Tensor(masked), "filled"),
        (lambda: t @ matrix, "np.asarray"),
        (lambda: matrix * t, "np.asarray"),
        (lambda: tape.grad(np.sum)(matrix), "np.asarray"),
        (lambda: t * 1j, "imaginary"),
        (lambda: t.__delitem__(0), "np.where"),
        (lambda: float(t[0]), "tape.array"),
    ):
        with pytest.raises(TypeError, match=message):
            use()
    with pytest.raises(ValueError, match=r"grad has shape \(3,\), the tensor \(2,\)"):
        t.grad = np.ones(3)


def test_tensors_compare_with_text_as_arrays_do() -> None:
    t = leaf([1.0, 2.0])
    assert not np.any(t == "a")
    assert np.all(t != "a")


def test_python_rounds_tensors() -> None:
    assert 0.0 == tape.grad(round)(2.4)
    assert 1.25 == round(leaf(1.254), 2).item()


def test_arrays_of_objects_hold_tensors() -> None:
    def product(x: tape.Tensor) -> tape.Tensor:
        powers = np.empty(3, object)
        for k in range(3):
            powers[k] = x ** (k + 1)
        return np.prod(tape.array(powers)) + np.prod(tape.array([powers, powers])[1])

    assert 2 * 6 * 2.0**5 == tape.grad(product)(2.0)


def test_cotangents_given_to_backward_are_copied_in_the_type_of_the_tensor() -> None:
    """And recorded only if the sweep is."""
    x, g = tape.Tensor(np.ones(2, np.float32), requires_grad=True), leaf([2.0, 3.0])
    x.backward(g)
    g.data[:] = 9
    assert [2.0, 3.0] == x.grad.tolist()
    assert np.float32 == x.grad.dtype
    assert not x.grad.requires_grad
    x.zero_grad()
    (x * x).backward(g, create_graph=True)
    np.sum(x.grad).backward()
    assert [2.0, 2.0] == g.grad.tolist()
