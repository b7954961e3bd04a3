"""The Python face: expressions as objects."""

import doctest
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

import derivkit as dk
from derivkit.errors import ParseError, PointError, UsageError


def test_the_examples_of_the_docstrings_run():
    import derivkit.checking.verdict
    import derivkit.expression.stable
    import derivkit.functions
    import derivkit.interface.expression
    import derivkit.interface.questions

    for module in (
        derivkit.interface.expression,
        derivkit.interface.questions,
        derivkit.functions,
        derivkit.expression.stable,
        derivkit.checking.verdict,
    ):
        found = doctest.testmod(module)
        assert found.attempted > 0
        assert found.failed == 0, module.__name__


def test_an_expression_is_a_value():
    f, g = dk.parse("x^2*sin(y)"), dk.parse("x^2 * sin(y)")
    assert f == g
    assert hash(f) == hash(g)
    assert f != dk.parse("x*sin(y)")
    assert f.variables == ("x", "y")
    assert str(f) == "x^2*sin(y)"
    assert repr(f) == "Expression('x^2*sin(y)')"
    assert dk.parse(str(f)) == f


def test_values_are_floats_or_broadcast_arrays():
    f = dk.parse("x^2*sin(y)")
    assert f(x=1.0, y=2.0) == pytest.approx(math.sin(2.0))
    assert isinstance(f(x=1, y=2), float)
    values = f(x=[[1.0], [2.0]], y=np.array([0.1, 0.2, 0.3]))
    assert values.shape == (2, 3)
    assert values[1, 2] == pytest.approx(4 * math.sin(0.3))
    assert dk.parse("1+0*x")(x=np.zeros(3)).shape == (3,)
    assert dk.parse("log(x)")(x=[-1.0, 1.0])[0] != 0


def test_the_extremes_come_out():
    f = dk.parse("1/(1+exp(-x))")
    assert f(x=-800.0) == 0.0
    assert f(x=800.0) == 1.0


@pytest.mark.parametrize("at", [{"x": 1.0}, {"x": 1.0, "y": 2.0, "z": 3.0}])
def test_a_call_names_every_variable_and_no_other(at):
    with pytest.raises(PointError, match=r"[yz]"):
        dk.parse("x*y")(**at)


def test_derivatives_are_expressions():
    f = dk.parse("x^2*sin(y)")
    assert f.diff("x", "y")(x=2.0, y=0.5) == pytest.approx(4 * math.cos(0.5))
    assert [g(x=2.0, y=0.5) for g in f.gradient()] == pytest.approx([4 * math.sin(0.5), 4 * math.cos(0.5)])
    hessian = f.hessian()
    assert hessian[0][1] == hessian[1][0]
    assert hessian[1][1](x=2.0, y=0.5) == pytest.approx(-4 * math.sin(0.5))
    assert dk.parse("x^3").diff()(x=2.0) == 12.0
    with pytest.raises(UsageError, match="2 variables"):
        f.diff()


def test_sympy_and_back():
    f = dk.parse("x^2*sin(y)")
    x, y = sympy.symbols("x y", real=True)
    assert f.to_sympy() == x**2 * sympy.sin(y)
    assert dk.from_sympy(sympy.exp(-x) / y)(x=0.0, y=2.0) == 0.5


def test_notebooks_show_latex():
    assert dk.parse("x^2/y")._repr_latex_() == r"$\displaystyle \frac{x^{2}}{y}$"
    assert dk.parse(r"\frac{x^2}{y}") == dk.parse("x^2/y")


def test_check_takes_text_points_and_orders():
    assert dk.check("x*sin(x)").verdict == "agree"
    assert dk.check(dk.parse("x^2*y"), wrt=("x", "y")).verdict == "agree"
    assert dk.check("abs(x)", at={"x": 0}).reason == "kink"
    assert dk.check("log(x)", at={"x": -1.0}).reason == "outside_domain"
    with pytest.raises(PointError, match="finite"):
        dk.check("x", at={"x": math.inf})
    with pytest.raises(PointError):
        dk.check("x*y", wrt="x", at={"x": 1.0})
    with pytest.raises(ParseError):
        dk.check("x*")


@pytest.mark.parametrize("name", ["2x", "", " ", "x+y", "x,y", "sin", "pi", "e", "x y", "\x1b", 2, None])
def test_what_to_differentiate_by_must_be_the_name_of_a_variable(name):
    with pytest.raises(UsageError, match="is not the name of a variable"):
        dk.parse("x^2").diff(name)
    with pytest.raises(UsageError, match="is not the name of a variable"):
        dk.check("x^2", wrt=("x", name))


def test_names_are_read_in_the_spelling_of_expressions():
    assert dk.parse("θ^2").diff("θ") == dk.parse("2*theta")
    assert dk.parse("x^2").diff("y") == dk.parse("0")


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(0.1), 0.1),
        (np.int64(3), 3.0),
        (Fraction(1, 3), 1 / 3),
        (10**30, 1e30),
        (True, 1.0),
        (sympy.Rational(1, 3), 1 / 3),
    ],
)
def test_points_are_real_numbers_of_any_kind(x, shown):
    verdict = dk.check("x^2", at={"x": x})
    assert "agree" == verdict.verdict
    assert {"x": shown} == verdict.routes[0].worst_at


@pytest.mark.parametrize(
    "x", [1j, "1", None, [1.0], np.array([1.0, 2.0]), math.nan, math.inf, -math.inf, 10**400, np.float32("inf")]
)
def test_what_is_no_finite_real_number_is_no_point(x):
    with pytest.raises(PointError, match="x must be a"):
        dk.check("x^2", at={"x": x})


def test_points_and_regions_are_also_texts():
    assert ("refused", "kink") == ((v := dk.check("abs(x - pi)", at="x=pi")).verdict, v.reason)
    assert {"x": 0.25, "y": 2.0} == dk.check("x*y", "x", at="x=1/4, y=2").routes[0].worst_at
    assert dk.health("1 - cos(x)", at={"x": 1e-8}) == dk.health("1 - cos(x)", at="x=1e-8")
    assert "proved" == dk.certify("sin(x)", on="x=0..pi", claim="f >= 0").verdict


@pytest.mark.parametrize("at", ["", "x", "x=1,x=2", "y=1", "x=y", 1, ["x=1"], "x=1/0"])
@pytest.mark.parametrize("ask", [dk.check, dk.health])
def test_what_is_no_point_is_an_error_of_its_own(ask, at):
    with pytest.raises(PointError):
        ask("x^2", at=at)


@pytest.mark.parametrize("on", [1, ["x=0..1"], "x=1..0"])
@pytest.mark.parametrize("ask", [dk.check, dk.health, dk.certify])
def test_what_is_no_region_is_an_error_of_its_own(ask, on):
    with pytest.raises(PointError):
        ask("x^2", on=on)


def test_an_expression_cannot_be_changed():
    f = dk.parse("x^2")
    for name in ("graph", "variables", "other"):
        with pytest.raises(AttributeError):
            setattr(f, name, None)
    with pytest.raises(AttributeError):
        del f.graph
    assert f(x=3.0) == 9.0
    assert f == dk.parse("x^2")
    assert f != "x^2"


def test_public_names_are_loaded_lazily_and_listed():
    assert set(dk.__all__) <= set(dir(dk))
    with pytest.raises(AttributeError, match="nonsense"):
        dk.nonsense  # noqa: B018  # the look-up is what is tested
