"""Equations as text: two sides, names in backticks, spans that refer to what was typed; and bounds."""

from __future__ import annotations

import math

import pytest

from derivkit.errors import DerivkitError, ParseError, PointError, UnknownNameError
from derivkit.expression.bounds import parse_bounds
from derivkit.expression.equation import parse_equation
from derivkit.expression.printer import to_text

READ = [
    ("y = a*x + b", "y", "a*x + b"),
    ("log(y) = a*x", "log(y)", "a*x"),
    ("y=piecewise((a, x <= b), (c, true))", "y", "piecewise((a, x <= b), (c, true))"),
    ("`dose (mg)` = 2`body mass`", "`dose (mg)`", "2*`body mass`"),
    ("`y` = a*`x`", "y", "a*x"),
    ("`a = b` = c*`pi`", "`a = b`", "c*`pi`"),
    ("y = x`k` + k`k`", "y", "x*k + k*k"),
    ("y = β*θ₁", "y", "beta*theta1"),
]


@pytest.mark.parametrize(("text", "left", "right"), READ)
def test_two_sides(text: str, left: str, right: str) -> None:
    equation = parse_equation(text)
    assert (left, right) == (to_text(equation.left), to_text(equation.right))


def test_places_of_names() -> None:
    equation = parse_equation("log(y) = a*`dose (mg)` + θ*a")
    assert {"y": (4, 5), "a": (9, 10), "`dose (mg)`": (11, 22), "theta": (25, 26)} == equation.places


def test_warnings_name_the_columns() -> None:
    assert ("`x y`(...) is read as the product `x y`*(...)",) == parse_equation("y = `x y`(a + 1)").warnings


WRONG = [
    ("", ParseError, "the formula has no equals sign", (0, 0)),
    ("y", ParseError, "the formula has no equals sign", (0, 1)),
    ("y ~ x", ParseError, "the formula has no equals sign", (2, 3)),
    ("y == x", ParseError, "the formula has no equals sign", (0, 6)),
    ("y = x = z", ParseError, "the formula has more than one equals sign", (6, 7)),
    ("= x", ParseError, "nothing stands before the equals sign", (0, 1)),
    ("y = ", ParseError, "nothing stands after the equals sign", (2, 3)),
    ("y = `x", ParseError, "this backtick is never closed", (4, 5)),
    ("y = ` `*a", ParseError, "there is no name between the backticks", (4, 7)),
    ("y = `a b`*sinn(`a b`)", UnknownNameError, "there is no function sinn", (10, 14)),
    ("y = `a b` 3", ParseError, "the number 3 follows `a b` without an operator", (10, 11)),
    ("y = ᚠ + `a b`", ParseError, "the character ᚠ means nothing here", (4, 5)),
    ("y = a*x\u202e", DerivkitError, "the character U+202E at position 8 is a control or formatting character", (7, 8)),
]


@pytest.mark.parametrize(("text", "kind", "message", "span"), WRONG)
def test_what_is_wrong_and_where(text: str, kind: type[DerivkitError], message: str, span: tuple[int, int]) -> None:
    with pytest.raises(kind) as caught:
        parse_equation(text)
    assert (message, span) == (caught.value.message, caught.value.span)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("a=0..", {"a": (0.0, math.inf)}),
        ("a=..pi, b=-1..1", {"a": (-math.inf, math.pi), "b": (-1.0, 1.0)}),
        ("a=..", {"a": (-math.inf, math.inf)}),
        ("a=1e-3...5", {"a": (1e-3, 0.5)}),
    ],
)
def test_bounds(text: str, bounds: dict[str, tuple[float, float]]) -> None:
    assert bounds == parse_bounds(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a=1", "the bounds of a lack their two dots"),
        ("a=2..1", "the bounds of a are not in order"),
        ("a=0..1,a=0..2", "a is given twice"),
        ("a", "a gives no variable a value"),
        ("a=x..1", "the value of a holds the variable x"),
    ],
)
def test_bounds_that_are_none(text: str, message: str) -> None:
    with pytest.raises(PointError) as caught:
        parse_bounds(text)
    assert message == caught.value.message
