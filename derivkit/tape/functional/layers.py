"""Layers of neural networks: linear maps, dropout, normalizations."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from derivkit.tape.build import as_array
from derivkit.tape.operation import Structural
from derivkit.tape.operations.svd import unused
from derivkit.tape.tensor import apply, plain

Axes = int | tuple[int, ...]


def _linear(x: Any, W: Any, b: Any) -> Any:
    y = np.matmul(x, W)
    y += b
    return y


def _inputs_by_outputs(x: Any, g: Any) -> Any:
    """Products of inputs and cotangents, summed over all rows; of one axis of rows the quicker way."""
    if x.ndim == 2:
        return np.matmul(x.T, g)
    return np.tensordot(x, g, axes=(range(x.ndim - 1), range(g.ndim - 1)))


LINEAR = Structural(
    "linear",
    _linear,
    (
        lambda g, y, x, W, b: np.matmul(g, W.T),
        lambda g, y, x, W, b: _inputs_by_outputs(x, g),
        lambda g, y, x, W, b: g,
    ),
    (lambda v, y, x, W, b: np.matmul(v, W), lambda v, y, x, W, b: np.matmul(x, v), lambda v, y, x, W, b: v),
)


def linear(x: Any, W: Any, b: Any = None) -> Any:
    """x W + b.

    Parameters
    ----------
    x : array_like, shape (..., in)
    W : array_like, shape (in, out)
    b : array_like, shape (out,), optional

    Returns
    -------
    Tensor or array, shape (..., out)

    Raises
    ------
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import linear
    >>> linear(np.ones((2, 3)), np.ones((3, 1)), np.array([0.5]))
    array([[3.5],
           [3.5]])
    """
    x, W = as_array(x), as_array(W)
    if W.ndim != 2 or x.ndim == 0 or x.shape[-1] != W.shape[0]:
        raise ValueError(f"linear: x has shape {x.shape} and W shape {W.shape}; (..., in) and (in, out) are needed")
    if b is None:
        return np.matmul(x, W)
    b = as_array(b)
    if b.shape != W.shape[1:]:
        raise ValueError(f"linear: W has shape {W.shape} and b shape {b.shape}; b needs shape {W.shape[1:]}")
    if x.ndim == 1 or np.result_type(plain(x), plain(W)) != np.result_type(plain(x), plain(W), plain(b)):
        return np.matmul(x, W) + b
    return apply(LINEAR, (x, W, b))


def dropout(x: Any, rate: float, *, rng: Any, training: bool) -> Any:
    """Elements set to zero at random, the others scaled up so that the mean stays (Srivastava et al. 2014, inverted).

    Parameters
    ----------
    x : array_like
    rate : float
        The probability of zero, from 0 to 1.
    rng : numpy.random.Generator
    training : bool
        Without, x is returned as it is.

    Raises
    ------
    ValueError
        If the rate is no probability.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import dropout
    >>> dropout(np.ones(4), 0.5, rng=np.random.default_rng(0), training=True)
    array([2., 0., 0., 0.])
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"dropout: rate is a probability, from 0 to 1, and is {rate}")
    x = as_array(x)
    if not training or rate == 0:
        return x
    kept = rng.random(x.shape) >= rate
    return x * (kept / (1 - rate if rate < 1 else 1.0)).astype(x.dtype if x.dtype.kind == "f" else float)


def _normalized(x: Any, axes: Axes, eps: float) -> tuple[Any, Any, Any]:
    """(x - mean)/sqrt(variance + eps), the mean and the variance; axes are kept."""
    mean = np.mean(x, axis=axes, keepdims=True)
    centred = x - mean
    variance = np.mean(np.square(centred), axis=axes, keepdims=True)
    centred /= np.sqrt(variance + eps)
    return centred, mean, variance


def _pull_normalized(g: tuple[Any, ...], y: tuple[Any, ...], x: Any, axes: Axes, eps: float) -> Any:
    g_y, g_mean, g_variance = g
    normal, mean, variance = y
    scale = np.sqrt(variance + eps)
    means = np.mean(g_y, axis=axes, keepdims=True), np.mean(g_y * normal, axis=axes, keepdims=True)
    total = (g_y - means[0] - normal * means[1]) / scale
    if not unused(g_mean) or not unused(g_variance):
        count = plain(x).size // max(plain(mean).size, 1)
        total = total + (g_mean + 2 * g_variance * (x - mean)) / count
    return total


def _push_normalized(v: Any, y: tuple[Any, ...], x: Any, axes: Axes, eps: float) -> tuple[Any, ...]:
    normal, _, variance = y
    scale = np.sqrt(variance + eps)
    d_mean, along = np.mean(v, axis=axes, keepdims=True), np.mean(v * normal, axis=axes, keepdims=True)
    return (v - d_mean - normal * along) / scale, d_mean, 2 * along * scale


NORMALIZE = Structural("normalize", _normalized, (_pull_normalized,), (_push_normalized,), multiple=True)


def layer_norm(x: Any, gamma: Any = None, beta: Any = None, *, axis: Axes = -1, eps: float = 1e-5) -> Any:
    """x brought to mean 0 and variance 1 along axes, times gamma, plus beta (Ba, Kiros and Hinton, arXiv:1607.06450).

    Parameters
    ----------
    x : array_like
    gamma, beta : array_like, optional
        Of the lengths of `x` along `axis`.
    axis : int or tuple of int
    eps : float
        Added to the variance.

    Raises
    ------
    ValueError
        If shapes do not fit, or `x` has no such axis.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import layer_norm
    >>> layer_norm(np.array([1.0, 3.0]), np.ones(2), np.zeros(2), eps=0.0)
    array([-1.,  1.])
    """
    x = as_array(x)
    axes = normalize_axis_tuple(axis, x.ndim)
    return _scaled("layer_norm", apply(NORMALIZE, (x,), {"axes": axes, "eps": eps})[0], gamma, beta, axes)


def batch_norm(
    x: Any, gamma: Any, beta: Any, mean: Any, var: Any, *, training: bool, decay: float = 0.9, eps: float = 2e-5
) -> tuple[Any, Any, Any]:
    """x brought to mean 0 and variance 1 in each feature, times gamma, plus beta (Ioffe and Szegedy, arXiv:1502.03167).

    Parameters
    ----------
    x : array_like, shape (n, d) or (n, d, ...)
    gamma, beta : array_like, shape (d,)
    mean, var : array_like, shape (d,)
        Running averages over earlier batches.
    training : bool
        Normalize by the mean and the variance of this batch; without, by the running averages.
    decay : float
        Weight of the old averages in the new ones.
    eps : float
        Added to the variance.

    Returns
    -------
    y : Tensor or array, shape of x
    new_mean, new_var : array, shape (d,)
        Without history; the variance of the batch counts with n - 1.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import batch_norm
    >>> y, mean, var = batch_norm(np.array([[1.0], [3.0]]), [1.0], [0.0], [0.0], [1.0], training=True, eps=0.0)
    >>> y.ravel(), mean, var
    (array([-1.,  1.]), array([0.2]), array([1.1]))
    """
    x, mean, var = as_array(x), plain(as_array(mean)), plain(as_array(var))
    if x.ndim < 2 or mean.shape != x.shape[1:2] or var.shape != x.shape[1:2]:
        raise ValueError(f"batch_norm: shapes (n, d, ...) and (d,) are needed; x has {x.shape}, mean {mean.shape}, var {var.shape}")
    axes = (0, *range(2, x.ndim))
    if not training:
        inner = (-1, *(1,) * (x.ndim - 2))
        normal = (x - np.reshape(mean, inner)) / np.sqrt(np.reshape(var, inner) + eps)
        return _scaled("batch_norm", normal, gamma, beta, (1,)), np.array(mean), np.array(var)
    normal, batch_mean, batch_var = apply(NORMALIZE, (x,), {"axes": axes, "eps": eps})
    count = prod(x.shape[k] for k in axes)
    averages = [plain(batch_mean).reshape(-1), plain(batch_var).reshape(-1) * (count / max(count - 1, 1))]
    new_mean, new_var = (decay * old + (1 - decay) * new for old, new in zip((mean, var), averages, strict=True))
    return _scaled("batch_norm", normal, gamma, beta, (1,)), new_mean, new_var


def _scaled(name: str, normal: Any, gamma: Any, beta: Any, axes: tuple[int, ...]) -> Any:
    """gamma y + beta, with gamma and beta along some axes of y."""
    lengths = tuple(normal.shape[k] for k in axes)
    inner = tuple(n if k in axes else 1 for k, n in enumerate(normal.shape))
    for label, weight in (("gamma", gamma), ("beta", beta)):
        if weight is None:
            continue
        weight = as_array(weight)
        if weight.shape != lengths:
            raise ValueError(f"{name}: {label} has shape {weight.shape}; x has shape {normal.shape}, so shape {lengths} is needed")
        weight = weight if inner[-len(lengths) :] == lengths else np.reshape(weight, inner)
        normal = normal * weight if label == "gamma" else normal + weight
    return normal
