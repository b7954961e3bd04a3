"""`derivkit predict`, `evaluate`, `show` and `--save`: documents, pages, files, exit statuses."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

import derivkit as dk
from tests.conftest import Run, document

SAMPLES = Path(__file__).parents[1] / "samples"
MODEL, ORING, CARS, IRIS = (str(SAMPLES / name) for name in ("model.json", "oring.csv", "cars.csv", "iris.csv"))
PUROMYCIN = str(SAMPLES / "puromycin.csv")


@pytest.fixture
def iris(run: Run, tmp_path: Path) -> str:
    path = str(tmp_path / "iris.json")
    assert 0 == run("train", IRIS, "--model", "softmax", "--l2", "0.01", "--save", path).exit_code
    return path


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_sample_is_what_training_keeps(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    result = run("train", ORING, "--model", "logistic", "--save", str(path))
    assert f"saved: {path}" == result.stdout.splitlines()[-1]
    fresh, kept = dk.load(path), dk.load(MODEL)
    assert list(json.loads(Path(MODEL).read_text())) == list(json.loads(path.read_text()))
    assert kept.estimates == pytest.approx(fresh.estimates, rel=1e-10)
    assert (kept.schema, kept.origin.options) == (fresh.schema, fresh.origin.options)


def test_predictions_of_classes(run: Run, iris: str) -> None:
    rows = _rows(run("predict", iris, IRIS).stdout)
    assert 150 == len(rows)
    assert ["prediction", "probability_setosa", "probability_versicolor", "probability_virginica"] == list(rows[0])
    assert {"setosa", "versicolor", "virginica"} == {row["prediction"] for row in rows}
    for row in rows:
        assert 1 == pytest.approx(sum(float(row[key]) for key in list(row)[1:]), rel=1e-14)


def test_a_file_holds_what_standard_output_shows(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = run("predict", MODEL, ORING, "-o", str(out), "--interval")
    assert (0, f"{out}: 23 predictions of distress\n") == (result.exit_code, result.stdout)
    assert "95 % confidence intervals of the probabilities" in " ".join(result.stderr.split())
    shown = run("predict", MODEL, "-", "--interval", stdin=Path(ORING).read_bytes())
    assert out.read_text() == shown.stdout


def test_the_document_of_predictions(run: Run) -> None:
    found = document(run("predict", MODEL, ORING, "--interval", "--json"))
    assert ("predict", "logistic", "distress", 23, None) == tuple(
        found[key] for key in ("command", "model", "target", "n_rows", "file")
    )
    assert {"kind": "probability", "level": 0.95} == {key: found["interval"][key] for key in ("kind", "level")}
    assert ["prediction", "probability_0", "probability_1", "lower_0", "upper_0", "lower_1", "upper_1"] == list(found["columns"])
    assert {23} == {len(values) for values in found["columns"].values()}
    # Dalal, Fowlkes and Hoadley, J. Am. Stat. Assoc. 84 (1989) 945: nearly certain distress at 31 degrees
    low, high = (found["columns"][name][-1] for name in ("lower_1", "upper_1"))
    assert 0 < low < found["columns"]["probability_1"][-1] < high < 1


def test_rows_with_holes_keep_their_lines(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "new.csv"
    data.write_text("note,temperature\na,66\nb,NA\nc,\nd,31\n")
    result = run("predict", MODEL, str(data))
    _, *lines = result.stdout.splitlines()
    assert [False, True, True, False] == [line == ",," for line in lines]
    assert "2 of 4 rows without a prediction, values missing: temperature (2)" in " ".join(result.stderr.split())
    found = document(run("predict", MODEL, str(data), "--json"))
    assert [None, None] == found["columns"]["prediction"][1:3]
    alone = tmp_path / "line.json"
    run("train", CARS, "--model", "linear", "--save", str(alone))
    data.write_text("speed\n4\n\n5\n".replace("\n\n", "\nNA\n"))
    assert ["prediction", '""'] == [run("predict", str(alone), str(data)).stdout.splitlines()[k] for k in (0, 2)]


def test_labels_survive(run: Run, tmp_path: Path) -> None:
    data, model = tmp_path / "d.csv", str(tmp_path / "m.json")
    labels = ['a, "quoted"', "größer", "plain"]
    rows = [(k % 7 + 0.5 * (k % 3), labels[(k * 5 + k // 4) % 3]) for k in range(40)]
    with data.open("w", newline="") as stream:
        csv.writer(stream).writerows([("x", "y"), *rows])
    assert 0 == run("train", str(data), "--model", "softmax", "--save", model).exit_code
    found = _rows(run("predict", model, str(data)).stdout)
    assert {f"probability_{label}" for label in labels} == set(found[0]) - {"prediction"}
    assert {row["prediction"] for row in found} <= set(labels)
    assert 0 == run("show", model).exit_code
    assert 0 == run("show", model, "--format", "latex").exit_code
    assert 0 == run("show", model, "--lang", "rust", "--class", "größer").exit_code


def test_evaluation(run: Run, iris: str) -> None:
    found = document(run("evaluate", iris, IRIS, "--json"))
    assert ("softmax", "species", 150, 0) == tuple(found[key] for key in ("model", "target", "n_rows", "n_dropped"))
    assert 150 == sum(map(sum, found["metrics"]["confusion"]))
    assert {"accuracy", "log_loss", "auc", "per_class", "calibration"} <= set(found["metrics"])
    assert "class       as setosa" in run("evaluate", iris, IRIS).stdout


def test_a_formula_from_a_file(run: Run, tmp_path: Path) -> None:
    path, code = str(tmp_path / "f.json"), tmp_path / "f.py"
    result = run("fit", PUROMYCIN, "rate = Vmax*conc/(K + conc)", "--start", "Vmax=200,K=0.1", "--save", path, "--json")
    assert path == document(result)["saved"]
    assert 0.961261 == pytest.approx(document(run("evaluate", path, PUROMYCIN, "--json"))["metrics"]["r_squared"], rel=1e-6)
    assert ["prediction", "lower", "upper"] == list(_rows(run("predict", path, PUROMYCIN, "--interval").stdout)[0])
    shown = run("show", path).stdout
    assert "rate = 212.6837" in shown
    assert r"\mathrm{rate} = " in run("show", path, "--format", "latex").stdout
    assert f"{code}: written for --lang python\n" == run("show", path, "--lang", "python", "-o", str(code)).stdout
    assert b"OK\n" == subprocess.run([sys.executable, str(code)], capture_output=True, check=True).stdout


def test_code_of_a_class_is_its_probability(run: Run, iris: str, tmp_path: Path) -> None:
    code = tmp_path / "versicolor.py"
    assert 0 == run("show", iris, "--lang", "python", "--class", "versicolor", "-o", str(code)).exit_code
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from versicolor import predict; print(predict(4.5, 1.5, 6.0, 3.0))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    new = {"petal_length": [4.5], "petal_width": [1.5], "sepal_length": [6.0], "sepal_width": [3.0]}
    assert float(printed) == pytest.approx(dk.load(iris).predict(new).probabilities["versicolor"][0], rel=1e-14)


def test_what_is_read_is_not_written_over(run: Run, tmp_path: Path) -> None:
    data, model, link = tmp_path / "d.csv", tmp_path / "m.json", tmp_path / "link"
    data.write_text(Path(ORING).read_text())
    model.write_text(Path(MODEL).read_text())
    link.symlink_to(data)
    before = data.read_bytes(), model.read_bytes()
    for arguments in (
        ["predict", model, data, "-o", data],
        ["predict", model, data, "-o", link],
        ["predict", model, data, "-o", model],
        ["train", data, "--model", "logistic", "--save", link],
        ["fit", data, "distress = a + b*temperature", "--save", data],
        ["show", model, "--lang", "c", "-o", model],
    ):
        result = run(*map(str, arguments))
        assert 2 == result.exit_code
        assert "would overwrite a file that is read" in " ".join(result.stderr.split())
    assert before == (data.read_bytes(), model.read_bytes())


def test_a_failure_leaves_the_old_files_whole(run: Run, iris: str, tmp_path: Path) -> None:
    before, out = Path(iris).read_bytes(), tmp_path / "out.csv"
    out.write_text("old")
    failed = run("train", IRIS, "--model", "softmax", "--save", iris)
    assert 1 == failed.exit_code
    assert "nothing saved to" in failed.stderr
    assert "saved:" not in failed.stdout
    assert document(run("train", IRIS, "--model", "softmax", "--save", iris, "--json"))["saved"] is None
    assert 2 == run("predict", iris, CARS, "-o", str(out)).exit_code
    assert (before, "old") == (Path(iris).read_bytes(), out.read_text())


@pytest.mark.parametrize(
    ("status", "arguments", "message"),
    [
        (2, ["predict", "{iris}", CARS], "cars.csv has no column 'sepal_length'"),
        (2, ["predict", ORING, ORING], "is not JSON"),
        (2, ["predict", "none.json", ORING], "there is no file none.json"),
        (2, ["evaluate", MODEL, CARS], "has no column 'temperature'"),
        (3, ["predict", "{iris}", IRIS, "--interval"], "no interval: the penalty biases"),
        (2, ["show", "{iris}", "--lang", "c"], "--class says whose probability to write"),
        (2, ["show", "{iris}", "--lang", "c", "--class", "rose"], "there is no such class"),
        (2, ["show", MODEL, "--class", "1"], "--class is for source code"),
        (2, ["show", MODEL, "-o", "f.c"], "-o is for source code"),
        (2, ["train", ORING, "--model", "logistic", "--save", "/no/such/folder/m.json"], "cannot write"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run: Run, iris: str, status: int, arguments: list[str], message: str) -> None:
    result = run(*[argument.format(iris=iris) for argument in arguments])
    assert (status, "") == (result.exit_code, result.stdout)
    assert message in " ".join(result.stderr.split())
    assert len(result.stderr.splitlines()) < 8
