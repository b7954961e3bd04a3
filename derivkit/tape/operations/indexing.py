"""Parts of arrays: indexing, and its transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import Tensor, apply, plain


def index(x: Any, key: Any) -> Any:
    """`x[key]`, by NumPy's basic or advanced indexing."""
    key = tuple(map(_key, key)) if isinstance(key, tuple) else _key(key)
    return apply(INDEX, (x,), {"key": key})


def _key(key: Any) -> Any:
    if isinstance(key, Tensor):
        raise IndexError("a tensor holds floats and cannot be an index; use t.numpy().astype(int)")
    return plain(key) if isinstance(key, list) else key


def scatter(keys: tuple[Any, ...], amounts: tuple[Any, ...], shape: tuple[int, ...], dtype: Any) -> Any:
    """Zeros of a shape, to which each amount is added at its key."""
    return apply(SCATTER, amounts, {"keys": keys, "shape": shape, "dtype": dtype})


def _scatter(*amounts: Any, keys: tuple[Any, ...], shape: tuple[int, ...], dtype: Any) -> Any:
    whole = np.zeros(shape, dtype)
    for key, amount in zip(keys, amounts, strict=True):
        if _basic(key):
            whole[key] += amount
        else:
            np.add.at(whole, key, amount)  # an element may be named more than once
    return whole


def _basic(key: Any) -> bool:
    """Whether a key names every element once: numbers, slices, masks."""
    keys = key if isinstance(key, tuple) else (key,)
    return all(isinstance(k, int | slice | np.integer) or k is None or k is Ellipsis or _is_mask(k) for k in keys)


def _is_mask(key: Any) -> bool:
    return isinstance(key, np.ndarray) and key.dtype == bool


INDEX = Structural(
    "indexing",
    lambda x, key: x[key],
    (lambda g, y, x, key: scatter((key,), (g,), x.shape, x.dtype),),
    (lambda v, y, x, key: v[key],),
    piece=True,
)
SCATTER = Structural(
    "scatter",
    _scatter,
    lambda k, g, y, *amounts, keys, shape, dtype: g[keys[k]],
    additive=True,
)


@implements(np.take)
def take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    """`numpy.take` of positions inside the axis."""
    if mode != "raise":
        size = np.size(a) if axis is None else a.shape[axis]
        indices = np.mod(indices, size) if mode == "wrap" else np.clip(indices, 0, size - 1)
    indices = np.asarray(indices)
    if axis is None:
        return np.ravel(a)[indices]
    return a[(slice(None),) * (axis % a.ndim) + (indices,)]


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """`numpy.take_along_axis`."""
    if axis is None:
        return np.ravel(arr)[np.asarray(indices)]
    axis %= arr.ndim
    key = [np.arange(n).reshape([-1 if k == j else 1 for j in range(arr.ndim)]) for k, n in enumerate(arr.shape)]
    return arr[tuple(indices if k == axis else position for k, position in enumerate(key))]
