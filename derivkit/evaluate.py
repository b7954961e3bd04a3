"""From a graph to numbers: one loop, whatever the numbers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivkit.errors import PointError
from derivkit.expression.graph import Graph
from derivkit.functions import FLOATS, Arithmetic, Row


def node_values(graph: Graph, at: Mapping[str, Any], arithmetic: Arithmetic = FLOATS) -> list[Any]:
    """The value of every node.

    Parameters
    ----------
    graph : Graph
    at : mapping of str to number
        The variables' values, in the numbers of `arithmetic`.
    arithmetic : Arithmetic
        Floats by default; arrays, balls, graph nodes and SymPy's expressions work as well.

    Returns
    -------
    list
        One value a node, in the order of the nodes.

    Raises
    ------
    PointError
        If `at` leaves out a variable.
    """
    values: list[Any] = []
    append = values.append
    function = arithmetic.function
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        if isinstance(head, Row):
            append(function(head)(*[values[i] for i in inputs]))
        elif isinstance(head, str):
            if head not in at:
                raise PointError(f"the point gives no value for {head}", hint=f"add {head}=...")
            append(at[head])
        else:
            append(arithmetic.number(head))
    return values


def evaluate(graph: Graph, at: Mapping[str, Any], arithmetic: Arithmetic = FLOATS) -> Any:
    """The value of a graph's only output; parameters as for `node_values`."""
    with arithmetic.quiet():
        return node_values(graph, at, arithmetic)[graph.root]
