"""From terms to steps: one row of the table each, with numbered values; sums add their terms up one by one."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.expression.arithmetic import ADD, MULTIPLY, NEGATE, SUBTRACT
from derivkit.functions import Row
from derivkit.program.terms import ONE, Terms

NOWHERE = -1

# A result, what makes it, and of which earlier values: a row, or the weights of a sum that is left whole.
Step = tuple[int, Row | tuple[float, ...], tuple[int, ...]]


class Steps:
    """The steps that make some nodes.

    Attributes
    ----------
    steps : list of (int, Row or tuple of float, tuple of int)
    size : int
        How many values there are.
    inputs : dict of str to int
        The values of variables.
    constants : dict of float to int
        The values that are known.
    outputs : list of int
        The values of the nodes that were asked for.
    """

    def __init__(self, terms: Terms, outputs: Sequence[int]) -> None:
        self.steps: list[Step] = []
        self.size = 0
        self.inputs: dict[str, int] = {}
        self.constants: dict[float, int] = {}
        self.outputs: list[int] = []
        self._terms = terms
        self._wanted = outputs
        self._slots = [NOWHERE] * len(terms)

    def in_order(self, longest: int) -> Steps:
        """Write the steps in the order of the nodes; sums of more terms than `longest` stay whole."""
        terms, slots = self._terms, self._slots
        for node in _needed(terms, self._wanted):
            head = terms.heads[node]
            if head is ADD:
                weights, inputs = terms.weights[node], terms.inputs[node]
                if len(inputs) <= longest:
                    total = NOWHERE
                    for i, weight in leading(inputs, weights):
                        total = self._accumulate(total, i, weight)
                    slots[node] = total
                else:
                    slots[node] = self._step(weights, tuple([self._slot(i) for i in inputs]))
            else:
                self._leaf_or_call(node)
        self.outputs = [self._slot(node) for node in self._wanted]
        return self

    def in_depth(self) -> Steps:
        """Write the steps so that values are used soon after they are made: an input of a sum is added as soon as it is there."""
        for output in self._wanted:
            self._descend(output)
        self.outputs = [self._slot(node) for node in self._wanted]
        return self

    def _descend(self, output: int) -> None:
        heads, slots = self._terms.heads, self._slots
        stack = [output]
        sums: dict[int, list[tuple[int, float]]] = {}  # terms that are still to be added, the next one last
        totals: dict[int, int] = {}
        while stack:
            node = stack[-1]
            if slots[node] != NOWHERE:
                stack.pop()
            elif heads[node] is ADD:
                rest = sums.get(node)
                if rest is None:
                    rest = sums[node] = leading(self._terms.inputs[node], self._terms.weights[node])[::-1]
                while (rest and slots[rest[-1][0]] != NOWHERE) or (rest and not self._terms.inputs[rest[-1][0]]):
                    totals[node] = self._accumulate(totals.get(node, NOWHERE), *rest.pop())
                if rest:
                    stack.append(rest[-1][0])
                else:
                    slots[node] = totals.pop(node)
            else:
                waiting = [i for i in self._terms.inputs[node] if slots[i] == NOWHERE]
                stack.extend(reversed(waiting))
                if not waiting:
                    self._leaf_or_call(node)

    # ---- one step

    def _leaf_or_call(self, node: int) -> None:
        head = self._terms.heads[node]
        if isinstance(head, Row):
            self._slots[node] = self._step(head, tuple([self._slot(i) for i in self._terms.inputs[node]]))
        elif isinstance(head, str):
            self._slots[node] = self.inputs[head] = self._new()
        else:
            self._slots[node] = self._constant(head)

    def _slot(self, node: int) -> int:
        if self._slots[node] == NOWHERE:
            self._leaf_or_call(node)
        return self._slots[node]

    def _accumulate(self, total: int, node: int, weight: float) -> int:
        """A sum so far, nothing at first, with one more term."""
        value = self._slot(node) if node != ONE else self._constant(weight)
        if weight == 1 or node == ONE:
            return value if total == NOWHERE else self._step(ADD, (total, value))
        if weight == -1:
            return self._step(NEGATE, (value,)) if total == NOWHERE else self._step(SUBTRACT, (total, value))
        part = self._step(MULTIPLY, (value, self._constant(weight)))
        return part if total == NOWHERE else self._step(ADD, (total, part))

    def _step(self, head: Row | tuple[float, ...], inputs: tuple[int, ...]) -> int:
        out = self._new()
        self.steps.append((out, head, inputs))
        return out

    def _constant(self, value: float) -> int:
        if value not in self.constants:
            self.constants[value] = self._new()
        return self.constants[value]

    def _new(self) -> int:
        self.size += 1
        return self.size - 1


def leading(nodes: Sequence[int], weights: Sequence[float]) -> list[tuple[int, float]]:
    """The terms of a sum, one that need not be negated first if there is one."""
    terms = list(zip(nodes, weights, strict=True))
    if weights[0] == -1:
        first = next((k for k, weight in enumerate(weights) if weight != -1), 0)
        terms.insert(0, terms.pop(first))
    return terms


def _needed(terms: Terms, outputs: Sequence[int]) -> list[int]:
    """The nodes that the outputs need, in order."""
    marks = [False] * len(terms)
    for output in outputs:
        marks[output] = True
    for node in range(len(marks) - 1, -1, -1):
        if marks[node]:
            for i in terms.inputs[node]:
                marks[i] = True
    return [node for node, mark in enumerate(marks) if mark and node != ONE]
