"""Long arrays in blocks that stay in the cache, by two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

THREADS = 2
LONGEST = 1 << 18  # bytes of a block: a few such arrays fit the cache of a core, and a pass is longer than Python's lock is held
SHARE = 1 << 20  # bytes from which another thread pays


def in_blocks(array: NDArray[Any], work: Callable[[Iterator[slice]], None]) -> None:
    """Have the blocks of an array worked through, by several threads where it is long.

    Parameters
    ----------
    array : array, shape (d,)
    work : callable
        Given blocks in turn; may be called by several threads at once, with different blocks.

    Examples
    --------
    >>> import numpy as np
    >>> in_blocks(np.zeros(40_000), lambda blocks: print(*blocks))
    slice(0, 32768, None) slice(32768, 40000, None)
    """
    length, step = len(array), block_length(array)
    if array.nbytes < THREADS * SHARE:
        work(_between(0, length, step))
        return
    from concurrent.futures import ThreadPoolExecutor

    half = length // (THREADS * step) * step
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(work, _between(half, length, step))
        work(_between(0, half, step))
        other.result()


def block_length(array: NDArray[Any]) -> int:
    """How many numbers a block holds."""
    return LONGEST // int(array.itemsize)


def _between(first: int, last: int, step: int) -> Iterator[slice]:
    return (slice(start, min(start + step, last)) for start in range(first, last, step))
