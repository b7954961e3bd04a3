"""Models beside one another that differ in the strength of their penalty."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import derivkit as dk
from derivkit.cli.app import app
from derivkit.errors import UsageError
from derivkit.training.comparison import comparable, size

STRENGTHS = (0.0, 1e-3, 1.0, 30.0)


def run(*arguments):
    return CliRunner().invoke(app, ["train", *arguments], catch_exceptions=False)


def test_every_model_is_the_one_that_its_strength_alone_gives():
    compared = dk.train("samples/cars.csv", model="linear", compare_l2=STRENGTHS, test=0.2, folds=3).compared
    for strength, one in zip(STRENGTHS, compared, strict=True):
        alone = dk.train("samples/cars.csv", model="linear", l2=strength, test=0.2, folds=3)
        assert (strength, alone.coefficients, alone.metrics, alone.folds) == (one.l2, one.coefficients, one.metrics, one.folds)


def test_the_result_is_that_of_the_first_strength():
    found = dk.train("samples/cars.csv", model="linear", compare_l2=(1.0, 0.0))
    assert (1.0, found.coefficients) == (found.l2, found.compared[0].coefficients)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(1e-6, 1e3), min_size=2, max_size=5, unique=True))
def test_more_penalty_means_a_worse_fit_and_smaller_coefficients(seed, strengths):
    """Hoerl and Kennard, Technometrics 12 (1970) 55, sections 2 and 3: both are monotone in the strength."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(12, 3))
    data = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x @ [1.0, -2.0, 0.5] + rng.normal(size=12)}
    compared = dk.train(data, model="linear", compare_l2=sorted(strengths)).compared
    errors = [one.metrics["train"]["rmse"] for one in compared]
    sizes = [size(one) for one in compared]
    assert all(a <= b * (1 + 1e-9) for a, b in itertools.pairwise(errors))
    assert all(a >= b * (1 - 1e-9) for a, b in itertools.pairwise(sizes))


def test_a_ridge_is_the_closed_form():
    """(XᵀX + nL)⁻¹Xᵀy, of columns without an intercept."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20, 2))
    y = x @ [3.0, -1.0] + rng.normal(size=20)
    found = dk.train({"a": x[:, 0], "b": x[:, 1], "y": y}, model="linear", intercept=False, compare_l2=STRENGTHS).compared
    for strength, one in zip(STRENGTHS, found, strict=True):
        w = np.linalg.solve(x.T @ x + 20 * strength * np.eye(2), x.T @ y)
        assert pytest.approx(w, rel=1e-10) == list(comparable(one).values())
        assert pytest.approx(np.linalg.norm(w), rel=1e-10) == size(one)


def test_coefficients_of_softmax_are_comparable_with_and_without_a_penalty():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=90), rng.integers(3, size=90)
    free, held = dk.train({"x": x + y, "y": np.array(["p", "q", "r"])[y]}, model="softmax", compare_l2=(0, 1e-9)).compared
    a, b = comparable(free), comparable(held)
    assert set(a) == set(b)
    for name in ("intercept", "x"):
        assert 0 == pytest.approx(sum(a[name, label] for label in free.classes), abs=1e-9)
    assert pytest.approx(b["x", "r"], rel=1e-5) == a["x", "r"]


def test_the_page_and_the_document():
    found = run("samples/cars.csv", "--model", "polynomial", "--degree", "5", "--compare-l2", "0,1e-3,1", "--test", "0.3")
    assert 0 == found.exit_code
    assert all(len(line) <= 80 for line in found.stdout.splitlines())
    assert "3 strengths of the penalty l2" in found.stdout
    document = json.loads(run("samples/cars.csv", "--model", "linear", "--compare-l2", "0,1/2", "--json").stdout)
    assert [0.0, 0.5] == [entry["l2"] for entry in document["compared"]]
    assert document["coefficients"][1]["estimate"] == document["compared"][0]["coefficients"][1]["estimate"]
    assert ["agree", "agree"] == [entry["gradient_check"] for entry in document["compared"]]


def test_one_model_that_fails_is_said_beside_the_others(tmp_path):
    """Without a penalty the classes are told apart, so that there is no best coefficient."""
    path = tmp_path / "apart.csv"
    path.write_text("x,y\n1,0\n2,0\n3,1\n4,1\n", encoding="utf-8")
    found = run(str(path), "--model", "logistic", "--compare-l2", "0,0.1")
    assert 1 == found.exit_code
    assert "l2 = 0: not converged: separation" in " ".join(found.stdout.split())
    document = json.loads(run(str(path), "--model", "logistic", "--compare-l2", "0,0.1", "--json").stdout)
    assert [False, True] == [entry["converged"] for entry in document["compared"]]
    assert document["compared"][0]["size"] is None
    assert document["compared"][1]["size"] > 0


WRONG = [
    (("--compare-l2", "0.1"), "at least two strengths"),
    (("--compare-l2", "1,1"), "each once"),
    (("--compare-l2", "0,-1"), "not negative"),
    (("--compare-l2", "0,x"), "holds the variable x"),
    (("--compare-l2", "0,"), "expression"),
    (("--compare-l2", ""), "the expression is empty"),
    (("--compare-l2", "0,1", "--l2", "1"), "both given"),
    (("--compare-l2", "0,1", "--save", "m.json"), "makes several models"),
    (("--compare-l2", "0,1", "--importance"), "--importance takes one"),
    (("--compare-l2", "0,1", "--robust"), "--robust takes one"),
]


@pytest.mark.parametrize(("options", "said"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_what_cannot_be_compared_is_refused(options, said):
    found = run("samples/cars.csv", "--model", "linear", *options)
    assert 2 == found.exit_code
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_lines_keep_eighty_columns():
    found = run("samples/cars.csv", "--model", "linear", "--compare-l2", "0,1", "--early-stop", "5", "--test", "0.2")
    assert [] == [line for line in found.stdout.splitlines() if len(line) > 80]


def test_models_without_that_penalty_refuse():
    with pytest.raises(UsageError, match="quantile takes no --l2"):
        dk.train("samples/cars.csv", model="quantile", compare_l2=(0, 1))
