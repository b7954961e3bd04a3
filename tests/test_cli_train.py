"""`derivkit train`: the document's keys, the page, exit statuses, messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivkit.functions import row_named
from tests.conftest import Run, document, steady

SAMPLES = Path(__file__).parents[1] / "samples"
ORING = str(SAMPLES / "oring.csv")
CARS = str(SAMPLES / "cars.csv")
KEYS = [
    "command",
    "version",
    "input",
    "warnings",
    "model",
    "target",
    "classes",
    "features",
    "n_rows",
    "n_dropped",
    "test_rows",
    "coefficients",
    "distribution",
    "log_likelihood",
    "loss",
    "metrics",
    "optimizer",
    "iterations",
    "converged",
    "reason",
    "gradient_check",
]


@pytest.fixture
def table(tmp_path: Path):
    """Writes a CSV file and gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_the_document_of_a_logistic_model(run: Run) -> None:
    result = run("train", ORING, "--model", "logistic", "--json")
    found = document(result)
    assert (0, "") == (result.exit_code, steady(result.stderr))
    assert set(KEYS) <= set(found)
    assert ("logistic", "distress", [0, 1], ["temperature"]) == tuple(
        found[key] for key in ("model", "target", "classes", "features")
    )
    assert (23, 0, [], "normal", True) == tuple(
        found[key] for key in ("n_rows", "n_dropped", "test_rows", "distribution", "converged")
    )
    intercept, slope = found["coefficients"]
    assert {"name", "class", "estimate", "standard_error", "z", "p_value", "ci95"} == set(slope)
    assert ("intercept", None, "temperature") == (intercept["name"], intercept["class"], slope["name"])
    assert pytest.approx(-0.2322, abs=5e-5) == slope["estimate"]
    low, high = slope["ci95"]
    assert low < slope["estimate"] < high
    assert {"accuracy", "log_loss", "auc", "confusion", "per_class", "calibration"} == set(found["metrics"]["train"])
    assert found["metrics"]["test"] is None
    assert "agree" == found["gradient_check"]["verdict"]
    assert {"name", "max_relative_error", "error_bound", "worst_at"} <= set(found["gradient_check"]["routes"][0])


def test_the_document_of_a_linear_model(run: Run) -> None:
    found = document(run("train", CARS, "--model", "linear", "--json"))
    assert ("t", None) == (found["distribution"], found["classes"])
    assert {"r_squared", "rmse", "mae", "mean_deviance"} == set(found["metrics"]["train"])
    assert pytest.approx(0.6511, abs=5e-5) == found["metrics"]["train"]["r_squared"]


def test_the_page(run: Run) -> None:
    result = run("train", CARS, "--model", "linear")
    assert 0 == result.exit_code
    assert "note: the target is dist, the last column\n" == steady(result.stderr)
    for piece in ("linear regression of dist on speed", "50 rows", "3.93241", "0.4155", "R²", "gradient: agree at 2 points"):
        assert piece in result.stdout
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_options(run: Run) -> None:
    found = document(
        run("train", CARS, "--model", "linear", "--target", "speed", "--features", "dist", "--no-intercept", "--l2", "2", "--json")
    )
    assert ("speed", ["dist"], ["dist"]) == (found["target"], found["features"], [c["name"] for c in found["coefficients"]])
    assert [None] == [c["standard_error"] for c in found["coefficients"]]
    assert any("no standard errors" in warning for warning in found["warnings"])
    assert [] == found["notes"]


def test_long_and_strange_names_stay_in_the_page(run: Run, table) -> None:
    names = ["a very long name of a column that has no end " * 3, "温度", "e\u0301"]
    rows = "".join(f"{k},{k * k % 7},{k * 3 % 5},{1e6 * (k % 4)}\n" for k in range(20))
    result = run("train", table(",".join([*names, "y"]) + "\n" + rows), "--model", "linear")
    assert 0 == result.exit_code
    assert max(map(len, result.stdout.splitlines()[3:])) <= 80
    assert "温度" in result.stdout


def test_dropped_rows_are_warned_about(run: Run, table) -> None:
    result = run("train", table("a,y\n1,2\n2,NA\n3,5\n4,4\n"), "--model", "linear")
    assert "warning: 1 of 4 rows dropped, values missing: y (1)\n" in result.stderr
    assert "3 rows, 1 dropped" in result.stdout


MESSY = "species,size,y\nu,1,2\nv,,3\nw,3,5\nu,5,4\nv,4,4\nw,2,1\n"


def test_standard_input_missing_numbers_and_a_reference(run: Run) -> None:
    arguments = ["train", "-", "--model", "linear", "--impute", "median", "--reference", "species=w", "--json"]
    found = document(run(*arguments, stdin=MESSY))
    assert ["intercept", "species=u", "species=v", "size"] == [c["name"] for c in found["coefficients"]]
    assert (6, 0) == (found["n_rows"], found["n_dropped"])
    assert "missing numbers filled with the median of the training rows: size (1)" in found["notes"]


# the option's value, a piece of the message
WRONG_REFERENCES = [
    (["species"], "--reference species is not COLUMN=LEVEL"),
    (["=w"], "is not COLUMN=LEVEL"),
    (["species=u", "species=v"], "names the column species twice"),
    (["species=q"], "no level 'q'"),
    (["size=1"], "holds numbers"),
    (["kind=1"], "no feature"),
]


@pytest.mark.parametrize(("references", "piece"), WRONG_REFERENCES)
def test_a_reference_that_is_none(run: Run, references: list[str], piece: str) -> None:
    options = [word for reference in references for word in ("--reference", reference)]
    result = run("train", "-", "--model", "linear", *options, stdin=MESSY)
    assert 2 == result.exit_code
    assert piece in " ".join(result.stderr.split())


def test_a_combination_is_told_by_its_formula(run: Run, table) -> None:
    path = table("a,b,c,d,y\n1,2,0,1,1\n2,1,3,2,5\n3,5,1,3,2\n4,2,6,4,8\n5,9,1,5,2\n7,1,13,7,3\n")
    result = run("train", path, "--model", "linear")
    assert 2 == result.exit_code
    told = " ".join(result.stderr.split())
    assert "c is an exact linear combination of a, b: c = 2*a - b; d is a duplicate of a" in told


def test_separation_is_a_no_with_a_document(run: Run, table) -> None:
    path = table("a,y\n1,0\n2,0\n3,1\n4,1\n")
    result = run("train", path, "--model", "logistic")
    assert 1 == result.exit_code
    assert "separation: a tells the classes apart" in " ".join(result.stdout.split())
    assert "--l2" in result.stdout
    result = run("train", path, "--model", "logistic", "--json")
    found = document(result)
    assert (1, False) == (result.exit_code, found["converged"])
    assert "separation" in found["reason"]
    assert [None, None] == [c["estimate"] for c in found["coefficients"]]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_wrong_derivative_is_a_no(run: Run, form: list[str]) -> None:
    row = row_named("softplus")
    right = row.partials
    try:
        object.__setattr__(row, "partials", (lambda f, y, x: 1.001 * f.sigmoid(x),))
        result = run("train", ORING, "--model", "logistic", *form)
    finally:
        object.__setattr__(row, "partials", right)
    assert 1 == result.exit_code
    assert "disagree" in result.stdout
    assert "gradient" in result.stdout


# the file's text, arguments, the code, a piece of the message
UNUSABLE = [
    ("a,y\n1,2\n", [], "usage", "--model"),
    ("a,y\n1,2\n2,3\n3,5\n", ["--model", "lineer"], "usage", "lineer"),
    ("a,y\n1,2\n2,3\n3,5\n", ["--model", "linear", "--l2", "-1"], "usage", "l2"),
    ("a,y\n1,2\n2,3\n3,5\n", ["--model", "ridge"], "usage", "ridge needs a penalty: --l2"),
    ("a,y\n1,2\n2,3\n3,5\n", ["--model", "linear", "--loss", "eta"], "usage", "not both"),
    ("a,y\n1,2\n2,3\n3,5\n", ["--loss", "(y - eta"], "syntax", "never closed"),
    ("a,y\n1,2\n2,-3\n3,5\n", ["--model", "poisson"], "data", "is -3 in row 2"),
    ("a,y\n1,2\n2,3\n3,5\n", ["--model", "linear", "--features", "b"], "data", "no column 'b'"),
    ("a,y\n1,2\n2,oops\n3,5\n4,5\n", ["--model", "linear"], "data", "row 2 (line 3)"),
    ("a,intercept,y\n1,2,3\n2,3,4\n", ["--model", "linear"], "data", "intercept"),
    ("a\u202ey,y\n1,2\n", ["--model", "linear"], "data", r"a\u202ey"),
    ("a,b,y\n1,2,1\n2,4,3\n3,6,2\n4,8,1\n", ["--model", "linear"], "data", "linear combination"),
    ("", ["--model", "linear"], "data", "empty"),
]


@pytest.mark.parametrize(("text", "arguments", "code", "piece"), UNUSABLE)
def test_what_cannot_be_used_is_one_clear_line(run: Run, table, text: str, arguments: list[str], code: str, piece: str) -> None:
    path = table(text)
    result = run("train", path, *arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert result.stderr.startswith("error: ")
    assert len(result.stderr.splitlines()) < 8
    result = run("train", path, *arguments, "--json")
    assert 2 == result.exit_code
    error = document(result)["error"]
    assert code == error["code"]
    assert piece in error["message"]


def test_files_that_are_none(run: Run, tmp_path: Path) -> None:
    for path in (str(tmp_path), str(tmp_path / "absent.csv"), "/dev/zero"):
        result = run("train", path, "--model", "linear", "--json")
        assert (2, "file") == (result.exit_code, json.loads(result.stdout)["error"]["code"])


SOFTMAX = ["train", str(SAMPLES / "iris.csv"), "--model", "softmax", "--l2", "0.01", "--test", "0.2", "--seed", "3", "--folds", "5"]


def test_the_document_of_a_softmax_model(run: Run) -> None:
    result = run(*SOFTMAX, "--importance", "--json")
    found = document(result)
    assert 0 == result.exit_code
    assert ["setosa", "versicolor", "virginica"] == found["classes"]
    assert ["setosa"] * 5 == [c["class"] for c in found["coefficients"][:5]]
    assert 30 == len(found["test_rows"])
    assert {"accuracy", "log_loss", "auc"} == set(found["folds"]["mean"])
    assert 4 == len(found["importance"])
    assert (0.01, 0, None) == (found["l2"], found["l1"], found["covariance"])
    assert result.stdout == run(*SOFTMAX, "--importance", "--json").stdout


def test_the_page_of_classes_stays_in_its_columns(run: Run) -> None:
    result = run(*SOFTMAX, "--importance")
    for piece in (
        "penalty l2 = 0.01",
        "species = versicolor",
        "as virginica",
        "5 folds",
        "loss grows by",
        "30 of them for the test",
    ):
        assert piece in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


# arguments, pieces of the page
PAGES = [
    ([CARS, "--model", "polynomial", "--degree", "3"], ["polynomial regression", "degree 3, no penalty", "speed^3"]),
    ([CARS, "--model", "huber"], ["Huber regression", "delta 1.345", "standard errors: Huber's", "scale"]),
    ([CARS, "--model", "quantile", "--tau", "0.9"], ["quantile 0.9", "by a kernel", "4.71429"]),
    ([CARS, "--model", "lasso", "--l1", "0.5"], ["lasso regression", "penalty l1 = 0.5", "0 lies in the subdifferential but for"]),
    ([CARS, "--model", "linear", "--robust"], ["robust to unequal variances (HC3)"]),
    ([CARS, "--loss", "log(cosh((y-eta)/10))"], ["own loss of dist", "loss of a row: log(cosh((y - eta)/10))", "sandwich"]),
    ([str(SAMPLES / "trial.csv"), "--model", "poisson"], ["Poisson regression of counts", "outcome=b", "R² McFadden"]),
]


@pytest.mark.parametrize(("arguments", "pieces"), PAGES)
def test_pages_of_models(run: Run, arguments: list[str], pieces: list[str]) -> None:
    result = run("train", *arguments)
    assert 0 == result.exit_code
    for piece in pieces:
        assert piece in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_what_did_not_converge_is_a_no(run: Run) -> None:
    result = run("train", ORING, "--model", "logistic", "--optimizer", "gd", "--lr", "0.01", "--steps", "3")
    assert 1 == result.exit_code
    assert "not converged: no minimum within 3 iterations" in result.stdout
