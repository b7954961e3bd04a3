"""Refutations refute as they are shown: the point exactly, and values with the sign that the truth has there."""

from __future__ import annotations

from fractions import Fraction

import pytest

import derivkit as dk
from derivkit.expression.parser import parse

# expression, region, claim, the sentence; the values are elementary
SHOWN = [
    ("(x - 1/3)^2 - 1e-60", "x=0..1", "f >= 0", "at x = 1/3, f = -1e-60"),
    ("(x - sqrt(2))^2 - 1e-60", "x=0..2", "f >= 0", "at x = sqrt(2), f = -1e-60"),
    ("1 - cos(x)", "x=6..7", "f > 0", "at x = 2*pi, f = 0"),
    ("(x - pi)^2", "x=3..4", "f > 0", "at x = pi, f = 0"),
    ("(3x - 1)^2", "x=0..1", "f > 0", "at x = 1/3, f = 0"),
    ("-x*1e-400", "x=0..1", "increasing", "at x = 0.5, f' = -1.000000000e-400"),
    ("x*(1/3 + 1e-20)", "x=0..1", "lipschitz 1/3", "at x = 0.5, f' = 0.3333333333, 1/3 - |f'| = -1e-20"),
    ("1/3 - 1e-20 + 0*x", "x=0..1", "f >= 1/3", "at x = 0.5, f = 0.3333333333, f - 1/3 = -1e-20"),
    ("x/3 - 1e-30", "x=1..2", "f >= x/3", "at x = 1, f = 0.3333333333, x/3 = 0.3333333333, f - x/3 = -1e-30"),
    ("x/3", "x=1..2", "f > x/3", "at x = 1.5, f = 0.5, x/3 = 0.5"),
    ("floor(x)", "x=0..3", "convex", "near x = 1, f(0.5) = 0, f(1) = 1, f(1.5) = 1"),
]


@pytest.mark.parametrize(("text", "region", "claim", "message"), SHOWN)
def test_a_refutation_is_shown_exactly(text, region, claim, message):
    found = dk.certify(text, region, claim=claim)
    assert ("refuted", message) == (found.verdict, found.message)


@pytest.mark.parametrize(("text", "region", "claim"), [case[:3] for case in SHOWN[:5]])
def test_the_enclosure_of_what_refutes_decides(text, region, claim):
    low, high = dk.certify(text, region, claim=claim).witness.values["f"]
    assert low <= high < 0 or (0, 0) == (low, high)


@pytest.mark.parametrize("hole", ["0.12345678912345", "0.7071067811", "1/7"])
def test_a_long_point_is_replaced_by_a_short_one_where_that_refutes_too(hole):
    """f is below 0 only within 1e-9 of the hole, where the point has to lie as it is printed."""
    found = dk.certify(f"1e9*abs(x - {hole}) - 1", "x=0..1", claim="f >= 0")
    printed = found.message.split("x = ")[1].split(",")[0]
    assert "refuted" == found.verdict
    assert abs(Fraction(printed) - Fraction(hole)) < Fraction(1, 10**9)
    assert parse(printed).graph == parse(found.witness.exact["x"]).graph


def test_values_beside_a_jump_are_shown_with_the_digits_that_tell():
    found = dk.certify("1 + 1e-14*floor(x)", "x=0..3", claim="decreasing")
    first, *_, last = (part.split(" = ")[1] for part in found.message.split(", f(")[1:])
    assert Fraction(first) < Fraction(last)
