"""Carry out what is exact in sums: terms that cancel, rational factors, comparisons of what differs by a number.

`sqrt(x + 1) - sqrt(x)` becomes `((x + 1) - x)/(sqrt(x + 1) + sqrt(x))` by a form; that (x + 1) - x is 1 is said here.
"""

from __future__ import annotations

from fractions import Fraction

from derivkit.expression.arithmetic import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import FLOATS, Row
from derivkit.functions.arithmetic import Number

MOST_TERMS = 32
Terms = dict[int, Fraction]  # node -> coefficient; the node of the number 1 for the constant


def collected(graph: Graph) -> Graph:
    """The same function, with what cancels exactly left out.

    Parameters
    ----------
    graph : Graph

    Returns
    -------
    Graph

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.printer import to_text
    >>> to_text(collected(parse("((x + 1) - x)/y + 2*sin(y)/2").graph))
    '1/y + sin(y)'
    """
    return _Collector(graph).run()


class _Collector:
    """A graph written anew, every node with the rational sum of other nodes that it is."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.builder = Builder()
        self.arithmetic = GraphArithmetic(self.builder)
        self.one = self.builder.add(1)
        self.sums: dict[int, Terms] = {}

    def run(self) -> Graph:
        """The new graph."""
        ids: list[int] = []
        for head, inputs in zip(self.graph.heads, self.graph.inputs, strict=True):
            if isinstance(head, Row):
                ids.append(self._node(head, [ids[i] for i in inputs]))
            else:
                ids.append(self.builder.add(head))
        return self.builder.graph([ids[o] for o in self.graph.outputs])

    def _node(self, row: Row, inputs: list[int]) -> int:
        decided = self._decided(row, inputs)
        if decided is not None:
            return self.builder.add(decided)
        node = self.arithmetic.function(row)(*[self.arithmetic.ref(i) for i in inputs]).id
        parts = self._parts(row, inputs)
        if parts is None:
            return int(node)
        terms = _sum(parts)
        shorter = len(terms) < len({key for part in parts for key in part})
        factored = row in (MULTIPLY, DIVIDE, NEGATE) and self.sums.get(inputs[0]) is not None and len(terms) == 1
        found = self._written(terms) if shorter or factored else int(node)
        if len(terms) <= MOST_TERMS:
            self.sums[found] = terms
        return found

    def _decided(self, row: Row, inputs: list[int]) -> int | None:
        """A comparison of two sums that differ by a number."""
        if not row.boolean or len(inputs) != 2:
            return None
        difference = _sum([self._terms(inputs[0]), _scaled(self._terms(inputs[1]), -1)])
        if difference.keys() - {self.one}:
            return None
        return int(FLOATS.function(row)(float(difference.get(self.one, 0)), 0.0))

    def _parts(self, row: Row, inputs: list[int]) -> list[Terms] | None:
        """The sums whose sum a node is; None where it is no sum of others with rational coefficients."""
        if row is ADD or row is SUBTRACT:
            return [self._terms(inputs[0]), _scaled(self._terms(inputs[1]), 1 if row is ADD else -1)]
        if row is NEGATE:
            return [_scaled(self._terms(inputs[0]), -1)]
        if row is MULTIPLY:
            for k in (0, 1):
                if (factor := self._number(inputs[k])) is not None:
                    return [_scaled(self._terms(inputs[1 - k]), factor)]
        if row is DIVIDE and (divisor := self._number(inputs[1])):
            return [_scaled(self._terms(inputs[0]), 1 / Fraction(divisor))]
        return None

    def _number(self, node: int) -> Number | None:
        return self.arithmetic.ref(node).value

    def _terms(self, node: int) -> Terms:
        number = self._number(node)
        if number is not None:
            return {self.one: Fraction(number)} if number else {}
        return self.sums.get(node, {node: Fraction(1)})

    def _written(self, terms: Terms) -> int:
        """A sum as nodes, the constant last."""
        total: Ref | None = None
        for node, factor in sorted(terms.items(), key=lambda item: item[0] == self.one):
            whole = self.arithmetic.ref(node)
            size = whole / factor.denominator if abs(factor.numerator) == 1 else whole * abs(factor)
            signed = -size if factor < 0 else size
            total = signed if total is None else total - size if factor < 0 else total + size
        return self.builder.add(0) if total is None else total.id


def _sum(parts: list[Terms]) -> Terms:
    total: Terms = {}
    for part in parts:
        for node, factor in part.items():
            total[node] = total.get(node, Fraction(0)) + factor
    return {node: factor for node, factor in total.items() if factor}


def _scaled(terms: Terms, factor: Number) -> Terms:
    return {node: factor * coefficient for node, coefficient in terms.items()} if factor else {}
