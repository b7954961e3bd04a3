"""Where the rows say they are defined and smooth, judged in balls at known points."""

from __future__ import annotations

from typing import Any

import pytest
from flint import arb

from derivkit.functions import BALLS, Condition, Row, precision, table
from tests.function_points import ROWS, label, typical_points


def row_of(name: str, arity: int) -> Row:
    return next(row for row in table() if (row.name, row.arity) == (name, arity))


def ball(quantity: Any, point: tuple[Any, ...]) -> arb:
    with precision(200):
        return arb(quantity(BALLS, *(x if isinstance(x, arb) else arb(x) for x in point)))


def holds(condition: Condition, point: tuple[Any, ...]) -> bool:
    """Whether a condition certainly holds."""
    value = ball(condition.quantity, point)
    return bool({"positive": value > 0, "nonnegative": value >= 0, "nonzero": value != 0}[condition.sign])


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_typical_points_are_inside_the_domain_and_smooth(row):
    for point in typical_points(row):
        assert all(holds(condition, point) for condition in row.domain), point
        assert all(ball(place.zero, point) != 0 for place in row.places), point


def half_pi() -> arb:
    with precision(200):
        return arb.pi() / 2


def lambert_edge() -> arb:
    with precision(200):
        return -arb(-1).exp()


INSIDE = [
    ("power", (-2, 3)), ("power", (0, 0)), ("power", (0, 2.5)), ("power", (-2, -3)), ("root", (-8, 3)), ("root", (0, 3)),
    ("root", (-8, -3)), ("asin", (1,)), ("acos", (-1,)), ("asec", (-1,)), ("acsc", (300,)), ("acosh", (1,)), ("sqrt", (0,)),
    ("gamma", (-0.5,)), ("gamma", (-300.5,)), ("digamma", (-0.5,)), ("factorial", (-0.5,)), ("factorial", (0,)),
    ("binomial", (5, 7)), ("binomial", (-0.5, 2)), ("binomial", (5, -1)), ("besselj", (2, -1)), ("besselj", (2, 0)),
    ("besselj", (0.5, 0)), ("besselj", (-2, 0)), ("besseli", (0, -3)), ("sphericalbesselj", (0, 0)), ("zeta", (-2,)),
    ("zeta", (0,)), ("ellipe", (1,)), ("ellipk", (-800,)), ("atan2", (0, -1)), ("atan2", (0, 1)), ("lambertw", (-0.36,)),
    ("Ei", (-1,)), ("li", (0.5,)), ("log", (0.5, 0.5)), ("tan", (3,)), ("cot", (-1,)), ("polygamma", (2, -0.5)),
]  # fmt: skip

BROKEN = [
    ("power", (-2, 0.5)), ("power", (0, -1)), ("power", (0, -0.5)), ("divide", (1, 0)), ("log", (0,)), ("log", (-1,)),
    ("log", (2, 1)), ("log", (2, -1)), ("log", (-1, 2)), ("log2", (0,)), ("log10", (-1,)), ("log1p", (-1,)), ("xlogy", (1, -1)),
    ("sqrt", (-1,)), ("root", (-8, 2)), ("root", (2, 0)), ("root", (0, -2)), ("asin", (1.5,)), ("acos", (-2,)), ("asec", (0.5,)),
    ("acsc", (-0.5,)), ("acosh", (0.5,)), ("atanh", (1,)), ("atanh", (-2,)), ("erfinv", (1,)), ("gamma", (0,)), ("gamma", (-3,)),
    ("digamma", (-3,)), ("loggamma", (0,)), ("loggamma", (-0.5,)), ("polygamma", (0.5, 2)), ("polygamma", (-1, 2)),
    ("polygamma", (1, -2)), ("factorial", (-1,)), ("beta", (0, 1)), ("beta", (1, -1)), ("binomial", (-1, 2)), ("zeta", (1,)),
    ("zetaderivative", (1, 1)), ("zetaderivative", (0.5, 2)), ("lambertw", (-0.37,)), ("Ci", (0,)), ("Ei", (0,)), ("li", (1,)),
    ("li", (-1,)), ("ellipk", (1,)), ("ellipe", (1.5,)), ("hyp2f1", (0.5, 0.5, 2, 1)), ("besselj", (0.5, -1)),
    ("besselj", (-0.5, 0)), ("besseli", (0.5, -1)), ("bessely", (1, 0)), ("besselk", (0, -1)), ("sphericalbesselj", (0.5, 1)),
    ("sphericalbesselj", (-1, 1)), ("tan", (half_pi(),)), ("sec", (-3 * half_pi(),)), ("csc", (0,)), ("cot", (2 * half_pi(),)),
    ("csch", (0,)), ("coth", (0,)), ("atan2", (0, 0)),
]  # fmt: skip

MET = [
    ("less", (1, 1)), ("less_equal", (1, 1)), ("greater", (1, 1)), ("greater_equal", (1, 1)), ("equal", (1, 1)),
    ("not_equal", (1, 1)), ("max", (2, 2)), ("min", (2, 2)), ("abs", (0,)), ("sign", (0,)), ("heaviside", (0,)), ("floor", (3,)),
    ("ceil", (-2,)), ("relu", (0,)), ("hypot", (0, 0)), ("sqrt", (0,)), ("cbrt", (0,)), ("root", (0, 3)), ("power", (0, 0.5)),
    ("power", (0, 1.5)), ("asin", (1,)), ("acos", (-1,)), ("asec", (1,)), ("acsc", (-1,)), ("acot", (0,)), ("atan2", (0, -1)),
    ("acosh", (1,)), ("lambertw", (lambert_edge(),)), ("ellipe", (1,)), ("besselj", (0.5, 0)), ("besseli", (1.5, 0)),
]  # fmt: skip

NOT_MET = [("atan2", (0, 1)), ("power", (0, 2)), ("power", (0, 0)), ("besselj", (1, 0)), ("floor", (2.5,)), ("hypot", (0, 1e-300))]


@pytest.mark.parametrize(("name", "point"), INSIDE)
def test_inside_the_domain_every_condition_holds(name, point):
    assert all(holds(condition, point) for condition in row_of(name, len(point)).domain)


@pytest.mark.parametrize(("name", "point"), BROKEN)
def test_outside_the_domain_a_condition_does_not_hold(name, point):
    assert not all(holds(condition, point) for condition in row_of(name, len(point)).domain)


@pytest.mark.parametrize(("name", "point"), MET)
def test_a_place_is_met(name, point):
    assert any(ball(place.zero, point).contains(0) for place in row_of(name, len(point)).places)


@pytest.mark.parametrize(("name", "point"), NOT_MET)
def test_a_neighbour_of_a_place_is_smooth(name, point):
    assert not any(ball(place.zero, point).contains(0) for place in row_of(name, len(point)).places)


def test_every_domain_and_every_place_is_tested():
    def keys(cases: list[Any]) -> set[tuple[str, int]]:
        return {(name, len(point)) for name, point in cases}

    assert {(row.name, row.arity) for row in table() if row.domain} == keys(BROKEN)
    assert {(row.name, row.arity) for row in table() if row.places} == keys(MET)
