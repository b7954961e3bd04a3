"""The way back from SymPy: what people read, what SymPy's rules leave behind, what cannot be said."""

from __future__ import annotations

import pytest
import sympy

from derivkit.errors import BudgetError, ConversionError
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text
from derivkit.symbolic.convert import from_sympy, symbol, to_sympy

x, y, n = symbol("x"), symbol("y"), symbol("n")
plain = sympy.Symbol("x")
f = sympy.Function("f")

READ = [
    (x / 3, "x/3"),
    (-x / 3, "-x/3"),
    (3 * x / 2, "3*x/2"),
    (-2 * x + y, "y - 2*x"),
    (1 - x**2, "1 - x^2"),
    (x**2 - 2 * x - 1, "x^2 - 2*x - 1"),
    (1 / x, "1/x"),
    (-1 / x**2, "-1/x^2"),
    (2 * x / (3 * y), "2*x/(3*y)"),
    (x / (y * (x + 1)), "x/(y*(x + 1))"),
    (1 / sympy.sqrt(x), "1/sqrt(x)"),
    (x ** sympy.Rational(-2, 3), "1/x^(2/3)"),
    (sympy.sqrt(2) / 2, "sqrt(2)/2"),
    (x**-y, "x^(-y)"),
    (sympy.Integer(-2) ** x, "(-2)^x"),
    (sympy.exp(-(x**2) / 2), "exp(-x^2/2)"),
    (sympy.Float(0.1), "3602879701896397/36028797018963968"),
    (sympy.Float(-0.75) * x / y, "-3*x/(4*y)"),
    (sympy.Rational(-2, 7), "-2/7"),
    (sympy.polygamma(0, x), "digamma(x)"),
    (sympy.polygamma(2, x), "polygamma(2, x)"),
    (sympy.EulerGamma, "-digamma(1)"),
    (sympy.GoldenRatio, "1/2 + sqrt(5)/2"),
    (sympy.Max(x, y, 1), "max(1, x, y)"),
    (sympy.Heaviside(x), "heaviside(x)"),
    (sympy.re(plain), "x"),
    (sympy.Abs(plain), "abs(x)"),
    (sympy.Mul(2, x + y, evaluate=False), "2*(x + y)"),
    (sympy.Piecewise((1, (x > 0) & (x < 2)), (0, True)), "piecewise((1, x > 0 and x < 2), (0, true))"),
    (sympy.Piecewise((1, (x > 1) | (y > 2)), (3, True)), "piecewise((1, x > 1), (1, y > 2), (3, true))"),
    (sympy.Piecewise((1, sympy.Ne(x, 0))), "piecewise((1, x != 0))"),
]


@pytest.mark.parametrize(("expression", "text"), READ, ids=[text for _, text in READ])
def test_what_people_read(expression, text):
    graph = from_sympy(expression)
    assert text == to_text(graph)
    assert graph == parse(text).graph


LEFT_BEHIND = [
    (sympy.DiracDelta(x) + 1, "1"),
    (sympy.diff(sympy.sign(x), x), "0"),
    (sympy.Derivative(sympy.floor(x), x), "0"),
    (sympy.Derivative(sympy.zeta(x), x), "zetaderivative(1, x)"),
    (sympy.Derivative(sympy.sin(x) * y, (x, 2)), "-y*sin(x)"),
    (sympy.Subs(sympy.Derivative(sympy.sin(y), y), y, x**2), "cos(x^2)"),
    (sympy.airyai(x).diff(x), "airyaiprime(x)"),
    (sympy.Derivative(sympy.Abs(plain), plain), "sign(x)"),
]


@pytest.mark.parametrize(("expression", "text"), LEFT_BEHIND, ids=[text for _, text in LEFT_BEHIND])
def test_what_sympys_rules_leave_behind(expression, text):
    assert text == to_text(from_sympy(expression))


UNSAID = [
    (sympy.I * x, "imaginary"),
    (sympy.zoo, "no value anywhere"),
    (sympy.oo, "no value anywhere"),
    (sympy.nan, "no value anywhere"),
    (sympy.oo * sympy.sin(x), "no value anywhere"),
    (-sympy.oo * x + 1, "no value anywhere"),
    (sympy.zoo * x, "no value anywhere"),
    (f(x), "f"),
    (sympy.Derivative(f(x), x), "Derivative"),
    (sympy.Derivative(sympy.besselj(n, x), n), "Derivative"),
    (sympy.Integral(sympy.exp(-(x**2)), (x, 0, 1)), "Integral"),
    (sympy.re(f(x)), "re"),
    (sympy.LambertW(x, -1), "LambertW"),
    (sympy.Heaviside(x, 0), "Heaviside"),
    (sympy.Symbol("pi"), "pi"),
    (sympy.Symbol("a b"), "a b"),
    (x > 0, "StrictGreaterThan"),
    (sympy.Matrix([x]), "MutableDenseMatrix|Matrix"),
    ("x + 1", "str"),
]


@pytest.mark.parametrize(("expression", "name"), UNSAID, ids=[str(e) for e, _ in UNSAID])
def test_what_cannot_be_said_is_named(expression, name):
    with pytest.raises(ConversionError, match=name):
        from_sympy(expression)


def test_numbers_and_depth_are_budgeted():
    with pytest.raises(BudgetError, match="digits"):
        from_sympy(x * sympy.Integer(7) ** 9999)
    deep = x
    for _ in range(60):
        deep = sympy.sin(deep, evaluate=False)
    for _ in range(30):
        deep = deep.func(*deep.args)
    assert 61 == len(from_sympy(deep))


ROUND_TRIPS = [
    "x^2*sin(y)",
    "(x+1)*(x-1)/(x*y)",
    "exp(-x)/(1+exp(-x))^2",
    "a - (b - c)",
    "x/2/y",
    "sqrt(x/3)",
    "2^(x/3)",
    "1.5*x - 0.25",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_there_and_back_is_the_same_expression(text):
    expression = to_sympy(parse(text).graph)
    assert expression == to_sympy(from_sympy(expression))
