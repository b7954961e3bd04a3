"""Taylor jets against closed forms, mpmath, Arb's own power series, and differences of every row's values in balls."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, arb_series, ctx

from derivkit import jets
from derivkit.errors import MissingRuleError, PointError
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, FLOATS, Row, precision
from tests.function_points import SMOOTH, label, movable, typical_points

ORDER = 6
BITS = 200


def graph_of(formula: Callable[..., Any], *names: str) -> Graph:
    """A graph written down by a Python function of the arithmetic and the variables."""
    builder = Builder()
    arithmetic = GraphArithmetic(builder)
    return builder.graph([formula(arithmetic, *(arithmetic.ref(builder.add(name)) for name in names)).id])


def from_mpmath(formula: Callable[..., Any], x: float, order: int) -> list[Any]:
    """The same coefficients from mpmath's differences, at 60 digits."""
    with mpmath.workdps(60):
        found = mpmath.taylor(lambda t: formula(mpmath, t), mpmath.mpf(x), order)
        return [+coefficient for coefficient in found]


def to_arb(value: Any) -> arb:
    with mpmath.workdps(60):
        return arb(mpmath.nstr(value, 50))


CLOSED_FORMS = [
    ("exp", lambda f, x: f.exp(x), 0.5, 20, math.exp(0.5)),
    ("log1p order 6", lambda f, x: f.log(1 + x), 0.5, 6, -120 / 1.5**6),
    ("sin far beyond the factorials of floats", lambda f, x: f.sin(x), 0.5, 200, math.sin(0.5)),
    ("cos, odd order", lambda f, x: f.cos(x), 0.25, 301, -math.sin(0.25)),
    ("pole", lambda f, x: 1 / (1 - x), 0.5, 10, math.factorial(10) * 2.0**11),
    ("cube", lambda f, x: x * x * x, 2.0, 3, 6.0),
    ("cube, one order more", lambda f, x: x * x * x, 2.0, 4, 0.0),
    ("constant", lambda f, x: f.number(7), 2.0, 1, 0.0),
    ("order 0", lambda f, x: f.exp(x) + x, 0.0, 0, 1.0),
    ("itself", lambda f, x: x, 3.0, 1, 1.0),
    ("x^x", lambda f, x: f.power(x, x), 0.5, 1, 0.216977709452),
    ("beyond floats", lambda f, x: f.log(1 + x), 0.5, 999, math.inf),
]


@pytest.mark.parametrize(
    ("formula", "x", "order", "truth"), [case[1:] for case in CLOSED_FORMS], ids=[case[0] for case in CLOSED_FORMS]
)
def test_derivatives_in_closed_form(formula: Callable[..., Any], x: float, order: int, truth: float) -> None:
    assert jets.derivative(graph_of(formula, "x"), "x", {"x": x}, order) == pytest.approx(truth, rel=1e-11, abs=0)


def test_order_999_in_balls() -> None:
    """libqalculate issue 766: the value is 998! / 1.5^999."""
    with precision(BITS):
        value = jets.derivative(graph_of(lambda f, x: f.log(1 + x), "x"), "x", {"x": arb(0.5)}, 999, BALLS)
        assert value.contains(math.factorial(998) / arb(1.5) ** 999)
        assert value.rel_accuracy_bits() > BITS - 20
        assert value.str(12, radius=False) == "4.89678388526e+2385"


COMPOSED = {
    "bell": lambda f, x: f.exp(-x * x),
    "nested": lambda f, x: f.exp(f.sin(x * x)) / (2 + f.cos(3 * x)),
    "roots": lambda f, x: f.sqrt(1 + f.sqrt(1 + x)) * f.log(2 + x),
    "inverse": lambda f, x: f.atan(x / (1 + x * x)) + f.asin(x / 3),
    "hyperbolic": lambda f, x: f.tanh(x) * f.cosh(x / 2) - f.sinh(x) / f.exp(x),
    "tangent of a tangent": lambda f, x: f.tan(f.tan(x) / 2),
    "fractional power": lambda f, x: (2 + f.sin(x)) ** Fraction(5, 2) if f is not mpmath else (2 + f.sin(x)) ** 2.5,
    "variable power": lambda f, x: (2 + x) ** (f.sin(x) + 1),
    "gamma": lambda f, x: f.gamma(2 + x) * f.erf(x),
}


@pytest.mark.parametrize("x", [0.3, -0.45])
@pytest.mark.parametrize("name", COMPOSED)
def test_composed_functions_against_mpmath(name: str, x: float) -> None:
    formula = COMPOSED[name]
    graph = graph_of(formula, "x")
    truth = from_mpmath(formula, x, 12)
    floats = jets.coefficients(graph, "x", {"x": x}, 12)
    scale = max(abs(float(t)) for t in truth)
    assert floats == pytest.approx([float(t) for t in truth], rel=1e-9, abs=1e-13 * scale)
    with precision(BITS):
        for ball, exact in zip(jets.coefficients(graph, "x", {"x": arb(x)}, 12, BALLS), truth, strict=True):
            assert abs(ball - to_arb(exact)) < arb(10) ** -25 * scale


ARB_SERIES: dict[str, Callable[[Any], Any]] = {
    "exp": lambda s: s.exp(),
    "log": lambda s: s.log(),
    "sqrt": lambda s: s.sqrt(),
    "sin": lambda s: s.sin(),
    "cos": lambda s: s.cos(),
    "tan": lambda s: s.tan(),
    "atan": lambda s: s.atan(),
    "asin": lambda s: s.asin(),
    "acos": lambda s: s.acos(),
    "gamma": lambda s: s.gamma(),
    "loggamma": lambda s: s.lgamma(),
    "erf": lambda s: s.erf(),
    "airyai": lambda s: s.airy_ai(),
    "Si": lambda s: s.si(),
    "Ci": lambda s: s.ci(),
    "Ei": lambda s: s.ei(),
}


@pytest.mark.parametrize("name", ARB_SERIES)
def test_high_orders_against_power_series_of_arb(name: str) -> None:
    """Arb's series are computed without any partial derivative of ours; `ctx.cap` of 10 would cut them silently."""
    order, before = 40, ctx.cap
    graph = graph_of(lambda f, x: getattr(f, name)(x), "x")
    with precision(600):
        try:
            ctx.cap = order + 1
            series = ARB_SERIES[name](arb_series([arb(0.625), 1]))
        finally:
            ctx.cap = before
        for k, ball in enumerate(jets.coefficients(graph, "x", {"x": arb(0.625)}, order, BALLS)):
            assert ball.overlaps(series[k])
            assert ball.rad() < arb(2) ** -300


def differences_of_values(row: Row, k: int, point: tuple[float, ...]) -> list[arb]:
    """Derivatives 0..ORDER of a row in one argument, from central differences of its ball values at step 2^-60."""
    step = arb(2) ** -60
    found = []
    with precision(900):
        function = BALLS.function(row)
        for order in range(ORDER + 1):
            total = arb(0)
            for j in range(order + 1):
                place = arb(point[k]) + (arb(order) / 2 - j) * step
                total += (-1) ** j * math.comb(order, j) * function(*(place if i == k else arb(x) for i, x in enumerate(point)))
            found.append(total / step**order)
    return found


MOVABLE = [(row, k) for row in SMOOTH for k in movable(row)]


@pytest.mark.parametrize(("row", "k"), MOVABLE, ids=[f"{label(row)} in {row.arguments[k]}" for row, k in MOVABLE])
def test_every_row_to_order_six(row: Row, k: int) -> None:
    point = typical_points(row)[0]
    graph = graph_of(lambda f, *arguments: f.function(row)(*arguments), *row.arguments)
    name = row.arguments[k]
    truth = differences_of_values(row, k, point)
    floats = jets.coefficients(graph, name, dict(zip(row.arguments, point, strict=True)), ORDER)
    with precision(BITS):
        at = {argument: arb(x) for argument, x in zip(row.arguments, point, strict=True)}
        balls = [jets.derivative(graph, name, at, order, BALLS) for order in range(ORDER + 1)]
        scale = max(abs(float(t.mid())) for t in truth)
        for order in range(ORDER + 1):
            assert abs(balls[order] - truth[order]) <= scale * arb(2) ** -80
            assert math.factorial(order) * floats[order] == pytest.approx(float(truth[order].mid()), rel=1e-6, abs=1e-8 * scale)


def test_other_variables_are_held() -> None:
    graph = graph_of(lambda f, x, y: x * y * y + f.sin(y), "x", "y")
    assert [0.5 * 9 + math.sin(3), 9.0, 0.0] == jets.coefficients(graph, "x", {"x": 0.5, "y": 3.0}, 2)
    assert jets.coefficients(graph, "y", {"x": 0.5, "y": 3.0}, 2)[2] == pytest.approx(0.5 - math.sin(3) / 2)
    assert [0.0, 0.0] == jets.coefficients(graph, "z", {"x": 0.5, "y": 3.0}, 3)[1:3]


def test_a_piecewise_follows_the_branch_taken_at_the_point() -> None:
    graph = graph_of(lambda f, x: f.where(f.less(x, 1), f.sin(x), f.log(x)), "x")
    assert jets.coefficients(graph, "x", {"x": 0.5}, 2) == pytest.approx([math.sin(0.5), math.cos(0.5), -math.sin(0.5) / 2])
    assert jets.coefficients(graph, "x", {"x": 2.0}, 2) == pytest.approx([math.log(2), 0.5, -0.125])


def test_a_branch_not_taken_needs_no_rule_and_may_be_undefined() -> None:
    graph = graph_of(lambda f, x: f.where(f.less(x, 1), x * x, f.polygamma(x, 2) + f.log(-x)), "x")
    assert [0.25, 1.0, 1.0] == jets.coefficients(graph, "x", {"x": 0.5}, 2)


def test_a_ball_across_the_boundary_encloses_both_branches() -> None:
    graph = graph_of(lambda f, x: f.where(f.less(x, 1), x * x, 3 * x), "x")
    slope = jets.coefficients(graph, "x", {"x": arb(1, 0.125)}, 1, BALLS)[1]
    assert slope.contains(2)
    assert slope.contains(3)


def test_a_missing_rule_is_named() -> None:
    graph = graph_of(lambda f, x: f.polygamma(x, 2), "x")
    with pytest.raises(MissingRuleError, match="polygamma"):
        jets.coefficients(graph, "x", {"x": 1.0}, 1)


def test_a_missing_value_is_named() -> None:
    graph = graph_of(lambda f, x, y: x * y, "x", "y")
    with pytest.raises(PointError, match="y"):
        jets.coefficients(graph, "x", {"x": 1.0}, 1)


@pytest.mark.parametrize(("formula", "x"), [(lambda f, x: f.sqrt(x), 0.0), (lambda f, x: 1 / x, 0.0), (lambda f, x: f.log(x), 0.0)])
def test_no_derivative_is_not_a_finite_number(formula: Callable[..., Any], x: float) -> None:
    assert not math.isfinite(jets.derivative(graph_of(formula, "x"), "x", {"x": x}, 2))


def test_whole_powers_at_zero() -> None:
    graph = graph_of(lambda f, x: x**5 + f.sin(x) ** 2, "x")
    assert [0.0, 0.0, 1.0, 0.0] == pytest.approx(jets.coefficients(graph, "x", {"x": 0.0}, 3))


def test_the_cost_of_a_deep_chain_is_linear_in_its_length() -> None:
    def chain(f: Any, x: Any) -> Any:
        for _ in range(3000):
            x = f.sin(x) + x / 3
        return x

    found = jets.coefficients(graph_of(chain, "x"), "x", {"x": 0.4}, 3, FLOATS)
    assert all(math.isfinite(term) for term in found)
