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

from flint import arb, ctx

from derivkit.enclose import BallPoint, Point, ball_point
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, precision

ZERO, ONE, INFINITE = arb(0), arb(1), arb("inf")
STEP_BITS = 32  # the first step is about 2^-32 of the coordinate, the next ones powers of it
ATTEMPTS = 3  # steps that are tried: two that follow each other must give the same
GUARD_BITS = 160
MOST_ORDER = 40  # beyond it the digits that cancel cost more than they tell
SIDE_STEPS = (64, 128, 256)  # one-sided steps, as negative powers of two of the coordinate
FINER_STEPS = (512, 1024, 2048)  # to be sure that what the others show is no narrow feature
EXTRA_BITS = (0, 1024, 4096)  # for functions that lose digits
SHARP = 2.0**-24  # the relative error at which a difference counts
SHARP_ZERO = 2.0**-60  # the error of a vanishing difference, relative to the ordinary size of such a derivative
LOST = 2.0**-40  # balls that are wider than this part of what they enclose decide nothing
GROWTH = 1.5  # a sequence that grows at least so fast, while its step is squared, grows without bound; logarithms double
NOTHING = 2.0**-80  # ... unless they are that narrow

Direction = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Limit:
    """A number approached by a sequence, with a bound on what is left.

    Attributes
    ----------
    value : arb or None
        None where there is no limit, or none could be found.
    error : arb
    kind : str
        "finite"; "infinite"; "unsettled" where it neither settles nor grows; "undefined" where the function has no value there;
        "lost" where too many digits cancel to say.
    scale : arb
        What a vanishing value is small compared with.
    """

    value: arb | None
    error: arb
    kind: str
    scale: arb = ZERO


def central(graph: Graph, point: Point, wrt: Sequence[str], first_bits: int = STEP_BITS) -> Limit:
    """A mixed partial derivative by central differences of O(h^2), extrapolated once.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
        Exact coordinates.
    wrt : sequence of str
        One name an order: ("x", "y", "y") is once x and twice y; at most `MOST_ORDER` names.
    first_bits : int
        The first step, as a negative power of two of the coordinate.

    Returns
    -------
    Limit
        The error is the last correction of the extrapolation plus the radius of the balls. A value is given only if two steps, one
        the square of the other, agree on it: features of the function narrower than a step are seen as a contradiction.
    """
    orders = Counter(wrt)
    kept = ctx.prec
    before = None
    for attempt in range(1, ATTEMPTS + 1):
        bits = first_bits * 2 ** (attempt - 1)
        with precision((bits + 8) * len(wrt) + GUARD_BITS + kept):
            found = _extrapolated(graph, ball_point(point), orders, bits)
        if found is not None and before is not None and _same(found, before):
            return found
        before = found
    return Limit(None, INFINITE, "undefined" if before is None else "lost")


def _same(x: Limit, y: Limit) -> bool:
    return x.value is not None and y.value is not None and bool(abs(x.value - y.value) <= x.error + y.error)


def _extrapolated(graph: Graph, at: BallPoint, orders: Mapping[str, int], bits: int) -> Limit | None:
    """One extrapolated difference, if it is sharp."""
    coarse, fine = (_quotient(graph, at, orders, -bits - 2 * level) for level in (0, 1))
    scale = _magnitude(graph, at, orders)
    value = fine + (fine - coarse) / 15
    error = (abs(value - fine) + value.rad()).upper()
    if not value.is_finite() or not (error <= abs(value) * SHARP or error <= scale * SHARP_ZERO):
        return None
    return Limit(value, error, "finite", scale)


def _magnitude(graph: Graph, at: BallPoint, orders: Mapping[str, int]) -> arb:
    """How large the derivative of a function of this size would ordinarily be: its values in the neighbourhood over the sizes."""
    places = [at, *(moved(at, {name: side}, ONE) for name in orders for side in (1, -1))]
    values = [abs(evaluate(graph, place, BALLS)).upper() for place in places]
    largest: arb = max((value for value in values if value.is_finite()), key=float, default=ZERO)
    for name, order in orders.items():
        largest /= scale_of(at[name]) ** order
    return largest


def _quotient(graph: Graph, at: BallPoint, orders: Mapping[str, int], exponent: int) -> arb:
    """The product of one-variable central quotients; each of order m uses the offsets m, m-2, ..., -m times the step."""
    names = tuple(orders)
    steps = {name: scale_of(at[name]) * arb(2) ** exponent for name in names}
    total = ZERO
    for picks in product(*(range(orders[name] + 1) for name in names)):
        weight = 1
        place = dict(at)
        for name, j in zip(names, picks, strict=True):
            weight *= (-1) ** j * comb(orders[name], j)
            place[name] = at[name] + (orders[name] - 2 * j) * steps[name]
        total += weight * evaluate(graph, place, BALLS)
    for name in names:
        total /= (2 * steps[name]) ** orders[name]
    return total


def scale_of(coordinate: arb) -> arb:
    """The power of two at or under a coordinate's size; 1 at zero."""
    if coordinate.contains(0):
        return ONE
    digits, exponent = coordinate.mid().man_exp()
    return ONE * arb(2) ** (int(exponent) + abs(int(digits)).bit_length() - 1)


def side_limit(graph: Graph, point: Point, direction: Direction, steps: Sequence[int] = SIDE_STEPS) -> Limit:
    """The value that a function approaches from one side: along `point + t*direction`, t to 0 from above.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
    direction : mapping of str to int
        How far each variable moves, in units of its own size.
    steps : sequence of int
        Three steps, as negative powers of two.

    Returns
    -------
    Limit
    """
    return _limit(lambda at, step: evaluate(graph, moved(at, direction, step), BALLS), point, 1, steps)


def side_derivative(
    graph: Graph, point: Point, direction: Direction, order: int, value: Callable[[], arb], steps: Sequence[int] = SIDE_STEPS
) -> Limit:
    """The one-sided derivative of an order along a direction, by forward differences.

    Parameters
    ----------
    direction : mapping of str to int
        How far each variable moves, in units of its own size; of one variable alone, the derivative is in the variable's unit.
    order : int
        At least 1.
    value : callable
        The function's value at the point, at the working precision.

    Returns
    -------
    Limit
    """

    def quotient(at: BallPoint, step: arb) -> arb:
        total: arb = (-1) ** order * value()
        for j in range(1, order + 1):
            total += (-1) ** (order - j) * comb(order, j) * evaluate(graph, moved(at, direction, j * step), BALLS)
        slope: arb = total / (step * unit_of(at, direction)) ** order
        return slope

    return _limit(quotient, point, order, steps)


def unit_of(at: BallPoint, direction: Direction) -> arb:
    """The size of the only variable that moves; 1 where several do."""
    moving = [name for name, k in direction.items() if k]
    return scale_of(at[moving[0]]) if len(moving) == 1 else ONE


def moved(at: BallPoint, direction: Direction, step: arb) -> dict[str, arb]:
    """The point `at + step*direction`, the direction in units of the coordinates' sizes."""
    return {name: x + step * scale_of(x) * direction[name] if direction.get(name) else x for name, x in at.items()}


def _limit(sequence: Callable[[BallPoint, arb], arb], point: Point, order: int, steps: Sequence[int]) -> Limit:
    """Follow a sequence to ever smaller steps, with more digits where they get lost: does it settle, run away, or not exist?"""
    limit = Limit(None, INFINITE, "lost")
    for extra in EXTRA_BITS:
        with precision(steps[-1] * (order + 1) + GUARD_BITS + extra):
            at = ball_point(point)
            limit = _settled(*[sequence(at, arb(2) ** -bits) for bits in steps])
        if limit.kind not in ("lost", "undefined"):
            break
    return limit


def _settled(first: arb, second: arb, last: arb) -> Limit:
    if not last.is_finite():
        return Limit(None, INFINITE, "undefined")
    size = max((abs(x).upper() for x in (first, second, last)), key=float)
    if last.rad() > LOST * size and last.rad() > NOTHING:
        return Limit(None, INFINITE, "lost")
    gap, before = last - second, second - first
    error = gap.abs_upper() + last.rad()
    if gap.contains(0) or error <= before.abs_upper() / 2 or error <= last.abs_lower() * LOST:
        return Limit(last, error, "finite", size)
    grows = last.abs_lower() > GROWTH * second.abs_upper() and second.abs_lower() > GROWTH * first.abs_upper()
    return Limit(None, INFINITE, "infinite" if grows else "unsettled")
