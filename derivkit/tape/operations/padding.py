"""Arrays with borders put around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.faces import implements
from derivkit.tape.operation import missing_rule
from derivkit.tape.operations.indexing import gather, scatter
from derivkit.tape.tensor import plain, tracked

Pair = tuple[Any, Any]
Border = Callable[[Any, int, int, Any], Any]  # of the array whose last axis is padded in front, the width, the length to look at


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """`numpy.pad`."""
    widths = _pairs(pad_width, array.ndim)
    if any(start < 0 or end < 0 for start, end in widths):
        raise ValueError(f"pad needs widths of at least 0; negative ones are in {pad_width}")
    if mode in ("constant", "empty"):
        constants = options.get("constant_values", 0)
        return _by_axes(array, widths, _constant, constants) if tracked(constants) else _embedded(array, widths, constants)
    if options.get("reflect_type", "even") != "even":
        return _by_axes(array, widths, partial(_odd, first=1 if mode == "reflect" else 0), None)
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        return gather(array, np.pad(np.arange(array.size).reshape(array.shape), widths, mode))
    if mode == "linear_ramp":
        return _by_axes(array, widths, _ramp, options.get("end_values", 0))
    if callable(mode):
        missing_rule("numpy.pad with a function as its mode")
    if mode not in STATISTICS:
        raise ValueError(f"pad does not know the mode {mode!r}")
    return _by_axes(array, widths, partial(_statistic, function=STATISTICS[mode]), options.get("stat_length"))


def _pairs(given: Any, ndim: int) -> tuple[Pair, ...]:
    """One pair an axis, as NumPy broadcasts them; a dict names the axes that are padded."""
    if isinstance(given, dict):
        named = {normalize_axis_index(axis, ndim): width for axis, width in given.items()}
        given = [np.broadcast_to(np.asarray(named.get(k, 0)), (2,)) for k in range(ndim)]
    return tuple([(start, end) for start, end in np.broadcast_to(given, (ndim, 2))])


def _embedded(array: Any, widths: tuple[Pair, ...], constants: Any) -> Any:
    key = tuple([slice(int(start), int(start) + n) for (start, _), n in zip(widths, array.shape, strict=True)])
    shape = tuple([int(n + start + end) for (start, end), n in zip(widths, array.shape, strict=True)])
    padded = scatter((key,), (array,), shape, array.dtype)
    if np.any(plain(constants)):
        padded = padded + np.pad(np.zeros(array.shape, array.dtype), widths, constant_values=plain(constants))
    return padded


def _by_axes(array: Any, widths: tuple[Pair, ...], border: Border, given: Any) -> Any:
    """Pad one axis after another, so that the corners are made from the borders."""
    options = ((None, None),) * array.ndim if given is None else _pairs(given, array.ndim)
    for axis, ((start, end), (first, last)) in enumerate(zip(widths, options, strict=True)):
        x = np.moveaxis(array, axis, -1)
        front, back = border(x, int(start), x.shape[-1], first), border(x[..., ::-1], int(end), x.shape[-1], last)
        array = np.moveaxis(np.concatenate((front, x, back[..., ::-1]), -1), -1, axis)
    return array


def _constant(x: Any, width: int, length: int, value: Any) -> Any:
    return np.broadcast_to(value, (*x.shape[:-1], width)).astype(x.dtype)


def _ramp(x: Any, width: int, length: int, end: Any) -> Any:
    steps = np.arange(width, dtype=x.dtype) / max(width, 1)
    return end + (x[..., :1] - end) * steps


def _statistic(x: Any, width: int, length: int, most: int | None, function: Callable[..., Any]) -> Any:
    seen = x[..., : length if most is None else int(most)]
    return np.broadcast_to(function(seen, axis=-1, keepdims=True), (*x.shape[:-1], width))


def _odd(x: Any, width: int, length: int, option: None, first: int) -> Any:
    if width > length - first:
        missing_rule("numpy.pad with an odd reflection of more than the array itself")
    return 2 * x[..., :1] - x[..., first : first + width][..., ::-1]


STATISTICS: dict[Any, Callable[..., Any]] = {"mean": np.mean, "maximum": np.max, "minimum": np.min, "median": np.median}
