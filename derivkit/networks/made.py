"""Points in the plane that no straight line tells apart: made here, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = tuple[NDArray[np.float64], NDArray[np.int64]]

MOST_ROWS, FEWEST_ARMS, MOST_ARMS = 1_000_000, 2, 20
MOST_NOISE = 1e100
TURNS = 1.0  # of a spiral's arm


@dataclass(frozen=True, slots=True)
class Made:
    """A kind of data, and how much of it there is where nobody says."""

    make: Callable[[int, float, int, np.random.Generator], Points]
    rows: int
    noise: float
    title: str


def made(
    name: str, *, rows: int | None = None, noise: float | None = None, arms: int | None = None, seed: int = 0
) -> dict[str, list[float] | list[int]]:
    """Columns x1, x2 and the class y.

    Parameters
    ----------
    name : str
        "xor", "spiral", "circles" or "moons".
    rows : int, optional
    noise : float, optional
        The standard deviation that is added to both coordinates.
    arms : int, optional
        Of a spiral: as many classes; 2 by default.
    seed : int

    Raises
    ------
    UsageError
        If a number makes no sense, or is not for these data.

    Examples
    --------
    >>> made("xor")
    {'x1': [0.0, 0.0, 1.0, 1.0], 'x2': [0.0, 1.0, 0.0, 1.0], 'y': [0, 1, 1, 0]}
    """
    import numpy as np

    kind = MADE[name]
    n, spread = kind.rows if rows is None else rows, kind.noise if noise is None else noise
    if arms is not None and name != "spiral":
        raise UsageError(f"--arms is for the spiral, and {name} has none", hint="leave --arms out")
    arms = FEWEST_ARMS if arms is None else arms
    if not FEWEST_ARMS <= arms <= MOST_ARMS:
        raise UsageError(f"--arms {arms}: a spiral has {FEWEST_ARMS} to {MOST_ARMS} arms")
    if not 2 * arms <= n <= MOST_ROWS:
        raise UsageError(f"--rows {n}: {2 * arms} to {MOST_ROWS:,} rows can be made")
    if not 0 <= spread <= MOST_NOISE:
        raise UsageError(f"--noise {spread:g}: a standard deviation is a number from 0 to {MOST_NOISE:g}")
    points, classes = kind.make(n, spread, arms, np.random.default_rng([seed, len(name)]))
    return {"x1": points[:, 0].tolist(), "x2": points[:, 1].tolist(), "y": classes.tolist()}


def _xor(n: int, noise: float, arms: int, random: np.random.Generator) -> Points:
    """The four corners of the unit square in turn; 1 where just one coordinate is."""
    import numpy as np

    corner = np.arange(n) % 4
    corners = np.stack([corner // 2, corner % 2], axis=1).astype(float)
    return _scattered(corners, noise, random), (corners.sum(axis=1) == 1).astype(int)


def _spiral(n: int, noise: float, arms: int, random: np.random.Generator) -> Points:
    """Arms of Archimedes' spiral around the origin, the radius from 0.1 to 1 over one turn."""
    import numpy as np

    arm = np.arange(n) % arms
    way = np.sqrt(random.uniform(0.01, 1.0, n))  # as many points on every piece of the plane
    angle = 2 * np.pi * (TURNS * way + arm / arms)
    return _scattered(way[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, random), arm


def _circles(n: int, noise: float, arms: int, random: np.random.Generator) -> Points:
    """A circle of radius 1/2 inside one of radius 1."""
    import numpy as np

    ring = np.arange(n) % 2
    angle = random.uniform(0, 2 * np.pi, n)
    radius = np.where(ring == 1, 0.5, 1.0)
    return _scattered(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, random), ring


def _moons(n: int, noise: float, arms: int, random: np.random.Generator) -> Points:
    """Two half circles, each with an end inside the other."""
    import numpy as np

    moon = np.arange(n) % 2
    angle = random.uniform(0, np.pi, n)
    side = 1 - 2 * moon
    points = np.stack([side * np.cos(angle) + moon, side * np.sin(angle) + moon / 2], axis=1)
    return _scattered(points, noise, random), moon


def _scattered(points: NDArray[np.float64], noise: float, random: np.random.Generator) -> NDArray[np.float64]:
    return points + random.normal(0.0, noise, points.shape) if noise else points


MADE = {
    "xor": Made(_xor, 4, 0.0, "the corners of a square"),
    "spiral": Made(_spiral, 300, 0.02, "arms of a spiral"),
    "circles": Made(_circles, 200, 0.1, "a circle in a circle"),
    "moons": Made(_moons, 200, 0.1, "two half moons"),
}
