"""SymPy's side of every row of the table, against the row's enclosures: values, derivatives, second derivatives, the way back."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import arb, fmpq

from derivkit.evaluate import evaluate
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.parser import parse
from derivkit.functions import BALLS, precision, table
from derivkit.symbolic.convert import from_sympy, symbol, to_sympy
from derivkit.symbolic.derivative import derivative
from derivkit.symbolic.rules import differentiate
from derivkit.symbolic.spelling import definition, rows_of_classes
from derivkit.symbolic.values import value_at
from derivkit.tape.differentiate import derivative_graph
from tests.function_points import ROWS, label, movable, typical_points

SAID = [row for row in ROWS if row.sympy]
NUMBERS = [row for row in SAID if not row.boolean]
MOVABLE = [(row, k) for row in NUMBERS for k in movable(row)]
DIGITS = 28


def row_graph(row) -> Graph:
    """The row applied to variables named as its arguments."""
    builder = Builder()
    return builder.graph([builder.add(row, tuple(builder.add(name) for name in row.arguments))])


def exact_points(row, count: int = 2) -> list[dict[str, Fraction]]:
    """Typical points, as the fractions that the floats are."""
    return [dict(zip(row.arguments, map(Fraction, point), strict=True)) for point in typical_points(row)[:count]]


def constant(value: Fraction) -> Graph:
    """A graph that is one number."""
    builder = Builder()
    return builder.graph([builder.add(value.numerator if value.denominator == 1 else value)])


def symbolic(expression, point) -> arb:
    """The value by the symbolic route."""
    value = value_at(expression, {name: constant(v) for name, v in point.items()})
    assert value is not None, f"{expression} has no value at {point}"
    return arb(fmpq(value.numerator, value.denominator))


def enclosure(graph: Graph, point) -> arb:
    """The value in balls."""
    return evaluate(graph, {name: arb(fmpq(v.numerator, v.denominator)) for name, v in point.items()}, BALLS)


def agree(value: arb, ball: arb) -> bool:
    """Whether a value lies in a narrow ball, up to the digits asked for."""
    close = abs(ball).abs_upper() * arb(10) ** -DIGITS
    return bool(ball.is_finite() and abs(value - ball).abs_upper() <= close + arb(10) ** -50)


def label_of(case) -> str:
    """A test's name."""
    return label(case) if not isinstance(case, int) else str(case)


@pytest.mark.parametrize("row", SAID, ids=label)
def test_every_row_is_reachable(row):
    if row.sympy.startswith("="):
        assert set(row.arguments) == set(definition(row).variables)
    else:
        assert row in rows_of_classes().values() or row.sympy.startswith("operator:") or "sqrt" == row.sympy


@pytest.mark.parametrize("row", NUMBERS, ids=label)
def test_value_at_thirty_digits(row):
    graph = row_graph(row)
    expression = to_sympy(graph)
    with precision(200):
        for point in exact_points(row):
            assert agree(symbolic(expression, point), enclosure(graph, point)), point


@pytest.mark.parametrize("row", NUMBERS, ids=label)
def test_the_way_back_has_the_same_value(row):
    graph = row_graph(row)
    back = from_sympy(to_sympy(graph))
    with precision(200):
        for point in exact_points(row):
            assert agree(enclosure(back, point), enclosure(graph, point)), point


@pytest.mark.parametrize(("row", "k"), MOVABLE, ids=label_of)
def test_sympys_derivative_against_the_typed_partial(row, k):
    graph = row_graph(row)
    ours = differentiate(to_sympy(graph), symbol(row.arguments[k]))
    partial = derivative_graph(graph, (row.arguments[k],))
    with precision(200):
        for point in exact_points(row):
            assert agree(symbolic(ours, point), enclosure(partial, point)), point


@pytest.mark.parametrize(("row", "k"), MOVABLE, ids=label_of)
def test_second_derivative_against_the_sweep_of_the_sweep(row, k):
    graph = row_graph(row)
    wrt = (row.arguments[k],) * 2
    formula = derivative(graph, wrt)
    partial = derivative_graph(graph, wrt)
    assert "symbolic" == formula.route
    with precision(200):
        for point in exact_points(row, 1):
            assert agree(symbolic(formula.expression, point), enclosure(partial, point)), point


@pytest.mark.parametrize(("row", "k"), MOVABLE, ids=label_of)
def test_the_derivative_is_written_in_the_language(row, k):
    formula = derivative(row_graph(row), (row.arguments[k],))
    assert formula.graph == parse(formula.text).graph
    assert formula.latex
    for word in ("DiracDelta", "Derivative", "Subs", "re(", "im("):
        assert word not in formula.text
    with precision(200):
        for point in exact_points(row, 1):
            assert agree(symbolic(formula.expression, point), enclosure(formula.graph, point)), point


@pytest.mark.parametrize("row", SAID, ids=label)
def test_latex_of_every_row(row):
    assert sympy.latex(to_sympy(row_graph(row)))


def test_constants_go_both_ways():
    for row in table():
        if not row.arity and not row.hidden:
            builder = Builder()
            graph = builder.graph([builder.add(row)])
            assert graph == from_sympy(to_sympy(graph))
