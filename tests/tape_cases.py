"""The harness of the tape's tests: one call checks a function of arrays in both modes, to two orders, against differences.

Every identity is tried with random cotangents and tangents (never ones, which cannot see a transposed or permuted derivative), for
every argument alone and for all together.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from derivkit import tape
from derivkit.tape.pytree import leaves, rebuild

STEP = 1e-3  # relative to values of order one: central differences, extrapolated once, are then good to some 1e-12


def points(shape: tuple[int, ...], rng: Any, low: float = -2.0, high: float = 2.0, dtype: Any = float) -> Any:
    """An array of random numbers that keep their distance from each other and from zero, so that no step meets a tie."""
    size = int(np.prod(shape))
    cell = (high - low) / max(size, 1)
    values = low + cell * (rng.permutation(size) + rng.uniform(0.3, 0.7, size))
    values += 0.05 * np.sign(values)
    return values.reshape(shape).astype(dtype)


def spread(*specs: Any, seed: int = 0) -> list[Any]:
    """Arrays from shapes, from (shape, low, high), or as they are."""
    rng = np.random.default_rng(seed)
    arrays = []
    for spec in specs:
        if isinstance(spec, tuple) and spec and isinstance(spec[0], tuple):
            arrays.append(points(spec[0], rng, *spec[1:]))
        else:
            arrays.append(points(spec, rng) if isinstance(spec, tuple) else np.array(spec, dtype=float))
    return arrays


def check(
    function: Callable[..., Any], *specs: Any, order: int = 2, seed: int = 0, rtol: float = 1e-7, float32: bool = True
) -> None:
    """Check a function in both modes: its value, its derivatives, and the derivatives of its derivatives.

    Parameters
    ----------
    function : callable
        Of arrays, plain or tracked; its value is an array, or a tuple, list or dict of arrays.
    *specs : tuple or array_like
        One an argument: a shape, a shape with bounds `((3, 2), 0.5, 2.0)`, or the array itself.
    order : int
        How often to differentiate.
    seed : int
    rtol : float
        How far differences may be away, relative to the size of the derivative.
    float32 : bool
        Try float32 too.
    """
    arrays = spread(*specs, seed=seed)
    for array in arrays:
        array.flags.writeable = False  # a rule that writes into its arguments raises
    before = [array.copy() for array in arrays]
    _check(function, arrays, order, np.random.default_rng(seed + 1), rtol)
    if float32:
        _check_float32(function, arrays, np.random.default_rng(seed + 2))
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def _check(function: Callable[..., Any], arrays: list[Any], order: int, rng: Any, rtol: float) -> None:
    _check_value(function, arrays)
    subsets = {*combinations(range(len(arrays)), 1), tuple(range(len(arrays)))}
    for subset in sorted(subsets):
        _check_subset(_restricted(function, arrays, subset), [arrays[k] for k in subset], order, rng, rtol)


def _restricted(function: Callable[..., Any], arrays: list[Any], subset: tuple[int, ...]) -> Callable[..., Any]:
    """The function of some of its arguments, the others constant."""

    def restricted(*xs: Any) -> Any:
        given = list(arrays)
        for k, x in zip(subset, xs, strict=True):
            given[k] = x
        return function(*given)

    return restricted


def _check_value(function: Callable[..., Any], arrays: list[Any]) -> None:
    with np.errstate(all="ignore"):
        expected = leaves(function(*arrays))
        found = leaves(tape.vjp(function, *arrays)[0])
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert np.shape(one) == np.shape(other)
        assert np.asarray(one).dtype == np.asarray(other).dtype
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


def _check_subset(function: Callable[..., Any], arrays: list[Any], order: int, rng: Any, rtol: float) -> None:
    value, pullback = tape.vjp(function, *arrays)
    cotangent = _random_like(value, rng)
    tangents = [_random_like(array, rng) for array in arrays]
    pulled = pullback(cotangent)
    for array, g in zip(arrays, pulled, strict=True):
        assert np.shape(g) == array.shape
        assert np.asarray(g).dtype == array.dtype
    with np.errstate(all="ignore"):
        _, pushed = tape.jvp(function, arrays, tangents)
    for v, y in zip(leaves(pushed), leaves(value), strict=True):
        assert np.shape(v) == np.shape(y)
    backward, forward = _dot(pulled, tuple(tangents)), _dot(cotangent, pushed)
    scale = _size(pulled, tuple(tangents)) + _size(cotangent, pushed) + 1e-6
    assert abs(backward - forward) <= 1e-11 * scale, f"backward {backward!r}, forward {forward!r}"
    difference = _difference(lambda h: _dot(cotangent, function(*[x + h * v for x, v in zip(arrays, tangents, strict=True)])))
    assert abs(backward - difference) <= rtol * scale, f"derivative {backward!r}, difference {difference!r}"
    if order > 1:
        _check(lambda *xs: tape.vjp(function, *xs)[1](cotangent), arrays, order - 1, rng, rtol)
        _check(lambda *xs: tape.jvp(function, xs, tangents)[1], arrays, order - 1, rng, rtol)


def _check_float32(function: Callable[..., Any], arrays: list[Any], rng: Any) -> None:
    value, pullback = tape.vjp(function, *arrays)
    cotangent = _random_like(value, rng)
    narrow = [array.astype(np.float32) for array in arrays]
    narrow_value, narrow_pullback = tape.vjp(function, *narrow)
    narrow_cotangent = rebuild(
        narrow_value, iter([c.astype(np.asarray(y).dtype) for c, y in zip(leaves(cotangent), leaves(narrow_value), strict=True)])
    )
    for expected, g in zip(pullback(cotangent), narrow_pullback(narrow_cotangent), strict=True):
        assert np.asarray(g).dtype == np.float32
        np.testing.assert_allclose(g, expected, rtol=2e-3, atol=2e-3 * (1 + float(np.max(np.abs(expected), initial=0))))
    _, pushed = tape.jvp(function, narrow, [np.ones_like(array) for array in narrow])
    for v, y in zip(leaves(pushed), leaves(narrow_value), strict=True):
        assert np.asarray(v).dtype == np.asarray(y).dtype, f"tangent {np.asarray(v).dtype}, value {np.asarray(y).dtype}"


def _random_like(tree: Any, rng: Any) -> Any:
    return rebuild(tree, iter([np.asarray(rng.standard_normal(np.shape(leaf)))[()] for leaf in leaves(tree)]))


def _dot(one: Any, other: Any) -> float:
    return float(sum(np.sum(np.asarray(a) * np.asarray(b)) for a, b in zip(leaves(one), leaves(other), strict=True)))


def _size(one: Any, other: Any) -> float:
    return float(sum(np.sum(np.abs(np.asarray(a) * np.asarray(b))) for a, b in zip(leaves(one), leaves(other), strict=True)))


def _difference(phi: Callable[[float], float]) -> float:
    """The derivative at 0 by central differences, extrapolated once (Richardson 1911)."""
    with np.errstate(all="ignore"):
        wide, narrow = [(phi(h) - phi(-h)) / (2 * h) for h in (STEP, STEP / 2)]
    return (4 * narrow - wide) / 3
