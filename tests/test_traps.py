"""Places where tools go wrong: each gives the right number, or a refusal that names the cause; never a wrong number with agreement.

Every case names where the trap was met.
"""

import math

import pytest

from derivkit import answers
from derivkit.checking.routes import Target
from derivkit.checking.verdict import check
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.interface.expression import Expression
from derivkit.symbolic.convert import to_sympy
from derivkit.symbolic.formula import Formula
from derivkit.tape.differentiate import value_and_gradient
from tests import fifty_digits

# c = a + b; d = a*b + b^3; c += c + 1; c += 1 + c - a; d += 2*d + relu(b + a); d += 3*d + relu(b - a); e = c - d; f = e^2
_C = "(2*(2*(a+b)+1)+1-a)"
_D = "(4*(3*(a*b+b^3)+relu(b+a))+relu(b-a))"
MICROGRAD = f"({_C}-{_D})^2/2 + 10/({_C}-{_D})^2"

# text, wrt, point, the derivative, where it was met
NUMBERS = [
    ("sin(x)*exp(x)", "xx", "x=0.5", 2 * math.exp(0.5) * math.cos(0.5), "closed form"),
    ("(exp(x^2))^2", "x", "x=0.5", 3.297442541400, "DeZero step 4"),
    ("(2x)^3 + x^2", "x", "x=2", 100, "DeZero step 36"),
    ("max(x,0) - max(-x,0)", "x", "x=0", 1, "equals x; the rule relu'(0) = 0 gives 0"),
    ("(sqrt(x^2+y^2))^2", "x", "x=0,y=0", 0, "jax 21723"),
    ("max(x, exp(x)-1, (x+1)^2/2-1/2)", "x", "x=0", 1, "symforce 36: SymPy answers 3/2"),
    ("sign(x)", "x", "x=0.5", 0, "SymPy's derivative is a DiracDelta"),
    ("log(1+x)", "x" * 6, "x=0.5", -120 / 1.5**6, "libqalculate 766"),
    ("x^x", "x", "x=0.5", 0.216977709452, "closed form"),
    ("e^x", "x", "x=1", math.e, "SymPy's parser takes e for a variable"),
    ("1/(1+exp(-x))", "x", "x=-800", 0, "naive reverse mode gives NaN"),
    ("log(1+exp(x))", "x", "x=800", 1, "the naive form overflows"),
    ("(x-10^6)^2+(y-2*10^(-6))^2+(x*y-2)^2", "x", "x=1e6,y=2e-6", 0, "tesseract-core 706"),
    ("(x-10^6)^2+(y-2*10^(-6))^2+(x*y-2)^2", "y", "x=1e6,y=2e-6", 0, "tesseract-core 706"),
    ("log(x)", "x", "x=0.001", 1000, "numdifftools and SciPy return NaN"),
    ("sqrt(x)", "x", "x=1e-6", 500, "numdifftools and SciPy return NaN"),
    ("atan(10000*x)", "x", "x=0.0001", 5000, "numdifftools is off by 100 %"),
    ("0.1*x+0.2*x-0.3*x", "x", "x=1", 0, "decimals are rationals"),
    ("beta*gamma^lambda + S*N - Q/E + I", ["beta"], "beta=2,gamma=3,lambda=2,S=1,N=1,Q=1,E=1,I=1", 9, "ordinary variables"),
    ("elu + 0*piecewise((x, x>0), (exp(x)-1, true))", "x", "x=0,elu=1", 0, "a kink times zero"),
    ("piecewise((x, x>0), (exp(x)-1, true))", "x", "x=0", 1, "C1 at 0"),
    ("x*abs(x)", "x", "x=0", 0, "closed form"),
    ("abs(x)*y", "y", "x=0,y=1", 0, "a kink in the other variable does not matter"),
    ("abs(x)^3", "xx", "x=0", 0, "C2 at 0"),
    ("sin(x)", "x", "x=pi/2", 0, "exactly zero at an exact point"),
    ("lambertw(x)", "x", "x=0", 1, "SymPy's formula is 0/0 there"),
    ("abs(x-1e-300)", "x", "x=0", -1, "a kink nearer than any step"),
    ("(1-cos(x))/x^2", "x", "x=1e-8", -1e-8 / 12, "all digits cancel in floats"),
]


@pytest.mark.parametrize(("text", "wrt", "at", "expected", "source"), NUMBERS)
def test_the_number_is_right(text, wrt, at, expected, source):
    answer = answers.diff(parse(text).graph, tuple(wrt), at=parse_point(at))
    assert expected == pytest.approx(answer.value, rel=1e-9, abs=1e-300), source
    assert ("agree", None) == (answer.check.verdict, answer.check.odd_one_out), answer.check.message


# text, wrt, point, derivative: large and small numbers, functions that lose digits or change fast
EXTREMES = [
    ("log(cosh(x)-sinh(x))", "x", "x=200", -1),
    ("log(1-erf(x))", "x", "x=20", -40.04987577410839),  # mpmath
    ("log(1-tanh(x))", "x", "x=100", -2),
    ("tanh(x)", "x", "x=1000", 0),
    ("(x^2-3)*normcdf(x)", "xx", "x=-30", 3.947907808767483e-192),  # mpmath
    ("log(x)", "x", "x=1e-30", 1e30),
    ("sqrt(x)", "x", "x=1e-100", 5e49),
    ("abs(x)", "x", "x=1e-80", 1),
    ("1/x", "x", "x=1e-80", -1e160),
    ("x^2", "x", "x=1e100", 2e100),
    ("1/(cosh(x)-sinh(x))", "x", "x=200", 7.225973768125749e86),  # exp(200)
    ("sqrt(exp(-x^2))*x", "x", "x=30", -899 * math.exp(-450)),  # (1 - x^2)*exp(-x^2/2)
    ("sin(exp(x))", "x", "x=80", 3.302983951373334e33),  # mpmath
    ("sin(2*pi*2^34*x)", "x", "x=1", 2 * math.pi * 2**34),
    ("ceil(exp(x))", "x", "x=40", 0),
    ("x^3", "x", "x=0", 0),
    ("piecewise((exp(-1/x^2), x != 0), (0, true))", "xxx", "x=0", 0),
    ("log(x^2)", "x", "x=-2", -1),
    ("softplus(x)", "x", "x=-800", 0),
    ("normcdf(x)", "x", "x=-40", 0),
    ("x^2*y", "x", "x=1e-200,y=1e300", 2e100),
    ("x^400", "x" * 100, "x=1/2", 1.0270993036024985e164),  # mpmath, 400!/300!/2^300
    ("exp(-x)", "x", "x=800", 0),
    ("tanh(10^25*x)", "x", "x=0", 1e25),
]


@pytest.mark.parametrize(("text", "wrt", "at", "expected"), EXTREMES)
def test_extreme_points_agree(text, wrt, at, expected):
    answer = answers.diff(parse(text).graph, tuple(wrt), at=parse_point(at))
    assert "agree" == answer.check.verdict, answer.check.message
    assert expected == pytest.approx(answer.value, rel=1e-9, abs=1e-300)


# text, wrt, point: no number can be trusted here, and none is given with agreement
UNDECIDED = [
    ("floor(3*x/x)+1/x", "xx", "x=1e-5"),
    ("piecewise((x^2,(x+1)^2==x^2+2*x+1),(x^3,true))", "x", "x=1/3"),
    ("sign(log(x)) - 2*x", "x", "x=-1"),
    ("heaviside(log(x)) - 2*x", "x", "x=-1"),
    ("piecewise((x*y*(x^2-y^2)/(x^2+y^2), x^2+y^2>0),(0,true))", "xy", "x=0,y=0"),  # f_xy = -1, f_yx = 1: Peano's example
    ("floor(x/x)+x", "x", "x=1.3"),
    ("(x-1)/(x-1)", "x", "x=1"),
    ("x/7*x - 1/x*2*x", "x", "x=0"),
    ("0*log(x)", "x", "x=-1"),
    ("(1/x)^0", "x", "x=0"),
    ("gamma(x)^0", "x", "x=-1"),
    ("acot(1/x)", "x", "x=0"),
    ("piecewise((1, sqrt(x)>0), (2, true))", "x", "x=-1"),
    ("(x-0.1)/(x-0.1)", "x", "x=0.1"),
]


@pytest.mark.parametrize(("text", "wrt", "at"), UNDECIDED)
def test_nothing_is_said_where_nothing_is_known(text, wrt, at):
    answer = answers.diff(parse(text).graph, tuple(wrt), at=parse_point(at))
    assert ("refused", None) == (answer.check.verdict, answer.value), answer.check.message


# function, a wrong derivative of it that is right at many points
ALMOST = [("x*abs(x)", "2*x"), ("sqrt(x^2)", "1"), ("piecewise((x^2, x<1.5), (x^3, true))", "2*x"), ("x^2+max(x-30,0)^2", "2*x")]


@pytest.mark.parametrize(("text", "wrong"), ALMOST)
def test_a_formula_that_is_right_only_somewhere_is_caught_without_a_point(text, wrong):
    claimed = parse(wrong).graph
    verdict = check(parse(text).graph, [Target(("x",), Formula(claimed, to_sympy(claimed)))]).verdict
    assert ("disagree", "symbolic") == (verdict.verdict, verdict.odd_one_out)


# text, wrt, point, reason, a piece of the message
REFUSALS = [
    ("abs(x)", "x", "x=0", "kink", "-1 on the left, 1 on the right"),
    ("max(x, 0)", "x", "x=0", "kink", "0 on the left, 1 on the right"),
    ("piecewise((sin(x), x<0), (1/2, true))", "x", "x=0", "jump", "0 on the left, 0.5 there"),
    ("sign(x)", "x", "x=0", "jump", "-1 on the left"),
    ("floor(x)", "x", "x=2", "jump", "1 on the left"),
    ("floor(x)", "x", "x=1e20", "jump", "jumps at x = 1e+20"),
    ("1/x", "x", "x=0", "pole", "needs x != 0"),
    ("tan(x)", "x", "x=pi/2", "pole", ""),
    ("gamma(x)", "x", "x=-1", "pole", ""),
    ("log(x)", "x", "x=-1", "outside_domain", "needs x > 0"),
    ("log(x)", "x", "x=0", "outside_domain", "needs x > 0"),
    ("x^(1/3)", "x", "x=-8", "outside_domain", ""),
    ("sqrt(x)", "x", "x=0", "infinite_slope", "without bound"),
    ("asin(x)", "x", "x=1", "infinite_slope", "without bound"),
    ("cbrt(x)", "x", "x=0", "infinite_slope", "without bound"),
    ("abs(x)^3", "xxx", "x=0", "not_smooth_enough", "-6 on the left, 6 on the right"),
    ("piecewise((x, x>0), (exp(x)-1, true))", "xx", "x=0", "not_smooth_enough", "1 on the left, 0 on the right"),
    ("sin(x)/x", "x", "x=0", "removable", "limit of the function there is 1"),
    ("log(1+x)", "x" * 999, "x=0.5", "overflow", "4.8967838852"),
    ("exp(x)", "x", "x=1000", "overflow", ""),
    ("max(q*(y-f),(q-1)*(y-f))", "f", "q=1/4,y=1,f=1", "kink", "-0.25 on the left, 0.75 on the right"),
    ("asin(sin(x))", "x", "x=pi/2", "kink", "1 on the left, -1 on the right"),
    ("sin(1/x)", "x", "x=0", "no_limit", "does not settle"),
    ("exp(x)/x", "x", "x=0", "pole", "needs x != 0; the function grows without bound"),
    ("max(x,y)", "x", "x=1,y=1", "kink", "along x is 0 on the left, 1 on the right"),
    ("floor(10*x)+x^2", "x", "x=0.3", "jump", "2.09 on the left"),
    ("piecewise((x,x<0.1),(2*x+5,true))", "x", "x=0.1", "jump", "0.1 on the left"),
    ("x^x", "x", "x=0", "infinite_slope", "edge of the domain"),
]


@pytest.mark.parametrize(("text", "wrt", "at", "reason", "words"), REFUSALS)
def test_the_refusal_names_the_cause(text, wrt, at, reason, words):
    answer = answers.diff(parse(text).graph, tuple(wrt), at=parse_point(at))
    assert answer.check.verdict == "refused", answer.check.message
    assert reason == answer.check.reason, answer.check.message
    assert words in answer.check.message
    assert answer.value is None


# text, wrt, a point where nothing is wrong: one beside each of the refusals
NEIGHBOURS = [
    ("abs(x)", "x", "x=-1e-12"),
    ("max(x, 0)", "x", "x=1e-12"),
    ("piecewise((sin(x), x<0), (1/2, true))", "x", "x=-1e-9"),
    ("sign(x)", "x", "x=1e-9"),
    ("floor(x)", "x", "x=1.999999999"),
    ("1/x", "x", "x=1e-6"),
    ("tan(x)", "x", "x=1.5707"),
    ("gamma(x)", "x", "x=-1.0001"),
    ("log(x)", "x", "x=1e-9"),
    ("x^(1/3)", "x", "x=8"),
    ("sqrt(x)", "x", "x=1e-9"),
    ("asin(x)", "x", "x=0.999999"),
    ("cbrt(x)", "x", "x=-8"),
    ("abs(x)^3", "xxx", "x=1e-9"),
    ("piecewise((x, x>0), (exp(x)-1, true))", "xx", "x=-1e-9"),
    ("sin(x)/x", "x", "x=1e-8"),
    ("log(1+x)", "x" * 9, "x=0.5"),
    ("exp(x)", "x", "x=700"),
    ("max(q*(y-f),(q-1)*(y-f))", "f", "q=1/4,y=1,f=1.000001"),
    ("asin(sin(x))", "x", "x=1.57"),
    ("sin(1/x)", "x", "x=0.001"),
    ("exp(x)/x", "x", "x=-0.001"),
    ("max(x,y)", "x", "x=1,y=0.999999"),
    ("floor(10*x)+x^2", "x", "x=0.31"),
    ("piecewise((x,x<0.1),(2*x+5,true))", "x", "x=0.10001"),
    ("x^x", "x", "x=1e-9"),
]


@pytest.mark.parametrize(("text", "wrt", "at"), NEIGHBOURS)
def test_beside_a_trap_the_number_is_right(text, wrt, at):
    graph, point = parse(text).graph, parse_point(at)
    answer = answers.diff(graph, tuple(wrt), at=point, simplify=False)
    digits = {name: fifty_digits.value(x, {}) for name, x in point.items()}
    truth = fifty_digits.derivative(graph, tuple(wrt), digits)
    assert float(truth) == pytest.approx(answer.value, rel=1e-12, abs=1e-300)
    assert ("agree", None) == (answer.check.verdict, answer.check.odd_one_out), answer.check.message


def test_every_refusal_has_a_neighbour():
    assert {text for text, *_ in REFUSALS} == {text for text, *_ in NEIGHBOURS}


def test_newton_reaches_the_minimum_of_a_quartic_in_ten_steps():
    """DeZero, steps 29 and 33: x^4 - 2x^2 from 2."""
    program = Expression(parse("x^4-2*x^2").graph).compile(order=2)
    x = 2.0
    for _ in range(10):
        _, gradient, hessian = program(x=x)
        x -= gradient[0] / hessian[0, 0]
    assert 1 == pytest.approx(x, rel=1e-14)


def test_the_readme_of_micrograd():
    """The program that micrograd's README shows, and the three numbers that it prints."""
    value, gradient = value_and_gradient(parse(MICROGRAD).graph, {"a": -4.0, "b": 2.0})
    assert 24.70408163 == pytest.approx(value, abs=1e-8)
    assert 138.8338192 == pytest.approx(gradient["a"], abs=1e-7)
    assert 645.5772595 == pytest.approx(gradient["b"], abs=1e-7)


# text, point, verdict of the whole gradient
GRADIENTS = [
    ("-20*exp(-0.2*sqrt((x^2+y^2)/2))-exp((cos(2*pi*x)+cos(2*pi*y))/2)+20+exp(1)", "x=0,y=0", "kink"),  # Ackley's cone
    ("piecewise((x*y/sqrt(x^2+y^2), x^2+y^2>0), (0, true))", "x=0,y=0", "kink"),  # partials exist, no gradient
    ("(sqrt(x^2+y^2))^2", "x=0,y=0", None),
    ("-(1+cos(12*sqrt(x^2+y^2)))/((x^2+y^2)/2+2)", "x=0,y=0", "removable"),  # smooth, but every formula is 0/0
]


@pytest.mark.parametrize(("text", "at", "reason"), GRADIENTS)
def test_gradients_at_singular_points(text, at, reason):
    answer = answers.grad(parse(text).graph, ("x", "y"), at=parse_point(at))
    assert reason == answer.check.reason, answer.check.message
    assert (answer.values == ((0.0, 0.0),)) == (reason is None)


def test_second_derivative_of_a_sinc_in_pieces_is_not_the_formulas():
    graph = parse("piecewise((sin(x)/x, x != 0), (1, true))").graph
    answer = answers.diff(graph, ("x", "x"), at=parse_point("x=0"))
    assert (answer.check.verdict, answer.check.odd_one_out) == ("disagree", "symbolic")
    assert -1 / 3 == pytest.approx(answer.value, rel=1e-12)
