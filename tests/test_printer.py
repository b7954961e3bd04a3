"""The printer: text that reads back as the same graph, exact numbers, few parentheses, bounded length."""

from fractions import Fraction

import pytest

from derivkit.errors import BudgetError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text
from derivkit.functions import row_named, table
from derivkit.tape.differentiate import derivative_graph, gradient_graph


def graph_of(head: int | Fraction, *, row: str | None = None, other: str | int = "x") -> Graph:
    """A number alone, or as the left argument of a row."""
    builder = Builder()
    node = builder.add(head)
    return builder.graph([node if row is None else builder.add(row_named(row), (node, builder.add(other)))])


@pytest.mark.parametrize(
    "text",
    [
        "x^2*y + sin(x*y)",
        "2*exp(x)*cos(x)",
        "-x^2",
        "a - (b - c)",
        "1/(1 + exp(-x))",
        "x^(1/2)",
        "piecewise((sin(x), x < 0), (1/2, true))",
        "piecewise((x, 0 < x and x < 1), (y, x >= 1 and y != 2))",
        "max(a, b, c)",
        "x!",
        "0.1*x",
        "2^x^y",
        "(-x)^2",
        "x^(-2)",
        "a*(b/c)",
        "a/b*c",
        "(a + b)*(a - b)",
        "log(x, 2)",
        "pi*e",
    ],
)
def test_readable_text_prints_as_it_stands(text):
    assert to_text(parse(text).graph) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (7, "7"),
        (10**6, "1000000"),
        (10**20, "1e20"),
        (12 * 10**400, "12e400"),
        (Fraction(1, 10), "0.1"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 1024), "0.0009765625"),
        (Fraction(3, 10**30), "3e-30"),
        (Fraction(123456789, 1000), "123456.789"),
    ],
)
def test_numbers_are_written_exactly(number, text):
    assert to_text(graph_of(number)) == text
    assert parse(text).graph == graph_of(number)


@pytest.mark.parametrize("number", [-3, Fraction(1, 3), Fraction(-2, 7), Fraction(-1, 4), Fraction(1, 2**500), Fraction(1, 3**500)])
@pytest.mark.parametrize("row", [None, "add", "subtract", "multiply", "divide", "power"])
def test_numbers_that_only_folding_makes_keep_their_value(number, row):
    graph = graph_of(number, row=row)
    at = {"x": 2.0}
    assert evaluate(parse(to_text(graph)).graph, at) == pytest.approx(evaluate(graph, at), rel=1e-15)


@pytest.mark.parametrize("row", [row for row in table() if row.arity and not row.hidden], ids=repr)
def test_derivatives_of_every_row_keep_their_value(row):
    """First derivatives written as text are read back with the same value, as far as their own rows have a spelling."""
    letters = "abc"[: row.arity]
    at = {letter: (low + 2 * high) / 3 for letter, (low, high) in zip(letters, row.typical, strict=True)}
    source = parse(f"{row.name}({', '.join(letters)})").graph
    for letter, rule in zip(letters, row.partials, strict=True):
        if rule is None:
            continue
        graph = derivative_graph(source, (letter,))
        rows = {head for head in graph.heads if not isinstance(head, int | Fraction | str)}
        if any(r.hidden and not r.operator and not r.choice and r.arity for r in rows):
            continue
        again = parse(to_text(graph)).graph
        assert evaluate(again, at) == pytest.approx(evaluate(graph, at), rel=1e-12, nan_ok=True)


def test_one_output_of_several_is_printed():
    both = gradient_graph(parse("x^2*y").graph, ("x", "y"))
    assert [evaluate(parse(to_text(both, k)).graph, {"x": 3.0, "y": 5.0}) for k in (0, 1)] == [30.0, 9.0]


def test_text_that_would_explode_is_refused_before_it_is_built():
    builder = Builder()
    node = builder.add("x")
    for _ in range(50_000):
        node = builder.add(row_named("add"), (node, node))
    with pytest.raises(BudgetError, match="1,000,000"):
        to_text(builder.graph([node]))


def test_the_limit_is_the_callers():
    graph = parse("x + y").graph
    assert to_text(graph, most=5) == "x + y"
    with pytest.raises(BudgetError):
        to_text(graph, most=4)


def test_many_joined_conditions_stay_linear():
    text = f"piecewise((x, {' and '.join(f'x > {k}' for k in range(300))}), (0, true))"
    graph = parse(text).graph
    assert parse(to_text(graph)).graph == graph
