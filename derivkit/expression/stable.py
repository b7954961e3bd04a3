"""Rewrite a graph into forms that survive the extremes of floats, by the table's list of pairs."""

from __future__ import annotations

from functools import cache

from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph, Head
from derivkit.expression.parser import parse
from derivkit.functions import Row
from derivkit.functions.stable import STABLE_FORMS

Pair = tuple[Graph, Graph]


def stabilize(graph: Graph) -> Graph:
    """The same function, with its unstable forms replaced.

    Parameters
    ----------
    graph : Graph

    Returns
    -------
    Graph
        The graph itself where there is nothing to replace.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.printer import to_text
    >>> to_text(stabilize(parse("log(1 + exp(x))").graph))
    'softplus(x)'
    """
    rules = _rules()
    if not any(_found(graph, head, inputs, rules) for head, inputs in zip(graph.heads, graph.inputs, strict=True) if head in rules):
        return graph  # as most graphs are: building one anew takes longer than looking
    builder = Builder()
    ids: list[int] = []
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        ids.append(_rewrite(builder, head, tuple([ids[i] for i in inputs]), rules))
    return builder.graph([ids[o] for o in graph.outputs])


def _rewrite(builder: Builder, head: Head, inputs: tuple[int, ...], rules: dict[Head, list[Pair]]) -> int:
    found = _found(builder, head, inputs, rules)
    if found is None:
        return builder.add(head, inputs)
    replacement, letters = found
    arithmetic = GraphArithmetic(builder)
    return evaluate(replacement, {name: arithmetic.ref(node) for name, node in letters.items()}, arithmetic).id  # type: ignore[no-any-return]  # a Ref


def _found(
    nodes: Graph | Builder, head: Head, inputs: tuple[int, ...], rules: dict[Head, list[Pair]]
) -> tuple[Graph, dict[str, int]] | None:
    """What stands for a node with this head and these inputs, and for its letters, if a pattern has the node's shape."""
    for pattern, replacement in rules.get(head, ()):
        letters = _match(nodes, pattern, head, inputs)
        if letters is not None:
            return replacement, letters
    return None


@cache
def _rules() -> dict[Head, list[Pair]]:
    """The pairs as graphs, by the row at the top of the left side."""
    rules: dict[Head, list[Pair]] = {}
    for before, after in STABLE_FORMS:
        pattern = parse(before).graph
        top = pattern.heads[pattern.root]
        assert isinstance(top, Row)  # every left side is an operation
        rules.setdefault(top, []).append((pattern, parse(after).graph))
    return rules


def _match(nodes: Graph | Builder, pattern: Graph, head: Head, inputs: tuple[int, ...]) -> dict[str, int] | None:
    """What the pattern's letters stand for, if a node with this head and these inputs has the pattern's shape."""
    found: dict[str, int] = {}
    top = pattern.inputs[pattern.root]
    orders = (inputs, inputs[::-1]) if isinstance(head, Row) and head.commutative else (inputs,)
    for order in orders:
        found = {}
        if all(_fits(nodes, pattern, p, node, found) for p, node in zip(top, order, strict=True)):
            return found
    return None


def _fits(nodes: Graph | Builder, pattern: Graph, at: int, node: int, found: dict[str, int]) -> bool:
    """Whether a node has the shape of a pattern's node; patterns are a few levels deep, so this may call itself."""
    wanted = pattern.heads[at]
    if isinstance(wanted, str):
        return found.setdefault(wanted, node) == node
    if nodes.heads[node] != wanted:
        return False
    inputs = nodes.inputs[node]
    orders = (inputs, inputs[::-1]) if isinstance(wanted, Row) and wanted.commutative else (inputs,)
    for order in orders:
        trial = dict(found)
        if all(_fits(nodes, pattern, p, i, trial) for p, i in zip(pattern.inputs[at], order, strict=True)):
            found.update(trial)
            return True
    return False
