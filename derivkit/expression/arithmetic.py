"""Graph nodes as numbers: evaluating a rule in this arithmetic writes the rule down as a graph, exact constants folded."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derivkit.errors import BudgetError
from derivkit.expression.graph import Builder
from derivkit.functions import Row, row_named
from derivkit.functions.arithmetic import Arithmetic, Number
from derivkit.functions.row import Partial

MOST_NODES = 2_000_000  # of a derivative's graph
EXACT_BITS = 4096  # rational numbers longer than this are left unfolded

ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATE, ABSOLUTE, WHERE = map(
    row_named, ("add", "subtract", "multiply", "divide", "power", "negate", "abs", "where")
)


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

    def __add__(self, other: Any) -> Ref:
        return _node(self.builder, ADD, self, other)

    def __radd__(self, other: Any) -> Ref:
        return _node(self.builder, ADD, other, self)

    def __sub__(self, other: Any) -> Ref:
        return _node(self.builder, SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Ref:
        return _node(self.builder, SUBTRACT, other, self)

    def __mul__(self, other: Any) -> Ref:
        return _node(self.builder, MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> Ref:
        return _node(self.builder, MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Ref:
        return _node(self.builder, DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Ref:
        return _node(self.builder, DIVIDE, other, self)

    def __pow__(self, other: Any) -> Ref:
        return _node(self.builder, POWER, self, other)

    def __neg__(self) -> Ref:
        return _node(self.builder, NEGATE, self)

    def __abs__(self) -> Ref:
        return _node(self.builder, ABSOLUTE, self)


class GraphArithmetic(Arithmetic):
    """Nodes of one builder as numbers.

    Parameters
    ----------
    builder : Builder
    most_nodes : int
        Rules beyond this many nodes raise `BudgetError`.
    """

    def __init__(self, builder: Builder, most_nodes: int = MOST_NODES) -> None:
        super().__init__()
        self.builder = builder
        self._most_nodes = most_nodes

    def number(self, value: Number) -> Ref:
        """The node of a rational number, exactly."""
        return _ref(self.builder, value)

    def ref(self, node: int) -> Ref:
        """An existing node as a number."""
        return Ref(self.builder, node)

    def build(self, row: Row) -> Callable[..., Ref]:
        """A callable that adds a node of the row, or finds what it folds to."""
        builder = self.builder
        return lambda *arguments: _node(builder, row, *arguments)

    def partial(self, rule: Partial, y: Ref, arguments: tuple[Ref, ...]) -> Ref:
        """A partial derivative as nodes; `BudgetError` where the graph has grown too large."""
        if len(self.builder.heads) > self._most_nodes:
            raise BudgetError(f"the derivative needs more than {self._most_nodes:,} operations")
        return super().partial(rule, y, arguments)  # type: ignore[no-any-return]  # rules of nodes give nodes


def _ref(builder: Builder, value: Any) -> Ref:
    if isinstance(value, Ref):
        return value
    number = value if isinstance(value, int | Fraction) else Fraction(value)
    return Ref(builder, builder.add(number.numerator if number.denominator == 1 else number))


def _node(builder: Builder, row: Row, *arguments: Any) -> Ref:
    refs = [_ref(builder, argument) for argument in arguments]
    fold = _FOLD.get(row)
    folded = None if fold is None else fold(*refs)
    if folded is not None:
        return _ref(builder, folded)
    return Ref(builder, builder.add(row, tuple([ref.id for ref in refs])))


def _short(number: Number) -> Number | None:
    return number if number.numerator.bit_length() + number.denominator.bit_length() <= EXACT_BITS else None


def _fold_negate(x: Ref) -> Ref | Number | None:
    if x.value is not None:
        return -x.value
    return Ref(x.builder, x.builder.inputs[x.id][0]) if x.builder.heads[x.id] is NEGATE else None


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


def _fold_where(condition: Ref, x: Ref, y: Ref) -> Ref | None:
    if x.id == y.id or condition.value:
        return x
    return y if condition.value == 0 else None


_FOLD: dict[Row, Callable[..., Ref | Number | None]] = {
    ADD: _fold_add,
    SUBTRACT: _fold_subtract,
    MULTIPLY: _fold_multiply,
    DIVIDE: _fold_divide,
    POWER: _fold_power,
    NEGATE: _fold_negate,
    WHERE: _fold_where,
}
