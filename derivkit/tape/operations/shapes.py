"""The same elements in another shape or order of axes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import Tensor, apply, plain, tracked

RESHAPE = Structural("reshape", np.reshape, (lambda g, y, x, shape, **order: np.reshape(g, x.shape, **order),), moves=True)
TRANSPOSE = Structural("transpose", np.transpose, (lambda g, y, x, axes: np.transpose(g, _inverse(axes)),), moves=True)
BROADCAST = Structural(
    "broadcast_to", np.broadcast_to, (lambda g, y, x, shape: g,), moves=True
)  # the sweep sums what was broadcast
FLIP = Structural("flip", np.flip, (lambda g, y, x, axis: np.flip(g, axis),), moves=True)
ROLL = Structural("roll", np.roll, (lambda g, y, x, shift, axis: np.roll(g, _negative(shift), axis),), moves=True)
ASTYPE = Structural("astype", lambda x, dtype: x.astype(dtype), (lambda g, y, x, dtype: g,))  # the sweep restores the type


def _inverse(axes: Sequence[int] | None) -> Any:
    return axes if axes is None else tuple(sorted(range(len(axes)), key=lambda k: axes[k] % len(axes)))


def _negative(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple | list) else -shift


@implements(np.reshape)
def reshape(a: Any, /, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    """`numpy.reshape`."""
    if order == "C":
        return apply(RESHAPE, (a,), {"shape": shape})
    return apply(RESHAPE, (a,), {"shape": shape, "order": _order(a, order)})


def _order(a: Any, order: str) -> str:
    """Fortran's order or C's, where a caller asks for that of memory."""
    if order in ("A", "K"):
        flags = np.asarray(plain(a)).flags
        if order == "K" and not (flags.c_contiguous or flags.f_contiguous):
            raise NotImplementedError("order='K' of an array with gaps in memory is not supported for tensors; use order='C'")
        return "F" if flags.fnc else "C"
    return order


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """`numpy.ravel`."""
    return reshape(a, -1, order)


@implements(np.transpose, getattr(np, "permute_dims", np.transpose))
def transpose(a: Any, axes: Any = None) -> Any:
    """`numpy.transpose`."""
    return apply(TRANSPOSE, (a,), {"axes": axes})


@implements(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """`numpy.swapaxes`."""
    axes = list(range(a.ndim))
    axis1, axis2 = normalize_axis_index(axis1, a.ndim), normalize_axis_index(axis2, a.ndim)
    axes[axis1], axes[axis2] = axis2, axis1
    return transpose(a, tuple(axes))


@implements(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """`numpy.matrix_transpose`."""
    if x.ndim < 2:
        raise ValueError(f"matrix_transpose needs at least 2 axes, not {x.ndim}")
    return swapaxes(x, -1, -2)


@implements(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """`numpy.moveaxis`."""
    start, end = normalize_axis_tuple(source, a.ndim), normalize_axis_tuple(destination, a.ndim)
    if len(start) != len(end):
        raise ValueError(f"moveaxis needs as many destinations as sources, not {len(end)} and {len(start)}")
    order = [k for k in range(a.ndim) if k not in start]
    for place, axis in sorted(zip(end, start, strict=True)):
        order.insert(place, axis)
    return transpose(a, tuple(order))


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """`numpy.rollaxis`."""
    axis = normalize_axis_index(axis, a.ndim)
    start += a.ndim if start < 0 else 0
    return moveaxis(a, axis, start - 1 if axis < start else start)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """`numpy.broadcast_to`."""
    return apply(BROADCAST, (array,), {"shape": shape})


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """`numpy.broadcast_arrays`."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple([broadcast_to(arg, shape) for arg in args])


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """`numpy.expand_dims`."""
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    ndim = a.ndim + len(axes)
    places = set(normalize_axis_tuple(axes, ndim))
    rest = iter(a.shape)
    return reshape(a, tuple([1 if k in places else next(rest) for k in range(ndim)]))


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """`numpy.squeeze`."""
    if axis is None:
        return reshape(a, tuple([n for n in a.shape if n != 1]))
    axes = normalize_axis_tuple(axis, a.ndim)
    if any(a.shape[k] != 1 for k in axes):
        raise ValueError(f"cannot squeeze axes {axes} of shape {a.shape}: only those of length 1")
    return reshape(a, tuple([n for k, n in enumerate(a.shape) if k not in axes]))


def _at_least(arrays: tuple[Any, ...], ndim: int) -> Any:
    found = [a if a.ndim >= ndim else reshape(a, _SHAPES[ndim](a.shape)) for a in map(as_array, arrays)]
    return found[0] if len(found) == 1 else tuple(found)


_SHAPES: dict[int, Any] = {
    1: lambda shape: (1,),
    2: lambda shape: (1,) * (2 - len(shape)) + shape,
    3: lambda shape: {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)],
}


@implements(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """`numpy.atleast_1d`."""
    return _at_least(arys, 1)


@implements(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """`numpy.atleast_2d`."""
    return _at_least(arys, 2)


@implements(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """`numpy.atleast_3d`."""
    return _at_least(arys, 3)


@implements(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """`numpy.flip`."""
    return apply(FLIP, (m,), {"axis": axis})


@implements(np.flipud)
def flipud(m: Any) -> Any:
    """`numpy.flipud`."""
    return flip(m, 0)


@implements(np.fliplr)
def fliplr(m: Any) -> Any:
    """`numpy.fliplr`."""
    return flip(m, 1)


@implements(np.rot90)
def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """`numpy.rot90`."""
    k = index(k)
    first, second = normalize_axis_tuple(axes, m.ndim)
    if k % 4 == 2:
        return flip(m, (first, second))
    if k % 4 == 1:
        return swapaxes(flip(m, second), first, second)
    return m if k % 4 == 0 else flip(swapaxes(m, first, second), second)


@implements(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """`numpy.roll`."""
    return apply(ROLL, (a,), {"shift": shift, "axis": axis})


def _shifted(x: Any, axes: Any, part: Any) -> Any:
    axes = range(x.ndim) if axes is None else normalize_axis_tuple(axes, x.ndim)
    return roll(x, tuple([part(x.shape[k]) for k in axes]), tuple(axes))


@implements(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """`numpy.fft.fftshift`."""
    return _shifted(x, axes, lambda n: n // 2)


@implements(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """`numpy.fft.ifftshift`."""
    return _shifted(x, axes, lambda n: -(n // 2))


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """A tensor as another type of float."""
    if np.dtype(dtype).kind != "f":
        if not tracked(x):
            return plain(x).astype(dtype)
        raise TypeError(f"a tracked tensor cannot become {np.dtype(dtype)}: it holds floats; use t.numpy().astype(...)")
    return x if x.dtype == np.dtype(dtype) else apply(ASTYPE, (x,), {"dtype": np.dtype(dtype)})


implements(getattr(np, "astype", None))(astype)


@implements(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """`numpy.copy`: the tensor itself, because nothing can write into it."""
    return a if isinstance(a, Tensor) else np.copy(a)
