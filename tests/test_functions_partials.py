"""Partial derivatives against differences of the values in balls, which never see a partial; and at the extremes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb

from derivkit.evaluate import evaluate
from derivkit.functions import ARRAYS, BALLS, FLOATS, Row, precision, row_named, table
from derivkit.selftest.examine import FLOOR, NEAR_A_ZERO, TOLERANCE, TOLERANCE_OF_SPECIAL, accurate
from derivkit.selftest.places import extremes, graph_of, is_lone
from derivkit.tape.differentiate import derivative_graph, value_and_gradient
from tests.function_points import SMOOTH, SPECIAL_GROUPS, label, movable, typical_points

BITS, DIFFERENCE_BITS = 300, 800
STEP = -160  # differences at 2^-160 are right to about 2^-320
SECOND_ORDER = [row for row in SMOOTH if movable(row)]


def partial_in(arithmetic: Any, row: Row, k: int, point: tuple[Any, ...]) -> Any:
    return arithmetic.partial(row.partials[k], arithmetic.function(row)(*point), point)


def difference(function: Callable[..., arb], k: int, point: tuple[float, ...]) -> arb:
    """The central difference of a function of balls in its k-th argument."""
    with precision(DIFFERENCE_BITS):
        step = arb(2) ** STEP
        sides = [function(*(arb(x) + sign * step * (j == k) for j, x in enumerate(point))) for sign in (1, -1)]
        return (sides[0] - sides[1]) / (2 * step)


def agree(value: arb, truth: arb) -> bool:
    return bool(abs(arb(value) - truth) < arb(2) ** -120 * (1 + abs(truth)))


@pytest.mark.parametrize("row", SMOOTH, ids=label)
def test_partials_are_the_slopes_of_the_values(row):
    for point in typical_points(row):
        for k in movable(row):
            slope = difference(BALLS.function(row), k, point)
            with precision(BITS):
                assert agree(partial_in(BALLS, row, k, tuple(map(arb, point))), slope), (point, k)


@pytest.mark.parametrize("row", SMOOTH, ids=label)
def test_partials_in_floats_and_arrays_are_those_in_balls(row):
    for point in typical_points(row):
        for k in movable(row):
            with precision(BITS):
                truth = float(arb(partial_in(BALLS, row, k, tuple(map(arb, point)))).mid())
            with ARRAYS.quiet():
                array = partial_in(ARRAYS, row, k, tuple(np.full(3, x) for x in point))
            close = pytest.approx(truth, rel=1e-13, abs=1e-15)
            assert close == float(partial_in(FLOATS, row, k, point))
            assert close == np.broadcast_to(array, 3)[1]


@pytest.mark.parametrize("row", SECOND_ORDER, ids=label)
def test_second_derivatives_are_the_slopes_of_the_partials(row):
    """The backward sweep written down as a graph, swept again: what the partials are made of has the right partials too."""
    for j in movable(row):
        for k in movable(row):
            second = derivative_graph(graph_of(row), (row.arguments[j], row.arguments[k]))
            for point in typical_points(row)[:3]:
                slope = difference(lambda *x, j=j: arb(partial_in(BALLS, row, j, x)), k, point)
                with precision(BITS):
                    value = evaluate(second, dict(zip(row.arguments, map(arb, point), strict=True)), BALLS)
                assert agree(value, slope), (point, j, k)


def test_root_has_a_slope_in_its_degree():
    row = row_named("root")
    for point in ((3.5, 2.5), (0.3, 4.25)):
        with precision(BITS):
            assert agree(partial_in(BALLS, row, 1, tuple(map(arb, point))), difference(BALLS.function(row), 1, point))


LONE = [row for row in SMOOTH if is_lone(row)]


def judge(row: Row, value: float, truth: arb) -> bool:
    """Whether a float is right: near the truth, or infinite where the truth is beyond the largest float."""
    expected = float(truth.mid())
    if math.isinf(expected):
        return not math.isfinite(value)
    tolerance = TOLERANCE_OF_SPECIAL if row.group in SPECIAL_GROUPS else TOLERANCE
    return abs(value - expected) <= max(tolerance * abs(expected), NEAR_A_ZERO.get(row.name, FLOOR))


@pytest.mark.parametrize("row", LONE, ids=label)
def test_values_and_slopes_at_the_extremes(row):
    """No NaN where the true derivative is finite, and a small relative error."""
    k = row.arity - 1
    for point in extremes(row):
        value = accurate(lambda p=point: BALLS.function(row)(*map(arb, p)))
        if value.is_finite():
            assert judge(row, FLOATS.function(row)(*point), value), point
        slope = accurate(lambda p=point: partial_in(BALLS, row, k, tuple(map(arb, p))))
        if slope.is_finite():
            assert judge(row, float(partial_in(FLOATS, row, k, point)), slope), point


@pytest.mark.parametrize("row", LONE, ids=label)
def test_curvature_at_the_extremes_is_a_number(row):
    """Second derivatives may lose digits where they are small, but are not NaN where the truth is a float."""
    second = derivative_graph(graph_of(row), (row.arguments[-1],) * 2)
    for point in extremes(row):
        truth = accurate(lambda p=point: evaluate(second, dict(zip(row.arguments, map(arb, p), strict=True)), BALLS))
        if truth.is_finite() and math.isfinite(float(truth.mid())):
            assert not math.isnan(evaluate(second, dict(zip(row.arguments, point, strict=True)))), point


PAIRS_AT_THE_EXTREMES = [
    ("hypot", (1e200, 1e200), (math.sqrt(0.5), math.sqrt(0.5))),
    ("hypot", (1e-200, 0.0), (1, 0)),
    ("hypot", (-300.0, 1e-300), (-1, 1e-300 / 300)),
    ("atan2", (1e200, 1e200), (5e-201, -5e-201)),
    ("atan2", (1e-200, -1e-200), (-5e199, -5e199)),
    ("logsumexp", (800.0, -800.0), (1, 0)),
    ("logsumexp", (-800.0, -800.0), (0.5, 0.5)),
    ("logsumexp", (1e300, -1e300), (1, 0)),
    ("max", (800.0, -800.0), (1, 0)),
    ("max", (2.0, 2.0), (0.5, 0.5)),
    ("min", (2.0, 2.0), (0.5, 0.5)),
    ("power", (0.0, 2.0), (0, 0)),
    ("power", (0.0, 1.0), (1, 0)),
    ("power", (1e-300, 2.0), (2e-300, 0)),
    ("divide", (1e300, 1e-5), (1e5, -math.inf)),
    ("root", (0.0, 1.0), (1, 0)),
    # gamma functions have poles where binomials have none: binomial(n, 2) = n(n - 1)/2, and sin(pi k)/(pi k) is binomial(0, k)
    ("binomial", (1.0, 2.0), (0.5, -0.5)),
    ("binomial", (0.0, 2.0), (-0.5, 0.5)),
    ("binomial", (0.0, 1.0), (1, -1)),
    ("binomial", (5.0, 7.0), (-1 / 42, 1 / 42)),
    ("xlogy", (0.0, 3.0), (math.log(3), 0)),
]


@pytest.mark.parametrize(("name", "point", "expected"), PAIRS_AT_THE_EXTREMES)
def test_gradients_of_two_arguments_at_the_extremes(name, point, expected):
    row = row_named(name)
    _, gradient = value_and_gradient(graph_of(row), dict(zip(row.arguments, point, strict=True)))
    assert pytest.approx(expected, rel=1e-14, abs=1e-300) == tuple(gradient[a] for a in row.arguments)


TIES = [("abs", 0.0, 0), ("relu", 0.0, 0), ("sign", 0.0, 0), ("heaviside", 0.0, 0), ("floor", 2.0, 0), ("sinc", 0.0, 0)]


@pytest.mark.parametrize(("name", "x", "expected"), TIES)
def test_conventions_at_kinks(name, x, expected):
    assert expected == partial_in(FLOATS, row_named(name), 0, (x,))


@pytest.mark.parametrize("row", [row for row in table() if None in row.partials], ids=label)
def test_orders_without_a_rule_are_the_first_arguments(row):
    missing = [k for k, rule in enumerate(row.partials) if rule is None]
    assert missing == list(range(len(missing)))
    assert row.partials[-1] is not None
