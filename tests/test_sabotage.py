"""Break one column of one row, and see which routes move and that the check names the culprit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sympy

from derivkit import answers
from derivkit.expression.parser import parse
from derivkit.functions import ARRAYS, BALLS, FLOATS, row_named
from derivkit.symbolic import spelling

ROWS = ["sin", "exp", "tanh", "log", "atan", "erf", "sqrt"]


@contextmanager
def broken(name: str, **columns: Any) -> Iterator[None]:
    """A row with some columns replaced, everywhere; put back at the end."""
    row = row_named(name)
    before = {column: getattr(row, column) for column in columns}
    _set(row, columns)
    try:
        yield
    finally:
        _set(row, before)


def _set(row: Any, columns: dict[str, Any]) -> None:
    for column, value in columns.items():
        object.__setattr__(row, column, value)
    for arithmetic in (ARRAYS, BALLS, FLOATS):
        vars(arithmetic).clear()
        arithmetic.__init__()
    for remembered in (spelling.sympy_function, spelling.definition, spelling.row_spelled, spelling.rows_of_classes):
        remembered.cache_clear()


def verdict(name: str) -> Any:
    return answers.check(parse(f"{name}(x)").graph, ("x",))


def off_by_a_millionth(function: Any) -> Any:
    return lambda *arguments: function(*arguments) * (1 + 2.0**-20)


@pytest.mark.parametrize("name", ROWS)
def test_the_sound_rows_agree(name):
    assert "agree" == verdict(name).verdict


@pytest.mark.parametrize("name", ROWS)
def test_a_broken_partial_moves_the_tape(name):
    rule = row_named(name).partials[0]
    with broken(name, partials=(off_by_a_millionth(rule),)):
        found = verdict(name)
    assert ("disagree", "derivative", "tape") == (found.verdict, found.reason, found.odd_one_out)
    errors = {route.name: route.max_relative_error for route in found.routes}
    assert errors["tape"] == pytest.approx(2.0**-20, rel=1e-3)
    assert errors["jets"] == pytest.approx(2.0**-20, rel=1e-3)
    assert errors["symbolic"] < 1e-15
    assert errors["differences"] < 1e-15


@pytest.mark.parametrize("name", ROWS)
def test_a_broken_float_value_moves_the_tape_and_is_found_in_the_values(name):
    with broken(name, scalar="tests.test_sabotage:three"):
        found = verdict(name)
    assert ("disagree", "value", "tape") == (found.verdict, found.reason, found.odd_one_out)


@pytest.mark.parametrize("name", ROWS)
def test_a_broken_ball_value_moves_the_differences_and_is_found_in_the_values(name):
    with broken(name, ball="tests.test_sabotage:three_and_a_bit"):
        found = verdict(name)
    assert ("disagree", "value", "differences") == (found.verdict, found.reason, found.odd_one_out)


@pytest.mark.parametrize("name", ROWS)
def test_a_broken_name_for_sympy_moves_the_symbolic_route(name):
    with broken(name, sympy="cosh"):
        found = verdict(name)
    assert ("disagree", "value", "symbolic") == (found.verdict, found.reason, found.odd_one_out)


@pytest.mark.parametrize("name", ["tanh", "atan", "erf"])
def test_a_wrong_derivative_of_sympy_is_named(name, monkeypatch):
    right = getattr(sympy, name).fdiff
    monkeypatch.setattr(
        getattr(sympy, name), "fdiff", lambda self, argindex=1: right(self, argindex) * sympy.Rational(10**9 + 1, 10**9)
    )
    sympy.core.cache.clear_cache()
    found = verdict(name)
    monkeypatch.undo()
    sympy.core.cache.clear_cache()
    assert ("disagree", "derivative", "symbolic") == (found.verdict, found.reason, found.odd_one_out)


def test_a_lost_kink_would_be_found_by_the_two_sides():
    with broken("abs", places=()):
        graph = parse("abs(x)").graph
        assert "agree" != answers.diff(graph, ("x",), at={"x": parse("0").graph}).check.verdict


def three(x: float) -> float:
    """A float routine that is wrong nearly everywhere."""
    return 3.0 * x


def three_and_a_bit(x: Any) -> Any:
    """A ball routine that is wrong nearly everywhere."""
    return 3 * x + 1
