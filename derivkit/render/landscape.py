"""What pictures of a minimization show: the ways that methods took, and the function around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.outcome import Outcome
from derivkit.render.plane import Plane

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.result import MinimizeResult

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

LOST = (Outcome.DIVERGED, Outcome.UNBOUNDED, Outcome.OUT_OF_DOMAIN)
USUAL = (0.02, 0.98)  # parts of a way between which it is shown in any case
BEYOND = 1.0  # how far outside the usual a place may lie to be shown, in sizes of the usual
FIRST = 4  # places of a way that ran away
AROUND = 0.25  # of the length of a way of one variable, on both sides
UNEQUAL = 20  # the ratio of lengths
SIGHT = 1e3  # how far above the others numbers of a way that ran away are shown
DEPTH = 1e-9  # of the range of values: heights below are one level


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """The way of one method.

    Attributes
    ----------
    name : str
    step : array, shape (n,)
        How many steps had been done.
    x : array, shape (n, d)
        The places, from the start on.
    value, gradient_norm : array, shape (n,)
    lost : bool
        Whether it ran away.
    falls : array, shape (d,), or None
        Of a saddle: along which direction the function falls from the end on.
    """

    name: str
    step: Vector
    x: Matrix
    value: Vector
    gradient_norm: Vector
    lost: bool = False
    falls: Vector | None = None


def trajectories_of(result: MinimizeResult) -> tuple[Trajectory, ...]:
    """The ways of all methods that were compared, or of the only one."""
    return tuple(
        Trajectory(
            each.method,
            each.path.step.astype(float),
            each.path.x,
            each.path.value,
            each.path.gradient_norm,
            each.outcome in LOST or not each.path.value[-1] <= each.path.value[0],
            each.curvature.direction if each.outcome is Outcome.SADDLE else None,
        )
        for each in result.compared or (result,)
    )


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


def places(ways: Sequence[Trajectory]) -> Matrix:
    """The places to show: starts, ends, the usual ones of each way and what is not far from them; not where they ran away."""
    import numpy as np

    finite = [way.x[np.isfinite(way.x).all(axis=1)] for way in ways]
    core = np.concatenate([x[:FIRST] if way.lost else _usual(x) for x, way in zip(finite, ways, strict=True)])
    every = np.concatenate(finite)
    low, high = core.min(axis=0), core.max(axis=0)
    beyond = BEYOND * (high - low)
    near = ((every >= low - beyond) & (every <= high + beyond)).all(axis=1)
    return np.concatenate([core, every[near]])


def _usual(x: Matrix) -> Matrix:
    import numpy as np

    return np.concatenate([x[[0, -1]], np.quantile(x, USUAL, axis=0)])


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Numbers of several ways by step, for logarithmic axes.

    Attributes
    ----------
    least : float
        The least value that a way saw.
    above, gradient_norm : tuple of arrays, each of shape (steps + 1,)
        Of each way: how far its values lie above the least, and its gradients' lengths; NaN where a way left the others behind.
    unequal : bool
        Whether the ways are so unequally long that steps are better counted in ratios.
    """

    least: float
    above: tuple[Vector, ...]
    gradient_norm: tuple[Vector, ...]
    unequal: bool


def course(ways: Sequence[Trajectory]) -> Course:
    """What there is to say of ways by step."""
    import numpy as np

    values = [way.value for way in ways]
    every = np.concatenate(values)
    least = float(np.min(every[np.isfinite(every)], initial=np.inf))
    lengths = [float(way.step[-1]) for way in ways]
    with np.errstate(invalid="ignore"):
        above = _within_sight([value - least for value in values], ways)
    norms = _within_sight([way.gradient_norm for way in ways], ways)
    return Course(least, above, norms, max(lengths) > UNEQUAL * max(min(lengths), 1.0))


def _within_sight(every: Sequence[Vector], ways: Sequence[Trajectory]) -> tuple[Vector, ...]:
    """Numbers without those of ways that ran away, where they are far higher than all that the others saw."""
    import numpy as np

    stayed = [each for each, way in zip(every, ways, strict=True) if not way.lost]
    if not stayed:
        return tuple(every)
    highest = SIGHT * np.nanmax(np.concatenate(stayed))
    return tuple(np.where(way.lost & (each > highest), np.nan, each) for each, way in zip(every, ways, strict=True))
