"""Networks on tables: trained, kept in files, asked, shown as formulas, written as source code."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import derivkit as dk
from derivkit.cli.app import app
from derivkit.codegen.generate import generate
from derivkit.errors import DataError, DerivkitError, Refusal, UsageError
from derivkit.program.program import compile_graph
from derivkit.training.comparison import size
from tests.code_runners import failures

IRIS = "samples/iris.csv"
CARS = "samples/cars.csv"


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


@pytest.fixture(scope="module")
def models():
    """One of every kind of output, with and without averages."""
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=80), rng.normal(size=80)
    two = {"x": x, "dose (mg)": z, "sex": np.array(["f", "m"])[rng.integers(2, size=80)], "y": np.where(x * z > 0, "in", "out")}
    return {
        "classes": dk.train(IRIS, model="mlp", target="species", hidden=[6], epochs=40, test=0.2),
        "two": dk.train(two, model="mlp", hidden=[5, 3], activation="sigmoid", epochs=20),
        "numbers": dk.train(CARS, model="mlp", target="dist", hidden=[4, 3], batch_norm=True, epochs=30, l2=1e-3),
        "relu": dk.train(CARS, model="mlp", target="dist", hidden=[4], activation="relu", dropout=0.1, epochs=30, seed=3),
    }, {"classes": IRIS, "two": two, "numbers": CARS, "relu": CARS}


KINDS = ("classes", "two", "numbers", "relu")


def test_irises_are_told_apart(models):
    found = models[0]["classes"]
    assert found.metrics["test"]["accuracy"] > 0.9
    assert "agree" == found.gradient_check.verdict
    assert (True, 40, 30) == (found.converged, found.network.kept, len(found.network.test_rows))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_model_predicts_and_judges_as_the_network_does(models, kind, tmp_path):
    result, data = models[0][kind], models[1][kind]
    result.save(tmp_path / "model.json")
    model = dk.load(tmp_path / "model.json")
    x = np.asarray(result.network.dealt.design.matrix)
    answers = model.predict(data)
    if result.classes:
        assert pytest.approx(result.network.network.predict_proba(x).T, abs=1e-12) == np.array(list(answers.probabilities.values()))
        assert result.network.network.predict(x).tolist() == list(answers.prediction)
    else:
        assert pytest.approx(result.network.network.predict(x), rel=1e-12) == answers.prediction
    whole = model.evaluate(data).metrics
    if not result.network.test_rows:
        own = result.metrics["train"]
        floats = {name: value for name, value in own.items() if isinstance(value, float)}
        assert {name: pytest.approx(value) for name, value in floats.items()} == {name: whole[name] for name in floats}


@pytest.mark.parametrize("kind", KINDS)
def test_formulas_say_what_the_network_computes(models, kind):
    """The graphs with all that is affine folded in, evaluated by another engine, at the rows of the table."""
    result = models[0][kind]
    model = result.to_model()
    answers = model.predict(models[1][kind])
    x = np.asarray(result.network.dealt.design.matrix)
    named = dict(zip(model.formulas.columns, x.T, strict=True))
    for output in model.outputs():
        expected = answers.prediction if output.class_ is None else answers.probabilities[output.class_]
        program = compile_graph(output.graph, 0)
        assert pytest.approx(expected, rel=1e-9, abs=1e-9) == program(**{name: named[name] for name in program.variables})


def test_units_are_not_called_as_columns_are():
    rng = np.random.default_rng(0)
    data = {"a1_1": rng.normal(size=30), "eta": rng.normal(size=30), "y": rng.normal(size=30)}
    formulas = dk.train(data, model="mlp", hidden=[2], epochs=1).to_model().formulas
    assert ["a1_1_2", "a1_2", "eta", "y"] == list(formulas.texts())
    assert "*a1_1 " in formulas.texts()["a1_1_2"]


@pytest.mark.filterwarnings("error")
def test_rows_beyond_all_numbers_have_no_prediction_and_no_noise(models, tmp_path):
    models[0]["numbers"].save(tmp_path / "model.json")
    document = json.loads((tmp_path / "model.json").read_text())
    document["network"]["weights"][:4] = [1e308, -1e308, 1e308, 1e308]
    document["network"]["inputs"]["center"] = [-1e308]
    (tmp_path / "model.json").write_text(json.dumps(document))
    model = dk.load(tmp_path / "model.json")
    answers = model.predict({"speed": [10.0, 1.7e308]})
    assert None is not answers.prediction[0]


def test_columns_far_from_zero_keep_their_digits_in_formulas():
    """Years, or a counter: a center folded into the constant would take the digits with it."""
    rng = np.random.default_rng(0)
    data = {"year": 1e9 + np.arange(40.0), "x": rng.normal(size=40), "y": rng.normal(size=40)}
    model = dk.train(data, model="mlp", hidden=[3], epochs=5).to_model()
    assert "*(year - 1000000019.5)" in model.formulas.texts()["a1_1"]
    program = compile_graph(model.outputs()[0].graph, 0)
    found = program(year=data["year"], x=data["x"])
    assert pytest.approx(model.predict(data).prediction, rel=1e-9, abs=1e-9) == found


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_is_written_as_source_code(models, kind, tmp_path):
    codes = [
        generate(output.graph, "c", name="predict", order=0, file=None).code for output in models[0][kind].to_model().outputs()
    ]
    assert "" == failures("c", codes[:1], tmp_path)


def test_a_row_that_misses_a_value_has_no_prediction(models):
    model = models[0]["classes"].to_model()
    row = {"sepal_length": [5.0, None], "sepal_width": [3.0, 3.0], "petal_length": [1.5, 1.5], "petal_width": [0.2, 0.2]}
    answers = model.predict(row)
    assert "setosa" == answers.prediction[0]
    assert answers.prediction[1] is None
    assert any("without a prediction" in warning for warning in answers.warnings)


def test_missing_numbers_are_filled_with_those_of_the_training_rows():
    data = {"x": [0.0, None, 1.0, 2.0, 3.0, 10.0], "y": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]}
    found = dk.train(data, model="mlp", hidden=[2], epochs=5, impute="median")
    assert 0 == found.network.dealt.design.n_dropped
    assert [2.0] == [variable.fill for variable in found.to_model().schema.features]


def test_a_network_has_no_intervals(models):
    with pytest.raises(Refusal, match="a network has no standard errors"):
        models[0]["numbers"].to_model().predict(CARS, interval=True)


def test_a_stronger_penalty_makes_smaller_weights():
    compared = dk.train(CARS, model="mlp", target="dist", hidden=[4], epochs=100, compare_l2=(0.0, 0.1, 1.0)).compared
    sizes = [size(one) for one in compared]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < sizes[0] / 2
    weights = [value for name, value in compared[0].network.network.parameters.items() if name.startswith("W")]
    assert pytest.approx(np.linalg.norm(weights)) == sizes[0]


def test_an_early_stop_keeps_the_best_weights():
    found = dk.train(CARS, model="mlp", target="dist", hidden=[8], early_stop=5, epochs=500, batch_size=10)
    losses = [epoch.validation.loss for epoch in found.network.history]
    assert found.network.kept == int(np.argmin(losses))
    assert len(losses) - 1 == found.network.kept + 5
    assert 10 == len(found.network.validation_rows)


def test_a_learning_rate_that_is_too_large_is_said():
    found = dk.train(CARS, model="mlp", target="dist", optimizer="gd", lr=1e6, activation="relu", epochs=50)
    assert not found.converged
    assert "too large" in found.reason
    with pytest.raises(UsageError, match="there is no model"):
        found.to_model()


def test_the_document_has_the_keys_of_every_training():
    found = run("train", IRIS, "--model", "mlp", "--hidden", "3", "--epochs", "3", "--test", "0.2", "--json")
    document = json.loads(found.stdout)
    keys = {
        "model", "target", "classes", "features", "n_rows", "n_dropped", "test_rows", "coefficients", "distribution",
        "log_likelihood", "loss", "metrics", "optimizer", "iterations", "converged", "reason", "gradient_check", "history",
    }  # fmt: skip
    assert 0 == found.exit_code
    assert keys <= set(document)
    assert ("mlp", "species", True) == (document["model"], document["target"], document["converged"])
    assert {"name", "class", "estimate", "standard_error", "z", "p_value", "ci95"} == set(document["coefficients"][0])
    assert 4 * 3 + 3 + 3 * 3 + 3 == len(document["coefficients"])
    assert 3 + 1 == len(document["history"])


def test_the_command_keeps_predicts_and_shows(tmp_path):
    path = str(tmp_path / "model.json")
    found = run("train", CARS, "--model", "mlp", "--target", "dist", "--hidden", "2", "--epochs", "5", "--save", path)
    assert 0 == found.exit_code
    assert f"saved: {path}" in found.stdout
    assert 51 == len(run("predict", path, CARS).stdout.splitlines())
    assert "R²" in run("evaluate", path, CARS).stdout
    shown = run("show", path).stdout
    assert "a1_1 = tanh(" in shown
    assert "dist = eta" in shown
    assert r"\operatorname{tanh}\left(" in run("show", path, "--format", "latex").stdout
    assert json.loads(run("show", path, "--json").stdout)["prediction"][0]["text"] == "eta"
    assert "double predict(double speed)" in run("show", path, "--lang", "c").stdout


REFUSED = [
    ({"hidden": [3], "model": "linear"}, "--hidden is for networks"),
    ({"batch_norm": True, "model": "logistic"}, "--batch-norm is for networks"),
    ({"folds": 3}, "mlp takes no --folds"),
    ({"robust": True}, "mlp takes no --robust"),
    ({"memory": "500MB"}, "mlp takes no --memory"),
    ({"degree": 2}, "mlp takes no --degree"),
    ({"intercept": False}, "mlp takes no --no-intercept"),
    ({"steps": 3}, "mlp takes no --steps"),
    ({"loss": "(y - eta)^2"}, "mlp takes no --loss"),
    ({"optimizer": "newton"}, "networks have no optimizer"),
    ({"dropout": 1.0}, "dropout 1"),
    ({"activation": "selu"}, "there is no activation 'selu'"),
    ({"validation": 0.3}, "--validation is for --early-stop"),
    ({"optimizer": "lbfgs", "batch_size": 8}, "lbfgs takes all rows in every step"),
    ({"l1": -1.0}, "not negative"),
    ({"hidden": [2_000_000]}, "budget"),
    ({"hidden": 16}, "hidden=16: the widths of the hidden layers are a sequence"),
    ({"hidden": "16"}, "hidden='16': the widths"),
    ({"epochs": 2.5}, "--epochs 2.5: it must be a whole number"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED, ids=str)
def test_options_that_do_not_fit_are_refused(options, said):
    with pytest.raises(DerivkitError) as refused:
        dk.train(CARS, **{"model": "mlp", "target": "dist", **options})
    assert said in refused.value.message


@pytest.mark.parametrize("text", ["", "3,", "0", "-2", "2.5", "3-4", "x", "3,,4"])
def test_widths_that_are_none_are_refused(text):
    found = run("train", CARS, "--model", "mlp", "--hidden", text)
    assert 2 == found.exit_code
    assert "--hidden" in found.stderr
    assert "Traceback" not in found.stderr


TAMPERED = [
    (("network",), 3, "network is 3"),
    (("network", "weights"), [1.0], "network.weights"),
    (("network", "output"), "softmax", "network.output"),
    (("network", "architecture"), "2-4-1", "network"),
    (("network", "inputs", "size"), [0.0], "network.inputs.size"),
    (("penalty", "l2"), -1.0, "penalty.l2"),
    (("schema", "target"), 3, "schema.target"),
    (("origin", "gradient_check", "verdict"), "disagree", "gradient_check.verdict"),
]


@pytest.mark.parametrize(
    ("where", "value", "said"), TAMPERED, ids=lambda value: ".".join(value) if isinstance(value, tuple) else ""
)
def test_a_file_that_was_changed_is_refused_by_key(models, where, value, said, tmp_path: Path):
    path = tmp_path / "model.json"
    models[0]["relu"].save(path)
    document = copy.deepcopy(json.loads(path.read_text()))
    inside = document
    for key in where[:-1]:
        inside = inside[key]
    inside[where[-1]] = value
    path.write_text(json.dumps(document))
    with pytest.raises(DataError) as refused:
        dk.load(path)
    assert said in refused.value.message
