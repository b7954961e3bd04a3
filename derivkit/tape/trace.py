"""The forward and the backward pass at one point, written down for people."""

from __future__ import annotations

from collections.abc import Mapping

from derivkit.evaluate import node_values
from derivkit.expression.graph import Graph, Head
from derivkit.functions import FLOATS, Row
from derivkit.records import TapeNode
from derivkit.tape.sweep import backward


def trace(graph: Graph, at: Mapping[str, float]) -> tuple[TapeNode, ...]:
    """Every node with its value, its local partial derivatives and its adjoint.

    Parameters
    ----------
    graph : Graph
        With one output.
    at : mapping of str to float

    Returns
    -------
    tuple of TapeNode
        In the order of the forward pass; read from the end for the backward pass.

    Raises
    ------
    MissingRuleError
        If a derivative without a rule is needed.
    """
    values = node_values(graph, at, FLOATS)
    partials: dict[int, dict[int, float]] = {}

    def observe(node: int, k: int, partial: float) -> None:
        partials.setdefault(node, {})[k] = float(partial)

    adjoints = backward(graph, values, FLOATS, observe=observe)
    return tuple(
        TapeNode(
            id=node,
            operation=_operation(head),
            inputs=inputs,
            value=float(values[node]),
            adjoint=None if adjoints[node] is None else float(adjoints[node]),
            partials=tuple(partials.get(node, {}).get(k) for k in range(len(inputs))),
            text=_text(head, inputs),
        )
        for node, (head, inputs) in enumerate(zip(graph.heads, graph.inputs, strict=True))
    )


def _operation(head: Head) -> str:
    if isinstance(head, Row):
        return head.name if head.arity else "constant"
    return "variable" if isinstance(head, str) else "constant"


def _text(head: Head, inputs: tuple[int, ...]) -> str:
    """The node in terms of the nodes v0, v1, ... before it."""
    if not isinstance(head, Row):
        return str(head)
    names = [f"v{i}" for i in inputs]
    if head.operator is None:
        return f"{head.name}({', '.join(names)})" if names else head.name
    if head.operator.fix == "infix":
        return f" {head.operator.symbol} ".join(names)
    return f"{head.operator.symbol}{names[0]}" if head.operator.fix == "prefix" else f"{names[0]}{head.operator.symbol}"
