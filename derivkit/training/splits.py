"""Which rows are kept for a test, and which make a fold: told by a seed alone, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]


def order(n: int, seed: int) -> Rows:
    """The numbers 0 ... n - 1 in a random order: that of the raw words of the generator PCG64, which NumPy keeps as they are."""
    import numpy as np

    return np.argsort(np.random.PCG64(seed).random_raw(n), kind="stable")


def split(n: int, fraction: float, seed: int, *, strata: Rows | None = None) -> Rows:
    """The rows that are kept for a test, sorted.

    Parameters
    ----------
    n : int
    fraction : float
        Of the rows, between 0 and 1; rounded, of every stratum.
    seed : int
    strata : array of int, shape (n,), optional
        Classes, of each of which the fraction is taken.

    Examples
    --------
    >>> len(split(10, 0.2, 0))
    2
    """
    import numpy as np

    shuffled = order(n, seed)
    groups = [shuffled] if strata is None else [shuffled[strata[shuffled] == k] for k in np.unique(strata)]
    return np.sort(np.concatenate([group[: round(fraction * len(group))] for group in groups]))


def folds(n: int, count: int, seed: int, *, strata: Rows | None = None) -> list[Rows]:
    """The rows in so many parts of nearly one size, each sorted; of every stratum nearly as many in each.

    Examples
    --------
    >>> [len(part) for part in folds(11, 3, 0)]
    [4, 4, 3]
    """
    import numpy as np

    shuffled = order(n, seed)
    if strata is not None:
        shuffled = shuffled[np.argsort(strata[shuffled], kind="stable")]
    return [np.sort(shuffled[k::count]) for k in range(count)]
