"""NIST's nonlinear problems from both starts, to the digits that are certified; polynomials through data of NIST's Wampler kind."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import derivkit as dk

PROBLEMS = json.loads((Path(__file__).parent / "data" / "nist_strd.json").read_text(encoding="utf-8"))["problems"]
RUNS = [pytest.param(problem, start, id=f"{problem['name']}-{start}") for problem in PROBLEMS for start in ("start_1", "start_2")]
FEWER_DIGITS = {"Lanczos1": 2.5}  # its residuals are at rounding level

# Orthogonal to all polynomials up to the fifth degree on 0, 1, ..., 20. Wampler, A report on the accuracy of some widely used least
# squares computer programs, J. Amer. Stat. Assoc. 65 (1970) 549.
ORTHOGONAL = (759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048)
ORTHOGONAL += ORTHOGONAL[9::-1]


def digits(pairs: Iterable[tuple[float, float]]) -> float:
    """How many digits the worst of (found, certified) has right: minus the logarithm of the relative error."""
    return min(-math.log10(max(abs(found - certified) / abs(certified), 1e-16)) for found, certified in pairs)


@pytest.mark.parametrize(("problem", "start"), RUNS)
def test_certified_digits(problem: dict[str, Any], start: str) -> None:
    data = {name: [row[k] for row in problem["rows"]] for k, name in enumerate(problem["columns"])}
    result = dk.fit(problem["model"], data, start=problem[start])
    assert "agree" == result.gradient_check.verdict
    assert result.converged
    assert problem["degrees_of_freedom"] == result.dof
    least = FEWER_DIGITS.get(problem["name"], 9)
    assert 9 <= digits((result[name].estimate, value) for name, value in problem["certified"].items())
    assert least <= digits((result[name].standard_error, value) for name, value in problem["standard_error"].items())
    assert least <= digits([(result.rss, problem["residual_sum_of_squares"])])
    assert least <= digits([(result.residual_sd, problem["residual_standard_deviation"])])


@pytest.mark.parametrize(("name", "columns"), [("Misra1a", "y x"), ("Nelson", "y x1 x2"), ("Thurber", "y x"), ("Rat43", "y x")])
def test_certified_digits_without_a_start(name: str, columns: str) -> None:
    problem = next(problem for problem in PROBLEMS if problem["name"] == name)
    data = {column: [row[k] for row in problem["rows"]] for k, column in enumerate(columns.split())}
    result = dk.fit(problem["model"], data)
    assert "searched" == result.start.origin
    assert 9 <= digits((result[name].estimate, value) for name, value in problem["certified"].items())


@pytest.mark.parametrize(("noise", "least"), [(0, 14), (1, 12), (100, 10), (10_000, 8)])
def test_polynomials_of_fifth_degree(noise: int, least: float) -> None:
    x = range(21)
    y = [sum(i**k for k in range(6)) + noise * e for i, e in zip(x, ORTHOGONAL, strict=True)]
    formula = "y = " + " + ".join(f"b{k}*x^{k}" for k in range(6))
    result = dk.fit(formula, {"x": list(x), "y": y})
    assert "linear" == result.start.origin
    assert least <= digits((parameter.estimate, 1.0) for parameter in result.parameters)


def test_every_problem_of_the_collection_is_there() -> None:
    assert 27 == len(PROBLEMS)
    assert all(len(problem["rows"]) - len(problem["certified"]) == problem["degrees_of_freedom"] for problem in PROBLEMS)
