"""The same elements in another shape or order."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply

RESHAPE = Structural("reshape", np.reshape, (lambda g, y, x, shape: np.reshape(g, x.shape),))
BROADCAST = Structural("broadcast_to", np.broadcast_to, (lambda g, y, x, shape: g,))  # the sweep sums what was broadcast
STACK = Structural(
    "stack", lambda *arrays, axis: np.stack(arrays, axis), lambda k, g, y, *arrays, axis: np.take(g, k, axis), additive=True
)
ASTYPE = Structural("astype", lambda x, dtype: x.astype(dtype), (lambda g, y, x, dtype: g,))  # the sweep restores the type


@implements(np.reshape)
def reshape(a: Any, /, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    """`numpy.reshape`."""
    return apply(RESHAPE, (a,), {"shape": shape})


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """`numpy.broadcast_to`."""
    return apply(BROADCAST, (array,), {"shape": shape})


@implements(np.stack)
def stack(arrays: Any, axis: int = 0, out: None = None) -> Any:
    """`numpy.stack`."""
    return apply(STACK, tuple(arrays), {"axis": axis})


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """`numpy.expand_dims`."""
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    rest = iter(a.shape)
    ndim = a.ndim + len(axes)
    places = {k % ndim for k in axes}
    return np.reshape(a, tuple(1 if k in places else next(rest) for k in range(ndim)))


def astype(x: Any, dtype: Any) -> Any:
    """A tensor as another type of float."""
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"a tensor cannot become {np.dtype(dtype)}: it holds floats")
    return apply(ASTYPE, (x,), {"dtype": np.dtype(dtype)})
