"""What can be proved about a function on a region when nothing is claimed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from derivkit.certifying.claim import parse_claim
from derivkit.certifying.field import WORK_BITS, Field
from derivkit.certifying.outward import above, below
from derivkit.certifying.prove import BOXES, SECONDS, Prover
from derivkit.certifying.ranges import Range, enclose_range
from derivkit.certifying.search import Budget
from derivkit.errors import MissingRuleError
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.region import Region
from derivkit.functions import precision
from derivkit.records import Bounds, Certificate
from derivkit.tape.differentiate import gradient_graph

QUESTIONS = 8  # at most, which share the budget equally


def facts(graph: Graph, region: Region, *, boxes: int = BOXES, seconds: float = SECONDS) -> Certificate:
    """Whether a function is defined on a region, its range, its steepest slope, and its shape.

    Parameters
    ----------
    graph : Graph
        With one output.
    region : mapping of str to Interval
    boxes : int
        How many boxes may be looked at in all.
    seconds : float

    Returns
    -------
    Certificate
        Its verdict is on whether the function is defined everywhere; where it is, `range` and `facts` say more.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.region import parse_region
    >>> found = facts(parse("x^2").graph, parse_region("x=-1..2"))
    >>> found.range, [fact.claim for fact in found.facts if fact.verdict == "proved"]
    ((0.0, 4.0), ['lipschitz 4', 'convex'])
    """
    with precision(WORK_BITS):
        return _Facts(graph, region, boxes // QUESTIONS, seconds / QUESTIONS).run()


class _Facts:
    def __init__(self, graph: Graph, region: Region, boxes: int, seconds: float) -> None:
        self.prover = Prover(graph, region, Budget(boxes, seconds))
        self.boxes = boxes
        self.seconds = seconds

    def run(self) -> Certificate:
        """All facts."""
        whole = self.ask("defined")
        if whole.verdict != "proved":
            return replace(whole, claim=None)
        found = self.range_of(self.prover.field)
        used = self.prover.budget.used
        known = tuple(self.known())
        message = "f is defined everywhere on the region"
        total = whole.boxes + used + sum(fact.boxes for fact in known)
        return replace(whole, claim=None, message=message, range=_floats(found), facts=known, boxes=total)

    def known(self) -> Iterator[Certificate]:
        """The facts that need derivatives."""
        try:
            yield from self.steepest()
            if len(self.prover.whole.names) == 1:
                yield from self.first_proved("increasing", "decreasing", refuted="monotone")
            yield from self.first_proved("convex", "concave")
        except MissingRuleError:
            return

    def first_proved(self, *claims: str, refuted: str | None = None) -> Iterator[Certificate]:
        """The first claim that is proved; else what refutes each, in one sentence if there is a word for both."""
        answers = []
        for claim in claims:
            answers.append(self.ask(claim))
            if answers[-1].verdict == "proved":
                yield answers[-1]
                return
        yield from [self.ask(refuted)] if refuted else answers

    def steepest(self) -> Iterator[Certificate]:
        """A bound on the slope, and in one variable what the slope lies between."""
        prover = self.prover
        prover.budget = Budget(self.boxes, self.seconds)
        if not prover.shapes().unbroken():
            return
        single = len(prover.whole.names) == 1
        found = self.range_of(Field(self.slope(), prover.field.names))
        bound = max(abs(end) for end in _floats(found)) if single else above(found.high.sqrt().upper())
        if bound < math.inf:
            shown = repr(bound).removesuffix(".0")
            message = f"|f(a) - f(b)| <= {shown} |a - b|"
            slopes = _floats(found) if single else None
            yield Certificate(f"lipschitz {shown}", "proved", None, message, prover.budget.used, range=slopes)

    def slope(self) -> Graph:
        """The derivative, or in several variables the square of the gradient's norm."""
        names = self.prover.field.names
        partials = gradient_graph(self.prover.field.graph, names)
        if len(names) == 1:
            return partials
        f = GraphArithmetic(Builder.of(partials))
        squares = [f.power(f.ref(node), f.number(2)) for node in partials.outputs]
        return f.builder.graph([sum(squares[1:], squares[0]).id])

    def ask(self, claim: str) -> Certificate:
        """One claim, with a budget of its own."""
        self.prover.budget = Budget(self.boxes, self.seconds)
        return self.prover.certificate(parse_claim(claim, self.prover.whole.names))

    def range_of(self, field: Field) -> Range:
        """The range of a function, with a budget of its own."""
        self.prover.budget = Budget(self.boxes, self.seconds)
        return enclose_range(field, self.prover.whole, self.prover.budget, self.boxes // 2)


def _floats(found: Range) -> Bounds:
    return (
        below(found.low) if found.low.is_finite() else -math.inf,
        above(found.high) if found.high.is_finite() else math.inf,
    )
