"""Is a claimed derivative the derivative? Equal, different with a witness, or refused.

The claim is compared with what the table's rules give, as enclosures of many digits at points of the whole domain; balls that lie
apart are a proof that the two differ. The point that shows it is checked by all routes, so that the witness's numbers are right.
That two functions are equal no number of points can show: it is proved by exact algebra, or said to rest on the points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any

from flint import arb

from derivkit.checking import verdict as verdicts
from derivkit.checking.diagnose import Compared, diagnose
from derivkit.checking.domain import is_defined_with
from derivkit.checking.evidence import BITS, MOST_NODES, taylor_order
from derivkit.checking.landmarks import landmarks
from derivkit.checking.routes import Routes, Target
from derivkit.checking.sampling import between, constant, sample
from derivkit.checking.survey import survey, worded_at
from derivkit.enclose import TRUTH_BITS, Point, ball_point, enclosures, float_point, nearest
from derivkit.errors import BudgetError, MissingRuleError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.region import Region
from derivkit.functions import BALLS, precision
from derivkit.records import ClaimVerdict, Diagnosis, Verdict, Witness
from derivkit.tape.differentiate import derivative_graph

POINTS = 24  # at which a claim is compared, besides the simple ones and those on other sides of a kink
FEWEST = 3  # points below which agreement says nothing
SIMPLE = tuple(map(Fraction, ("1", "2", "1/2", "-1", "3", "-2", "3/2", "-1/2", "1/4", "5", "-3", "1/8", "10")))
UNEVEN = tuple(map(Fraction, (0.6180339887498949, -1.4142135623730951, 2.302585092994046)))  # to show what hides at eighths
FAR = tuple(UNEVEN[0] * sign * Fraction(10) ** k for k in (-9, -6, -4, 3, 4, 5, 6, 8, 10, 12) for sign in (1, -1))
LOOKS = (TRUTH_BITS, 4 * TRUTH_BITS, 16 * TRUTH_BITS)  # precisions, in bits, at which values are told apart
NOTHING = arb(2) ** -1000  # a difference that even the last look cannot tell from zero
MOST_MARKS = 24  # numbers in the formulas at which the two are compared, because one may choose there
EXPLAINED = 4  # points at which a slip has to give what is claimed
SMALL = arb(2) ** -40  # and its reciprocal: sizes between them are ordinary
SHOWS = 1.5  # an order of the Taylor remainder above it does not tell a claim from the derivative
PLAIN = 1e-3  # a relative difference that anybody sees
DIGITS = 60  # to which values are the same that nothing tells apart
SAME = arb(10) ** -DIGITS


@dataclass(frozen=True, slots=True)
class _Seen:
    """Claim and derivative at one point."""

    point: Point
    claimed: arb | None
    actual: arb
    undefined: str | None = None  # why the claim has no value

    @property
    def gap(self) -> float:
        """The relative difference; infinite where the claim has no value."""
        if self.claimed is None:
            return float("inf")
        size = max(abs(self.claimed), abs(self.actual), key=lambda x: float(x.upper()))
        return float((abs(self.claimed - self.actual) / size).mid()) if size > 0 else 0.0

    @property
    def ordinary(self) -> bool:
        """Whether floats hold both values easily."""
        sizes = [abs(value) for value in (self.claimed, self.actual) if value is not None]
        return any(size > SMALL for size in sizes) and all(size < 1 / SMALL for size in sizes)


def judge(
    graph: Graph, target: Target, claim: Graph, claimed: Any, *, point: Point | None = None, region: Region | None = None
) -> ClaimVerdict:
    """Judge a claimed derivative.

    Parameters
    ----------
    graph : Graph
        The function.
    target : Target
        What is differentiated by, and the formula of the derivative.
    claim : Graph
        What the derivative is claimed to be, in the variables of the function.
    claimed : Formula
        The claim, as it is shown and as SymPy reads it.
    point : mapping of str to Graph, optional
        Where the derivative is checked, and where the two are compared first.
    region : mapping of str to Interval, optional
        Where the claim has to hold; on the whole domain of the function by default.

    Returns
    -------
    ClaimVerdict
    """
    check = verdicts.check(graph, [target], point, region=region).verdict
    case = _Case(graph, target, claim, claimed, check)
    if check.verdict != "agree":
        return case.verdict("refused", check.reason, f"the derivative itself could not be confirmed: {check.message}")
    with precision(TRUTH_BITS):
        return case.judged(point, region)


class _Case:
    """One claim, and what has been seen of it."""

    def __init__(self, graph: Graph, target: Target, claim: Graph, claimed: Any, check: Verdict) -> None:
        self.graph = graph
        self.target = target
        self.claim = claim
        self.claimed = claimed
        self.check = check
        self.routes = Routes(graph, [target])
        self.names = sorted({*graph.variables, *claim.variables, *target.wrt})
        self.same: list[_Seen] = []
        self.apart: list[_Seen] = []
        self.doubtful = 0

    def judged(self, point: Point | None, region: Region | None) -> ClaimVerdict:
        """Compare at points, the simple ones first; where nothing differs, try to prove it."""
        for place in self.places(point, region):
            self.look(place)
        for seen in self.witnesses():
            if verdicts.check(self.graph, [self.target], seen.point).verdict.verdict == "agree":
                return self.different(seen)
        if not self.apart and len(self.same) + self.doubtful >= FEWEST and self.proved(region):
            message = "proved by exact algebra"
            if self.same:
                message += f"; at {len(self.same)} points the two agree to {DIGITS} digits"
            return self.verdict("equal", None, message, proved=True)
        if self.apart or len(self.same) < FEWEST or self.doubtful > len(self.same):
            return self.verdict("refused", "undecided", self.undecided())
        where = "region" if region else "domain"
        message = (
            f"at {len(self.same)} points of the {where} the two agree to {DIGITS} digits, enclosed; exact algebra did not prove it"
        )
        return self.verdict("equal", None, message)

    def places(self, point: Point | None, region: Region | None) -> Iterator[Point]:
        """Where to compare: the point asked for, simple points, and points of the whole domain, or of the region."""
        first = [] if point is None else [point]
        simple = self.simple() if region is None else self.uneven(region)
        wrt = sorted(set(self.target.wrt))
        drawn = sample(self.graph, wrt, POINTS, region=region, beside=self.claim)
        more = sample(self.graph, wrt, POINTS, seed=1, region=region) if len(drawn) < POINTS else ()  # a domain that is hard to hit
        return chain(first, simple, drawn, more)

    def simple(self) -> Iterator[Point]:
        """Points that a person can check by hand, uneven ones, and far ones, of the function's domain and away from its kinks."""
        numbers = (*SIMPLE, *UNEVEN)
        mixed = ({name: numbers[(k + j) % len(numbers)] for j, name in enumerate(self.names)} for k in range(len(numbers)))
        marks = [dict.fromkeys(self.names, number) for number in landmarks([self.graph, self.claim])[:MOST_MARKS]]
        far = ({name: number * (1 + Fraction(j, 8)) for j, name in enumerate(self.names)} for number in FAR)
        for place in ({name: constant(x) for name, x in numbers.items()} for numbers in chain(mixed, far, marks)):
            if self.is_smooth(place):
                yield place

    def uneven(self, region: Region) -> Iterator[Point]:
        """Points of a region that are no short fractions of it."""
        for number in UNEVEN:
            place = {name: between(interval, number % 1) for name, interval in region.items()}
            if self.is_smooth(place):
                yield place

    def is_smooth(self, place: Point) -> bool:
        """Whether the function is defined and smooth at a point."""
        values = enclosures(self.graph, place)
        return values[self.graph.root].is_finite() and not survey(self.graph, values, self.target.wrt)

    def look(self, point: Point) -> None:
        """Compare claim and derivative at a point, with as many digits as it takes."""
        for bits in LOOKS:
            with precision(bits):
                actual = self.routes.rules_value(self.target, dict(point)).value  # a new point: what is kept has fewer digits
                values = enclosures(self.claim, point)
                claimed = values[self.claim.root]
                if actual is None or not actual.is_finite():
                    return  # nothing is claimed where the derivative is not known
                if not claimed.is_finite():
                    gone = next((s for s in survey(self.claim, values, ()) if s.certain), None)
                    if gone is None:
                        continue
                    if gone.kind == "outside_domain" and not gone.edge:
                        self.apart.append(_Seen(point, None, actual, f"it needs {worded_at(self.claim, gone)}"))
                    return  # a pole or an edge where the claim is undefined is no difference
                if not claimed.overlaps(actual):
                    self.apart.append(_Seen(point, claimed, actual))
                    return
                if abs(claimed - actual) <= (NOTHING if bits == LOOKS[-1] else SAME * abs(actual)):
                    self.same.append(_Seen(point, claimed, actual))
                    return
        self.doubtful += 1

    def witnesses(self) -> Sequence[_Seen]:
        """The points that show a difference, the best first: values of ordinary size that differ plainly, at a simple point."""
        return sorted(self.apart, key=lambda seen: (seen.claimed is None, not seen.ordinary, seen.gap <= PLAIN))

    def different(self, seen: _Seen) -> ClaimVerdict:
        """The verdict with its witness, and how the claim may have come about."""
        where, actual = float_point(seen.point), _settled(seen.actual)
        place = ", ".join(f"{name} = {x:.10g}" for name, x in where.items())
        if seen.claimed is None:
            witness = Witness(where, float("nan"), actual, float("nan"))
            message = f"at {place} the claim has no value ({seen.undefined}), the derivative is {actual:.12g}"
            return self.verdict("different", "undefined", message, witness=witness)
        claimed, difference = _settled(seen.claimed), nearest(seen.claimed - seen.actual)
        witness = Witness(where, claimed, actual, difference)
        message = f"at {place} the claim is {claimed:.12g}, the derivative is {actual:.12g}"
        if f"{claimed:.12g}" == f"{actual:.12g}":
            message += f"; they differ by {difference:.3g}"
        if len(self.same) > len(self.apart) / 4:  # and not by chance
            message += f" (they agree at {len(self.same)} of {len(self.same) + len(self.apart)} points)"
        orders = self.taylor_orders(seen.point)
        return self.verdict("different", "value", message, witness=witness, diagnosis=self.diagnosed(), taylor_orders=orders)

    def taylor_orders(self, point: Point) -> tuple[float | None, float | None] | None:
        """How fast the remainder falls at a point with the claim and with the derivative; None where steps are too long to tell."""
        *before, name = self.target.wrt
        with suppress(BudgetError, MissingRuleError):
            lower = derivative_graph(self.graph, before, most_nodes=MOST_NODES)
            actual = derivative_graph(lower, (name,), most_nodes=MOST_NODES)
            with precision(BITS):
                slopes = [evaluate(graph, ball_point(point), BALLS) for graph in (self.claim, actual)]
                orders = [taylor_order(lower, name, point, slope) for slope in slopes]
            shows = orders[0] is not None and orders[0] < SHOWS
            return (orders[0], orders[1]) if shows else None
        return None

    def diagnosed(self) -> Diagnosis | None:
        """The usual slip that gives the claim at every point that was looked at."""
        apart = [Compared(seen.point, seen.claimed, seen.actual) for seen in self.witnesses() if seen.claimed is not None]
        same = [Compared(seen.point, seen.claimed, seen.actual) for seen in self.same if seen.claimed is not None]
        return diagnose(self.graph, self.target.wrt, self.claim, [*apart[:EXPLAINED], *same[-2:]])

    def proved(self, region: Region | None) -> bool:
        """Whether exact algebra shows that claim and derivative are the same, where the variables have the region's signs."""
        from derivkit.symbolic.zero import is_proved_zero

        ends = {name: interval.floats for name, interval in (region or {}).items()}
        signs = {name: 1 if low >= 0 else -1 for name, (low, high) in ends.items() if low >= 0 or high <= 0}
        if not is_proved_zero(self.claimed.expression - self.target.formula.expression, signs):
            return False
        return not self.same or is_defined_with(self.claim, self.graph, self.same[-1].point)

    def undecided(self) -> str:
        if self.apart:
            return "claim and derivative seem to differ, but the routes do not agree on the derivative where they do"
        if not self.same:
            return "no point was found where claim and derivative could be compared"
        return "too many digits cancel in the claim to compare it with the derivative"

    def verdict(self, verdict: str, reason: str | None, message: str, **found: Any) -> ClaimVerdict:
        """Fill in what has been seen."""
        given = {"proved": False, "witness": None, "diagnosis": None, **found}
        return ClaimVerdict(
            verdict=verdict, reason=reason, message=message, wrt=self.target.wrt, claim=self.claimed,  # type: ignore[arg-type]  # one of three
            derivative=self.target.formula, points=len(self.same) + len(self.apart), check=self.check, **given,
        )  # fmt: skip


def _settled(ball: arb) -> float:
    """The float nearest to a ball of many digits; 0 where the ball holds 0."""
    return 0.0 if ball.contains(0) else nearest(ball)
