"""Running sums, products and extremes along an axis, and tables of all pairs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.elementwise import ELEMENTWISE
from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.operations.reductions import prepared
from derivkit.tape.tensor import Tensor, apply, plain


def _rows(x: Any, axis: int) -> bool:
    """Whether there are more sequences than elements in each: a loop over the elements is then quicker than NumPy's own."""
    return bool(x.shape[axis] ** 2 <= x.size)


def _add_up(x: Any, axis: int, reverse: bool) -> Any:
    x = np.flip(x, axis) if reverse else x
    if _rows(x, axis):
        found = x.copy("K")
        elements = np.moveaxis(found, axis, 0)
        for k in range(1, len(elements)):
            elements[k] += elements[k - 1]
    else:
        found = np.add.accumulate(x, axis)
    return np.flip(found, axis) if reverse else found


CUMSUM: Structural = Structural(
    "cumsum",
    _add_up,
    (lambda g, y, x, axis, reverse: apply(CUMSUM, (g,), {"axis": axis, "reverse": not reverse}),),
)


# Running products, by a recurrence without divisions, so that they are right at zeros, to any order.


def recurrence(a: Any, b: Any) -> Any:
    """s[k] = a[k]*s[k-1] + b[k] along the last axis, from s[-1] = 0; a[0] does not count.

    In about log2(n) steps, each on the whole array, unless there are many short rows.
    Source: Hillis and Steele, Communications of the ACM 29 (1986) 1170.
    """
    if not (isinstance(a, Tensor) or isinstance(b, Tensor)) and _rows(b, -1):
        return _recurrence_of_rows(a, b)
    step = 1
    while step < b.shape[-1]:
        b = np.concatenate((b[..., :step], b[..., step:] + a[..., step:] * b[..., :-step]), -1)
        a = np.concatenate((a[..., :step], a[..., step:] * a[..., :-step]), -1)
        step *= 2
    return b


def _recurrence_of_rows(a: Any, b: Any) -> Any:
    found = np.array(b)
    for k in range(1, b.shape[-1]):
        found[..., k] += a[..., k] * found[..., k - 1]
    return found


def _before(y: Any) -> Any:
    """The product of the elements before each, from the running product."""
    return np.concatenate((np.ones_like(plain(y)[..., :1]), y[..., :-1]), -1)


def _pull_cumprod(g: Any, y: Any, x: Any) -> Any:
    after = recurrence(np.roll(np.flip(x, -1), 1, -1), np.flip(g, -1))
    return np.flip(after, -1) * _before(y)


CUMPROD = Structural(
    "cumprod",
    lambda x: np.multiply.accumulate(x, -1),
    (_pull_cumprod,),
    (lambda v, y, x: recurrence(x, _before(y) * v),),
)


def _running(name: str, whole: Callable[[Any, int], Any], fill: int) -> Callable[..., Any]:
    """A running reduction of all elements or along an axis; with a number to stand for elements that are NaN."""

    def face(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        if name.startswith("nan"):
            a = np.where(np.isnan(a), fill, a)
        a = prepared(a, dtype, True, fill)
        if axis is None:
            a, axis = np.ravel(a), 0
        return whole(a, normalize_axis_index(axis, a.ndim))

    face.__name__, face.__doc__ = name, f"`numpy.{name}`."
    return face


def _sums(a: Any, axis: int) -> Any:
    return apply(CUMSUM, (a,), {"axis": axis, "reverse": False})


def _products(a: Any, axis: int) -> Any:
    return np.moveaxis(apply(CUMPROD, (np.moveaxis(a, axis, -1),)), -1, axis)


cumsum = implements(np.cumsum)(_running("cumsum", _sums, 0))
cumprod = implements(np.cumprod)(_running("cumprod", _products, 1))
implements(np.nancumsum)(_running("nancumsum", _sums, 0))
implements(np.nancumprod)(_running("nancumprod", _products, 1))


def _cumulative(function: Callable[..., Any], first: int) -> Callable[..., Any]:
    """The array API's spelling, which can put the neutral element before the others."""

    def face(x: Any, /, *, axis: int | None = None, dtype: Any = None, out: None = None, include_initial: bool = False) -> Any:
        if axis is None:
            if x.ndim != 1:
                raise ValueError(f"an array of {x.ndim} axes needs an axis along which to accumulate")
            axis = 0
        axis = normalize_axis_index(axis, x.ndim)
        found = function(x, axis, dtype)
        if not include_initial:
            return found
        return np.concatenate((np.full([1 if k == axis else n for k, n in enumerate(x.shape)], first, found.dtype), found), axis)

    return face


implements(getattr(np, "cumulative_sum", None))(_cumulative(cumsum, 0))
implements(getattr(np, "cumulative_prod", None))(_cumulative(cumprod, 1))


# The methods of universal functions. `reduceat` and `at` have no rule.


def _accumulate(function: Callable[..., Any], array: Any, axis: int = 0, dtype: Any = None, out: None = None) -> Any:
    return function(array, axis, dtype)


implements(np.add.accumulate)(partial(_accumulate, cumsum))
implements(np.multiply.accumulate)(partial(_accumulate, cumprod))


def _running_extreme(ufunc: np.ufunc, array: Any, axis: int = 0, dtype: Any = None, out: None = None) -> Any:
    """The extreme element so far, the latest of those that tie; once there is a NaN, that."""
    array = prepared(array, dtype, True, 0)
    axis = normalize_axis_index(axis, array.ndim)
    x = plain(array)
    places = np.arange(x.shape[axis]).reshape([-1 if k == axis else 1 for k in range(x.ndim)])
    reached = (x == ufunc.accumulate(x, axis)) | np.isnan(x)
    return np.take_along_axis(array, np.maximum.accumulate(np.where(reached, places, 0), axis), axis)


for _ufunc in (np.maximum, np.minimum):
    implements(_ufunc.accumulate)(partial(_running_extreme, _ufunc))


def _outer(ufunc: np.ufunc, one: Any, other: Any) -> Any:
    """The function of all pairs."""
    return ufunc(np.reshape(one, np.shape(one) + (1,) * np.ndim(other)), other)


for _ufunc in ELEMENTWISE:
    if isinstance(_ufunc, np.ufunc) and _ufunc.nin == 2:
        implements(_ufunc.outer)(partial(_outer, _ufunc))
