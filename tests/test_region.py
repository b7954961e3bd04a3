"""Regions as text."""

import pytest

from derivkit.errors import DerivkitError
from derivkit.expression.region import parse_region, point_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x=0..5", {"x": (0.0, 5.0)}),
        ("x=-1..-1/2, y=2", {"x": (-1.0, -0.5), "y": (2.0, 2.0)}),
        ("θ=0..2pi", {"theta": (0.0, 6.283185307179586)}),
        ("x=.5...75", {"x": (0.5, 0.75)}),
        ("x=1e-3..max(1, 2)", {"x": (0.001, 2.0)}),
    ],
)
def test_intervals(text, expected):
    assert expected == {name: interval.floats for name, interval in parse_region(text).items()}


def test_ends_are_exact():
    assert "1/10" == str(parse_region("x=0.1..1")["x"].low.heads[0])


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("x=5..0", "ends before it begins", (2, 6)),
        ("x", "gives no variable a value", (0, 1)),
        ("x=0..1,x=2..3", "given twice", (7, 13)),
        ("x=0..", "lacks an end", (5, 5)),
        ("x=0..y", "holds the variable y", (5, 6)),
        ("x=0..inf", "not a finite number", (5, 8)),
        ("x=0..1 y=0..1", "lacks a comma", (6, 9)),
        ("2=0..1", "not the name", (0, 1)),
    ],
)
def test_errors_say_where(text, message, span):
    with pytest.raises(DerivkitError, match=message) as caught:
        parse_region(text)
    assert text == caught.value.text
    assert span == caught.value.span


def test_a_region_of_one_point_is_a_point():
    assert {"x"} == set(point_of(parse_region("x=1")) or {})
    assert point_of(parse_region("x=0..1")) is None
