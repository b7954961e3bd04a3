"""Before the first step: the tape's derivatives of an objective against finite differences of its values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit import finite
from derivkit.models.objective import Objective
from derivkit.records import Estimate, RouteReport, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_ROWS = 1000  # differences call the objective hundreds of times
SAME = 1e-6  # a relative gap below this is rounding, whatever the bound says
TOO_VAGUE = 1e-4  # differences with a relative bound above this settle nothing


@dataclass(frozen=True, slots=True)
class _Gap:
    """One derivative by two routes, relative to the largest of its gradient."""

    route: str
    error: float
    bound: float
    point: Vector

    @property
    def excess(self) -> float:
        return self.error - self.bound


def check_gradient(objective: Objective, start: Vector, names: tuple[str, ...]) -> Verdict:
    """Compare gradient and curvature of an objective with finite differences, at the start and at a point beside it.

    Parameters
    ----------
    objective : Objective
        Of many rows, an even sample is taken.
    start : array of float, shape (p,)
    names : tuple of str, length p

    Returns
    -------
    Verdict
        `worst_at` is in coefficients of standardized columns.
    """
    import numpy as np

    part = objective.sample(MOST_ROWS)
    spread = float(np.sqrt((part.response**2).mean())) / math.sqrt(len(start))
    beside = start + spread * np.random.default_rng(0).standard_normal(len(start))
    gaps = [gap for point in (start, beside) for gap in (*_gradient_gaps(part, point), _curvature_gap(part, point, beside))]
    return _verdict(gaps, names, points=2)


def _gradient_gaps(objective: Objective, point: Vector) -> list[_Gap]:
    import numpy as np

    _, gradient = objective(point)
    estimates = finite.gradient(lambda w: objective.value(np.asarray(w, dtype=float)), point)
    scale = max(np.abs(gradient).max(), max(abs(e.value) for e in estimates))
    return [_gap("tape", float(claimed), e, float(scale), point) for claimed, e in zip(gradient, estimates, strict=True)]


def _curvature_gap(objective: Objective, point: Vector, beside: Vector) -> _Gap:
    """The second derivative along one direction, on which the standard errors rest."""
    import numpy as np

    direction = beside / np.linalg.norm(beside)
    estimate = finite.derivative(lambda t: float(objective(point + t * direction)[1] @ direction), 0.0)
    root = objective.root(point) @ direction
    claimed = float(root @ root) / len(objective.response)
    return _gap("curvature", claimed, estimate, max(abs(claimed), abs(estimate.value)), point)


def _gap(route: str, claimed: float, estimate: Estimate, scale: float, point: Vector) -> _Gap:
    if not scale:
        return _Gap(route, 0.0, 0.0, point)
    return _Gap(route, abs(claimed - estimate.value) / scale, estimate.error / scale, point)


def _verdict(gaps: list[_Gap], names: tuple[str, ...], points: int) -> Verdict:
    def where(gap: _Gap) -> Mapping[str, float]:
        return dict(zip(names, gap.point.tolist(), strict=True))

    reports = []
    for route in ("tape", "curvature"):
        worst = max((gap for gap in gaps if gap.route == route), key=lambda gap: (gap.error != gap.error, gap.error))
        reports.append(RouteReport(route, worst.error, worst.bound, where(worst)))
    wrong = [gap for gap in gaps if gap.excess > SAME]
    vague = [gap for gap in gaps if not gap.bound <= TOO_VAGUE or not math.isfinite(gap.error)]
    if wrong:
        worst = max(wrong, key=lambda gap: gap.excess)
        what = "gradient" if worst.route == "tape" else "second derivative"
        message = (
            f"the {what} differs from finite differences by {worst.error:.1g} of its size, more than their bound {worst.bound:.1g}"
        )
        return Verdict("disagree", "wrong_gradient", message, points, worst.route, tuple(reports), where(worst))
    if vague:
        message = "finite differences of the loss are too uncertain to check its gradient"
        return Verdict("refused", "cancellation", message, points, None, tuple(reports), where(vague[0]))
    message = f"tape and finite differences agree to {max(gap.error for gap in gaps):.1g}"
    return Verdict("agree", None, message, points, None, tuple(reports))
