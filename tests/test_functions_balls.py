"""Every row's ball of a wide ball holds the values at all points inside: every proof rests on it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from flint import arb

from derivkit.functions import BALLS, Row, precision
from derivkit.functions.balls import interval
from tests.function_points import ROWS, label

BOXES = 30
POINTS = 8
USUAL = (0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 0.25, -0.5, 4.0)  # where formulas take short cuts


def strays(row: Row) -> list[str]:
    """Points at which a row has a value outside its ball of a box around the point."""
    rng = random.Random(f"wide {row.name}/{row.arity}")
    function = BALLS.function(row)
    found = []
    for _ in range(BOXES):
        centres, radii = zip(*(_interval(rng, row, k) for k in range(row.arity)), strict=True)
        with precision(rng.choice((64, 80, 128))):
            enclosure = function(*(arb(c, r) for c, r in zip(centres, radii, strict=True)))
        for _ in range(POINTS):
            point = _point(rng, row, centres, radii)
            with precision(300):
                value = function(*(arb(x) for x in point))
            if value.is_finite() and not (enclosure.is_nan() or enclosure.overlaps(value)):
                found.append(f"{label(row)} at {point} is {value}, outside {enclosure} for {centres} +- {radii}")
    return found


def _interval(rng: random.Random, row: Row, k: int) -> tuple[float, float]:
    if row.choice and k == 0:
        return rng.choice(((0.0, 0.0), (1.0, 0.0), (0.5, 0.5)))
    low, high = row.typical[k]
    if k in row.whole:
        return float(rng.randint(int(low), int(high))), rng.choice((0.0, 0.0, 0.5, 1.0))
    centre = rng.choice((rng.choice(USUAL), rng.uniform(low, high), rng.uniform(-8, 8)))
    return centre, rng.choice((0.0, abs(centre), 2.0 ** rng.uniform(-20, 3), 2.0 ** rng.uniform(-20, 3)))


def _point(rng: random.Random, row: Row, centres: Sequence[float], radii: Sequence[float]) -> list[float]:
    point = []
    for k, (centre, radius) in enumerate(zip(centres, radii, strict=True)):
        low, high = centre - radius, centre + radius
        if row.choice and k == 0:
            point.append(rng.choice((low, high)))
            continue
        x = rng.choice((low, high, centre, rng.uniform(low, high), float(round(rng.uniform(low, high)))))
        point.append(min(max(x, low), high))
    return point


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_a_ball_of_a_ball_holds_every_value(row: Row) -> None:
    assert [] == strays(row)


@pytest.mark.parametrize("row", [row for row in ROWS if row.curvature], ids=label)
def test_declared_curvature_holds_along_chords(row: Row) -> None:
    """At the middle of a chord a convex function is not above the mean of the ends; mpmath-free: exact balls of 200 bits."""
    rng = random.Random(f"curved {row.name}")
    function = BALLS.function(row)
    turn = 1 if row.curvature == "convex" else -1
    with precision(200):
        for _ in range(200):
            a, b = (
                [arb(rng.choice((rng.uniform(0, 3), rng.uniform(0, 3), 0.0)) * rng.choice((1, turn))) for _ in range(row.arity)]
                for _ in "ab"
            )
            gap = function(*a) + function(*b) - 2 * function(*((x + y) / 2 for x, y in zip(a, b, strict=True)))
            assert gap.is_nan() or not gap * turn < 0
    assert turn in (1, -1)


@pytest.mark.parametrize(
    ("name", "low", "high", "least", "most"),
    [
        ("sqrt", 0, 4, 0, None),
        ("abs", -1, 3, 0, None),
        ("sin", -9, 9, -1, 1),
        ("cos", -0.5, 0.5, None, 1),
        ("tanh", -90, 90, -1, 1),
        ("heaviside", -1, 1, 0, 1),
        ("relu", -1, 1, 0, None),
        ("floor", 0.5, 2.5, 0, 2),
        ("ceil", 0.5, 2.5, 1, 3),
    ],
)
def test_balls_end_where_the_values_do(name: str, low: float, high: float, least: float | None, most: float | None) -> None:
    """Arb rounds a radius up; a bound such as |sin x| <= 1 must not be lost by that."""
    with precision(80):
        ball = getattr(BALLS, name)(interval(arb(low), arb(high)))
        assert least is None or ball.lower() >= least
        assert most is None or ball.upper() <= most


@pytest.mark.parametrize("name", ["sin", "cos", "tanh", "erf"])
def test_narrow_balls_near_one_stay_narrow(name: str) -> None:
    for bits in (53, 256):
        with precision(bits):
            ball = getattr(BALLS, name)(BALLS.pi / 2 if name == "sin" else arb("1e-30") if name == "cos" else arb(20))
            assert ball.rad() < arb(2) ** (4 - bits)


@pytest.mark.parametrize("row", [row for row in ROWS if row.monotone], ids=label)
def test_declared_monotone_rows_are(row: Row) -> None:
    rng = random.Random(f"monotone {row.name}")
    function = BALLS.function(row)
    turn = 1 if row.monotone == "rising" else -1
    with precision(200):
        for _ in range(100):
            low, high = sorted(rng.choice((rng.uniform(-4, 4), rng.uniform(-1, 1), 0.0, 1.0)) for _ in "ab")
            rise = function(arb(high)) - function(arb(low))
            assert rise.is_nan() or not rise * turn < 0, (low, high)


@pytest.mark.parametrize("row", [row for row in ROWS if row.positive], ids=label)
def test_declared_positive_rows_are(row: Row) -> None:
    function = BALLS.function(row)
    with precision(200):
        for x in (-1e3, -50.0, -1.0, -1e-9, 0.0, 0.3, 7.5, 1e3):
            assert function(arb(x)) > 0, x


def test_powers_and_products_keep_their_sign() -> None:
    with precision(80):
        around = arb(0.3, 0.5)
        assert BALLS.power(around, 2).lower() == 0
        assert BALLS.power(around, arb(3)).contains(arb(-0.2) ** 3)
        square = BALLS.power(around, 2)
        assert BALLS.multiply(square, square) >= 0
        assert BALLS.multiply(square, -square) <= 0
        assert BALLS.power(arb(1, 1) * 0 + BALLS.abs(around), arb(0.5)) >= 0
