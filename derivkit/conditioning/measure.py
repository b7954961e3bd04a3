"""Measure one formula at one point: doubles against ball arithmetic, for the function and its partial derivatives.

The condition number of f at x is |x f'(x)/f(x)|, by which a small relative error of x grows in f; for several variables they are
added up. Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (SIAM 2002), 1.6; Trefethen and Bau, Numerical
Linear Algebra (SIAM 1997), lecture 12.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from flint import arb

from derivkit.conditioning.blame import UNIT, Sight, blame, relative_error
from derivkit.conditioning.records import Reading
from derivkit.enclose import nearest
from derivkit.errors import BudgetError
from derivkit.evaluate import node_values
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, FLOATS, precision
from derivkit.tape.differentiate import derivatives_graph, whole_hessian

DIGITS = -math.log10(UNIT)  # 15.95: what a double holds
LOOKS = (256, 1024, 4096)  # precisions, in bits, until the truth is known to more digits than a double holds
SHARP = 64  # bits to which it must be known
MOST_VARIABLES = 12
MOST_NODES = 20_000
WORK = 200_000  # nodes times points of a region

At = Mapping[str, float]


class Formula:
    """A formula with its first and second derivatives, as graphs that share their nodes.

    Parameters
    ----------
    graph : Graph
    variables : sequence of str, optional
        Those of the graph by default.

    Raises
    ------
    BudgetError
        If there are too many variables or operations.
    MissingRuleError
        If a derivative with respect to an argument without a rule is needed.
    """

    def __init__(self, graph: Graph, variables: Sequence[str] | None = None) -> None:
        self.graph = graph
        self.variables = graph.variables if variables is None else tuple(variables)
        if len(self.variables) > MOST_VARIABLES:
            raise BudgetError(
                f"health looks at up to {MOST_VARIABLES} variables, and the expression has {len(self.variables)}",
                hint="put numbers in place of some of them",
            )
        self.first = derivatives_graph(graph, self.variables, 1)
        if len(self.first) > MOST_NODES:
            raise BudgetError(f"the derivatives need more than {MOST_NODES:,} operations", hint="take a shorter expression")

    @cached_property
    def second(self) -> Graph:
        """The value, its partial derivatives and the upper triangle of the second ones."""
        return derivatives_graph(self.graph, self.variables, 2)

    def affordable(self, points: Sequence[At]) -> list[At]:
        """Some of the points, evenly chosen, if the formula is long."""
        step = -(-len(points) * len(self.first) // WORK)
        return list(points[::step])

    def truths(self, at: At) -> list[arb]:
        """The enclosures of the value and the partial derivatives at a point."""
        balls = truth(self.first, at)
        return [balls[node] for node in self.first.outputs]

    def errors(self, at: At, truths: Sequence[arb]) -> list[float]:
        """The relative errors of the value and of the partial derivatives, in doubles, against values that are known."""
        floats = node_floats(self.first, at)
        return [relative_error(floats[node], ball) for node, ball in zip(self.first.outputs, truths, strict=True)]

    def readings(self, at: At) -> tuple[Reading, ...]:
        """How well the function and each partial derivative are computed at a point; without where digits are lost."""
        known = truth(self.second, at)
        floats = node_floats(self.first, at)
        balls = [known[node] for node in self.second.outputs]
        size = len(self.variables)
        whole = whole_hessian(balls, size)
        slopes = [whole[1 : 1 + size], *(whole[1 + size * (k + 1) : 1 + size * (k + 2)] for k in range(size))]
        return tuple(
            _reading(name, ball, floats[node], dict(zip(self.variables, slope, strict=True)), at)
            for name, ball, node, slope in zip((None, *self.variables), whole, self.first.outputs, slopes, strict=False)
        )

    def explained(self, at: At, readings: Sequence[Reading]) -> tuple[Reading, ...]:
        """Readings with the operations that lose their digits."""
        sight = Sight(self.first, node_floats(self.first, at), truth(self.first, at))
        return tuple(
            replace(reading, loss=blame(sight, node)) if reading.lost > 1 else reading
            for reading, node in zip(readings, self.first.outputs, strict=True)
        )


def node_floats(graph: Graph, at: At) -> list[float]:
    """The value of every node in doubles."""
    with FLOATS.quiet():
        return node_values(graph, at, FLOATS)


def node_balls(graph: Graph, at: At) -> list[arb]:
    """The enclosure of every node at a point of doubles, at the working precision."""
    return node_values(graph, {name: arb(x) for name, x in at.items()}, BALLS)


def truth(graph: Graph, at: At) -> list[arb]:
    """The enclosures of all nodes, at a precision at which the outputs are known to more digits than a double holds."""
    for bits in LOOKS:
        with precision(bits):
            balls = node_balls(graph, at)
        if all(ball.is_exact() or ball.rel_accuracy_bits() >= SHARP for ball in map(balls.__getitem__, graph.outputs)):
            break
    return balls


def kept(error: float) -> float:
    """How many decimal digits are right, of those that a double holds.

    Examples
    --------
    >>> kept(0.0) == kept(2.0**-53) == DIGITS, kept(1e-8), kept(3.0)
    (True, 8.0, 0.0)
    """
    return DIGITS if error <= UNIT else max(0.0, -math.log10(error)) if error < math.inf else 0.0


def _reading(name: str | None, ball: arb, computed: float, slopes: Mapping[str, arb], at: At) -> Reading:
    zero = bool(ball.contains(0))
    moved = {variable: slope * at[variable] for variable, slope in slopes.items()}
    if zero:
        shown = {variable: _size(slope) for variable, slope in slopes.items()}
        relative = {variable: math.inf if not m.contains(0) else 0.0 for variable, m in moved.items()}
    else:
        shown = relative = {variable: _size(m / ball) for variable, m in moved.items()}
    condition = math.fsum(relative.values())
    right = kept(relative_error(computed, ball))
    lost = DIGITS - right
    owed = min(lost, math.log10(condition)) if condition > 1 else 0.0
    return Reading(name, nearest(ball), computed, shown, not zero, condition, right, lost, owed, lost - owed, None)


def _size(ball: arb) -> float:
    return abs(float(ball.mid())) if ball.is_finite() else math.nan
