"""Before the first step: the gradient at the start against slopes between values of the function, which know no rule of the table.

Of a formula they are differences in ball arithmetic, with a bound on their error; of code, differences of its own values.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivkit.finite.gap import SAME, Gap
from derivkit.minimizing import taylor
from derivkit.minimizing.function import Function
from derivkit.records import RouteReport, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.checking.survey import Suspicion
    from derivkit.enclose import Point
    from derivkit.expression.graph import Graph

    Vector = NDArray[np.float64]

SECONDS = 10.0
MOST_VARIABLES = 12  # beyond, the gradient is compared along random directions
DIRECTIONS = 3
SEED = 0
ROUNDING = 1e-9  # of the size that such a slope ordinarily has: what cancels there


def check_gradient(function: Function, start: Vector) -> Verdict:
    """Compare the gradient with differences, by each variable or along some directions.

    Parameters
    ----------
    function : Function
    start : array of float, shape (d,)
        In the function's domain.

    Returns
    -------
    Verdict
        "disagree" names the entry; "refused" where nothing can be told, as at a kink.
    """
    if function.graph is None:
        return _of_code(function, start)
    return _of_formula(function, function.graph, start)


def _of_formula(function: Function, graph: Graph, start: Vector) -> Verdict:
    from derivkit.checking.sampling import constant
    from derivkit.checking.survey import survey
    from derivkit.enclose import TRUTH_BITS, enclosures
    from derivkit.functions import precision

    point = {name: constant(Fraction(x)) for name, x in zip(function.variables, start.tolist(), strict=True)}
    with precision(TRUTH_BITS):
        suspicions = survey(graph, enclosures(graph, point), function.variables)
    refused = _not_smooth(graph, point, suspicions)
    return _compared(function, graph, point, start) if refused is None else refused


def _not_smooth(graph: Graph, point: Point, suspicions: list[Suspicion]) -> Verdict | None:
    """The refusal where some partial derivative does not exist."""
    from derivkit.checking.probe import probe
    from derivkit.enclose import TRUTH_BITS
    from derivkit.functions import precision

    for name in point if suspicions else ():
        with precision(TRUTH_BITS):
            finding = probe(graph, point, (name,), suspicions)
        if finding.reason is not None:
            return Verdict("refused", finding.reason, finding.message, 1, None, (RouteReport("tape", None, None, None),))
    return None


def _compared(function: Function, graph: Graph, point: Point, start: Vector) -> Verdict:
    """Entry by entry, or along directions where there are many."""
    import numpy as np

    from derivkit.checking.sampling import constant

    gradient = function.value_and_gradient(start)[1]
    at = dict(zip(function.variables, start.tolist(), strict=True))
    if len(start) <= MOST_VARIABLES:
        gaps = [_gap(graph, point, name, float(slope), at) for name, slope in zip(point, gradient, strict=True)]
    else:
        draws = np.random.default_rng(SEED).standard_normal((DIRECTIONS, len(start))) * np.maximum(np.abs(start), 1.0)
        here = {taylor.NAME: constant(0)}
        gaps = [_gap(taylor.arc(graph, function.variables, start, v), here, taylor.NAME, float(gradient @ v), at) for v in draws]
    return _verdict(gaps, along=len(start) > MOST_VARIABLES)


def _gap(graph: Graph, point: Point, name: str, claimed: float, at: dict[str, float]) -> Gap:
    from derivkit.checking.differences import central

    limit = central(graph, point, (name,))
    if limit.value is None:
        return Gap(name, float("nan"), float("inf"), at)
    value, error, scale = (abs(float(ball.mid())) for ball in (limit.value, limit.error, limit.scale))
    size = max(value, ROUNDING / SAME * scale) or 1.0
    return Gap(name, abs(claimed - float(limit.value.mid())) / size, error / size, at)


def _verdict(gaps: list[Gap], *, along: bool) -> Verdict:
    known = [gap for gap in gaps if not gap.vague]
    worst = max(known or gaps, key=lambda gap: gap.badness)
    reports = (RouteReport("tape", worst.error if known else None, worst.bound, worst.at),)
    if worst.wrong:
        which = "along a line" if along else f"by {worst.name}"
        message = f"the derivative {which} is off by {worst.error:.1g} of its size"
        return Verdict("disagree", "wrong_gradient", message, 1, "tape", reports, worst.at)
    if len(known) < len(gaps):
        message = "differences are too uncertain to check the gradient at the start"
        return Verdict("refused", "cancellation", message, 1, None, reports, worst.at)
    return Verdict("agree", None, "differences of many digits, at the start", 1, None, reports)


def _of_code(function: Function, start: Vector) -> Verdict:
    """By the check that is made for any code."""
    from derivkit.blackbox.check import check_gradient as examine

    found = examine(function.value, lambda x: function.value_and_gradient(x)[1], start, seconds=SECONDS)
    worst = found.worst[0] if found.worst else None
    error = None if worst is None else abs(worst.claimed - worst.measured) / (abs(worst.measured) or 1.0)
    at = dict(zip(function.variables, start.tolist(), strict=True))
    odd = "tape" if found.verdict == "disagree" else None
    report = RouteReport("tape", error, found.resolution, at)
    return Verdict(found.verdict, found.reason, found.message, 1, odd, (report,), None if found.verdict == "agree" else at)
