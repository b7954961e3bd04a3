"""What every route and every check returns: frozen, and each number with how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Literal, NoReturn


@dataclass(frozen=True, slots=True)
class Estimate:
    """A derivative from finite differences, with a bound on its error.

    Attributes
    ----------
    value : float
        NaN where nothing could be said.
    error : float
        A bound on |value - truth|; infinite where nothing could be said.
    step : float
        The step at which the best extrapolated value was found, in the unit of the variable.
    evaluations : int
        How often the function was called.
    """

    value: float
    error: float
    step: float
    evaluations: int


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


class ThreeValued:
    """An answer that is not a yes or a no: its `verdict` is one of several words, and "could not say" is among them."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a yes or a no: compare verdict.verdict with 'agree', 'disagree' or 'refused'")


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


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which a claimed derivative differs from the derivative.

    Attributes
    ----------
    at : mapping of str to float
        A number for every variable, exact as it stands.
    claimed : float
        NaN where the claim has no value.
    actual : float
    difference : float
        claimed - actual, from many digits: floats may not show it.
    """

    at: Mapping[str, float]
    claimed: float
    actual: float
    difference: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a wrong derivative may have come about.

    Attributes
    ----------
    kind : str
        "lost_inner", "sign", "product_rule", "quotient_rule", "power_off_by_one", "power_rule_on_exponential", "missing_constant",
        "sin_cos", "degrees_for_radians", "constant_as_variable", "constant_kept", "constant_added", "dropped_term", "factor",
        "not_differentiated", "integrated", "wrong_variable" or "wrong_order".
    message : str
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ClaimVerdict(ThreeValued):
    """Whether a claimed derivative is the derivative.

    Attributes
    ----------
    verdict : str
        "equal", "different" (with a witness) or "refused" (with the reason).
    reason : str or None
        Why it was refused: the check's own reason, "undecided", ...; "undefined" where the claim has no value.
    message : str
    wrt : tuple of str
        One name an order.
    claim, derivative : Formula
        What was claimed, and the derivative.
    proved : bool
        Whether equality was proved by an exact zero test; else it rests on agreement of enclosures at `points` points.
    points : int
        At how many points the two were compared.
    witness : Witness or None
    diagnosis : Diagnosis or None
        None where no usual slip explains the claim.
    check : Verdict
        On the derivative itself.
    taylor_orders : (float or None, float or None), or None
        At the witness, how fast the Taylor remainder falls with the claim and with the derivative; see `Evidence`.
    """

    verdict: Literal["equal", "different", "refused"]
    reason: str | None
    message: str
    wrt: tuple[str, ...]
    claim: Any
    derivative: Any
    proved: bool
    points: int
    witness: Witness | None
    diagnosis: Diagnosis | None
    check: Verdict
    taylor_orders: tuple[float | None, float | None] | None = None


@dataclass(frozen=True, slots=True)
class GradientClaim(ThreeValued):
    """Whether several claimed derivatives are the derivatives: one claim each.

    Attributes
    ----------
    entries : tuple of ClaimVerdict
        In the order in which they were claimed.
    """

    entries: tuple[ClaimVerdict, ...]

    @property
    def worst(self) -> ClaimVerdict:
        """The first entry that is different, else the first that was refused, else the first that was not proved."""
        order = ("different", "refused", "equal")
        return min(self.entries, key=lambda entry: (order.index(entry.verdict), entry.proved))

    @property
    def verdict(self) -> str:
        """The worst entry's."""
        return self.worst.verdict

    @property
    def reason(self) -> str | None:
        """The worst entry's."""
        return self.worst.reason

    @property
    def message(self) -> str:
        """The worst entry's."""
        return self.worst.message


Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point that refutes a claim, or one at which it could not be decided.

    Attributes
    ----------
    at : mapping of str to float
    exact : mapping of str to str
        The same as exact numbers, in derivkit's language; empty where the point is only as near to a pole as numbers come.
    values : mapping of str to (float, float)
        What stands in the claim, enclosed.
    """

    at: Mapping[str, float]
    exact: Mapping[str, str]
    values: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class Certificate(ThreeValued):
    """What is known of a function on a whole region.

    Attributes
    ----------
    claim : str or None
        None where nothing was claimed: then whether the function is defined everywhere, and `facts` say more.
    verdict : str
        "proved", "refuted" or "undecided".
    reason : str or None
        The cause, of what is not proved: "witness", "pole", "outside_domain", "kink", "jump", "infinite_slope", "touching",
        "count", "budget", "lost", ...
    message : str
        One sentence for people.
    boxes : int
        How many boxes were looked at.
    witness : Counterexample or None
    roots : tuple of (float, float), or None
        Bounds on every zero that was found, where they were asked for; each holds exactly one.
    range : (float, float), or None
        Bounds on all values, where nothing was claimed.
    facts : tuple of Certificate
        What else could be said, where nothing was claimed.
    """

    claim: str | None
    verdict: Literal["proved", "refuted", "undecided"]
    reason: str | None
    message: str
    boxes: int
    witness: Counterexample | None = None
    roots: tuple[Bounds, ...] | None = None
    range: Bounds | None = None
    facts: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a graph, as people read it: `text` says it in terms of the nodes v0, v1, ... before it."""

    id: int
    operation: str
    inputs: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class TapeNode(Step):
    """One line of the tape: what was computed forward, and what came back."""

    value: float
    adjoint: float | None
    partials: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One step of the backward pass: what a node adds to the adjoint of one of its inputs.

    Attributes
    ----------
    target, source : int
        The input and the node.
    adjoint, partial : float
        The node's own adjoint, and its derivative with respect to the input.
    total : float
        The input's adjoint so far.
    """

    target: int
    source: int
    adjoint: float
    partial: float
    total: float


@dataclass(frozen=True, slots=True)
class TapeAnswer:
    """The whole forward and backward pass at one point.

    Attributes
    ----------
    expression : str
    at : mapping of str to float
    nodes : tuple of TapeNode
    sweeps : tuple of mapping of str to float or None
        The gradient after each backward sweep, none cleared in between; None where the function has no value.
    function_value : float
    finite : bool
        Whether the value and every derivative are numbers; where not, a warning names the node at which they stop being.
    warnings : tuple of str
    """

    expression: str
    at: Mapping[str, float]
    nodes: tuple[TapeNode, ...]
    sweeps: tuple[Mapping[str, float | None], ...]
    function_value: float
    finite: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def gradient(self) -> Mapping[str, float | None]:
        """The gradient after the last sweep."""
        return self.sweeps[-1]


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """The nodes of a function; at a point, also what flows through them.

    Attributes
    ----------
    expression : str
    nodes : tuple of Step
        With a point, they are TapeNodes.
    tape : TapeAnswer or None
        Both passes at the point.
    """

    expression: str
    nodes: tuple[Step, ...]
    tape: TapeAnswer | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Proved bounds on a number.

    Attributes
    ----------
    low, high : float
        The number lies between them.
    error : float
        It lies no further than this from the value that is shown.
    """

    low: float
    high: float
    error: float


@dataclass(frozen=True, slots=True)
class DerivativeAnswer:
    """What `diff` answers; `expression` and `derivative` are `symbolic.formula.Formula`, `enclosure` is None unless asked for."""

    expression: Any
    wrt: tuple[str, ...]
    derivative: Any
    at: Mapping[str, float] | None
    value: float | None
    check: Verdict | None
    warnings: tuple[str, ...] = ()
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class JacobianAnswer:
    """What `grad`, `jacobian` and `hessian` answer: a matrix of formulas and, at a point, of numbers.

    Attributes
    ----------
    outputs : tuple of Formula
        The functions: one for `grad` and `hessian`, one a row for `jacobian`.
    variables : tuple of str
    formulas : tuple of tuple of Formula
        One row for `grad`, d rows for `hessian`, one row an output for `jacobian`.
    at : mapping of str to float, or None
    values : tuple of tuple of float or None
        Same shape as `formulas`; None without a point or where refused.
    function_values : tuple of float or None
        One an output.
    check : Verdict or None
    enclosures : tuple of tuple of Enclosure or None
        Same shape as `values`; empty unless asked for.
    """

    outputs: tuple[Any, ...]
    variables: tuple[str, ...]
    formulas: tuple[tuple[Any, ...], ...]
    at: Mapping[str, float] | None
    values: tuple[tuple[float | None, ...], ...]
    function_values: tuple[float | None, ...]
    check: Verdict | None
    warnings: tuple[str, ...] = ()
    enclosures: tuple[tuple[Enclosure | None, ...], ...] = ()
