"""The verdict: do the routes agree, which one does not, and where there is no derivative, why not.

At every point the function's values are compared first, because a wrong value moves every route that is built on it; then the
derivatives; and where the table suspects a kink, a jump or an edge, the two sides of the point decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from derivkit.checking.compare import FINE, NOBODY, Ledger, best_value, close, confirming_families, is_sharp, odd_one_out
from derivkit.checking.conventions import conventions
from derivkit.checking.differences import FINER_STEPS, scale_of
from derivkit.checking.probe import Finding, curved, directional, probe, show
from derivkit.checking.routes import Measured, Routes, Target
from derivkit.checking.sampling import sample
from derivkit.checking.survey import Suspicion, survey
from derivkit.enclose import TRUTH_BITS, Point, ball_point, enclosures, float_point, nearest
from derivkit.expression.graph import Graph
from derivkit.expression.region import Region
from derivkit.functions import precision
from derivkit.records import Kink, Verdict

POINTS = 5
LOOKS = (TRUTH_BITS, 1024, 4096)  # precisions, in bits, at which a point is looked at until nothing is in doubt
STEADY = ("outside_domain", "infinite_slope", "kink", "jump")  # findings that a function which changes fast does not feign
NARROW_BITS, MOST_NARROW = 1100, 2  # a first step within the smallest floats, and the orders for which it is tried
SIDES_WORK = 20_000  # nodes times derivatives for which one-sided slopes are compared where nothing is suspected
WORK = 400_000  # nodes times derivatives times points that a check looks at


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, and the numbers that stand behind it.

    Attributes
    ----------
    verdict : Verdict
    values : tuple of float or None
        One a target, at the point asked for; None without a point and where there is no derivative.
    function_value : float or None
    """

    verdict: Verdict
    values: tuple[float | None, ...]
    function_value: float | None = None


def check(graph: Graph, targets: Sequence[Target], point: Point | None = None, *, region: Region | None = None) -> Outcome:
    """Check derivatives of a function by independent routes.

    Parameters
    ----------
    graph : Graph
        The function, with one output.
    targets : sequence of Target
        The derivatives in question.
    point : mapping of str to Graph, optional
        Where to check; points of the function's domain are drawn by default.
    region : mapping of str to Interval, optional
        Where the points that are drawn lie.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.checking.routes import Target
    >>> from derivkit.symbolic.derivative import derivative
    >>> f = parse("x*sin(x)").graph
    >>> check(f, [Target(("x",), derivative(f, ("x",)))]).verdict.verdict
    'agree'
    """
    wrt = sorted({name for target in targets for name in target.wrt})
    with precision(TRUTH_BITS):
        if point is not None:
            return _Examination(Routes(graph, targets), point, wrt, Ledger(), 1, both_sides=True).outcome()
        ledger = Ledger()
        routes = Routes(graph, targets)
        count = max(1, min(POINTS, WORK // (len(graph) * len(targets) + 1)))
        points = sample(graph, wrt, count, region=region)
        nothing = (None,) * len(targets)
        for k, place in enumerate(points, start=1):
            verdict = _Examination(routes, place, wrt, ledger, k).outcome().verdict
            if verdict.verdict != "agree":
                return Outcome(verdict, nothing)
        if not points:
            message = f"no point was found{' in the region' if region else ''} where the function is defined and smooth"
            return Outcome(Verdict("refused", "outside_domain", message, 0, None, ()), nothing)
        return Outcome(verdict, nothing)


def unchecked(graph: Graph, targets: Sequence[Target], point: Point | None) -> Outcome:
    """The formulas' own values at a point, compared with nothing; the verdict is a refusal that says so."""
    verdict = Verdict("refused", "unchecked", "not checked, as asked", 0, None, ())
    if point is None:
        return Outcome(verdict, (None,) * len(targets))
    with precision(TRUTH_BITS):
        routes = Routes(graph, targets)
        taken = [routes.formula_value(target, point).value for target in targets]
        value = best_value(routes.values(point, enclosures(graph, point)[graph.root]))
    return Outcome(verdict, tuple(None if n is None else nearest(n) for n in taken), None if value is None else nearest(value))


def _enough_bits(graph: Graph, point: Point, wrt: Sequence[str]) -> int:
    """The first precision at which the function's value keeps its digits and nothing suspicious is left in doubt."""
    for bits in LOOKS:
        with precision(bits):
            enclosed = enclosures(graph, point)
            value = enclosed[graph.root]
            suspicions = survey(graph, enclosed, wrt)
            if any(s.certain for s in suspicions) or (not suspicions and value.is_finite() and value.rad() <= FINE * abs(value)):
                return bits
    return TRUTH_BITS


class _Examination:
    """Everything that is looked at in one point."""

    def __init__(
        self, routes: Routes, point: Point, wrt: Sequence[str], ledger: Ledger, points: int, *, both_sides: bool = False
    ) -> None:
        self.both_sides = both_sides  # whether to compare one-sided slopes even where the table suspects nothing
        self.routes = routes
        self.point = point
        self.wrt = wrt
        self.ledger = ledger
        self.points = points
        self.where = float_point(point)
        self.numbers: list[arb | None] = []

    def outcome(self) -> Outcome:
        """Values first, then what the table suspects, then the derivatives; at a precision that keeps the function's digits."""
        with precision(_enough_bits(self.routes.graph, self.point, self.wrt)):
            return self._outcome()

    def _outcome(self) -> Outcome:
        graph = self.routes.graph
        enclosed = enclosures(graph, self.point)
        taken = self.routes.values(self.point, enclosed[graph.root])
        odd = odd_one_out(taken)
        value = best_value(taken, without=odd)
        if odd is not None:
            self.ledger.record(taken, value, self.where)
            verdict = self._disagree(odd, "value", "the function's own value", taken)
        else:
            found = self._derivatives(enclosed)
            found = self._overflow() if found is None else found
            verdict = self._agree() if found is None else found
        shown = [None if verdict.verdict == "refused" else number for number in self.numbers]
        shown += [None] * (len(self.routes.targets) - len(shown))
        return Outcome(verdict, tuple(None if n is None else nearest(n) for n in shown), None if value is None else nearest(value))

    def _derivatives(self, enclosed: Sequence[arb]) -> Verdict | None:
        """A verdict other than agreement, if there is one."""
        graph = self.routes.graph
        suspicions = survey(graph, enclosed, self.wrt)
        if suspicions or not enclosed[graph.root].is_finite():
            return self._suspicious(suspicions)
        found = [self._smooth(target) for target in self.routes.targets]
        verdict = next((v for v in found if v is not None), None)
        return self._unforeseen() if verdict is None else verdict

    def _smooth(self, target: Target) -> Verdict | None:
        """Compare the routes to one derivative where the function is smooth."""
        measured = self.routes.derivatives(target, self.point)
        odd = odd_one_out(measured)
        if odd in ("differences", NOBODY) and len(target.wrt) <= MOST_NARROW:  # a kink may be nearer than their steps
            narrow = self.routes.differences(target, self.point, NARROW_BITS)
            measured = [narrow if m.route == "differences" else m for m in measured]
            odd = odd_one_out(measured)
        reference = best_value(measured, without=odd)
        self.numbers.append(reference)
        self.ledger.record(measured, reference, self.where, target.wrt)
        if odd is not None:
            return self._disagree(odd, "derivative", f"the derivative {_by(target.wrt)}", measured)
        families = confirming_families(measured)
        if len(families) >= 2:
            return None
        if self.both_sides:
            finding = probe(self.routes.graph, self.point, target.wrt, ())
            if finding.reason in STEADY:
                return self._refused(finding)
        notes = "; ".join(f"{m.route}: {m.note}" for m in measured if m.note)
        message = (
            f"only one route ({', '.join(families) or 'none'}) could be followed at {self._text()}: nothing independent confirms it"
        )
        return self._verdict("refused", "unconfirmed", message + (f" ({notes})" if notes else ""))

    def _unforeseen(self) -> Verdict | None:
        """Compare one-sided slopes once more: three routes can agree on a derivative that does not exist."""
        if not self.both_sides or len(self.routes.graph) * len(self.routes.targets) > SIDES_WORK:
            return None
        for name in self.wrt:
            finding = probe(self.routes.graph, self.point, (name,), ())
            if finding.reason in ("kink", "jump"):
                finding = probe(self.routes.graph, self.point, (name,), (), FINER_STEPS)
            if finding.reason in ("kink", "jump"):
                return self._refused(finding)
        return None

    def _suspicious(self, suspicions: Sequence[Suspicion]) -> Verdict | None:
        """Let the two sides of the point decide: formulas and rules are only conventions there."""
        findings: list[Finding] = []
        verdict = None
        for target in self.routes.targets:
            finding = probe(self.routes.graph, self.point, target.wrt, suspicions)
            if finding.value is None:
                return self._refused(finding)
            findings.append(finding)
            self.numbers.append(finding.value)
            found = self._convention(target, finding)
            verdict = found if verdict is None else verdict
        slanted = self._slanted(suspicions, findings)
        return verdict if slanted is None else self._refused(slanted)

    def _convention(self, target: Target, finding: Finding) -> Verdict | None:
        """Compare the formula and the rules with what both sides of the point say."""
        truth = Measured("differences", finding.value, finding.error)
        others = [m for m in self.routes.derivatives(target, self.point) if m.route != "differences"]
        self.ledger.record([*others, truth], finding.value, self.where, target.wrt)
        symbolic = next(m for m in others if m.route == "symbolic")
        if symbolic.value is not None and not close(symbolic, truth):
            message = (
                f"both sides of {self._text()} give {_show(truth)}, but the formula gives {_show(symbolic)}: "
                "at this point it holds by convention only"
            )
            return self._verdict("disagree", "derivative", message, "symbolic")
        if any(close(m, truth) and is_sharp(m) for m in others):
            return None
        message = f"the formula of the derivative is undefined at {self._text()}; both sides of the function give {_show(truth)}"
        return self._verdict("refused", "removable", message)

    def _slanted(self, suspicions: Sequence[Suspicion], findings: Sequence[Finding]) -> Finding | None:
        """Partial derivatives may all exist without a gradient: slopes in slanted directions must fit them."""
        names = [target.wrt[0] for target in self.routes.targets if len(target.wrt) == 1]
        if len(names) < 2 or len(names) < len(findings):
            return None
        at = ball_point(self.point)
        for direction in ({n: k + 1 for k, n in enumerate(names)}, {n: (-1) ** k for k, n in enumerate(names)}):
            slope = directional(self.routes.graph, self.point, direction, suspicions)
            if slope.value is None:
                return slope
            weights = [direction[n] * scale_of(at[n]) for n in names]
            expected = sum((w * f.value for w, f in zip(weights, findings, strict=True) if f.value is not None), arb(0))
            room = (
                slope.error + sum((abs(w) * f.error for w, f in zip(weights, findings, strict=True)), arb(0)) + FINE * abs(expected)
            )
            if abs(slope.value - expected) > room:
                message = f"at {self._text()} the partial derivatives exist, but slopes in other directions do not fit them"
                return Finding("kink", message)
        return curved(
            self.routes.graph, self.point, {n: f.value for n, f in zip(names, findings, strict=True) if f.value is not None}
        )

    def _overflow(self) -> Verdict | None:
        """Refuse numbers that no float can hold."""
        large = next((n for n in self.numbers if n is not None and abs(nearest(n)) == float("inf")), None)
        if large is None:
            return None
        return self._verdict("refused", "overflow", f"at {self._text()} the derivative is {show(large)}, larger than any float")

    def _agree(self) -> Verdict:
        return self._verdict("agree", None, f"the routes agree at {self.points} point{'s' if self.points > 1 else ''}")

    def _disagree(self, odd: str, reason: str, what: str, measured: Sequence[Measured]) -> Verdict:
        shown = ", ".join(f"{m.route} {_show(m)}" for m in measured if m.value is not None)
        culprit = "no two families agree" if odd == NOBODY else f"{odd} is the odd one out"
        return self._verdict("disagree", reason, f"{what} at {self._text()}: {shown}; {culprit}", None if odd == NOBODY else odd)

    def _refused(self, finding: Finding) -> Verdict:
        """A refusal with what the two sides of the point show."""
        kink = None
        if finding.reason == "kink" and finding.slopes is not None and len(finding.moving) == 1:
            left, right = finding.slopes
            name = finding.moving[0]
            kink = Kink(name, left, right, left <= right, conventions(self.routes.graph, self.point, name))
        return self._verdict("refused", finding.reason, finding.message, kink=kink)

    def _verdict(
        self, verdict: str, reason: str | None, message: str, odd: str | None = None, *, kink: Kink | None = None
    ) -> Verdict:
        return Verdict(
            verdict=verdict, reason=reason, message=message, points=self.points, odd_one_out=odd,  # type: ignore[arg-type]  # one of three
            routes=self.ledger.reports(), witness=None if verdict == "agree" else self.where, entries=self.ledger.entries(),
            agreements=self.ledger.agreements(), kink=kink,
        )  # fmt: skip

    def _text(self) -> str:
        return ", ".join(f"{name} = {x:.10g}" for name, x in self.where.items())


def _by(wrt: Sequence[str]) -> str:
    """With respect to what, in words: `in x, y`, `of order 100 in x`."""
    return f"of order {len(wrt)} in {wrt[0]}" if len(wrt) > 1 and len(set(wrt)) == 1 else f"in {', '.join(wrt)}"


def _show(m: Measured) -> str:
    number = m.rounded if m.rounded is not None else m.value
    return "nothing" if number is None else show(number)
