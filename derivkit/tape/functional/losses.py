"""Losses, as means."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.build import as_array
from derivkit.tape.functional.softmax import log_softmax, softmax, softmax_of_array
from derivkit.tape.operation import Elementwise, Structural
from derivkit.tape.tensor import Tensor, apply, plain


def _softmax_loss(x: Any, labels: Any) -> Any:
    """The mean of -log(softmax(x)) at the labels; to full precision where a label's number is the largest."""
    rows = np.arange(labels.size)
    x = x.reshape(labels.size, -1)
    x = x - np.max(x, axis=1, keepdims=True)
    own = x[rows, labels.ravel()]
    powers = np.exp(x, out=x)
    powers[rows, labels.ravel()] = 0
    others = np.sum(powers, axis=1)
    return np.mean(np.where(own == 0, np.log1p(others), np.log(np.exp(own) + others) - own), dtype=x.dtype)


def _softmax_slopes(x: Any, labels: Any) -> Any:
    if isinstance(x, Tensor):
        return (softmax(x) - (labels[..., None] == np.arange(x.shape[-1])).astype(x.dtype)) / labels.size
    slopes = softmax_of_array(x, -1)
    slopes.reshape(labels.size, -1)[np.arange(labels.size), labels.ravel()] -= 1
    slopes /= labels.size
    return slopes


SOFTMAX_LOSS = Structural(
    "softmax_cross_entropy",
    _softmax_loss,
    (lambda g, y, x, labels: g * _softmax_slopes(x, labels),),
    (lambda v, y, x, labels: np.sum(v * _softmax_slopes(x, labels)),),
)
SIGMOID_LOSS = Elementwise(
    "sigmoid_cross_entropy",
    lambda x, t: np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x))),
    (lambda f, y, x, t: (1 - t) * f.sigmoid(x) - t * f.sigmoid(-x), lambda f, y, x, t: -x),
)
HUBER = Elementwise(
    "huber",
    lambda r, delta: np.where(np.abs(r) <= delta, r * r / 2, delta * (np.abs(r) - delta / 2)),
    (lambda f, y, r, delta: np.clip(r, -delta, delta), None),
)


def softmax_cross_entropy(x: Any, labels: Any) -> Any:
    """The mean over rows of -log(softmax(x)) at the true class.

    Parameters
    ----------
    x : array_like, shape (..., k)
        Logits: any numbers, not probabilities.
    labels : array_like
        Whole numbers from 0 to k - 1, of shape (...); or probabilities of each class, of the shape of `x`.

    Returns
    -------
    Tensor or float

    Raises
    ------
    ValueError
        If shapes do not fit, or a label is no class.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> round(float(tape.functional.softmax_cross_entropy(np.array([[0.0, 0.0], [1e4, 0.0]]), [1, 0])), 12)  # log(2)/2
    0.34657359028
    """
    x, labels = as_array(x), as_array(labels)
    if x.ndim == 0:
        raise ValueError("softmax_cross_entropy: x needs an axis of classes, and is one number")
    if labels.shape == x.shape and (isinstance(labels, Tensor) or labels.dtype.kind == "f"):
        return -np.sum(labels * log_softmax(x)) / max(x.size // max(x.shape[-1], 1), 1)
    if labels.shape != x.shape[:-1]:
        raise ValueError(
            f"softmax_cross_entropy: x has shape {x.shape}, so labels need shape {x.shape[:-1]} (classes) or "
            f"{x.shape} (probabilities), not {labels.shape}"
        )
    return apply(SOFTMAX_LOSS, (x,), {"labels": _classes(plain(labels), x.shape[-1])})


def _classes(labels: Any, count: int) -> Any:
    whole = np.asarray(labels).astype(np.intp)
    if np.any(whole != labels) or np.any((whole < 0) | (whole >= count)):
        wrong = np.asarray(labels)[(whole != labels) | (whole < 0) | (whole >= count)].ravel()[0]
        raise ValueError(f"softmax_cross_entropy: labels are whole numbers from 0 to {count - 1}, not {wrong}")
    return whole


def sigmoid_cross_entropy(x: Any, labels: Any) -> Any:
    """The mean over elements of -labels log(sigmoid(x)) - (1 - labels) log(1 - sigmoid(x)).

    Parameters
    ----------
    x : array_like
        Logits: any numbers, not probabilities.
    labels : array_like
        Numbers from 0 to 1, of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> from derivkit import tape
    >>> round(float(tape.functional.sigmoid_cross_entropy([-1e4, 0.0], [1, 0])), 9)
    5000.34657359
    """
    return np.mean(apply(SIGMOID_LOSS, _alike("sigmoid_cross_entropy", x, labels, "x", "labels")))


def binary_cross_entropy_with_logits(x: Any, labels: Any) -> Any:
    """`sigmoid_cross_entropy`, under PyTorch's name.

    Examples
    --------
    >>> from derivkit import tape
    >>> float(tape.functional.binary_cross_entropy_with_logits([0.0], [1]))
    0.6931471805599453
    """
    return sigmoid_cross_entropy(x, labels)


def mean_squared_error(a: Any, b: Any) -> Any:
    """The mean of (a - b)^2 over all elements.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> from derivkit import tape
    >>> float(tape.functional.mean_squared_error([1.0, 2.0], [1.0, 4.0]))
    2.0
    """
    a, b = _alike("mean_squared_error", a, b)
    return np.mean(np.square(a - b))


def huber(a: Any, b: Any, delta: float = 1.0) -> Any:
    """The mean over elements of (a - b)^2/2, and of delta (|a - b| - delta/2) beyond delta (Huber 1964).

    Raises
    ------
    ValueError
        If the shapes differ, or delta is not positive.

    Examples
    --------
    >>> from derivkit import tape
    >>> float(tape.functional.huber([1.0, 2.0], [1.0, 4.0]))
    0.75
    """
    if not delta > 0:
        raise ValueError(f"huber: delta must be positive, and is {delta}")
    a, b = _alike("huber", a, b)
    return np.mean(apply(HUBER, (a - b, float(delta))))


def _alike(name: str, a: Any, b: Any, first: str = "a", second: str = "b") -> tuple[Any, Any]:
    a, b = as_array(a), as_array(b)
    if a.shape != b.shape:
        raise ValueError(f"{name}: {first} has shape {a.shape} and {second} shape {b.shape}; they must be the same")
    return a, b
