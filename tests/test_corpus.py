"""Two hundred published expressions: values and derivatives by every route against fifty digits, and what their sources say."""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement
from typing import Any

import pytest
from mpmath import mp

from derivkit import answers
from derivkit.expression.graph import Graph
from derivkit.expression.parser import parse
from derivkit.expression.point import Point
from derivkit.expression.printer import to_text
from derivkit.interface.expression import Expression
from derivkit.tape.differentiate import value_and_gradient
from tests import fifty_digits
from tests.published import Fact, Published, published

CORPUS = published()
MOST_VARIABLES = 3  # of a function whose Hessian is looked at
FEW_DIGITS = 20  # are enough beside floats
FLOATS = 1e-9  # how far floats may be off: some of these functions lose digits
by_name = pytest.mark.parametrize("entry", CORPUS, ids=lambda entry: entry.name)


def in_digits(point: Point) -> dict[str, Any]:
    """A point's exact coordinates, in mpmath's numbers."""
    return {name: fifty_digits.value(graph, {}) for name, graph in point.items()}


@cache
def gradient(name: str, k: int) -> tuple[Any, ...]:
    """Every first partial at the k-th point of an expression."""
    entry = next(entry for entry in CORPUS if entry.name == name)
    at = in_digits(entry.points[k])
    return tuple(fifty_digits.derivative(entry.graph, (x,), at) for x in entry.graph.variables)


def close(truth: Any, found: Any, relative: float) -> bool:
    return bool(abs(found - truth) <= relative * max(abs(truth), mp.mpf(10) ** -12))


def test_the_corpus_is_large_and_every_line_complete():
    assert 150 <= len(CORPUS)
    assert len(CORPUS) == len({entry.name for entry in CORPUS}) == len({entry.graph for entry in CORPUS})
    for entry in CORPUS:
        assert entry.source, entry.name
        for point in entry.points:
            assert set(entry.graph.variables) == set(point), entry.name


@by_name
def test_text_reads_back(entry: Published) -> None:
    assert entry.graph == parse(to_text(entry.graph)).graph


@by_name
def test_floats_give_value_gradient_and_hessian(entry: Published) -> None:
    graph, d = entry.graph, range(len(entry.graph.variables))
    few = len(d) <= MOST_VARIABLES
    program = Expression(graph).compile(order=2 if few else 1)
    for k, point in enumerate(entry.points):
        at = in_digits(point)
        floats = {name: float(x) for name, x in at.items()}
        truth, slopes = fifty_digits.value(graph, at), gradient(entry.name, k)
        value, partials = value_and_gradient(graph, floats)
        run = program(**floats)
        for found in (value, run[0], Expression(graph)(**floats)):
            assert close(truth, found, FLOATS), (truth, found)
        for i in d:
            assert close(slopes[i], partials[graph.variables[i]], FLOATS), graph.variables[i]
            assert close(slopes[i], run[1][i], FLOATS), graph.variables[i]
        for i, j in combinations_with_replacement(d, 2) if few else ():
            second = fifty_digits.derivative(graph, (graph.variables[i], graph.variables[j]), at, FEW_DIGITS)
            assert close(second, run[2][i, j], FLOATS), (graph.variables[i], graph.variables[j])


@by_name
def test_the_routes_agree_on_the_true_gradient(entry: Published) -> None:
    for k, point in enumerate(entry.points):
        answer = answers.grad(entry.graph, entry.graph.variables, at=point, simplify=False)
        assert ("agree", None) == (answer.check.verdict, answer.check.odd_one_out), answer.check.message
        assert close(fifty_digits.value(entry.graph, in_digits(point)), answer.function_values[0], 1e-15)
        for truth, found in zip(gradient(entry.name, k), answer.values[0], strict=True):
            assert close(truth, found, 1e-15), (truth, found)


def facts(formula: bool) -> list[Any]:
    return [
        pytest.param(entry, fact, id=f"{entry.name}: {fact.text}")
        for entry in CORPUS
        for fact in entry.facts
        if (fact.at is None) == formula
    ]


@pytest.mark.parametrize(("entry", "fact"), facts(formula=False))
def test_the_published_value(entry: Published, fact: Fact) -> None:
    at = in_digits(fact.at)
    found = fifty_digits.derivative(entry.graph, fact.wrt, at) if fact.wrt else fifty_digits.value(entry.graph, at)
    stated = fifty_digits.value(parse(fact.value).graph, {})
    decimals = fact.value.partition(".")[2]
    tolerance = mp.mpf(10) ** -len(decimals) if decimals.isdecimal() else mp.mpf(10) ** -40
    assert abs(stated - found) <= tolerance, mp.nstr(found, 20)


@pytest.mark.parametrize(("entry", "fact"), facts(formula=True))
def test_the_published_formula(entry: Published, fact: Fact) -> None:
    formula: Graph = parse(fact.value).graph
    for point in entry.points:
        at = in_digits(point)
        truth = fifty_digits.derivative(entry.graph, fact.wrt, at)
        assert close(truth, fifty_digits.value(formula, at), 1e-40)
