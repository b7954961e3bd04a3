"""Ball arithmetic on graphs: values that come with a proof of how far they can be off.

Source: Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017) 1281.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import arb

from derivkit.evaluate import evaluate, node_values
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, precision

FLOAT_BITS = 53
TRUTH_BITS = 256

Point = Mapping[str, Graph]  # exact values: constant graphs
BallPoint = Mapping[str, arb]


def ball_point(point: Point) -> dict[str, arb]:
    """The coordinates of a point as balls at the working precision."""
    return {name: evaluate(value, {}, BALLS) for name, value in point.items()}


def enclosures(graph: Graph, point: Point, bits: int = TRUTH_BITS) -> list[arb]:
    """A ball for the value of every node at an exact point."""
    with precision(bits):
        return node_values(graph, ball_point(point), BALLS)


def nearest(ball: arb) -> float:
    """The float nearest to a ball's midpoint; infinite beyond the floats."""
    return float(ball.mid())


def is_finite(ball: Any) -> bool:
    """Whether a ball is a bounded set of numbers."""
    return bool(ball.is_finite())
