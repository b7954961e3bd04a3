"""Long arrays in blocks that stay in the cache, by two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

THREADS = 2
LONGEST = 16_384  # numbers in a block: a few such arrays fit the cache of a core
SHARE = 131_072  # numbers from which another thread pays


def in_blocks(length: int, work: Callable[[Iterator[slice]], None]) -> None:
    """Have the blocks of an array worked through, by several threads where it is long.

    Parameters
    ----------
    length : int
        Of the array.
    work : callable
        Given blocks in turn; may be called by several threads at once, with different blocks.

    Examples
    --------
    >>> in_blocks(20_000, lambda blocks: print(*blocks))
    slice(0, 16384, None) slice(16384, 20000, None)
    """
    if length < 2 * SHARE:
        work(_between(0, length))
        return
    from concurrent.futures import ThreadPoolExecutor

    half = length // (THREADS * LONGEST) * LONGEST
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(work, _between(half, length))
        work(_between(0, half))
        other.result()


def _between(first: int, last: int) -> Iterator[slice]:
    return (slice(start, min(start + LONGEST, last)) for start in range(first, last, LONGEST))
