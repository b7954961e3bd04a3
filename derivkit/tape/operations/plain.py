"""Functions whose values are no derivatives' business: shapes, comparisons, positions. They are called on plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivkit.tape.data import read_only
from derivkit.tape.faces import implements
from derivkit.tape.tensor import Tensor, plain, tracked

FUNCTIONS = (
    np.all, np.allclose, np.any, np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.array2string, np.array_equal,
    np.array_equiv, np.array_repr, np.array_str, np.broadcast_shapes, np.can_cast, np.common_type, np.count_nonzero,
    np.diag_indices_from, np.digitize, np.einsum_path, np.empty_like, np.flatnonzero, np.isclose, np.iscomplex, np.iscomplexobj,
    np.isneginf, np.isposinf, np.isreal, np.isrealobj, np.isscalar, np.lexsort, np.min_scalar_type, np.nanargmax, np.nanargmin,
    np.ndim, np.nonzero, np.ones_like, np.result_type, np.searchsorted, np.shape, np.shares_memory, np.size, np.tril_indices_from,
    np.triu_indices_from, np.zeros_like,
)  # fmt: skip


def _readable(value: Any) -> Any:
    """A tensor as an array that nothing can be written into, should it stand in the place of `out`."""
    return read_only(value._array) if isinstance(value, Tensor) else plain(value)


def _on_plain(function: Any) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(_readable, args), **{name: _readable(value) for name, value in kwargs.items()})

    return call


for _function in FUNCTIONS:
    implements(_function)(_on_plain(_function))


@implements(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None) -> Any:
    """`numpy.full_like`; derivatives pass through what it is filled with."""
    if not tracked(fill_value):
        return np.full_like(plain(a), plain(fill_value), dtype, order, subok, shape)
    dtype = a.dtype if dtype is None else dtype
    return np.broadcast_to(fill_value, np.shape(a) if shape is None else shape).astype(dtype)
