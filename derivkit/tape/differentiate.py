"""Derivatives of a graph by the backward sweep: as numbers, and as graphs that can be swept again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from derivkit.evaluate import node_values
from derivkit.expression.arithmetic import MOST_NODES, GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import FLOATS, Arithmetic
from derivkit.tape.sweep import backward

T = TypeVar("T")


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
    arithmetic, refs = _nodes(graph, most_nodes)
    return arithmetic.builder.graph(_partials(graph, graph.root, wrt, arithmetic, refs))


def derivative_graph(graph: Graph, wrt: Sequence[str], *, most_nodes: int = MOST_NODES) -> Graph:
    """The derivative of a graph with respect to each name in turn: `wrt=("x", "y", "y")` is once x and twice y."""
    for name in wrt:
        graph = gradient_graph(graph, (name,), most_nodes=most_nodes)
    return graph


def derivatives_graph(graph: Graph, wrt: Sequence[str], order: int) -> Graph:
    """The value and its derivatives up to an order as one graph, in which what they share is one node.

    Parameters
    ----------
    graph : Graph
        With one output.
    wrt : sequence of str
    order : int
        0, 1 or 2.

    Returns
    -------
    Graph
        Its outputs: the value; from order 1 on the partial derivatives, one a name in `wrt`; for order 2 the upper triangle of the
        Hessian, row by row.

    Raises
    ------
    BudgetError
        If the graph would grow too large.
    MissingRuleError
        If a derivative with respect to an argument without a rule is needed.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.printer import to_text
    >>> graph = derivatives_graph(parse("x^2*y").graph, ("x", "y"), 2)
    >>> [to_text(graph.output(k)) for k in range(6)]
    ['x^2*y', 'y*(2*x)', 'x^2', 'y*2', '2*x', '0']
    """
    if order >= 1:
        arithmetic, refs = _nodes(graph, MOST_NODES)
        graph = arithmetic.builder.graph([graph.root, *_partials(graph, graph.root, wrt, arithmetic, refs)])
    if order >= 2:
        arithmetic, refs = _nodes(graph, MOST_NODES)
        outputs = list(graph.outputs)
        for k, partial in enumerate(graph.outputs[1:]):
            outputs += _partials(graph, partial, wrt[k:], arithmetic, refs)
        graph = arithmetic.builder.graph(outputs)
    return graph


def whole_hessian(outputs: Sequence[T], size: int) -> tuple[T, ...]:
    """What `derivatives_graph` puts out for so many names, with all of the Hessian, row by row, in place of its upper triangle.

    Examples
    --------
    >>> whole_hessian(["f", "f_x", "f_y", "f_xx", "f_xy", "f_yy"], 2)[3:]
    ('f_xx', 'f_xy', 'f_xy', 'f_yy')
    """
    first = 1 + size
    if len(outputs) <= first:
        return tuple(outputs)
    triangle = iter(outputs[first:])
    entries = {(i, j): next(triangle) for i in range(size) for j in range(i, size)}
    return (*outputs[:first], *[entries[min(i, j), max(i, j)] for i in range(size) for j in range(size)])


def _nodes(graph: Graph, most_nodes: int) -> tuple[GraphArithmetic, list[Ref]]:
    """An arithmetic that adds to the nodes of a graph, and these nodes as its numbers."""
    arithmetic = GraphArithmetic(Builder.of(graph), most_nodes)
    return arithmetic, [arithmetic.ref(node) for node in range(len(graph))]


def _partials(graph: Graph, output: int, wrt: Sequence[str], arithmetic: GraphArithmetic, refs: Sequence[Ref]) -> list[int]:
    """The nodes of an output's partial derivatives."""
    adjoints = backward(graph, refs, arithmetic, output=output, wrt=wrt)
    places = {head: node for node, head in enumerate(graph.heads) if isinstance(head, str)}
    found = [adjoints[places[name]] if name in places else None for name in wrt]
    return [(arithmetic.number(0) if g is None else g).id for g in found]
