"""From a claim to a certificate: which proofs it takes, and what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from derivkit.certifying.box import Box
from derivkit.certifying.claim import Claim, Comparison
from derivkit.certifying.domain import prove_defined
from derivkit.certifying.field import WORK_BITS, Field
from derivkit.certifying.outward import outward, pinned, said, witness
from derivkit.certifying.refutation import Side, refuted_between
from derivkit.certifying.roots import Roots, find_roots
from derivkit.certifying.search import PROVED, Budget, Finding, Spent
from derivkit.certifying.shapes import Shapes
from derivkit.certifying.sign import nothing, prove_sign
from derivkit.certifying.touching import landmark
from derivkit.errors import UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.region import Region
from derivkit.functions import precision
from derivkit.records import Certificate
from derivkit.tape.differentiate import derivative_graph

BOXES = 20_000
SECONDS = 20.0
SLOPE_TEXT = {"increasing": "f never falls", "decreasing": "f never rises", "monotone": "f never turns"}


def certify(graph: Graph, region: Region, claim: Claim, *, boxes: int = BOXES, seconds: float = SECONDS) -> Certificate:
    """Prove or refute a claim about a function on a region.

    Parameters
    ----------
    graph : Graph
        With one output.
    region : mapping of str to Interval
        An interval for each variable.
    claim : Claim
    boxes : int
        How many boxes may be looked at.
    seconds : float

    Returns
    -------
    Certificate

    Raises
    ------
    UsageError
        If the claim is about functions of one variable, and the region has several.
    MissingRuleError
        If a derivative without a rule is needed.

    Examples
    --------
    >>> from derivkit.certifying.claim import parse_claim
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.region import parse_region
    >>> certify(parse("tan(x)").graph, parse_region("x=0..5"), parse_claim("increasing", ["x"])).reason
    'pole'
    """
    with precision(WORK_BITS):
        return Prover(graph, region, Budget(boxes, seconds)).certificate(claim)


class Prover:
    """Proofs about one function on one region, within one budget.

    Attributes
    ----------
    field : Field
    whole : Box
    budget : Budget
    """

    def __init__(self, graph: Graph, region: Region, budget: Budget) -> None:
        self.whole = Box.of(region)
        self.field = Field(graph, self.whole.names)
        self.budget = budget
        self._defined: Finding | None = None

    def certificate(self, claim: Claim) -> Certificate:
        """The answer to one claim."""
        before = self.budget.used
        roots = Roots()
        try:
            found = self.defined() if claim.kind == "defined" else self.about(claim, roots)
        except Spent:
            found = self.spent(roots if claim.kind == "roots" else None, claim)
        shown = None
        if found.verdict == "refuted" and found.point is not None:
            shown = witness(found.point, found.values or {}, exact=found.exact)
        listed = tuple(outward(ball) for ball in roots.intervals) if claim.kind == "roots" else None
        message = found.message or self.worded(claim, found)
        return Certificate(claim.text, found.verdict, found.reason, message, self.budget.used - before, shown, listed)

    def defined(self) -> Finding:
        """Whether the function is defined everywhere, found out once."""
        if self._defined is None:
            found = prove_defined(self.field, self.whole, self.budget)
            self._defined = found if found.point is None else _placed(found)
        return self._defined

    def about(self, claim: Claim, roots: Roots) -> Finding:
        """A finding on any claim but that the function is defined, which all of them include."""
        defined = self.defined()
        if defined.verdict != "proved":
            return defined
        if claim.kind == "compare":
            return self.compared(claim)
        if claim.kind == "roots":
            self.needs_one_variable(claim)
            if self.vanishes():
                return Finding("refuted", "count", "f is 0 on the whole region, which has infinitely many roots")
            find_roots(self.field, self.whole, self.budget, roots)
            return counted(claim.count, roots)
        if claim.bound is not None:
            return self.shapes().lipschitz(claim.bound)
        if claim.kind in ("convex", "concave"):
            return self.shapes().curved(claim.kind)
        self.needs_one_variable(claim)
        return self.shapes().monotone(claim.kind)

    def shapes(self) -> Shapes:
        """The proofs about slopes and curvature, within the budget at hand."""
        return Shapes(self.field, self.whole, self.budget)

    def needs_one_variable(self, claim: Claim) -> None:
        """Refuse a claim that means nothing in several variables."""
        names = self.whole.names
        if len(names) != 1:
            raise UsageError(
                f"{claim.text.strip()} is a claim about one variable, and the region has {len(names)}",
                hint=f"write df/d{names[0]} >= 0" if claim.kind != "roots" else "write f > 0 or f < 0",
            )

    def vanishes(self) -> bool:
        """Whether the function is 0 on the whole region, which is more than a point."""
        several = not any(low.same(high) for low, high in self.whole.ends)
        return several and self.field.sign(self.whole.middle()) == 0 and self.field.vanishes_everywhere

    # ---- comparisons

    def compared(self, claim: Claim) -> Finding:
        """Whether all comparisons hold."""
        found = PROVED
        for comparison in claim.comparisons:
            one = self.compare(comparison, claim.marks or {})
            if one.verdict == "refuted":
                return one
            found = one if one.verdict == "undecided" else found
        return found

    def compare(self, comparison: Comparison, marks: Mapping[str, tuple[str, ...]]) -> Finding:
        """Whether one comparison holds."""
        goal = self.substituted(comparison.larger, marks, comparison.smaller)
        smooth = any(marks[name] for side in (comparison.larger, comparison.smaller) for name in side.variables if name in marks)
        obstacle = self.shapes().rough_at if smooth else nothing
        found = prove_sign(goal, self.whole, self.budget, strict=comparison.strict, obstacle=obstacle)
        if found.verdict != "refuted" or found.point is None:
            return found
        sides = {text: Side(text, self.substituted(side, marks)) for text, side in comparison.texts.items()}
        larger, smaller = (
            next(sides[text] for text, side in comparison.texts.items() if side == wanted)
            for wanted in (comparison.larger, comparison.smaller)
        )
        typed = tuple(sides[text] for text, side in comparison.texts.items() if side.variables)
        return refuted_between(found.point, larger, smaller, goal, typed=typed, strict=comparison.strict)

    def substituted(self, side: Graph, marks: Mapping[str, tuple[str, ...]], less: Graph | None = None) -> Field:
        """A side of a comparison, the function and its derivatives put in; less another side."""
        f = GraphArithmetic(Builder())
        at = {name: f.ref(f.builder.add(name)) for name in self.whole.names}
        for mark, wrt in marks.items():
            at[mark] = evaluate(derivative_graph(self.field.graph, wrt), at, f)
        value = evaluate(side, at, f)
        if less is not None:
            value = value - evaluate(less, at, f)
        return Field(f.builder.graph([value.id]), self.whole.names)

    # ---- words

    def spent(self, roots: Roots | None, claim: Claim) -> Finding:
        """The finding where the budget ended the proof."""
        what = f"{self.budget.most:,} boxes were" if not self.budget.late else "the time was"
        if roots is not None and roots.count > claim.count:
            return counted(claim.count, roots)
        return Finding("undecided", "budget", f"{what} not enough")

    def worded(self, claim: Claim, found: Finding) -> str:
        """One sentence for a finding that has none."""
        if found.verdict == "undecided":
            place = f" near {said(found.point)}" if found.point else ""
            return f"not decided{place}: {UNDECIDED.get(found.reason or '', found.reason)}"
        meaning = SLOPE_TEXT.get(claim.kind)
        return f"{meaning} on the whole region" if meaning else "it holds on the whole region"


UNDECIDED: Mapping[str, str] = {
    "touching": "the two sides meet there, or come closer than boxes can tell",
    "kink": "there may be a kink, where the derivative does not exist",
    "jump": "there may be a jump",
    "infinite_slope": "the slope may be infinite there",
    "pole": "a derivative may have a pole there",
    "outside_domain": "a derivative may be undefined there",
    "lost": "the balls say nothing there",
}


def counted(claimed: int, roots: Roots) -> Finding:
    """A finding on the number of zeros."""
    many = f"{roots.count} root{'s' * (roots.count != 1)}"
    if roots.stuck:
        place = f"near {said(landmark(roots.stuck[0][0]))}"
        if roots.count > claimed:
            return Finding("refuted", "count", f"there are at least {many}")
        return Finding("undecided", roots.stuck[0][1], f"{many} for certain, and there may be others {place}")
    verdict: Literal["proved", "refuted"] = "proved" if roots.count == claimed else "refuted"
    return Finding(verdict, None if verdict == "proved" else "count", f"exactly {many} on the region")


def _placed(found: Finding) -> Finding:
    """A finding about the domain, with its place in the sentence."""
    assert found.point is not None
    if found.verdict == "undecided":
        message = f"f may be undefined near {said(found.point)}"
        return replace(found, message=message)
    place = pinned(found.point) if found.exact else said(found.point)
    return replace(found, message=f"f is undefined at {place}: {found.message}")
