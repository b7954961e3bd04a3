"""Rectangles of two variables, and points of a grid in them: what pictures of a plane are sampled at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MARGIN = 0.08  # of the length of a side, around what is shown
SLIM = 2.0  # how much longer one side may be than the other
OTHER_UNITS = 50.0  # but where it is so much longer, both are what they are


@dataclass(frozen=True, slots=True)
class Plane:
    """From `low` to `high` in either direction.

    Attributes
    ----------
    low, high : (float, float)
        The first and the second coordinate; the ends are in order, and not equal.

    Examples
    --------
    >>> Plane.around([[0.0, 0.0], [10.0, 1000.0]], margin=0.1)
    Plane(low=(-1.0, -100.0), high=(11.0, 1100.0))
    """

    low: tuple[float, float]
    high: tuple[float, float]

    @classmethod
    def around(cls, points: Any, *, margin: float = MARGIN) -> Plane:
        """The rectangle that holds points of shape (n, 2), with a margin; not slim, unless its sides seem to have other units."""
        import numpy as np

        points = np.asarray(points, dtype=float)
        low, high = points.min(axis=0), points.max(axis=0)
        size = high - low
        lost = size <= 1e-9 * np.maximum(abs(low), abs(high))  # rounding alone
        size[lost] = size[~lost].max(initial=0.0) or 1.0
        longest = size.max()
        size[size > longest / OTHER_UNITS] = np.maximum(size, longest / SLIM)[size > longest / OTHER_UNITS]
        middle = low + (high - low) / 2
        return cls(_pair(middle - size * (0.5 + margin)), _pair(middle + size * (0.5 + margin)))

    def grid(self, across: int, up: int) -> tuple[Vector, Vector, Matrix]:
        """A grid whose first and last points lie on the ends.

        Returns
        -------
        x : array, shape (across,)
        y : array, shape (up,)
        points : array, shape (up * across, 2)
            Row by row, from the lowest on: values there have the shape (up, across).
        """
        import numpy as np

        x, y = np.linspace(self.low[0], self.high[0], across), np.linspace(self.low[1], self.high[1], up)
        every = np.meshgrid(x, y)
        return x, y, np.stack([each.ravel() for each in every], axis=1)

    def holds(self, points: Matrix) -> NDArray[np.bool_]:
        """Which points of shape (n, 2) lie in it."""
        import numpy as np

        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))


def _pair(ends: Vector) -> tuple[float, float]:
    return float(ends[0]), float(ends[1])
