"""Where a function only touches zero: exact points at which it may, and Taylor's theorem from such a point on.

With g(c), g'(c), ..., g^(k-1)(c) >= 0 exactly and g^(k) >= 0 on [c, b], the function g is nonnegative on [c, b]; on [a, c] the same
holds with the signs of odd derivatives turned (DLMF 1.4.35, Lagrange's remainder).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from flint import arb

from derivkit.certifying.box import Box, End, dyadic
from derivkit.certifying.field import Field
from derivkit.checking.sampling import constant
from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, precision

HIGHEST = 6  # order of the remainder
NEWTON_STEPS = 60
NEWTON_BITS = 256
NEARNESS = Fraction(1, 2**60)  # relative; two different simple numbers are never so close
MOST_DENOMINATOR = 10**6


def nonnegative_from_an_end(field: Field, box: Box, *, sign: int = 1, strict: bool = False) -> bool:
    """Whether `sign` times a function of one variable is certainly >= 0 (or > 0) on a box, by Taylor's theorem from one end.

    Strictness is asked of the rest of the box only: at the end itself the value may be 0.
    """
    return any(_from(field, box, end, side, sign, strict) for end, side in zip(box.ends[0], (1, -1), strict=True))


def _from(field: Field, box: Box, end: End, side: int, sign: int, strict: bool) -> bool:
    name = box.names[0]
    current, turn, positive = field, sign, False
    for _ in range(HIGHEST):
        here = current.sign({name: end})
        reading, slope = current.read(box), current.slope
        if here is None or here * turn < 0 or slope is None or not reading.unbroken:
            return False
        positive = positive or here != 0
        turn *= side
        following = slope.read(box)
        value = following.value * turn
        if following.defined and (value > 0 or (value >= 0 and (positive or not strict))):
            return True
        if here != 0 or reading.rough:  # a smaller box will do; a slope that jumps at a kink has no slope itself
            return False
        current = slope
    return False


def touching_points(field: Field, box: Box) -> Iterator[End]:
    """Exact numbers inside a box at which a function, or its slope, may vanish."""
    yield simplest(*box.ends[0])
    slope = field.slope
    if slope is None:
        return
    for target in (slope, field):
        found = _newton(target, box)
        if found is not None:
            yield from _snapped(found, box)


def simplest(low: End, high: End) -> End:
    """The fraction with the smallest denominator between two ends, which are dyadic or as good as that."""
    return End.of(constant(_between(dyadic(low.ball), dyadic(high.ball))))


def landmark(box: Box) -> dict[str, End]:
    """The point of a box with the simplest numbers."""
    return {name: simplest(*ends) for name, ends in zip(box.names, box.ends, strict=True)}


def _between(low: Fraction, high: Fraction) -> Fraction:
    """The first fraction of the Stern-Brocot tree from low to high, by continued fractions."""
    if low > high or low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -_between(-high, -low)
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    return whole - 1 + 1 / _between(1 / (high - whole + 1), 1 / (low - whole + 1))


def _newton(field: Field, box: Box) -> Fraction | None:
    """A zero of a function inside a box, roughly."""
    if field.slope is None:
        return None
    name, (low, high) = box.names[0], box.ends[0]
    with precision(NEWTON_BITS):
        x = box.middle()[name].ball
        for _ in range(NEWTON_STEPS):
            value, rate = (evaluate(f.graph, {name: x}, BALLS) for f in (field, field.slope))
            step = (value / rate).mid() if rate != 0 else arb.nan()
            if not step.is_finite():
                return None
            x = (x - step).mid()
            if not (x >= low.ball and x <= high.ball):
                return None
            if abs(step) <= abs(x) * arb(2) ** -200 or step.is_zero():
                break
        return dyadic(x)


def _snapped(x: Fraction, box: Box) -> Iterator[End]:
    """Simple numbers that are as good as equal to x: a fraction, a multiple of pi, a square root."""
    low, high = box.ends[0]
    for graph in _simple(x):
        end = End.of(graph)
        if end.ball > low.ball and end.ball < high.ball:
            yield end


def _simple(x: Fraction) -> Iterator[Graph]:
    pi = dyadic(_pi())
    for scale, build in ((Fraction(1), constant), (1 / pi, _times_pi)):
        near = (x * scale).limit_denominator(MOST_DENOMINATOR)
        if abs(near - x * scale) <= NEARNESS * max(abs(near), NEARNESS):
            yield build(near)
    square = (x * x).limit_denominator(MOST_DENOMINATOR)
    if x and abs(square - x * x) <= NEARNESS * square:
        yield _root(square, negative=x < 0)


def _pi() -> arb:
    with precision(NEWTON_BITS):
        pi: arb = BALLS.pi
    return pi


def _times_pi(factor: Fraction) -> Graph:
    f = GraphArithmetic(Builder())
    return f.builder.graph([(f.number(factor) * f.pi).id])


def _root(square: Fraction, *, negative: bool) -> Graph:
    f = GraphArithmetic(Builder())
    root = f.sqrt(f.number(square))
    return f.builder.graph([(-root if negative else root).id])
