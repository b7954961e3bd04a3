"""The backward sweep, against closed forms and against itself in other arithmetics."""

import math
import threading

import numpy as np
import pytest
from flint import arb

from derivkit.errors import MissingRuleError
from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.functions import ARRAYS, BALLS, precision
from derivkit.tape.differentiate import derivative_graph, gradient_graph, value_and_gradient
from derivkit.tape.trace import contributions, trace

# text, point, gradient from the closed form or the source named
GRADIENTS = [
    ("x^2*y + sin(x*y)", {"x": 1, "y": 2}, {"x": 4 + 2 * math.cos(2), "y": 1 + math.cos(2)}),
    ("x^2 + y^2", {"x": 1, "y": 1}, {"x": 2, "y": 2}),  # DeZero, step 24, sphere
    ("0.26*(x^2 + y^2) - 0.48*x*y", {"x": 1, "y": 1}, {"x": 0.04, "y": 0.04}),  # DeZero, step 24, Matyas
    (
        "(1+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))",
        {"x": 1, "y": 1},
        {"x": -5376, "y": 8064},
    ),  # DeZero, step 24, Goldstein-Price
    ("100*(y-x^2)^2+(1-x)^2", {"x": 0, "y": 2}, {"x": -2, "y": 400}),  # DeZero, step 28
    ("(exp(x^2))^2", {"x": 0.5}, {"x": 3.297442541400256}),  # DeZero, step 4
    ("x^x", {"x": 0.5}, {"x": 0.216977709452}),
]


@pytest.mark.parametrize(("text", "at", "expected"), GRADIENTS)
def test_gradients_of_published_examples(text, at, expected):
    _, gradient = value_and_gradient(parse(text).graph, {name: float(x) for name, x in at.items()})
    assert expected == pytest.approx(gradient, rel=1e-11)


def test_the_program_of_micrograds_readme():
    c, d = "(a + b)", "(a*b + b^3)"
    c = f"({c} + ({c} + 1))"
    c = f"({c} + (1 + {c} + (-a)))"
    d = f"({d} + ({d}*2 + relu(b + a)))"
    d = f"({d} + (3*{d} + relu(b - a)))"
    f = f"({c} - {d})^2"
    g = f"{f}/2 + 10/{f}"
    value, gradient = value_and_gradient(parse(g).graph, {"a": -4.0, "b": 2.0})
    assert (24.70408163, 138.8338192, 645.5772595) == pytest.approx((value, gradient["a"], gradient["b"]), rel=1e-9)


def test_higher_orders_differentiate_the_sweep():
    graph = derivative_graph(parse("sin(x)*exp(x)").graph, ("x", "x"))
    assert 2 * math.exp(0.7) * math.cos(0.7) == pytest.approx(evaluate(graph, {"x": 0.7}), rel=1e-14)


def test_double_backpropagation():
    gx = derivative_graph(parse("x^2").graph, ("x",))
    assert 100 == pytest.approx(100 * evaluate(gx, {"x": 2.0}) / 4)
    z = parse("(2x)^3 + x^2").graph  # z = gx^3 + y with y = x^2: DeZero, step 36
    assert 100 == value_and_gradient(z, {"x": 2.0})[1]["x"]


def test_mixed_partials_commute():
    graph = parse("x^2*y^3 + exp(x*y)").graph
    at = {"x": 0.3, "y": -0.8}
    xyy, yxy = (evaluate(derivative_graph(graph, wrt), at) for wrt in (("x", "y", "y"), ("y", "x", "y")))
    assert xyy == pytest.approx(yxy, rel=1e-13)


def test_a_gradient_costs_a_small_multiple_of_the_function():
    text = "*".join(f"x{k}" for k in range(1, 201))
    graph = parse(text).graph
    assert len(gradient_graph(graph, graph.variables)) < 4 * len(graph)


def test_arrays_and_floats_and_balls_give_the_same_gradient():
    graph = parse("exp(-x^2)*sin(y) + piecewise((log(x), x > 1), (x^2, true))").graph
    points = [(0.5, 0.2), (2.0, -0.3), (-4.0, 1.0)]
    columns = {"x": np.array([x for x, _ in points]), "y": np.array([y for _, y in points])}
    _, arrays = value_and_gradient(graph, columns, ARRAYS)
    for k, (x, y) in enumerate(points):
        _, floats = value_and_gradient(graph, {"x": x, "y": y})
        with precision(100):
            _, balls = value_and_gradient(graph, {"x": arb(x), "y": arb(y)}, BALLS)
        for name in "xy":
            assert float(balls[name].mid()) == pytest.approx(floats[name], rel=1e-14)
            assert arrays[name][k] == pytest.approx(floats[name], rel=1e-14)


@pytest.mark.parametrize("x", [-1.0, 800.0, -800.0])
def test_a_branch_not_taken_sends_nothing_back(x):
    graph = parse("piecewise((sqrt(x)*exp(x), x > 1000), (x^3, true))").graph
    _, first = value_and_gradient(graph, {"x": x})
    _, arrays = value_and_gradient(graph, {"x": np.array([x])}, ARRAYS)
    assert 3 * x**2 == first["x"] == arrays["x"][0]
    assert 6 * x == evaluate(derivative_graph(graph, ("x", "x")), {"x": x})
    assert 6 * x == evaluate(derivative_graph(graph, ("x", "x")), {"x": np.array([x])}, ARRAYS)[0]


@pytest.mark.parametrize(
    "text",
    [
        "piecewise((x, sqrt(x) < 0), (2*x, true))",
        "piecewise((1, sqrt(x) < 0), (2, true))",
        "piecewise((x^2, x < log(x)), (x, x > 5))",
        "piecewise((piecewise((x^2, x < 5), (x^3, true)), log(x) > 1), (x, true))",
    ],
)
def test_a_condition_that_is_nan_selects_nothing(text):
    graph = parse(text).graph
    value, gradient = value_and_gradient(graph, {"x": -1.0})
    assert math.isnan(value)
    assert math.isnan(gradient["x"])
    value, gradient = value_and_gradient(graph, {"x": arb(-1)}, BALLS)
    assert value.is_nan()
    assert gradient["x"].is_nan()
    values, gradients = value_and_gradient(graph, {"x": np.array([-1.0, 4.0])}, ARRAYS)
    value, gradient = value_and_gradient(graph, {"x": 4.0})
    assert [math.nan, value] == pytest.approx(values, nan_ok=True)
    assert [math.nan, gradient["x"]] == pytest.approx(gradients["x"], nan_ok=True)


def test_a_condition_with_an_infinite_slope_sends_nothing_back():
    graph = parse("piecewise((x, sqrt(x) < 1), (2, true))").graph
    assert value_and_gradient(graph, {"x": np.zeros(1)}, ARRAYS)[1]["x"] == 1 == value_and_gradient(graph, {"x": 0.0})[1]["x"]


def test_ties_share_equally():
    _, gradient = value_and_gradient(parse("max(x, y, z)").graph, {"x": 1.0, "y": 1.0, "z": 0.0})
    assert {"x": 0.5, "y": 0.5, "z": 0.0} == gradient


def test_a_variable_the_graph_lacks_has_derivative_zero():
    assert value_and_gradient(parse("x^2").graph, {"x": 3.0, "y": 1.0}, wrt=("y",))[1] == {"y": 0.0}


def test_a_derivative_without_a_rule_is_refused_by_name():
    with pytest.raises(MissingRuleError, match=r"besselj.*argument n"):
        value_and_gradient(parse("besselj(n, 2)").graph, {"n": 1.5})


def test_a_long_chain_needs_no_recursion():
    depth = 20_000
    graph = parse("sin(" * depth + "x" + ")" * depth).graph
    value, gradient = value_and_gradient(graph, {"x": 0.5})
    expected, slope = 0.5, 1.0
    for _ in range(depth):
        slope *= math.cos(expected)
        expected = math.sin(expected)
    assert expected == value
    assert slope == pytest.approx(gradient["x"], rel=1e-10)


def test_threads_sweep_at_once():
    graph = parse("+".join(f"sin({k}*x)" for k in range(1, 200))).graph
    expected = value_and_gradient(graph, {"x": 0.3})
    found = []
    threads = [threading.Thread(target=lambda: found.append(value_and_gradient(graph, {"x": 0.3}))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_trace_shows_both_passes():
    nodes = trace(parse("sin(x^2)*exp(y)").graph, {"x": 1.0, "y": 2.0})
    table = {node.text: node for node in nodes}
    product, sine = nodes[-1], table["sin(v2)"]
    assert product.operation == "multiply"
    assert product.adjoint == 1.0
    assert sine.partials == pytest.approx((math.cos(1),))
    assert sine.adjoint == pytest.approx(math.exp(2))
    assert table["x"].adjoint == pytest.approx(2 * math.cos(1) * math.exp(2))
    assert table["2"].adjoint is None


@pytest.mark.parametrize(
    ("text", "at"),
    [(text, at) for text, at, _ in GRADIENTS] + [("max(x, y, x*y) + piecewise((x, y > 1), (y^y, true))", {"x": 1, "y": 1})],
)
def test_contributions_add_up_to_the_adjoints(text, at):
    nodes = trace(parse(text).graph, {name: float(x) for name, x in at.items()})
    totals = {nodes[-1].id: 1.0} | {step.target: step.total for step in contributions(nodes)}
    assert {node.id: node.adjoint for node in nodes if node.adjoint is not None} == totals
