"""Points as text: exact values, and errors that name the variable."""

from fractions import Fraction

import pytest

from derivkit.errors import ForbiddenCharacterError, ParseError, PointError
from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.expression.point import check_point, parse_point, variable_name


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x=1", {"x": 1.0}),
        (" x = 1 , y = pi/2 ", {"x": 1.0, "y": 1.5707963267948966}),
        ("x=-1e-3", {"x": -0.001}),
        ("x=piecewise((1, 2 == 2), (0, true)) , y=3", {"x": 1.0, "y": 3.0}),
        ("x=max(2, 3),y=1/4", {"x": 3.0, "y": 0.25}),
        ("θ₁=2", {"theta1": 2.0}),
        ("gamma=1,e1=2", {"gamma": 1.0, "e1": 2.0}),
    ],
)
def test_points_are_read(text, values):
    assert {name: evaluate(value, {}) for name, value in parse_point(text).items()} == values


def test_several_texts_make_one_point():
    assert list(parse_point(["x=1", "y=2,z=3"])) == ["x", "y", "z"]


def test_values_are_exact():
    assert parse_point("x=0.1")["x"].heads == (Fraction(1, 10),)


@pytest.mark.parametrize(
    ("text", "kind", "span", "fragment"),
    [
        ("", PointError, (0, 0), "x=1"),
        ("x", PointError, (0, 1), "x=1"),
        ("x=1, y", PointError, (5, 6), "x=1"),
        ("x=1,", PointError, (4, 4), "x=1"),
        ("=3", PointError, (0, 1), "x=1"),
        ("x=1,x=2", PointError, (4, 7), "one value"),
        ("pi=3", PointError, (0, 2), "x=1"),
        ("sin=3", PointError, (0, 3), "x=1"),
        ("2x=3", PointError, (0, 2), "x=1"),
        ("x+y=3", PointError, (0, 3), "x=1"),
        ("x=y", PointError, (2, 3), "number"),
        ("x=1/0", PointError, (2, 5), "finite"),
        ("x=1e400", PointError, (2, 7), "finite"),
        ("x=log(-1)", PointError, (2, 9), "finite"),
        ("x=1,y=2+", ParseError, (7, 8), "operand"),
        ("x=", PointError, (0, 2), "x=1"),
        ("x=1 y=2", PointError, (3, 6), "commas: x=1,y=2"),
        ("x=1;y=2", PointError, (3, 4), "commas: x=1,y=2"),
        ("z=0, x=1 θ = 2", PointError, (8, 12), "commas: x=1,y=2"),
        ("x=nan", PointError, (2, 5), "finite"),
        ("x=-inf", PointError, (2, 6), "finite"),
        ("x=1,y=Infinity", PointError, (6, 14), "finite"),
        ("x==1", ParseError, (2, 3), None),
        ("x=1\x00", ForbiddenCharacterError, (3, 4), "delete"),
    ],
)
def test_bad_points_are_refused(text, kind, span, fragment):
    with pytest.raises(kind) as caught:
        parse_point(text)
    assert caught.value.span == span
    assert len(caught.value.text) == len(text)
    assert fragment is None or fragment in caught.value.hint


@pytest.mark.parametrize(
    ("point", "variables", "wrt", "message", "hint"),
    [
        ({"x": 1, "alpah": 2}, ("x", "alpha"), (), "alpah", "alpha"),
        ({"x": 1, "q": 2}, ("x",), (), "q is not", "variables are x"),
        ({"x": 1}, (), (), "x is not", "no variables"),
        ({"x": 1, "y": 2}, ("xy",), (), "x is not", r"xy is one variable; for a product write x*y"),
        ({"x": 1, "y": 2}, ("xy",), ("x",), "y is not", r"xy is one variable; for a product write x*y"),
        ({"x": 1}, ("x", "y", "z"), (), "y, z", "y=..."),
        ({"x": 1}, ("x",), ("t",), "no value for t", "t=..."),
    ],
)
def test_points_must_fit_the_expression(point, variables, wrt, message, hint):
    with pytest.raises(PointError, match=message) as caught:
        check_point(point, variables, wrt)
    assert hint in caught.value.hint


@pytest.mark.parametrize(("text", "message"), [("", "is empty"), ("  ", "is empty"), ("x=1,", "beside a comma"), ("x=nan", "no")])
def test_messages_say_what_is_wrong(text, message):
    with pytest.raises(PointError, match=message) as caught:
        parse_point(text)
    assert "variable nan" not in caught.value.message


def test_a_point_that_fits_passes():
    graph = parse("x*y").graph
    assert check_point({"x": 1, "y": 2, "t": 0}, graph.variables, ("t",)) is None


@pytest.mark.parametrize(
    ("text", "name"), [("θ", "theta"), (" x_1 ", "x_1"), ("x + y", None), ("e", None), ("sin", None), ("", None), ("x\x00", None)]
)
def test_names_of_variables(text, name):
    assert variable_name(text) == name
