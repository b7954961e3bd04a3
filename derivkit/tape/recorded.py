"""What was recorded between some inputs and some outputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Any

from derivkit.tape.node import Leaf, Node
from derivkit.tape.tensor import parts, wrap


class Trace:
    """The nodes between some inputs and some outputs, in the order in which they were recorded.

    Attributes
    ----------
    nodes : list of Node
    inputs : set of Node
    outer : bool
        Something else is tracked too, so that derivatives must themselves be recorded.
    needed : set of Node or None
        The nodes that depend on an input; None if all do.
    """

    def __init__(self, outputs: Iterable[Node], inputs: Collection[Node]) -> None:
        self.inputs = set(inputs)
        self.outer = any(node.operation is not None for node in inputs)
        self.needed: set[Node] | None = None
        first = min((node.id for node in inputs), default=0)
        seen: set[Node] = set()
        stray = False
        stack = list(outputs)
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            if node in self.inputs:
                seen.add(node)
            elif node.id < first or node.operation is None:  # recorded before the inputs: it cannot depend on them
                stray = True
                self.outer = self.outer or not (isinstance(node, Leaf) and node.closed)
            else:
                seen.add(node)
                for parent in node.parents:
                    if parent is not None and parent not in seen:
                        stack.append(parent)
        self.nodes = sorted(seen, key=_by_id)
        if stray or len(self.inputs) < len(inputs):
            self.needed = self._needed()

    def _needed(self) -> set[Node]:
        needed: set[Node] = set()
        for node in self.nodes:
            if node in self.inputs or not needed.isdisjoint(node.parents):
                needed.add(node)
        return needed


_by_id = attrgetter("id")


def as_tensors(node: Node) -> tuple[tuple[Any, ...], Any]:
    """The arguments and the value of a node as tensors that lead back to their nodes."""
    args = [arg if parent is None else wrap(arg, parent) for arg, parent in zip(node.args, node.parents, strict=True)]
    several = node.operation is not None and node.operation.multiple
    return tuple(args), parts(node.value, node) if several else wrap(node.value, node)
