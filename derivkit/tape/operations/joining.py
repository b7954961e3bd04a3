"""Arrays put together, taken apart and repeated."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.operations.indexing import gather, part_of
from derivkit.tape.tensor import apply

CONCATENATE = Structural(
    "concatenate",
    lambda *arrays, axis, starts: np.concatenate(arrays, axis),
    lambda k, g, y, *arrays, axis, starts: g[part_of(axis, slice(starts[k], starts[k + 1]))],
    additive=True,
    moves=True,
)
STACK = Structural(
    "stack",
    lambda *arrays, axis: np.stack(arrays, axis),
    lambda k, g, y, *arrays, axis: g[part_of(axis, k)],
    additive=True,
    moves=True,
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
    return [ary[part_of(axis, slice(start, end))] for start, end in zip((0, *ends[:-1]), ends, strict=True)]


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
    return tuple([x[part_of(axis, k)] for k in range(x.shape[axis])])


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


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """`numpy.insert`."""
    arr = as_array(arr)
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
