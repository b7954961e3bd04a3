"""Models kept in files: what comes back is what was trained, and it predicts what closed forms and references say."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derivkit as dk
from derivkit.errors import DataError, Refusal, UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.functions import ARRAYS
from derivkit.prediction import FormulaModel, TrainedModel
from derivkit.prediction.wording import safe_names
from tests.trained_models import CARS, FEATURES, MISRA, MIXED, MODELS, RNG, SAMPLES, TRIAL, X, trained


@pytest.fixture(scope="module")
def cars() -> TrainedModel:
    return dk.train(CARS, model="linear").to_model()


@pytest.mark.parametrize("name", MODELS)
def test_what_comes_back_from_a_file_is_the_model(name: str, tmp_path: Path) -> None:
    result = trained(name)
    path = tmp_path / "model.json"
    result.save(path)
    model = dk.load(path)
    assert result.to_model() == model
    assert result.coefficients == model.coefficients
    before, after = result.to_model().predict(MIXED), model.predict(MIXED)
    assert before.columns == after.columns
    again = tmp_path / "again.json"
    result.to_model().save(again)
    assert path.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("name", [name for name in MODELS if name != "tested"])
def test_the_rows_of_the_fit_are_judged_as_by_the_fit(name: str) -> None:
    result = trained(name)
    found = result.to_model().evaluate(MIXED)
    assert (60, 0) == (found.n_rows, found.n_dropped)
    expected = {key: value for key, value in result.metrics["train"].items() if isinstance(value, float)}
    assert pytest.approx(expected, rel=1e-11) == {key: found.metrics[key] for key in expected}


@pytest.mark.parametrize("name", MODELS)
def test_formulas_say_what_predictions_are(name: str) -> None:
    model = trained(name).to_model()
    design = model.schema.design(_table(MIXED)).matrix
    at = {short: design[:, model.schema.names.index(column)] for column, short in model.formulas.variables.items()}
    predicted = model.predict(MIXED)
    numbers = list(predicted.probabilities.values()) or [predicted.prediction]
    for output, expected in zip(model.outputs(), numbers, strict=True):
        np.testing.assert_allclose(evaluate(parse(output.whole).graph, at, ARRAYS), expected, rtol=1e-12)
        np.testing.assert_allclose(evaluate(output.graph, at, ARRAYS), expected, rtol=1e-12)


def _table(data: Any) -> Any:
    from derivkit.data.table import read_table

    return read_table(data)


def test_probabilities_are_shares_of_exponentials() -> None:
    """McCullagh and Nelder, Generalized Linear Models, section 5.2.4; the first class has the predictor 0."""
    model = trained("softmax").to_model()
    matrix = model.schema.design(_table(MIXED)).matrix
    eta = np.vstack([np.zeros(60), np.array(model.estimates).reshape(2, -1) @ matrix.T])
    shares = np.exp(eta) / np.exp(eta).sum(axis=0)
    found = model.predict(MIXED)
    assert ["a", "b", "c"] == list(found.probabilities)
    np.testing.assert_allclose(np.array(list(found.probabilities.values())), shares, rtol=1e-13)
    assert [["a", "b", "c"][k] for k in shares.argmax(axis=0)] == list(found.prediction)


def test_small_probabilities_keep_their_digits() -> None:
    model = dk.load(SAMPLES / "model.json")
    found = model.predict({"temperature": [300.0, -100.0]})
    intercept, slope = model.estimates
    assert found.probabilities[1][0] == pytest.approx(math.exp(intercept + 300 * slope), rel=1e-13)
    assert found.probabilities[0][1] == pytest.approx(math.exp(-(intercept - 100 * slope)), rel=1e-13)


def test_prediction_intervals_of_a_line(cars: TrainedModel) -> None:
    """What R's predict(lm(dist ~ speed), interval = "prediction") prints for the first row of its `cars`."""
    found = cars.predict({"speed": [4.0]}, interval=True)
    assert "prediction" == found.interval.kind
    assert [-1.849460, -34.49984, 30.80092] == pytest.approx([values[0] for values in found.columns.values()], rel=1e-6)


def test_intervals_of_a_line_by_its_closed_form(cars: TrainedModel) -> None:
    """Seber and Lee, Linear Regression Analysis, equation 5.27."""
    table = np.loadtxt(CARS, delimiter=",", skiprows=1)
    speed = table[:, 0]
    square = ((speed - speed.mean()) ** 2).sum()
    new = np.array([1.0, 15.4, 40.0])
    sd = np.sqrt(cars.dispersion * (1 + 1 / len(speed) + (new - speed.mean()) ** 2 / square))
    low, high = cars.predict({"speed": new.tolist()}, interval=True).ends[None]
    np.testing.assert_allclose((high - low) / 2, 2.0106347576242314 * sd, rtol=1e-11)  # Student's t, 48 degrees


def test_intervals_of_a_formula_by_nists_numbers() -> None:
    """NIST StRD, Misra1a: certified parameters and residual standard deviation; the derivatives typed by hand."""
    found = dk.fit("y = b1*(1 - exp(-b2*x))", MISRA).to_model().predict(MISRA, interval=True)
    x = np.loadtxt(MISRA, delimiter=",", skiprows=1)[:, 1]
    b1, b2, s = 2.3894212918e02, 5.5015643181e-04, 1.0187876330e-01
    jacobian = np.column_stack([1 - np.exp(-b2 * x), b1 * x * np.exp(-b2 * x)])
    inverse = np.linalg.inv(jacobian.T @ jacobian)
    sd = s * np.sqrt(1 + np.einsum("ij,jk,ik->i", jacobian, inverse, jacobian))
    low, high = found.ends[None]
    np.testing.assert_allclose((high - low) / 2, 2.1788128296672284 * sd, rtol=1e-6)  # Student's t, 12 degrees
    np.testing.assert_allclose((high + low) / 2, b1 * (1 - np.exp(-b2 * x)), rtol=1e-8)


def test_intervals_of_groups_are_those_of_their_means() -> None:
    """With groups alone, Poisson's log mean has the variance 1/(sum of the group's counts)."""
    found = dk.train(TRIAL, model="poisson", features=["outcome"]).to_model().predict({"outcome": ["a", "b", "c"]}, interval=True)
    sums = np.array([63.0, 40.0, 47.0])
    assert ["prediction", "mean_lower", "mean_upper"] == list(found.columns)
    np.testing.assert_allclose(found.prediction, sums / 3, rtol=1e-12)
    for sign, ends in zip((-1, 1), found.ends[None], strict=True):
        np.testing.assert_allclose(ends, sums / 3 * np.exp(sign * 1.959963984540054 / np.sqrt(sums)), rtol=1e-10)


def test_intervals_of_classes_do_not_depend_on_the_model_s_baseline() -> None:
    two = dk.train(MIXED, model="softmax", target="binary", features=FEATURES).to_model().predict(MIXED, interval=True)
    one = dk.train(MIXED, model="logistic", target="binary", features=FEATURES).to_model().predict(MIXED, interval=True)
    assert ["prediction", "probability_0", "probability_1", "lower_0", "upper_0", "lower_1", "upper_1"] == list(one.columns)
    for label in (0, 1):
        for expected, found in zip(one.ends[label], two.ends[label], strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(one.ends[0][0], 1 - one.ends[1][1], atol=1e-14)


def test_intervals_of_several_classes_by_another_baseline() -> None:
    """The interval of a class does not change when another name puts another class first."""
    renamed = {**MIXED, "kind": [{"a": "z", "b": "b", "c": "c"}[kind] for kind in MIXED["kind"]]}
    there = dk.train(MIXED, model="softmax", target="kind", features=FEATURES).to_model().predict(MIXED, interval=True)
    here = dk.train(renamed, model="softmax", target="kind", features=FEATURES).to_model().predict(MIXED, interval=True)
    for old, new in (("a", "z"), ("b", "b"), ("c", "c")):
        for expected, found in zip(there.ends[old], here.ends[new], strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "kind"), [("robust", "mean"), ("gamma", "mean"), ("quantile", "quantile"), ("huber", "fitted"), ("own", "fitted")]
)
def test_intervals_say_what_they_are_of(name: str, kind: str) -> None:
    found = trained(name).to_model().predict(MIXED, interval=True)
    assert kind == found.interval.kind
    low, high = found.ends[None]
    assert ((low < found.prediction) & (found.prediction < high)).all()
    assert [f"{kind}_lower", f"{kind}_upper"] == list(found.columns)[1:]


@pytest.mark.parametrize("name", ["ridge", "lasso", "elasticnet", "softmax, penalized"])
def test_there_are_no_intervals_with_a_penalty(name: str) -> None:
    with pytest.raises(Refusal, match="no interval: the penalty biases"):
        trained(name).to_model().predict(MIXED, interval=True)


def test_no_intervals_where_a_parameter_is_at_its_bound_or_errors_are_unknown() -> None:
    bounded = dk.fit("dist = a + b*speed", CARS, bounds={"a": (0.0, None)}).to_model()
    with pytest.raises(Refusal, match="no interval: a ended at its bound"):
        bounded.predict(CARS, interval=True)
    exact = dk.fit("y = a + b*x", {"x": [1.0, 2.0], "y": [1.0, 3.0]}).to_model()
    with pytest.raises(Refusal, match="no standard errors"):
        exact.predict({"x": [1.0]}, interval=True)


def test_no_interval_where_rounding_hides_the_variance() -> None:
    x = (1e9 + np.arange(30)).tolist()
    model = dk.train({"x": x, "y": RNG.normal(size=30).tolist()}, model="linear").to_model()
    with pytest.raises(Refusal, match="rounding hides what is left"):
        model.predict({"x": x}, interval=True)


def test_sides_of_an_equation_have_intervals_of_the_mean_where_single_values_spread_unevenly() -> None:
    for options in ({"robust": True}, {"weights": "w"}, {"loss": "huber"}, {"sigma": "w"}):
        data = {**{key: MIXED[key] for key in ("y", "dose (mg)")}, "w": (1 + X[:, 1] ** 2).tolist()}
        found = dk.fit("y = a + b*`dose (mg)`", data, **options).to_model().predict(data, interval=True)
        assert ["prediction", "mean_lower", "mean_upper"] == list(found.columns)


FORMULAS = {
    "nonlinear": ("y = b1*(1 - exp(-b2*x))", MISRA, {}),
    "left side": ("sqrt(dist) = a + b*speed", CARS, {"robust": True}),
    "quoted": ("log(positive) = a + b*`dose (mg)` + c*`größe`", MIXED, {}),
    "held": ("dist = a + b*speed + c*speed^2", CARS, {"fix": {"c": 0.1}, "bounds": {"a": (5.0, None)}}),
    "constant": ("dist = c", CARS, {}),
    "loss": ("dist = a*speed^b", CARS, {"start": {"a": 1.0, "b": 1.0}, "loss": "cauchy", "loss_scale": 10.0}),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_comes_back_and_predicts_what_was_fitted(name: str, tmp_path: Path) -> None:
    text, data, options = FORMULAS[name]
    result = dk.fit(text, data, **options)
    result.save(tmp_path / "f.json")
    model = dk.load(tmp_path / "f.json")
    assert isinstance(model, FormulaModel)
    assert result.to_model() == model
    predicted = model.predict(data)
    assert result.fitted.tolist() == predicted.prediction.tolist()
    if not options:
        assert result.r_squared == pytest.approx(model.evaluate(data).metrics["r_squared"], rel=1e-12)
    whole = model.outputs()[0]
    columns = {model.variables[name]: np.array(_column(data, column)) for name, column in model.columns.items()}
    np.testing.assert_allclose(
        np.broadcast_to(evaluate(whole.graph, columns, ARRAYS), len(predicted)), predicted.prediction, rtol=1e-13
    )


def _column(data: Any, name: str) -> list[float]:
    from derivkit.data.columns import read_column

    return read_column(_table(data), name).numbers.tolist()


def test_rows_with_holes_keep_their_places(cars: TrainedModel) -> None:
    found = cars.predict({"speed": [4.0, None, 10.0]})
    assert [True, False, True] == np.isfinite(found.prediction).tolist()
    assert [None] == found.columns["prediction"][1:2]
    assert ("1 of 3 rows without a prediction, values missing: speed (1)",) == found.warnings
    formula = dk.fit("dist = a + b*log(speed)", CARS).to_model()
    holes = formula.predict({"speed": [4.0, None, -1.0]})
    assert [True, False, False] == np.isfinite(holes.prediction).tolist()
    assert "1 of 3 rows without a prediction: no finite value, first in row 3" == holes.warnings[1]


def test_filled_numbers_are_filled_as_in_training() -> None:
    data = {"x": [1.0, 2.0, None, 5.0], "y": [1.0, 2.0, 3.0, 4.5]}
    model = dk.train(data, model="linear", impute="median").to_model()
    found = model.predict({"x": [2.0, None]}).prediction
    assert found[0] == found[1]
    assert (4, 0) == (model.evaluate(data).n_rows, model.evaluate(data).n_dropped)


def test_dropped_rows_are_counted(cars: TrainedModel) -> None:
    found = cars.evaluate({"speed": [4.0, None, 10.0], "dist": [2.0, 3.0, None]})
    assert (1, 2) == (found.n_rows, found.n_dropped)
    assert ("2 of 3 rows dropped, values missing: speed (1), dist (1)",) == found.warnings
    with pytest.raises(DataError, match="no row can be used: 1 of 1 rows dropped"):
        cars.evaluate({"speed": [4.0], "dist": [None]})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"dose (mg)": [1.0], "größe": [1.0]}, "the data has no column 'colour'"),
        (
            {"dose (mg)": [1.0], "größe": [1.0], "colour": ["pink"]},
            "holds 'pink' in row 1, a category that the model does not know",
        ),
        ({"dose (mg)": ["a"], "größe": [1.0], "colour": ["red"]}, "dose .*'a' in row 1"),
    ],
)
def test_rows_that_the_model_cannot_read_are_named(data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        trained("linear").to_model().predict(data)


def test_columns_may_stand_in_any_order_among_others() -> None:
    model = trained("linear").to_model()
    shuffled = {name: MIXED[name] for name in reversed(MIXED)}
    assert model.predict(MIXED).prediction.tolist() == model.predict(shuffled).prediction.tolist()


def test_negative_counts_are_refused() -> None:
    model = trained("poisson").to_model()
    with pytest.raises(DataError, match="must not be negative"):
        model.evaluate({**MIXED, "count": [-1, *MIXED["count"][1:]]})


def test_a_model_that_did_not_converge_is_not_saved(tmp_path: Path) -> None:
    result = dk.train({"x": [1.0, 2.0, 3.0, 4.0], "y": [0, 0, 1, 1]}, model="logistic")
    with pytest.raises(UsageError, match="there is no model: separation"):
        result.save(tmp_path / "model.json")
    assert [] == list(tmp_path.iterdir())


def test_names_are_harmless_and_told_apart() -> None:
    assert {"a b": "a_b", "1": "x_1", "eta": "eta_2", "sin": "x_sin"} == safe_names(["a b", "1", "eta", "sin"], ["eta"])
    assert {"a_b": "a_b", "a b": "a_b_2", "a-b": "a_b_3"} == safe_names(["a_b", "a b", "a-b"])
    assert "x" == safe_names(["日本"])["日本"]
