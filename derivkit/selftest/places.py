"""Where a row of the table is put to the test: ordinary points, large and small ones, and both sides of the edges of its domain."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any

from flint import arb

from derivkit.enclose import TRUTH_BITS
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, Row, precision

Point = tuple[float, ...]

# Where floats overflow, underflow or lose digits if a formula is written carelessly.
FAR = (0.0, 1e-300, 1e-8, 0.5, 1.0, 30.0, 300.0, 300.25, 800.0, 1e8)
BESIDE = (math.nextafter(1, 0), math.nextafter(1, 2), 0.999999, 1.000001, -0.3678)
EXTREMES = sorted({sign * x for x in (*FAR, *BESIDE) for sign in (1, -1)})
ORDERS = (0.0, 1.0, 2.0)
FEW = (-800.0, -2.0, -1.0, -0.5, -1e-8, 0.0, 1e-300, 1e-8, 0.5, 1.0, 2.0, 30.0, 800.0)  # for rows of several arguments
MOST_TUPLES = 40
SCAN = sorted({*EXTREMES, *(k / 4 for k in range(-16, 17))})  # between which edges are looked for
SMALLEST = 1e-300
MOST_EDGES = 12


def label(row: Row) -> str:
    """What a row is called: `atan2(y, x)`."""
    return f"{row.name}({', '.join(row.arguments)})"


def graph_of(row: Row) -> Graph:
    """A row applied to variables named as its arguments."""
    builder = Builder()
    return builder.graph([builder.add(row, tuple([builder.add(name) for name in row.arguments]))])


def movable(row: Row) -> list[int]:
    """Positions of the arguments with respect to which a row has a derivative at ordinary points."""
    return [k for k, rule in enumerate(row.partials) if rule is not None and k not in row.whole]


def is_smooth(row: Row) -> bool:
    """Whether a row has derivatives at all: truth values and choices have none of their own."""
    return not row.boolean and not row.choice


def typical(row: Row, count: int) -> list[Point]:
    """Points inside a row's typical intervals, the same in every run."""
    rng = random.Random(f"{row.name}/{row.arity}")
    return [tuple(_draw(rng, row)) for _ in range(count)]


def _draw(rng: random.Random, row: Row) -> Iterator[float]:
    for k, (low, high) in enumerate(row.typical):
        yield float(rng.randint(int(low), int(high))) if k in row.whole else rng.uniform(low, high)


def is_lone(row: Row) -> bool:
    """Whether only one argument moves: the last, where the other is an order."""
    return row.arity == 1 or (row.whole == (0,) and row.arity == 2)


def extremes(row: Row) -> list[Point]:
    """Large and small arguments; of rows of several, a fixed choice of their combinations."""
    if is_lone(row):
        return [(*order, x) for order in _orders(row) for x in EXTREMES]
    lines = [[n for n in ORDERS if low <= n <= high] if k in row.whole else FEW for k, (low, high) in enumerate(row.typical)]
    every = list(product(*lines))
    return every if len(every) <= MOST_TUPLES else random.Random(0).sample(every, MOST_TUPLES)


def edges(row: Row) -> list[Point]:
    """The floats on both sides of the edges of a row's domain, and of its kinks, where one argument moves."""
    if not is_lone(row):
        return []
    quantities = [*(condition.quantity for condition in row.domain), *(place.zero for place in row.places)]
    found = {
        (*order, x): None
        for order in _orders(row)
        for quantity in quantities
        for x in _changes(lambda x, order=order, quantity=quantity: _sign(quantity, (*order, x)))  # type: ignore[misc]  # bound by default
    }
    return sorted(found, key=lambda point: abs(point[-1]))[: MOST_EDGES * len(_orders(row))]


def _next(x: float, side: int) -> float:
    """The float beside another; beside 0 a small one, where libraries still have all digits."""
    return math.nextafter(x, side * math.inf) if x else side * SMALLEST


def _orders(row: Row) -> list[Point]:
    return [()] if row.arity == 1 else [(order,) for order in ORDERS]


def _sign(quantity: Callable[..., Any], point: Point) -> int:
    with precision(TRUTH_BITS):
        ball = arb(quantity(BALLS, *map(arb, point)))
        return int(ball > 0) - int(ball < 0)


def _changes(sign: Callable[[float], int]) -> Iterator[float]:
    """Zeros among the places that are scanned, and neighbours on both sides of every change of sign."""
    signs = [sign(x) for x in SCAN]
    for x, s in zip(SCAN, signs, strict=True):
        if s == 0:
            yield from (_next(x, -1), x, _next(x, 1))
    for (a, s), (b, t) in pairwise(zip(SCAN, signs, strict=True)):
        if s * t < 0:
            while a < (middle := a / 2 + b / 2) < b:
                a, b = (middle, b) if sign(middle) == s else (a, middle)
            yield from (a, b)
