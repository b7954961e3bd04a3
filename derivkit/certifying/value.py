"""Proved bounds on the value of a derivative at a point."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from derivkit import jets
from derivkit.certifying.outward import above, outward
from derivkit.checking.survey import survey
from derivkit.enclose import ball_point, enclosures
from derivkit.errors import BudgetError, MissingRuleError
from derivkit.expression.graph import Graph
from derivkit.expression.point import Point
from derivkit.functions import BALLS, precision
from derivkit.records import Enclosure
from derivkit.tape.differentiate import derivative_graph

PRECISIONS = (128, 256, 1024, 4096)  # bits, until the ball is far narrower than a float's last digit
SHARP_BITS = 64
ORDERS_AS_GRAPHS = 2  # beyond, Taylor coefficients are cheaper than graphs of derivatives


def enclosed_derivative(graph: Graph, wrt: Sequence[str], at: Point, value: float) -> Enclosure | None:
    """Bounds on a derivative, from the table's rules evaluated in balls.

    Parameters
    ----------
    graph : Graph
        With one output, smooth at the point.
    wrt : sequence of str
        One name an order.
    at : mapping of str to Graph
    value : float
        The value that is shown beside the bounds.

    Returns
    -------
    Enclosure or None
        None where no finite bounds could be proved, or the point may be a kink or the like, where rules are conventions.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.point import parse_point
    >>> found = enclosed_derivative(parse("sin(x)").graph, ["x"], parse_point("x=1"), 0.5403023058681398)
    >>> found.low, found.high
    (0.5403023058681397, 0.5403023058681398)
    """
    with precision(PRECISIONS[0]):
        if survey(graph, enclosures(graph, at), wrt):
            return None
    found = None
    for bits in PRECISIONS:
        with precision(bits):
            try:
                ball = _derivative(graph, wrt, at)
            except (BudgetError, MissingRuleError):
                return found
            if not ball.is_finite():
                continue
            low, high = outward(ball)
            found = Enclosure(low, high, above(abs(ball - arb(value)).upper()))
            if ball.is_exact() or ball.rel_accuracy_bits() >= SHARP_BITS:
                break
    return found


def _derivative(graph: Graph, wrt: Sequence[str], at: Point) -> arb:
    if len(wrt) <= ORDERS_AS_GRAPHS:
        slope = derivative_graph(graph, wrt)
        return enclosures(slope, at)[slope.root]
    often = max(wrt, key=list(wrt).count)
    others = [name for name in wrt if name != often]
    found: arb = jets.derivative(derivative_graph(graph, others), often, ball_point(at), len(wrt) - len(others), BALLS)
    return found
