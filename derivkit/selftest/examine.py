"""Examine one row: its values and its first and second partial derivatives, by all routes.

At ordinary points the whole check is run (`checking.verdict`), which compares SymPy, tape, jets and differences. At extreme points
and at edges, where SymPy takes long, floats and arrays are compared with Arb, and the rule of a derivative, in balls, with
differences of Arb's values; the tape's floats then with the rule. At kinks, the derivative that the tape gives by convention must
lie between the slopes of both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from flint import arb

from derivkit.checking.routes import FLOAT_SLACK, SMALLEST, Target
from derivkit.checking.sampling import constant
from derivkit.checking.verdict import check
from derivkit.enclose import FLOAT_BITS, nearest
from derivkit.errors import BudgetError, ConversionError
from derivkit.functions import ARRAYS, BALLS, FLOATS, Row, precision
from derivkit.selftest.places import Point, edges, extremes, graph_of, is_smooth, label, movable, typical
from derivkit.selftest.records import Disagreement, Tally

LOOKS = (128, 1280, 5120)  # bits
SHARP = 60  # bits to which a ball must be known to judge a float
TYPICAL = 3
SECOND = 2  # of them, for second derivatives
DIFFERENCES = (460, 1800)  # bits
STEP = 140  # a step of 2^-140 of the argument: less than the distance of a float from its neighbour
KNOWN = 2.0**-40  # a difference that is known less well shows nothing
RULE = arb(2) ** -80  # room between a rule in balls and a difference
VANISHING = arb(2) ** (20 - 2 * STEP)  # what a difference may be where the derivative is 0
TOLERANCE, TOLERANCE_OF_SPECIAL = 2e-12, 1e-9
SPECIAL = ("error functions", "gamma family", "zeta and Lambert W", "integrals", "Bessel and Airy")
FLOOR = 1e-290  # smaller floats have not all their digits
NEAR_A_ZERO = {"loggamma": 1e-15}  # zeros at 1 and 2, where the C library and SciPy are right to an absolute error only


@dataclass(slots=True)
class _Examination:
    """One row, and what was seen of it so far."""

    row: Row
    points: int = 0
    numbers: int = 0
    refused: int = 0
    undecided: int = 0
    cancelled: int = 0
    errors: dict[str, float] = field(default_factory=dict)
    found: dict[tuple[str, str], Disagreement] = field(default_factory=dict)  # the first of a kind

    def run(self) -> Tally:
        """Everything."""
        row = self.row
        ordinary = typical(row, TYPICAL)
        far = [*extremes(row), *edges(row)]
        for point in dict.fromkeys([*ordinary, *far]):
            self.points += 1
            if self._value(point) and is_smooth(row):
                for k in movable(row):
                    self._slope(point, k)
        if is_smooth(row):
            names = [row.arguments[k] for k in movable(row)]
            self._check([(name,) for name in names], ordinary)
            self._check(combinations_with_replacement(names, 2), ordinary[:SECOND])
        disagreements = tuple(self.found.values())
        return Tally(
            label(row),
            row.group,
            1,
            self.points,
            self.numbers,
            self.errors,
            self.refused,
            self.undecided,
            self.cancelled,
            disagreements,
        )

    def _value(self, point: Point) -> bool:
        """Compare the value's routes; whether the point lies inside the domain."""
        self.numbers += 1
        inside = [_holds(condition.sign, arb(condition.quantity(BALLS, *_balls(point)))) for condition in self.row.domain]
        routes = {"floats": lambda: FLOATS.function(self.row)(*point), "arrays": lambda: _array(ARRAYS.function(self.row), point)}
        if False in inside:
            self.refused += 1
            return False

        def value() -> arb:
            return arb(BALLS.function(self.row)(*_balls(point)))

        truth = accurate(value)
        if None in inside or not truth.is_finite():
            self.undecided += 1
            return False
        for route, compute in routes.items():
            self._judge(route, "value", point, _called(compute), truth, value)
        return True

    def _slope(self, point: Point, k: int) -> None:
        """Compare the rule of a partial derivative with differences, and floats with the rule."""
        self.numbers += 1
        row, what = self.row, f"derivative in {self.row.arguments[k]}"
        met = [place for place in row.places if arb(place.zero(BALLS, *_balls(point))).contains(0)]
        if met:
            self.refused += 1
            if met[0].kind == "kink":
                self._convention(point, k, what)
            return

        def in_balls() -> arb:
            return arb(_partial(BALLS, row, k, _balls(point)))

        rule = accurate(in_balls)
        slope = difference(BALLS.function(row), k, point)
        if not rule.is_finite() or not _is_known(slope):
            self.undecided += 1
            return
        gap = abs(rule - slope)
        room = VANISHING if rule.is_zero() else RULE * (abs(rule) + abs(slope)) + gap.rad()
        if not gap <= room and gap > SMALLEST:
            self._blame("tape", what, point, f"the rule gives {nearest(rule)!r}, differences {nearest(slope)!r}")
        else:
            self._judge("tape", what, point, _called(lambda: _partial(FLOATS, row, k, point)), rule, in_balls)

    def _convention(self, point: Point, k: int, what: str) -> None:
        """A derivative by convention lies between the slopes of both sides."""
        given = _called(lambda: _partial(FLOATS, self.row, k, point))
        sides = [side_slope(BALLS.function(self.row), k, point, side) for side in (-1, 1)]
        if not all(side.is_finite() for side in sides):
            self.undecided += 1
        elif not min(map(nearest, sides)) - TOLERANCE <= given <= max(map(nearest, sides)) + TOLERANCE:
            self._blame("tape", what, point, f"{given!r} by convention, which is no slope between those of both sides")

    def _check(self, chains: Iterable[tuple[str, ...]], points: Sequence[Point]) -> None:
        """The whole check of derivatives, at each point."""
        from derivkit.symbolic.derivative import derivative

        graph = graph_of(self.row)
        for chain in chains:
            try:
                target = Target(chain, derivative(graph, chain, simplify=False))
            except (BudgetError, ConversionError):
                target = Target(chain)
            for point in points:
                self.numbers += 1
                at = {name: constant(Fraction(x)) for name, x in zip(self.row.arguments, point, strict=True)}
                verdict = check(graph, [target], at).verdict
                for report in verdict.routes:
                    if report.max_relative_error is not None:
                        self.errors[report.name] = max(self.errors.get(report.name, 0.0), report.max_relative_error)
                if verdict.verdict == "disagree":
                    what = "value" if verdict.reason == "value" else f"derivative in {', '.join(chain)}"
                    self._blame(verdict.odd_one_out or "several", what, point, verdict.message)
                self.undecided += verdict.verdict == "refused"

    def _judge(self, route: str, what: str, point: Point, computed: float, truth: arb, again: Callable[[], arb]) -> None:
        """Whether a float is right: near the truth, or not finite where the truth is beyond the floats.

        What balls of 53 bits lose by rounding (`again` computes one), floats may lose.
        """
        expected = nearest(truth)
        if math.isinf(expected):
            if math.isfinite(computed):
                self._blame(route, what, point, f"{computed!r}, where the truth is larger than any float")
            return
        tolerance = TOLERANCE_OF_SPECIAL if self.row.group in SPECIAL else TOLERANCE
        gap = abs(computed - expected)
        if gap <= max(tolerance * abs(expected), NEAR_A_ZERO.get(self.row.name, FLOOR)):
            relative = gap / abs(expected) if abs(expected) > FLOOR and gap > NEAR_A_ZERO.get(self.row.name, 0.0) else 0.0
            self.errors[route] = max(self.errors.get(route, 0.0), relative)
            return
        with precision(FLOAT_BITS):
            lost = FLOAT_SLACK * again().rad()
        if gap <= lost:
            self.cancelled += 1
        else:
            self._blame(route, what, point, f"{computed!r}, where the truth is {expected!r}")

    def _blame(self, route: str, what: str, point: Point, message: str) -> None:
        at = dict(zip(self.row.arguments, point, strict=True))
        self.found.setdefault((route, what), Disagreement(label(self.row), route, what, at, message))


def examine(row: Row) -> Tally:
    """Everything that is compared of one row.

    Parameters
    ----------
    row : Row

    Returns
    -------
    Tally

    Examples
    --------
    >>> from derivkit.functions import row_named
    >>> tally = examine(row_named("tanh"))
    >>> tally.disagreements, tally.points > 20
    ((), True)
    """
    with precision(LOOKS[0]):
        return _Examination(row).run()


def accurate(function: Callable[[], Any]) -> arb:
    """A ball narrow enough to know a float by, if some precision makes one."""
    for bits in LOOKS:
        with precision(bits):
            value = arb(function())
        if value.is_zero() or value.rel_accuracy_bits() > SHARP or (bits > LOOKS[0] and not value.is_finite()):
            break
    return value


def difference(function: Callable[..., arb], k: int, point: Point) -> arb:
    """The central difference of a function of balls in its k-th argument, with a step that suits the argument's size."""
    for bits in DIFFERENCES:
        with precision(bits):
            step = _step(point[k])
            slope = (function(*_balls(point, k, step)) - function(*_balls(point, k, -step))) / (2 * step)
        if _is_known(slope):
            break
    return slope


def _is_known(slope: arb) -> bool:
    return bool(slope.is_finite()) and not slope.rad() > KNOWN * (abs(slope) + SMALLEST)


def side_slope(function: Callable[..., arb], k: int, point: Point, side: int) -> arb:
    """The slope on one side of a point."""
    with precision(DIFFERENCES[0]):
        step = side * _step(point[k])
        return (function(*_balls(point, k, step)) - function(*_balls(point))) / step


def _step(x: float) -> arb:
    return abs(arb(x or 1.0)) * arb(2) ** -STEP


def _balls(point: Point, k: int = 0, step: arb | int = 0) -> tuple[arb, ...]:
    return tuple(arb(x) + step if j == k else arb(x) for j, x in enumerate(point))


def _partial(arithmetic: Any, row: Row, k: int, point: tuple[Any, ...]) -> Any:
    return arithmetic.partial(row.partial(k), arithmetic.function(row)(*point), point)


def _called(compute: Callable[[], Any]) -> float:
    with ARRAYS.quiet():
        return float(compute())


def _array(function: Callable[..., Any], point: Point) -> float:
    import numpy as np

    return float(np.broadcast_to(function(*(np.full(2, x) for x in point)), 2)[1])


def _holds(sign: str, quantity: arb) -> bool | None:
    """Whether a condition of the domain holds; None where a ball leaves it open."""
    holds, fails = {
        "positive": (quantity > 0, quantity <= 0),
        "nonnegative": (quantity >= 0, quantity < 0),
        "nonzero": (quantity != 0, quantity.is_zero()),
    }[sign]
    return True if holds else False if fails else None
