"""What the derivatives are at a few points, to all digits of a double, and how far rounding may lead a program away from it."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from derivkit.checking.sampling import sample
from derivkit.codegen.source import Case
from derivkit.enclose import FLOAT_BITS, TRUTH_BITS, Point, float_point, nearest
from derivkit.errors import Refusal
from derivkit.evaluate import node_values
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, precision

POINTS = 3
MORE_POINTS = 12  # where the first are of no use
BITS = (TRUTH_BITS, 4 * TRUTH_BITS, 16 * TRUTH_BITS)  # 256 bits are 77 digits
ROUNDINGS = 8  # how often the error is allowed that rounding the arguments and every step once may cause
LAST_PLACES = 4
USELESS = 1e-6  # a relative tolerance at which a test would test little


def cases(graph: Graph, derivatives: Graph, variables: Sequence[str], at: Point | None) -> list[Case]:
    """Points with what is expected there.

    Parameters
    ----------
    graph : Graph
        The function.
    derivatives : Graph
        Its outputs: whatever the program computes.
    variables : sequence of str
    at : mapping of str to Graph, optional
        The point; by default some from the function's own domain.

    Raises
    ------
    Refusal
        If there is no point, or a derivative is no number at the one that was given.
    """
    if at is not None:
        case = _case(derivatives, variables, at)
        if case is None:
            raise Refusal(
                "at the point the function or a derivative is no finite number, or is lost to rounding",
                hint="name another point with --at, or none",
            )
        return [case]
    for count in (POINTS, MORE_POINTS):
        points: list[Point] = sample(graph, variables, count) if variables else [{}]
        found = [case for case in (_case(derivatives, variables, point) for point in points) if case is not None]
        if found:
            return found[:MORE_POINTS]
    raise Refusal(
        "no point was found at which the function and its derivatives are finite, for the self-test", hint="name one with --at"
    )


def _case(derivatives: Graph, variables: Sequence[str], point: Point) -> Case | None:
    """What is expected at the doubles nearest to a point; None where nothing can be."""
    at = float_point(point)
    exact = _truth(derivatives, at)
    if exact is None:
        return None
    expected = tuple(nearest(ball) for ball in exact)
    for ulps in (1, 0):  # beside a jump only the point itself will do
        cost = [float(ball.rad()) for ball in _outputs(derivatives, at, FLOAT_BITS, ulps)]
        allowed = [ROUNDINGS * c + LAST_PLACES * sys.float_info.epsilon * abs(v) for c, v in zip(cost, expected, strict=True)]
        if all(map(math.isfinite, (*expected, *allowed))):
            case = Case(tuple(at[name] for name in variables), expected, tuple(float(f"{a:.1e}") for a in allowed))
            if _looseness(case) < USELESS:
                return case
    return None


def _truth(derivatives: Graph, at: dict[str, float]) -> list[Any] | None:
    """Balls so narrow that their midpoints are the values, for every purpose of a double."""
    for bits in BITS:
        balls = _outputs(derivatives, at, bits)
        if all(ball.is_finite() and float(ball.rad()) <= max(1e-30 * abs(float(ball.mid())), 1e-60) for ball in balls):
            return balls
    return None


def _outputs(graph: Graph, at: dict[str, float], bits: int, ulps: int = 0) -> list[Any]:
    """The outputs as balls; with `ulps`, wherever the coordinates are within as many halves of a unit in the last place."""
    from flint import arb

    with precision(bits):
        values = node_values(graph, {name: arb(x, ulps * math.ulp(x) / 2 if x else 0) for name, x in at.items()}, BALLS)
        return [values[output] for output in graph.outputs]


def _looseness(case: Case) -> float:
    """The largest tolerance in relation to what is expected."""
    scale = max(map(abs, case.expected))
    return max(t / (abs(v) or scale or 1.0) for t, v in zip(case.tolerance, case.expected, strict=True))
