"""Sums over the blocks of a design's rows: all that a model takes from rows that need not be in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

THREADS = 2  # whatever the machine has: the order of a sum is part of its result
FEWEST_BLOCKS = 32  # below, threads cost more than they save

Part = Callable[[slice], tuple[Any, ...]]


def summed(part: Part, blocks: Iterable[slice]) -> tuple[Any, ...]:
    """The sums of what `part` says of every block, each thread those of a share of the blocks.

    Parameters
    ----------
    part : callable
        Block to a tuple of numbers and arrays, always of the same shapes; may be called by several threads at once.
    blocks : iterable of slice

    Examples
    --------
    >>> summed(lambda rows: (rows.stop - rows.start, rows.stop), [slice(0, 4), slice(4, 7)])
    (7, 11)
    """
    every = list(blocks)
    if len(every) < FEWEST_BLOCKS:
        return _added(map(part, every))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as pool:
        return _added(pool.map(lambda share: _added(map(part, share)), _shares(every)))


def _shares(blocks: Sequence[slice]) -> list[Sequence[slice]]:
    size = -(-len(blocks) // THREADS)
    return [blocks[first : first + size] for first in range(0, len(blocks), size)]


def _added(parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    total: tuple[Any, ...] = ()
    for part in parts:
        total = tuple(a + b for a, b in zip(total, part, strict=True)) if total else part
    return total
