"""Before the first step: the tape's derivatives of an objective against finite differences of its values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derivkit import finite
from derivkit.finite.gap import Gap
from derivkit.models.objective import Objective
from derivkit.records import Estimate, RouteReport, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST_ROWS = 1000  # differences call the objective hundreds of times
MOST_KINKED_ROWS = 25  # of a loss with kinks or jumps in its second derivative, one a row, of which differences want none near by
MOST_DRAWS = 5  # of points, where kinks are near by
MOST_AXES = 2  # with more coefficients, the gradient is compared along so many random directions instead


def check_gradient(
    objective: Objective,
    start: Vector,
    names: Sequence[str],
    *,
    spread: float,
    kinked: bool = False,
    curved: bool = True,
    straight: bool = False,
) -> Verdict:
    """Compare gradient and curvature of an objective with finite differences, at two points on either side of the start.

    Parameters
    ----------
    objective : Objective
        Of many rows, an even sample is taken.
    start : array of float, shape (P,)
    names : sequence of str, length P
    spread : float
        The size of linear predictors that matters.
    kinked : bool
        Whether the loss of a row, or its derivative, has kinks.
    curved : bool
        Whether the loss has a second derivative worth comparing.
    straight : bool
        Whether that may be 0 in every row at a point, as it is of Huber's loss far away.

    Returns
    -------
    Verdict
        `worst_at` is in coefficients of standardized columns.
    """
    import numpy as np

    part = objective.sample(MOST_KINKED_ROWS if kinked else MOST_ROWS)
    random = np.random.default_rng(0)
    for _ in range(MOST_DRAWS if kinked else 1):
        verdict = _around(part, start, names, spread / math.sqrt(len(start)), random, curved=curved, straight=straight)
        if verdict.verdict != "refused":  # as it may be next to a kink
            break
    return verdict


def _around(
    part: Objective,
    start: Vector,
    names: Sequence[str],
    size: float,
    random: np.random.Generator,
    *,
    curved: bool,
    straight: bool,
) -> Verdict:
    """The comparison at two points in one random direction."""
    import numpy as np

    direction = size * random.standard_normal(len(start))
    axes = (
        np.eye(len(start)) if len(start) <= MOST_AXES else random.standard_normal((MOST_AXES, len(start))) / math.sqrt(len(start))
    )
    points = (start - direction, start + direction)
    places = [dict(zip(names, point.tolist(), strict=True)) for point in points]
    pairs = list(zip(points, places, strict=True))
    gaps = [gap for point, at in pairs for gap in _gradient_gaps(part, point, at, axes, size)]
    if curved:
        gaps += [_curvature_gap(part, point, at, direction, straight=straight) for point, at in pairs]
    return _verdict(gaps, len(points))


def _gradient_gaps(objective: Objective, point: Vector, at: Mapping[str, float], axes: Matrix, spread: float) -> list[Gap]:
    value, gradient = objective(point)

    def along(axis: Vector) -> Estimate:
        return finite.derivative(lambda t: objective.value(point + t * axis), 0.0, scale=spread)

    estimates = [along(axis) for axis in axes]
    size = max(value / spread, *(abs(estimate.value) for estimate in estimates))
    claims = (axes @ gradient).tolist()
    return [_gap("tape", claimed, estimate, size, at) for claimed, estimate in zip(claims, estimates, strict=True)]


def _curvature_gap(objective: Objective, point: Vector, at: Mapping[str, float], direction: Vector, *, straight: bool) -> Gap:
    """The second derivative along one direction, on which the standard errors rest."""
    estimate = finite.derivative(lambda t: objective.value(point + t * direction), 0.0, order=2, scale=1.0)
    claimed = float(direction @ objective.hessian(point) @ direction) / len(objective.columns)
    size = abs(estimate.value)
    if straight and not claimed:  # differences never see exactly 0: what they see counts beside the loss
        size = abs(objective.value(point))
    return _gap("curvature", claimed, estimate, size or 1.0, at)


def _gap(route: str, claimed: float, estimate: Estimate, size: float, at: Mapping[str, float]) -> Gap:
    return Gap(route, abs(claimed - estimate.value) / size, estimate.error / size, at)


def _verdict(gaps: list[Gap], points: int) -> Verdict:
    reports = []
    for route in dict.fromkeys(gap.name for gap in gaps):
        worst = max((gap for gap in gaps if gap.name == route), key=lambda gap: gap.badness)
        reports.append(RouteReport(route, worst.error, worst.bound, worst.at))
    wrong = [gap for gap in gaps if gap.wrong]
    vague = [gap for gap in gaps if gap.vague]
    if wrong:
        first = wrong[0]  # a wrong gradient stands before the second derivative that it spoils
        what = "gradient" if first.name == "tape" else "second derivative"
        message = (
            f"the {what} of the loss is off by {first.error:.1g} of its size; the differences' error is at most {first.bound:.1g}"
        )
        return Verdict("disagree", "wrong_gradient", message, points, first.name, tuple(reports), first.at)
    if vague:
        message = "finite differences of the loss are too uncertain to check its gradient"
        return Verdict("refused", "cancellation", message, points, None, tuple(reports), vague[0].at)
    message = f"tape and finite differences agree to {max(gap.error for gap in gaps):.1g}"
    return Verdict("agree", None, message, points, None, tuple(reports))
