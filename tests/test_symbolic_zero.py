"""Zero only where it is proved: SymPy's own opinion is not enough where special functions are involved."""

from derivkit import answers
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.symbolic.convert import to_sympy
from derivkit.symbolic.values import value_at


def value(text, at):
    return value_at(to_sympy(parse(text).graph), parse_point(at))


def test_a_tiny_value_is_not_zero():
    found = value("loggamma(sec(x))", "x=1e-25")  # -gamma*x^2/2 to leading order; DLMF 5.7.3
    assert abs(float(found) / (-0.57721566490153286 * 5e-51) - 1) < 1e-12


def test_proved_zeros_are_zero():
    for text, at in [("sin(x)", "x=pi"), ("x - 1/10", "x=0.1"), ("sin(x)^2 + cos(x)^2 - 1", "x=1/3"), ("gamma(x) - 1", "x=2")]:
        assert value(text, at) == 0


def test_what_sympy_cannot_evaluate_ends_in_a_verdict():
    for text, at in [("coth(softplus(-x + x/7))", "x=1e6"), ("loggamma(sec(x))", "x=1e-25")]:
        assert answers.diff(parse(text).graph, ("x",), at=parse_point(at)).check.verdict in ("agree", "refused")
