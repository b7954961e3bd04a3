"""Where a fit starts if nobody says: many values for what is not linear, the best ones for what is.

The formula is linear in some of its parameters, whose best values follow from the others' by linear least squares (variable
projection). The others are drawn, from a seeded generator: half of them with either sign and a magnitude spread evenly in the
logarithm over six decades around 1, around a column's size and around its inverse (rates and half-lives are such numbers), half of
them evenly within the range of a column (places of peaks and steps are). The best few draws are improved, and the best of those is
the start.

Source: Golub and Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate,
SIAM J. Numer. Anal. 10 (1973) 413.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.errors import DataError
from derivkit.fitting.problem import Problem
from derivkit.optimize import levenberg_marquardt
from derivkit.optimize.gauss_newton import column_norms
from derivkit.program.program import Program, compile_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Bounds = tuple[Vector, Vector]

MOST_ROWS = 400  # that draws are tried on
DRAWS = 300  # for each parameter that is drawn
MOST_DRAWS = 2000
STAGES = ((30, 40), (5, 300))  # how many of the best are improved, and by how many steps
DECADES = 3.0  # either way
SEED = 0


@dataclass(frozen=True, eq=False)
class Start:
    """Where a fit starts.

    Attributes
    ----------
    x : array of float, shape (p,)
    origin : str
        "given", "linear" (no start is needed) or "searched".
    tries : int
        How many draws were made.
    """

    x: Vector
    origin: str
    tries: int = 0


def find_start(problem: Problem, given: Mapping[str, float], bounds: Bounds) -> Start:
    """A start for every parameter, as given where it is.

    Parameters
    ----------
    problem : Problem
    given : mapping of str to float
    bounds : (array, array)

    Raises
    ------
    DataError
        If the formula has no value in some row for every draw.
    """
    import numpy as np

    names = problem.parameters
    if len(given) == len(names):
        return Start(np.array([given[name] for name in names], dtype=float), "given")
    linear = [name for name in problem.linear if name not in given]
    drawn = [name for name in names if name not in given and name not in linear]
    search = _Search(problem.rows(slice(None, None, -(-len(problem.response) // MOST_ROWS))), linear, given, bounds)
    draws = search.draws(drawn) if drawn else [{}]
    with np.errstate(all="ignore"):
        tried = [found for draw in draws if (found := search.completed(draw)) is not None]
        if not tried:
            raise _no_start(drawn)
        for count, steps in STAGES if drawn else ():
            tried = sorted(tried, key=lambda found: found[0])[:count]
            tried = [search.improved(x, steps) for _, x in tried]
    best = min(tried, key=lambda found: found[0])[1]
    return Start(best, "searched", len(draws)) if drawn else Start(best, "given" if given else "linear")


def _no_start(drawn: Sequence[str]) -> DataError:
    if not drawn:
        hint = "look at the columns that it divides by or takes roots of"
        return DataError("the formula or a derivative of it is not a finite number in some row", hint=hint)
    return DataError("no start was found at which the formula has a value in every row", hint=f"give one: --start {drawn[0]}=1")


class _Search:
    """Draws, completed by linear least squares, on a sample of the rows."""

    def __init__(self, problem: Problem, linear: Sequence[str], given: Mapping[str, float], bounds: Bounds) -> None:
        self.problem = problem
        self.linear = linear
        self.given = given
        self.ends: dict[str, tuple[float, float]] = dict(
            zip(problem.parameters, zip(*(ends.tolist() for ends in bounds), strict=True), strict=True)
        )
        self.bounds = bounds
        self._program: Program = compile_graph(problem.graph, 1, wrt=linear)

    def draws(self, names: Sequence[str]) -> list[dict[str, float]]:
        """Values for parameters, within their bounds."""
        import numpy as np

        rng = np.random.default_rng(SEED)
        columns = [values for values in self.problem.values.values() if not isinstance(values, float)]
        ranges = [(float(column.min()), float(column.max())) for column in columns] or [(0.0, 1.0)]
        sizes = [1.0, *(size**power for low, high in ranges if (size := max(abs(low), abs(high))) for power in (1, -1))]

        def drawn() -> float:
            if rng.random() < 0.5:
                return float(rng.choice((-1.0, 1.0)) * rng.choice(sizes) * 10 ** rng.uniform(-DECADES, DECADES))
            return float(rng.uniform(*ranges[rng.integers(len(ranges))]))

        count = min(MOST_DRAWS, DRAWS * len(names))
        return [{name: self._mirrored(name, drawn()) for name in names} for _ in range(count)]

    def _mirrored(self, name: str, value: float) -> float:
        """The value, mirrored at a bound that it lies beyond, and moved to the bound where that does not help."""
        low, high = self.ends[name]
        mirrored = 2 * low - value if value < low else 2 * high - value if value > high else value
        return self._within(name, mirrored)

    def _within(self, name: str, value: float) -> float:
        low, high = self.ends[name]
        return max(low, min(value, high))

    def completed(self, draw: Mapping[str, float]) -> tuple[float, Vector] | None:
        """The sum of squares and all parameters, with the best linear ones; None where the formula has no value in some row."""
        import numpy as np

        problem = self.problem
        known = {**problem.values, **self.given, **draw}
        value, slopes = self._program(**known, **dict.fromkeys(self.linear, 0.0))
        target = -problem.residuals(problem.spread(value))
        columns = problem.spread(slopes).T * problem.weight[:, None]
        if not (np.isfinite(target).all() and np.isfinite(columns).all()):
            return None
        scale = column_norms(columns)
        shares = np.linalg.lstsq(columns / scale, target, rcond=1e-12)[0] / scale if self.linear else np.zeros(0)
        best = {name: self._within(name, share) for name, share in zip(self.linear, shares.tolist(), strict=True)}
        rest = target - columns @ np.array([best[name] for name in self.linear])
        whole = {**self.given, **draw, **best}
        total = float(rest @ rest)
        return (total, np.array([whole[name] for name in problem.parameters])) if math.isfinite(total) else None

    def improved(self, x: Vector, steps: int) -> tuple[float, Vector]:
        """The value and the parameters after a few steps."""
        local = levenberg_marquardt.minimize(self.problem, x, bounds=self.bounds, most_iterations=steps).local
        return (local.value if local.finite else math.inf), local.x
