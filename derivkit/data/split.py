"""Which rows are kept for a test, and which fold a row belongs to: the same on every machine and with every version of NumPy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from derivkit.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_STEP = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio, odd


def split(n: int, fraction: float, seed: int, *, classes: ArrayLike | None = None, use: str = "test") -> NDArray[np.int64]:
    """Draw the rows of a test set at random.

    Parameters
    ----------
    n : int
        How many rows there are.
    fraction : float
        How many of them are for the test, between 0 and 1; their number is rounded.
    seed : int
        The same seed gives the same rows.
    classes : array-like, shape (n,), optional
        The class of every row: then each class has its share of the test, to one row, and keeps a row for the training.
    use : str
        What these rows are called in messages.

    Returns
    -------
    array of int
        The rows of the test, from 0, ascending.

    Raises
    ------
    UsageError
        If the fraction is not between 0 and 1.
    DataError
        If no row would be left for the test or for the training.

    Examples
    --------
    >>> split(10, 0.3, seed=0).tolist()
    [2, 4, 6]
    >>> split(8, 0.25, seed=0, classes=[0, 0, 0, 0, 1, 1, 1, 1]).tolist()
    [2, 4]
    """
    import numpy as np

    if not 0 < fraction < 1:
        raise UsageError(f"the part for the {use} is {fraction:g}; it must lie between 0 and 1", hint="0.2 is a fifth of the rows")
    size = math.floor(n * fraction + 0.5)
    if not 0 < size < n:
        raise DataError(f"{fraction:g} of {n} rows leaves no row for the {'training' if size else use}")
    order = shuffled(n, seed)
    if classes is None:
        return np.sort(order[:size])
    groups = _groups(order, np.asarray(classes))
    shares = _shares([len(group) for group in groups], fraction, size)
    if not any(shares):
        raise DataError(f"no class has a row to spare for the {use}", hint="make that part smaller, or give more rows")
    return np.sort(np.concatenate([group[:share] for group, share in zip(groups, shares, strict=True)]))


def folds(n: int, k: int, seed: int, *, classes: ArrayLike | None = None) -> NDArray[np.int64]:
    """Deal the rows out to folds of equal size, to one row.

    Parameters
    ----------
    n : int
        How many rows there are.
    k : int
        How many folds.
    seed : int
        The same seed gives the same folds.
    classes : array-like, shape (n,), optional
        The class of every row: then the rows of each class are dealt out equally too.

    Returns
    -------
    array of int, shape (n,)
        The fold of every row, from 0.

    Raises
    ------
    UsageError
        If there are fewer than two folds.
    DataError
        If there are more folds than rows.

    Examples
    --------
    >>> folds(6, 3, seed=1).tolist()
    [1, 1, 2, 2, 0, 0]
    """
    import numpy as np

    if k < 2:
        raise UsageError(f"{k} folds are too few; there must be 2 or more")
    if k > n:
        raise DataError(f"{n} rows cannot be dealt out to {k} folds")
    order = shuffled(n, seed)
    if classes is not None:
        order = np.concatenate(_groups(order, np.asarray(classes)))
    fold = np.empty(n, dtype=np.int64)
    fold[order] = np.arange(n) % k
    return fold


def shuffled(n: int, seed: int) -> NDArray[np.int64]:
    """The numbers 0 to n - 1 in random order: sorted by random keys of 64 bits, those of the generator SplitMix64.

    Steele, Lea and Flood, Fast splittable pseudorandom number generators (2014), with Vigna's constants. Its state is the seed,
    mixed once, so that neighbouring seeds have nothing to do with each other.

    Examples
    --------
    >>> shuffled(5, seed=0).tolist()
    [2, 4, 1, 0, 3]
    """
    import numpy as np

    start = _mixed(np.array([seed % 2**64], dtype=np.uint64))
    keys = _mixed(start + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(_STEP))
    return np.argsort(keys, kind="stable")


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    import numpy as np

    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def _groups(order: NDArray[np.int64], classes: NDArray[Any]) -> list[NDArray[np.int64]]:
    """The rows of each class, in the random order."""
    import numpy as np

    return [order[classes[order] == level] for level in np.unique(classes)]


def _shares(sizes: list[int], fraction: float, total: int) -> list[int]:
    """How many rows each class gives: its part rounded down, and the rest to those with the largest remainders."""
    shares = [min(math.floor(size * fraction), size - 1) for size in sizes]
    remainders = sorted(range(len(sizes)), key=lambda k: (shares[k] - sizes[k] * fraction, k))
    for k in remainders:
        if sum(shares) < total and shares[k] < sizes[k] - 1:
            shares[k] += 1
    return shares
