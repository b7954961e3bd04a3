"""Sums, means, products and what is made of them, along axes."""

from __future__ import annotations

from functools import partial
from math import prod as product_of
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural, missing_rule
from derivkit.tape.operations.shapes import astype
from derivkit.tape.tensor import apply, plain, stretched

Axes = int | tuple[int, ...] | None


def spread(g: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    """A cotangent of a reduction, with the axes that were lost put back with length 1."""
    if keepdims or not x.ndim:
        return g
    shape = list(x.shape)
    for k in range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,):
        shape[k] = 1
    return g.reshape(shape)


def kept(x: Any, y: Any, g: Any, axis: Axes, keepdims: bool) -> tuple[Any, Any]:
    """The value and a cotangent of a reduction, with its axes in place."""
    return spread(y, x, axis, keepdims), spread(g, x, axis, keepdims)


def count(x: Any, axis: Axes) -> int:
    """How many elements go into one."""
    return x.size if axis is None or not x.ndim else product_of([x.shape[k] for k in normalize_axis_tuple(axis, x.ndim)])


def prepared(a: Any, dtype: Any, where: Any, neutral: Any) -> Any:
    """The argument of a reduction in the type asked for, with a neutral element where it does not count."""
    if where is not True:
        a = np.where(where, a, neutral)
    return a if dtype is None else astype(a, dtype)


# Sums and means.


def _pull_sum(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    return stretched(spread(g, x, axis, keepdims), x.shape)


def _pull_mean(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    return stretched(spread(g / max(count(x, axis), 1), x, axis, keepdims), x.shape)


def _add_up(x: Any, axis: Axes, keepdims: bool) -> Any:
    """NumPy's sum; of many short rows as a product with ones, because NumPy's loop starts anew for each row."""
    last = axis == -1 or axis == x.ndim - 1
    if last and x.ndim > 1 and not keepdims and x.shape[-1] <= SHORT and x.size > MANY and x.flags.c_contiguous:
        return np.matmul(x, np.ones(x.shape[-1], x.dtype))
    return np.add.reduce(x, axis=axis, keepdims=keepdims)  # type: ignore[call-overload]  # NumPy's types want literals


SHORT, MANY = 64, 4096  # elements of a row, and in all
SUM = Structural("sum", _add_up, (_pull_sum,))
MEAN = Structural("mean", np.mean, (_pull_mean,))


@implements(np.sum)
def sum(
    a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """`numpy.sum`."""
    if dtype is not None or where is not True:
        a = prepared(a, dtype, where, 0)
    total = apply(SUM, (a,), {"axis": axis, "keepdims": keepdims})
    return total if initial is None else total + initial


@implements(np.mean)
def mean(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    """`numpy.mean`."""
    if where is not True:
        counts = np.sum(np.broadcast_to(where, a.shape), axis=axis, keepdims=keepdims)
        return sum(a, axis, dtype, None, keepdims, where=where) / counts
    return apply(MEAN, (prepared(a, dtype, True, 0),), {"axis": axis, "keepdims": keepdims})


@implements(np.average)
def average(a: Any, axis: Axes = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """`numpy.average`."""
    if weights is None:
        found = mean(a, axis, keepdims=keepdims)
        return (found, np.full(found.shape, float(count(a, axis)))) if returned else found
    if np.shape(weights) != np.shape(a):
        if axis is None:
            raise TypeError(
                f"average needs an axis: weights of shape {np.shape(weights)} are not one for each of shape {np.shape(a)}"
            )
        axes = normalize_axis_tuple(range(np.ndim(a)) if axis is None else axis, np.ndim(a))
        others = [k for k in range(np.ndim(a)) if k not in axes]
        weights = np.expand_dims(np.transpose(weights, np.argsort(axes)), tuple(others))
    total = np.sum(weights + np.zeros(np.shape(a), weights.dtype), axis=axis, keepdims=keepdims)
    if np.any(total == 0):
        raise ZeroDivisionError("the weights of average sum to zero and cannot be normalized")
    found = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (found, total) if returned else found


# Variances.


def _centred(x: Any, axis: Axes) -> Any:
    return x - np.mean(x, axis=axis, keepdims=True)


def _divisor(x: Any, axis: Axes, ddof: float) -> float:
    return max(count(x, axis) - ddof, 0)


def _pull_var(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool, ddof: float) -> Any:
    return spread(g * np.divide(2.0, _divisor(x, axis, ddof)), x, axis, keepdims) * _centred(x, axis)


def _push_var(v: Any, y: Any, x: Any, axis: Axes, keepdims: bool, ddof: float) -> Any:
    return np.sum(_centred(x, axis) * v, axis=axis, keepdims=keepdims) * np.divide(2.0, _divisor(x, axis, ddof))


VAR = Structural("var", np.var, (_pull_var,), (_push_var,))


def _root_of_zero(y: Any) -> Any:
    """1/y, and 0 where y is."""
    return np.where(y == 0, 0.0, 1 / np.where(y == 0, 1, y))


def _pull_std(g: Any, y: Any, x: Any, **options: Any) -> Any:
    return _pull_var(g * _root_of_zero(y) / 2, y, x, **options)


def _push_std(v: Any, y: Any, x: Any, **options: Any) -> Any:
    return _push_var(v, y, x, **options) * _root_of_zero(y) / 2


STD = Structural("std", np.std, (_pull_std,), (_push_std,))  # 0 where all elements are equal: a kink, as of abs


def _spread_of(operation: Structural, name: str) -> Any:
    def face(
        a: Any, axis: Axes = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, **others: Any
    ) -> Any:
        ddof = others.pop("correction", ddof)
        if others.pop("where", True) is not True or others:
            missing_rule(f"numpy.{name} with where or mean")
        return apply(operation, (prepared(a, dtype, True, 0),), {"axis": axis, "keepdims": keepdims, "ddof": ddof})

    face.__name__, face.__doc__ = name, f"`numpy.{name}`."
    return face


implements(np.var)(_spread_of(VAR, "var"))
implements(np.std)(_spread_of(STD, "std"))


# Products.


def others(x: Any) -> Any:
    """For each element the product of the others along the last axis; by pairs, without a division, so that it is right at zeros.

    All steps are multiplications, so that it can be differentiated to any order; 3n of them in about log2(n) calls.
    """
    n = x.shape[-1]
    if n < 2:
        return np.ones_like(plain(x))
    if n % 2:
        x = np.concatenate((x, np.ones((*x.shape[:-1], 1), x.dtype)), -1)
    left, right = x[..., ::2], x[..., 1::2]
    rest = others(left * right)
    both = np.stack((rest * right, rest * left), -1)
    return np.reshape(both, x.shape)[..., :n]


def _others(x: Any, axis: Axes) -> Any:
    axes = normalize_axis_tuple(range(x.ndim) if axis is None or not x.ndim else axis, x.ndim)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = np.moveaxis(x, axes, last)
    flat = np.reshape(moved, (*moved.shape[: x.ndim - len(axes)], count(x, axes)))
    return np.moveaxis(np.reshape(others(flat), moved.shape), last, axes)


PROD = Structural(
    "prod",
    np.multiply.reduce,
    (lambda g, y, x, axis, keepdims: spread(g, x, axis, keepdims) * _others(x, axis),),
    (lambda v, y, x, axis, keepdims: np.sum(v * _others(x, axis), axis=axis, keepdims=keepdims),),
)


@implements(np.prod)
def prod(
    a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """`numpy.prod`."""
    product = apply(PROD, (prepared(a, dtype, where, 1),), {"axis": axis, "keepdims": keepdims})
    return product if initial is None else product * initial


# Without NaN.


@implements(np.nansum)
def nansum(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False, **options: Any) -> Any:
    """`numpy.nansum`."""
    return sum(np.where(np.isnan(a), 0, a), axis, dtype, None, keepdims, **options)


@implements(np.nanprod)
def nanprod(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False, **options: Any) -> Any:
    """`numpy.nanprod`."""
    return prod(np.where(np.isnan(a), 1, a), axis, dtype, None, keepdims, **options)


@implements(np.nanmean)
def nanmean(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    """`numpy.nanmean`."""
    return mean(a, axis, dtype, None, keepdims, where=~np.isnan(a) & where)


@implements(np.nanvar)
def nanvar(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """`numpy.nanvar`."""
    a = prepared(a, dtype, True, 0)
    known = ~np.isnan(a)
    gaps = np.where(known, a - nanmean(a, axis, keepdims=True), 0)
    return np.sum(np.square(gaps), axis=axis, keepdims=keepdims) / (np.sum(known, axis=axis, keepdims=keepdims) - ddof)


@implements(np.nanstd)
def nanstd(a: Any, axis: Axes = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """`numpy.nanstd`."""
    variance = nanvar(a, axis, dtype, None, ddof, keepdims)
    return np.where(variance == 0, 0, np.sqrt(variance))  # a kink where all elements are equal, as of std


# The methods of universal functions, which take the first axis by default.


def reduced(function: Any, a: Any, axis: Axes = 0, dtype: Any = None, out: None = None, **options: Any) -> Any:
    """What `ufunc.reduce` of one operation does, by the function of the same meaning."""
    return function(prepared(a, dtype, True, 0), axis=axis, **options)


def _logsumexp(a: Any, axis: Axes, keepdims: bool = False, **options: Any) -> Any:
    from derivkit.tape.functional import logsumexp

    if options:
        missing_rule(f"numpy.logaddexp.reduce with {' and '.join(options)}")
    return logsumexp(a, axis, keepdims)


for _ufunc, _function in ((np.add, sum), (np.multiply, prod), (np.logaddexp, _logsumexp)):
    implements(_ufunc.reduce)(partial(reduced, _function))
