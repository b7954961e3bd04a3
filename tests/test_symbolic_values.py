"""Exact values: thirty digits, boundaries of pieces, what is undefined, cancellation, extremes."""

from __future__ import annotations

import time
from fractions import Fraction

import mpmath
import pytest
import sympy

from derivkit.expression.parser import parse
from derivkit.symbolic.convert import symbol, to_sympy
from derivkit.symbolic.values import value_at


def value(text: str, digits: int = 30, **at: str) -> Fraction | None:
    """The value of a text at a point."""
    return value_at(to_sympy(parse(text).graph), {name: parse(t).graph for name, t in at.items()}, digits)


# to forty digits, from mpmath in closed form
DECIMALS = [
    ("sin(x)", {"x": "1"}, "0.8414709848078965066525023216302989996226"),
    ("pi*x", {"x": "1/3"}, "1.047197551196597746154214461093167628066"),
    ("e^x", {"x": "-2"}, "0.1353352832366126918939994949724844034076"),
    ("x", {"x": "pi/2"}, "1.570796326794896619231321691639751442099"),
    ("tan(x - 10^20)", {"x": "10^20 + 1"}, "1.557407724654902230506974807458360173087"),
    ("log(1 + x)", {"x": "10^(-25)"}, "9.999999999999999999999999500000000000000e-26"),
    ("(1 - cos(x))/x^2", {"x": "10^(-30)"}, "0.5"),
    ("sqrt(x^2 + 1) - x", {"x": "10^18"}, "4.999999999999999999999999999999999999e-19"),
    ("besselj(0, x)", {"x": "100"}, "0.01998585030422312242422839095084899068349"),
    ("gamma(x)", {"x": "1/2"}, "1.772453850905516027298167483341145182798"),
    ("log(1 + x)/x + 7", {"x": "10^(-60)"}, "8"),
]


@pytest.mark.parametrize(("text", "at", "expected"), DECIMALS)
def test_thirty_digits(text, at, expected):
    truth = Fraction(expected)
    assert abs(value(text, **at) - truth) <= abs(truth) / 10**28


EXACT = [
    ("sin(x)^2 + cos(x)^2 - 1 + x - x", {"x": "1"}, 0),
    ("sqrt(x)*sqrt(x + 1) - sqrt(x^2 + x)", {"x": "3"}, 0),
    ("2*x", {"x": "0"}, 0),
    ("x*y", {"x": "1/4", "y": "3/8"}, Fraction(3, 32)),
    ("piecewise((1, x < 1/10), (2, true))", {"x": "0.1"}, 2),
    ("piecewise((1, x <= 1/10), (2, true))", {"x": "0.1"}, 1),
    ("piecewise((1, x <= 1/10), (2, true))", {"x": "0.1 + 10^(-80)"}, 2),
    ("piecewise((1, sin(x)^2 + cos(x)^2 == 1 + y), (2, true))", {"x": "1/7", "y": "0"}, 1),
    ("piecewise((1, exp(-x) > 0), (2, true))", {"x": "3000"}, 1),
    ("floor(x)", {"x": "3"}, 3),
    ("floor(x)", {"x": "3 - 10^(-50)"}, 2),
    ("ceil(x)", {"x": "3 + 10^(-50)"}, 4),
    ("floor(x)", {"x": "-1/2"}, -1),
    ("floor(sqrt(x)*sqrt(x))", {"x": "5"}, 5),
    ("heaviside(x)", {"x": "0"}, Fraction(1, 2)),
    ("sign(x - 1/3)", {"x": "1/3"}, 0),
    ("abs(x)", {"x": "-3/4"}, Fraction(3, 4)),
    ("max(x, y)", {"x": "1/4", "y": "1/2"}, Fraction(1, 2)),
]


@pytest.mark.parametrize(("text", "at", "expected"), EXACT)
def test_decisions_and_zeros_are_exact(text, at, expected):
    assert expected == value(text, **at)


UNDEFINED = [
    ("1/x", {"x": "0"}),
    ("log(x)", {"x": "0"}),
    ("log(x)", {"x": "-1"}),
    ("sqrt(x)", {"x": "-1"}),
    ("x^(1/3)", {"x": "-8"}),
    ("asin(x)", {"x": "2"}),
    ("gamma(x)", {"x": "-3"}),
    ("zeta(x)", {"x": "1"}),
    ("sin(x)/x", {"x": "0"}),
    ("piecewise((1, x > 0))", {"x": "-1"}),
    ("piecewise((1, sqrt(x) > 0), (2, true))", {"x": "-1"}),
    ("exp(exp(exp(x)))", {"x": "100"}),
    ("x + y", {"x": "1"}),
]


@pytest.mark.parametrize(("text", "at"), UNDEFINED)
def test_what_is_not_a_finite_real_number_is_none(text, at):
    assert value(text, **at) is None


def test_extremes():
    assert 1 == value("1/(1 + exp(-x))", x="1000000000") and value("exp(-x)", x="400") > 0
    assert abs(value("x^2000", x="10") - 10**2000) <= 10**1970


def test_more_digits():
    with mpmath.workdps(120):
        truth = Fraction(str(mpmath.exp(mpmath.sin(mpmath.mpf(1) / 3))))
    assert abs(value("exp(sin(x))", 100, x="1/3") - truth) < Fraction(1, 10**99)


def test_constants_and_unevaluated_derivatives():
    x = symbol("x")
    assert value_at(sympy.I * x, {"x": parse("1").graph}) is None
    assert value_at(sympy.Float(0.5) + x, {"x": parse("1").graph}) == Fraction(3, 2)
    assert value_at(sympy.Derivative(sympy.besselj(x, 2), x), {"x": parse("1").graph}) is None


def test_a_small_expression_takes_less_than_a_millisecond():
    expression, point = to_sympy(parse("exp(x)*sin(x) + x^2").graph), {"x": parse("1/3").graph}
    best = min(_seconds(expression, point) for _ in range(20))
    assert best < 1e-3


def _seconds(expression, point) -> float:
    started = time.perf_counter()
    value_at(expression, point)
    return time.perf_counter() - started
