"""What is written down in another language: operations on doubles, one node each, truth values apart from numbers.

A head is a `Row` (a function or an operation), a `Logic` connective, a double that is not negative, a truth value, or the name of a
variable. Inputs have smaller numbers than the node itself.
"""

from __future__ import annotations

import math
from enum import Enum

from derivkit.functions import Row

NAN = math.nan  # the one that stands for "no value": it is found again by identity


class Logic(Enum):
    """How truth values are connected; the second of two is looked at only where the first does not decide."""

    NOT = "not"
    AND = "and"
    OR = "or"


Head = Row | Logic | float | bool | str


class Program:
    """Nodes under construction, equal ones made once.

    Attributes
    ----------
    heads : list of Head
    inputs : list of tuple of int
    outputs : tuple of int
    """

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.inputs: list[tuple[int, ...]] = []
        self.outputs: tuple[int, ...] = ()
        self._index: dict[tuple[type, Head, tuple[int, ...]], int] = {}

    def add(self, head: Head, *inputs: int) -> int:
        """The number of the node with this head and these inputs."""
        key = (type(head), head, inputs)
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.heads)
            self.heads.append(head)
            self.inputs.append(inputs)
        return found

    def live(self) -> list[int]:
        """The nodes that the outputs need, each after its inputs, and conditions before what they decide."""
        done: set[int] = set()
        order: list[int] = []
        stack = list(reversed(self.outputs))
        while stack:
            node = stack[-1]
            waiting = [] if node in done else [i for i in self.inputs[node] if i not in done]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            stack.pop()
            if node not in done:
                done.add(node)
                order.append(node)
        return order
