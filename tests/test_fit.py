"""Formulas fitted to data: what names mean, which rows are used, estimates beside closed forms, published values and SciPy."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, curve_fit, least_squares

import derivkit as dk
from derivkit.errors import DataError, DerivkitError, ParseError, UsageError
from derivkit.functions import row_named

SAMPLES = Path(__file__).parents[1] / "samples"
PUROMYCIN = SAMPLES / "puromycin.csv"
MICHAELIS = "rate = Vmax*conc/(K + conc)"
EXPONENTIAL = "y = a*exp(-b*x) + c"


def near(expected: Any, relative: float = 1e-8) -> Any:
    return pytest.approx(expected, rel=relative, abs=1e-300)


def estimates(result: Any) -> list[float]:
    return [parameter.estimate for parameter in result.parameters]


def errors(result: Any) -> list[float]:
    return [parameter.standard_error for parameter in result.parameters]


@pytest.fixture
def decay() -> dict[str, Any]:
    """A decay with errors of uneven size, and one row that is far off."""
    rng = np.random.default_rng(3)
    x = np.linspace(0.1, 6.0, 30)
    sigma = 0.05 + 0.1 * rng.random(30)
    y = 3 * np.exp(-0.7 * x) + 0.5 + sigma * rng.normal(size=30)
    y[5] += 3
    return {"x": x, "y": y, "sigma": sigma, "weight": 1 / sigma**2}


def exponential(x: Any, a: float, b: float, c: float) -> Any:
    return a * np.exp(-b * x) + c


# ---- published values


def test_the_published_fit_of_an_enzyme() -> None:
    # Bates and Watts, Nonlinear Regression Analysis (1988), section 2.2.2; errors and intervals as R's nls and confint print them
    result = dk.fit(MICHAELIS, PUROMYCIN, profile=True)
    assert ["K", "Vmax"] == [parameter.name for parameter in result.parameters]
    assert near([0.0641213, 212.684], 2e-6) == estimates(result)
    assert near([0.008281, 6.947], 1e-4) == errors(result)
    assert near([197.302, 229.290], 1e-5) == list(result["Vmax"].profile95)
    assert near(profile_of_k(), 1e-6) == list(result["K"].profile95)
    assert near(10.93366, 1e-6) == result.residual_sd
    assert (10, 12, 0) == (result.dof, result.n_rows, result.n_dropped)


def profile_of_k() -> list[float]:
    """Where the sum of squares, with the best Vmax for each K, has grown by the F quantile: Bates and Watts, section 6.1."""
    x, y = np.loadtxt(PUROMYCIN, delimiter=",", skiprows=1).T

    def growth(k: float) -> float:
        shape = x / (k + x)
        rest = y - (shape @ y) / (shape @ shape) * shape
        return float(rest @ rest) / 1195.4488144 - 1 - 2.2281388519649385**2 / 10

    return [brentq(growth, 0.03, 0.0641213, xtol=1e-14), brentq(growth, 0.0641213, 0.12, xtol=1e-14)]


def test_a_straight_line_is_the_closed_form() -> None:
    x, y = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2.2, 3.9, 6.1, 8.2, 9.7])
    result = dk.fit("y = a + b*x", {"x": x, "y": y})
    slope = float(((x - 3) * (y - y.mean())).sum() / 10)
    rest = y - y.mean() - slope * (x - 3)
    variance = float(rest @ rest) / 3
    assert near([y.mean() - 3 * slope, slope], 1e-13) == estimates(result)
    assert near([math.sqrt(variance * (1 / 5 + 9 / 10)), math.sqrt(variance / 10)], 1e-12) == errors(result)
    assert near(-5 / 2 * (math.log(2 * math.pi * 3 * variance / 5) + 1), 1e-12) == result.log_likelihood
    assert near(2 * 3 - 2 * result.log_likelihood, 1e-12) == result.aic
    assert near(3 * math.log(5) - 2 * result.log_likelihood, 1e-12) == result.bic
    assert near(-3 * variance / 10, 1e-11) == result.covariance[0, 1]
    assert near(1 - 3 * variance / float(((y - y.mean()) ** 2).sum()), 1e-12) == result.r_squared
    assert near(3.182446305284263 * math.sqrt(variance / 10), 1e-9) == result["b"].ci95[1] - slope
    assert near(list(y - rest), 1e-13) == result.fitted.tolist()
    assert [1, 2, 3, 4, 5] == result.rows.tolist()


def test_the_mean_is_a_formula() -> None:
    result = dk.fit("y = m", {"y": [1.0, 2.0, 6.0]}, profile=True)
    assert [3.0] == estimates(result)
    assert near([math.sqrt(7 / 3)], 1e-13) == errors(result)
    assert near(list(result["m"].ci95), 1e-6) == list(result["m"].profile95)  # a linear formula has exact intervals


# ---- peers


def test_known_errors_are_not_rescaled_and_weights_are(decay: dict[str, Any]) -> None:
    start = {"a": 3.0, "b": 0.7, "c": 0.5}
    options: dict[str, Any] = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14}
    known = dk.fit(EXPONENTIAL, decay, start=start, sigma="sigma")
    values, covariance = curve_fit(
        exponential, decay["x"], decay["y"], list(start.values()), sigma=decay["sigma"], absolute_sigma=True, **options
    )
    assert near(values.tolist(), 1e-6) == estimates(known)
    assert near(np.sqrt(np.diag(covariance)).tolist(), 1e-5) == errors(known)
    assert ("normal", "sigma") == (known.distribution, known.errors)
    weighted = dk.fit(EXPONENTIAL, decay, start=start, weights="weight")
    assert near(estimates(known), 1e-9) == estimates(weighted)
    assert near([error * known.residual_sd for error in errors(known)], 1e-9) == errors(weighted)
    assert "t" == weighted.distribution


@pytest.mark.parametrize("loss", ["soft_l1", "huber", "cauchy"])
def test_losses_are_those_of_scipy(decay: dict[str, Any], loss: str) -> None:
    start = {"a": 3.0, "b": 0.7, "c": 0.5}
    peer = least_squares(
        lambda t: exponential(decay["x"], *t) - decay["y"],
        list(start.values()),
        loss=loss,
        f_scale=0.2,
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-12,
    )
    result = dk.fit(EXPONENTIAL, decay, start=start, loss=loss, loss_scale=0.2)
    assert result.converged
    assert near(peer.x.tolist(), 1e-6) == estimates(result)
    assert ("sandwich", None) == (result.errors, result.log_likelihood)


def test_a_robust_loss_forgives_the_row_that_is_off(decay: dict[str, Any]) -> None:
    plain, robust = (dk.fit(EXPONENTIAL, decay, loss=loss, loss_scale=0.2) for loss in ("linear", "cauchy"))
    assert abs(robust["b"].estimate - 0.7) < abs(plain["b"].estimate - 0.7) / 3
    assert robust["b"].standard_error < plain["b"].standard_error / 2


def test_the_sandwich_of_a_location_is_the_closed_form() -> None:
    y = np.array([0.0, 0.3, -0.4, 0.2, 8.0])
    result = dk.fit("y = m", {"y": y}, loss="huber", loss_scale=1.0)
    m = (0.1 + 1.0) / 4  # four rows at full weight and one whose score is 1
    assert near([m], 1e-9) == estimates(result)
    scores = np.append(y[:4] - m, 1.0)
    assert near([math.sqrt(5 / 4 * float(scores @ scores)) / 4], 1e-7) == errors(result)


def test_hc3_is_the_closed_form(decay: dict[str, Any]) -> None:
    design = np.column_stack([np.ones(30), decay["x"]])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ decay["y"]
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    scores = design * ((decay["y"] - design @ beta) / (1 - leverage))[:, None]
    covariance = inverse @ scores.T @ scores @ inverse
    result = dk.fit("y = a + b*x", decay, robust=True)
    assert near(np.sqrt(np.diag(covariance)).tolist(), 1e-10) == errors(result)
    assert "hc3" == result.errors


def test_bounds_are_kept_and_what_ends_there_has_no_error(decay: dict[str, Any]) -> None:
    peer = least_squares(
        lambda t: exponential(decay["x"], *t) - decay["y"],
        [3, 1, 0.5],
        bounds=([-np.inf, 0.8, -np.inf], [np.inf, 5, 0.6]),
        xtol=1e-15,
    )
    result = dk.fit(EXPONENTIAL, decay, bounds={"b": (0.8, 5), "c": (None, 0.6)}, start={"a": 3, "b": 1, "c": 0.5})
    assert result.converged
    assert near(peer.x.tolist(), 1e-6) == estimates(result)
    held = [parameter.name for parameter in result.parameters if parameter.at_bound]
    assert held == [parameter.name for parameter in result.parameters if parameter.standard_error is None]
    assert held
    assert any(f"{held[0]} ended at its bound" in warning for warning in result.warnings)


def test_a_fixed_parameter_is_data(decay: dict[str, Any]) -> None:
    held = dk.fit(EXPONENTIAL, decay, fix={"c": 0.5})
    written = dk.fit("y = a*exp(-b*x) + 1/2", decay)
    assert near(estimates(written), 1e-10) == estimates(held)
    assert ({"c": 0.5}, 28) == (held.fixed, held.dof)


def test_a_formula_on_the_left(decay: dict[str, Any]) -> None:
    logarithm = dk.fit("log(y) = a - b*x", decay)
    column = dk.fit("z = a - b*x", {**decay, "z": np.log(decay["y"])})
    assert near(estimates(column), 1e-12) == estimates(logarithm)


# ---- properties


@settings(max_examples=12, deadline=None)
@given(st.integers(-12, 12), st.integers(-12, 12))
def test_units_do_not_matter(x_power: int, y_power: int) -> None:
    x = np.array([0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1])
    y = np.array([76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200.0])
    result = dk.fit(
        "y = V*x/(K + x)",
        {"x": x * 10.0**x_power, "y": y * 10.0**y_power},
        start={"V": 205 * 10.0**y_power, "K": 0.08 * 10.0**x_power},
    )
    assert result.converged
    assert near([0.06412128168 * 10.0**x_power, 212.68374314 * 10.0**y_power], 1e-8) == estimates(result)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=4, max_size=4), st.integers(0, 2**32 - 1))
def test_what_is_linear_is_solved_exactly(truth: list[int], seed: int) -> None:
    x = np.random.default_rng(seed).uniform(0.5, 4, 12)
    y = truth[0] + truth[1] * x + truth[2] * np.log(x) + truth[3] * np.sin(3 * x)
    result = dk.fit("y = a + b*x + c*log(x) + d*sin(3x)", {"x": x, "y": y})
    assert "linear" == result.start.origin
    assert pytest.approx(truth, abs=1e-11) == estimates(result)


def test_the_same_data_give_the_same_numbers(decay: dict[str, Any]) -> None:
    first, second = (dk.fit(EXPONENTIAL, decay) for _ in range(2))
    assert first.parameters == second.parameters


# ---- names and rows


def test_columns_in_backticks() -> None:
    data = {"dose (mg)": [1.0, 2.0, 3.0], "e": [3.0, 5.0, 7.0]}
    result = dk.fit("`e` = a*`dose (mg)` + b", data)
    assert pytest.approx([2.0, 1.0]) == estimates(result)


def test_greek_columns() -> None:
    result = dk.fit("y = β*θ", {"θ": [1.0, 2.0, 3.0], "y": [2.0, 4.1, 5.9]}, start={"β": 1.0})
    assert [("beta", 1.0)] == [(p.name, round(x, 9)) for p, x in zip(result.parameters, result.start.x, strict=True)]


def test_rows_without_values_are_dropped_and_counted() -> None:
    data = {"x": [1.0, 2.0, None, 4.0, 5.0], "y": [2.0, None, 6.0, 8.1, 9.9], "other": [None] * 4 + [1.0]}
    result = dk.fit("y = a*x", data)
    assert ((3, 2), [1, 4, 5]) == ((result.n_rows, result.n_dropped), result.rows.tolist())
    assert ("2 of 5 rows dropped, values missing: y (1), x (1)",) == result.warnings


def test_rows_of_weight_zero_do_not_count() -> None:
    result = dk.fit("y = m", {"y": [1.0, 2.0, 99.0], "w": [1, 1, 0]}, weights="w")
    assert ([1.5], 1, 1) == (estimates(result), result.dof, result.n_dropped)
    assert ("1 of 3 rows dropped, their weight is 0",) == result.warnings


LINE = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.1, 2.0, 2.9, 4.2], "word": ["a", "b", "a", "b"], "bad": [1.0, -1.0, 1.0, 1.0]}
OUTSIDE = "at the start, the formula or a derivative of it is not a finite number in row 3"
REFUSED = [
    ("y = a*t + b", {}, "the right side holds no column: a, b, t are none", DataError, (3, 11)),
    ("yy = a*x", {}, "the data has no column 'yy'", DataError, (0, 2)),
    ("y = a*`x y`", {}, "the data has no column 'x y'", DataError, (6, 11)),
    ("y + a = b*x", {}, "the data has no column 'a'", DataError, (4, 5)),
    ("1 = a*x", {}, "the left side holds no column", DataError, (0, 2)),
    ("y = 2*x", {}, "the formula has no parameter: x stands on the right", DataError, None),
    ("y = a*word", {}, "the column word holds words; a formula takes numbers", DataError, None),
    ("log(bad) = a*x", {}, "log(bad) is not a finite number in row 2", DataError, None),
    ("y = a*x", {"start": {"b": 1.0}}, "start: the formula has no parameter b", UsageError, None),
    ("y = a*x", {"start": {"x": 1.0}}, "start: x is a column, not a parameter", UsageError, None),
    ("y = a*x", {"start": {"a": math.inf}}, "the value of a is not a finite number", UsageError, None),
    ("y = a*x", {"fix": {"a": 1.0}}, "every parameter is fixed: there is nothing to fit", UsageError, None),
    ("y = a*x + b", {"fix": {"a": 1.0}, "start": {"a": 1.0}}, "a is fixed and has a start", UsageError, None),
    ("y = a*x", {"bounds": {"a": (2.0, 1.0)}}, "the bounds of a are not in order", UsageError, None),
    ("y = a*x", {"bounds": {"a": (2.0, None)}, "start": {"a": 1.0}}, "the start a = 1 lies beyond its bounds", UsageError, None),
    ("y = a*x", {"sigma": "s"}, "the data has no column 's'", DataError, None),
    ("y = a*x", {"sigma": "bad"}, "the column bad holds an error that is not positive in row 2", DataError, None),
    ("y = a*x", {"weights": "bad"}, "the column bad holds a negative weight in row 2", DataError, None),
    ("y = a*x", {"sigma": "x", "weights": "x"}, "sigma and weights are given both", UsageError, None),
    ("y = a*x", {"loss": "hubert"}, "there is no loss 'hubert'", UsageError, None),
    ("y = a*x", {"loss_scale": 0.0}, "the scale of the loss is 0.0; it must be a positive number", UsageError, None),
    ("y = a*x", {"loss": "huber", "profile": True}, "profiles are of plain sums of squares", UsageError, None),
    ("y = a*x", {"sigma": "x", "robust": True}, "robust errors are for least squares without known errors", UsageError, None),
    ("y = a + b*x + c*x^2 + d*x^3 + f*x^4", {}, "4 rows cannot determine 5 parameters", DataError, None),
    ("y = a*sqrt(b - x)", {"start": {"a": 1.0, "b": 2.5}}, OUTSIDE, DataError, None),
    ("y", {}, "the formula has no equals sign", ParseError, (0, 1)),
    ("y = a = x", {}, "the formula has more than one equals sign", ParseError, (6, 7)),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "options", "message", "kind", "span"), REFUSED)
def test_what_cannot_be_used_is_said(
    formula: str, options: dict[str, Any], message: str, kind: type[DerivkitError], span: tuple[int, int] | None
) -> None:
    with pytest.raises(kind) as caught:
        dk.fit(formula, LINE, **options)
    assert message == caught.value.message
    if span is not None:
        assert span == caught.value.span


@pytest.mark.parametrize(("name", "hint"), [("slop", "did you mean slope?"), ("zzz", "there are offset, slope")])
def test_an_unknown_start_offers_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        dk.fit("y = slope*x + offset", LINE, start={name: 1.0})
    assert hint == caught.value.hint


def test_names_that_may_have_been_meant_as_columns() -> None:
    result = dk.fit("y = X + x", {"x": [1.0, 2.0, 3.0], "y": [2.0, 3.1, 3.9]})
    assert ("X is a parameter; the column is x",) == result.warnings
    result = dk.fit("y = a*e*x", {"x": [1.0, 2.0, 3.0], "y": [2.0, 3.1, 3.9], "e": [1.0, 2.0, 3.0]})
    assert ("e is the constant; for the column write `e`",) == result.warnings


# ---- what can be said honestly


def test_as_many_parameters_as_rows() -> None:
    result = dk.fit("y = a + b*x", {"x": [1.0, 2.0], "y": [3.0, 5.0]})
    assert pytest.approx([1.0, 2.0]) == estimates(result)
    assert ([None, None], None, 0) == (errors(result), result.residual_sd, result.dof)
    assert "no standard errors: there are as many parameters as rows" in result.warnings
    assert "the fit is perfect up to rounding: standard errors and tests mean nothing" in result.warnings


def test_a_formula_without_a_minimum_has_none() -> None:
    x = np.linspace(0, 10, 40)
    y = 2 * x + 1 + 0.1 * np.cos(40 * x)
    result = dk.fit("y = a*log(x + b) + c", {"x": x, "y": y}, start={"a": 1.0, "b": 1.0, "c": 1.0})
    assert not result.converged
    assert [None, None, None] == errors(result)
    assert "grew without end" in str(result.hint)


def test_trial_points_outside_the_domain_shorten_the_step() -> None:
    x = np.linspace(1, 2, 20)
    result = dk.fit("y = a*sqrt(b - x)", {"x": x, "y": 3 * np.sqrt(2.001 - x)}, start={"a": 1.0, "b": 40.0})
    assert result.converged
    assert near([3.0, 2.001], 1e-9) == estimates(result)


def test_a_better_minimum_found_by_the_profile_is_said() -> None:
    x = np.linspace(0, 10, 60)
    result = dk.fit(
        "y = a*sin(b*x)", {"x": x, "y": np.sin(1.0 * x) + 0.9 * np.sin(2.0 * x)}, start={"a": 0.9, "b": 2.0}, profile=True
    )
    better = dk.fit("y = a*sin(b*x)", {"x": x, "y": np.sin(1.0 * x) + 0.9 * np.sin(2.0 * x)})
    assert better.rss < result.rss
    assert result["a"].profile95 is None or result["b"].profile95 is not None


def test_an_end_that_the_data_do_not_set_is_infinite() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    y = np.array([0.1, 0.3, -0.2, 0.25, -0.1, 0.05])
    result = dk.fit("y = a*exp(-b*x)", {"x": x, "y": y}, start={"a": 1.0, "b": 1.0}, profile=True)
    assert result.converged
    assert math.inf == result["b"].profile95[1]


# ---- the check before the first step


def test_a_wrong_partial_stops_the_fit() -> None:
    row = row_named("exp")
    right = row.partials
    try:
        object.__setattr__(row, "partials", (lambda f, y, x: 1.001 * y,))
        result = dk.fit(EXPONENTIAL, {"x": [0.0, 1, 2, 3], "y": [4.0, 2, 1, 0.6]}, start={"a": 3.0, "b": 0.6, "c": 0.1})
    finally:
        object.__setattr__(row, "partials", right)
    assert ("disagree", "tape", False) == (result.gradient_check.verdict, result.gradient_check.odd_one_out, result.converged)
    assert [None, None, None] == estimates(result)
    assert result.reason.startswith("not started: the derivative by b is off by 0.001 of its size")


def test_a_formula_with_jumps_is_not_fitted_by_derivatives() -> None:
    result = dk.fit("y = a*floor(b*x) + c", LINE, start={"a": 1.0, "b": 1.3, "c": 0.0})
    assert ("refused", "cancellation", False) == (result.gradient_check.verdict, result.gradient_check.reason, result.converged)


def test_progress_is_told() -> None:
    steps: list[tuple[int, float]] = []
    result = dk.fit(
        MICHAELIS, PUROMYCIN, start={"Vmax": 205.0, "K": 0.08}, progress=lambda step, value: steps.append((step, value))
    )
    assert list(range(1, len(steps) + 1)) == [step for step, _ in steps]
    assert near(result.rss / 2, 1e-6) == steps[-1][1]
