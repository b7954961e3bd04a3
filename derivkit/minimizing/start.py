"""Where to start: a sensible point of the domain, or many points for many starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.errors import PointError
from derivkit.minimizing.function import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Bounds = tuple[Vector, Vector]

FIRST, APART = 0.5, 0.25  # the components of the first proposal: no symmetry, no whole numbers where functions like to have kinks
FACTORS = (1.0, -1.0, 4.0, 0.1, -4.0, 20.0, 0.01, 100.0)
TRIES = 200
SPREAD = 2.0  # widths of the start's own size over which other starts lie, where there are no bounds
UNIT = 1.0


def sensible(function: Function, bounds: Bounds) -> Vector:
    """A point of the domain within the bounds: 0.5, 0.75, 1, ... where that is one.

    Raises
    ------
    PointError
        If none was found.
    """
    import numpy as np

    for x in _proposals(len(function.variables), bounds):
        value, gradient = function.value_and_gradient(x)
        if np.isfinite(value) and np.isfinite(gradient).all():
            return x
    raise PointError("no point was found at which the function has a value", hint="give one with --start")


def _proposals(d: int, bounds: Bounds) -> Iterator[Vector]:
    import numpy as np

    low, high = bounds
    plain = FIRST + APART * np.arange(d)
    for factor in FACTORS:
        yield _inside(factor * plain, bounds)
    finite = np.isfinite(low) & np.isfinite(high)
    rng = np.random.default_rng(0)
    for _ in range(TRIES):
        drawn = np.exp(rng.normal(0, 2, d)) * rng.choice((-1.0, 1.0), d)
        within: Vector = low + rng.random(d) * np.where(finite, high - low, 0.0)
        yield np.where(finite, within, _inside(drawn, bounds))


def _inside(x: NDArray[np.floating], bounds: Bounds) -> Vector:
    """Within the bounds, not on them."""
    import numpy as np

    low, high = bounds
    width = np.where(np.isfinite(high - low), high - low, 1.0)
    x = np.where(x <= low, np.where(np.isfinite(low), low + 0.25 * width, x), x)
    return np.where(x >= high, np.where(np.isfinite(high), high - 0.25 * width, x), x)


def scattered(start: Vector, bounds: Bounds, count: int, seed: int) -> list[Vector]:
    """Points spread evenly: a Latin hypercube within the bounds, or around the start where a variable has none.

    Parameters
    ----------
    start : array of float, shape (d,)
    bounds : (array, array)
    count : int
    seed : int

    Returns
    -------
    list of array

    References
    ----------
    McKay, Beckman and Conover, Technometrics 21 (1979) 239.
    """
    import numpy as np

    d, rng = len(start), np.random.default_rng(seed)
    cells = np.stack([rng.permutation(count) for _ in range(d)], axis=1)
    share = (cells + rng.random((count, d))) / count
    reach = SPREAD * np.maximum(np.abs(start), UNIT)
    low = np.where(np.isfinite(bounds[0]), bounds[0], np.minimum(start, bounds[1]) - reach)
    high = np.where(np.isfinite(bounds[1]), bounds[1], np.maximum(start, low) + reach)
    return list(low + share * (high - low))
