"""Differences, integrals, interpolation and convolution of sampled functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply, plain

MISSING: Any = np._NoValue  # NumPy's default where None would have a meaning


# Differences.


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = MISSING, append: Any = MISSING) -> Any:
    """`numpy.diff`."""
    if n == 0:
        return a
    a = as_array(a)
    if n < 0 or a.ndim == 0:
        raise ValueError(f"diff needs an order of at least 0 and at least one axis, not order {n} and shape {a.shape}")
    axis = normalize_axis_index(axis, a.ndim)
    parts = [_end(prepend, a.shape, axis), a, _end(append, a.shape, axis)]
    x = np.moveaxis(np.concatenate([part for part in parts if part is not MISSING], axis), axis, -1)
    for _ in range(n):
        x = x[..., 1:] - x[..., :-1]
    return np.moveaxis(x, -1, axis)


def _end(end: Any, shape: tuple[int, ...], axis: int) -> Any:
    return end if end is MISSING or np.ndim(end) else np.broadcast_to(end, (*shape[:axis], 1, *shape[axis + 1 :]))


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """`numpy.ediff1d`."""
    gaps = diff(np.ravel(ary))
    return np.concatenate([np.ravel(part) for part in (to_begin, gaps, to_end) if part is not None])


@implements(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """`numpy.gradient`: differences of second order inside, of the order asked for at the ends."""
    f = as_array(f)
    f = f if f.dtype.kind == "f" else f.astype(float)
    axes = normalize_axis_tuple(range(f.ndim) if axis is None else axis, f.ndim)
    spacings = varargs if len(varargs) > 1 else (varargs or (1.0,)) * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"gradient needs one spacing for all axes or one for each of {len(axes)}, not {len(spacings)}")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient knows edge_order 1 and 2, not {edge_order}")
    slopes = [_slope(f, h, axis, edge_order) for axis, h in zip(axes, spacings, strict=True)]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slope(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    y = np.moveaxis(f, axis, -1)
    n = y.shape[-1]
    if n <= edge_order:
        raise ValueError(f"gradient needs at least {edge_order + 1} elements along axis {axis}, not {n}")
    if np.ndim(spacing) > 1 or (np.ndim(spacing) and np.shape(spacing)[0] != n):
        raise ValueError(f"gradient needs {n} coordinates along axis {axis}, not an array of shape {np.shape(spacing)}")
    if type(spacing) in (int, float):
        spacing = y.dtype.type(spacing)  # a Python number changes no type
    h = diff(spacing) if np.ndim(spacing) else np.broadcast_to(spacing, (n - 1,))
    slopes = diff(y) / h
    before, after = h[:-1], h[1:]
    inside = (after * slopes[..., :-1] + before * slopes[..., 1:]) / (before + after)
    first, last = slopes[..., :1], slopes[..., -1:]
    if edge_order == 2:  # the parabola through the three outermost points
        first = first + h[:1] / (h[:1] + h[1:2]) * (first - slopes[..., 1:2])
        last = last + h[-1:] / (h[-1:] + h[-2:-1]) * (last - slopes[..., -2:-1])
    return np.moveaxis(np.concatenate((first, inside, last), -1), -1, axis)


# Integrals.


@implements(np.trapezoid, getattr(np, "trapz", None))
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """`numpy.trapezoid`."""
    y = as_array(y)
    if x is None:
        gaps = dx
    elif np.ndim(x) == 1:
        gaps = np.reshape(diff(x), (-1, *(1,) * (y.ndim - 1 - normalize_axis_index(axis, y.ndim))))
    else:
        gaps = diff(x, axis=axis)
    heights = np.moveaxis(y, axis, -1)
    middles = np.moveaxis(heights[..., 1:] + heights[..., :-1], -1, axis) / 2
    return np.sum(gaps * middles, axis=axis)


# Interpolation.


@implements(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """`numpy.interp`: straight lines between points.

    At a point of xp, a kink, the derivative is that of the piece to its right; at the last point of the piece to its left. Beyond
    the ends the value is constant.
    """
    x, xp, fp = as_array(x), as_array(xp), as_array(fp)
    if xp.ndim != 1 or fp.ndim != 1 or xp.shape != fp.shape or not xp.size:
        raise ValueError(f"interp needs as many values as points, in one axis each, not shapes {fp.shape} and {xp.shape}")
    if period is not None:
        x, xp, fp, left, right = *_periodic(x, xp, fp, period), None, None
    left, right = fp[0] if left is None else left, fp[-1] if right is None else right
    at, points = plain(x), plain(xp)
    below, above = at < points[0], at > points[-1]
    if xp.size == 1:
        inside = fp[0] + 0 * x
    else:
        k = np.clip(np.searchsorted(points, at, side="right") - 1, 0, xp.size - 2)
        inside = fp[k] + (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k]) * (x - xp[k])
    return np.where(below, left, np.where(above, right, inside))


def _periodic(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """One period of the points, in order, with the last before and the first after it."""
    if period == 0:
        raise ValueError("interp needs a period other than 0")
    period = np.abs(period)
    x, xp = np.remainder(x, period), np.remainder(xp, period)
    order = np.argsort(plain(xp))
    xp, fp = xp[order], fp[order]
    return x, np.concatenate((xp[-1:] - period, xp, xp[:1] + period)), np.concatenate((fp[-1:], fp, fp[:1]))


# Convolution. Each cotangent is a correlation of the other two, cut to the part that counts.


def _full(g: Any, x: Any, v: Any, mode: str) -> Any:
    """A cotangent of a part of the full convolution as one of the whole."""
    missing = x.shape[0] + v.shape[0] - 1 - g.shape[0]
    shortest = min(x.shape[0], v.shape[0])
    before = {"full": 0, "same": (shortest - 1) // 2, "valid": shortest - 1}[mode]
    return np.pad(g, (before, missing - before)) if missing else g


CONVOLVE = Structural(
    "convolve",
    np.convolve,
    (
        lambda g, y, a, v, mode: np.convolve(_full(g, a, v, mode), v[::-1], "valid"),
        lambda g, y, a, v, mode: np.convolve(_full(g, a, v, mode), a[::-1], "valid"),
    ),
)


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """`numpy.convolve`."""
    a, v = (np.atleast_1d(as_array(x)) for x in (a, v))
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise ValueError(f"convolve needs two vectors with elements, not arrays of shapes {a.shape} and {v.shape}")
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"convolve knows the modes full, same and valid, not {mode!r}")
    return apply(CONVOLVE, (a, v), {"mode": mode})


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """`numpy.correlate`."""
    a, v = (np.atleast_1d(as_array(x)) for x in (a, v))
    if v.shape[0] > a.shape[0]:
        return convolve(v, a[::-1], mode)[::-1]
    return convolve(a, v[::-1], mode)
