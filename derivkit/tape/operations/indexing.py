"""Parts of arrays: indexing, and its transpose."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural, missing_rule
from derivkit.tape.tensor import Tensor, apply, plain


def index(x: Any, key: Any) -> Any:
    """`x[key]`, by NumPy's basic or advanced indexing."""
    if type(key) is not int and type(key) is not slice:
        key = tuple([_key(k) for k in key]) if isinstance(key, tuple) else _key(key)
    return apply(INDEX, (x,), {"key": key})


def _key(key: Any) -> Any:
    if isinstance(key, Tensor):
        raise IndexError("a tensor holds floats and cannot be an index; use t.numpy().astype(int)")
    return _kept(key) if isinstance(key, list | np.ndarray) else key


def _kept(places: Any) -> Any:
    """Indices or a mask as they are now: loops often write into the array that holds them, and sweeps read them later."""
    return np.array(places) if isinstance(places, np.ndarray) else plain(places)


def part_of(axis: int, key: Any) -> tuple[Any, ...]:
    """The key of a part of one axis, which counts from the front."""
    return (slice(None),) * axis + (key,)


def scatter(keys: tuple[Any, ...], amounts: tuple[Any, ...], shape: tuple[int, ...], dtype: Any) -> Any:
    """Zeros of a shape, to which each amount is added at its key."""
    if any(isinstance(amount, Tensor) for amount in amounts):
        return apply(SCATTER, amounts, {"keys": keys, "shape": shape, "dtype": dtype})
    return _scatter(*amounts, keys=keys, shape=shape, dtype=dtype)


def _scatter(*amounts: Any, keys: tuple[Any, ...], shape: tuple[int, ...], dtype: Any) -> Any:
    whole = np.zeros(shape, dtype)
    if len(keys) == 1 and _basic(keys[0]):
        whole[keys[0]] = amounts[0]
        return whole
    for key, amount in zip(keys, amounts, strict=True):
        if _basic(key):
            whole[key] += amount
        else:
            np.add.at(whole, key, amount)  # an element may be named more than once
    return whole


def _basic(key: Any) -> bool:
    """Whether a key names every element once: numbers, slices, masks."""
    for k in key if type(key) is tuple else (key,):
        if not isinstance(k, _ONCE) and not (isinstance(k, np.ndarray) and k.dtype == bool):
            return False
    return True


_ONCE = (int, slice, np.integer, type(None), type(Ellipsis))


INDEX = Structural(
    "indexing",
    lambda x, key: x[key],
    (lambda g, y, x, key: scatter((key,), (g,), x.shape, x.dtype),),
    (lambda v, y, x, key: v[key],),
    piece=True,
)
SCATTER = Structural(
    "scatter",
    _scatter,
    lambda k, g, y, *amounts, keys, shape, dtype: g[keys[k]],
    additive=True,
)
GATHER = Structural(
    "take_along_axis",
    lambda x, indices, axis: np.take_along_axis(x, indices, axis),
    (lambda g, y, x, indices, axis: scatter((along(x.shape, indices, axis),), (g,), x.shape, x.dtype),),
)
WHERE = Structural(
    "where",
    lambda condition, x, y: np.where(condition, x, y),
    (None, lambda g, r, c, x, y: np.where(c, g, 0), lambda g, r, c, x, y: np.where(c, 0, g)),
    (None, lambda v, r, c, x, y: np.where(c, v, 0), lambda v, r, c, x, y: np.where(c, 0, v)),
    choice=True,
)


@implements(np.where)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """`numpy.where`; what is not chosen gets no derivative, not even a NaN."""
    if x is None and y is None:
        return np.nonzero(plain(condition))
    return apply(WHERE, (_kept(plain(condition)), x, y))


@implements(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """`numpy.select`."""
    if len(condlist) != len(choicelist):
        raise ValueError(f"select needs as many choices as conditions, not {len(choicelist)} and {len(condlist)}")
    found = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        found = where(condition, choice, found)
    return found


@implements(np.choose)
def choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
    """`numpy.choose`."""
    count = len(choices)
    a = _inside(np.asarray(plain(a)).astype(int), count, mode)
    if np.any((a < 0) | (a >= count)):
        raise ValueError(f"invalid entry in the choices: there are {count}, named by 0 to {count - 1}")
    shape = np.broadcast_shapes(a.shape, *map(np.shape, choices))
    table = np.stack([np.broadcast_to(choice, shape) for choice in choices])
    return np.take_along_axis(table, np.broadcast_to(a, shape)[None], 0)[0]


def _inside(indices: Any, size: int, mode: str) -> Any:
    """Indices as the modes of `take` and `choose` understand them."""
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"indices out of bounds are treated by the mode raise, wrap or clip, not {mode!r}")
    if mode == "wrap":
        return np.mod(indices, size)
    return np.clip(indices, 0, size - 1) if mode == "clip" else indices


@implements(np.take)
def take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    """`numpy.take`."""
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = normalize_axis_index(axis, a.ndim)
    indices = _inside(np.asarray(plain(indices)), a.shape[axis], mode)
    return a[part_of(axis, indices)]


def gather(a: Any, places: Any) -> Any:
    """The elements of an array at places in its flat order, in the shape of those."""
    return np.ravel(a)[places]


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """`numpy.take_along_axis`."""
    if axis is None:
        return gather(arr, np.asarray(plain(indices)))
    return apply(GATHER, (arr,), {"indices": _kept(plain(indices)), "axis": normalize_axis_index(axis, arr.ndim)})


def along(shape: tuple[int, ...], indices: Any, axis: int) -> tuple[Any, ...]:
    """The key of the elements that `take_along_axis` takes from an array of a shape."""
    ndim = len(shape)
    counts = [np.arange(n).reshape([-1 if k == j else 1 for j in range(ndim)]) for k, n in enumerate(shape)]
    return tuple(indices if k == axis else count for k, count in enumerate(counts))


@implements(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    """`numpy.compress`."""
    return take(a, np.flatnonzero(np.asarray(plain(condition))), axis)


@implements(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """`numpy.extract`."""
    return compress(np.ravel(np.asarray(plain(condition))), arr)


@implements(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """`numpy.trim_zeros` of one axis."""
    if filt.ndim != 1:
        missing_rule("numpy.trim_zeros of more than one axis")
    nonzero = np.flatnonzero(plain(filt))
    if not nonzero.size:
        return filt[:0]
    start = nonzero[0] if "f" in trim.lower() else 0
    return filt[int(start) : int(nonzero[-1]) + 1 if "b" in trim.lower() else filt.shape[0]]


@implements(np.put, np.place, np.putmask, np.put_along_axis, np.copyto, np.fill_diagonal)
def _in_place(*args: Any, **options: Any) -> NoReturn:
    raise TypeError(
        "numpy.put, place, putmask, put_along_axis, copyto and fill_diagonal write into an array, which would lose a derivative; "
        "build a new one: np.where(mask, new, old)"
    )
