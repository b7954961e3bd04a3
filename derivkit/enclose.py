"""Ball arithmetic on graphs: values that come with a proof of how far they can be off.

Source: Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017) 1281.
"""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb

from derivkit.evaluate import evaluate, node_values
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, FLOATS, Row, precision

FLOAT_BITS = 53
TRUTH_BITS = 256

Point = Mapping[str, Graph]  # exact values: constant graphs
BallPoint = Mapping[str, arb]


def ball_point(point: Point) -> dict[str, arb]:
    """The coordinates of a point as balls at the working precision."""
    return {name: evaluate(value, {}, BALLS) for name, value in point.items()}


def float_point(point: Point) -> dict[str, float]:
    """The coordinates of a point as the nearest floats."""
    with precision(2 * FLOAT_BITS):
        return {name: nearest(x) for name, x in ball_point(point).items()}


def enclosures(graph: Graph, point: Point) -> list[arb]:
    """A ball for the value of every node at an exact point, at the working precision.

    Rational arithmetic is exact: `x - 0.1` at 0.1 is 0, and no ball around it.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph

    Returns
    -------
    list of arb
        NaN where a value is undefined, or cannot be enclosed.
    """
    exact = GraphArithmetic(Builder())
    at = {name: evaluate(value, {}, exact) for name, value in point.items()}
    numbers = [node.value for node in node_values(graph, at, exact)]
    balls = ball_point(point)
    values: list[arb] = []
    for node, (head, inputs) in enumerate(zip(graph.heads, graph.inputs, strict=True)):
        known = [numbers[i] for i in inputs]
        if None in known:  # 0*y is 0 only if y is known to be a number
            numbers[node] = None
        if (number := numbers[node]) is not None:
            values.append(BALLS.number(number))
        elif not isinstance(head, Row):
            values.append(balls[str(head)])
        elif head.boolean and None not in known:
            values.append(BALLS.number(int(FLOATS.function(head)(*known))))  # comparisons of rational numbers are exact
        else:
            values.append(BALLS.function(head)(*[values[i] for i in inputs]))
    return values


def nearest(ball: arb) -> float:
    """The float nearest to a ball's midpoint; infinite beyond the floats; 0 never has a sign."""
    return float(ball.mid()) + 0.0
