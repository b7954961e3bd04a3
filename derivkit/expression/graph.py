"""The expression graph: a straight-line program in which equal subexpressions are one node.

A node is a *head* and the ids of its *inputs*, all smaller than its own id, so that every walk over a graph is a plain loop and no
depth is too much. A head is a `Row` of the table, a rational number (`int` or `Fraction`) or the name of a variable (`str`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from derivkit.errors import BudgetError
from derivkit.functions import Row, row_named
from derivkit.functions.arithmetic import Arithmetic, Number
from derivkit.functions.row import Partial

Head = Row | int | Fraction | str
MOST_NODES = 2_000_000  # of a derivative's graph
EXACT_BITS = 4096  # rational numbers longer than this are left unfolded
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
        wanted = set(names)
        marks: list[bool] = []
        for head, inputs in zip(self.heads, self.inputs, strict=True):
            marks.append(head in wanted if isinstance(head, str) else any(marks[i] for i in inputs))
        return marks

    def output(self, k: int) -> Graph:
        """The graph of one output alone."""
        return Builder.of(self).graph([self.outputs[k]])


def natural_key(name: str) -> tuple[Any, ...]:
    """Sort key under which x2 comes before x10."""
    return tuple(int(part) if part.isdecimal() else part for part in _DIGITS.split(name))


class Builder:
    """A graph under construction.

    `add` makes a node or finds the equal one. Nothing is rewritten here, so that a text keeps the form in which it was typed;
    the arithmetic of graph nodes (`GRAPH`) folds what is exact.
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

    def copy(self, graph: Graph, variables: dict[str, int] | None = None) -> list[int]:
        """Add a graph's nodes, with nodes of this builder in place of some variables; the new id of every node."""
        ids: list[int] = []
        for head, inputs in zip(graph.heads, graph.inputs, strict=True):
            if variables and isinstance(head, str) and head in variables:
                ids.append(variables[head])
            else:
                ids.append(self.add(head, tuple([ids[i] for i in inputs])))
        return ids

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


class Ref:
    """A node of a builder as a number: operators and functions of it make new nodes, exact constants folded."""

    __slots__ = ("builder", "id")

    def __init__(self, builder: Builder, id: int) -> None:
        self.builder = builder
        self.id = id

    @property
    def value(self) -> Number | None:
        """The rational number this node is, if it is one."""
        head = self.builder.heads[self.id]
        return None if isinstance(head, Row | str) else head

    def _with(self, name: str, other: Any, swap: bool = False) -> Ref:
        other = _ref(self.builder, other)
        left, right = (other, self) if swap else (self, other)
        folded = _FOLD[name](left, right)
        if folded is not None:
            return _ref(self.builder, folded)
        return Ref(self.builder, self.builder.add(row_named(name), (left.id, right.id)))

    def __add__(self, other: Any) -> Ref:
        return self._with("add", other)

    def __radd__(self, other: Any) -> Ref:
        return self._with("add", other, swap=True)

    def __sub__(self, other: Any) -> Ref:
        return self._with("subtract", other)

    def __rsub__(self, other: Any) -> Ref:
        return self._with("subtract", other, swap=True)

    def __mul__(self, other: Any) -> Ref:
        return self._with("multiply", other)

    def __rmul__(self, other: Any) -> Ref:
        return self._with("multiply", other, swap=True)

    def __truediv__(self, other: Any) -> Ref:
        return self._with("divide", other)

    def __rtruediv__(self, other: Any) -> Ref:
        return self._with("divide", other, swap=True)

    def __pow__(self, other: Any) -> Ref:
        return self._with("power", other)

    def __neg__(self) -> Ref:
        if self.value is not None:
            return _ref(self.builder, -self.value)
        head = self.builder.heads[self.id]
        if isinstance(head, Row) and head.name == "negate":
            return Ref(self.builder, self.builder.inputs[self.id][0])
        return Ref(self.builder, self.builder.add(row_named("negate"), (self.id,)))


def _ref(builder: Builder, value: Any) -> Ref:
    if isinstance(value, Ref):
        return value
    number = value if isinstance(value, int | Fraction) else Fraction(value)
    return Ref(builder, builder.add(number.numerator if number.denominator == 1 else number))


def _short(number: Number) -> Number | None:
    return number if number.numerator.bit_length() + number.denominator.bit_length() <= EXACT_BITS else None


def _fold_add(x: Ref, y: Ref) -> Ref | Number | None:
    if x.value == 0:
        return y
    if y.value == 0:
        return x
    return None if x.value is None or y.value is None else _short(x.value + y.value)


def _fold_subtract(x: Ref, y: Ref) -> Ref | Number | None:
    if y.value == 0:
        return x
    if x.value == 0:
        return -y
    return None if x.value is None or y.value is None else _short(x.value - y.value)


def _fold_multiply(x: Ref, y: Ref) -> Ref | Number | None:
    for one, other in ((x, y), (y, x)):
        if one.value == 1:
            return other
        if one.value == -1:
            return -other
        if one.value == 0:
            return 0
    return None if x.value is None or y.value is None else _short(x.value * y.value)


def _fold_divide(x: Ref, y: Ref) -> Ref | Number | None:
    if y.value == 1:
        return x
    if not y.value:
        return None
    return None if x.value is None else _short(Fraction(x.value) / y.value)


def _fold_power(x: Ref, y: Ref) -> Ref | Number | None:
    if y.value == 1:
        return x
    if y.value == 0:
        return 1
    if x.value and isinstance(y.value, int) and x.value.numerator.bit_length() * abs(y.value) <= EXACT_BITS:
        return _short(Fraction(x.value) ** y.value)
    return None


_FOLD: dict[str, Callable[[Ref, Ref], Ref | Number | None]] = {
    "add": _fold_add,
    "subtract": _fold_subtract,
    "multiply": _fold_multiply,
    "divide": _fold_divide,
    "power": _fold_power,
}


class GraphArithmetic(Arithmetic):
    """Nodes of one builder as numbers: evaluating a rule in this arithmetic writes the rule down as a graph.

    Parameters
    ----------
    builder : Builder
    most_nodes : int
        Rules beyond this many nodes raise `BudgetError`.
    """

    def __init__(self, builder: Builder, most_nodes: int = MOST_NODES) -> None:
        super().__init__()
        self._builder = builder
        self._most_nodes = most_nodes

    def number(self, value: Number) -> Ref:
        return _ref(self._builder, value)

    def ref(self, node: int) -> Ref:
        """An existing node as a number."""
        return Ref(self._builder, node)

    def build(self, row: Row) -> Callable[..., Ref]:
        builder = self._builder

        def call(*arguments: Any) -> Ref:
            refs = [_ref(builder, a) for a in arguments]
            if row.name in _FOLD:
                return refs[0]._with(row.name, refs[1])
            if row.name == "negate":
                return -refs[0]
            return Ref(builder, builder.add(row, tuple([r.id for r in refs])))

        return call

    def partial(self, rule: Partial, y: Ref, arguments: tuple[Ref, ...]) -> Ref:
        if len(self._builder.heads) > self._most_nodes:
            raise BudgetError(f"the derivative needs more than {self._most_nodes:,} operations")
        return super().partial(rule, y, arguments)  # type: ignore[no-any-return]  # rules of nodes give nodes
