"""The ways that methods took, as pictures show them: where they went, and values and gradients by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.outcome import LOST, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.result import MinimizeResult

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

USUAL = (0.02, 0.98)  # parts of a way between which it is shown in any case
BEYOND = 1.0  # how far outside the usual a place may lie to be shown, in sizes of the usual
FIRST = 3  # places of a way that ran away, where all did; of one among others the start
UNEQUAL, FEWEST = 20, 5  # the ratio of lengths, and steps that the shorter counts for at least
SIGHT = 1e3  # how far above the others numbers of a way that ran away are shown


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


def places(ways: Sequence[Trajectory]) -> Matrix:
    """The places to show: starts, ends, the usual ones of each way and what is not far from them; not where they ran away."""
    import numpy as np

    finite = [way.x[np.isfinite(way.x).all(axis=1)] for way in ways]
    few = FIRST if all(way.lost for way in ways) else 1
    core = np.concatenate([x[:few] if way.lost else _usual(x) for x, way in zip(finite, ways, strict=True)])
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
    return Course(least, above, norms, max(lengths) > UNEQUAL * max(min(lengths), FEWEST))


def _within_sight(every: Sequence[Vector], ways: Sequence[Trajectory]) -> tuple[Vector, ...]:
    """Numbers without those of ways that ran away, where they are far higher than all that the others saw."""
    import numpy as np

    stayed = [each[np.isfinite(each)] for each, way in zip(every, ways, strict=True) if not way.lost]
    if not stayed:
        return tuple(every)
    highest = SIGHT * np.concatenate(stayed).max(initial=0.0)
    return tuple(np.where(way.lost & (each > highest), np.nan, each) for each, way in zip(every, ways, strict=True))
