"""Sums of exponentials and what is divided by them, without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.build import as_array
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply, plain

Axes = int | tuple[int, ...] | None


def _shifted(x: Any, axis: Axes) -> tuple[Any, Any]:
    """exp(x - m) and the largest m, or 0 where that is infinite."""
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0).astype(m.dtype)
    powers = np.asarray(x - m)
    return np.exp(powers, out=powers), m


def softmax_of_array(x: Any, axis: Axes) -> Any:
    """`softmax` of a plain array, as a new array."""
    powers, _ = _shifted(x, axis)
    powers /= np.sum(powers, axis=axis, keepdims=True)
    return powers


def _log_softmax(x: Any, axis: Axes) -> Any:
    powers, m = _shifted(x, axis)
    return x - m - np.log(np.sum(powers, axis=axis, keepdims=True))


def _logsumexp(x: Any, axis: Axes) -> Any:
    """With the axes kept."""
    powers, m = _shifted(x, axis)
    with np.errstate(divide="ignore"):
        return m + np.log(np.sum(powers, axis=axis, keepdims=True))


def _weights(y: Any, x: Any, axis: Axes) -> Any:
    """exp(x - y); where y is infinite equal shares of what is, and 0 of minus infinity alone."""
    top = plain(y)
    infinite = np.isinf(top)
    if not np.any(infinite):
        return np.exp(x - y)
    equal = (plain(x) == top) & (top > 0)
    shares = equal / np.maximum(np.sum(equal, axis=axis, keepdims=True), 1)
    return np.where(infinite, shares, np.exp(x - np.where(infinite, 0.0, y)))


SOFTMAX = Structural(
    "softmax",
    lambda x, axis: softmax_of_array(x, axis)[()],
    (lambda g, y, x, axis: y * (g - np.sum(g * y, axis=axis, keepdims=True)),),
    (lambda v, y, x, axis: y * (v - np.sum(v * y, axis=axis, keepdims=True)),),
)
LOG_SOFTMAX = Structural(
    "log_softmax",
    _log_softmax,
    (lambda g, y, x, axis: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True),),
    (lambda v, y, x, axis: v - np.sum(v * np.exp(y), axis=axis, keepdims=True),),
)
LOGSUMEXP = Structural(
    "logsumexp",
    _logsumexp,
    (lambda g, y, x, axis: g * _weights(y, x, axis),),
    (lambda v, y, x, axis: np.sum(v * _weights(y, x, axis), axis=axis, keepdims=True),),
)


def softmax(x: Any, axis: Axes = -1) -> Any:
    """exp(x) divided by its sum along an axis.

    Parameters
    ----------
    x : array_like
    axis : int, tuple of int or None

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import softmax
    >>> softmax(np.array([1e4, 1e4, -1e4]))
    array([0.5, 0.5, 0. ])
    """
    return apply(SOFTMAX, (as_array(x),), {"axis": axis})


def log_softmax(x: Any, axis: Axes = -1) -> Any:
    """The logarithm of `softmax`.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import log_softmax
    >>> log_softmax(np.array([1e4, -1e4]))
    array([     0., -20000.])
    """
    return apply(LOG_SOFTMAX, (as_array(x),), {"axis": axis})


def logsumexp(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) along axes.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> round(float(tape.functional.logsumexp(np.array([1e4, 1e4]))) - 1e4, 9)
    0.693147181
    >>> tape.grad(tape.functional.logsumexp)(np.array([1e4, 1e4]))
    array([0.5, 0.5])
    """
    x = as_array(x)
    kept = apply(LOGSUMEXP, (x,), {"axis": axis})
    if keepdims:
        return kept
    return np.reshape(kept, ()) if axis is None else np.squeeze(kept, axis)
