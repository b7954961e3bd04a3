"""From a graph to the operations that a programmer would write.

Constants become the nearest doubles, small powers products, x^(1/2) a square root; signs move outwards, so that a sum of a negative
is a difference; conditions become truth values. Every step keeps the value of every node to the last bit, but for powers (products
round more often) and constants (which are rounded once).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from derivkit.codegen.make import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, WHERE, Maker, Signed
from derivkit.codegen.program import NAN, Program
from derivkit.enclose import TRUTH_BITS, nearest
from derivkit.errors import Refusal
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, Row, precision, row_named
from derivkit.functions.arithmetic import nearest_float

MOST_FACTORS = 16  # larger powers are left to the library, which rounds once

POWER, NOT_EQUAL, SQRT, CBRT, ROOT, EXP, E = map(row_named, ("power", "not_equal", "sqrt", "cbrt", "root", "exp", "e"))


def lower(graph: Graph) -> Program:
    """The program of a graph, with the graph's outputs.

    Raises
    ------
    Refusal
        If a constant is larger than any double.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> program = lower(parse("x^2 - 0.1").graph)
    >>> [getattr(head, "name", head) for head in program.heads]
    ['x', 2.0, 'multiply', 0.1, 'subtract']
    """
    lowering = _Lowering(graph)
    for node in range(len(graph)):
        lowering.visit(node)
    lowering.program.outputs = tuple([lowering.number(output) for output in graph.outputs])
    return lowering.program


class _Lowering(Maker):
    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self.constants = _constants(graph)
        self.numbers: dict[int, Signed] = {}
        self.truths: dict[int, int] = {}
        self.rules: dict[Row, Callable[..., Signed]] = {
            ADD: self.sum, SUBTRACT: lambda x, y: self.sum(x, -y), NEGATE: lambda x: -x, MULTIPLY: self.product,
            DIVIDE: self.quotient, POWER: self.power, ROOT: self.root,
        }  # fmt: skip

    def visit(self, node: int) -> None:
        """Make the node of one of the graph's; of truth values only when they are asked for."""
        head, inputs = self.graph.heads[node], self.graph.inputs[node]
        if self.constants[node] is not None:
            self.numbers[node] = self.constant(self.constants[node])  # type: ignore[arg-type]  # not None
        elif isinstance(head, str):
            self.numbers[node] = Signed(self.program.add(head))
        elif head is WHERE:
            condition, x, y = inputs
            self.numbers[node] = self.signed(self.where(self.truth(condition), self.number(x), self.number(y)), negative=False)
        elif isinstance(head, Row) and not head.boolean:
            self.numbers[node] = self.apply(head, inputs)

    def apply(self, row: Row, inputs: tuple[int, ...]) -> Signed:
        """A row of the table, of nodes of the graph."""
        if row is POWER and self.graph.heads[inputs[0]] is E:
            return Signed(self.program.add(EXP, self.number(inputs[1])))
        rule = self.rules.get(row)
        if rule is not None:
            return rule(*[self.sign_of(i) for i in inputs])
        return Signed(self.program.add(row, *[self.number(i) for i in inputs]))

    def sign_of(self, node: int) -> Signed:
        """A number of the graph; of a truth value 1 or 0."""
        if node not in self.numbers:
            one, zero = self.program.add(1.0), self.program.add(0.0)
            self.numbers[node] = Signed(self.where(self.truth(node), one, zero))
        return self.numbers[node]

    def number(self, node: int) -> int:
        """A number of the graph as a node with its sign."""
        return self.materialize(self.sign_of(node))

    def power(self, x: Signed, y: Signed) -> Signed:
        """x^y: products and square roots where the exponent is a small half of an integer."""
        exponent = self.value(y)
        if exponent is None or not (2 * exponent).is_integer() or not 0 < abs(exponent) <= MOST_FACTORS:
            return Signed(self.program.add(POWER, self.materialize(x), self.materialize(y)))
        power = self.positive_power(x, abs(exponent))
        return power if exponent > 0 else self.quotient(self.constant(1.0), power)

    def positive_power(self, x: Signed, exponent: float) -> Signed:
        """Products of squares of squares, and a square root for a half."""
        whole = int(exponent)
        result = None if whole == exponent else Signed(self.program.add(SQRT, self.materialize(x)))
        square = x
        while whole:
            if whole % 2:
                result = square if result is None else self.product(result, square)
            whole //= 2
            if whole:
                square = self.product(square, square)
        assert result is not None  # the exponent is positive
        return result

    def root(self, x: Signed, n: Signed) -> Signed:
        """Square and cube roots by their own functions."""
        row = {2.0: SQRT, 3.0: CBRT}.get(self.value(n) or 0.0)
        if row is not None:
            return Signed(self.program.add(row, self.materialize(x)))
        return Signed(self.program.add(ROOT, self.materialize(x), self.materialize(n)))

    def truth(self, node: int) -> int:
        """A node of the graph as a truth value."""
        if node not in self.truths:
            self.truths[node] = self.make_truth(node)
        return self.truths[node]

    def make_truth(self, node: int) -> int:
        """A comparison as it is; a choice between truth values by connectives; a number where it is not 0."""
        head, inputs, constant = self.graph.heads[node], self.graph.inputs[node], self.constants[node]
        if constant is not None:
            return self.program.add(bool(constant))
        if isinstance(head, Row) and head.boolean:
            return self.program.add(head, *[self.number(i) for i in inputs])
        if head is not WHERE:
            return self.program.add(NOT_EQUAL, self.number(node), self.program.add(0.0))
        condition, x, y = [self.truth(i) for i in inputs]
        return self.either_way(condition, x, y)


def _constants(graph: Graph) -> list[float | None]:
    """The double nearest to every node without variables; NaN where it has no value, None for the others."""
    varies = graph.depends_on(graph.variables)
    balls: dict[int, Any] = {}
    found: list[float | None] = [None] * len(graph)
    with precision(TRUTH_BITS):
        for node, (head, inputs) in enumerate(zip(graph.heads, graph.inputs, strict=True)):
            if varies[node] or isinstance(head, str):
                continue
            ball = BALLS.function(head)(*[balls[i] for i in inputs]) if isinstance(head, Row) else BALLS.number(head)
            balls[node] = ball
            if isinstance(head, Row):
                found[node] = None if head.boolean and not ball.is_exact() else NAN if ball.is_nan() else nearest(ball)
            else:
                found[node] = nearest_float(head)
            if math.isinf(found[node] or 0.0):
                raise Refusal("a constant of the expression is larger than any double")
    return found
