"""Derivatives of a graph by the backward sweep: as numbers, and as graphs that can be swept again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derivkit.evaluate import node_values
from derivkit.expression.arithmetic import MOST_NODES, GraphArithmetic
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import FLOATS, Arithmetic
from derivkit.tape.sweep import backward


def value_and_gradient(
    graph: Graph, at: Mapping[str, Any], arithmetic: Arithmetic = FLOATS, wrt: Sequence[str] | None = None
) -> tuple[Any, dict[str, Any]]:
    """The value of a graph and its partial derivatives, in one forward and one backward sweep.

    Parameters
    ----------
    graph : Graph
        With one output.
    at : mapping of str to number
    arithmetic : Arithmetic
    wrt : sequence of str, optional
        All variables by default.

    Returns
    -------
    value : number
    gradient : dict of str to number
        Zero for a name that the graph lacks.
    """
    with arithmetic.quiet():
        values = node_values(graph, at, arithmetic)
        adjoints = backward(graph, values, arithmetic, wrt=wrt)
    wanted = graph.variables if wrt is None else wrt
    places = {head: node for node, head in enumerate(graph.heads) if isinstance(head, str)}
    found = {name: adjoints[places[name]] if name in places else None for name in wanted}
    zero = arithmetic.number(0)
    return values[graph.root], {name: zero if g is None else g for name, g in found.items()}


def gradient_graph(graph: Graph, wrt: Sequence[str], *, most_nodes: int = MOST_NODES) -> Graph:
    """The partial derivatives as one graph, one output a name in `wrt`; it costs a small multiple of the function's own graph.

    Raises
    ------
    BudgetError
        If the graph would grow beyond `most_nodes` nodes.
    """
    builder = Builder.of(graph)
    arithmetic = GraphArithmetic(builder, most_nodes)
    values = [arithmetic.ref(node) for node in range(len(graph))]
    adjoints = backward(graph, values, arithmetic, wrt=wrt)
    places = {head: node for node, head in enumerate(graph.heads) if isinstance(head, str)}
    found = [adjoints[places[name]] if name in places else None for name in wrt]
    return builder.graph([(arithmetic.number(0) if g is None else g).id for g in found])


def derivative_graph(graph: Graph, wrt: Sequence[str], *, most_nodes: int = MOST_NODES) -> Graph:
    """The derivative of a graph with respect to each name in turn: `wrt=("x", "y", "y")` is once x and twice y."""
    for name in wrt:
        graph = gradient_graph(graph, (name,), most_nodes=most_nodes)
    return graph
