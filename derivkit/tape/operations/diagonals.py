"""Diagonals and triangles."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply


def _key(length: int, offset: int) -> tuple[Any, ...]:
    """The key of `length` elements of a diagonal of the last two axes."""
    steps = np.arange(length)
    return (Ellipsis, steps + max(-offset, 0), steps + max(offset, 0))


def _embed(x: Any, offset: int, shape: tuple[int, ...]) -> Any:
    whole = np.zeros(shape, x.dtype)
    whole[_key(x.shape[-1], offset)] = x
    return whole


DIAGONAL = Structural(
    "diagonal",
    lambda x, offset: np.diagonal(x, offset, -2, -1),
    (lambda g, y, x, offset: embed(g, offset, x.shape),),
)
EMBED = Structural("diagonal matrix", _embed, (lambda g, y, x, offset, shape: np.diagonal(g, offset, -2, -1),))


def embed(x: Any, offset: int, shape: tuple[int, ...]) -> Any:
    """Zeros of a shape, with the elements of an array on a diagonal of the last two axes."""
    return apply(EMBED, (x,), {"offset": offset, "shape": tuple(shape)})


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """`numpy.diagonal`."""
    return apply(DIAGONAL, (np.moveaxis(a, (axis1, axis2), (-2, -1)),), {"offset": offset})


@implements(np.linalg.diagonal)
def diagonal_of_matrices(x: Any, /, *, offset: int = 0) -> Any:
    """`numpy.linalg.diagonal`."""
    return diagonal(x, offset, -2, -1)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """`numpy.diag`."""
    if v.ndim not in (1, 2):
        raise ValueError(f"diag needs a 1- or 2-dimensional array, not shape {v.shape}")
    if v.ndim == 2:
        return diagonal(v, k)
    length = v.shape[0] + abs(k)
    return embed(v, k, (length, length))


@implements(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """`numpy.diagflat`."""
    return diag(np.ravel(v), k)


@implements(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
    """`numpy.trace`."""
    return np.sum(diagonal(a, offset, axis1, axis2), -1, dtype=dtype)


@implements(np.linalg.trace)
def trace_of_matrices(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """`numpy.linalg.trace`."""
    return trace(x, offset, -2, -1, dtype)


TRIL = Structural("tril", np.tril, (lambda g, y, x, k: np.tril(g, k),))
TRIU = Structural("triu", np.triu, (lambda g, y, x, k: np.triu(g, k),))


@implements(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """`numpy.tril`."""
    return apply(TRIL, (m,), {"k": k})


@implements(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """`numpy.triu`."""
    return apply(TRIU, (m,), {"k": k})
