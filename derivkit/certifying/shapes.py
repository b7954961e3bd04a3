"""Whether a function rises, falls, bends one way, or is nowhere too steep."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

from derivkit.certifying.box import Box
from derivkit.certifying.chords import CHORDS, Chord, refuted_beside, steeper_than
from derivkit.certifying.convexity import prove_convex
from derivkit.certifying.curvature import Curvature
from derivkit.certifying.field import Field
from derivkit.certifying.monotony import FALLING, LEVEL, RISING, Monotony
from derivkit.certifying.outward import pinned
from derivkit.certifying.ranges import negated
from derivkit.certifying.refutation import Side, refuted_at, refuted_between
from derivkit.certifying.search import PROVED, Boxes, Budget, Finding, Spent
from derivkit.certifying.sign import Obstacle, never, prove_sign
from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.printer import to_text
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
        found = self.signed(goal, self.broken_at, lambda box: rules.direction(box) in wanted)
        return self.by_chords(self.shown(found, "f'", slope), CHORDS[kind])

    def either_way(self) -> Finding:
        """Increasing or decreasing."""
        up, down = self.monotone("increasing"), self.monotone("decreasing")
        if "proved" in (up.verdict, down.verdict):
            return PROVED
        if up.verdict == down.verdict == "refuted" and up.point and down.point:
            message = f"f falls at {pinned(up.point)} and rises at {pinned(down.point)}"
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
            goals, text, steep, size = [most - slopes[0], most + slopes[0]], "f'", slopes[0], abs(slopes[0])
        else:
            square = sum((f.power(s, f.number(2)) for s in slopes[1:]), f.power(slopes[0], f.number(2)))
            goals, text, steep, size = [most * most - square], "|grad f|", f.sqrt(square), f.sqrt(square)
        typed, larger, smaller = (
            Side.of(label, f.builder.graph([ref.id]), names)
            for label, ref in ((text, steep), (to_text(bound), most), (text if size is steep else f"|{text}|", size))
        )
        gap = Field(f.builder.graph([(most - size).id]), names)
        found = PROVED
        for goal in goals:
            one = self.signed(f.builder.graph([goal.id]), self.broken_at)
            if one.verdict == "refuted" and one.point is not None:
                return refuted_between(one.point, larger, smaller, gap, typed=(typed,), strict=False)
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
        return self.by_chords(self.shown(self.signed(goal, self.rough_at, settled), "f''", second), CHORDS[kind])

    def signed(self, goal: Graph, obstacle: Obstacle, settled: Callable[[Box], bool] = never) -> Finding:
        """Whether a function is nonnegative."""
        field = Field(goal, self.whole.names)
        return prove_sign(field, self.whole, self.budget, strict=False, obstacle=obstacle, unfit=self.rough_at, settled=settled)

    def shown(self, found: Finding, text: str, graph: Graph) -> Finding:
        """A refutation with the number whose sign is wrong."""
        if found.verdict != "refuted" or found.point is None:
            return found
        return refuted_at(found.point, {text: Field(graph, self.whole.names).sharp(found.point)})

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


def _prefixed(found: Finding) -> dict[str, arb]:
    assert found.point is not None
    return {f"{text} at {pinned(found.point)}": value for text, value in (found.values or {}).items()}
