"""Terms as numbers: in this arithmetic the table's partial derivatives are evaluated, and give terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivkit.expression.arithmetic import ABSOLUTE, ADD, DIVIDE, MULTIPLY, NEGATE, POWER, SUBTRACT, WHERE
from derivkit.functions import Arithmetic, Row
from derivkit.functions.arithmetic import Number
from derivkit.program.terms import ONE, Term, Terms, short


class Value:
    """A term as a number: operators and functions of it make new terms, exact zeros and ones folded."""

    __slots__ = ("term", "terms")

    def __init__(self, terms: Terms, term: Term) -> None:
        self.terms = terms
        self.term = term

    def __add__(self, other: Any) -> Value:
        return Value(self.terms, add(self.terms, self.term, _term(other)))

    __radd__ = __add__

    def __abs__(self) -> Value:
        return Value(self.terms, self.terms.call(ABSOLUTE, (self.term,)))

    def __neg__(self) -> Value:
        return Value(self.terms, (-self.term[0], self.term[1]))

    def __sub__(self, other: Any) -> Value:
        weight, node = _term(other)
        return Value(self.terms, add(self.terms, self.term, (-weight, node)))

    def __rsub__(self, other: Any) -> Value:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Value:
        a, b = self.term, _term(other)
        return Value(self.terms, (0, ONE) if ZERO in (a, b) else self.terms.times(a, b))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Value:
        return Value(self.terms, self.terms.over(self.term, _term(other)))

    def __rtruediv__(self, other: Any) -> Value:
        return Value(self.terms, self.terms.over(_term(other), self.term))

    def __pow__(self, other: Any) -> Value:
        return Value(self.terms, self.terms.raised(self.term, _term(other)))


ZERO: Term = (0, ONE)


def _term(value: Any) -> Term:
    return value.term if isinstance(value, Value) else (value, ONE)


def add(terms: Terms, a: Term, b: Term) -> Term:
    """The sum of two terms."""
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    return (short(a[0] + b[0]), a[1]) if a[1] == b[1] else terms.total({a[1]: a[0], b[1]: b[0]})


class TermArithmetic(Arithmetic):
    """Terms as the numbers in which the table's partial derivatives are evaluated."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def number(self, value: Number) -> Value:
        """The constant term."""
        return Value(self.terms, (value, ONE))

    def build(self, row: Row) -> Callable[..., Value]:
        """A callable that adds a node of the row, or finds what it folds to."""
        terms, operation = self.terms, OPERATIONS.get(row)
        if operation is not None:
            return lambda *arguments: Value(terms, operation(terms, *map(_term, arguments)))
        return lambda *arguments: Value(terms, terms.call(row, tuple(map(_term, arguments))))


def _choose(terms: Terms, condition: Term, x: Term, y: Term) -> Term:
    if condition[1] == ONE and condition[0] == condition[0]:
        return x if condition[0] else y
    return terms.call(WHERE, (condition, x, y))


# What rows do to terms; other rows are called.
OPERATIONS: dict[Row, Callable[..., Term]] = {
    ADD: add,
    SUBTRACT: lambda terms, a, b: add(terms, a, (-b[0], b[1])),
    NEGATE: lambda terms, a: (-a[0], a[1]),
    MULTIPLY: Terms.times,
    DIVIDE: Terms.over,
    POWER: Terms.raised,
    WHERE: _choose,
}
