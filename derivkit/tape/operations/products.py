"""Products of arrays: of matrices, of vectors, along axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.operations.contraction import contract
from derivkit.tape.operations.einsum import einsum, multiply_all
from derivkit.tape.tensor import apply


def turned(x: Any) -> Any:
    """Every matrix of a stack transposed."""
    return np.swapaxes(x, -1, -2)


def _pull_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Of `a @ b` to a."""
    if b.ndim == 1:
        return np.expand_dims(g, -1) * b
    if a.ndim == 1:
        return np.squeeze(np.matmul(b, np.expand_dims(g, -1)), -1)
    if a.ndim == 2 and b.ndim > 2:  # the batch is summed over in one product
        return np.tensordot(g, b, axes=((*range(g.ndim - 2), g.ndim - 1), (*range(b.ndim - 2), b.ndim - 1)))
    return np.matmul(g, turned(b))


def _pull_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Of `a @ b` to b."""
    if a.ndim == 1:
        return np.expand_dims(a, -1) * np.expand_dims(g, -2) if b.ndim > 1 else a * g
    if b.ndim == 1:
        return np.tensordot(g, a, axes=g.ndim) if g.ndim > 1 else np.matmul(g, a)
    if b.ndim == 2 and a.ndim > 2:
        batch = tuple(range(a.ndim - 1))
        return np.tensordot(a, g, axes=(batch, batch))
    return np.matmul(turned(a), g)


MATMUL = Structural("matmul", np.matmul, (_pull_left, _pull_right))
CROSS = Structural(
    "cross",  # g . (a x b) = a . (b x g) = b . (g x a)
    np.linalg.cross,
    (lambda g, y, a, b: np.linalg.cross(b, g), lambda g, y, a, b: np.linalg.cross(g, a)),
)


@implements(np.matmul, np.linalg.matmul)
def matmul(x1: Any, x2: Any, /) -> Any:
    """`numpy.matmul`, the operator `@`."""
    return apply(MATMUL, (x1, x2))


@implements(np.vecdot, np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1, keepdims: bool = False) -> Any:
    """`numpy.vecdot`."""
    x1, x2 = (np.moveaxis(as_array(x), axis, -1) for x in (x1, x2))
    found = einsum("...i,...i->...", x1, x2)
    return np.expand_dims(found, axis) if keepdims else found


def matvec(x1: Any, x2: Any, /) -> Any:
    """`numpy.matvec`: each matrix of a stack times its vector."""
    return einsum("...ij,...j->...i", x1, x2)


def vecmat(x1: Any, x2: Any, /) -> Any:
    """`numpy.vecmat`: each vector of a stack times its matrix."""
    return einsum("...i,...ij->...j", x1, x2)


for _name, _face in (("matvec", matvec), ("vecmat", vecmat)):
    if hasattr(np, _name):  # since NumPy 2.2
        implements(getattr(np, _name))(_face)


@implements(np.dot)
def dot(a: Any, b: Any, out: None = None) -> Any:
    """`numpy.dot`."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(b) == 1 or (np.ndim(a) <= 2 and np.ndim(b) == 2):
        return apply(MATMUL, (a, b))
    return tensordot(a, b, axes=((-1,), (-2,)))


@implements(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """`numpy.inner`."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return tensordot(a, b, axes=((-1,), (-1,)))


@implements(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """`numpy.vdot`."""
    return apply(MATMUL, (np.ravel(a), np.ravel(b)))


@implements(np.outer)
def outer(a: Any, b: Any, out: None = None) -> Any:
    """`numpy.outer`."""
    return np.multiply(np.reshape(a, (-1, 1)), np.reshape(b, (1, -1)))


@implements(np.linalg.outer)
def outer_of_vectors(x1: Any, x2: Any, /) -> Any:
    """`numpy.linalg.outer`."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(f"outer needs two vectors, not arrays of shapes {np.shape(x1)} and {np.shape(x2)}")
    return outer(x1, x2)


@implements(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """`numpy.tensordot`."""
    a, b = as_array(a), as_array(b)
    if isinstance(axes, int | np.integer):
        axes_a, axes_b = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    else:
        axes_a, axes_b = (tuple(int(k) for k in np.atleast_1d(one)) for one in axes)
    axes_a, axes_b = (tuple(normalize_axis_index(k, x.ndim) for k in own) for x, own in ((a, axes_a), (b, axes_b)))
    if [a.shape[k] for k in axes_a] != [b.shape[k] for k in axes_b]:
        raise ValueError(f"tensordot: axes {axes_a} of shape {a.shape} do not match axes {axes_b} of shape {b.shape}")
    labels_a = tuple(range(a.ndim))
    labels_b = tuple(axes_a[axes_b.index(k)] if k in axes_b else a.ndim + k for k in range(b.ndim))
    out = tuple(k for k in labels_a if k not in axes_a) + tuple(k for k in labels_b if k >= a.ndim)
    return contract(a, b, labels_a, labels_b, out)


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    """`numpy.kron`."""
    a, b = as_array(a), as_array(b)
    ndim = max(a.ndim, b.ndim)
    long_a, long_b = ((1,) * (ndim - x.ndim) + x.shape for x in (a, b))
    product = np.reshape(a, [n for pair in long_a for n in (pair, 1)]) * np.reshape(b, [n for pair in long_b for n in (1, pair)])
    return np.reshape(product, tuple(n * m for n, m in zip(long_a, long_b, strict=True)))


@implements(np.linalg.cross)
def cross_along(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """`numpy.linalg.cross`."""
    return cross(x1, x2, axis=axis)


@implements(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """`numpy.cross` of vectors in three dimensions."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(as_array(a), axisa, -1), np.moveaxis(as_array(b), axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(f"cross needs vectors of three elements, not arrays of shapes {a.shape} and {b.shape}")
    return np.moveaxis(apply(CROSS, (a, b)), -1, axisc)


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: None = None) -> Any:
    """`numpy.linalg.multi_dot`."""
    arrays = [as_array(x) for x in arrays]
    labels = [(k, k + 1) for k in range(len(arrays))]
    vectors = {0} if arrays[0].ndim == 1 else set()
    vectors |= {len(arrays)} if arrays[-1].ndim == 1 else set()
    kept = [tuple(k for k in pair if k not in vectors) for pair in (*labels, (0, len(arrays)))]
    return multiply_all(arrays, tuple(kept[:-1]), kept[-1])


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """`numpy.linalg.matrix_power`, by repeated squaring."""
    if n < 0:
        return matrix_power(np.linalg.inv(a), -n)
    if n == 0:
        return np.linalg.matrix_power(np.zeros_like(a), 0) + np.zeros_like(a)
    power = square = None
    while n:
        square = a if square is None else square @ square
        if n % 2:
            power = square if power is None else power @ square
        n //= 2
    return power
