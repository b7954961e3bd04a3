"""A function on boxes: enclosures of its values and slopes, and its exact sign at points.

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis (SIAM 2009), chapter 6: mean value form and monotonicity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flint import arb

from derivkit.budget import patience
from derivkit.certifying.box import Box, Point
from derivkit.checking.survey import Suspicion, survey
from derivkit.enclose import enclosures
from derivkit.errors import BudgetError, DerivkitError, MissingRuleError
from derivkit.evaluate import evaluate, node_values
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, Row, precision
from derivkit.tape.differentiate import derivative_graph
from derivkit.tape.sweep import backward

WORK_BITS = 80
POINT_BITS = (WORK_BITS, 256, 1024)  # precisions at which the sign at a point is looked for
SHARP_BITS = 64  # to which a number that is shown is known
SECONDS_FOR_ALGEBRA = 1.0
MOST_NODES = 2000  # of a derivative that only helps to decide
MOST_PROOFS, MOST_DOUBTS = 16, 3  # proofs of zero that SymPy is asked for, found and in vain; it may take seconds each time
BEYOND = ("outside_domain", "pole")


@dataclass(frozen=True, slots=True)
class Reading:
    """What balls tell of a function on a box.

    Attributes
    ----------
    value : arb
        Encloses every value of the function; not finite where that cannot be said.
    nodes : sequence of arb
        The same of every node.
    beyond : tuple of Suspicion
        Where the formula is, or may be, undefined.
    rough : tuple of Suspicion
        Where it is defined, and may have a kink, a jump or an infinite slope.
    """

    value: arb
    nodes: Sequence[arb]
    beyond: tuple[Suspicion, ...]
    rough: tuple[Suspicion, ...]

    @property
    def defined(self) -> bool:
        """Whether the function is certainly defined, and finite, on the whole box."""
        return self.value.is_finite() and not self.beyond

    @property
    def unbroken(self) -> bool:
        """Whether it is certainly continuous as well."""
        return self.defined and all(s.kind != "jump" for s in self.rough)


class Field:
    """A function of some variables.

    Attributes
    ----------
    graph : Graph
    names : tuple of str
        The variables of the region, which the graph may lack.
    """

    def __init__(self, graph: Graph, names: tuple[str, ...], asked: Counter[bool] | None = None) -> None:
        self.graph = graph
        self.names = names
        self._signs: dict[tuple[Graph, ...], int | None] = {}
        self._asked = Counter[bool]() if asked is None else asked  # SymPy's proofs of zero: how many were found, and how many not

    @cached_property
    def slope(self) -> Field | None:
        """The derivative of a function of one variable; None where the table has no rule for it, or where it grows too long."""
        try:
            return Field(derivative_graph(self.graph, self.names, most_nodes=MOST_NODES), self.names, self._asked)
        except (MissingRuleError, BudgetError):
            return None

    @cached_property
    def vanishes_everywhere(self) -> bool:
        """Whether the function is 0 wherever it is defined, by SymPy's algebra of rational functions."""
        from derivkit.symbolic.convert import to_sympy

        zero = False
        try:
            with patience(SECONDS_FOR_ALGEBRA):
                zero = bool(to_sympy(self.graph).cancel() == 0)
        except (DerivkitError, RecursionError):
            pass  # no proof
        return zero

    def read(self, box: Box) -> Reading:
        """The function on a box; of a node that only a branch not taken needs, nothing is asked."""
        nodes = node_values(self.graph, box.balls(), BALLS)
        found = survey(self.graph, nodes, self.names)
        beyond, rough = (tuple(s for s in found if (s.kind in BEYOND) is outside) for outside in (True, False))
        return Reading(nodes[self.graph.root], nodes, beyond, rough)

    def gradient(self, reading: Reading) -> Mapping[str, arb] | None:
        """Enclosures of the partial derivatives on the box, at kinks of the slopes on both sides and all between them.

        None where the function may have a jump or an infinite slope, or no rule is known.
        """
        if not reading.unbroken:
            return None
        try:
            adjoints = backward(self.graph, reading.nodes, BALLS, wrt=self.names)
        except MissingRuleError:
            return None
        places = {head: node for node, head in enumerate(self.graph.heads) if isinstance(head, str)}
        found = {name: adjoints[places[name]] if name in places else None for name in self.names}
        slopes = {name: arb(0) if slope is None else slope for name, slope in found.items()}
        return slopes if all(slope.is_finite() for slope in slopes.values()) else None

    def bounds(self, box: Box, reading: Reading, gradient: Mapping[str, arb] | None) -> tuple[arb, arb]:
        """Exact numbers below and above all values on a box, where the reading is finite.

        The natural enclosure; the mean value form; and, where the function is monotone in a variable, the faces.
        """
        low, high = reading.value.lower(), reading.value.upper()
        if gradient is None:
            return low, high
        rising = {name: bool(slope >= 0) for name, slope in gradient.items() if slope >= 0 or slope <= 0}
        if len(rising) < len(gradient):
            spread = self._mean_value(box, gradient)
            low, high = _larger(low, spread.lower()), _smaller(high, spread.upper())
        if rising:
            below = self._on_face(box, {name: not up for name, up in rising.items()})
            above = self._on_face(box, rising)
            low, high = _larger(low, below.lower()), _smaller(high, above.upper())
        return low, high

    def _mean_value(self, box: Box, gradient: Mapping[str, arb]) -> arb:
        middle = {name: end.ball for name, end in box.middle().items()}
        balls = box.balls()
        total: arb = evaluate(self.graph, middle, BALLS)
        for name, slope in gradient.items():
            total += slope * (balls[name] - middle[name])
        return total

    def _on_face(self, box: Box, high: Mapping[str, bool]) -> arb:
        value: arb = evaluate(self.graph, box.face(high).balls(), BALLS)
        return value

    def value(self, point: Point) -> arb:
        """The value at a point, at the working precision."""
        found: arb = evaluate(self.graph, {name: end.precise() for name, end in point.items()}, BALLS)
        return found

    def sharp(self, point: Point) -> arb:
        """The value at a point, to more digits than a float holds: exactly 0 where it is, and of a certain sign elsewhere."""
        at = {name: end.graph for name, end in point.items()}
        for bits in POINT_BITS:
            with precision(bits):
                found = enclosures(self.graph, at)[self.graph.root]
            if found.is_exact() or found.rel_accuracy_bits() >= SHARP_BITS:
                return found
        return arb(0) if found.contains(0) and self.sign(point) == 0 else found

    def sign(self, point: Point) -> int | None:
        """-1, 0 or 1, certain; None where the function has no value, or zero cannot be told from it."""
        key = tuple(end.graph for end in point.values())
        if key not in self._signs:
            self._signs[key] = self._sign(point)
        return self._signs[key]

    def _sign(self, point: Point) -> int | None:
        for bits in POINT_BITS:
            with precision(bits):
                value = self.value(point)
            if value > 0 or value < 0 or value.is_zero():
                return int(value > 0) - int(value < 0)
            if not value.is_finite():
                return None
        return 0 if self._vanishes({name: end.graph for name, end in point.items()}) else None

    def _vanishes(self, at: Mapping[str, Graph]) -> bool:
        """Whether the value is exactly zero, by rational arithmetic or by SymPy."""
        from derivkit.symbolic.convert import to_sympy
        from derivkit.symbolic.values import value_at

        if enclosures(self.graph, at)[self.graph.root].is_zero():
            return True
        if self._asked[False] >= MOST_DOUBTS or self._asked[True] >= MOST_PROOFS:
            return False
        try:
            zero = value_at(to_sympy(self.graph), at) == 0
        except DerivkitError:  # too large for SymPy, or unknown to it
            zero = False
        self._asked[zero] += 1
        return zero

    def outside(self, point: Point) -> Suspicion | None:
        """What certainly makes the function undefined at a point."""
        with precision(POINT_BITS[1]):
            nodes = enclosures(self.graph, {name: end.graph for name, end in point.items()})
            found = survey(self.graph, nodes, self.names)
            needed = certainly_live(self.graph, nodes)
        certain = next((s for s in found if s.kind in BEYOND and s.certain and needed[s.node]), None)
        if certain is not None:
            return certain
        for node, head in enumerate(self.graph.heads):
            if needed[node] and isinstance(head, Row) and not head.arity and nodes[node].is_nan():  # no piece applies
                return Suspicion(node, head, "outside_domain", "no piece of the piecewise applies", certain=True)
        return None


def certainly_live(graph: Graph, nodes: Sequence[arb]) -> list[bool]:
    """Which nodes count wherever the values lie in these balls: those in no branch that may not be taken."""
    live = [False] * len(graph)
    live[graph.root] = True
    for node in range(len(graph) - 1, -1, -1):
        head, inputs = graph.heads[node], graph.inputs[node]
        if live[node] and isinstance(head, Row):
            holds = BALLS.truth(nodes[inputs[0]]) if head.choice else None
            for k, i in enumerate(inputs):
                live[i] = live[i] or not head.choice or k == 0 or (holds is not None and k == (1 if holds else 2))
    return live


def _larger(x: arb, y: arb) -> arb:
    return y if y > x else x


def _smaller(x: arb, y: arb) -> arb:
    return y if y < x else x
