"""The expression graph: a straight-line program in which equal subexpressions are one node.

A node is a *head* and the ids of its *inputs*, all smaller than its own id, so that every walk over a graph is a plain loop and no
depth is too much. A head is a `Row` of the table, a rational number (`int` or `Fraction`) or the name of a variable (`str`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from derivkit.functions import Row

Head = Row | int | Fraction | str
_DIGITS = re.compile(r"(\d+)")


class Graph:
    """An immutable graph with one or more outputs.

    Nodes are numbered in the order in which a left-to-right walk from the outputs finishes them, so that equal graphs have equal
    tuples.

    Attributes
    ----------
    heads : tuple of Row, int, Fraction or str
    inputs : tuple of tuple of int
    outputs : tuple of int
    """

    def __init__(self, heads: tuple[Head, ...], inputs: tuple[tuple[int, ...], ...], outputs: tuple[int, ...]) -> None:
        self.heads = heads
        self.inputs = inputs
        self.outputs = outputs

    def __len__(self) -> int:
        return len(self.heads)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return self.inputs == other.inputs and self.heads == other.heads and self.outputs == other.outputs

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.heads, self.inputs, self.outputs))

    @property
    def root(self) -> int:
        """The id of the only output."""
        (root,) = self.outputs
        return root

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, sorted, with numbers in names as numbers: x1, x2, x10."""
        return tuple(sorted({head for head in self.heads if isinstance(head, str)}, key=natural_key))

    @cached_property
    def depth(self) -> int:
        """Length of the longest chain of operations; a sum or a product of many terms counts as one."""
        depths: list[int] = []
        for head, inputs in zip(self.heads, self.inputs, strict=True):
            flat = isinstance(head, Row) and head.commutative
            depths.append(max((depths[i] + (not (flat and self.heads[i] is head)) for i in inputs), default=0))
        return max(depths, default=0)

    def depends_on(self, names: Iterable[str]) -> list[bool]:
        """For every node, whether it depends on one of the variables."""
        return dependent(self.heads, self.inputs, names)

    def output(self, k: int) -> Graph:
        """The graph of one output alone."""
        return Builder.of(self).graph([self.outputs[k]])


def dependent(heads: Sequence[Any], inputs: Sequence[tuple[int, ...]], names: Iterable[str]) -> list[bool]:
    """For every node with a head and inputs smaller than itself, whether it depends on one of the variables."""
    wanted = set(names)
    marks: list[bool] = []
    for head, places in zip(heads, inputs, strict=True):
        marks.append(head in wanted if isinstance(head, str) else any(marks[i] for i in places))
    return marks


def natural_key(name: str) -> tuple[Any, ...]:
    """Sort key under which x2 comes before x10."""
    return tuple(int(part) if part.isdecimal() else part for part in _DIGITS.split(name))


class Builder:
    """A graph under construction.

    `add` makes a node or finds the equal one. Nothing is rewritten here, so that a text keeps the form in which it was typed;
    the arithmetic of graph nodes (`expression.arithmetic`) folds what is exact.
    """

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.inputs: list[tuple[int, ...]] = []
        self._index: dict[tuple[Head, tuple[int, ...]], int] = {}

    @classmethod
    def of(cls, graph: Graph) -> Builder:
        """A builder that starts with all nodes of a graph, under their ids."""
        builder = cls()
        builder.heads = list(graph.heads)
        builder.inputs = list(graph.inputs)
        builder._index = {_key(h, i): n for n, (h, i) in enumerate(zip(graph.heads, graph.inputs, strict=True))}
        return builder

    def add(self, head: Head, inputs: tuple[int, ...] = ()) -> int:
        """The id of the node with this head and these inputs."""
        key = _key(head, inputs) if len(inputs) == 2 and inputs[0] > inputs[1] else (head, inputs)  # a call saved: this is hot
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.heads)
            self.heads.append(head)
            self.inputs.append(inputs)
        return found

    def graph(self, outputs: Sequence[int]) -> Graph:
        """Freeze: keep what the outputs need, numbered in the order of a left-to-right walk."""
        if self._is_walk(outputs):
            return Graph(tuple(self.heads), tuple(self.inputs), tuple(outputs))
        order: dict[int, int] = {}
        heads: list[Head] = []
        inputs: list[tuple[int, ...]] = []
        for output in outputs:
            stack = [output]
            while stack:
                node = stack[-1]
                if node in order:
                    stack.pop()
                    continue
                waiting = [i for i in self.inputs[node] if i not in order]
                if waiting:
                    stack.extend(reversed(waiting))
                    continue
                stack.pop()
                order[node] = len(heads)
                heads.append(self.heads[node])
                inputs.append(tuple([order[i] for i in self.inputs[node]]))
        return Graph(tuple(heads), tuple(inputs), tuple([order[o] for o in outputs]))

    def _is_walk(self, outputs: Sequence[int]) -> bool:
        """Whether a walk from the outputs would visit every node in the order of the ids.

        Visiting a node with nodes 0 to s - 1 done must finish s, ..., node: its inputs that are not done yet share that range in
        order. A node is entered for the first time once, so one pass from the last node to the first sees them all.
        """
        starts = [-1] * len(self.heads)  # how many nodes are done when the walk enters the node
        done = 0
        for node in outputs:
            if node >= done:
                starts[node] = done
                done = node + 1
        if done != len(starts):
            return False
        for node in range(done - 1, -1, -1):
            done = starts[node]
            if done < 0:
                return False
            for i in self.inputs[node]:
                if i >= done:
                    starts[i] = done
                    done = i + 1
            if done != node:
                return False
        return True


def _key(head: Head, inputs: tuple[int, ...]) -> tuple[Head, tuple[int, ...]]:
    if len(inputs) == 2 and inputs[0] > inputs[1] and head.commutative:  # type: ignore[union-attr]  # only rows have inputs
        return head, (inputs[1], inputs[0])
    return head, inputs
