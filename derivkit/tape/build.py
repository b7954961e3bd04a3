"""Arrays made of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.data import real
from derivkit.tape.tensor import Tensor, wrap


def array(nested: Any) -> Any:
    """A tensor from nested lists of tensors, arrays and numbers, as `numpy.array` makes an array; derivatives pass through.

    Parameters
    ----------
    nested : array_like
        Lists, tuples and arrays of objects, with tensors among them.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> tape.grad(lambda x: np.prod(tape.array([x, 2 * x, 3.0])))(1.0)
    np.float64(12.0)
    """
    if isinstance(nested, Tensor):
        return nested
    if isinstance(nested, np.ndarray) and nested.dtype == object:
        nested = nested.tolist()
    if not _holds_tensors(nested):
        return wrap(real(nested, copy=True), None)
    return np.stack([array(item) for item in nested])


def as_array(x: Any) -> Any:
    """A tensor as it is, anything else as an array."""
    return x if isinstance(x, Tensor) else np.asarray(x)


def _holds_tensors(nested: Any) -> bool:
    stack = [nested]
    while stack:
        item = stack.pop()
        if isinstance(item, Tensor):
            return True
        if isinstance(item, list | tuple) or (isinstance(item, np.ndarray) and item.dtype == object):
            stack.extend(item)
    return False
