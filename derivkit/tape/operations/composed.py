"""Functions that are made of others: statistics of several variables, counts, grids, functions of parts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.build import array, as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import missing_rule
from derivkit.tape.operations.indexing import gather, scatter
from derivkit.tape.tensor import plain, tracked

# Statistics.


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """`numpy.cov`."""
    rows = [_variables(one, rowvar) for one in (m, y) if one is not None]
    x = np.concatenate(rows, 0)
    x = x if dtype is None else x.astype(dtype)
    weights = [np.asarray(plain(fweights)) if fweights is not None else None, aweights]
    given = [w for w in weights if w is not None]
    if any(np.ndim(w) != 1 or np.shape(w)[0] != x.shape[1] for w in given):
        raise ValueError(
            f"cov needs one weight for each of {x.shape[1]} observations, not weights of {[np.shape(w) for w in given]}"
        )
    w = given[0] * given[1] if len(given) == 2 else given[0] if given else None
    ddof = (0 if bias else 1) if ddof is None else ddof
    total = x.shape[1] if w is None else np.sum(w)
    lost = ddof if aweights is None or not ddof else ddof * np.sum(w * aweights) / total
    centred = x - np.expand_dims(np.average(x, axis=1, weights=w), 1)
    weighted = centred if w is None else centred * w
    return np.squeeze(np.matmul(weighted, centred.T) / np.maximum(total - lost, 0))


def _variables(x: Any, rowvar: bool) -> Any:
    x = as_array(x)
    if x.ndim > 2:
        raise ValueError(f"cov needs an array of at most 2 axes, not {x.ndim}")
    x = np.atleast_2d(x)
    return x if rowvar or x.shape[0] == 1 else x.T


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """`numpy.corrcoef`."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    scale = np.sqrt(np.diagonal(c))
    found = c / scale[:, None] / scale
    return np.where(np.abs(plain(found)) > 1, np.sign(plain(found)), found)  # rounding alone leads beyond 1


# Counts.


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """`numpy.bincount`; derivatives pass through the weights."""
    places = np.asarray(plain(x))
    counts = np.bincount(places, minlength=minlength)
    if not tracked(weights):
        return np.bincount(places, plain(weights), minlength)
    if np.shape(weights) != places.shape:
        raise ValueError(f"bincount needs one weight for each of {places.shape[0]} elements, not shape {np.shape(weights)}")
    return scatter((places,), (weights,), counts.shape, weights.dtype)


@implements(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """`numpy.histogram` between fixed edges: counts are constant between jumps."""
    if tracked(a) and range is None and np.ndim(bins) == 0:
        missing_rule("numpy.histogram without fixed edges, given by bins or range,")
    if any(map(tracked, (bins, weights))) or any(map(tracked, range or ())):
        missing_rule("numpy.histogram with tracked edges or weights")
    return np.histogram(plain(a), plain(bins), plain(range), density, plain(weights))


# Grids.


@implements(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """`numpy.meshgrid`."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid knows the indexing xy and ij, not {indexing!r}")
    grids = [np.reshape(x, (1,) * k + (-1,) + (1,) * (len(xi) - k - 1)) for k, x in enumerate(xi)]
    if indexing == "xy" and len(xi) > 1:
        grids = [np.swapaxes(grid, 0, 1) for grid in grids]
    return tuple(grids) if sparse else np.broadcast_arrays(*grids)


@implements(np.linspace)
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0, *,
    device: Any = None,
) -> Any:  # fmt: skip
    """`numpy.linspace`."""
    if num < 0:
        raise ValueError(f"linspace needs a number of at least 0, not {num}")
    start, stop = np.broadcast_arrays(as_array(start), as_array(stop))
    gaps = num - 1 if endpoint else num
    weights = np.reshape(np.arange(num) / max(gaps, 1), (-1, *(1,) * start.ndim)).astype((start + stop).dtype)
    grid = np.moveaxis(start + weights * (stop - start), 0, axis)
    if endpoint and num > 1:
        last = [k == num - 1 for k in range(num)]
        shape = [1] * grid.ndim
        shape[axis] = num
        grid = np.where(np.reshape(last, shape), np.expand_dims(stop, axis), grid)  # exactly
    grid = grid if dtype is None else grid.astype(dtype)
    return (grid, (stop - start) / gaps if gaps else np.full(start.shape, np.nan)) if retstep else grid


@implements(np.logspace)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """`numpy.logspace`."""
    base = as_array(base)
    exponents = linspace(*np.broadcast_arrays(start, stop, base)[:2], num, endpoint, axis=axis)
    found = np.power(np.expand_dims(base, axis) if base.ndim else base, exponents)
    return found if dtype is None else found.astype(dtype)


@implements(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """`numpy.geomspace`; both ends have the same sign."""
    start, stop = np.broadcast_arrays(as_array(start), as_array(stop))
    if np.any(start * stop <= 0):
        raise ValueError("geomspace needs two ends of the same sign, neither of them zero")
    sign = np.sign(plain(start))
    found = np.expand_dims(sign, axis) * np.exp(linspace(np.log(np.abs(start)), np.log(np.abs(stop)), num, endpoint, axis=axis))
    return found if dtype is None else found.astype(dtype)


# Functions of parts.


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """`numpy.piecewise`: each function sees only the elements for which its condition holds."""
    conditions = np.asarray(plain(condlist), bool)
    if conditions.ndim == 0 or (conditions.shape == np.shape(x) and conditions.ndim):
        conditions = conditions[None]
    conditions = np.broadcast_to(conditions, (len(conditions), *np.shape(x)))
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate((conditions, ~np.any(conditions, axis=0)[None]))
    if len(funclist) != len(conditions):
        raise ValueError(f"piecewise needs {len(conditions)} or {len(conditions) + 1} functions, not {len(funclist)}")
    flat, places, values = np.ravel(x), [np.empty(0, int)], [np.zeros(0, x.dtype)]
    for condition, function in zip(conditions, funclist, strict=True):
        here = np.flatnonzero(condition)
        value = function(flat[here], *args, **kw) if callable(function) else function
        places.append(here)
        values.append(np.broadcast_to(value, here.shape))
    return _last_written(places, values, np.shape(x), x.dtype)


def _last_written(places: list[Any], values: list[Any], shape: tuple[int, ...], dtype: Any) -> Any:
    """An array of zeros into which values are written one after another."""
    where, given = np.concatenate(places), np.concatenate([*values, np.zeros(1, dtype)])
    source = np.full(int(np.prod(shape)), where.size)
    source[where] = np.arange(where.size)
    return np.reshape(given[source], shape)


@implements(np.apply_along_axis)
def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`numpy.apply_along_axis`."""
    axis = normalize_axis_index(axis, arr.ndim)
    x = np.moveaxis(arr, axis, -1)
    outer = x.shape[:-1]
    if not all(outer):
        raise ValueError(f"apply_along_axis needs at least one row to apply a function to, not shape {arr.shape}")
    rows = [array(func1d(x[k], *args, **kwargs)) for k in product(*map(range, outer))]
    found = np.reshape(np.stack(rows), (*outer, *rows[0].shape))
    inner = range(len(outer), found.ndim)
    return np.moveaxis(found, tuple(inner), tuple(range(axis, axis + len(inner))))


@implements(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """`numpy.apply_over_axes`."""
    for axis in np.atleast_1d(axes):
        found = func(a, int(axis))
        a = found if found.ndim == a.ndim else np.expand_dims(found, int(axis))
    return a


@implements(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False) -> Any:
    """`numpy.lib.stride_tricks.sliding_window_view`."""
    places = np.arange(x.size).reshape(x.shape)
    return gather(x, np.lib.stride_tricks.sliding_window_view(places, window_shape, axis))
