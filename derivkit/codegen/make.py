"""The rules by which nodes of a program are made: signs outwards, ones and zeros left out, choices by one condition together."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from derivkit.codegen.program import NAN, Logic, Program
from derivkit.functions import Row, row_named

ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, WHERE = map(row_named, ("add", "subtract", "multiply", "divide", "negate", "where"))


class Signed(NamedTuple):
    """A node, or its negative."""

    node: int
    negative: bool = False

    def __neg__(self) -> Signed:
        return Signed(self.node, not self.negative)


class Maker:
    """Makes nodes of a program.

    Attributes
    ----------
    program : Program
    """

    def __init__(self) -> None:
        self.program = Program()

    def constant(self, value: float) -> Signed:
        """A double, without its sign."""
        return Signed(self.program.add(value if value is NAN else abs(value)), value < 0)

    def materialize(self, x: Signed) -> int:
        """A signed node as a node."""
        return self.program.add(NEGATE, x.node) if x.negative else x.node

    def value(self, x: Signed) -> float | None:
        """The double that a node is, if it is one."""
        head = self.program.heads[x.node]
        return (-head if x.negative else head) if isinstance(head, float) else None

    def sum(self, x: Signed, y: Signed) -> Signed:
        """x + y."""
        a, b = self.value(x), self.value(y)
        if a == 0 or b == 0:
            return y if a == 0 else x
        if a is not None and b is not None:
            return self.constant(a + b)
        merged = self.merged(ADD, x, y)
        if merged is not None:
            return merged
        if x.negative == y.negative:
            return Signed(self.program.add(ADD, x.node, y.node), x.negative)
        more, less = (y, x) if x.negative else (x, y)
        return Signed(self.program.add(SUBTRACT, more.node, less.node))

    def product(self, x: Signed, y: Signed) -> Signed:
        """x*y, a constant first."""
        a, b = self.value(x), self.value(y)
        if a is not None and b is not None:
            return self.constant(a * b)
        if b is not None:
            x, y, a = y, x, b
        negative = x.negative != y.negative
        if a is not None and abs(a) == 1:
            return Signed(y.node, negative)
        if a is not None and (scaled := self.scaled(abs(a), y.node)) is not None:
            return Signed(scaled, negative)
        merged = self.merged(MULTIPLY, x, y)
        return Signed(self.program.add(MULTIPLY, x.node, y.node), negative) if merged is None else merged

    def scaled(self, factor: float, node: int) -> int | None:
        """A constant times a node that is a constant times another, as one product; None where the constant would be rounded."""
        if self.program.heads[node] is not MULTIPLY:
            return None
        first, other = self.program.inputs[node]
        head = self.program.heads[first]
        if not isinstance(head, float) or Fraction(factor * head) != Fraction(factor) * Fraction(head):
            return None
        return self.product(self.constant(factor * head), Signed(other)).node

    def quotient(self, x: Signed, y: Signed) -> Signed:
        """x/y."""
        negative = x.negative != y.negative
        if self.value(Signed(y.node)) == 1:
            return Signed(x.node, negative)
        return Signed(self.program.add(DIVIDE, x.node, y.node), negative)

    def merged(self, row: Row, x: Signed, y: Signed) -> Signed | None:
        """The sum or product of two choices by one condition as a choice; None of anything else."""
        heads, inputs = self.program.heads, self.program.inputs
        if heads[x.node] is not WHERE or heads[y.node] is not WHERE or inputs[x.node][0] != inputs[y.node][0]:
            return None
        rule = self.sum if row is ADD else self.product
        condition = inputs[x.node][0]
        then, otherwise = [
            rule(self.signed(inputs[x.node][k], x.negative), self.signed(inputs[y.node][k], y.negative)) for k in (1, 2)
        ]
        return Signed(self.where(condition, self.materialize(then), self.materialize(otherwise)))

    def signed(self, node: int, negative: bool) -> Signed:
        """A node, or its negative, with the sign outside."""
        if self.program.heads[node] is NEGATE:
            return Signed(self.program.inputs[node][0], not negative)
        return Signed(node, negative)

    def where(self, condition: int, x: int, y: int) -> int:
        """`x` where a condition holds, else `y`."""
        head = self.program.heads[condition]
        if isinstance(head, bool):
            return x if head else y
        if x == y:
            return x
        if isinstance(head, Logic):
            first, *rest = self.program.inputs[condition]
            if head is Logic.NOT:
                return self.where(first, y, x)
            if head is Logic.AND and isinstance(self.program.heads[y], float):
                return self.where(first, self.where(rest[0], x, y), y)
            if head is Logic.OR and isinstance(self.program.heads[x], float):
                return self.where(first, x, self.where(rest[0], x, y))
        return self.program.add(WHERE, condition, x, y)

    def opposite(self, x: int) -> int:
        """Not x."""
        head = self.program.heads[x]
        if isinstance(head, bool):
            return self.program.add(not head)
        return self.program.inputs[x][0] if head is Logic.NOT else self.program.add(Logic.NOT, x)

    def both(self, x: int, y: int) -> int:
        """x and y: each of the conditions that they consist of once, from the left."""
        if isinstance(head := self.program.heads[x], bool):
            return y if head else x
        if isinstance(head := self.program.heads[y], bool):
            return x if head else y
        known = dict.fromkeys(self.parts(x))
        for part in self.parts(y):
            if self.opposite(part) in known:
                return self.program.add(False)
            if part not in known:
                known[part] = None
                x = self.program.add(Logic.AND, x, part)
        return x

    def parts(self, x: int) -> list[int]:
        """The conditions of which x says that all hold."""
        found = []
        while self.program.heads[x] is Logic.AND:
            x, last = self.program.inputs[x]
            found.append(last)
        return [x, *reversed(found)]

    def either(self, x: int, y: int) -> int:
        """x or y: only the weaker, where one follows from the other."""
        if isinstance(head := self.program.heads[x], bool):
            return x if head else y
        if isinstance(head := self.program.heads[y], bool):
            return y if head else x
        left, right = self.parts(x), self.parts(y)
        if set(left) <= set(right):
            return x
        if set(right) <= set(left):
            return y
        if left[:-1] == right[:-1] and self.opposite(left[-1]) == right[-1]:
            return self.all_of(left[:-1])
        return self.program.add(Logic.OR, x, y)

    def all_of(self, parts: list[int]) -> int:
        """Every one of some conditions."""
        result = self.program.add(True)
        for part in parts:
            result = self.both(result, part)
        return result

    def either_way(self, condition: int, x: int, y: int) -> int:
        """A choice between truth values."""
        heads = self.program.heads
        if heads[x] is True:
            return self.either(condition, y)
        if heads[y] is True:
            return self.either(self.opposite(condition), x)
        return self.either(self.both(condition, x), self.both(self.opposite(condition), y))
