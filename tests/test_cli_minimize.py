"""`derivkit minimize`: the document's keys, the page, exit statuses, messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Run, document

ROSENBROCK = "100(y-x^2)^2 + (1-x)^2"
KEYS = {
    "command", "version", "input", "warnings", "minimum", "gradient_norm", "method", "iterations", "function_evaluations",
    "gradient_evaluations", "hessian_evaluations", "converged", "outcome", "reason", "curvature", "rate", "start", "bounds_active",
    "gradient_check", "compared", "starts", "minima", "notes",
}  # fmt: skip


def minimize(run: Run, *arguments: str) -> Any:
    """The document."""
    return document(run("minimize", *arguments, "--json"))


def test_the_document(run: Run) -> None:
    found = minimize(run, ROSENBROCK, "--start", "x=-1.2,y=1")
    assert set(found) >= KEYS
    assert "trace" not in found
    assert {"at": {"x": 1.0, "y": 1.0}, "value": 0.0} == found["minimum"]
    assert ("trust-exact", True, "converged") == (found["method"], found["converged"], found["outcome"])
    assert {"x": -1.2, "y": 1.0} == found["start"]
    assert "minimum" == found["curvature"]["kind"]
    assert pytest.approx([0.39936077, 1001.60063923]) == found["curvature"]["eigenvalues"]
    assert ("quadratic", "as expected") == (found["rate"]["observed"], found["rate"]["verdict"])
    assert ("agree", 1) == (found["gradient_check"]["verdict"], found["gradient_check"]["points"])


def test_the_trace_of_the_document_is_whole(run: Run) -> None:
    trace = minimize(run, "x^2 + 10y^2", "--start", "x=1,y=1", "--method", "gd", "--lr", "0.09", "--trace")["trace"]
    assert list(range(len(trace))) == [entry["step"] for entry in trace]
    assert {"x": 1.0, "y": 1.0} == trace[0]["at"]
    assert (None, 11.0) == (trace[0]["length"], trace[0]["value"])
    assert pytest.approx(0.82) == trace[1]["at"]["x"]


def test_a_long_trace_is_cut_on_the_page(run: Run) -> None:
    page = run("minimize", "x^2 + 10y^2", "--start", "x=1,y=1", "--method", "gd", "--lr", "0.01", "--trace").stdout
    assert " steps\n" in page.split(" ...  ")[1]
    assert len(page.splitlines()) < 40


@pytest.mark.parametrize(
    ("status", "arguments", "outcome"),
    [
        (0, [ROSENBROCK, "--start", "x=-1.2,y=1"], "converged"),
        (0, ["-x^2*(4-x^2)", "--start", "x=1"], "converged"),
        (1, ["x^2-y^2", "--start", "x=1,y=0", "--method", "gd"], "saddle"),
        (1, ["cos(x)", "--start", "x=0", "--method", "gd"], "maximum"),
        (1, ["x^2", "--start", "x=1", "--method", "gd", "--lr", "1.5"], "diverged"),
        (1, ["|x|", "--start", "x=0.3", "--method", "gd"], "stalled"),
        (1, ["0*x", "--start", "x=1"], "flat"),
        (1, ["log(x)", "--start", "x=1", "--method", "gd", "--lr", "2"], "out_of_domain"),
        (1, ["-x", "--start", "x=1"], "unbounded"),
        (1, [ROSENBROCK, "--start", "x=-1.2,y=1", "--method", "gd", "--steps", "5"], "budget"),
    ],
)
def test_exit_statuses(run: Run, status: int, arguments: list[str], outcome: str) -> None:
    result = run("minimize", *arguments, "--json")
    assert (status, outcome) == (result.exit_code, document(result)["outcome"])
    page = run("minimize", *arguments)
    assert status == page.exit_code
    assert f"\n{outcome.replace('_', ' ')} " in page.stdout
    assert 80 >= max(map(len, page.stdout.splitlines()))


@pytest.mark.parametrize(
    ("status", "arguments", "words"),
    [
        (2, ["x^2 +"], "operand"),
        (2, ["3"], "no variable"),
        (2, ["x^2", "--start", "y=1"], "y is not a variable"),
        (2, ["x^2", "--start", "x"], "gives no variable a value"),
        (2, ["x^2", "--start", "x=inf"], "not a finite number"),
        (2, ["x^2", "--method", "adams"], "did you mean adam?"),
        (2, ["x^2", "--compare", "gd,,adam"], "beside a comma"),
        (2, ["x^2", "--bounds", "x=1"], "two dots"),
        (2, ["x^2", "--bounds", "x=1..0"], "not in order"),
        (2, ["x^2", "--steps", "many"], "not a whole number"),
        (2, ["x^2", "--steps", "-1"], "steps"),
        (2, ["x^2", "--lr", "0"], "positive"),
        (2, ["x^2", "--lr", "0.1", "--schedule", "cosine"], "cosine takes steps"),
        (2, ["x^2", "--tol", "nan"], "tolerance"),
        (2, ["x^2", "--plot", "way.gif"], ".svg"),
        (3, ["log(x)", "--start", "x=0"], "log(x) needs x > 0"),
        (3, ["x^2", "--start", "x=1e200"], "too large"),
        (2, ["9^9^9^9*x"], "no point was found"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, status: int, arguments: list[str], words: str) -> None:
    result = run("minimize", *arguments)
    assert (status, "") == (result.exit_code, result.stdout)
    assert words in " ".join(result.stderr.split())
    assert 8 > len(result.stderr.splitlines())
    again = run("minimize", *arguments, "--json")
    assert (status, True) == (again.exit_code, "error" in document(again))


def test_notes_go_to_standard_error(run: Run) -> None:
    result = run("minimize", "x^2")
    assert "note: started from x = 0.5, as no start was given\n" == result.stderr


def test_methods_are_compared_one_a_line(run: Run) -> None:
    arguments = [ROSENBROCK, "--start", "x=-1.2,y=1", "--compare", "gd,adam,lbfgs,newton"]
    lines = run("minimize", *arguments).stdout.splitlines()
    assert ["method", "gd", "adam", "lbfgs", "newton"] == [line.split()[0] for line in lines[-5:]]
    assert 80 >= max(map(len, lines))
    found = minimize(run, *arguments)
    assert ["gd", "adam", "lbfgs", "newton"] == [one["method"] for one in found["compared"]]
    assert "newton" == found["method"]


def test_many_starts(run: Run) -> None:
    arguments = ["(x^2+y-11)^2 + (x+y^2-7)^2", "--bounds", "x=-5..5,y=-5..5", "--multistart", "30", "--seed", "1"]
    found = minimize(run, *arguments)
    assert 4 == len(found["minima"])  # Himmelblau (1972)
    assert 30 == len(found["starts"]) == sum(one["reached"] for one in found["minima"])
    assert "4 minima from 30 starts" in run("minimize", *arguments).stdout
    assert found == minimize(run, *arguments)


def test_a_saddle_has_its_direction_by_name(run: Run) -> None:
    curvature = minimize(run, "x^2-y^2", "--start", "x=1,y=0", "--method", "gd")["curvature"]
    assert ("saddle", {"x": 0.0, "y": 1.0}) == (curvature["kind"], {name: abs(v) for name, v in curvature["direction"].items()})


def test_numbers_that_are_none_are_strings(run: Run) -> None:
    result = run("minimize", "log(x)", "--start", "x=1", "--json")
    assert json.loads(result.stdout)["outcome"] in ("unbounded", "out_of_domain")
    assert "NaN" not in result.stdout.replace('"NaN"', "")


def test_names_of_columns_and_controls_are_not_echoed_raw(run: Run) -> None:
    result = run("minimize", "x^2", "--method", "\x1b[31mgd")
    assert (2, False) == (result.exit_code, "\x1b" in result.output)


def test_an_expression_from_standard_input_and_in_latex(run: Run) -> None:
    assert 0 == run("minimize", "-", stdin="(x-1)^2").exit_code
    assert {"x": 1.0} == minimize(run, r"\left(x-1\right)^2")["minimum"]["at"]


def test_a_warning_of_the_reader_is_kept(run: Run) -> None:
    assert "1/2" in minimize(run, "(x-1)^2 + 1/2x^2")["warnings"][0]
