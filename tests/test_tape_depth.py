"""The tape at depth and under failure: long chains, memory, threads, and functions that raise."""

from __future__ import annotations

import gc
import math
import threading
import tracemalloc
import weakref
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from derivkit import tape
from derivkit.tape.node import MODE

DEEP = 200_000


def chain(x: Any) -> Any:
    for _ in range(DEEP):
        x = x + 1.0
    return x


def test_a_chain_of_200_000_operations() -> None:
    assert 1.0 == tape.grad(chain)(0.0)
    assert (DEEP, 1.0) == tape.jvp(chain, (0.0,), (1.0,))
    x = tape.Tensor(0.0, requires_grad=True)
    y = chain(x)
    y.backward()
    assert 1.0 == x.grad.item()
    del y  # 200,000 nodes go away without recursion
    assert 2.0 == tape.grad(tape.grad(lambda x: chain(x) * x))(0.0)


def test_every_slice_of_one_array_costs_its_own_length_only() -> None:
    x = np.arange(3000.0)

    def f(t: Any) -> Any:
        total = 0.0
        for k in range(len(x)):
            total = total + t[k] ** 2
        return total

    tracemalloc.start()
    gradient = tape.grad(f)(x)
    product = tape.hvp(f, x, x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.array_equal(2 * x, gradient)
    assert np.array_equal(2 * x, product)
    assert peak < len(x) * len(x) * 8 / 2  # a dense row a slice would be 72 MB


def test_memory_is_freed_as_the_backward_sweep_goes() -> None:
    x, steps = np.full(100_000, 0.5), 40

    def f(t: Any) -> Any:
        for _ in range(steps):
            t = np.sin(t)
        return np.sum(t)

    tape.grad(f)(x)
    tracemalloc.start()
    tape.grad(f)(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * steps * x.nbytes


def test_nothing_refers_back() -> None:
    gc.collect()
    gc.disable()
    try:
        x = tape.Tensor(np.ones(3), requires_grad=True)
        y = np.sum(np.exp(x) * x[1:2])
        y.backward()
        gone = weakref.ref(y)
        del y
        assert gone() is None
        tape.hessian(lambda t: np.sum(t**3))(np.ones(2))
        assert 0 == gc.collect()
    finally:
        gc.enable()


def test_a_function_that_raises_leaves_nothing_behind() -> None:
    x = tape.Tensor(2.0, requires_grad=True)

    def fails(t: Any) -> Any:
        _ = t * x
        raise RuntimeError("in the middle")

    with tape.no_grad():
        for transform in (tape.grad, tape.jacobian, tape.hessian):
            with pytest.raises(RuntimeError, match="in the middle"):
                transform(fails)(1.0)
        assert not MODE.recording
    assert MODE.recording
    (x * x).backward()
    assert 4.0 == x.grad.item()


def test_a_sweep_that_fails_leaves_grads_alone() -> None:
    x, y = tape.Tensor(2.0, requires_grad=True), tape.Tensor(3.0, requires_grad=True)
    bad = tape.custom(lambda t: t, vjp=lambda g, answer, t: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (x * 2 + bad(y)).backward()
    assert x.grad is None
    assert y.grad is None


def test_transforms_record_inside_no_grad() -> None:
    with tape.no_grad():
        assert 6.0 == tape.grad(lambda x: x * x)(3.0)


def test_threads_differentiate_at_once() -> None:
    start = threading.Barrier(4)
    found: dict[int, list[float]] = {}

    def work(k: int) -> None:
        start.wait()
        with tape.no_grad() if k % 2 else nullcontext():
            found[k] = [float(tape.grad(lambda x: np.sin(x) ** k)(0.3)) for _ in range(300)]

    def plain(k: int) -> float:
        return k * np.sin(0.3) ** (k - 1) * np.cos(0.3)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, values in found.items():
        assert np.allclose(plain(k), values, rtol=1e-14)
    assert {1, 2, 3, 4} == set(found)


def test_inputs_are_never_changed() -> None:
    x, y = np.linspace(0.1, 1, 6).reshape(2, 3), np.linspace(1, 2, 3)
    before = x.copy(), y.copy()
    tape.hessian(lambda a, b: np.sum(np.exp(a * b) * b), argnum=(0, 1))(x, y)
    assert x.flags.writeable
    assert np.array_equal(before[0], x)
    assert np.array_equal(before[1], y)


def test_threads_that_share_a_leaf_lose_no_derivative() -> None:
    x = tape.Tensor(np.ones(50_000), requires_grad=True)
    y = np.sum(np.sin(x * 2) * x)

    def sweep() -> None:
        for _ in range(20):
            y.backward()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(x.grad.data, 80 * (2 * math.cos(2) + math.sin(2)), rtol=1e-12)
