"""Memory of large arrays, used again by the next result of the same shape.

The operating system maps and clears fresh memory page by page, which takes longer than the arithmetic that fills it. So the
backward sweep gives here the values that it lets go and that nobody else holds, and large results are written into them.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from sys import getrefcount
from typing import Any

import numpy as np

# Whether `sys.getrefcount` tells exactly who holds an object: later interpreters count differently, and memory is not used again.
COUNTED = sys.implementation.name == "cpython" and sys.version_info < (3, 14) and getattr(sys, "_is_gil_enabled", lambda: True)()
LARGE = 1 << 18  # bytes; below, fresh memory is as quick
WORTH_A_LOOK = 1 << 14  # bytes of an argument, whose result may be large by broadcasting
MOST = 1 << 28  # bytes that each thread keeps
_NUMBERS = (float, int, bool)  # which take the type of the arrays that they meet


class Spares(threading.local):
    """Arrays by shape and type, the longest unused dropped first."""

    def __init__(self) -> None:
        self.bytes = 0
        self.arrays: OrderedDict[tuple[tuple[int, ...], Any], list[Any]] = OrderedDict()

    def take(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """An array whose elements may be anything; None if there is none."""
        found = self.arrays.get((shape, dtype))
        if not found:
            return None
        array = found.pop()
        self.bytes -= array.nbytes
        return array

    def give(self, array: Any) -> None:
        """Keep an array that nobody else holds."""
        key = array.shape, array.dtype
        self.arrays.setdefault(key, []).append(array)
        self.arrays.move_to_end(key)
        self.bytes += array.nbytes
        while self.bytes > MOST:
            oldest, arrays = next(iter(self.arrays.items()))
            if arrays:
                self.bytes -= arrays.pop().nbytes
            if not arrays:
                del self.arrays[oldest]


SPARES = Spares()


def computed(function: Any, arrays: tuple[Any, ...]) -> Any:
    """The value of an elementwise function, written into a spare array where it is large and one fits."""
    for x in arrays:
        if type(x) is np.ndarray and x.nbytes >= WORTH_A_LOOK:
            return _large(function, arrays, x.dtype) if type(function) is np.ufunc else function(*arrays)
    return function(*arrays)


def _large(ufunc: Any, arrays: tuple[Any, ...], dtype: Any) -> Any:
    if SPARES.bytes and dtype.kind == "f" and all(type(x) in _NUMBERS or x.dtype == dtype for x in arrays):
        out = SPARES.take(np.broadcast(*arrays).shape, dtype)
        if out is not None:
            return ufunc(*arrays, out=out)
    return ufunc(*arrays, order="C")  # arrays in different orders are slow to read together


def multiplied(a: Any, b: Any) -> Any:
    """The products of two stacks of matrices, written into a spare array where one fits."""
    out = SPARES.take(a.shape[:-1] + b.shape[-1:], a.dtype) if SPARES.bytes and a.dtype == b.dtype else None
    return np.matmul(a, b, out=out)


def let_go(value: Any) -> None:
    """Keep the memory of a large array, if nobody holds it but one variable of the caller; also that of an array it is all of."""
    if type(value) is not np.ndarray or value.nbytes < LARGE or getrefcount(value) != 3:  # the caller's, ours, and the call's
        return
    if is_spare(value):
        SPARES.give(value)
        return
    base = value.base
    if type(base) is np.ndarray and getrefcount(base) == 3 and base.size == value.size and is_spare(base):
        SPARES.give(base)


def is_spare(x: Any) -> bool:
    """Whether an array is large, and its memory its own: where `sys.getrefcount` shows no other holder, it may be written over."""
    return COUNTED and type(x) is np.ndarray and x.nbytes >= LARGE and x.base is None and _ours(x.flags)


def _ours(flags: Any) -> bool:
    """Whether NumPy got the memory itself, without gaps, and lets us write."""
    return flags.carray and flags.owndata  # type: ignore[no-any-return]  # of a C type


def like(x: Any, y: Any) -> bool:
    """Whether two arrays have the same shape and type."""
    return x.shape == y.shape and x.dtype == y.dtype  # type: ignore[no-any-return]  # of arrays
