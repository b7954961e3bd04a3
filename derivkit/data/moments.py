"""Mean, spread and range of numbers that come in parts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Moments:
    """What is known of the numbers so far.

    Attributes
    ----------
    rows : int
    mean : float
    squares : float
        The sum of squared deviations from the mean.
    low, high : float

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments()
    >>> moments.add(np.array([1.0, 2.0]))
    >>> moments.add(np.array([6.0]))
    >>> moments.mean, moments.squares, moments.low, moments.high
    (3.0, 14.0, 1.0, 6.0)
    """

    def __init__(self) -> None:
        self.rows = 0
        self.mean = self.squares = 0.0
        self.low, self.high = math.inf, -math.inf

    @property
    def spread(self) -> float:
        """The standard deviation, with divisor n."""
        return math.sqrt(self.squares / self.rows) if self.rows else 0.0

    @property
    def mean_square(self) -> float:
        """The mean of the squares."""
        return self.squares / self.rows + self.mean**2 if self.rows else 0.0

    def add(self, found: NDArray[np.float64]) -> None:
        """Take in more numbers: Chan, Golub and LeVeque (1983), for mean and sum of squares of two sets."""
        import numpy as np

        if not len(found):
            return
        self.low, self.high = min(self.low, float(found.min())), max(self.high, float(found.max()))
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(found.mean())
            rest = found - mean
            rest *= rest  # not rest @ rest, whose threads cost more than they save on parts of this size
            gap, rows = mean - self.mean, self.rows + len(found)
            self.squares += float(rest.sum()) + gap * gap * self.rows * len(found) / rows
            self.mean += gap * len(found) / rows
            self.rows = rows
