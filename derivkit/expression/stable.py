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
    if not any(head in rules for head in graph.heads if isinstance(head, Row)):
        return graph
    builder = Builder()
    ids: list[int] = []
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        ids.append(_rewrite(builder, head, tuple([ids[i] for i in inputs]), rules))
    return builder.graph([ids[o] for o in graph.outputs])


def _rewrite(builder: Builder, head: Head, inputs: tuple[int, ...], rules: dict[Row, list[Pair]]) -> int:
    if isinstance(head, Row):
        for pattern, replacement in rules.get(head, ()):
            found = _match(builder, pattern, head, inputs)
            if found is not None:
                arithmetic = GraphArithmetic(builder)
                return evaluate(replacement, {name: arithmetic.ref(node) for name, node in found.items()}, arithmetic).id  # type: ignore[no-any-return]  # a Ref
    return builder.add(head, inputs)


@cache
def _rules() -> dict[Row, list[Pair]]:
    """The pairs as graphs, by the row at the top of the left side."""
    rules: dict[Row, list[Pair]] = {}
    for before, after in STABLE_FORMS:
        pattern = parse(before).graph
        top = pattern.heads[pattern.root]
        assert isinstance(top, Row)  # every left side is an operation
        rules.setdefault(top, []).append((pattern, parse(after).graph))
    return rules


def _match(builder: Builder, pattern: Graph, head: Row, inputs: tuple[int, ...]) -> dict[str, int] | None:
    """What the pattern's letters stand for, if a node with this head and these inputs has the pattern's shape."""
    found: dict[str, int] = {}
    top = pattern.inputs[pattern.root]
    orders = (inputs, inputs[::-1]) if head.commutative else (inputs,)
    for order in orders:
        found = {}
        if all(_fits(builder, pattern, p, node, found) for p, node in zip(top, order, strict=True)):
            return found
    return None


def _fits(builder: Builder, pattern: Graph, at: int, node: int, found: dict[str, int]) -> bool:
    """Whether a node has the shape of a pattern's node; patterns are a few levels deep, so this may call itself."""
    wanted = pattern.heads[at]
    if isinstance(wanted, str):
        return found.setdefault(wanted, node) == node
    if builder.heads[node] != wanted:
        return False
    inputs = builder.inputs[node]
    orders = (inputs, inputs[::-1]) if isinstance(wanted, Row) and wanted.commutative else (inputs,)
    for order in orders:
        trial = dict(found)
        if all(_fits(builder, pattern, p, i, trial) for p, i in zip(pattern.inputs[at], order, strict=True)):
            found.update(trial)
            return True
    return False
