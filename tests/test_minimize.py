"""Minimization as Python sees it: every outcome, kinds of places, rates, starts, code, and what changes no result."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derivkit as dk
from derivkit.errors import DerivkitError, PointError, Refusal, UsageError
from derivkit.expression.parser import parse
from derivkit.minimizing.counted import Counted
from derivkit.minimizing.curvature import curvature
from derivkit.minimizing.function import Code, Formula
from derivkit.minimizing.rate import observed
from derivkit.minimizing.result import Kind, Path
from derivkit.minimizing.squares import residuals_of
from derivkit.minimizing.track import Track
from derivkit.optimize.loop import Place
from derivkit.optimize.methods import METHODS
from derivkit.optimize.outcome import Outcome
from tests.test_sabotage import broken

ROSENBROCK = "100*(y - x^2)^2 + (1 - x)^2"
SINGULAR = "(x1+10*x2)^2 + 5*(x3-x4)^2 + (x2-2*x3)^4 + 10*(x1-x4)^4"  # Powell (1962)

# A function, a start, options; how it ends, and words of the sentence that says so.
OUTCOMES = [
    (ROSENBROCK, "x=-1.2,y=1", {}, Outcome.CONVERGED, "gradient"),
    ("x^2 + 10*y^2", "x=1,y=1", {"method": "gd", "lr": 0.05}, Outcome.CONVERGED, "9.4e-09"),
    ("1e12*((x-1/3)^2 + (y-1/7)^2) + sin(x*y)", "x=1,y=2", {"method": "bfgs"}, Outcome.CONVERGED, "rounding"),
    ("x^2 - y^2", "x=1,y=0", {"method": "gd"}, Outcome.SADDLE, "exactly 0"),
    ("cos(x)", "x=0", {"method": "newton"}, Outcome.MAXIMUM, "exactly 0"),
    ("x^2 + 10*y^2", "x=1,y=1", {"method": "gd", "lr": 0.2}, Outcome.DIVERGED, "a rate of 0.05 does not"),
    ("x^2 + 10*y^2", "x=1,y=1", {"method": "momentum", "lr": 0.5}, Outcome.DIVERGED, "rates below 3.8/20 = 0.19 are stable"),
    ("|x|", "x=0.3", {"method": "gd"}, Outcome.STALLED, "the slope is -1 on the left, 1 on the right; no direction"),
    ("0*x", "x=1", {}, Outcome.FLAT, "exactly 0"),
    ("exp(-x^2)", "x=40", {"method": "gd"}, Outcome.FLAT, "exactly 0"),
    ("floor(x)", "x=1.5", {}, Outcome.FLAT, "exactly 0"),
    ("1/x", "x=1", {}, Outcome.FLAT, "gradient vanishes"),
    ("log(x)", "x=0.3", {"method": "gd", "lr": 0.5}, Outcome.OUT_OF_DOMAIN, "log(x) needs x > 0"),
    ("x + sqrt(x)", "x=1", {"method": "newton"}, Outcome.OUT_OF_DOMAIN, "sqrt(x) needs x >= 0"),
    ("-x^2", "x=1", {"method": "gd"}, Outcome.UNBOUNDED, "falls without end"),
    ("x^3", "x=1", {}, Outcome.UNBOUNDED, "falls without end"),
    (ROSENBROCK, "x=-1.2,y=1", {"method": "gd", "steps": 10}, Outcome.BUDGET, "the 10 iterations are used up"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "options", "outcome", "words"), OUTCOMES)
def test_every_outcome(text: str, start: str, options: dict[str, Any], outcome: Outcome, words: str) -> None:
    found = dk.minimize(text, start, **options)
    assert (outcome, outcome is Outcome.CONVERGED) == (found.outcome, found.converged)
    assert words in found.reason


def test_all_outcomes_are_provoked() -> None:
    assert set(Outcome) == {outcome for _, _, _, outcome, _ in OUTCOMES}


# A function, a point with a vanishing gradient or near one, and what it is there.
KINDS = [
    ("x^2 + y^2", (0, 0), Kind.MINIMUM), ("x^2 - y^2", (0, 0), Kind.SADDLE), ("-x^2 - y^2", (0, 0), Kind.MAXIMUM),
    ("x*y", (0, 0), Kind.SADDLE), ("x^4", (0,), Kind.MINIMUM), ("-x^4", (0,), Kind.MAXIMUM), ("x^3", (0,), Kind.SADDLE),
    ("x^5", (0,), Kind.SADDLE), ("x^6", (0,), Kind.MINIMUM), ("x^8", (0,), Kind.UNDECIDED), ("x^4", (1e-3,), Kind.MINIMUM),
    ("x^4 + x^3/1000", (0,), Kind.SADDLE), ("x^4 + y^4", (0, 0), Kind.MINIMUM), ("x^4 - y^4", (0, 0), Kind.SADDLE),
    ("(y-x^2)*(y-3*x^2)", (0, 0), Kind.SADDLE),  # Peano (1884): a minimum on every straight line
    ("(y-x^2)*(y-3*x^2) + 2*x^4", (0, 0), Kind.MINIMUM), ("x^3 - 3*x*y^2", (0, 0), Kind.SADDLE),  # the monkey saddle
    ("(x+y)^2", (1, -1), Kind.MINIMUM), ("(x^2+y^2-1)^2", (0.6, 0.8), Kind.MINIMUM), ("x^2*y^2", (0, 0), Kind.MINIMUM),
    ("(x+y)^4 + x^2", (0, 0), Kind.MINIMUM), ("3*x^4-2*x^2*y^2+3*y^4", (4e-4, 9e-4), Kind.MINIMUM),
    (SINGULAR, (0, 0, 0, 0), Kind.MINIMUM), (SINGULAR, (1e-3, -1e-4, 2e-4, 2e-4), Kind.MINIMUM),
    ("(x-1e6)^2+(y-2e-6)^2+(x*y-2)^2", (1e6, 2e-6), Kind.MINIMUM), ("0*x", (1,), Kind.FLAT), ("1/x", (1e4,), Kind.FLAT),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "kind"), KINDS)
def test_the_kind_of_a_place(text: str, place: tuple[float, ...], kind: Kind) -> None:
    function = Formula(parse(text).graph)
    assert kind is curvature(function, np.array(place, dtype=float)).kind


@pytest.mark.parametrize(("text", "place"), [(text, place) for text, place, kind in KINDS if kind in (Kind.SADDLE, Kind.MAXIMUM)])
def test_where_it_is_said_to_fall_it_falls(text: str, place: tuple[float, ...]) -> None:
    function, x = Formula(parse(text).graph), np.array(place, dtype=float)
    found = curvature(function, x)
    assert found.direction is not None
    assert pytest.approx(1) == np.linalg.norm(found.direction)
    assert "the function falls, by" in found.message


@pytest.mark.parametrize(
    ("f", "place", "kind"),
    [
        (lambda x: np.sum(x**2), [0.0, 0.0], Kind.MINIMUM),
        (lambda x: x[0] ** 2 - x[1] ** 2, [0.0, 0.0], Kind.SADDLE),
        (lambda x: x[0] ** 3, [0.0], Kind.SADDLE),
        (lambda x: np.sum(x**4), [0.0, 0.0], Kind.UNDECIDED),
        (lambda x: 0 * x[0], [1.0], Kind.FLAT),
    ],
)
def test_the_kind_of_a_place_of_code(f: Any, place: list[float], kind: Kind) -> None:
    assert kind is curvature(Code(f, (len(place),)), np.array(place)).kind


PUBLISHED = [
    (ROSENBROCK, "x=-1.2,y=1", {"x": 1, "y": 1}, 0),
    ("(1.5-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2", "x=1,y=1", {"x": 3, "y": 0.5}, 0),  # Beale (1958)
    ("(x^2+y-11)^2 + (x+y^2-7)^2", "x=1,y=1", {"x": 3, "y": 2}, 0),  # Himmelblau (1972)
    ("(x-1e6)^2 + (y-2e-6)^2 + (x*y-2)^2", "x=1,y=1", {"x": 1e6, "y": 2e-6}, 0),  # Brown badly scaled: MGH 4
    ("sin(x+y) + (x-y)^2 - 1.5*x + 2.5*y + 1", "x=0,y=0", {"x": 0.5 - math.pi / 3, "y": -0.5 - math.pi / 3}, -1.9132229549810362),
    ("x*log(x)", None, {"x": math.exp(-1)}, -math.exp(-1)),
]


@pytest.mark.parametrize(("text", "start", "at", "value"), PUBLISHED)
def test_published_minima(text: str, start: str | None, at: dict[str, float], value: float) -> None:
    found = dk.minimize(text, start)
    assert found.converged
    assert pytest.approx(at, rel=1e-9) == found.at
    assert pytest.approx(value, abs=1e-12) == found.value
    assert Kind.MINIMUM is found.curvature.kind
    assert "agree" == found.gradient_check.verdict


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_reports(method: str) -> None:
    found = dk.minimize("(x-1)^2 + 2*(y+1)^2 + (x*y+1)^2", "x=2,y=1", method=method)
    assert (method, METHODS[method].title) == (found.method, found.title)
    assert pytest.approx({"x": 1, "y": -1}, abs=1e-2) == found.at
    assert found.iterations == found.path.step[-1] <= found.function_evaluations
    assert np.array_equal(found.start, found.path.x[0])
    assert np.array_equal(found.x, found.path.x[-1])


def test_newton_on_a_double_well_reaches_its_minimum_exactly() -> None:
    found = dk.minimize("x^4 - 2*x^2", "x=2", method="newton")
    assert (1.0, True) == (found.at["x"], found.iterations <= 10)
    x = Fraction(2)
    for k in range(3):  # x - f'/f'' = 2 x^3/(3 x^2 - 1)
        assert pytest.approx(float(x), rel=1e-15) == found.path.x[k, 0]
        x = 2 * x**3 / (3 * x**2 - 1)
    assert ("quadratic", 2) == (found.rate.observed, round(found.rate.order or 0))


def test_gradient_descent_by_hand() -> None:
    found = dk.minimize("x^2/2 + 10*y^2/2", "x=1,y=1", method="gd", lr=0.1, steps=10)
    assert pytest.approx([0.9**k for k in range(11)], rel=1e-14) == found.path.x[:, 0].tolist()
    assert [1.0, *[0.0] * 10] == pytest.approx(found.path.x[:, 1].tolist(), abs=1e-15)


@pytest.mark.parametrize(
    ("method", "rate", "momentum", "factor"),
    [("gd", 0.05, None, 0.9), ("gd", 0.09, None, 0.82), ("momentum", 0.01, 0.5, None), ("momentum", 0.01, 0.9, math.sqrt(0.9))],
)
def test_the_observed_rate_is_what_theory_says(method: str, rate: float, momentum: float | None, factor: float | None) -> None:
    found = dk.minimize("x^2 + 10*y^2", "x=1,y=1", method=method, lr=rate, momentum=momentum)
    assert ("linear", "as expected") == (found.rate.observed, found.rate.verdict)
    assert found.rate.factor is not None
    if factor is not None:
        assert pytest.approx(factor, rel=0.02) == found.rate.factor
        assert f"{factor:.4g}" in found.rate.expected


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([0.5**k for k in range(40)], "linear"),
        ([0.5 ** (2**k) for k in range(6)], "quadratic"),
        ([0.5 ** (1.4**k) for k in range(12)], "superlinear"),
        ([1 / k for k in range(1, 2000)], "sublinear"),
        ([1.0, 0.5], "unknown"),
        ([1.0, 2.0, 1.0, 2.0, 1.0], "unknown"),
    ],
)
def test_kinds_of_rates(errors: list[float], kind: str) -> None:
    x = np.array(errors)
    assert kind == observed(Path(np.arange(len(x)), x[:, None], x**2, x), np.zeros(1))[0]


def test_a_singular_hessian_slows_newton_down() -> None:
    found = dk.minimize("x^4", "x=1", method="newton")
    assert ("linear", True) == (found.rate.observed, found.converged)
    assert pytest.approx(2 / 3, abs=0.07) == found.rate.factor
    assert "singular" in found.rate.verdict
    assert None is found.uncertainty


def test_auto_leaves_saddles_and_maxima() -> None:
    assert pytest.approx(-0.25) == dk.minimize("x^2 - y^2 + y^4", "x=1,y=0").value
    found = dk.minimize("cos(x)", "x=0")
    assert pytest.approx(math.pi) == abs(found.at["x"])
    assert ("went on from a maximum at x = 0",) == found.notes


@pytest.mark.parametrize("factor", ["1e-30", "1e-8", "1e8", "1e30"])
@pytest.mark.parametrize("method", ["auto", "bfgs", "newton"])
def test_the_unit_of_the_value_changes_nothing(factor: str, method: str) -> None:
    plain = dk.minimize(ROSENBROCK, "x=-1.2,y=1", method=method)
    scaled = dk.minimize(f"{factor}*({ROSENBROCK})", "x=-1.2,y=1", method=method)
    assert (plain.outcome, plain.curvature.kind) == (scaled.outcome, scaled.curvature.kind)
    assert pytest.approx(plain.at, abs=1e-6) == scaled.at


def test_the_units_of_variables_change_nothing() -> None:
    found = dk.minimize("100*(y*1e6 - (x*1e-5)^2)^2 + (1 - x*1e-5)^2", "x=-1.2e5,y=1e-6")
    assert pytest.approx({"x": 1e5, "y": 1e-6}, rel=1e-9) == found.at
    assert Kind.MINIMUM is found.curvature.kind


def test_the_order_of_variables_changes_nothing() -> None:
    one = dk.minimize(ROSENBROCK, "x=-1.2,y=1")
    other = dk.minimize("100*(a - b^2)^2 + (1 - b)^2", "b=-1.2,a=1")
    assert (one.at["x"], one.at["y"], one.iterations) == (other.at["b"], other.at["a"], other.iterations)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_quadratics(d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((d, d))
    matrix = matrix @ matrix.T + np.eye(d)
    target = rng.standard_normal(d)
    found = dk.minimize(lambda x: (x - target) @ matrix @ (x - target) / 2, np.zeros(d))
    assert found.converged
    assert pytest.approx(target, abs=1e-9) == found.x
    assert pytest.approx(np.linalg.eigvalsh(matrix), rel=1e-9) == found.curvature.eigenvalues


def test_code_and_formula_give_the_same() -> None:
    formula = dk.minimize(ROSENBROCK, "x=-1.2,y=1", method="bfgs")
    code = dk.minimize(lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2, [-1.2, 1], method="bfgs")
    assert ("x[0]", "x[1]") == code.variables
    assert pytest.approx(formula.x, abs=1e-8) == code.x
    assert "agree" == code.gradient_check.verdict


def test_code_of_a_matrix_and_of_a_number() -> None:
    assert ("x[0, 0]", "x[0, 1]") == dk.minimize(lambda x: np.sum((x - 2) ** 2), np.zeros((1, 2))).variables
    assert {"x": 3.0} == dk.minimize(lambda x: (x - 3.0) ** 2, 1.0).at


def test_many_variables_of_code() -> None:
    found = dk.minimize(lambda x: np.sum((x - np.arange(2000) / 1000) ** 2 + (x[0] - x) ** 4), np.ones(2000))
    assert ("lbfgs", True, Kind.UNDECIDED) == (found.method, found.converged, found.curvature.kind)
    assert "2,000 variables" in found.curvature.message


SQUARES = [
    ("x^2", True), ("3*(x-2)^2/2 + y^4 + 7", True), ("(x-y)*(x-y) + sin(x)^2", True), ("2 - (x^2)*(-1)", True),
    ("x^2 - y^2", False), ("x^3 + y^2", False), ("x*y", False), ("x^2 + y", False), ("x^2.5", False), ("-x^2", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_one"), SQUARES)
def test_sums_of_squares_are_recognized(text: str, is_one: bool) -> None:
    graph = parse(text).graph
    found = residuals_of(graph)
    assert is_one is (found is not None)
    if found is not None:
        function, x = Formula(graph), np.linspace(0.3, 1.1, len(graph.variables))
        local = found.at(x)
        assert pytest.approx(function.value_and_gradient(x)[1]) == local.gradient
        assert pytest.approx(function.value(x) - function.value(0 * x + 0.1)) == local.value - found.at(0 * x + 0.1).value


@pytest.mark.parametrize("method", ["gauss-newton", "lm"])
def test_residuals_of_code(method: str) -> None:
    found = dk.minimize(lambda x: np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]]), [-1.2, 1], squares=True, method=method)
    assert pytest.approx([1, 1]) == found.x
    assert 24.2 / 2 == pytest.approx(found.path.value[0])


def test_bounds_hold() -> None:
    for method in ("auto", "lbfgs", "gd", "newton"):
        found = dk.minimize(ROSENBROCK, "x=-1.2,y=1", bounds="x=..0.5", method=method)
        assert ({"x": "upper"}, True) == (found.bounds_active, found.converged)
        assert pytest.approx({"x": 0.5, "y": 0.25}, abs=1e-6) == found.at
        assert (found.path.x[:, 0] <= 0.5).all()
    assert {"x": "lower"} == dk.minimize("x + y^2", bounds={"x": (2, None)}).bounds_active


@pytest.mark.parametrize(
    "text", ["beta(a,b)", "x^1.5", "tan(x)", "exp(exp(x))", "1e200*(100*(y - x^2)^2 + (1 - x)^2)", "gamma(x)*y"]
)
@pytest.mark.parametrize("method", ["auto", "gd", "bfgs"])
def test_wild_functions_end_in_an_outcome(text: str, method: str) -> None:
    found = dk.minimize(text, method=method, steps=200)
    assert "nan" not in found.reason + found.curvature.message
    assert found.converged is (found.outcome is Outcome.CONVERGED)


def test_several_starts_find_several_minima() -> None:
    found = dk.minimize("x^4 - 3*x^2 + x", bounds="x=-3..3", multistart=20)
    assert [-1.30084, 1.13090] == [round(one.result.at["x"], 5) for one in found.minima]
    assert 20 == sum(one.reached for one in found.minima) == len(found.starts)
    assert found.value == found.minima[0].result.value == min(one.value for one in found.starts)
    again = dk.minimize("x^4 - 3*x^2 + x", bounds="x=-3..3", multistart=20)
    assert [one.start.tolist() for one in found.starts] == [one.start.tolist() for one in again.starts]


def test_methods_are_compared_from_one_start() -> None:
    found = dk.minimize(ROSENBROCK, "x=-1.2,y=1", compare=["gd", "newton"], lr=1e-3, steps=100)
    assert ["gd", "newton"] == [one.method for one in found.compared]
    assert ("newton", Outcome.BUDGET) == (found.method, found.compared[0].outcome)
    assert all(np.array_equal([-1.2, 1], one.start) for one in found.compared)


def test_a_rate_means_gradient_descent() -> None:
    found = dk.minimize("x^2 + y^2", "x=1,y=2", lr=0.1)
    assert ("gd", ("went by gradient descent, as the learning rate is given",)) == (found.method, found.notes)
    assert "momentum" == dk.minimize("x^2", "x=1", momentum=0.5, lr=0.1).method


def test_a_start_is_found_in_the_domain() -> None:
    found = dk.minimize("x - log(x - 100)")
    assert pytest.approx({"x": 101}) == found.at
    assert "no start was given" in found.notes[0]


def test_a_wrong_partial_is_seen_before_the_first_step() -> None:
    with broken("exp", partials=(lambda f, y, x: y * 1.01,)):
        found = dk.minimize("exp(x) - x + y^2", "x=1,y=1")
    assert ("disagree", "wrong_gradient", "tape") == (
        found.gradient_check.verdict, found.gradient_check.reason, found.gradient_check.odd_one_out,
    )  # fmt: skip
    assert (False, 0) == (found.converged, found.iterations)


def test_a_kink_at_the_start_is_said_and_no_hindrance() -> None:
    found = dk.minimize("|x| + (x-1)^2", "x=0", method="gd", lr=0.1)
    assert ("refused", "kink") == (found.gradient_check.verdict, found.gradient_check.reason)
    assert pytest.approx({"x": 0.5}) == found.at


@pytest.mark.parametrize(
    ("f", "start", "options", "error", "words"),
    [
        ("x^2 +", None, {}, DerivkitError, "operand"),
        ("3", None, {}, UsageError, "no variable"),
        ("x*log(x)", "x=-1", {}, Refusal, "log(x) needs x > 0"),
        ("sqrt(x)", "x=0", {}, Refusal, "slope is infinite"),
        ("x^2", "y=1", {}, PointError, "y is not a variable"),
        ("x*y", "x=1", {}, PointError, "no value for y"),
        ("x*y", [1.0], {}, PointError, "2 finite numbers"),
        ("x^2", "x=2", {"bounds": "x=0..1"}, PointError, "outside the bounds"),
        ("x^2", None, {"bounds": {"x": (1, 0)}}, PointError, "not in order"),
        ("x^2", None, {"bounds": "z=0.."}, PointError, "z is not a variable"),
        ("x^2", "x=2", {"method": "adams"}, UsageError, "no method"),
        ("x^2", "x=2", {"method": "newton", "lr": 0.1}, UsageError, "does not heed"),
        ("x^2", "x=2", {"method": "bfgs", "bounds": "x=0.."}, UsageError, "bounds"),
        ("x^3", "x=2", {"method": "lm"}, UsageError, "not written as a sum of squares"),
        ("x^2", "x=2", {"method": "gd", "lr": -1.0}, UsageError, "positive"),
        ("x^2", "x=2", {"method": "gd", "lr": 0.1, "schedule": "cosin:5"}, UsageError, "schedule"),
        ("x^2", "x=2", {"tol": 2.0}, UsageError, "tolerance"),
        ("x^2", "x=2", {"steps": 0}, UsageError, "steps"),
        ("x^2", "x=2", {"multistart": -1}, UsageError, "starts"),
        ("x^2", "x=2", {"compare": ["gd"], "multistart": 5}, UsageError, "one start"),
        ("x^2", "x=2", {"compare": ["gd"], "method": "newton"}, UsageError, "newton is named besides"),
        ("x^2", "x=2", {"seed": -1, "multistart": 5}, UsageError, "must not be negative"),
        ("x^2", "x=2", {"seed": 3}, UsageError, "a seed is for several starts"),
        ("x^2", "x=2", {"compare": ["newton"], "lr": 0.1}, UsageError, "none of the methods"),
        (lambda x: np.sum(x), None, {}, PointError, "needs a start"),
        (lambda x: x, [1.0, 2.0], {}, UsageError, "one real number"),
        (lambda x: np.sum(x), [math.nan], {}, PointError, "finite"),
        (lambda x: np.sum(x), ["a"], {}, PointError, "no array of real numbers"),
        (lambda x: np.sum(x), [1j], {}, PointError, "no array of real numbers"),
        (lambda x: np.sum(x), [1.0], {"bounds": 3}, PointError, "two arrays"),
        (lambda x: np.sum(x), [1.0], {"bounds": ([0, 0, 0], 5)}, PointError, "two arrays"),
        (lambda x: np.sum(np.log(x)), [-1.0], {}, Refusal, "no finite value"),
        (17, None, {}, UsageError, "not int"),
    ],
)
def test_what_cannot_be_done_is_said(f: Any, start: Any, options: dict[str, Any], error: type[DerivkitError], words: str) -> None:
    with pytest.raises(error) as caught:
        dk.minimize(f, start, **options)
    assert words in f"{caught.value.message} {caught.value.hint}"


def test_nothing_is_computed_twice_at_one_place() -> None:
    counted = Counted(Formula(parse("x^2").graph))
    x = np.array([2.0])
    for _ in range(3):
        counted(x)
        counted.hessian(x)
    assert (1, 1, 1, 4.0) == (counted.functions, counted.gradients, counted.hessians, counted.value(x))
    counted(np.array([3.0]))
    assert 2 == counted.functions


def test_a_long_way_is_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivkit.minimizing.track.MOST_NUMBERS", 100)
    track = Track()
    for step in range(1001):
        track(step, Place(np.array([float(step)]), float(step), np.zeros(1)))
    path = track.path(Place(np.array([1000.0]), 1000.0, np.zeros(1)), 1000)
    assert (0, 1000, True) == (path.step[0], path.step[-1], len(path) <= 101)
    assert np.array_equal(path.step, path.value)


def test_progress_is_told() -> None:
    told: list[tuple[int, float]] = []
    found = dk.minimize(ROSENBROCK, "x=-1.2,y=1", progress=lambda step, value: told.append((step, value)))
    assert (found.iterations, found.value) == told[-1]
