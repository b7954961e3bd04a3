"""A differentiator that makes one mistake at a time.

It walks a graph from its variables to its output, as one does on paper. A slip replaces one rule at one operation, so that every
wrong derivative is known to be wrong in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

from derivkit.errors import MissingRuleError
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import Row
from tests.slips import RULES
from tests.textbook import Step, correct

TINY = Fraction(1, 10**9)
FACTORS = {"factor": (2, Fraction(1, 2)), "small_factor": (1 + TINY, 1 - Fraction(1, 10**6))}
COEFFICIENTS: tuple[Callable[[Any], Any], ...] = (lambda c: c + 1, lambda c: c * (1 + TINY))


class Differentiator:
    """Derivatives of one graph with respect to one variable: the right one and the wrong ones, all in one new graph.

    Parameters
    ----------
    graph : Graph
        With one output.
    wrt : str
    """

    def __init__(self, graph: Graph, wrt: str) -> None:
        self.graph = graph
        self.wrt = wrt
        self.f = GraphArithmetic(Builder.of(graph))
        self._nodes = [self.f.ref(node) for node in range(len(graph))]
        self._right = self._slopes(self.wrt)
        self.right = self._right[graph.root]

    def wrong(self) -> Iterator[tuple[str, Ref]]:
        """Every slip: its kind, and the whole derivative that it leads to."""
        for node, head in enumerate(self.graph.heads):
            if isinstance(head, Row) and head.arity:
                for kind, rule in RULES.items():
                    for slope in rule(self._step(node, self._right)):
                        yield kind, self._slopes(self.wrt, {node: slope})[self.graph.root]
            elif head != self.wrt and node not in self._exponents():
                with suppress(MissingRuleError):  # the order of a Bessel function
                    yield "constant_as_variable", self._slopes(self.wrt, {node: self.f.number(1)})[self.graph.root]
        yield "not_differentiated", self._nodes[self.graph.root]
        for kind, factors in FACTORS.items():
            for factor in factors:
                yield kind, self.right * factor
        for other in self.graph.variables:
            if other != self.wrt:
                with suppress(MissingRuleError):
                    yield "wrong_variable", self._slopes(other)[self.graph.root]
        yield from self._changed()

    def _slopes(self, wrt: str, given: dict[int, Ref] | None = None) -> list[Ref]:
        """The derivatives of all nodes, some of them given."""
        found: list[Ref] = []
        for node, head in enumerate(self.graph.heads):
            if given and node in given:
                found.append(given[node])
            elif isinstance(head, Row) and head.arity:
                step = self._step(node, found)
                found.append(correct(step) if any(step.moving) else self.f.number(0))
            else:
                found.append(self.f.number(int(head == wrt)))
        return found

    def _step(self, node: int, slopes: list[Ref]) -> Step:
        head, inputs = self.graph.heads[node], self.graph.inputs[node]
        assert isinstance(head, Row)
        return Step(self.f, head, self._nodes[node], tuple(self._nodes[i] for i in inputs), tuple(slopes[i] for i in inputs))

    def _exponents(self) -> set[int]:
        pairs = zip(self.graph.heads, self.graph.inputs, strict=True)
        return {inputs[1] for head, inputs in pairs if isinstance(head, Row) and head.name == "power"}

    def _changed(self) -> Iterator[tuple[str, Ref]]:
        """The right derivative with one number in it changed, or one variable read as another."""
        right = self.f.builder.graph([self.right.id])
        for node, head in enumerate(right.heads):
            if isinstance(head, str):
                for other in self.graph.variables:
                    if other != head:
                        yield "variable_swapped", self._with(right, node, other)
            elif not isinstance(head, Row):
                for change in COEFFICIENTS:
                    number = Fraction(change(Fraction(head)))
                    yield "coefficient", self._with(right, node, number.numerator if number.denominator == 1 else number)

    def _with(self, right: Graph, place: int, head: Any) -> Ref:
        """The right derivative with one leaf replaced."""
        builder, ids = self.f.builder, []
        for node, (old, inputs) in enumerate(zip(right.heads, right.inputs, strict=True)):
            ids.append(builder.add(head if node == place else old, tuple(ids[i] for i in inputs)))
        return self.f.ref(ids[-1])
