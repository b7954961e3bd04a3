"""Which operation loses the digits: node by node, doubles are compared with the truth.

An error that grows from node to node is followed from the output back along the input that brings most of it; the operation in
which it jumps is the one to blame. A chain of sums and differences counts as one operation.

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (SIAM 2002), 1.7, 3.1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from derivkit.checking.survey import TOO_LONG, said
from derivkit.conditioning.records import Loss
from derivkit.errors import MissingRuleError
from derivkit.expression.arithmetic import ADD, SUBTRACT
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, Row

UNIT = 2.0**-53  # the relative error of rounding
LARGEST, SMALLEST = sys.float_info.max, sys.float_info.min
STEP = math.ulp(0.0)  # between doubles that are too small to have all their digits
SUMS = (ADD, SUBTRACT)
MOST_TERMS = 1000
BROUGHT = 0.1  # an input that brings less than this share of an error is not followed


@dataclass(frozen=True, slots=True)
class Sight:
    """One graph at one point: the value of every node in doubles, and its enclosure."""

    graph: Graph
    floats: Sequence[float]
    balls: Sequence[arb]

    def error(self, node: int) -> float:
        """The relative error of a node: 0 where it is right, infinite where the truth is 0 or a node is not finite."""
        return relative_error(self.floats[node], self.balls[node])


def relative_error(computed: float, truth: arb) -> float:
    """How far a double is from the truth, relative to it; results too small for a double are right where they are near enough."""
    if not math.isfinite(computed):
        return math.inf
    gap = abs(computed - truth)
    if gap.contains(0) and (gap.is_zero() or abs(truth) <= SMALLEST):
        return 0.0
    if abs(truth) < SMALLEST and gap <= 2 * STEP:
        return 0.0
    if truth.contains(0):
        return math.inf
    return float((gap / abs(truth)).mid())


def blame(sight: Sight, output: int) -> Loss | None:
    """The operation that loses most of the digits of one output, or in which it leaves the doubles; None if none stands out."""
    left = departure(sight, output)
    if left is not None and not sight.error(output) < 1:
        return left
    node, worst, jump = output, None, 10.0
    while isinstance(head := sight.graph.heads[node], Row) and head.arity:
        brought = _brought(sight, node, head)
        if not brought:
            break
        share, source = max(brought)
        here = sight.error(node) / max(UNIT, *(sight.error(i) for _, i in brought))
        if here > jump:
            worst, jump = _narrowed(sight, node), here
        if not share >= BROUGHT * sight.error(node):
            break
        node = source
    return None if worst is None else Loss(_kind(sight.graph, worst), _words(sight.graph, worst), worst)


def departure(sight: Sight, output: int) -> Loss | None:
    """The first operation, among those that an output needs, whose true value no double can hold or whose value is no number."""
    needed = _needed(sight, output)
    for node in range(output + 1):
        computed, truth = sight.floats[node], sight.balls[node]
        if not needed[node] or not isinstance(sight.graph.heads[node], Row):
            continue
        kind = _left(computed, truth)
        if kind is not None:
            return Loss(kind, _words(sight.graph, node), node)
    return None


def _left(computed: float, truth: arb) -> str | None:
    if math.isinf(computed) and not abs(truth) <= LARGEST:
        return "overflow"
    if abs(computed) < SMALLEST and abs(truth) < SMALLEST and not truth.is_zero() and (computed or not truth.contains(0)):
        return "underflow"
    return None if math.isfinite(computed) or not truth.is_finite() else "invalid"


def _needed(sight: Sight, output: int) -> list[bool]:
    """Which nodes an output is computed from, leaving out branches that are not taken."""
    needed = [False] * (output + 1)
    needed[output] = True
    for node in range(output, -1, -1):
        if needed[node] and isinstance(head := sight.graph.heads[node], Row):
            for i in _taken(sight, node, head):
                needed[i] = True
    return needed


def _taken(sight: Sight, node: int, row: Row) -> tuple[int, ...]:
    inputs = sight.graph.inputs[node]
    if row.choice and (holds := BALLS.truth(sight.balls[inputs[0]])) is not None:
        return (inputs[1 if holds else 2],)
    return inputs


def _brought(sight: Sight, node: int, row: Row) -> list[tuple[float, int]]:
    """How much of a node's relative error each input brings along, to first order."""
    if row.choice:
        return [(sight.error(i), i) for i in _taken(sight, node, row)]
    truth = sight.balls[node]
    if row in SUMS:
        terms = [(abs(sight.balls[i] / truth), sight.error(i), i) for i in _terms(sight.graph, node)]
        return [(float(weight.mid()) * error if error and not truth.contains(0) else error, i) for weight, error, i in terms]
    inputs = sight.graph.inputs[node]
    arguments = tuple(sight.balls[i] for i in inputs)
    found = []
    for k, i in enumerate(inputs):
        try:
            partial: Any = BALLS.partial(row.partial(k), truth, arguments)
        except MissingRuleError:  # an order, which is exact
            continue
        weight = float(abs(partial * arguments[k] / truth).mid()) if not truth.contains(0) else 1.0
        error = sight.error(i)
        found.append((weight * error if error and weight == weight else 0.0, i))
    return found


def _terms(graph: Graph, node: int) -> list[int]:
    """The terms of a chain of sums and differences."""
    found: list[int] = []
    stack = list(graph.inputs[node])
    while stack:
        term = stack.pop()
        if graph.heads[term] in SUMS and len(found) + len(stack) < MOST_TERMS:
            stack += graph.inputs[term]
        else:
            found.append(term)
    return found


def _narrowed(sight: Sight, node: int) -> int:
    """The innermost sum of a chain whose error is about the chain's."""
    while sight.graph.heads[node] in SUMS:
        inner = [i for i in sight.graph.inputs[node] if sight.graph.heads[i] in SUMS and sight.error(i) >= sight.error(node) / 2]
        if not inner:
            break
        node = max(inner, key=sight.error)
    return node


def _kind(graph: Graph, node: int) -> str:
    return "cancellation" if graph.heads[node] in SUMS else "amplification"


def _words(graph: Graph, node: int) -> str:
    """An operation as text; only what it is, where the text is long."""
    text, head = said(graph, node), graph.heads[node]
    return f"a {head.title}" if text == TOO_LONG and isinstance(head, Row) else text
