"""Arrays put together, taken apart, repeated and padded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural, missing_rule
from derivkit.tape.operations.indexing import gather, scatter
from derivkit.tape.tensor import apply, plain, tracked


def _along(axis: int, part: Any) -> tuple[Any, ...]:
    """The key of a part of an axis that counts from the front."""
    return (slice(None),) * axis + (part,)


CONCATENATE = Structural(
    "concatenate",
    lambda *arrays, axis, starts: np.concatenate(arrays, axis),
    lambda k, g, y, *arrays, axis, starts: g[_along(axis, slice(starts[k], starts[k + 1]))],
    additive=True,
)
STACK = Structural(
    "stack",
    lambda *arrays, axis: np.stack(arrays, axis),
    lambda k, g, y, *arrays, axis: g[_along(axis, k)],
    additive=True,
)


def _typed(joined: Any, dtype: Any) -> Any:
    return joined if dtype is None else joined.astype(dtype)


@implements(np.concatenate, getattr(np, "concat", np.concatenate))
def concatenate(arrays: Any, /, axis: int | None = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """`numpy.concatenate`."""
    arrays = tuple(arrays)
    if axis is None:
        arrays, axis = tuple(map(np.ravel, arrays)), 0
    axis = normalize_axis_index(axis, np.ndim(arrays[0]))
    starts = tuple(accumulate([np.shape(array)[axis] if np.ndim(array) > axis else 0 for array in arrays], initial=0))
    return _typed(apply(CONCATENATE, arrays, {"axis": axis, "starts": starts}), dtype)


@implements(np.stack)
def stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """`numpy.stack`."""
    arrays = tuple(arrays)
    axis = normalize_axis_index(axis, np.ndim(arrays[0]) + 1) if arrays else axis
    return _typed(apply(STACK, arrays, {"axis": axis}), dtype)


@implements(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """`numpy.vstack`."""
    return concatenate([np.atleast_2d(a) for a in tup], 0, dtype=dtype)


@implements(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """`numpy.hstack`."""
    arrays = [np.atleast_1d(a) for a in tup]
    return concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1, dtype=dtype)


@implements(np.dstack)
def dstack(tup: Any) -> Any:
    """`numpy.dstack`."""
    return concatenate([np.atleast_3d(a) for a in tup], 2)


@implements(np.column_stack)
def column_stack(tup: Any) -> Any:
    """`numpy.column_stack`."""
    return concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup], 1)


@implements(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """`numpy.append`."""
    return concatenate((arr, values), axis)


@implements(np.block)
def block(arrays: Any) -> Any:
    """`numpy.block`."""
    depth = _depth(arrays)
    return _block(arrays, depth, max(depth, _widest(arrays)))


def _depth(nested: Any) -> int:
    return 1 + max(map(_depth, nested), default=0) if isinstance(nested, list) else 0


def _widest(nested: Any) -> int:
    return max(map(_widest, nested), default=0) if isinstance(nested, list) else np.ndim(nested)


def _block(nested: Any, depth: int, ndim: int) -> Any:
    if not isinstance(nested, list):
        return np.reshape(nested, (1,) * (ndim - np.ndim(nested)) + np.shape(nested))
    return concatenate([_block(item, depth - 1, ndim) for item in nested], -depth)


@implements(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`numpy.array_split`."""
    axis = normalize_axis_index(axis, ary.ndim)
    ends = _ends(ary.shape[axis], indices_or_sections)
    return [ary[_along(axis, slice(start, end))] for start, end in zip((0, *ends[:-1]), ends, strict=True)]


def _ends(length: int, sections: Any) -> list[Any]:
    if np.ndim(sections):
        return [*map(int, sections), length]
    size, longer = divmod(length, int(sections))
    return list(accumulate([size + 1] * longer + [size] * (int(sections) - longer)))


@implements(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """`numpy.split`."""
    if not np.ndim(indices_or_sections) and ary.shape[axis] % indices_or_sections:
        raise ValueError(
            f"an axis of length {ary.shape[axis]} cannot be split into {indices_or_sections} equal parts; use array_split"
        )
    return array_split(ary, indices_or_sections, axis)


@implements(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`numpy.vsplit`."""
    return split(ary, indices_or_sections, 0)


@implements(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`numpy.hsplit`."""
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@implements(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`numpy.dsplit`."""
    return split(ary, indices_or_sections, 2)


@implements(getattr(np, "unstack", None))
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """`numpy.unstack`."""
    axis = normalize_axis_index(axis, x.ndim)
    return tuple([x[_along(axis, k)] for k in range(x.shape[axis])])


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """`numpy.tile`."""
    times = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    ndim = max(A.ndim, len(times))
    shape = (1,) * (ndim - A.ndim) + A.shape
    times = (1,) * (ndim - len(times)) + times
    parts = np.reshape(A, [length for n in shape for length in (1, n)])
    copies = np.broadcast_to(parts, tuple([length for pair in zip(times, shape, strict=True) for length in pair]))
    return np.reshape(copies, tuple([t * n for t, n in zip(times, shape, strict=True)]))


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """`numpy.repeat`."""
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = normalize_axis_index(axis, a.ndim)
    if np.size(repeats) != 1:
        return np.take(a, np.repeat(np.arange(a.shape[axis]), repeats), axis)
    times = int(np.reshape(repeats, ()))
    shape = (*a.shape[: axis + 1], times, *a.shape[axis + 1 :])
    copies = np.broadcast_to(np.expand_dims(a, axis + 1), shape)
    return np.reshape(copies, (*a.shape[:axis], a.shape[axis] * times, *a.shape[axis + 1 :]))


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """`numpy.pad` with constants, or with elements of the array itself."""
    if mode in ("constant", "empty"):
        return _pad_constant(array, pad_width, options.get("constant_values", 0))
    if mode not in ("edge", "reflect", "symmetric", "wrap") or options.get("reflect_type", "even") != "even":
        missing_rule(f"numpy.pad with mode {mode!r}")
    return gather(array, np.pad(np.arange(array.size).reshape(array.shape), pad_width, mode, **options))


def _pad_constant(array: Any, pad_width: Any, constants: Any) -> Any:
    if tracked(constants):
        missing_rule("numpy.pad with a tracked constant")
    widths = np.broadcast_to(np.asarray(_pairs(pad_width, array.ndim)), (array.ndim, 2))
    key = tuple([slice(int(start), int(start) + n) for (start, _), n in zip(widths, array.shape, strict=True)])
    shape = tuple([int(n + sum(width)) for width, n in zip(widths, array.shape, strict=True)])
    padded = scatter((key,), (array,), shape, array.dtype)
    if np.any(plain(constants)):
        padded = padded + np.pad(np.zeros(array.shape, array.dtype), pad_width, constant_values=plain(constants))
    return padded


def _pairs(pad_width: Any, ndim: int) -> Any:
    """Widths as NumPy broadcasts them; a dict names the axes that are padded."""
    if not isinstance(pad_width, dict):
        return pad_width
    named = {axis % ndim: width for axis, width in pad_width.items()}
    return [np.broadcast_to(np.asarray(named.get(k, 0)), (2,)) for k in range(ndim)]


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """`numpy.insert`."""
    places = np.arange(arr.size).reshape(arr.shape)
    others = arr.size + np.arange(np.size(values)).reshape(np.shape(values))
    return gather(concatenate((arr, values), None), np.insert(places, obj, others, axis))


@implements(np.delete)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """`numpy.delete`."""
    return gather(arr, np.delete(np.arange(arr.size).reshape(arr.shape), obj, axis))


@implements(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """`numpy.resize`: the elements over and over."""
    return gather(a, np.resize(np.arange(np.size(a)), new_shape))


@implements(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Sequence[Any]:
    """`numpy.meshgrid`."""
    grids = [np.reshape(x, (1,) * k + (-1,) + (1,) * (len(xi) - k - 1)) for k, x in enumerate(xi)]
    if indexing == "xy" and len(xi) > 1:
        grids = [np.swapaxes(grid, 0, 1) for grid in grids]
    return tuple(grids) if sparse else np.broadcast_arrays(*grids)
