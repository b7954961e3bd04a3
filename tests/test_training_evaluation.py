"""How a model is judged: rows kept for a test, folds, importance; the same seed gives the same answer."""

from pathlib import Path

import numpy as np
import pytest

from derivkit.data.split import folds
from derivkit.training import train

SAMPLES = Path(__file__).parents[1] / "samples"


def estimates(result):
    return [coefficient.estimate for coefficient in result.coefficients]


def test_the_test_rows_are_the_files_rows_and_are_kept_from_the_fit():
    x, y = np.loadtxt(SAMPLES / "cars.csv", delimiter=",", skiprows=1).T
    result = train(SAMPLES / "cars.csv", model="linear", test=0.2, seed=1)
    kept = np.array(result.test_rows) - 1
    assert (50, 10) == (result.n_rows, len(kept))
    others = np.setdiff1d(np.arange(50), kept)
    slope, constant = np.polyfit(x[others], y[others], 1)
    assert pytest.approx([constant, slope]) == estimates(result)
    residuals = y[kept] - constant - slope * x[kept]
    assert pytest.approx(np.sqrt((residuals**2).mean())) == result.metrics["test"]["rmse"]
    assert pytest.approx(np.abs(y[others] - constant - slope * x[others]).mean()) == result.metrics["train"]["mae"]


def test_test_rows_count_dropped_rows():
    data = {"a": [None, 1.0, 2.0, 3.0, 4.0, 6.0], "y": [1.0, 2.0, 4.0, 5.0, 6.0, 9.0]}
    result = train(data, model="linear", test=0.4)
    assert set(result.test_rows) <= {2, 3, 4, 5, 6}
    assert (2, 5, 1) == (len(result.test_rows), result.n_rows, result.n_dropped)


def test_the_same_seed_gives_the_same_result():
    options = {"model": "logistic", "test": 0.3, "folds": 3, "importance": True}
    once, again = (train(SAMPLES / "oring.csv", seed=4, **options) for _ in range(2))
    assert once == again
    assert once.test_rows != train(SAMPLES / "oring.csv", seed=5, **options).test_rows


def test_folds_predict_every_row_once():
    x, y = np.loadtxt(SAMPLES / "cars.csv", delimiter=",", skiprows=1).T
    result = train(SAMPLES / "cars.csv", model="linear", folds=5, seed=2)
    errors = []
    dealt = folds(50, 5, 2)
    for k in range(5):
        part, others = dealt == k, dealt != k
        slope, constant = np.polyfit(x[others], y[others], 1)
        errors.append(np.sqrt(((y[part] - constant - slope * x[part]) ** 2).mean()))
    assert (5, pytest.approx(np.mean(errors))) == (result.folds["count"], result.folds["mean"]["rmse"])
    assert pytest.approx(np.std(errors, ddof=1)) == result.folds["sd"]["rmse"]


def test_a_fold_without_a_model_is_said():
    data = {"a": [0.0] * 9 + [1.0], "y": [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 7.0]}
    result = train(data, model="linear", folds=5)
    assert result.folds is None
    assert any("has no model" in warning for warning in result.warnings)


def test_importance_of_a_feature_that_says_nothing_is_nothing():
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 200))
    s = rng.choice(["u", "v", "w"], 200)
    result = train(
        {"a": a, "b": b, "s": s, "y": 3 * a + (s == "v") * 2 + 0.1 * rng.standard_normal(200)}, model="linear", importance=True
    )
    assert ["a", "s"] == [entry["feature"] for entry in result.importance[:2]]
    means = {entry["feature"]: entry["mean"] for entry in result.importance}
    assert pytest.approx(9 * a.var(), rel=0.2) == means["a"]  # half the mean square of 3*(a - another a) is 9 times the variance
    assert abs(means["b"]) < 0.01


def test_metrics_of_the_test_rows_of_classes():
    result = train(SAMPLES / "iris.csv", model="softmax", l2=0.01, test=0.2)
    test = result.metrics["test"]
    assert 30 == sum(map(sum, test["confusion"]))
    assert [10, 10, 10] == [each["rows"] for each in test["per_class"]]
    assert pytest.approx(sum(test["confusion"][k][k] for k in range(3)) / 30) == test["accuracy"]
    assert 30 == sum(each["rows"] for each in test["calibration"])


def test_missing_numbers_are_filled_from_the_rows_of_the_fit():
    rng = np.random.default_rng(9)
    a = rng.standard_normal(40)
    y = a + rng.standard_normal(40)
    holes = np.where(np.arange(40) % 7 == 3, None, a)
    result = train({"a": list(holes), "y": list(y)}, model="linear", impute="mean", test=0.25, folds=4)
    kept = np.array(result.test_rows) - 1
    others = np.setdiff1d(np.arange(40), kept)
    known = np.array([v is not None for v in holes])
    filled = np.where(known, a, a[[k for k in others if known[k]]].mean())
    slope, constant = np.polyfit(filled[others], y[others], 1)
    assert pytest.approx([constant, slope]) == estimates(result)
    assert pytest.approx(np.abs(y[kept] - constant - slope * filled[kept]).mean()) == result.metrics["test"]["mae"]
