"""What a check shows beside its verdict: Taylor remainders, float differences, digits lost, kinks, who agrees with whom."""

import math

import pytest
from flint import arb

import derivkit as dk
from derivkit.checking.conventions import conventions
from derivkit.checking.evidence import BITS, taylor_order
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.functions import precision


@pytest.mark.parametrize("error", [1e-2, 1e-6, 1e-12, 1e-18])
def test_the_taylor_remainder_tells_a_wrong_derivative_however_little_it_is_off(error):
    graph, point = parse("exp(x)").graph, parse_point("x=0")
    with precision(BITS):
        assert 2 == pytest.approx(taylor_order(graph, "x", point, arb(1)), abs=1e-6)
        assert 1 == pytest.approx(taylor_order(graph, "x", point, 1 + arb(error)), abs=1e-3)


def test_nothing_is_left_of_a_straight_line():
    with precision(BITS):
        assert math.isinf(taylor_order(parse("3x + 1").graph, "x", parse_point("x=2"), arb(3)))
    assert math.isinf(dk.check("3x + 1", at={"x": 2}).evidence.taylor_order)


def test_errors_of_float_differences_fall_with_the_step_and_grow_again():
    steps = dk.check("sin(x)", at={"x": 1}).evidence.steps
    assert 6 == len(steps)
    for step in steps:
        expected = 1 - math.sin(step.step) / step.step if step.step > 1e-5 else step.step**2 / 6  # of a central difference
        assert expected == pytest.approx(step.truncation, rel=1e-2, abs=1e-15)
    assert steps[-1].rounding > 1e4 * steps[0].rounding


def test_truncation_follows_the_square_of_the_step_and_rounding_its_inverse():
    truncation, rounding = dk.check("exp(x)", at={"x": 1.3}).evidence.slopes
    assert 2 == pytest.approx(truncation, abs=0.01)
    assert -1 == pytest.approx(rounding, abs=0.3)


def test_digits_lost_are_measured_against_many_digits():
    value, derivative = dk.check("1-cos(x)", at={"x": 1e-6}).evidence.digits_lost
    assert 11.5 < value < 12.5  # 1 - cos(1e-6) = 5e-13 is known to 1e-16
    assert derivative < 1


def test_steps_that_leave_the_domain_are_left_out():
    steps = dk.check("log(x - 1)", at={"x": 1.001}).evidence.steps
    assert steps
    assert all(step.step < 0.001 for step in steps)


# function, point, slopes, what PyTorch 2.13.0, JAX 0.10.2 and TensorFlow 2.21.0 gave for the same operations
KINKS = [
    ("abs(x)", 0, (-1, 1), (0, 1, 0)),
    ("max(x, 0)", 0, (0, 1), (0.5, 0.5, 1)),
    ("max(0, x)", 0, (0, 1), (0.5, 0.5, 0)),
    ("min(x, 2x)", 0, (2, 1), (1.5, 1.5, 1)),
    ("relu(x)", 0, (0, 1), (0, 0, 0)),
    ("-abs(x - 1)", 1, (1, -1), (0, -1, 0)),
    ("sqrt(x^2)", 0, (-1, 1), (None, None, None)),
    ("x + 2*abs(x)", 0, (-1, 3), (1, 3, 1)),
    ("hypot(x, 0)", 0, (-1, 1), (None, 0.5, None)),
]


@pytest.mark.parametrize(("text", "x", "slopes", "frameworks"), KINKS)
def test_a_kink_has_two_slopes_all_between_and_a_convention_each(text, x, slopes, frameworks):
    found = dk.check(text, at={"x": x})
    assert ("refused", "kink", "kink") == (found.verdict, found.reason, found.cause)
    assert slopes == (found.kink.left, found.kink.right)
    assert (min(slopes), max(slopes)) == found.kink.interval
    assert (slopes[0] <= slopes[1]) == found.kink.subgradient
    assert frameworks == tuple(found.kink.conventions.values())


def test_conventions_are_of_one_variable():
    assert {"PyTorch": 0.5, "JAX": 0.5, "TensorFlow": 0.0} == conventions(parse("max(y, x)").graph, parse_point("x=1,y=1"), "x")


def test_who_agrees_with_whom_and_who_is_independent():
    found = {pair.routes: pair for pair in dk.check("sin(x)").agreements}
    assert 10 == len(found)
    assert all("agree" == pair.verdict for pair in found.values())
    assert not found["tape", "jets"].independent
    assert found["symbolic", "tape"].independent
    assert found["enclosure", "differences"].independent


def test_a_gradient_is_checked_whole_with_the_worst_entry_first():
    found = dk.check("x^2*sin(y)")
    assert ("agree", "right") == (found.verdict, found.cause)
    assert {("x",), ("y",)} == {entry.wrt for entry in found.entries}
    assert found.entries[0].worst >= found.entries[1].worst
    assert found.entries[0].wrt == found.evidence.wrt


def test_points_lie_in_the_region():
    found = dk.check("log(x)*y", on={"x": (2, 3), "y": (-1, 0)})
    assert "agree" == found.verdict
    for report in found.routes:
        assert 2 <= report.worst_at["x"] <= 3
        assert -1 <= report.worst_at["y"] <= 0
    assert "no point was found in the region" in dk.check("log(x)", on={"x": (-2, -1)}).message


# partial derivatives exist, and more or less of a tangent
PLANES = [
    ("piecewise((x^3*y/(x^6+y^2), x^2+y^2>0), (0, true))", "refused"),  # jumps along y = x^3 alone
    ("piecewise((x^2*y/(x^4+y^2), x^2+y^2>0), (0, true))", "refused"),  # jumps along parabolas
    ("piecewise((x^2*y/(x^2+y^2), x^2+y^2>0), (0, true))", "refused"),  # slopes in all directions, but no plane
    ("piecewise((x^3*y^3/(x^2+y^2), x^2+y^2>0), (0, true))", "agree"),
    ("x*abs(x) + y", "agree"),
    ("abs(x*y)", "agree"),  # |xy| <= (x^2 + y^2)/2
]


@pytest.mark.parametrize(("text", "verdict"), PLANES)
def test_a_gradient_needs_a_tangent_plane(text, verdict):
    assert verdict == dk.check(text, at={"x": 0, "y": 0}).verdict
