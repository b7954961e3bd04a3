"""The parts of the check: differences in balls, the survey of a point, samples, comparison, verdicts."""

from fractions import Fraction
from math import factorial

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit import answers
from derivkit.checking import sampling
from derivkit.checking.compare import NOBODY, best_value, confirming_families, odd_one_out
from derivkit.checking.differences import central, side_derivative, side_limit
from derivkit.checking.routes import Measured
from derivkit.checking.sampling import constant, sample
from derivkit.checking.survey import survey
from derivkit.enclose import enclosures
from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.functions import precision

EXACT = arb(2) ** -90


def graph_of(text):
    return parse(text).graph


def point(**at):
    return {name: constant(Fraction(x)) for name, x in at.items()}


@pytest.mark.parametrize(
    ("text", "wrt", "at", "expected"),
    [
        ("x^5", "xxx", {"x": 2}, 240),
        ("x^2*y^3", "xyy", {"x": 1, "y": 2}, 24),
        ("1/x", "xxxx", {"x": Fraction(1, 2)}, 24 * 2**5),
        ("log(x)", "x", {"x": Fraction(1, 1000)}, 1000),
        ("sqrt(x)", "x", {"x": Fraction(1, 10**6)}, 500),
        ("atan(10000*x)", "x", {"x": Fraction(1, 10**4)}, 5000),
        ("atan(10^12*x)", "x", {"x": 0}, 10**12),
        ("log(x)", "x" * 20, {"x": 1}, -factorial(19)),
        ("exp(x*y)", "xy", {"x": 0, "y": 0}, 1),
    ],
)
def test_central_differences_hold_their_bound(text, wrt, at, expected):
    limit = central(graph_of(text), point(**at), tuple(wrt))
    with precision(300):
        assert abs(limit.value - expected) <= limit.error
        assert limit.error <= abs(arb(expected)) * 2.0**-24


def test_differences_next_to_the_edge_of_the_world_are_not_invented():
    assert central(graph_of("sqrt(x)"), point(x=0), ("x",)).value is None


@pytest.mark.parametrize(
    ("text", "at", "left", "right"),
    [("abs(x)", 0, -1, 1), ("x*abs(x)", 0, 0, 0), ("max(x, 2x)", 0, 1, 2), ("abs(x)^(4/3)", 0, 0, 0)],
)
def test_one_sided_slopes(text, at, left, right):
    graph = graph_of(text)
    value = lambda: arb(0)  # noqa: E731  # the value at the kink
    for side, expected in ((-1, -left), (1, right)):
        slope = side_derivative(graph, point(x=at), {"x": side}, 1, value)
        assert slope.kind == "finite"
        assert abs(slope.value - expected) <= slope.error + EXACT


def test_limits_from_one_side():
    assert side_limit(graph_of("sign(x)"), point(x=0), {"x": 1}).value == 1
    assert side_limit(graph_of("1/x"), point(x=0), {"x": 1}).kind == "infinite"
    assert side_limit(graph_of("log(x)"), point(x=0), {"x": -1}).kind == "undefined"


@pytest.mark.parametrize(
    ("text", "at", "kinds"),
    [
        ("abs(x)", {"x": 0}, ["kink"]),
        ("abs(x)", {"x": 1}, []),
        ("1/(x-1)", {"x": 1}, ["pole"]),
        ("log(x)", {"x": -1}, ["outside_domain"]),
        ("sqrt(x)", {"x": 0}, ["infinite_slope"]),
        ("x^2", {"x": 0}, []),
        ("piecewise((log(x), x > 1), (x, true))", {"x": -1}, []),
        ("abs(y)*x", {"x": 1, "y": 0}, []),
        ("abs(x)+abs(2)", {"x": 1}, []),
        ("floor(x)", {"x": 3}, ["jump"]),
    ],
)
def test_the_survey_suspects_what_the_table_knows(text, at, kinds):
    graph = graph_of(text)
    with precision(256):
        assert kinds == [s.kind for s in survey(graph, enclosures(graph, point(**at)), ("x",))]


@pytest.mark.parametrize("text", ["log(x)", "asin(x)", "sqrt(1-x^2-y^2)", "1/sqrt(x-5)", "acosh(x)", "log(-x)", "gamma(x)"])
def test_samples_lie_in_the_domain(text):
    graph = graph_of(text)
    points = sample(graph, graph.variables, 5)
    assert len(points) == 5
    for place in points:
        assert enclosures(graph, place)[graph.root].is_finite()
    assert points == sample(graph, graph.variables, 5)


@pytest.mark.parametrize(
    ("text", "most"),
    [("abs(x)*log(2 + x^2)", 7), ("1000/(9 + x^2)", 5), ("abs(x) + abs(y)", 9)],
)
def test_few_samples_are_looked_at_in_balls(monkeypatch, text, most):
    looks = []
    monkeypatch.setattr(sampling, "enclosures", lambda *given: looks.append(given) or enclosures(*given))
    graph = graph_of(text)
    assert len(sample(graph, graph.variables, 5)) >= 5
    assert 5 <= len(looks) <= most


@pytest.mark.parametrize(("text", "kink"), [("abs((10^20 + x) - 10^20)", 0), ("abs((10^20 + x) - 10^20 - 50)", 50)])
def test_samples_do_not_trust_floats_where_digits_cancel(text, kink):
    """In floats the first has no sign, the second is -50 everywhere."""
    sides = {evaluate(at["x"], {}) > kink for at in sample(graph_of(text), ("x",), 5)}
    assert sides == {True, False}


def test_no_sample_where_nothing_is_defined():
    verdict = answers.check(graph_of("sqrt(-1-x^2)"), ("x",))
    assert ("refused", "outside_domain", 0) == (verdict.verdict, verdict.reason, verdict.points)


def measured(**values):
    return [Measured(route, None if x is None else arb(x), arb(1e-20)) for route, x in values.items()]


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ({"symbolic": 1, "tape": 1, "differences": 1}, None),
        ({"symbolic": 2, "tape": 1, "differences": 1}, "symbolic"),
        ({"symbolic": 1, "tape": 2, "differences": 1}, "tape"),
        ({"symbolic": 1, "tape": 2, "jets": 2, "differences": 1}, "tape"),
        ({"symbolic": 1, "tape": 1, "jets": 2, "differences": 1}, "jets"),
        ({"symbolic": 1, "tape": 1, "jets": 1, "differences": 2}, "differences"),
        ({"symbolic": 1, "tape": 2, "differences": 3}, NOBODY),
        ({"symbolic": 1, "tape": None, "differences": 2}, NOBODY),
        ({"symbolic": None, "tape": None, "differences": 2}, None),
    ],
)
def test_the_odd_one_out(values, odd):
    assert odd == odd_one_out(measured(**values))


def test_two_families_are_needed_to_confirm():
    assert {"rules"} == confirming_families(measured(tape=1, jets=1))
    assert {"rules", "differences"} == confirming_families(measured(tape=1, differences=1))
    vague = [Measured("tape", arb(1), arb(0.1))]
    assert set() == confirming_families(vague)


def test_the_best_value_leaves_the_odd_one_out():
    assert best_value(measured(symbolic=2, tape=1, differences=1), without="symbolic") == 1
    assert best_value(measured(symbolic=2, differences=1), without=NOBODY) is None


def test_a_verdict_is_not_a_bool():
    with pytest.raises(TypeError, match="not a yes or a no"):
        bool(answers.check(graph_of("x^2"), ("x",)))


def test_a_verdict_names_every_route():
    verdict = answers.check(graph_of("log(1+exp(x))"), ("x",) * 3)
    assert ["symbolic", "tape", "jets", "enclosure", "differences"] == [route.name for route in verdict.routes]
    assert all(route.max_relative_error <= max(route.error_bound, 1e-25) for route in verdict.routes)
    assert verdict.points == 5


@settings(max_examples=25, deadline=None)
@given(st.integers(-40, 40), st.integers(1, 40), st.sampled_from(["x^3 - 2x", "sin(x)/(x^2 + 1)", "exp(-x^2/8)", "atan(3x)*x"]))
def test_tape_and_formula_agree_everywhere(p, q, text):
    answer = answers.diff(graph_of(text), ("x",), at=point(x=Fraction(p, q)))
    assert "agree" == answer.check.verdict, answer.check.message


def test_messages_say_the_formula_and_the_point():
    verdict = answers.check(graph_of("y/(x - 1)"), ("x",), at=parse_point("x=1,y=2"))
    assert "needs x - 1 != 0" in verdict.message
    assert "x = 1" in verdict.message
    assert {"x": 1.0, "y": 2.0} == verdict.witness
