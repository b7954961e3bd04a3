"""Published problems of unconstrained minimization: their values and minima are what their sources say."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pytest
from mpmath import mp

import derivkit as dk
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.interface.expression import Expression
from tests import fifty_digits
from tests.minima import PROBLEMS, SADDLE_OF_BIGGS, STARTS_OF_566, Problem
from tests.minima_reached import solved

minima = pytest.mark.parametrize(
    ("problem", "place"),
    [pytest.param(problem, place, id=f"{problem.name}: {place}"[:60]) for problem in PROBLEMS for place in problem.minima],
)


def in_digits(text: str) -> dict[str, Any]:
    """A point in mpmath's numbers."""
    return {name: fifty_digits.value(graph, {}) for name, graph in parse_point(text).items()}


def unit(text: str) -> Any:
    """How far a published number may be off: a unit of its last digit, or nothing."""
    try:
        digits = Decimal(text)
    except InvalidOperation:  # a formula
        return mp.mpf(10) ** -40
    return mp.mpf(10) ** (digits.as_tuple().exponent if "." in text else -40)


def assert_value(text: str, at: str, published: str) -> None:
    """A function has its published value at a point."""
    found = fifty_digits.value(parse(text).graph, in_digits(at))
    assert abs(fifty_digits.value(parse(published).graph, {}) - found) <= unit(published), mp.nstr(found, 20)


def test_there_are_many_problems_and_each_has_a_source() -> None:
    assert 50 <= len(PROBLEMS)
    assert len(PROBLEMS) == len({problem.name for problem in PROBLEMS})
    for problem in PROBLEMS:
        assert problem.source, problem.name
        assert problem.minima, problem.name
        assert set(parse(problem.text).graph.variables) == set(problem.start_point), problem.name


@pytest.mark.parametrize("problem", [problem for problem in PROBLEMS if problem.start_value], ids=lambda problem: problem.name)
def test_the_published_value_at_the_start(problem: Problem) -> None:
    assert_value(problem.text, problem.start, problem.start_value)


@pytest.mark.parametrize(("text", "start", "value"), STARTS_OF_566)
def test_the_published_value_at_other_sizes(text: str, start: str, value: str) -> None:
    assert_value(text, start, value)


@minima
def test_the_published_value_at_the_minimum(problem: Problem, place: str) -> None:
    assert_value(problem.text, place, problem.minima[place])


@minima
def test_the_published_place_is_a_minimum(problem: Problem, place: str) -> None:
    """The gradient is 0 where the place is exact; else a Newton step leads to a place with the same digits."""
    at = parse_point(place)
    program = Expression(parse(problem.text).graph).compile(order=2)
    _, gradient, hessian = program(**{name: float(x) for name, x in in_digits(place).items()})
    texts = dict(assignment.split("=") for assignment in place.split(", "))
    assert set(texts) == set(at)
    units = np.array([float(unit(texts[name])) for name in program.wrt])
    smallest = np.linalg.eigvalsh(hessian)[0]
    assert -1e-9 * np.abs(hessian).max() <= smallest
    if (units < 1e-30).all():
        digits = [fifty_digits.derivative(parse(problem.text).graph, (x,), in_digits(place), 20) for x in program.wrt]
        assert max(map(abs, digits)) <= 1e-15
    else:
        assert (np.abs(np.linalg.solve(hessian, gradient)) <= 1.5 * units + 1e-15).all()


def test_the_second_minimum_of_biggs_is_a_saddle() -> None:
    """Moré, Garbow and Hillstrom list its value among the minima."""
    (problem,) = [problem for problem in PROBLEMS if problem.name == "biggs_exp6"]
    assert_value(problem.text, SADDLE_OF_BIGGS, "0.00565565")
    at = {name: float(x) for name, x in in_digits(SADDLE_OF_BIGGS).items()}
    _, gradient, hessian = Expression(parse(problem.text).graph).compile(order=2)(**at)
    assert np.abs(gradient).max() < 1e-6
    assert np.linalg.eigvalsh(hessian)[0] < -0.005


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_minimize_reaches_a_published_minimum_and_says_so(problem: Problem) -> None:
    found = dk.minimize(problem.text, problem.start)
    assert ("converged", "minimum") == (found.outcome, found.curvature.kind), found.reason
    assert solved(problem, found.value)


@pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
def test_methods_that_stay_where_x1_is_x5_end_in_the_saddle_of_biggs_and_say_so(method: str) -> None:
    (problem,) = [problem for problem in PROBLEMS if problem.name == "biggs_exp6"]
    found = dk.minimize(problem.text, problem.start, method=method)
    assert ("saddle", "saddle") == (found.outcome, found.curvature.kind)
    assert abs(found.value - 0.00565565) < 1e-8
