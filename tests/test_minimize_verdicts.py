"""Verdicts of minimization that are easily wrong: slopes that fade or vanish in rounding, and functions that raise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import derivkit as dk
from derivkit.errors import Refusal
from derivkit.optimize.outcome import Outcome

METHODS = ("auto", "gd", "bfgs", "newton", "lbfgs", "cg", "trust-ncg", "newton-cg")
NO_MINIMUM = (Outcome.FLAT, Outcome.UNBOUNDED, Outcome.SADDLE, Outcome.BUDGET, Outcome.STALLED)

# Functions without a minimum: their slopes fade until they underflow, or vanish in rounding at points of inflection.
FALLING = [
    ("exp(-x)", "x=0"), ("exp(-x)", "x=700"), ("1 + exp(-x)", "x=0"), ("sigmoid(x)", "x=0"), ("exp(-x^2)", "x=1"),
    ("erfc(x)", "x=0"), ("softplus(-x)", "x=0"), ("sqrt(1+x^2) - x", "x=1"), ("exp(-x) + y^2", "x=0,y=1"), ("exp(x*y)", "x=1,y=1"),
    ("exp(-x)*(2+sin(y))", "x=0,y=1"), ("x + sin(x)", "x=0"), ("x + sin(x)", "x=0.5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start"), FALLING)
@pytest.mark.parametrize("method", METHODS)
def test_what_has_no_minimum_does_not_converge(text: str, start: str, method: str) -> None:
    assert dk.minimize(text, start, method=method).outcome in NO_MINIMUM


# Edges of domains, poles, kinks where the slopes on both sides cancel, powers too high for derivatives, and huge starts.
EDGE = (Outcome.STALLED, Outcome.OUT_OF_DOMAIN)
ENDS = [
    ("sqrt(x-1) + x", "x=5", EDGE), ("asin(x)", "x=0.2", EDGE), ("tan(x)", "x=1", (*EDGE, Outcome.UNBOUNDED)),
    ("max(x^2, (x-2)^2)", "x=5", (Outcome.STALLED,)), ("min(x^2, (x-2)^2)", "x=1", (Outcome.STALLED,)), ("x^9", "x=1", NO_MINIMUM),
    ("x^8 - x^10", "x=0", (Outcome.CONVERGED,)), ("(x^2-1)^2", "x=1e8", (Outcome.CONVERGED,)),
    ("1/(x-1) + x", "x=0.5", (Outcome.MAXIMUM, Outcome.UNBOUNDED, Outcome.STALLED)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "outcomes"), ENDS)
@pytest.mark.parametrize("method", METHODS)
def test_ends_that_are_easily_taken_for_minima(text: str, start: str, outcomes: tuple[Outcome, ...], method: str) -> None:
    found = dk.minimize(text, start, method=method)
    assert found.outcome in outcomes
    assert "inf" not in found.curvature.message


@pytest.mark.parametrize("factor", ["1e-250", "1e-200", "1e200", "1e250"])
@pytest.mark.parametrize("method", METHODS)
def test_squares_that_are_no_numbers_are_no_evidence(factor: str, method: str) -> None:
    """At the start the largest component of the gradient is 8, in that unit: its square underflows, or overflows."""
    found = dk.minimize(f"{factor}*((x-1)^2 + (y-x)^4)", "x=3,y=2", method=method)
    assert not found.converged or pytest.approx([1.0, 1.0], abs=0.01) == found.x


@pytest.mark.parametrize(
    ("text", "bounds", "places"),
    [
        ("1e16*(x^2 - 1e-8)^2", "x=-1e-3..1e-3", [-1e-4, 1e-4]),
        ("((x/1e6)^2 - 1)^2", "x=-2e6..2e6", [-1e6, 1e6]),
        ("1e12*(x-1)^2*(x-1.0005)^2", "x=0.99..1.01", [1.0, 1.0005]),
        ("cos(x)", "x=1e5..100012", [31831 * math.pi, 31833 * math.pi]),
        ("(x^2-1)^4", "x=-3..3", [-1.0, 1.0]),
    ],
)
def test_minima_are_told_apart_in_any_unit(text: str, bounds: str, places: list[float]) -> None:
    found = dk.minimize(text, bounds=bounds, multistart=12)
    inside = sorted(one.result.at["x"] for one in found.minima if not one.result.bounds_active)
    assert pytest.approx(places, rel=1e-2 if "^4" in text else 1e-9) == inside


def test_code_that_fades_does_not_converge() -> None:
    assert Outcome.FLAT is dk.minimize(lambda x: np.exp(-x[0]), [1.0]).outcome


@pytest.mark.parametrize("method", METHODS)
def test_a_circle_of_minima_of_code_is_no_saddle(method: str) -> None:
    assert dk.minimize(lambda x: (x[0] ** 2 + x[1] ** 2 - 1) ** 2, [2.0, 1.0], method=method).converged


def test_newton_goes_no_further_than_its_model_tells() -> None:
    """The Hessian is singular at the start: the model knows no length there (McCormick's function; minimum from its gradient)."""
    found = dk.minimize("sin(x+y) + (x-y)^2 - 1.5*x + 2.5*y + 1", "x=0,y=0", method="newton")
    assert pytest.approx({"x": 0.5 - math.pi / 3, "y": -0.5 - math.pi / 3}) == found.at


def raising(x: Any) -> Any:
    """x - log(x), with a minimum at 1."""
    return x[0] - np.log(x[0]) if x[0] > 0 else math.log(-1)


def dividing(x: Any) -> Any:
    """The same, raising something else."""
    return x[0] - np.log(x[0]) if x[0] > 0 else 1 / 0


@pytest.mark.parametrize("f", [raising, dividing])
@pytest.mark.parametrize("method", METHODS)
def test_code_that_raises_outside_its_domain(f: Any, method: str) -> None:
    assert pytest.approx([1.0], abs=1e-7) == dk.minimize(f, [5.0], method=method).x


def test_a_step_to_where_code_raises_is_said() -> None:
    found = dk.minimize(raising, [5.0], method="gd", lr=20.0)
    assert (Outcome.OUT_OF_DOMAIN, 5.0) == (found.outcome, found.x[0])


def test_code_that_raises_at_the_start_is_refused_with_its_words() -> None:
    with pytest.raises(Refusal, match="ValueError: math domain error"):
        dk.minimize(raising, [-5.0])


# A function, a start, bounds, the minimum within, and methods: corners with a vanishing gradient, and falls that bounds forbid.
WITHIN = [
    ("x^3", "x=1", "x=-1..2", -1.0, ("auto",)), ("x^3", "x=0", "x=0..1", 0.0, ("auto", "gd", "newton", "lbfgs")),
    ("x*y", "x=0.3,y=0.2", "x=0..1,y=0..1", 0.0, ("auto", "gd", "newton", "lbfgs")),
    ("x*y", "x=0,y=0", "x=0..,y=0..", 0.0, ("auto", "gd", "newton")), ("-x^2", "x=0", "x=0..1", -1.0, ("auto",)),
    ("-x*y", "x=0,y=0", "x=0..2,y=0..2", -4.0, ("auto",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "bounds", "least", "methods"), WITHIN)
def test_minima_in_corners(text: str, start: str, bounds: str, least: float, methods: tuple[str, ...]) -> None:
    for method in methods:
        found = dk.minimize(text, start, bounds=bounds, method=method)
        assert (Outcome.CONVERGED, pytest.approx(least)) == (found.outcome, found.value)


@pytest.mark.parametrize("method", ["auto", "gd", "newton"])
@pytest.mark.parametrize(("text", "bounds"), [("-x", "x=-2.."), ("log(x)", "x=0..")])
def test_what_falls_without_end_within_bounds_is_said(text: str, bounds: str, method: str) -> None:
    assert dk.minimize(text, "x=0.5", bounds=bounds, method=method).outcome in (Outcome.UNBOUNDED, Outcome.OUT_OF_DOMAIN)


@pytest.mark.parametrize("method", ["adam", "nadam", "momentum", "rmsprop"])
def test_what_passes_near_by_chance_is_no_more_than_linear(method: str) -> None:
    found = dk.minimize("x^2 + 100*y^2", "x=1,y=1", method=method, tol=1e-6)
    assert found.rate.observed in ("linear", "sublinear", "unknown")


def test_a_slope_that_fades_for_ever_is_said_to():
    """Where exp(-x) underflows all derivatives are 0: true of floats, and no word on the function."""
    found = dk.minimize("exp(-x)", "x=0")
    assert "flat" == found.outcome.value
    assert "the slope fades on and on along the way" in found.curvature.message


def test_minima_in_kinks_are_among_those_of_many_starts():
    """|x^2 - 1| is lowest at -1 and 1, where there is no gradient; values around say so, and the outcome stays stalled."""
    found = dk.minimize("abs(x^2 - 1)", bounds="x=-3..3", multistart=10)
    assert [-1.0, 1.0] == sorted(one.result.at["x"] for one in found.minima)
    assert 10 == sum(one.reached for one in found.minima)
    assert ("stalled", "minimum") == (found.outcome.value, found.curvature.kind.value)


STILL_FALLS = [
    ("|x| + y^2", "x=1,y=2", "bfgs"), ("|x| + y^2", "x=1,y=2", "gd"), ("max(x, -2*x) + (y - x)^2", "x=1,y=2", "newton"),
    ("max(|x| + y^2, x + z^2)", "x=1,y=2,z=3", "lbfgs"), ("|x-y| + 0.1*(x+y)^2", "x=1,y=2", "cg"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "method"), STILL_FALLS)
def test_a_kink_that_still_falls_is_no_minimum(text: str, start: str, method: str) -> None:
    """The way down along a kink is so narrow that directions drawn at random miss it; mixtures of gradients around show it."""
    found = dk.minimize(text, start, method=method)
    assert ("stalled", "undecided") == (found.outcome.value, found.curvature.kind.value)
    assert "it still falls" in found.reason


@pytest.mark.parametrize(
    ("text", "start"), [("|x| + y^2", "x=1,y=2"), ("|x| + |y| + |z|", "x=1,y=2,z=3"), ("max(x^2, (x-2)^2)", "x=5")]
)
def test_a_minimum_in_a_kink_is_one(text: str, start: str) -> None:
    found = dk.minimize(text, start, method="newton")
    assert ("stalled", "minimum") == (found.outcome.value, found.curvature.kind.value)
    assert "minimum of a function with kinks" in found.reason
