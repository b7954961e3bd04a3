"""The health of formulas: published failures and their well-behaved neighbours, what is blamed, what is proposed, what is refused.

Higham: Accuracy and Stability of Numerical Algorithms, 2nd ed. (SIAM 2002). Goldberg: What every computer scientist should know
about floating-point arithmetic, ACM Computing Surveys 23 (1991) 5.
"""

from __future__ import annotations

import math
import sys

import mpmath
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

import derivkit as dk
from derivkit.checking.survey import survey
from derivkit.conditioning import rewrite
from derivkit.conditioning.blame import SMALLEST
from derivkit.conditioning.elsewhere import does_harm
from derivkit.conditioning.measure import DIGITS, Formula, node_balls
from derivkit.conditioning.ranges import ranges
from derivkit.conditioning.rewrite import alternatives
from derivkit.errors import BudgetError, MissingRuleError, PointError, UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.collect import collected
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text
from derivkit.functions import precision
from derivkit.functions.stable import STABLE_FORMS, SUGGESTED_FORMS
from tests.conftest import Run, document

TAYLOR = "1" + "".join(
    f" + x^{k}/{math.factorial(k)}" for k in range(1, 80)
)  # exp by its series: Forsythe, Pitfalls in computation (1970), 3

# text, point, verdict, digits that the function keeps, where they go, what is proposed
FAILING = [
    ("1-cos(x)", {"x": 1e-8}, "cancellation", 0, "1 - cos(x)", "2*sin(x/2)^2"),  # Higham 1.7
    ("(1-cos(x))/x^2", {"x": 1.2e-8}, "cancellation", 0.3, "1 - cos(x)", "2*sin(x/2)^2/x^2"),  # Higham 1.7
    ("(exp(x)-1)/x", {"x": 1e-9}, "cancellation", 7.1, "exp(x) - 1", "expm1(x)/x"),  # Higham 1.14.1
    ("(exp(x)-1)/x", {"x": 1e-15}, "cancellation", 1.0, "exp(x) - 1", "expm1(x)/x"),
    ("log(1+x)", {"x": 1e-15}, "amplification", 1.0, "log(1 + x)", "log1p(x)"),  # Goldberg, theorem 4
    ("sqrt(x+1)-sqrt(x)", {"x": 1e12}, "cancellation", 5.1, "sqrt(x + 1) - sqrt(x)", "1/(sqrt(x + 1) + sqrt(x))"),
    ("x^2-y^2", {"x": 1 + 1e-8, "y": 1}, "cancellation", 8.3, "x^2 - y^2", "(x - y)*(x + y)"),  # Goldberg 1.4
    ("(-b-sqrt(b^2-4*a*c))/(2*a)", {"a": 1, "b": -1e8, "c": 1}, "cancellation", 0.6, "-b - sqrt(b^2 - 4*a*c)",
     "piecewise((4*a*c/(sqrt(b^2 - 4*a*c) - b), b < 0), (-b - sqrt(b^2 - 4*a*c), true))/(2*a)"),  # Higham 1.8
    ("(1+1/n)^n", {"n": 1e10}, "amplification", 7.1, "(1 + 1/n)^n",
     "piecewise((exp(n*log1p(1/n)), abs(1/n) < 0.5), ((1 + 1/n)^n, true))"),  # Higham 1.11, Goldberg 1.4
    ("log(1+exp(x))", {"x": 800}, "overflow", 0, "exp(x)", "softplus(x)"),
    ("sqrt(x^2+y^2)", {"x": 1e200, "y": 1}, "overflow", 0, "x^2", "hypot(x, y)"),
    ("exp(x)*exp(-x)*x", {"x": -800}, "underflow", 0, "exp(x)", "x"),
    ("x - sin(x)", {"x": 1e-4}, "cancellation", 7.5, "x - sin(x)", None),
    (TAYLOR, {"x": -20}, "cancellation", 0.4, "a sum", None),
    ("log(1-exp(-x))", {"x": 1e-10}, "cancellation", 8.4, "1 - exp(-x)",
     "piecewise((log(-expm1(-x)), -x > (-log(2))), (log1p(-exp(-x)), true))"),  # Maechler (2012)
    ("log(x^2)", {"x": 1e200}, "overflow", 0, "x^2", "2*log(abs(x))"),
    ("log(x*y)", {"x": 1e200, "y": 1e200}, "overflow", 0, "x*y",
     "piecewise((log(abs(x)) + log(abs(y)), abs(log(x*y)) > 700), (log(x*y), true))"),
    ("exp(x)^(1/2)", {"x": 800}, "overflow", 0, "exp(x)", "exp(x*0.5)"),
    ("(x+1)-x", {"x": 1e17}, "cancellation", 0, "x + 1 - x", "1"),
    ("(exp(x)-exp(-x))/2", {"x": 1e-9}, "cancellation", 7.6, "exp(x) - exp(-x)", "sinh(x)"),
    ("sin(x+h)-sin(x)", {"x": 1, "h": 1e-12}, "cancellation", 4.1, "sin(x + h) - sin(x)", None),
    ("log(x+1)-log(x)", {"x": 1e10}, "cancellation", 4.8, "log(x + 1) - log(x)",
     "piecewise((log1p(1/x), 1 < x/2), (log1p(x) - log(x), true))"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "verdict", "kept", "operation", "better"), FAILING, ids=lambda value: str(value)[:20])
def test_published_failures(text, at, verdict, kept, operation, better):
    found = dk.health(text, at=at)
    assert verdict == found.verdict, found.message
    assert kept == pytest.approx(found.function.kept, abs=0.25)
    assert DIGITS - found.function.kept == pytest.approx(found.function.to_formula + found.function.to_conditioning)
    assert found.function.to_formula >= 3
    if operation is not None:
        assert operation == found.function.loss.text
    if better is not None:
        assert better == to_text(found.rewrite.graph)
        assert found.rewrite.digits_after > 15


def test_computed_values_are_those_that_were_published():
    """Higham 1.7 and table 1.2, and 0.770988..., the double-precision value of the first."""
    assert 0.7709882115452477 == dk.health("(1-cos(x))/x^2", at={"x": 1.2e-8}).function.computed
    assert "1.000000082740371" == repr(dk.health("(exp(x)-1)/x", at={"x": 1e-9}).function.computed)
    assert "1.110223024625156" == repr(dk.health("(exp(x)-1)/x", at={"x": 1e-15}).function.computed)[:17]


HEALTHY = [
    ("1-cos(x)", {"x": 2}), ("log(1+x)", {"x": 3}), ("(exp(x)-1)/x", {"x": 2}), ("sqrt(x+1)-sqrt(x)", {"x": 0.5}),
    ("x^2-y^2", {"x": 3, "y": 1}), ("(-b-sqrt(b^2-4*a*c))/(2*a)", {"a": 1, "b": 1e8, "c": 1}), ("(1+1/n)^n", {"n": 3}),
    ("log(1+exp(x))", {"x": 1}), ("sqrt(x^2+y^2)", {"x": 3, "y": 4}), ("2*sin(x/2)^2", {"x": 1e-8}), ("log1p(x)", {"x": 1e-15}),
    ("softplus(x)", {"x": 800}), (TAYLOR, {"x": 5}), ("exp(-x)", {"x": 800}), ("sin(x)", {"x": 0}),
    ("x*y + 1", {"x": 2, "y": 3}), ("2", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at"), HEALTHY, ids=lambda value: str(value)[:30])
def test_well_behaved_neighbours_are_healthy(text, at):
    found = dk.health(text, at=at)
    assert "healthy" == found.verdict, found.message
    assert found.function.to_formula < 1


# text, point, condition number from the closed form |x f'/f|
ILL_CONDITIONED = [
    ("tan(x)", {"x": 1.5707963267948966}, 1.5707963267948966 * 1.633123935319537e16),
    ("log(x)", {"x": 1 + 2**-52}, 2**52),
    ("sin(x)", {"x": 3.141592653589793}, 3.141592653589793 / 1.2246467991473532e-16),
    ("x - 1", {"x": 1 + 2**-40}, 2**40),
    ("x - 0.1", {"x": 0.1}, 0.1 / 5.551115123125783e-18),
]


@pytest.mark.parametrize(("text", "at", "condition"), ILL_CONDITIONED)
def test_what_is_ill_conditioned_is_not_blamed_on_the_formula(text, at, condition):
    found = dk.health(text, at=at)
    assert "ill_conditioned" == found.verdict
    assert condition == pytest.approx(found.function.condition, rel=1e-3)
    assert found.function.to_formula < 1
    assert found.rewrite is None


def test_a_derivative_may_lose_digits_that_the_function_keeps():
    found = dk.health("expm1(x)/x", at={"x": 1e-9})
    assert ("cancellation", DIGITS) == (found.verdict, found.function.kept)
    assert found.derivative[0].to_formula > 3
    assert "the derivative in x" in found.message


def test_condition_numbers_of_every_variable_and_of_the_derivative():
    found = dk.health("x^3*y", at={"x": 2, "y": 5})
    assert {"x": 3.0, "y": 1.0} == found.function.conditions
    assert [("x", {"x": 2.0, "y": 1.0}), ("y", {"x": 3.0, "y": 0.0})] == [(r.wrt, r.conditions) for r in found.derivative]
    zero = dk.health("3*sin(x)", at={"x": 0}).function
    assert (False, {"x": 3.0}, 0.0) == (zero.relative, zero.conditions, zero.condition)


@given(st.floats(-300, 2).map(lambda k: 10.0**k))
def test_digits_kept_are_those_that_mpmath_counts(x):
    with mpmath.workdps(700):
        truth = mpmath.expm1(mpmath.mpf(x))
        error = abs((mpmath.mpf(math.exp(x) - 1) - truth) / truth)
        expected = min(DIGITS, -float(mpmath.log10(error))) if error else DIGITS
    assert max(expected, 0) == pytest.approx(Formula(parse("exp(x) - 1").graph).readings({"x": x})[0].kept, abs=1e-6)


REFUSED = [
    ("abs(x)", {"x": 0}, "kink"), ("log(x)", {"x": -1}, "outside_domain"), ("1/x", {"x": 0}, "pole"),
    ("sin(x)/x", {"x": 0}, "removable"), ("floor(x)", {"x": 2}, "jump"), ("sqrt(x)", {"x": 0}, "infinite_slope"),
    ("cbrt(x)", {"x": 0}, "infinite_slope"), ("exp(x)", {"x": 800}, "overflow"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "reason"), REFUSED)
def test_where_there_is_nothing_to_measure_it_is_refused(text, at, reason):
    found = dk.health(text, at=at)
    assert ("refused", reason) == (found.verdict, found.reason)
    assert found.function is None


def test_a_kink_that_is_none_is_not_refused():
    assert "healthy" == dk.health("max(x, 0) - max(-x, 0)", at={"x": 0}).verdict


LETTERS = (-3.5, -2.0, -1.0, -0.9, -0.5, -1e-9, 0.0, 1e-12, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 7.5, 40.0)


def _points(names):
    import itertools
    import random

    every = list(itertools.product(LETTERS, repeat=len(names)))
    chosen = every if len(every) <= 256 else random.Random(0).sample(every, 256)
    return [dict(zip(names, point, strict=True)) for point in chosen]


@pytest.mark.parametrize("form", [*STABLE_FORMS, *SUGGESTED_FORMS], ids=lambda form: form[0])
def test_every_form_is_an_identity_wherever_its_left_side_is_defined(form):
    """In balls of 300 bits: a difference beyond the 80th digit would show."""
    left, right = (parse(text).graph for text in form)
    met = 0
    with precision(300):
        for at in _points(left.variables):
            values = node_balls(left, at)
            undefined = any(s.kind in ("outside_domain", "pole") for s in survey(left, values, ()))
            if values[left.root].is_finite() and not undefined:
                met += 1
                other = node_balls(right, at)[right.root]
                assert other.is_finite(), at
                assert values[left.root].overlaps(other), at
                assert abs(values[left.root] - other) <= arb(2) ** -200 * (1 + abs(other)), at
    assert met > (3 if left.variables else 0)


@pytest.mark.parametrize("form", SUGGESTED_FORMS, ids=lambda form: form[0])
def test_no_form_is_far_worse_anywhere(form):
    """At all sizes and ratios of its letters, by a digit at most, but for what rounding the letters costs in any case."""
    typed, suggested = (Formula(parse(text).graph) for text in form)
    assert not does_harm(Formula(suggested.graph, typed.variables), typed)


# forms that were proposed once; each is worthless at some place far from where it helps
HARMFUL = [
    ("log(x) - log(y)", "piecewise((log1p((x - y)/y), y > 0))"),  # -inf at x = 1e-20, y = 1
    ("exp(x) - exp(y)", "2*exp((x + y)/2)*sinh((x - y)/2)"),  # inf at x = 700, y = -800
    ("sin(x) - sin(y)", "2*cos((x + y)/2)*sin((x - y)/2)"),  # x + y is y at x = 1, y = 1e200
    ("tan(x) - tan(y)", "sin(x - y)/(cos(x)*cos(y))"),
    ("1/x - 1/y", "(y - x)/(x*y)"),  # x*y underflows at 1e-300
    ("1 - cos(x)", "x^2/2"),
    ("log(x*y)", "log(abs(x)) + log(abs(y))"),  # cancels where x*y is nearly 1
]


@pytest.mark.parametrize(("typed", "other"), HARMFUL)
def test_harm_done_elsewhere_is_noticed(typed, other):
    graph = parse(typed).graph
    assert does_harm(Formula(parse(other).graph, graph.variables), Formula(graph))


def test_what_does_harm_elsewhere_is_never_proposed(monkeypatch):
    monkeypatch.setattr(rewrite, "SUGGESTED_FORMS", (("exp(A) - exp(B)", "2*exp((A + B)/2)*sinh((A - B)/2)"),))
    assert dk.health("exp(x) - exp(y)", at={"x": 1, "y": 1 + 1e-9}).rewrite is None


# text, where it is proposed, and where it must not do harm: the digits of the proposal in plain doubles, against mpmath
FAR = [
    ("log(x) - log(y)", {"x": 1e10, "y": 1e10 + 1}, {"x": 1e-20, "y": 1.0}, lambda x, y: mpmath.log(x) - mpmath.log(y)),
    ("exp(x) - exp(y)", {"x": 1, "y": 1 + 1e-10}, {"x": 700.0, "y": -800.0}, lambda x, y: mpmath.exp(x) - mpmath.exp(y)),
]


@pytest.mark.parametrize(("text", "near", "far", "truth"), FAR)
def test_a_proposal_is_right_far_away(text, near, far, truth):
    graph = dk.health(text, at=near).rewrite.graph
    with mpmath.workdps(60):
        assert float(truth(mpmath.mpf(far["x"]), mpmath.mpf(far["y"]))) == pytest.approx(evaluate(graph, far), rel=1e-14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x + 1) - x", "1"), ("x - (x - h)", "h"), ("2*sin(x)/2", "sin(x)"), ("(x + y)/2 - x/2", "y/2"), ("-(-(x - 3))", "x - 3"),
        ("x*y - x", "x*y - x"), ("x - x", "0"), ("piecewise((1, x + 1 > x), (2, true))", "1"), ("3*x + y - 3*x + 2", "y + 2"),
        ("sqrt((x + 1) - x + y)", "sqrt(1 + y)"),
    ],
)  # fmt: skip
def test_what_cancels_exactly_is_left_out(text, expected):
    assert parse(expected).graph == collected(parse(text).graph)


@given(st.lists(st.tuples(st.sampled_from(["x", "y", "sin(x)", "1", "x*y"]), st.integers(-3, 3)), min_size=1, max_size=8))
def test_collecting_changes_no_value(terms):
    graph = parse(" + ".join(f"({factor})*({term})/2" for term, factor in terms)).graph
    at = {"x": 0.75, "y": -1.25}
    assert evaluate(graph, at) == pytest.approx(evaluate(collected(graph), at), rel=1e-14, abs=1e-14)


def test_a_form_that_is_no_identity_is_never_proposed(monkeypatch):
    monkeypatch.setattr(rewrite, "SUGGESTED_FORMS", (("sin(A) - sin(B)", "-2*cos((A + B)/2)*sin((A - B)/2)"),))
    assert dk.health("sin(x)-sin(y)", at={"x": 1 + 1e-9, "y": 1}).rewrite is None


def test_a_rewrite_that_changes_the_domain_is_never_proposed(monkeypatch):
    monkeypatch.setattr(rewrite, "SUGGESTED_FORMS", (("log(A) - log(B)", "log1p((A - B)/B)"),))
    assert dk.health("log(x+1)-log(x)", at={"x": 1e10}).rewrite is None


def test_what_measures_no_better_is_not_proposed():
    assert dk.health("x^2-y^2", at={"x": 3, "y": 1}).rewrite is None
    assert ["(x - y)*(x + y)"] == [to_text(graph) for graph in alternatives(parse("x^2-y^2").graph)]


RANGES = [
    ("log(1+exp(x))", {"x": 1.0}, [("x", math.nextafter(math.log(sys.float_info.max), 1e3), None, "overflow")]),
    ("log(cosh(x))", {"x": 1.0}, [("x", None, -710.475860073944, "overflow"), ("x", 710.475860073944, None, "overflow")]),
    ("gamma(x+1)/gamma(x)", {"x": 2.0}, [("x", 170.62437695630274, None, "overflow")]),
    ("sin(x)", {"x": 1.0}, []),
    ("exp(x)", {"x": 1.0}, []),
    ("1-cos(x)", {"x": 1.0}, []),
    ("softplus(x)", {"x": 1.0}, []),
]


@pytest.mark.parametrize(("text", "at", "expected"), RANGES)
def test_ranges_of_overflow(text, at, expected):
    assert expected == [(r.variable, r.low, r.high, r.loss.kind) for r in ranges(parse(text).graph, at)]


def test_a_range_ends_at_the_last_double_that_fails():
    graph = parse("sqrt(x^2 + y^2)").graph
    for found in ranges(graph, {"x": 1.0, "y": 1.0}):
        for edge, inside in ((found.low, math.inf), (found.high, -math.inf)):
            if edge is not None:
                at = {"x": 1.0, "y": 1.0, found.variable: edge}
                assert math.isinf(evaluate(graph, at))
                assert math.isfinite(evaluate(graph, at | {found.variable: math.nextafter(edge, -inside)}))


def test_a_region_is_judged_at_its_worst_point():
    found = dk.health("log(1+exp(x))", on={"x": (-1000, 1000)})
    assert found.verdict in ("amplification", "overflow")
    assert [("x", 709.782712893384, None)] == [(r.variable, r.low, r.high) for r in found.overflow] or found.overflow[
        0
    ].low > 709.78
    assert "softplus(x)" == to_text(found.rewrite.graph)
    assert found.pieces[0].low == -1000
    assert found.pieces[-1].high == 1000
    assert all(piece.rewritten > 15 for piece in found.pieces)
    assert min(piece.kept for piece in found.pieces) == 0


def test_a_region_counts_the_points_that_it_leaves_out():
    found = dk.health("log(x)", on={"x": (-1, 0.9)})
    assert "healthy" == found.verdict
    assert found.refused > 10
    assert ("refused", "outside_domain") == (
        dk.health("log(x)", on={"x": (-2, -1)}).verdict,
        dk.health("log(x)", on={"x": (-2, -1)}).reason,
    )


def test_a_rewrite_says_which_derivatives_it_harms():
    found = dk.health("x^2-y^2", on={"x": (0, 1), "y": (0, 1)})
    assert "cancellation" == found.verdict
    assert ("x", "y") == found.rewrite.worse


def test_results_too_small_for_a_double_are_right_where_they_are_near():
    assert DIGITS == dk.health("exp(-x)", at={"x": 740}).function.kept
    assert 0 < dk.health("exp(-x)", at={"x": 740}).function.value < SMALLEST


def test_a_verdict_is_no_yes_or_no():
    with pytest.raises(TypeError, match="compare"):
        bool(dk.health("x", at={"x": 1}))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, UsageError), ({"at": {"x": 1}, "on": {"x": (0, 1)}}, UsageError), ({"at": {"y": 1}}, PointError),
        ({"on": {"x": (1, 0)}}, PointError), ({"on": {"x": 1}}, PointError), ({"at": {"x": math.nan}}, PointError),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_an_error(arguments, error):
    with pytest.raises(error):
        dk.health("x^2", **arguments)


def test_budgets_and_missing_rules_are_refusals():
    with pytest.raises(BudgetError, match="12 variables"):
        dk.health("+".join(f"x{k}" for k in range(13)), at={f"x{k}": 1 for k in range(13)})
    with pytest.raises(MissingRuleError):
        dk.health("besselj(n, x)", at={"n": 1, "x": 1})


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("1-cos(x)", "--at", "x=1"), 0), (("1-cos(x)", "--at", "x=1e-8"), 1), (("1-cos(x)",), 2),
        (("x", "--at", "x=1", "--on", "x=0..1"), 2), (("abs(x)", "--at", "x=0"), 3), (("sin(x)", "--at", "x=1e22"), 0),
    ],
)  # fmt: skip
def test_the_exit_status_says_whether_the_formula_is_to_blame(run: Run, arguments, status):
    assert status == run("health", *arguments).exit_code


def test_the_document_is_strict_and_whole(run: Run):
    found = document(run("health", "log(1+exp(x))", "--at", "x=800", "--json"))
    assert "overflow" == found["verdict"]
    assert ("Infinity", 800.0, 0.0) == tuple(found["function"][key] for key in ("computed", "value", "digits_kept"))
    assert r"\operatorname{softplus}{\left(x \right)}" == found["rewrite"]["latex"]
    assert ["log(1 + exp(A)) = softplus(A)"] == found["rewrite"]["identities"]
    assert {"variable": "x", "high": None, "kind": "overflow", "operation": "exp(x)"}.items() <= found["overflow"][0].items()
