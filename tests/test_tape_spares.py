"""Memory that is used again belongs to nobody: not to earlier results, nor to what a function kept, nor to shared cotangents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derivkit import tape
from derivkit.tape import spares

N = spares.LARGE // 8 + 100
X = np.linspace(0.1, 1.0, N)
KEPT: list[Any] = []


def keeping(x: Any) -> Any:
    y = np.exp(x)
    KEPT.append(y)
    KEPT.append((y * x).data)
    return np.sum(np.sin(y) * y)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "shared values": lambda x: np.sum((x * x + np.exp(x)) * (x * x - np.exp(x))),
    "shared cotangents": lambda x: np.sum(x + x) + np.sum((x + 1) * (x + 1)),
    "passed through": lambda x: np.sum(-(x + 1.0) + x),
    "views": lambda x: np.sum(x[1:] * x[:-1]) + np.sum(np.sin(x)[::2]),
    "powers": lambda x: np.sum(x**3 + 2 / x + np.sqrt(x)),
    "broadcast": lambda x: np.sum(np.sin(x) * np.sum(x)),
    "many uses": lambda x: sum((np.sum(np.cos(x * float(k))) for k in range(5)), 0.0),
    "kept": keeping,
    "the value itself": lambda x: np.sum(np.exp(x) * 1.0),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_of_large_arrays_are_those_of_their_parts(name: str) -> None:
    """Each part is too small for spare memory."""
    f, direction = FUNCTIONS[name], np.cos(np.arange(N))
    first = tape.value_and_grad(f)(X)
    before = first[0].copy(), first[1].copy()
    again = [tape.value_and_grad(f)(X) for _ in range(4)]
    for value, gradient in again:
        assert value == before[0]
        assert np.array_equal(before[1], gradient)
    assert np.array_equal(before[1], first[1])
    step = 1e-6
    slope = (float(f(X + step * direction)) - float(f(X - step * direction))) / (2 * step)
    assert slope == pytest.approx(float(before[1] @ direction), rel=1e-5, abs=1e-3)


def test_what_a_function_kept_stays_as_it_was() -> None:
    KEPT.clear()
    tape.grad(keeping)(X)
    values = [np.array(k.numpy() if isinstance(k, tape.Tensor) else k) for k in KEPT]
    for _ in range(5):
        tape.grad(FUNCTIONS["shared values"])(X)
    for kept, value in zip(KEPT, values, strict=True):
        assert np.array_equal(value, kept.numpy() if isinstance(kept, tape.Tensor) else kept)
    KEPT.clear()


def test_recordings_that_are_kept_can_be_swept_again() -> None:
    value, pullback = tape.vjp(lambda x: np.sin(x) * np.exp(x) + x, X)
    g = np.ones(N)
    first = pullback(g)[0].copy()
    for _ in range(3):
        tape.grad(FUNCTIONS["shared values"])(X)
        assert np.array_equal(first, pullback(g)[0])
    assert np.array_equal(np.sin(X) * np.exp(X) + X, value)
    assert np.array_equal(np.ones(N), g)


def test_memory_is_used_again_and_bounded() -> None:
    for _ in range(3):
        tape.grad(FUNCTIONS["powers"])(X)
    assert (spares.SPARES.bytes > 0) == spares.COUNTED
    assert spares.SPARES.bytes <= spares.MOST
    assert spares.SPARES.bytes == sum(x.nbytes for arrays in spares.SPARES.arrays.values() for x in arrays)


def test_the_oldest_shapes_are_dropped_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spares, "MOST", 100 * 8)
    kept = spares.Spares()
    kept.give(np.empty(60))
    kept.give(np.empty(30))
    assert 90 * 8 == kept.bytes
    kept.give(np.empty(20))
    assert 50 * 8 == kept.bytes
    assert kept.take((60,), np.dtype(float)) is None
    assert kept.take((30,), np.dtype(float)) is not None
    assert 20 * 8 == kept.bytes


MIXED: dict[str, tuple[Callable[[], Any], Any]] = {
    "forward over reverse": (
        lambda: tape.hvp(lambda x: np.sum(x * np.sin(x)), X, np.ones(N)),
        2 * np.cos(X) - X * np.sin(X),
    ),
    "reverse over reverse": (
        lambda: tape.grad(lambda x: np.sum(tape.grad(lambda y: np.sum(y * np.sin(y)))(x)))(X),
        2 * np.cos(X) - X * np.sin(X),
    ),
    "truth values": (lambda: tape.grad(lambda x: np.sum(x * x * True))(X), 2 * X),
    "what a rule made read-only": (
        lambda: tape.grad(lambda x: np.sum(np.sin(frozen(x * 1.5))))(X),
        3 * np.cos(3 * X),
    ),
}


def double(x: Any) -> Any:
    twice = 2 * x
    twice.flags.writeable = False
    return twice


frozen = tape.custom(double, vjp=lambda g, y, x: 2 * g)


@pytest.mark.parametrize("name", MIXED)
def test_large_arrays_beside_tensors_and_other_things(name: str) -> None:
    f, want = MIXED[name]
    for _ in range(4):
        np.testing.assert_allclose(f(), want, rtol=1e-13)
