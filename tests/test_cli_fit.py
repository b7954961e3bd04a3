"""`derivkit fit`: the document's keys, the page, exit statuses, messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivkit.expression.parser import parse
from tests.conftest import Run, document

SAMPLES = Path(__file__).parents[1] / "samples"
MISRA = str(SAMPLES / "misra1a.csv")
FORMULA = "y = b1*(1 - exp(-b2*x))"
KEYS = [
    "command",
    "version",
    "input",
    "warnings",
    "model",
    "parameters",
    "covariance",
    "rss",
    "residual_sd",
    "dof",
    "r_squared",
    "n_rows",
    "n_dropped",
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


def test_the_document(run: Run) -> None:
    result = run("fit", MISRA, FORMULA, "--start", "b1=500,b2=1e-4", "--json")
    found = document(result)
    assert (0, "") == (result.exit_code, result.stderr)
    assert set(KEYS) <= set(found)
    assert ["b1", "b2"] == [parameter["name"] for parameter in found["parameters"]]
    assert {"name", "estimate", "standard_error", "z", "p_value", "ci95", "profile95", "at_bound"} == set(found["parameters"][0])
    assert pytest.approx(238.94212918, rel=1e-9) == found["parameters"][0]["estimate"]
    assert pytest.approx(2.7070075241, rel=1e-9) == found["parameters"][0]["standard_error"]
    assert pytest.approx(2.7070075241**2, rel=1e-9) == found["covariance"][0][0]
    assert (12, 14, 0, True, "t") == tuple(found[key] for key in ("dof", "n_rows", "n_dropped", "converged", "distribution"))
    assert "agree" == found["gradient_check"]["verdict"]
    assert "given" == found["start"]["origin"]


def test_the_model_of_the_document_reads_back(run: Run) -> None:
    model = document(run("fit", MISRA, FORMULA, "--json"))["model"]
    assert FORMULA == model["equation"]
    assert parse("b1*(1 - exp(-b2*x))").graph == parse(model["text"]).graph
    assert r"b_{1} \left(1 - e^{- b_{2} x}\right)" == model["latex"]


def test_names_in_backticks_as_latex(run: Run, table) -> None:
    path = table("dose_% (mg),y\n1,2\n2,4.1\n3,5.9\n")
    model = document(run("fit", path, "y = a*`dose_% (mg)`", "--json"))["model"]
    assert ("a*`dose_% (mg)`", r"\text{dose\_\% (mg)} a") == (model["text"], model["latex"])


def test_not_converged_is_exit_status_1(run: Run, table) -> None:
    path = table("x,y\n0,1\n1,1.1\n2,0.9\n3,1.05\n")
    result = run("fit", path, "y = a*cos(b*x)", "--start", "a=1,b=0")
    assert 1 == result.exit_code
    assert "not converged: the fit is the same for every value of b" in result.stdout


def test_parameters_that_cannot_be_told_apart_are_exit_status_2(run: Run) -> None:
    found = document(run("fit", MISRA, "y = c*b1*(1 - exp(-b2*x))", "--json"))
    assert ("data", [6, 8]) == (found["error"]["code"], found["error"]["span"])
    assert "b1 and c cannot be told apart: only b1*c is determined" == found["error"]["message"]


def test_a_formula_with_jumps_is_exit_status_3(run: Run) -> None:
    result = run("fit", MISRA, "y = b1*floor(b2*x)", "--start", "b1=1,b2=0.11")
    assert 3 == result.exit_code
    assert "gradient: refused (cancellation)" in result.stdout


UNUSABLE = [
    (["y = b1*x", "--start", "b2=1"], "start: the formula has no parameter b2"),
    (["y = b1*x", "--start", "b1"], "b1 gives no variable a value"),
    (["y = b1*x", "--bounds", "b1=1"], "the bounds of b1 lack their two dots"),
    (["y = b1*x", "--fix", "b1=z"], "the value of b1 holds the variable z"),
    (["y = b1*t"], "the right side holds no column"),
    (["z = b1*x"], "misra1a.csv has no column 'z'"),
    (["b1*x"], "the formula has no equals sign"),
    (["y = b1*sinn(x)"], "there is no function sinn"),
    (["y = b1*x", "--loss", "hubert"], "--loss hubert: choose linear, soft_l1, huber or cauchy"),
    (["y = b1*x", "--sigma", "s"], "misra1a.csv has no column 's'"),
]


@pytest.mark.parametrize(("arguments", "message"), UNUSABLE, ids=[" ".join(arguments) for arguments, _ in UNUSABLE])
def test_what_cannot_be_used_is_one_sentence(run: Run, arguments: list[str], message: str) -> None:
    result = run("fit", MISRA, *arguments)
    assert 2 == result.exit_code
    assert message in " ".join(result.stderr.split())
    assert len(result.stderr.splitlines()) < 8
    assert message in json.loads(run("fit", MISRA, *arguments, "--json").stdout)["error"]["message"]


def test_without_unicode_the_page_is_ascii(run: Run) -> None:
    from derivkit.fitting.fit import fit
    from derivkit.render.fit import page
    from derivkit.render.page import Layout, plain

    lines = [plain(line) for line in page(fit(FORMULA, MISRA, start={"b1": 240, "b2": 5e-4}), Layout(unicode=False))]
    assert all(line.isascii() for line in lines)
    assert any(line.startswith("R squared") for line in lines)


def test_rows_dropped_are_counted(run: Run, table) -> None:
    path = table("x,y\n1,2\n2,\n3,6.1\n4,7.9\n")
    result = run("fit", path, "y = a*x")
    assert "3 rows, 1 dropped" in result.stdout
    assert "warning: 1 of 4 rows dropped, values missing: y (1)\n" == result.stderr
