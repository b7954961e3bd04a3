"""Whether a function is defined on a whole region, and where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flint import arb

from derivkit.certifying.box import Box, End, Point
from derivkit.certifying.field import Field, Reading, certainly_live
from derivkit.certifying.positivity import possible_signs
from derivkit.certifying.search import PROVED, Boxes, Budget, Finding
from derivkit.certifying.sign import TOUCHING_DEPTHS
from derivkit.certifying.touching import landmark, nonnegative_from_an_end, touching_points
from derivkit.checking.survey import Suspicion, live_nodes, worded_at
from derivkit.evaluate import node_values
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder
from derivkit.functions import BALLS, Condition, Row

WRONG = {"positive": frozenset({-1, 0}), "nonnegative": frozenset({-1}), "nonzero": frozenset({0})}
HALVINGS = 60  # of an interval in which a pole lies


@dataclass(frozen=True, slots=True)
class _Requirement:
    """A condition of the table at one node, as a function of the variables."""

    suspicion: Suspicion
    sign: str
    quantity: Field


def prove_defined(field: Field, whole: Box, budget: Budget) -> Finding:
    """Whether a function is defined everywhere on a box.

    Parameters
    ----------
    field : Field
    whole : Box
    budget : Budget

    Returns
    -------
    Finding
        Refuted with a point where it is undefined: that point, or one as near as floats come.

    Raises
    ------
    Spent
        If the budget is.
    """
    return _Search(field, Boxes(whole, budget)).run()


class _Search:
    def __init__(self, field: Field, boxes: Boxes) -> None:
        self.field = field
        self.boxes = boxes
        self.requirements: dict[tuple[int, str], _Requirement | None] = {}

    def run(self) -> Finding:
        """Look at every box."""
        for box in self.boxes:
            reading = self.field.read(box)
            if reading.defined:
                continue
            found = self.undefined(box, reading)
            if found is not None:
                return found
        if self.boxes.stuck:
            box, reason = self.boxes.stuck[0]
            return Finding("undecided", reason, "it may be undefined", landmark(box))
        return PROVED

    def undefined(self, box: Box, reading: Reading) -> Finding | None:
        """A point of the box at which the function is undefined; else the box is decided, or cut."""
        for point in self.glances(box):
            cause = self.field.outside(point)
            if cause is not None:
                return self.refuted(cause, point)
        pending = self.pending(box, reading)
        if len(box.names) == 1 and box.depth in TOUCHING_DEPTHS:
            for requirement in pending:
                for end in touching_points(requirement.quantity, box):
                    point = {box.names[0]: end}
                    if self.breaks(requirement, end) and self.needed(requirement, _at(self.field, point)):
                        return self.refuted(requirement.suspicion, point)
        for requirement in pending:
            place = self.crossing(box, requirement) if self.needed(requirement, reading.nodes) else None
            if place is not None:
                point, exact = place
                return replace(self.refuted(requirement.suspicion, point), exact=exact)
        if pending or not self.follows(reading):
            self.boxes.cut(box, pending[0].suspicion.kind if pending else _why(reading))
        return None

    def glances(self, box: Box) -> list[Point]:
        """The middle; of the whole region, two opposite corners as well, and now and then a point of simple numbers."""
        if box.depth == 0:
            return [box.middle(), *(box.corner(dict.fromkeys(box.names, high)) for high in (False, True))]
        if box.depth in TOUCHING_DEPTHS:
            return [box.middle(), landmark(box)]
        return [box.middle()]

    def refuted(self, cause: Suspicion, point: Point) -> Finding:
        """The finding that the function is undefined at a point, and why."""
        words = worded_at(self.field.graph, cause) if cause.text.isascii() else cause.text
        needs = words if cause.row.arity else cause.text
        message = f"it needs {needs}" if cause.row.arity else needs
        return Finding("refuted", cause.kind, message, point)

    def pending(self, box: Box, reading: Reading) -> list[_Requirement]:
        """The conditions that are not proved on the box."""
        found = []
        for suspicion in reading.beyond:
            requirement = self.requirement(suspicion, reading)
            if requirement is None or not self.holds(requirement, box):
                found.append(requirement or _Requirement(suspicion, "unknown", self.field))
        return found

    def requirement(self, suspicion: Suspicion, reading: Reading) -> _Requirement | None:
        """The condition as a function, where the table's quantity can be written as a graph."""
        key = (suspicion.node, suspicion.text)
        if key not in self.requirements:
            self.requirements[key] = self.written(suspicion, reading)
        return self.requirements[key]

    def written(self, suspicion: Suspicion, reading: Reading) -> _Requirement | None:
        graph = self.field.graph
        condition = next(c for c in suspicion.row.domain if c.text == suspicion.text)
        arithmetic = GraphArithmetic(Builder.of(graph))
        moving = graph.depends_on(self.field.names)
        arguments = [_argument(arithmetic, i, moving[i], reading) for i in graph.inputs[suspicion.node]]
        quantity = _quantity(condition, arithmetic, arguments)
        if quantity is None:
            return None
        return _Requirement(suspicion, condition.sign, Field(arithmetic.builder.graph([quantity.id]), self.field.names))

    def holds(self, requirement: _Requirement, box: Box) -> bool:
        """Whether a condition is proved on the whole box."""
        quantity, sign = requirement.quantity, requirement.sign
        reading = quantity.read(box)
        if not reading.defined:
            return False
        low, high = quantity.bounds(box, reading, quantity.gradient(reading))
        if low > 0 or (low >= 0 and sign == "nonnegative") or (high < 0 and sign == "nonzero"):
            return True
        if not possible_signs(quantity.graph, reading.nodes) & WRONG[sign]:
            return True
        if len(box.names) > 1:
            return False
        strict = sign != "nonnegative"
        turns = (1, -1) if sign == "nonzero" else (1,)
        if not any(nonnegative_from_an_end(quantity, box, sign=turn, strict=strict) for turn in turns):
            return False
        return not any(self.breaks(requirement, end) for end in box.ends[0]) and (
            not strict or all(quantity.sign({box.names[0]: end}) for end in box.ends[0])
        )

    def needed(self, requirement: _Requirement, nodes: Sequence[arb]) -> bool:
        """Whether the node counts wherever its arguments lie in these balls: it is in no branch that may not be taken."""
        return certainly_live(self.field.graph, nodes)[requirement.suspicion.node]

    def breaks(self, requirement: _Requirement, end: End) -> bool:
        """Whether a condition certainly fails at a point, of one variable."""
        if requirement.sign == "unknown":
            return False
        sign = requirement.quantity.sign({self.field.names[0]: end})
        return sign is not None and sign in WRONG[requirement.sign]

    def crossing(self, box: Box, requirement: _Requirement) -> tuple[Point, bool] | None:
        """A zero of a quantity that must not vanish, exactly or nearly: it changes its sign between two corners."""
        if requirement.sign != "nonzero" or not requirement.quantity.read(box).unbroken:
            return None
        low, high = box.corner({}), box.corner(dict.fromkeys(box.names, True))
        signs = [requirement.quantity.sign(p) for p in (low, high)]
        for point, sign in zip((low, high), signs, strict=True):
            if sign == 0:
                return point, True
        if None in signs or signs[0] == signs[1]:
            return None
        return self.narrowed(box, requirement.quantity, signs[0] or 0), False

    def narrowed(self, box: Box, quantity: Field, first: int) -> Point:
        """The change of sign on the diagonal of a box, halved until floats cannot tell its ends apart."""
        start, end = box.corner({}), box.corner(dict.fromkeys(box.names, True))
        low, high = arb(0), arb(1)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            value = quantity.value(_between(start, end, middle))
            if value.contains(0):
                low = high = middle
                break
            low, high = (middle, high) if (value > 0) == (first > 0) else (low, middle)
        return _between(start, end, (low + high) / 2)

    def follows(self, reading: Reading) -> bool:
        """Whether all conditions hold: those behind a node without a finite enclosure were not looked at."""
        graph, live = self.field.graph, live_nodes(self.field.graph, reading.nodes)
        for node, head in enumerate(graph.heads):
            if live[node] and isinstance(head, Row):
                lost = any(not reading.nodes[i].is_finite() for i in graph.inputs[node])
                if lost and (head.domain or head.boolean or head.choice):
                    return False
                if reading.nodes[node].is_nan() and not head.domain and not lost:
                    return False
        return True


def _at(field: Field, point: Point) -> list[arb]:
    """The value of every node at a point."""
    return node_values(field.graph, {name: end.precise() for name, end in point.items()}, BALLS)


def _argument(arithmetic: GraphArithmetic, node: int, moves: bool, reading: Reading) -> Ref | arb:
    """A constant as a ball, of which conditions ask whether it is whole; all else as a node."""
    return arithmetic.ref(node) if moves else reading.nodes[node]


def _quantity(condition: Condition, arithmetic: GraphArithmetic, arguments: list[Ref | arb]) -> Ref | None:
    """A condition's quantity as a node; None where it is no formula: it asks its argument for something that only balls know."""
    try:
        quantity = condition.quantity(arithmetic, *arguments)
    except (AttributeError, TypeError, ValueError):
        return None
    return quantity if isinstance(quantity, Ref) else None


def _between(start: Point, end: Point, share: arb) -> Point:
    return {
        name: start[name]
        if start[name].same(end[name])
        else End((start[name].ball + share * (end[name].ball - start[name].ball)).mid())
        for name in start
    }


def _why(reading: Reading) -> str:
    return reading.beyond[0].kind if reading.beyond else "lost"
