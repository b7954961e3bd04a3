"""Before the first step: the engine's derivatives of a formula on the loaded data against finite differences of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit import finite
from derivkit.finite.gap import SAME, Gap
from derivkit.fitting.problem import Problem
from derivkit.records import Estimate, RouteReport, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Bounds = tuple[Vector, Vector]

MOST_ROWS = 100  # differences take values hundreds of times
AWAY = 0.1  # relative distance of the second point
POINTS = 2
SEED = 0


def check_gradient(problem: Problem, start: Vector, bounds: Bounds) -> Verdict:
    """Compare the derivatives of the formula with finite differences: by each parameter at the start, by all together near it.

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
        "disagree" if some derivative is further off than the differences' bound; "refused" if some derivative could be checked
        neither at the start nor near it.
    """
    import numpy as np

    part = problem.rows(slice(None, None, -(-len(problem.response) // MOST_ROWS)))
    rng = np.random.default_rng(SEED)
    signs = rng.choice((-1.0, 1.0), len(part.response)) * rng.uniform(0.5, 1.0, len(part.response))
    away = np.clip(start + AWAY * rng.uniform(0.5, 1.0, len(start)) * np.where(start == 0, 1.0, start), *bounds)
    here, there = _Comparison(part, signs, start, bounds), _Comparison(part, signs, away, bounds)
    gaps = [here.by(k) for k in range(len(start))]
    gaps += [there.by(k) for k in range(len(start)) if gaps[k].vague]
    gaps.append(there.together(away - start))
    return _verdict(gaps, problem.parameters)


class _Comparison:
    """Both routes at one point."""

    def __init__(self, problem: Problem, signs: Vector, point: Vector, bounds: Bounds) -> None:
        import numpy as np

        self.problem = problem
        self.signs = signs
        self.point = point
        self.bounds = bounds
        fitted, slopes = problem.model(point)
        with np.errstate(all="ignore"):
            self.slopes = signs @ slopes
            self.size = float(np.abs(signs) @ np.abs(fitted))

    def by(self, k: int) -> Gap:
        """By one parameter."""

        def total(value: float) -> float:
            there = self.point.copy()
            there[k] = value
            return self._total(there)

        value, (low, high) = float(self.point[k]), self.bounds
        estimate = finite.derivative(total, value, domain=(float(low[k]), float(high[k])))
        return self._gap(self.problem.parameters[k], float(self.slopes[k]), estimate, abs(value) or 1.0)

    def together(self, direction: Vector) -> Gap:
        """Along the line that leads here."""
        estimate = finite.derivative(lambda t: self._total(self.point + (t - 1) * direction), 1.0)
        return self._gap("", float(self.slopes @ direction), estimate, 1.0)

    def _total(self, point: Vector) -> float:
        return float(self.signs @ self.problem.fitted(point))

    def _gap(self, name: str, claimed: float, estimate: Estimate, scale: float) -> Gap:
        whole = max(abs(estimate.value), SAME * self.size / scale) or 1.0
        at = dict(zip(self.problem.parameters, self.point.tolist(), strict=True))
        return Gap(name, abs(claimed - estimate.value) / whole, estimate.error / whole, at)


def _verdict(gaps: list[Gap], names: tuple[str, ...]) -> Verdict:
    sharp = [gap for gap in gaps if not gap.vague]
    worst = max(sharp or gaps, key=lambda gap: gap.badness)
    routes = (RouteReport("tape", worst.error, worst.bound, worst.at),)
    wrong = next((gap for gap in gaps if gap.wrong), None)
    unchecked = [name for name in names if name not in {gap.name for gap in sharp}]
    if wrong is not None:
        which = f"derivative by {wrong.name}" if wrong.name else "derivative along a line"
        message = f"the {which} is off by {wrong.error:.1g} of its size; the differences' error is at most {wrong.bound:.1g}"
        return Verdict("disagree", "wrong_gradient", message, POINTS, "tape", routes, wrong.at)
    if unchecked:
        message = f"finite differences are too uncertain to check the derivative by {', '.join(unchecked)}"
        return Verdict("refused", "cancellation", message, POINTS, None, routes, worst.at)
    return Verdict("agree", None, f"tape and finite differences agree to {worst.error:.1g}", POINTS, None, routes)
