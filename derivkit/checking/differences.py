"""Differences in ball arithmetic: at a few hundred bits a difference quotient is exact enough to settle a dispute.

They use only the function's values, through Arb's own routines: neither the table's partial derivatives nor SymPy.

Source: Fornberg, Generation of finite difference formulas, Math. Comp. 51 (1988) 699; Richardson extrapolation, DLMF 3.9(ii).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb

from flint import arb

from derivkit.enclose import BallPoint, Point, ball_point
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, precision

STEP_BITS = 32  # the first step is 2^-32 of the coordinate
GUARD_BITS = 160
MOST_ORDER = 40  # beyond it the digits that cancel cost more than they tell
SHRINKS = 3  # how often a step that leaves the domain or meets a feature is made smaller
SIDE_STEPS = (64, 128, 256)  # one-sided steps, as negative powers of two

Direction = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Limit:
    """A number approached by a sequence, with a bound on what is left; `value` None where it does not converge.

    Attributes
    ----------
    value : arb or None
    error : arb
    kind : str
        "finite", "infinite", or "undefined" where the function has no value there.
    """

    value: arb | None
    error: arb
    kind: str


def central(graph: Graph, point: Point, wrt: Sequence[str]) -> Limit:
    """A mixed partial derivative by central differences of O(h^2), extrapolated once.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
        Exact coordinates.
    wrt : sequence of str
        One name an order: ("x", "y", "y") is once x and twice y; at most `MOST_ORDER` names.

    Returns
    -------
    Limit
        The error is the last correction of the extrapolation plus the radius of the balls, and more than the true error
        wherever the function is smooth on the scale of the step.
    """
    orders = Counter(wrt)
    best = Limit(None, arb("inf"), "undefined")
    for attempt in range(1, SHRINKS + 1):
        bits = STEP_BITS * attempt
        with precision((bits + 8) * len(wrt) + GUARD_BITS + 53 * attempt):
            at = ball_point(point)
            coarse, fine = (_quotient(graph, at, orders, -bits - 2 * level) for level in (0, 1))
            value = fine + (fine - coarse) / 15
            error = abs(value - fine) + value.rad()
        if value.is_finite() and error < best.error:
            best = Limit(value, error, "finite")
        if best.value is not None and best.error <= abs(best.value) * 2.0**-24:
            break
    return best


def _quotient(graph: Graph, at: BallPoint, orders: Mapping[str, int], exponent: int) -> arb:
    """The product of one-variable central quotients; each of order m uses the offsets m, m-2, ..., -m times the step."""
    names = tuple(orders)
    steps = {name: _scale(at[name]) * arb(2) ** exponent for name in names}
    total = arb(0)
    for picks in product(*(range(orders[name] + 1) for name in names)):
        weight = 1
        moved = dict(at)
        for name, j in zip(names, picks, strict=True):
            weight *= (-1) ** j * comb(orders[name], j)
            moved[name] = at[name] + (orders[name] - 2 * j) * steps[name]
        total += weight * evaluate(graph, moved, BALLS)
    for name in names:
        total /= (2 * steps[name]) ** orders[name]
    return total


def _scale(coordinate: arb) -> arb:
    """The exact magnitude of a coordinate, 1 at zero."""
    middle = abs(coordinate.mid())
    return middle if middle > 0 and not coordinate.contains(0) else arb(1)


def side_limit(graph: Graph, point: Point, direction: Direction) -> Limit:
    """The value that a function approaches from one side: along `point + t*direction`, t to 0 from above."""
    return _limit(lambda at, step: evaluate(graph, moved(at, direction, step), BALLS), point, 1)


def side_derivative(graph: Graph, point: Point, direction: Direction, order: int, value: Callable[[], arb]) -> Limit:
    """The one-sided derivative of an order along a direction, by forward differences.

    Parameters
    ----------
    direction : mapping of str to int
        How far each variable moves for one step, in units of its own scale.
    order : int
        At least 1.
    value : callable
        The function's value at the point, at the working precision.
    """

    def quotient(at: BallPoint, step: arb) -> arb:
        total: arb = (-1) ** order * value()
        for j in range(1, order + 1):
            total += (-1) ** (order - j) * comb(order, j) * evaluate(graph, moved(at, direction, j * step), BALLS)
        slope: arb = total / step**order
        return slope

    return _limit(quotient, point, order)


def moved(at: BallPoint, direction: Direction, step: arb) -> dict[str, arb]:
    """The point `at + step*direction`."""
    return {name: x + step * direction.get(name, 0) for name, x in at.items()}


def _limit(sequence: Callable[[BallPoint, arb], arb], point: Point, order: int) -> Limit:
    """Follow a sequence to ever smaller steps: does it settle, run away, or not exist?"""
    found: list[arb] = []
    with precision(SIDE_STEPS[-1] * (order + 1) + GUARD_BITS):
        at = ball_point(point)
        for bits in SIDE_STEPS:
            found.append(sequence(at, arb(2) ** -bits))
        first, second, last = found
        if not last.is_finite():
            return Limit(None, arb("inf"), "undefined")
        gap, before = last - second, second - first
        error = gap.abs_upper()
        settled = gap.contains(0) or error <= before.abs_upper() / 2 or error <= last.abs_lower() * 2.0**-40
        return Limit(last, error + last.rad(), "finite") if settled else Limit(None, arb("inf"), "infinite")
