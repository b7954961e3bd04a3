"""The peers of `benchmarks/program.py`, each as its own users would call it; those that are not installed are left out."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from helmholtz import coefficients

Call = Callable[[], Any]


def missing() -> tuple[str, ...]:
    """The packages of the peers, installed or not."""
    return "casadi", "numexpr", "numba", "jax", "torch"


def deep(work: Call) -> Any:
    """Run in a thread with a large stack: Python's own compiler recurses over the terms of a formula."""
    sys.setrecursionlimit(10**6)
    threading.stack_size(1 << 29)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def python(text: str, functions: Any, names: dict[str, Any]) -> Any:
    """The value of one of the benchmark's own formulas in the numbers of a peer."""
    words = {word: getattr(functions, word) for word in ("sin", "cos", "exp", "log", "sqrt", "tanh") if hasattr(functions, word)}
    code = compile(text.replace("^", "**"), "formula", "eval")
    return eval(code, words | names)  # noqa: S307  # a text of this benchmark, not of a user


# ---- CasADi's SX: the expression, its gradient, a Function of both, its value


def _finished(casadi: Any, value: Any, x: Any, point: Any) -> Any:
    function = casadi.Function("f", [x], [value, casadi.gradient(value, x)])
    found, gradient = function(point)
    return float(found), np.array(gradient).ravel()


def casadi_from_text(formula: str, n: int, text: str, point: Any) -> Call:
    """Python's own parser, on symbols."""
    import casadi

    def build() -> Any:
        x = casadi.SX.sym("x", n)
        return _finished(casadi, python(text, casadi, {f"x{k + 1}": x[k] for k in range(n)}), x, point)

    return partial(deep, build)


def casadi_in_loops(formula: str, n: int, text: str, point: Any) -> Call:
    """Loops over scalars, with the coefficients at hand."""
    import casadi

    a, b = coefficients(n) if formula == "Helmholtz" else ([], [])

    def build() -> Any:
        symbol = casadi.SX.sym("x", n)
        x = [symbol[k] for k in range(n)]
        if formula != "Helmholtz":
            value = x[0]
            for factor in x[1:]:
                value = value * factor
            return _finished(casadi, value, symbol, point)
        bx = sum(b[i] * x[i] for i in range(n))
        quadratic = sum(a[i][j] * x[i] * x[j] for i in range(n) for j in range(n))
        logs = sum(x[i] * casadi.log(x[i] / (1 - bx)) for i in range(n))
        return _finished(casadi, _energy(casadi, logs, quadratic, bx), symbol, point)

    return build


def casadi_with_matrices(formula: str, n: int, text: str, point: Any) -> Call | None:
    """CasADi's own matrix operations: not from the scalar formula, but the best that a person can write."""
    if formula != "Helmholtz":
        return None
    import casadi

    a, b = map(casadi.DM, coefficients(n))

    def build() -> Any:
        x = casadi.SX.sym("x", n)
        bx = casadi.dot(b, x)
        return _finished(casadi, _energy(casadi, casadi.dot(x, casadi.log(x / (1 - bx))), casadi.bilin(a, x, x), bx), x, point)

    return build


def _energy(casadi: Any, logs: Any, quadratic: Any, bx: Any) -> Any:
    root = np.sqrt(2.0)
    return 8.3 * logs - quadratic / (np.sqrt(8.0) * bx) * casadi.log((1 + (1 + root) * bx) / (1 + (1 - root) * bx))


CASADI: dict[str, Callable[..., Call | None]] = (
    {"CasADi text": casadi_from_text, "CasADi loops": casadi_in_loops, "CasADi matrices": casadi_with_matrices}
    if find_spec("casadi")
    else {}
)


# ---- value and gradient at many points


def _derivatives(text: str) -> tuple[list[Any], list[Any]]:
    """SymPy's symbols, and the value and the partial derivatives."""
    import sympy

    symbols = sympy.symbols("x y z", real=True)
    value = python(text, sympy, dict(zip("xyz", symbols, strict=True)))
    return symbols, [value, *(value.diff(s) for s in symbols)]


def lambdify(text: str, columns: list[Any]) -> Call:
    """SymPy's lambdify with common subexpressions taken out, on NumPy."""
    import sympy

    symbols, formulas = _derivatives(text)
    function = sympy.lambdify(symbols, formulas, "numpy", cse=True)
    return lambda: function(*columns)


def numexpr(text: str, columns: list[Any]) -> Call:
    """SymPy's derivatives by numexpr: each at once or with common subexpressions first, whichever is faster here."""
    import numexpr
    import sympy

    _, formulas = _derivatives(text)
    names = dict(zip("xyz", columns, strict=True))
    shared, reduced = sympy.cse(formulas)

    def at_once() -> Any:
        return [numexpr.evaluate(str(formula), names) for formula in formulas]

    def shared_first() -> Any:
        known = dict(names)
        for symbol, formula in shared:
            known[str(symbol)] = numexpr.evaluate(str(formula), known)
        return [numexpr.evaluate(str(formula), known) for formula in reduced]

    return min(at_once, shared_first, key=_seconds)


def _seconds(call: Call) -> float:
    call()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def numba(text: str, columns: list[Any]) -> Call:
    """SymPy's lambdify as a parallel loop, compiled by Numba."""
    import numba
    import sympy

    symbols, formulas = _derivatives(text)
    scalar = numba.njit(sympy.lambdify(symbols, tuple(formulas), "math", cse=True))

    @numba.njit(parallel=True)  # type: ignore[untyped-decorator]  # Numba has no types
    def fill(x: Any, y: Any, z: Any, value: Any, gradient: Any) -> None:
        for k in numba.prange(x.size):
            value[k], gradient[0, k], gradient[1, k], gradient[2, k] = scalar(x[k], y[k], z[k])

    def call() -> Any:
        value, gradient = np.empty(len(columns[0])), np.empty((3, len(columns[0])))
        fill(*columns, value, gradient)
        return value, *gradient

    return call


def jax(text: str, columns: list[Any]) -> Call:
    """JAX in float64: value_and_grad of one point, mapped and compiled."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    both = jax.jit(jax.vmap(jax.value_and_grad(lambda x, y, z: python(text, jnp, {"x": x, "y": y, "z": z}), argnums=(0, 1, 2))))
    arrays = [jnp.asarray(column) for column in columns]

    def call() -> Any:
        value, gradient = jax.block_until_ready(both(*arrays))
        return value, *gradient

    return call


def torch(text: str, columns: list[Any]) -> Call:
    """PyTorch eager in float64."""
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    leaves = [torch.tensor(column, requires_grad=True) for column in columns]

    def call() -> Any:
        value = python(text, torch, dict(zip("xyz", leaves, strict=True)))
        return value.detach(), *torch.autograd.grad(value.sum(), leaves)

    return call


POINTS: dict[str, Callable[[str, list[Any]], Call]] = {
    name: make
    for name, make in (("lambdify", lambdify), ("numexpr", numexpr), ("numba", numba), ("jax", jax), ("torch", torch))
    if name == "lambdify" or find_spec(name)
}
