"""Rewrite a graph by a list of forms: into what survives the extremes of floats, or into what may keep more digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic
from derivkit.expression.graph import Builder, Graph, Head
from derivkit.expression.parser import parse
from derivkit.functions import Row
from derivkit.functions.stable import STABLE_FORMS, Form


@dataclass(frozen=True, slots=True)
class Rule:
    """A form as graphs."""

    form: Form
    pattern: Graph
    replacement: Graph


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
    return rewrite(graph, STABLE_FORMS)[0]


def rewrite(graph: Graph, forms: tuple[Form, ...]) -> tuple[Graph, tuple[Form, ...]]:
    """The same function, with every node that has the shape of a left side replaced by the right side.

    Parameters
    ----------
    graph : Graph
    forms : tuple of (str, str)
        What is looked for and what takes its place; the first that fits is taken.

    Returns
    -------
    graph : Graph
        The graph itself where nothing fits.
    used : tuple of (str, str)
        The forms that were used, each once.
    """
    rules = _rules(forms)
    if not any(_found(graph, head, inputs, rules) for head, inputs in zip(graph.heads, graph.inputs, strict=True) if head in rules):
        return graph, ()  # as most graphs are: building one anew takes longer than looking
    builder = Builder()
    arithmetic = GraphArithmetic(builder)
    ids: list[int] = []
    used: dict[Form, None] = {}
    for head, typed in zip(graph.heads, graph.inputs, strict=True):
        inputs = tuple([ids[i] for i in typed])
        found = _found(graph, head, typed, rules)  # a form within another must not hide it
        letters: Mapping[str, int] = {}
        if found is not None:
            letters = {name: ids[node] for name, node in found[1].items()}
        elif (found := _found(builder, head, inputs, rules)) is not None:
            letters = found[1]
        if found is None:
            ids.append(builder.add(head, inputs))
        else:
            used[found[0].form] = None
            at = {name: arithmetic.ref(node) for name, node in letters.items()}
            ids.append(evaluate(found[0].replacement, at, arithmetic).id)
    return builder.graph([ids[o] for o in graph.outputs]), tuple(used)


def _found(
    nodes: Graph | Builder, head: Head, inputs: tuple[int, ...], rules: dict[Head, list[Rule]]
) -> tuple[Rule, dict[str, int]] | None:
    """The rule that a node with this head and these inputs has the shape of, and what its letters stand for."""
    for rule in rules.get(head, ()):
        letters = _match(nodes, rule.pattern, head, inputs)
        if letters is not None:
            return rule, letters
    return None


@cache
def _rules(forms: tuple[Form, ...]) -> dict[Head, list[Rule]]:
    """The forms as graphs, by the row at the top of the left side."""
    rules: dict[Head, list[Rule]] = {}
    for form in forms:
        pattern, replacement = (parse(text).graph for text in form)
        top = pattern.heads[pattern.root]
        assert isinstance(top, Row)  # every left side is an operation
        rules.setdefault(top, []).append(Rule(form, pattern, replacement))
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
