"""A minimization as a picture sees it: of one variable a curve, of two a plane, of more the plane in which the ways mostly lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.optimize.outcome import LOST
from derivkit.render.landscape import Landscape, Profile, landscape, profile
from derivkit.render.trajectory import Trajectory, places, trajectories_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.result import MinimizeResult
    from derivkit.optimize.bounds import Bounds

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST_VARIABLES = 200  # of which main directions are looked for
ROUNDING = 1e-24  # of the squares of distances
CURVE_FINER = 4  # places of a curve, for each of a plane's across


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is drawn.

    Attributes
    ----------
    ways : tuple of Trajectory
        Of as many coordinates as there are names.
    names : tuple of str
        One or two.
    ground : Profile or Landscape
    bounds : Bounds or None
    """

    ways: tuple[Trajectory, ...]
    names: tuple[str, ...]
    ground: Profile | Landscape
    bounds: Bounds | None = None


def view_of(result: MinimizeResult, across: int, up: int) -> View | None:
    """The function around the ways, known at so many places; None where it is not known beside them, or has too many variables."""
    names, ways, value_at = result.variables, trajectories_of(result), result.value_at
    if value_at is None or len(names) > MOST_VARIABLES:
        return None
    if len(names) == 1:
        return View(ways, names, profile(value_at, ways, CURVE_FINER * across), result.bounds)
    if len(names) == 2:
        return View(ways, names, landscape(value_at, ways, across, up), result.bounds)
    frame = _Frame.of(ways, result.start if result.outcome in LOST else result.x)
    seen = tuple(replace(way, x=frame.coordinates(way.x), falls=None) for way in ways)
    labels = tuple(f"main direction {k} ({100 * part:.0f} %)" for k, part in enumerate(frame.parts, 1))
    return View(seen, labels, landscape(frame.seen(value_at), seen, across, up))


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """A plane through a place: x = origin + unit * (axes @ coordinates)."""

    origin: Vector
    unit: Vector
    axes: Matrix
    parts: tuple[float, ...]  # of the squares of distances from the place that lie in each direction

    @classmethod
    def of(cls, ways: Sequence[Trajectory], origin: Vector) -> _Frame:
        """The two directions in which the ways mostly lie, in units of how far each variable moves.

        References
        ----------
        Principal components of a way: Li, Xu, Taylor, Studer and Goldstein, Visualizing the loss landscape of neural nets, NeurIPS
        (2018), section 7.
        """
        import numpy as np

        shown = places(ways)
        moved = np.ptp(shown, axis=0)
        unit = np.where(moved > 0, moved, 1.0)
        _, sizes, axes = np.linalg.svd((shown - origin) / unit)
        squares = np.append(sizes, 0.0)[:2] ** 2
        parts = squares / (float(sizes @ sizes) or 1.0)
        return cls(origin, unit, axes[:2].T, tuple(parts.tolist()))

    def coordinates(self, x: Matrix) -> Matrix:
        """Of places, shape (n, d) to shape (n, 2); what rounding makes of a direction in which nothing moves is none."""
        import numpy as np

        return np.where(np.array(self.parts) > ROUNDING, ((x - self.origin) / self.unit) @ self.axes, 0.0)

    def seen(self, value_at: Callable[[Matrix], Vector]) -> Callable[[Matrix], Vector]:
        """A function of x, shape (d, n), as one of coordinates, shape (2, n)."""
        return lambda at: value_at(self.origin[:, None] + self.unit[:, None] * (self.axes @ at))
