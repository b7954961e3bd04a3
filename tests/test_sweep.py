"""Sweeps of learning rates, against what theory says of quadratics."""

from __future__ import annotations

import math

import numpy as np
import pytest

import derivkit as dk
from derivkit.errors import UsageError
from derivkit.minimizing.sweep import RATES, Sweep, sweep
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.settings import Settings
from derivkit.render import sweep as rendered
from derivkit.render.page import Layout, plain
from tests.conftest import Run


def bowl(x: np.ndarray) -> tuple[float, np.ndarray]:
    """(x² + 25 y²)/2: the eigenvalues are 1 and 25."""
    return float(x[0] ** 2 + 25 * x[1] ** 2) / 2, x * [1.0, 25.0]


def swept(**more: object) -> Sweep:
    asked = {"method": "gd", "low": 1e-3, "high": 1.0, "settings": Settings(), "steps": 60, "tolerance": 1e-6, **more}
    return sweep(bowl, np.array([3.0, 1.0]), **asked)


def test_gradient_descent_runs_away_where_theory_says() -> None:
    found = swept()
    assert RATES == len(found.trials)
    assert [trial.lr >= 2 / 25 for trial in found.trials] == [trial.lost for trial in found.trials]
    assert found.first_lost is next(trial for trial in found.trials if trial.lr >= 2 / 25)


def test_values_are_those_of_the_closed_form() -> None:
    # Gradient descent multiplies the components by 1 - lr and 1 - 25 lr at every step
    for trial in swept(tolerance=0.0).trials:
        if not trial.lost:
            expected = (9 * (1 - trial.lr) ** 120 + 25 * (1 - 25 * trial.lr) ** 120) / 2
            assert pytest.approx(expected, rel=1e-9) == trial.value
            assert (60, Outcome.BUDGET) == (trial.iterations, trial.outcome)


def test_the_best_rate_is_near_the_best_of_theory() -> None:
    # 2/(1 + 25) is the fastest (Boyd and Vandenberghe, Convex Optimization (2004), section 9.3)
    best = swept(steps=2000).best
    assert best is not None
    assert Outcome.CONVERGED is best.outcome
    assert 2 / 26 == pytest.approx(best.lr, rel=0.34)  # rates are a third apart


def test_a_value_above_the_start_has_diverged_though_it_did_not_overflow() -> None:
    found = swept(low=0.084, high=0.085)
    assert {Outcome.DIVERGED} == {trial.outcome for trial in found.trials}
    assert all(math.isfinite(trial.value) for trial in found.trials)
    assert found.best is None
    assert "every rate runs away" == rendered.told(found)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 1.0), (2.0, 1.0), (math.nan, 1.0), (1.0, math.inf)])
def test_rates_are_positive_and_in_order(low: float, high: float) -> None:
    with pytest.raises(UsageError, match="they must be positive"):
        swept(low=low, high=high)


def test_a_minimization_sweeps_the_methods_that_go_by_a_rate() -> None:
    found = dk.minimize("(x^2 + 25y^2)/2", "x=3, y=1", compare=["gd", "newton", "momentum"], sweep_lr="1e-3..1", steps=60)
    assert ["gd", "momentum"] == [each.method for each in found.sweeps]
    assert [each.lr for each in swept().trials] == [each.lr for each in found.sweeps[0].trials]
    # Polyak (1964): heavy balls with momentum m are stable below 2 (1 + m)/L
    assert pytest.approx([2 / 25, 2 * 1.9 / 25]) == [each.stable for each in found.sweeps]
    assert [each.lr > 2 * 1.9 / 25 for each in found.sweeps[1].trials][-8:] == [each.lost for each in found.sweeps[1].trials][-8:]
    assert ("gd",) == tuple(each.method for each in dk.minimize("x^2", "x=3", sweep_lr=(1e-3, 1)).sweeps)
    assert () == dk.minimize("x^2", "x=3").sweeps


def test_where_no_minimum_was_found_theory_says_nothing() -> None:
    (found,) = dk.minimize("x", "x=0", sweep_lr=(1e-3, 1), method="gd", steps=50).sweeps
    assert (None, math.inf) == (found.stable, found.least)


@pytest.mark.parametrize("asked", [{"method": "newton"}, {"compare": ["newton", "bfgs"]}])
def test_methods_that_search_for_their_steps_have_no_rates(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="newton does not go by a learning rate"):
        dk.minimize("x^2", "x=1", sweep_lr=(0.1, 1), **asked)


@pytest.mark.parametrize(
    ("rates", "message"),
    [("1..0.1", "ends before it begins"), ("..", "lacks an end"), ("t..1", "holds the variable t"), ("0..1", "must be positive")],
)
def test_texts_that_are_no_rates(run: Run, rates: str, message: str) -> None:
    result = run("minimize", "x^2", "--start", "x=1", "--sweep-lr", rates)
    assert (2, "") == (result.exit_code, result.stdout)
    assert message in result.stderr


def test_documents_and_pages_say_the_same() -> None:
    found = swept(stable=2 / 25, least=0.0)
    (*_, last) = rows = rendered.document([found])
    assert (RATES, "diverged", 2 / 25) == (len(rows), last["outcome"], last["stable_below"])
    assert {"method", "lr", "outcome", "value", "iterations", "best", "stable_below"} == set(last)
    assert 1 == sum(row["best"] for row in rows)
    lines = [plain(line) for line in rendered.page([found], Layout())]
    assert "learning rates, 60 steps at most with each" == lines[0]
    assert RATES == sum(line.split()[1:2] in (["budget"], ["diverged"], ["converged"]) for line in lines)
    assert "rates below 0.08 are stable at the minimum" in " ".join(lines)
    assert all(len(line) <= 80 for line in lines)


def test_several_methods_share_a_table() -> None:
    lines = [plain(line) for line in rendered.page([swept(), swept(method="adam")], Layout(unicode=False))]
    assert ["lr", "gd", "adam"] == lines[1].split()
    assert ["1", "diverged"] == lines[RATES + 1].split()[:2]
    assert all(line.isascii() and len(line) <= 80 for line in lines)
