"""From a graph to terms: chains of sums and of products become one each, constants are folded, like terms are added up."""

from __future__ import annotations

from typing import Any

from derivkit.expression.arithmetic import ADD, MULTIPLY, NEGATE, SUBTRACT
from derivkit.expression.graph import Graph
from derivkit.functions import Row
from derivkit.functions.arithmetic import nearest_float
from derivkit.program.terms import ONE, Term, Terms, Weight, is_moderate, is_short, short
from derivkit.program.values import OPERATIONS

SMALL = 8  # terms up to which a sum in brackets is negated, rather than kept as a node

# A sum that may still grow is a dict of nodes and their weights, a product that may a list of a weight and nodes: only what is
# used once grows, so that nothing is computed twice.
Open = dict[int, Weight] | list[Any]


def lower(graph: Graph, terms: Terms) -> Term:
    """The output of a graph as a term.

    Parameters
    ----------
    graph : Graph
        With one output.
    terms : Terms
        Where the nodes are made.

    Returns
    -------
    tuple of (number, int)
    """
    once = _used_once(graph)
    made: list[Term | Open] = []
    for node, (head, inputs) in enumerate(zip(graph.heads, graph.inputs, strict=True)):
        value: Term | Open
        if head is MULTIPLY:
            value = _product(terms, made[inputs[0]], made[inputs[1]])
        elif head is ADD:
            value = _sum(terms, made[inputs[0]], made[inputs[1]])
        elif head is SUBTRACT:
            value = _sum(terms, made[inputs[0]], _negative(terms, made[inputs[1]]))
        elif head is NEGATE:
            value = _negative(terms, made[inputs[0]])
        elif isinstance(head, Row):
            value = _call(terms, head, [settled(terms, made[i]) for i in inputs])
        elif isinstance(head, str):
            value = (1, terms.leaf(head))
        else:
            value = (head if is_short(head) else nearest_float(head), ONE)
        made.append(value if once[node] or isinstance(value, tuple) else settled(terms, value))
    return settled(terms, made[graph.root])


def settled(terms: Terms, value: Term | Open) -> Term:
    """A term of what is complete."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, dict):
        return terms.total(value)
    weight = value[0]
    nodes = [node for node in value[1:] if node != ONE] or [ONE]
    if len(nodes) > 2:
        nodes = _with_powers(terms, nodes)
    while len(nodes) > 1:  # in pairs, so that rounding errors grow with the logarithm of their number
        pairs = [terms.product(a, b) for a, b in zip(nodes[::2], nodes[1::2], strict=False)]
        nodes = pairs + nodes[len(pairs) * 2 :]
    return weight, nodes[0]


def _with_powers(terms: Terms, nodes: list[int]) -> list[int]:
    """The factors of a product, equal ones as powers."""
    if len(set(nodes)) == len(nodes):
        return nodes
    counts: dict[int, int] = {}
    for node in nodes:
        counts[node] = counts.get(node, 0) + 1
    return [terms.power(node, count) for node, count in counts.items()]


def _used_once(graph: Graph) -> list[bool]:
    uses = [0] * len(graph)
    for inputs in graph.inputs:
        for i in inputs:
            uses[i] += 1
    return [count == 1 for count in uses]


def _call(terms: Terms, row: Row, arguments: list[Term]) -> Term:
    operation = OPERATIONS.get(row)
    return terms.call(row, arguments) if operation is None else operation(terms, *arguments)


def _sum(terms: Terms, a: Term | Open, b: Term | Open) -> Open:
    """The sum of two values, in the larger of the two if they are sums."""
    if not isinstance(a, dict):
        if isinstance(b, dict):
            a, b = b, a
        else:
            weight, node = settled(terms, a)
            a = {node: weight}
    if not isinstance(b, dict):
        weight, node = settled(terms, b)
        _count(a, node, weight)
        return a
    if len(a) < len(b):
        a, b = b, a
    for node, weight in b.items():
        _count(a, node, weight)
    return a


def _count(terms: dict[int, Weight], node: int, weight: Weight) -> None:
    known = terms.get(node)
    terms[node] = weight if known is None else short(known + weight)


def _negative(terms: Terms, value: Term | Open) -> Term | Open:
    if isinstance(value, dict):
        if len(value) <= SMALL:
            return {node: -weight for node, weight in value.items()}
        value = settled(terms, value)
    if isinstance(value, list):
        value[0] = -value[0]
        return value
    return -value[0], value[1]


def _product(terms: Terms, a: Term | Open, b: Term | Open) -> Term | Open:
    """The product of two values, in the larger of the two if they are products."""
    left = a if isinstance(a, list) else list(settled(terms, a))
    right = b if isinstance(b, list) else list(settled(terms, b))
    weight = right[0] if left[0] == 1 else left[0] if right[0] == 1 else short(left[0] * right[0])
    if not is_moderate(weight):
        return [1, terms.node(settled(terms, left)), terms.node(settled(terms, right))]
    if len(left) < len(right):
        left, right = right, left
    left[0] = weight
    left += right[1:]
    return left
