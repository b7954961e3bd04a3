"""Norms of vectors and matrices. At 0, where a norm has a kink, the derivative is taken as 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply, plain

Axes = Any  # int, tuple of int, or None


def _norm(x: Any, p: float, axis: Axes) -> Any:
    """The p-norm along axes, which are kept."""
    if p == 2:
        return np.sqrt(np.sum(np.square(x), axis=axis, keepdims=True))
    return np.linalg.vector_norm(x, ord=p, axis=axis, keepdims=True)


def _slopes(y: Any, x: Any, p: float) -> Any:
    """The derivatives of a p-norm by each element."""
    safe = np.where(plain(y) == 0, 1, y)
    if p == 2:
        return x / safe
    return np.sign(x) * (np.abs(x) / safe) ** (p - 1)


NORM = Structural(
    "numpy.linalg.norm",
    _norm,
    (lambda g, y, x, p, axis: g * _slopes(y, x, p),),
    (lambda v, y, x, p, axis: np.sum(v * _slopes(y, x, p), axis=axis, keepdims=True),),
)


@implements(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Axes = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """`numpy.linalg.vector_norm`; the order 0, which counts, has no derivative."""
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is one of matrices; a vector has numbers, inf and -inf")
    if ord in (np.inf, -np.inf):
        return (np.max if ord > 0 else np.min)(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        raise NotImplementedError("numpy.linalg.norm with ord=0 counts elements and has no derivative; use np.count_nonzero")
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    kept = apply(NORM, (x,), {"p": float(ord), "axis": axis})
    return kept if keepdims else np.reshape(kept, _without(x.shape, axis))


@implements(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """`numpy.linalg.matrix_norm`."""
    if ord in ("fro", None):
        return vector_norm(x, axis=(-2, -1), keepdims=keepdims)
    if ord in ("nuc", 2, -2):
        reduction: Any = {"nuc": np.sum, 2: np.max, -2: np.min}[ord]
        value = reduction(np.linalg.svdvals(x), axis=-1)
    elif ord in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
        value = (np.max if ord > 0 else np.min)(sums, axis=-1)
    else:
        raise ValueError(f"norm: ord={ord!r} is none of 'fro', 'nuc', 2, -2, 1, -1, inf, -inf, which matrices have")
    return np.expand_dims(value, (-2, -1)) if keepdims else value


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """`numpy.linalg.norm`."""
    if axis is None and (ord is None or (ord == 2 and x.ndim == 1) or (ord == "fro" and x.ndim == 2)):
        return vector_norm(x, keepdims=keepdims)
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    if len(axes) == 1:
        return vector_norm(x, axis=axes[0], keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError(f"norm needs one axis or two, not {len(axes)}, of an array of shape {x.shape}")
    value = matrix_norm(np.moveaxis(x, axes, (-2, -1)), ord=ord)
    return np.expand_dims(value, tuple(k % x.ndim for k in axes)) if keepdims else value


def _without(shape: tuple[int, ...], axis: Axes) -> tuple[int, ...]:
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    gone = {k % len(shape) for k in axes}
    return tuple(n for k, n in enumerate(shape) if k not in gone)
