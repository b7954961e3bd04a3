"""Before the first step: the engine's derivatives of a formula on the loaded data against finite differences of its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit import finite
from derivkit.fitting.problem import Problem
from derivkit.records import RouteReport, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_ROWS = 200  # differences take values hundreds of times
SAME = 1e-6  # a relative gap below this is rounding, whatever the bound says
TOO_VAGUE = 1e-4  # differences with a relative bound above this settle nothing
AWAY = 0.1  # relative distance of the second point
SEED = 0


@dataclass(frozen=True, slots=True)
class _Gap:
    """One partial derivative by two routes, and how far they differ, relative to its size."""

    name: str
    error: float
    bound: float
    at: Mapping[str, float]

    @property
    def vague(self) -> bool:
        return not self.bound <= TOO_VAGUE

    @property
    def wrong(self) -> bool:
        """Whether the routes are further apart than the differences' bound; NaN is."""
        return not self.vague and not self.error - self.bound <= SAME


def check_gradient(problem: Problem, start: Vector, bounds: tuple[Vector, Vector]) -> Verdict:
    """Compare the derivatives of the formula with finite differences, at the start and at a second point near it.

    What is differentiated is a sum of the formula's values over the rows (of many, an even sample) with random weights of either
    sign, so that wrong derivatives in different rows do not cancel.

    Parameters
    ----------
    problem : Problem
    start : array of float, shape (p,)
    bounds : (array, array)

    Returns
    -------
    Verdict
        "disagree" if some derivative is further off than the differences' bound; "refused" if some derivative could be checked at
        neither point.
    """
    import numpy as np

    part = problem.rows(slice(None, None, -(-len(problem.response) // MOST_ROWS)))
    rng = np.random.default_rng(SEED)
    signs = rng.choice((-1.0, 1.0), len(part.response)) * rng.uniform(0.5, 1.0, len(part.response))
    away = start + AWAY * rng.uniform(0.5, 1.0, len(start)) * np.where(start == 0, 1.0, start)
    points = (start, np.clip(away, *bounds))
    return _verdict([gap for point in points for gap in _gaps(part, point, signs)], problem.parameters, len(points))


def _gaps(problem: Problem, point: Vector, signs: Vector) -> list[_Gap]:
    import numpy as np

    fitted, slopes = problem.model(point)
    with np.errstate(all="ignore"):
        claimed = signs @ slopes
        size = float(np.abs(signs) @ np.abs(fitted))
    at = dict(zip(problem.parameters, point.tolist(), strict=True))
    found = []
    for k, (name, value) in enumerate(at.items()):
        scale = abs(value) or 1.0
        estimate = finite.derivative(_along(problem, point, k, signs), 0.0, scale=scale)
        whole = max(abs(estimate.value), SAME * size / scale) or 1.0
        found.append(_Gap(name, abs(float(claimed[k]) - estimate.value) / whole, estimate.error / whole, at))
    return found


def _along(problem: Problem, point: Vector, k: int, signs: Vector) -> Callable[[float], float]:
    """The weighted sum of the formula's values as one parameter moves."""
    import numpy as np

    axis = np.eye(len(point))[k]
    return lambda t: float(signs @ problem.fitted(point + t * axis))


def _verdict(gaps: list[_Gap], names: tuple[str, ...], points: int) -> Verdict:
    sharp = [gap for gap in gaps if not gap.vague]
    worst = max(sharp or gaps, key=lambda gap: (not math.isfinite(gap.error), gap.error))
    routes = (RouteReport("tape", worst.error, worst.bound, worst.at),)
    wrong = next((gap for gap in gaps if gap.wrong), None)
    unchecked = [name for name in names if name not in {gap.name for gap in sharp}]
    if wrong is not None:
        message = f"the derivative by {wrong.name} is off by {wrong.error:.1g} of its size"
        message += f"; the differences' error is at most {wrong.bound:.1g}"
        return Verdict("disagree", "wrong_gradient", message, points, "tape", routes, wrong.at)
    if unchecked:
        message = f"finite differences are too uncertain to check the derivative by {', '.join(unchecked)}"
        return Verdict("refused", "cancellation", message, points, None, routes, worst.at)
    return Verdict("agree", None, f"tape and finite differences agree to {worst.error:.1g}", points, None, routes)
