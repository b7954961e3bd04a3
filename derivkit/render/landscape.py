"""What pictures show of a function around the ways that methods took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.render.plane import Plane
from derivkit.render.trajectory import Trajectory, places

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

AROUND = 0.25  # of the length of a way of one variable, on both sides
DEPTH = 1e-9  # of the range of values: heights below are one level


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """A function of two variables on a grid.

    Attributes
    ----------
    plane : Plane
    x : array, shape (across,)
    y : array, shape (up,)
    values : array, shape (up, across)
        The lowest row first; NaN where there is no finite value.
    least : float
        The lowest value known: on the grid, or on a way.
    """

    plane: Plane
    x: Vector
    y: Vector
    values: Matrix
    least: float

    @property
    def heights(self) -> Matrix:
        """Decimal logarithms of how far values lie above the least: equal steps show a narrow valley as well as its walls."""
        import numpy as np

        above = self.values - self.least
        highest = np.nanmax(above, initial=0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log10(np.maximum(above, DEPTH * highest)))


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A function of one variable; both arrays of shape (n,), with NaN where there is no finite value."""

    x: Vector
    y: Vector


def landscape(value_at: Callable[[Matrix], Vector], ways: Sequence[Trajectory], across: int, up: int) -> Landscape:
    """The function around the ways, on a grid of so many places."""
    import numpy as np

    plane = Plane.around(places(ways))
    x, y, points = plane.grid(across, up)
    found = _finite(value_at, points).reshape(up, across)
    known = np.concatenate([found.ravel(), *(way.value[plane.holds(way.x)] for way in ways)])
    known = known[np.isfinite(known)]
    return Landscape(plane, x, y, found, float(known.min()) if len(known) else 0.0)


def profile(value_at: Callable[[Matrix], Vector], ways: Sequence[Trajectory], count: int) -> Profile:
    """The function of one variable around the ways, at so many places."""
    import numpy as np

    x = places(ways)[:, 0]
    plane = Plane.around(np.stack([x, 0 * x], axis=1), margin=AROUND)
    every = np.linspace(plane.low[0], plane.high[0], count)
    return Profile(every, _finite(value_at, every[:, None]))


def _finite(value_at: Callable[[Matrix], Vector], points: Matrix) -> Vector:
    import numpy as np

    with np.errstate(all="ignore"):
        found = np.asarray(value_at(points.T), dtype=float)
    return np.where(np.isfinite(found), found, np.nan)
