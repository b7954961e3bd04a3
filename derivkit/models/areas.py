"""The area under the curve of true against false positives: exactly, or counted in bins with a bound on what that costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

BINS = 2**18


def area_under_curve(response: Vector, prediction: Vector) -> float:
    """The probability that a row of class 1 is predicted above a row of class 0, ties counting one half.

    Parameters
    ----------
    response : array of 0.0 and 1.0, shape (n,)
    prediction : array of float, shape (n,)

    Returns
    -------
    float
        NaN where one class has no rows.

    Examples
    --------
    >>> import numpy as np
    >>> area_under_curve(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.4, 0.4, 0.8]))
    0.875

    References
    ----------
    Hanley and McNeil, Radiology 143 (1982) 29: the Mann-Whitney statistic.
    """
    import numpy as np

    ones = float(response.sum())
    zeros = len(response) - ones
    if not ones or not zeros:
        return math.nan
    order = np.argsort(prediction)
    last = np.append(np.flatnonzero(np.diff(prediction[order])), len(order) - 1)  # of every run of ties
    above = np.diff(np.cumsum(response[order])[last], prepend=0.0)
    counts = np.diff(last, prepend=-1)
    mid_rank = last + 1 - (counts - 1) / 2
    return float((mid_rank @ above - ones * (ones + 1) / 2) / (ones * zeros))


class ExactArea:
    """The area of rows that come in blocks, which are kept."""

    def __init__(self) -> None:
        self._blocks: list[tuple[NDArray[np.bool_], Vector]] = []

    def add(self, own: NDArray[np.bool_], probability: Vector) -> None:
        """Take in rows: whether they are of the class, and its probability."""
        self._blocks.append((own, probability))

    def area(self) -> tuple[float, float]:
        """The area, and a bound on its error."""
        import numpy as np

        own, probability = (np.concatenate(each) for each in zip(*self._blocks, strict=True))
        return area_under_curve(own.astype(float), probability), 0.0


class BinnedArea:
    """The area of rows that come in blocks, which are only counted, in bins of their probability.

    Rows of one bin count as tied, so that every pair of them is wrong by one half at most, and by nothing if all are equal. Bins
    are of equal width in the angle whose sine is the root of the probability, and so narrow where probabilities are near 0 or 1.

    Examples
    --------
    >>> import numpy as np
    >>> binned = BinnedArea()
    >>> binned.add(np.array([False, True, False, True]), np.array([0.1, 0.3, 0.4, 0.8]))
    >>> binned.area()
    (0.75, 0.0)
    """

    def __init__(self) -> None:
        import numpy as np

        self._counts = np.zeros((2, BINS), dtype=np.int64)
        self._low, self._high = np.full(BINS, np.inf), np.full(BINS, -np.inf)

    def add(self, own: NDArray[np.bool_], probability: Vector) -> None:
        """Take in rows: whether they are of the class, and its probability."""
        import numpy as np

        angle = np.arcsin(np.sqrt(probability.clip(0.0, 1.0))) / (np.pi / 2)
        place = np.minimum((angle * BINS).astype(np.int64), BINS - 1)
        for k, chosen in enumerate((~own, own)):
            np.add.at(self._counts[k], place[chosen], 1)
        np.minimum.at(self._low, place, probability)
        np.maximum.at(self._high, place, probability)

    def area(self) -> tuple[float, float]:
        """The area, and a bound on its error."""
        import numpy as np

        zeros, ones = self._counts.astype(float)
        pairs = float(zeros.sum() * ones.sum())
        if not pairs:
            return math.nan, math.nan
        ties = zeros * ones
        below = np.cumsum(zeros) - zeros
        return float((below @ ones) + ties.sum() / 2) / pairs, float(ties[self._low < self._high].sum()) / 2 / pairs
