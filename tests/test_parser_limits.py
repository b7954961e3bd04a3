"""Deep and huge texts end in a graph or one clear error, quickly."""

import pytest

from derivkit.errors import BudgetError, ParseError
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text

DEEP = 20_000


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("(" * DEEP + "x" + ")" * DEEP, 1),
        ("|" * DEEP + "x" + "|" * DEEP, DEEP + 1),
        ("sin(" * DEEP + "x" + ")" * DEEP, DEEP + 1),
        ("sin " * DEEP + "x", DEEP + 1),
        ("-" * DEEP + "x", DEEP + 1),
        ("√" * DEEP + "x", DEEP + 1),
        ("x^" * DEEP + "x", DEEP + 1),
        ("e^" * DEEP + "x", DEEP + 1),
        ("sin^2 " * DEEP + "x", 2 * DEEP + 2),
        ("+".join(f"x{k}" for k in range(DEEP)), 2 * DEEP - 1),
        ("x" + "*y" * DEEP, DEEP + 2),
    ],
    ids=lambda value: str(value)[:12],
)
def test_deep_texts_become_graphs_and_texts_again(text, nodes):
    graph = parse(text).graph
    assert len(graph) == nodes
    printed = to_text(graph)
    assert parse(printed).graph == graph


@pytest.mark.parametrize(("opened", "closed"), [("(", ")"), ("sin(", ")"), ("|", "|")])
def test_a_hundred_thousand_brackets(opened, closed):
    assert parse(opened * 100_000 + "x" + closed * 100_000).graph.variables == ("x",)


def test_deep_choices():
    text = "piecewise((x, x < 1), (" * 5_000 + "y" + ", true))" * 5_000
    graph = parse(text).graph
    assert parse(to_text(graph)).graph == graph


@pytest.mark.parametrize(
    "text", ["(" * DEEP, ")" * DEEP, "sin(" * DEEP, "|" * DEEP, "x," * DEEP, "max(" * DEEP, "x^" * DEEP, "!" * DEEP]
)
def test_deep_nonsense_is_refused(text):
    with pytest.raises(ParseError) as caught:
        parse(text)
    start, end = caught.value.span
    assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("text", ["9^9^9^9", "factorial(10^9)", "(10^9)!", "10^(10^100)", "e^e^e^e^9"])
def test_enormous_values_are_read_without_being_worked_out(text):
    assert len(parse(text).graph) < 10


def test_a_name_of_a_hundred_characters_is_a_name():
    name = "a" * 100
    assert parse(name).graph.variables == (name,)


@pytest.mark.parametrize("count", [101, 1_000_000])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("x + ", " - y"), ("", "(x)"), ("2*", "^2"), ("\\mathrm{", "}")])
def test_a_longer_name_is_refused_in_few_words(count, before, after):
    with pytest.raises(ParseError) as caught:
        parse(before + "a" * count + after)
    assert len(caught.value.message) + len(caught.value.hint or "") < 200
    start, end = caught.value.span
    assert start <= len(before)
    assert end >= len(before) + count


def test_a_text_of_more_than_four_mebibytes_is_over_budget():
    with pytest.raises(BudgetError):
        parse("x+" * (2**21) + "x")


@pytest.mark.parametrize("text", ["1/2x+" * 100_000 + "1", "f(x)+" * 100_000 + "1", "x y " * 100_000, "2θ+" * 100_000 + "1"])
def test_many_warnings_cost_no_more_than_few(text):
    assert len(parse(text).warnings) <= 10
