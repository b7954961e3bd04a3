"""Parameters that cannot be told apart are named, with what is determined of them."""

from __future__ import annotations

import numpy as np
import pytest

import derivkit as dk
from derivkit.errors import DataError
from derivkit.expression.parser import parse
from derivkit.fitting.identify import undetermined
from derivkit.fitting.problem import Problem

X = np.linspace(0.1, 3, 20)
DATA = {"x": X, "y": 2 * np.exp(-X) + 0.01 * np.cos(37 * X)}

COMBINATIONS = [
    ("a*b*exp(-c*x)", "a and b cannot be told apart: only a*b is determined"),
    ("(a + b)*exp(-c*x)", "a and b cannot be told apart: only a + b is determined"),
    ("(a - 2b)*exp(-c*x)", "a and b cannot be told apart: only a - 2*b is determined"),
    ("a*exp(b - c*x)", "a and b cannot be told apart: only a*exp(b) is determined"),
    ("log(a*x) + b", "a and b cannot be told apart: only a*exp(b) is determined"),
    ("a*b*c*x", "a, b and c cannot be told apart: only a*b*c is determined"),
    ("a*x/b + c", "a and b cannot be told apart: only a/b is determined"),
    ("a*x/b^2 + c", "a and b cannot be told apart: only a/b^2 is determined"),
    ("sqrt(a*b)*x", "a and b cannot be told apart: only a*b is determined"),
    ("exp(a + b)*c*x", "a, b and c cannot be told apart: only c*exp(a + b) is determined"),
    ("a*b^2*x + c*d", "a, b, c and d cannot be told apart: only a*b^2 and c*d are determined"),
    ("(a*x + b)/(c*x + d)", "a, b, c and d cannot be told apart: only a/d, b/d and c/d are determined"),
    ("(a - b)*x + (b - c)", "a, b and c cannot be told apart: only a - c and b - c are determined"),
    ("a^b*x", "a and b cannot be told apart: they can change together without changing the fit"),
    ("a*x + 0*b", "the fit is the same for every value of b"),
]


@pytest.mark.parametrize(("formula", "message"), COMBINATIONS)
def test_what_is_determined_is_said(formula: str, message: str) -> None:
    graph = parse(formula).graph
    names = [name for name in graph.variables if name != "x"]
    found = undetermined(Problem(graph, names, {"x": X}, DATA["y"], np.ones(20)), np.linspace(0.7, 1.9, len(names)))
    assert found is not None
    assert (True, message) == (found.everywhere, found.message)


@pytest.mark.parametrize("formula", ["a + b*x", "a*exp(-b*x) + c", "a*x/(b + x)", "(a + b*x)/(1 + c*x)", "a*sin(b*x + c)"])
def test_what_can_be_told_apart_is(formula: str) -> None:
    graph = parse(formula).graph
    names = [name for name in graph.variables if name != "x"]
    assert undetermined(Problem(graph, names, {"x": X}, DATA["y"], np.ones(20)), np.linspace(0.7, 1.9, len(names))) is None


@pytest.mark.parametrize("start", [None, {"a": 3.0, "b": 0.5, "c": 0.2}])
def test_such_a_formula_is_refused(start: dict[str, float] | None) -> None:
    with pytest.raises(DataError) as refused:
        dk.fit("y = a*b*exp(-c*x)", DATA, start=start)
    assert "a and b cannot be told apart: only a*b is determined" == refused.value.message
    assert ("hold one at a value: --fix a=1", (4, 5)) == (refused.value.hint, refused.value.span)


def test_a_linear_one_too() -> None:
    with pytest.raises(DataError, match=r"only a \+ b is determined"):
        dk.fit("y = a*x + b*x", DATA)


def test_a_column_that_is_constant_cannot_tell_an_offset() -> None:
    with pytest.raises(DataError, match="a and b cannot be told apart"):
        dk.fit("y = a + b*z", {**DATA, "z": np.full(20, 3.0)})


def test_holding_one_settles_it() -> None:
    held, single = dk.fit("y = a*b*exp(-c*x)", DATA, fix={"b": 2.0}), dk.fit("y = a*exp(-c*x)", DATA)
    assert pytest.approx(single["a"].estimate / 2, rel=1e-9) == held["a"].estimate


def test_a_parameter_that_stops_mattering_is_named() -> None:
    result = dk.fit("y = a*cos(b*x)", DATA, start={"a": 1.0, "b": 0.0})
    assert (False, None) == (result.converged, result["b"].estimate)
    assert "the fit is the same for every value of b, where the fit ended" == result.reason


def test_far_apart_sizes_are_no_dependence() -> None:
    result = dk.fit("y = a*exp(-b*z)", {"z": X * 1e12, "y": DATA["y"] * 1e-12}, start={"a": 1e-12, "b": 1e-12})
    plain = dk.fit("y = a*exp(-b*x)", DATA, start={"a": 1.0, "b": 1.0})
    assert pytest.approx(plain["b"].estimate, rel=1e-9) == result["b"].estimate * 1e12
