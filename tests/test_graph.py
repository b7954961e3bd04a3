"""The graph: equal subexpressions are one node, and equal graphs are equal whatever way they were built."""

from fractions import Fraction

import pytest

from derivkit.errors import BudgetError, PointError
from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph, natural_key
from derivkit.expression.parser import parse
from derivkit.functions import row_named
from derivkit.tape.differentiate import gradient_graph


def graph_of(text: str) -> Graph:
    return parse(text).graph


def test_equal_subexpressions_are_one_node():
    assert len(graph_of("sin(x)*sin(x) + sin(x)")) == len(("x", "sin", "multiply", "add"))


def test_sums_and_products_are_one_node_in_either_order():
    assert len(graph_of("(x + y)*(y + x)")) == len(("x", "y", "add", "multiply"))


def test_differences_in_either_order_are_two_nodes():
    assert len(graph_of("(x - y)*(y - x)")) == len(("x", "y", "subtract", "subtract", "multiply"))


def test_graphs_built_in_different_orders_are_equal():
    builder = Builder()
    unused = builder.add("z")
    y, x = builder.add("y"), builder.add("x")
    builder.add(row_named("sin"), (unused,))
    built = builder.graph([builder.add(row_named("add"), (x, y))])
    assert built == graph_of("x + y")
    assert hash(built) == hash(graph_of("x + y"))
    assert built.variables == ("x", "y")


def test_variables_are_sorted_with_numbers_as_numbers():
    assert graph_of("x10 + x2 + x1 + a").variables == ("a", "x1", "x2", "x10")
    assert natural_key("x2") < natural_key("x10")


def test_depth_counts_a_long_sum_once():
    assert graph_of("+".join(f"x{k}" for k in range(1000))).depth <= 2
    assert graph_of("sin(sin(sin(x)))").depth == 3


def test_outputs_can_be_taken_apart():
    both = gradient_graph(graph_of("x*y^2"), ("x", "y"))
    assert [evaluate(both.output(k), {"x": 3.0, "y": 2.0}) for k in (0, 1)] == [4.0, 12.0]


def test_exact_constants_fold_in_the_arithmetic_of_nodes():
    builder = Builder()
    x = Ref(builder, builder.add("x"))
    half = 1 / Ref(builder, builder.add(2))
    assert half.value == Fraction(1, 2)
    negative = -x
    assert (x * 1).id == (x + 0).id == (x**1).id == (-negative).id == x.id
    assert (x * 0).value == 0
    assert (x**0).value == 1
    assert (half * 4 - 2).value == 0


def test_huge_powers_are_left_alone():
    builder = Builder()
    nine = Ref(builder, builder.add(9))
    assert (nine ** Ref(builder, builder.add(10**9))).value is None


def test_growth_is_budgeted():
    with pytest.raises(BudgetError, match="more than 20"):
        gradient_graph(graph_of("sin(x)*cos(x)*exp(x)*sin(2x)*cos(3x)"), ("x",), most_nodes=20)


def test_a_point_must_name_every_variable():
    with pytest.raises(PointError, match="no value for y"):
        evaluate(graph_of("x*y"), {"x": 1.0})


def test_the_arithmetic_of_nodes_writes_rules_down():
    builder = Builder()
    f = GraphArithmetic(builder, 100)
    x = f.ref(builder.add("x"))
    assert builder.graph([(f.sin(x) * 2).id]) == graph_of("sin(x)*2")
