"""Largest and smallest elements, the order of elements, and what is made of it: medians and quantiles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod as product_of
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural, missing_rule
from derivkit.tape.operations.reductions import Axes, kept, reduced, spread
from derivkit.tape.tensor import apply, plain, tracked

# The largest and the smallest. Elements that tie have equal shares, which sum to one; where the value is NaN there are none.


def _shares(y: Any, x: Any, axis: Axes, initial: Any, where: Any) -> tuple[Any, Any]:
    """Which elements are the extreme one, and between how many it is shared; None if there are no ties."""
    value, reached = plain(y), plain(x) == plain(y)
    if where is not True:
        reached &= where
    if initial is None and np.count_nonzero(reached) == value.size and not np.isnan(value).any():
        return reached, None
    ties = np.sum(reached, axis=axis, keepdims=True)
    if initial is not None:
        ties += value == initial
    return reached, np.maximum(ties, 1).astype(value.dtype)


def _pull_extreme(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool, initial: Any = None, where: Any = True) -> Any:
    y, g = kept(x, y, g, axis, keepdims)
    reached, ties = _shares(y, x, axis, initial, where)
    return np.where(reached, g if ties is None else g / ties, 0)


def _push_extreme(v: Any, y: Any, x: Any, axis: Axes, keepdims: bool, initial: Any = None, where: Any = True) -> Any:
    reached, ties = _shares(spread(y, x, axis, keepdims), x, axis, initial, where)
    total = np.sum(np.where(reached, v, 0), axis=axis, keepdims=keepdims)
    return total if ties is None else total / np.reshape(ties, total.shape)


def _extreme(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    operation = Structural(name, function, (_pull_extreme,), (_push_extreme,))

    def face(a: Any, axis: Axes = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
        params: dict[str, Any] = {"axis": axis, "keepdims": bool(keepdims)}
        if tracked(initial):
            missing_rule(f"numpy.{name} with a tracked initial value")
        if initial is not None:
            params["initial"] = plain(initial)
        if where is not True:
            params["where"] = np.asarray(plain(where))
        return apply(operation, (a,), params)

    face.__name__, face.__doc__ = name, f"`numpy.{name}`."
    return face


max = implements(np.max, np.amax)(_extreme("max", np.maximum.reduce))
min = implements(np.min, np.amin)(_extreme("min", np.minimum.reduce))
implements(np.nanmax)(_extreme("nanmax", np.nanmax))  # which warns of slices that are all NaN
implements(np.nanmin)(_extreme("nanmin", np.nanmin))
for _ufunc, _face in (
    (np.maximum, max),
    (np.minimum, min),
    (np.fmax, _extreme("fmax.reduce", np.fmax.reduce)),
    (np.fmin, _extreme("fmin.reduce", np.fmin.reduce)),
):
    implements(_ufunc.reduce)(partial(reduced, _face))


@implements(np.ptp)
def ptp(a: Any, axis: Axes = None, out: None = None, keepdims: bool = False) -> Any:
    """`numpy.ptp`."""
    return max(a, axis, None, keepdims) - min(a, axis, None, keepdims)


# The order of elements; among equal ones, that in which they were sorted.


def _inverse(order: Any, axis: int) -> Any:
    """The permutation that puts sorted elements back."""
    back = np.empty_like(order)
    places = np.arange(order.shape[axis]).reshape([-1 if k == axis else 1 for k in range(order.ndim)])
    np.put_along_axis(back, order, np.broadcast_to(places, order.shape), axis)
    return back


PERMUTE: Structural = Structural(
    "sort",
    lambda x, order, axis: np.take_along_axis(x, order, axis),
    (lambda g, y, x, order, axis: apply(PERMUTE, (g,), {"order": _inverse(order, axis), "axis": axis}),),
)


def _ordered(a: Any, axis: int | None, ordering: Callable[..., Any], *args: Any, **options: Any) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = normalize_axis_index(axis, a.ndim)
    return apply(PERMUTE, (a,), {"order": ordering(plain(a), *args, axis=axis, **options), "axis": axis})


@implements(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: Any = None) -> Any:
    """`numpy.sort`."""
    return _ordered(a, axis, np.argsort, kind=kind, stable=stable)


@implements(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: None = None) -> Any:
    """`numpy.partition`."""
    return _ordered(a, axis, np.argpartition, kth, kind=kind)


# Medians and quantiles: elements at two places in the order, and a mixture of them.


def _lined_up(a: Any, axis: Axes) -> tuple[Any, tuple[int, ...]]:
    """An array with the axes of a reduction as one, the last; the shape that keeps them with length 1."""
    a = a if hasattr(a, "ndim") else np.asarray(a)
    axes = normalize_axis_tuple(range(a.ndim) if axis is None else axis, a.ndim)
    shape = tuple([1 if k in axes else n for k, n in enumerate(a.shape)])
    if axes != (a.ndim - 1,):
        rest = tuple([n for k, n in enumerate(a.shape) if k not in axes])
        a = np.reshape(np.moveaxis(a, axes, range(len(rest), a.ndim)), (*rest, a.size // (product_of(rest) or 1)))
    return a, shape


LONG, FEW = 256, 8  # a long row is not sorted for a few places


def _order(x: Any, places: Any, ignore: bool) -> Any:
    """The order of the elements of each row, right at these places and at the last, where NaN is."""
    n = x.shape[-1]
    if ignore or n < LONG or np.size(places) > FEW:
        return np.argsort(plain(x), axis=-1)
    return np.argpartition(plain(x), np.union1d(places, n - 1), axis=-1)


def _picked(x: Any, order: Any, places: Any) -> Any:
    """The elements at places in the order of the last axis."""
    places = np.broadcast_to(places, (*x.shape[:-1], np.shape(places)[-1]))
    return np.take_along_axis(x, np.take_along_axis(order, places, -1), -1)


def _known(x: Any, ignore: bool) -> Any:
    """How many elements of the last axis count."""
    return np.count_nonzero(~np.isnan(plain(x)), axis=-1, keepdims=True) if ignore else np.array([x.shape[-1]])


def _spoilt(found: Any, x: Any, order: Any, ignore: bool) -> Any:
    """NaN where one is among the elements: sorting puts it last."""
    spoilt = np.isnan(np.take_along_axis(plain(x), order[..., -1:], -1)) if not ignore else np.False_
    return np.where(spoilt, np.nan, found) if np.any(spoilt) else found


def _median(a: Any, axis: Axes, keepdims: bool, ignore: bool) -> Any:
    x, shape = _lined_up(a, axis)
    n = np.maximum(_known(x, ignore), 1)
    low, high = (n - 1) // 2, n // 2
    order = _order(x, (low, high), ignore)
    middle = (_picked(x, order, low) + _picked(x, order, high)) / 2
    return np.reshape(_spoilt(middle, x, order, ignore), shape if keepdims else x.shape[:-1])


@implements(np.median)
def median(a: Any, axis: Axes = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """`numpy.median`."""
    return _median(a, axis, keepdims, False)


@implements(np.nanmedian)
def nanmedian(a: Any, axis: Axes = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """`numpy.nanmedian`."""
    return _median(a, axis, keepdims, True)


# The constants alpha and beta of the continuous methods. Source: Hyndman and Fan, The American Statistician 50 (1996) 361.
METHODS = {
    "linear": (1.0, 1.0),
    "weibull": (0.0, 0.0),
    "hazen": (0.5, 0.5),
    "interpolated_inverted_cdf": (0.0, 1.0),
    "median_unbiased": (1 / 3, 1 / 3),
    "normal_unbiased": (3 / 8, 3 / 8),
}
# What the others do with the place that "linear" finds between two elements.
ROUNDED: dict[str, Callable[[Any], Any]] = {
    "lower": np.floor,
    "higher": np.ceil,
    "nearest": np.rint,
    "midpoint": lambda place: (np.floor(place) + np.ceil(place)) / 2,
}


def _quantile_of(name: str, whole: float, ignore: bool) -> Callable[..., Any]:
    def face(
        a: Any, q: Any, axis: Axes = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
        keepdims: bool = False, *, weights: None = None,
    ) -> Any:  # fmt: skip
        if weights is not None:
            missing_rule(f"numpy.{name} with weights")
        if method not in METHODS and method not in ROUNDED:
            missing_rule(f"numpy.{name} with method {method!r}")
        x, shape = _lined_up(a, axis)
        q = (np.asarray(q, x.dtype if isinstance(q, int | float) else None) if not hasattr(q, "ndim") else q) / whole
        if np.any(plain(q) < 0) or np.any(plain(q) > 1):
            raise ValueError(f"{name}: quantiles must be in the range [0, {whole:g}]")
        found = np.moveaxis(_quantile(x, np.ravel(q), method, ignore), -1, 0)
        return np.reshape(found, q.shape + (shape if keepdims else x.shape[:-1]))

    face.__name__, face.__doc__ = name, f"`numpy.{name}`; it may be differentiated by q too."
    return face


def _quantile(x: Any, q: Any, method: str, ignore: bool) -> Any:
    n = np.maximum(_known(x, ignore), 1)
    alpha, beta = METHODS.get(method, METHODS["linear"])
    place = np.clip(n.astype(q.dtype) * q + (alpha - 1 + q * (1 - alpha - beta)), 0, (n - 1).astype(q.dtype))
    place = ROUNDED[method](plain(place)) if method in ROUNDED else place
    below = np.floor(plain(place)).astype(int)
    above = np.minimum(below + 1, n - 1)
    order = _order(x, (below, above), ignore)
    low, high = _picked(x, order, below), _picked(x, order, above)
    return _spoilt(low + (high - low) * (place - below.astype(q.dtype)), x, order, ignore)


for _name, _whole in (("quantile", 1), ("percentile", 100)):
    implements(getattr(np, _name))(_quantile_of(_name, _whole, False))
    implements(getattr(np, f"nan{_name}"))(_quantile_of(f"nan{_name}", _whole, True))
