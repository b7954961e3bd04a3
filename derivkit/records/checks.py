"""What a check returns: the verdict, what every route contributed to it, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

from derivkit.records.verdicts import ThreeValued


@dataclass(frozen=True, slots=True)
class RouteReport:
    """How far one route lies from the reference, at the worst of the points.

    Attributes
    ----------
    name : str
        "symbolic", "tape", "jets" or "differences".
    max_relative_error : float or None
        None where the route could not be taken at any point; `note` says why.
    error_bound : float or None
        The route's own bound on its relative error at that point.
    worst_at : mapping of str to float, or None
    note : str or None
    """

    name: str
    max_relative_error: float | None
    error_bound: float | None
    worst_at: Mapping[str, float] | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EntryReport:
    """What the routes contributed to one of several derivatives: `wrt` holds one name an order."""

    wrt: tuple[str, ...]
    routes: tuple[RouteReport, ...]

    @property
    def worst(self) -> float:
        """The largest relative error of all routes."""
        return max((report.max_relative_error or 0.0 for report in self.routes), default=0.0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether two routes gave the same number at every point.

    Attributes
    ----------
    routes : (str, str)
    verdict : str
        "agree", "disagree" or "unknown": one of them gave no number, or a vague one.
    independent : bool
        Whether they share nothing but the graph; what shares the table's rules confirms no rule.
    """

    routes: tuple[str, str]
    verdict: Literal["agree", "disagree", "unknown"]
    independent: bool


@dataclass(frozen=True, slots=True)
class Kink:
    """The two slopes at a kink, and what is made of them.

    Attributes
    ----------
    wrt : str
    left, right : float
    subgradient : bool
        Whether the function lies above the tangents of all slopes between the two, near the point: left <= right.
    conventions : mapping of str to float or None
        What automatic differentiation gives there, by framework; None where it gives no number.
    """

    wrt: str
    left: float
    right: float
    subgradient: bool
    conventions: Mapping[str, float | None]

    @property
    def interval(self) -> tuple[float, float]:
        """All slopes between the two: the subdifferential of a convex function, Clarke's generalized gradient of any."""
        return min(self.left, self.right), max(self.left, self.right)


@dataclass(frozen=True, slots=True)
class StepError:
    """How far a central difference in floats is off, relative to the derivative, and what makes it so.

    Attributes
    ----------
    step : float
        In the unit of the variable.
    truncation, rounding : float
        The error of the same difference without rounding, and what rounding adds.
    """

    step: float
    truncation: float
    rounding: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be seen at one point of a derivative and of floats.

    Attributes
    ----------
    wrt : tuple of str
    at : mapping of str to float
    taylor_order : float or None
        How fast |f(x + h) - f(x) - h f'(x)| falls with h, in many-digit arithmetic: 2 (or more) where the derivative is right, 1
        where it is wrong; infinite where nothing is left; None where it could not be measured.
    steps : tuple of StepError
        For first derivatives.
    digits_lost : (float or None, float or None)
        Of sixteen, by the value and by the derivative, as typed, in floats.
    """

    wrt: tuple[str, ...]
    at: Mapping[str, float]
    taylor_order: float | None
    steps: tuple[StepError, ...]
    digits_lost: tuple[float | None, float | None]

    @property
    def slopes(self) -> tuple[float | None, float | None]:
        """The powers of the step that truncation and rounding follow: 2 and -1, where they can be seen; None where not."""
        return _slope([(s.step, s.truncation) for s in self.steps[:3]]), _slope([(s.step, s.rounding) for s in self.steps])


def _slope(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The slope of the straight line through logarithms, by least squares."""
    from statistics import linear_regression  # here, because it takes a while to import

    logarithms = [(log(x), log(y)) for x, y in pairs if x > 0 and y > 0]
    if len(logarithms) < 2:
        return None
    return linear_regression(*zip(*logarithms, strict=True)).slope


@dataclass(frozen=True, slots=True)
class Verdict(ThreeValued):
    """The answer of a check: agree, disagree or refused, with its cause.

    Attributes
    ----------
    verdict : str
        "agree", "disagree" (naming the odd one out) or "refused" (naming the cause).
    reason : str or None
        "kink", "jump", "pole", "infinite_slope", "not_smooth_enough", "removable", "outside_domain", "cancellation", "overflow",
        "budget", ...; None where the routes agree.
    message : str
        One sentence for people.
    points : int
        How many points were compared.
    odd_one_out : str or None
        The route that disagrees with the others.
    routes : tuple of RouteReport
    witness : mapping of str to float, or None
        The point that shows a disagreement or a refusal.
    entries : tuple of EntryReport
        One a derivative, the worst first.
    agreements : tuple of Agreement
        One a pair of routes.
    kink : Kink or None
        Where that is the reason.
    evidence : Evidence or None
        Where `check` was asked for it.
    """

    verdict: Literal["agree", "disagree", "refused"]
    reason: str | None
    message: str
    points: int
    odd_one_out: str | None
    routes: tuple[RouteReport, ...]
    witness: Mapping[str, float] | None = None
    entries: tuple[EntryReport, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    kink: Kink | None = None
    evidence: Evidence | None = None

    @property
    def cause(self) -> str:
        """One word: "right", "wrong", or the reason of a refusal."""
        return {"agree": "right", "disagree": "wrong"}.get(self.verdict) or self.reason or "undecided"
