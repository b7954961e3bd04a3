"""What people write who come from other languages, and the hint they get."""

import pytest

from derivkit.errors import ParseError, PointError
from derivkit.expression.names import glued
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point

HINTS = [
    (r"2 \cdot x", "--latex"),
    ("x^{2}", "--latex"),
    (r"\frac{d}{dx} x^2", "--wrt"),
    (r"\int x", "without integrals"),
    ("if(x>0,x,0)", "piecewise((x, x > 0), (0, true))"),
    ("sum(x)", "with + between"),
    ("np.exp(x)", "write exp(x)"),
    ("x^2 # a comment", "holds one expression"),
]


@pytest.mark.parametrize(("text", "hint"), HINTS)
def test_the_hint_fits(text, hint):
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert hint in caught.value.hint


POINTS = [
    ("x=1 y=2", "lacks a comma", "x=1,y=2"),
    ("x=1;y=2", "lacks a comma", "x=1,y=2"),
    ("x=nan", "not a finite number", "finite"),
    ("x=inf", "not a finite number", "finite"),
    ("", "empty", "x=1"),
]


@pytest.mark.parametrize(("text", "message", "hint"), POINTS)
def test_points_are_explained(text, message, hint):
    with pytest.raises(PointError) as caught:
        parse_point(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_letter_in_a_glued_name_is_found():
    assert "xy" == glued(["theta", "xy"], "x")
    assert glued(["theta", "x1", "x_1", "pi"], "x") is None
    assert glued(["theta"], "t") is None
