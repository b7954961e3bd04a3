"""Reductions along axes, and what runs along them."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply

Axes = int | tuple[int, ...] | None


def spread(g: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    """A cotangent of a reduction, with the axes that were lost put back with length 1."""
    if keepdims or axis is None:
        return g if keepdims else np.reshape(g, (1,) * x.ndim)
    return np.expand_dims(g, axis)


SUM = Structural(
    "sum",
    np.sum,
    (lambda g, y, x, axis, keepdims: np.broadcast_to(spread(g, x, axis, keepdims), x.shape),),
)


@implements(np.sum, np.add.reduce)
def sum(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """`numpy.sum`."""
    return apply(SUM, (a,), {"axis": axis, "keepdims": keepdims})
