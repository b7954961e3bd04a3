"""How a wrong derivative came about: which usual slip, at which place, gives exactly what was claimed.

A wrong rule at one node changes its derivative by some amount, and the whole by that amount times the node's adjoint; so one
forward and one backward pass show what every slip at every node would have given. A slip explains a claim only if it gives it at
every point.

Source of the passes: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), tables 3.3 and 3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any

from flint import arb

from derivkit.checking.survey import said
from derivkit.enclose import Point, ball_point, enclosures, nearest
from derivkit.errors import BudgetError, DerivkitError, MissingRuleError
from derivkit.evaluate import node_values
from derivkit.expression.arithmetic import POWER
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, Row
from derivkit.records import Diagnosis
from derivkit.tape.differentiate import derivative_graph
from derivkit.tape.sweep import backward

FEWEST = 2  # points at which an explanation is tried
SAME = arb(2) ** -70  # relative difference below which an explanation gives what was claimed
MOST_NODES = 2_000
LARGEST_DENOMINATOR = 1_000
LITTLE = 1e-9  # what a factor differs from 1 by, below which the difference is shown
MOST_TEXT = 40
ZERO = arb(0)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is claimed of a derivative at a point, and what it is."""

    point: Point
    claimed: arb
    actual: arb


def diagnose(graph: Graph, wrt: Sequence[str], claim: Graph, compared: Sequence[Compared]) -> Diagnosis | None:
    """Find the usual slip that explains a wrong derivative.

    Parameters
    ----------
    graph : Graph
        The function.
    wrt : sequence of str
        One name an order; slips are looked for in the last differentiation.
    claim : Graph
    compared : sequence of Compared
        At working precision, a few of them; among them, if there are any, points at which the claim is right.

    Returns
    -------
    Diagnosis or None
        None where no slip gives the claim at every point.
    """
    if len(compared) < FEWEST:
        return None
    try:
        lower = derivative_graph(graph, wrt[:-1], most_nodes=MOST_NODES)
        passes = [one for one in (_Pass(lower, wrt[-1], each) for each in compared) if one.finite]
    except (BudgetError, MissingRuleError):
        return None
    if len(passes) < FEWEST:
        return None
    found = chain(
        _by_rule(lower, wrt[-1], passes),
        _another(lower, wrt, compared),
        _by_size(lower, passes),
        _integrated(lower, wrt[-1], claim, compared),
    )
    return next(found, None)


class _Pass:
    """What flows through the graph at one point: values, derivatives by the variable, adjoints.

    Numbers and the other variables get adjoints too, as if they moved.
    """

    def __init__(self, graph: Graph, name: str, compared: Compared) -> None:
        self.graph = graph
        self.off = compared.claimed - compared.actual
        self.size = abs(compared.claimed) + abs(compared.actual)
        self.actual = compared.actual
        self.values = node_values(graph, ball_point(compared.point), BALLS)
        self.moving = graph.depends_on([name])
        self.adjoints = backward(_opened(graph), self.values, BALLS)
        self.tangents: list[arb] = []
        for node, head in enumerate(graph.heads):
            self.tangents.append(self.tangent(node, self.tangents) if isinstance(head, Row) else BALLS.number(int(head == name)))

    @property
    def finite(self) -> bool:
        """Whether all that flows to and from the variable is known here: at an edge of the domain it need not be."""
        known = [t.is_finite() and (a is None or a.is_finite()) for t, a in zip(self.tangents, self.adjoints, strict=True)]
        return all(ok for ok, moves in zip(known, self.moving, strict=True) if moves)

    def arguments(self, node: int) -> tuple[arb, ...]:
        """The values of a node's inputs."""
        return tuple([self.values[i] for i in self.graph.inputs[node]])

    def tangent(self, node: int, tangents: Sequence[arb]) -> arb:
        """A node's derivative by the right rule."""
        total = ZERO
        for k, i in enumerate(self.graph.inputs[node]):
            if self.moving[i]:
                total += self.partial(node, k) * tangents[i]
        return total

    def partial(self, node: int, k: int) -> arb:
        """A partial derivative of a node."""
        return BALLS.partial(self.graph.heads[node].partial(k), self.values[node], self.arguments(node))  # type: ignore[no-any-return,union-attr]  # of a row, a ball

    def explains(self, node: int, tangent: arb) -> bool:
        """Whether the claim is what comes out where the node's derivative is taken to be `tangent`."""
        if self.adjoints[node] is None:  # a branch that is not taken here
            return self.is_off_by(ZERO)
        return self.is_off_by(self.adjoints[node] * (tangent - self.tangents[node]))

    def is_off_by(self, amount: arb) -> bool:
        """Whether the claim is wrong by this amount."""
        if self.off.contains(0) and amount.contains(0):
            return amount.is_finite()
        return bool(abs(self.off - amount) <= SAME * (abs(self.off) + SAME * self.size))

    def share(self, node: int) -> arb:
        """What a node's derivative contributes to the whole."""
        return ZERO if self.adjoints[node] is None else self.adjoints[node] * self.tangents[node]


def _opened(graph: Graph) -> Graph:
    """The same graph with a variable in place of every constant, where there are rules for it."""
    fixed = {
        i
        for head, inputs in zip(graph.heads, graph.inputs, strict=True)
        if isinstance(head, Row)
        for i, partial in zip(inputs, head.partials, strict=True)
        if partial is None
    }
    heads = [h if (isinstance(h, Row) and h.arity) or k in fixed else f"#{k}" for k, h in enumerate(graph.heads)]
    return Graph(tuple(heads), graph.inputs, graph.outputs)


def _another(graph: Graph, wrt: Sequence[str], compared: Sequence[Compared]) -> Iterator[Diagnosis]:
    """The claim is something else altogether: the function itself, or another derivative of it."""
    *before, name = wrt
    if _is_value(graph, compared):
        if before:
            yield Diagnosis("wrong_order", f"this is the derivative of order {len(before)}, one too few")
        else:
            yield Diagnosis("not_differentiated", "the function was not differentiated")
    for other in graph.variables:
        with suppress(DerivkitError):
            if other != name and _is_value(derivative_graph(graph, (other,), most_nodes=MOST_NODES), compared):
                yield Diagnosis("wrong_variable", f"this is the derivative with respect to {other}, not {name}")
    with suppress(DerivkitError):
        if _is_value(derivative_graph(graph, (name, name), most_nodes=MOST_NODES), compared):
            yield Diagnosis("wrong_order", f"this is the derivative of order {len(wrt) + 1}, one too many")


def _integrated(graph: Graph, name: str, claim: Graph, compared: Sequence[Compared]) -> Iterator[Diagnosis]:
    """The derivative of the claim is the function."""
    with suppress(DerivkitError):
        slope = derivative_graph(claim, (name,), most_nodes=MOST_NODES)
        if all(_same(*[enclosures(g, one.point)[g.root] for g in (slope, graph)]) for one in compared):
            yield Diagnosis("integrated", f"this is an antiderivative in {name}: the function was integrated, not differentiated")


def _is_value(graph: Graph, compared: Sequence[Compared]) -> bool:
    """Whether the claim is the value of a function."""
    return all(_same(enclosures(graph, one.point)[graph.root], one.claimed) for one in compared)


def _by_rule(graph: Graph, name: str, passes: Sequence[_Pass]) -> Iterator[Diagnosis]:
    """A wrong rule at one node, from the output down; a forgotten inner derivative is the most usual."""
    nodes = range(len(graph) - 1, -1, -1)
    moving = [(node, head) for node in nodes if isinstance(head := graph.heads[node], Row) and passes[0].moving[node]]
    for node, _ in moving:
        yield from _lost_inner(graph, node, name, passes)
    for node, row in moving:
        yield from _slips(graph, node, row, passes)
    for node in nodes:
        if not passes[0].moving[node]:
            yield from _constant(graph, node, passes)


def _slips(graph: Graph, node: int, row: Row, passes: Sequence[_Pass]) -> Iterator[Diagnosis]:
    """The table's own list of slips of a row."""
    moving = tuple([passes[0].moving[i] for i in graph.inputs[node]])
    for slip in row.slips:
        if slip.moving == moving and all(_explained(one, node, slip.tangent) for one in passes):
            yield Diagnosis(slip.kind, f"in the derivative of {said(graph, node)}, {slip.text}")


def _explained(one: _Pass, node: int, rule: Callable[..., Any]) -> bool:
    tangents = tuple([one.tangents[i] for i in one.graph.inputs[node]])
    wrong = rule(BALLS, one.values[node], one.arguments(node), tangents)
    return bool(wrong.is_finite()) and one.explains(node, wrong)


def _lost_inner(graph: Graph, node: int, name: str, passes: Sequence[_Pass]) -> Iterator[Diagnosis]:
    """The chain rule without its inner derivative."""
    moving = [k for k, i in enumerate(graph.inputs[node]) if passes[0].moving[i]]
    inner = graph.inputs[node][moving[0]]
    head = graph.heads[node]
    chained = isinstance(head, Row) and (head.operator is None or head is POWER) and not head.choice
    if not chained or len(moving) != 1 or not isinstance(graph.heads[inner], Row):
        return
    if all(one.explains(node, one.partial(node, moving[0])) for one in passes):
        yield Diagnosis("lost_inner", f"the inner derivative{_derivative(graph, inner, name)} of {said(graph, node)} is missing")


def _derivative(graph: Graph, node: int, name: str) -> str:
    """The derivative of a node as text behind a space, if it is short."""
    from derivkit.symbolic.derivative import derivative

    with suppress(DerivkitError):
        text = derivative(Builder.of(graph).graph([node]), (name,)).text
        return f" {text}" if len(text) <= MOST_TEXT else ""
    return ""


def _constant(graph: Graph, node: int, passes: Sequence[_Pass]) -> Iterator[Diagnosis]:
    """A constant was differentiated as if it moved."""
    if graph.inputs[node] or any(one.adjoints[node] is None for one in passes):
        return
    if all(one.is_off_by(one.adjoints[node]) for one in passes):
        yield Diagnosis("constant_as_variable", f"{said(graph, node)} was differentiated as if it were the variable")


def _by_size(graph: Graph, passes: Sequence[_Pass]) -> Iterator[Diagnosis]:
    """One factor, the same at every point: a lost sign, a lost term, a wrong coefficient."""
    for node in range(len(graph) - 1, -1, -1):
        head = graph.heads[node]
        if not (isinstance(head, Row) and passes[0].moving[node]):
            continue
        shares = [(one, one.share(node)) for one in passes]
        excesses = [one.off / share for one, share in shares if not share.contains(0)]
        silent = all(one.is_off_by(ZERO) for one, share in shares if share.contains(0))  # where the node adds nothing
        if silent and len(excesses) >= FEWEST and all(_same(a, b) for a, b in pairwise(excesses)):
            yield _factor(graph, node, excesses[0])
    if all(_same(a.off, b.off) for a, b in pairwise(passes)):
        yield Diagnosis("constant_added", f"a constant, {_number(passes[0].off)}, was added")


def _factor(graph: Graph, node: int, excess: arb) -> Diagnosis:
    """A node's derivative is multiplied by 1 + excess."""
    factor = 1 + excess
    what = "the whole derivative" if node == graph.root else f"the derivative of {said(graph, node)}"
    if abs(factor) < SAME:
        return Diagnosis("dropped_term", f"{what} was left out" if node != graph.root else "the derivative was taken to be 0")
    if _same(factor, arb(-1)):
        return Diagnosis("sign", f"the sign of {what} is wrong")
    degrees = arb.pi() / 180
    if _same(factor, degrees) or _same(factor, 1 / degrees):
        return Diagnosis(
            "degrees_for_radians",
            f"{what} is off by the factor {'pi/180' if factor < 1 else '180/pi'}: degrees in place of radians",
        )
    return Diagnosis("factor", f"{what} is off by the factor {_beside_one(excess)}")


def _beside_one(excess: arb) -> str:
    """The factor 1 + excess in words, however little it differs from 1."""
    return f"1 {'-' if excess < 0 else '+'} {abs(nearest(excess)):.3g}" if abs(excess) < LITTLE else _number(1 + excess)


def _number(ball: arb) -> str:
    """A number in words: a short fraction, if it is one, else its digits."""
    number = nearest(ball)
    short = Fraction(number).limit_denominator(LARGEST_DENOMINATOR)
    return str(short) if _same(ball, BALLS.number(short)) else f"{number:.12g}"


def _same(x: arb, y: arb) -> bool:
    if x.contains(0) and y.contains(0):
        return bool(x.is_finite() and y.is_finite())
    return bool(abs(x - y) <= SAME * (abs(x) + abs(y)))
