"""What can be seen at one point: how the Taylor remainder falls, how far float differences are off and why, digits lost.

The remainder |f(x + h) - f(x) - h f'(x)| falls like h^2 where the derivative is right, and like h where it is wrong. In many digits
h can be so small that a relative error of 1e-12 shows, which floats never do.

Sources: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), section 3.1; Higham, Accuracy and Stability of Numerical
Algorithms, 2nd ed. (SIAM 2002), section 1.14.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from flint import arb

from derivkit.checking.differences import moved, scale_of
from derivkit.enclose import FLOAT_BITS, Point, ball_point, float_point
from derivkit.errors import BudgetError, MissingRuleError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, FLOATS, precision
from derivkit.records import Evidence, StepError
from derivkit.tape.differentiate import derivative_graph, value_and_gradient

BITS = 640
TAYLOR_STEPS = (80, 84)  # two steps, as negative powers of two of the coordinate: an error of 2^-80 in the derivative shows
STEPS = (1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)  # of differences in floats, in units of the coordinate's size
MOST_ORDERS = 4
MOST_NODES = 20_000


def evidence(graph: Graph, wrt: Sequence[str], point: Point) -> Evidence | None:
    """What can be seen of a derivative at a point where the function is smooth.

    Parameters
    ----------
    graph : Graph
    wrt : sequence of str
        One name an order; up to `MOST_ORDERS`.
    point : mapping of str to Graph

    Returns
    -------
    Evidence or None
        None where the derivative is beyond the budget.
    """
    if len(wrt) > MOST_ORDERS:
        return None
    try:
        lower = derivative_graph(graph, wrt[:-1], most_nodes=MOST_NODES)
        slope = derivative_graph(lower, wrt[-1:], most_nodes=MOST_NODES)
        with precision(BITS):
            actual = evaluate(slope, ball_point(point), BALLS)
            order = taylor_order(lower, wrt[-1], point, actual)
            steps = _steps(graph, wrt[0], point, actual) if len(wrt) == 1 else ()
            lost = _digits_lost(graph, wrt, point, actual)
    except (BudgetError, MissingRuleError):
        return None
    return Evidence(tuple(wrt), float_point(point), order, steps, lost)


def taylor_order(graph: Graph, name: str, point: Point, slope: arb) -> float | None:
    """How fast the Taylor remainder falls with the step, if `slope` is taken for the derivative.

    Parameters
    ----------
    graph : Graph
    name : str
        The variable to differentiate by.
    point : mapping of str to Graph
    slope : arb
        Of so many digits as the working precision has.

    Returns
    -------
    float or None
        The power of the step, 2 or more for the derivative and 1 for any other number; infinite where no remainder is left at all;
        None where too many digits cancel.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.point import parse_point
    >>> f, at = parse("x^2").graph, parse_point("x=3")
    >>> with precision(640):
    ...     round(taylor_order(f, "x", at, arb(6)), 6), round(taylor_order(f, "x", at, arb(6) + arb(10) ** -12), 6)
    (2.0, 1.0)
    """
    at = ball_point(point)
    here = evaluate(graph, at, BALLS)
    sizes = []
    for bits in TAYLOR_STEPS:
        step = arb(2) ** -bits
        remainder = abs(evaluate(graph, moved(at, {name: 1}, step), BALLS) - here - step * scale_of(at[name]) * slope)
        sizes.append(remainder)
    if all(size.abs_upper() < arb(2) ** (8 - BITS) * (1 + abs(here)) for size in sizes):
        return math.inf
    if any(not size.is_finite() or size.contains(0) for size in sizes):
        return None
    return float(((sizes[0] / sizes[1]).log() / arb.const_log2() / (TAYLOR_STEPS[1] - TAYLOR_STEPS[0])).mid())


def _steps(graph: Graph, name: str, point: Point, slope: arb) -> tuple[StepError, ...]:
    """The errors of central differences in floats, step by step; those that leave the domain are left out."""
    at, floats = ball_point(point), float_point(point)
    scale = scale_of(at[name])
    size = abs(slope) if slope != 0 else arb(1)
    found = []
    for share in STEPS:
        step = share * float(scale)
        sides = [{**floats, name: floats[name] + side * step} for side in (1, -1)]
        exact = [evaluate(graph, {key: arb(x) for key, x in place.items()}, BALLS) for place in sides]
        rough = [evaluate(graph, place, FLOATS) for place in sides]
        width = arb(sides[0][name]) - arb(sides[1][name])
        quotient = (exact[0] - exact[1]) / width
        if not quotient.is_finite() or not all(map(math.isfinite, rough)):
            continue
        in_floats = (rough[0] - rough[1]) / (2 * step)
        found.append(StepError(step, float((abs(quotient - slope) / size).mid()), float((abs(in_floats - quotient) / size).mid())))
    return tuple(found)


def _digits_lost(graph: Graph, wrt: Sequence[str], point: Point, slope: arb) -> tuple[float | None, float | None]:
    """How many digits floats lose of the value and of the derivative, of the formula as typed."""
    floats = float_point(point)
    value = evaluate(graph, ball_point(point), BALLS)
    rough: float | None = None
    if len(wrt) == 1:
        rough = value_and_gradient(graph, floats, FLOATS, list(wrt))[1][wrt[0]]
    return _lost(evaluate(graph, floats, FLOATS), value), None if rough is None else _lost(rough, slope)


def _lost(rough: float, exact: arb) -> float | None:
    """Digits lost beyond the last one; all of them where no number came out."""
    if not exact.is_finite():
        return None
    if not math.isfinite(rough):
        return FLOAT_BITS * math.log10(2)
    gap = abs(arb(rough) - exact)
    if not gap > 0:
        return 0.0
    if exact.contains(0):
        return None
    units = gap / abs(exact) * 2**FLOAT_BITS
    return max(0.0, min(float(units.log().mid()) / math.log(10), FLOAT_BITS * math.log10(2)))
