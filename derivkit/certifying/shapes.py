"""Whether a function rises, falls, bends one way, or is nowhere too steep."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import arb

from derivkit.certifying.box import Box, Point
from derivkit.certifying.chords import CHORDS, Chord, refuted_beside, steeper_than
from derivkit.certifying.convexity import prove_convex
from derivkit.certifying.curvature import Curvature
from derivkit.certifying.field import Field
from derivkit.certifying.monotony import FALLING, LEVEL, RISING, Monotony
from derivkit.certifying.outward import said
from derivkit.certifying.ranges import negated
from derivkit.certifying.search import PROVED, Boxes, Budget, Finding, Spent
from derivkit.certifying.sign import Obstacle, never, prove_sign
from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS
from derivkit.tape.differentiate import derivative_graph, gradient_graph


class Shapes:
    """Proofs about the slopes and the curvature of one function.

    Parameters
    ----------
    field : Field
        Defined on the whole box.
    whole : Box
    budget : Budget
    """

    def __init__(self, field: Field, whole: Box, budget: Budget) -> None:
        self.field = field
        self.whole = whole
        self.budget = budget

    def monotone(self, kind: str) -> Finding:
        """Increasing, decreasing, or ("monotone") one of them; of one variable."""
        if kind == "monotone":
            return self.either_way()
        rules = Monotony(self.field)
        wanted = (RISING if kind == "increasing" else FALLING, LEVEL)
        slope = derivative_graph(self.field.graph, self.whole.names)
        goal = slope if kind == "increasing" else negated(slope)
        found = self.signed(goal, self.broken_at, {"f'": slope}, lambda box: rules.direction(box) in wanted)
        return self.by_chords(found, CHORDS[kind])

    def either_way(self) -> Finding:
        """Increasing or decreasing."""
        up, down = self.monotone("increasing"), self.monotone("decreasing")
        if "proved" in (up.verdict, down.verdict):
            return PROVED
        if up.verdict == down.verdict == "refuted" and up.point and down.point:
            message = f"f falls at {said(up.point)} and rises at {said(down.point)}"
            return Finding("refuted", "witness", message, up.point, {**_prefixed(up), **_prefixed(down)})
        return up if up.verdict == "undecided" else down

    def lipschitz(self, bound: Graph) -> Finding:
        """Whether the Euclidean norm of the gradient is at most a number."""
        names = self.whole.names
        partials = gradient_graph(self.field.graph, names)
        f = GraphArithmetic(Builder.of(partials))
        most = evaluate(bound, {}, f)
        slopes = [f.ref(node) for node in partials.outputs]
        if len(names) == 1:
            goals, shown = [most - slopes[0], most + slopes[0]], {"f'": slopes[0]}
        else:
            square = sum((f.power(s, f.number(2)) for s in slopes[1:]), f.power(slopes[0], f.number(2)))
            goals, shown = [most * most - square], {"|grad f|": f.sqrt(square)}
        texts = {text: f.builder.graph([ref.id]) for text, ref in shown.items()}
        found = PROVED
        for goal in goals:
            one = self.signed(f.builder.graph([goal.id]), self.broken_at, texts)
            if one.verdict == "refuted":
                return one
            found = one if one.verdict == "undecided" else found
        return self.by_chords(found, steeper_than(evaluate(bound, {}, BALLS)))

    def curved(self, kind: str) -> Finding:
        """Convex or concave."""
        names, graph = self.whole.names, self.field.graph
        field = self.field if kind == "convex" else Field(negated(graph), names)
        rules = Curvature(field)

        def settled(box: Box) -> bool:
            return rules.convex(box.widened(self.whole))

        if len(names) > 1:
            found = prove_convex(field, self.whole, self.budget, self.rough_at, settled)
            return refuted_at(found.point, found.values or {}) if found.verdict == "refuted" and found.point else found
        second = derivative_graph(graph, names * 2)
        goal = second if kind == "convex" else negated(second)
        return self.by_chords(self.signed(goal, self.rough_at, {"f''": second}, settled), CHORDS[kind])

    def signed(
        self, goal: Graph, obstacle: Obstacle, shown: Mapping[str, Graph], settled: Callable[[Box], bool] = never
    ) -> Finding:
        """Whether a function is nonnegative; where it is not, some numbers at the witness."""
        names = self.whole.names
        found = prove_sign(
            Field(goal, names), self.whole, self.budget, strict=False, obstacle=obstacle, unfit=self.rough_at, settled=settled
        )
        if found.verdict != "refuted" or found.point is None:
            return found
        return refuted_at(found.point, {text: Field(graph, names).value(found.point) for text, graph in shown.items()})

    def by_chords(self, found: Finding, chord: Chord) -> Finding:
        """What could not be decided by slopes, by values beside the place."""
        if found.verdict != "undecided" or found.point is None or len(self.whole.names) > 1:
            return found
        places = (found.point, *found.others)
        return next((r for p in places if (r := refuted_beside(self.field, self.whole, p, chord)) is not None), found)

    def unbroken(self) -> bool:
        """Whether the function certainly has no jump on the region."""
        boxes = Boxes(self.whole, self.budget)
        try:
            for box in boxes:
                if self.broken_at(box) is not None:
                    boxes.cut(box, "jump")
        except Spent:
            return False
        return not boxes.stuck

    def broken_at(self, box: Box) -> str | None:
        """Where slopes say nothing of how values change: at a jump."""
        return self.first_of(box, ("jump",))

    def rough_at(self, box: Box) -> str | None:
        """Where the function may not be smooth."""
        return self.first_of(box, ("kink", "jump", "infinite_slope"))

    def first_of(self, box: Box, kinds: tuple[str, ...]) -> str | None:
        """The first of some kinds of places that a box may hold; "lost" where that cannot be said."""
        reading = self.field.read(box)
        return next((s.kind for s in reading.rough if s.kind in kinds), None if reading.defined else "lost")


def refuted_at(point: Point, values: Mapping[str, arb]) -> Finding:
    """The finding that numbers at a point refute a claim."""
    shown = ", ".join(f"{text} = {float(value):.10g}" for text, value in values.items())
    return Finding("refuted", "witness", f"at {said(point)}, {shown}", point, values)


def _prefixed(found: Finding) -> dict[str, arb]:
    assert found.point is not None
    return {f"{text} at {said(found.point)}": value for text, value in (found.values or {}).items()}
