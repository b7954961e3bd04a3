"""The forward and the backward pass at one point, written down for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derivkit.evaluate import node_values
from derivkit.expression.graph import Graph, Head
from derivkit.expression.printer import to_text
from derivkit.expression.syntax import SUM, WHERE
from derivkit.functions import FLOATS, Row
from derivkit.records import Contribution, Step, TapeNode
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
            step.id,
            step.operation,
            step.inputs,
            step.text,
            value=float(values[step.id]),
            adjoint=None if adjoints[step.id] is None else float(adjoints[step.id]),
            partials=tuple(partials.get(step.id, {}).get(k) for k in range(len(step.inputs))),
        )
        for step in steps(graph)
    )


def steps(graph: Graph) -> tuple[Step, ...]:
    """Every node in terms of those before it.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> [step.text for step in steps(parse("sin(x^2)").graph)]
    ['x', '2', 'v0^v1', 'sin(v2)']
    """
    return tuple(
        Step(node, _operation(head), inputs, _text(head, inputs))
        for node, (head, inputs) in enumerate(zip(graph.heads, graph.inputs, strict=True))
    )


def contributions(nodes: Sequence[TapeNode]) -> Iterator[Contribution]:
    """The backward pass, step by step, from the last node to the first.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> for step in contributions(trace(parse("x*x").graph, {"x": 3.0})):
    ...     print(step.target, step.adjoint, step.partial, step.total)
    0 1.0 3.0 3.0
    0 1.0 3.0 6.0
    """
    totals: dict[int, float] = {}
    for node in reversed(nodes):
        for target, partial in zip(node.inputs, node.partials, strict=True):
            if partial is not None and node.adjoint is not None:
                amount = node.adjoint * partial
                totals[target] = totals[target] + amount if target in totals else amount
                yield Contribution(target, node.id, node.adjoint, partial, totals[target])


def _operation(head: Head) -> str:
    if isinstance(head, Row):
        return head.name if head.arity else "constant"
    return "variable" if isinstance(head, str) else "constant"


def _text(head: Head, inputs: tuple[int, ...]) -> str:
    """The node in terms of the nodes v0, v1, ... before it."""
    if not isinstance(head, Row):
        return to_text(Graph((head,), ((),), (0,)))
    names = [f"v{i}" for i in inputs]
    if head is WHERE:
        return f"{names[1]} if {names[0]} else {names[2]}"
    if head.operator is None:
        return f"{head.name}({', '.join(names)})" if names else head.name
    symbol = head.operator.symbol
    if head.operator.fix == "infix":
        return (f" {symbol} " if head.operator.precedence <= SUM else symbol).join(names)
    return f"{symbol}{names[0]}" if head.operator.fix == "prefix" else f"{names[0]}{symbol}"
