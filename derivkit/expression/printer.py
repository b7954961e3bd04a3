"""From a graph to text that reads back as the same graph, with no more parentheses than it needs."""

from __future__ import annotations

from fractions import Fraction

from derivkit.errors import BudgetError
from derivkit.expression.graph import Graph
from derivkit.expression.names import PIECEWISE
from derivkit.expression.syntax import ATOM, NOT_EQUAL, PREFIX, PRODUCT, SUM, UNDEFINED, WHERE
from derivkit.functions import Row

_MOST_JOINED = 64  # conditions in one piece
_MOST_ZEROS = 15  # after or before the digits of a number
_MOST_DECIMALS = 4000

# What a node is written as: text, nodes, and insides: ~k is node k without the name and parentheses of its call.
Layout = list[str | int]


def to_text(graph: Graph, output: int | None = None, most: int = 1_000_000) -> str:
    """The text of one output.

    Parameters
    ----------
    graph : Graph
    output : int, optional
        Which output, counted from 0; the only one by default.
    most : int
        The largest number of characters.

    Returns
    -------
    str
        Text that parses to the same graph, if the graph came from a text.

    Raises
    ------
    BudgetError
        If the text would be longer: what the graph shares is written out every time.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> to_text(parse("2 exp(-x) (x+1)^2 / 3").graph)
    '2*exp(-x)*(x + 1)^2/3'
    """
    root = graph.root if output is None else graph.outputs[output]
    printer = _Printer(graph, root + 1, most)
    if printer.lengths[root] > most:
        raise BudgetError(f"the formula would take more than {most:,} characters", hint="ask for a value at a point instead")
    return printer.text(root)


class _Printer:
    """The layouts of a graph's nodes: how each is written, how tightly that binds, and how long it is."""

    def __init__(self, graph: Graph, size: int, most: int) -> None:
        self._graph = graph
        self._too_long = most + 1  # longer lengths are not told apart: they may double with every node
        self._bindings: list[int] = []
        self._signed: list[bool] = []  # whether the text starts with a minus sign
        self._layouts: list[Layout] = []
        self._insides: dict[int, Layout] = {}
        self._inside_lengths: dict[int, int] = {}
        self.lengths: list[int] = []
        for node in range(size):
            binding, layout = self._written(node)
            self._bindings.append(binding)
            self._layouts.append(layout)
            self._signed.append(layout[0] == "-" if isinstance(layout[0], str) else layout[0] >= 0 and self._signed[layout[0]])
            if node in self._insides:
                self._inside_lengths[node] = self._length(self._insides[node])
            self.lengths.append(self._length(layout))

    def text(self, root: int) -> str:
        """Write a node out."""
        texts: list[str] = []
        stack: list[str | int] = [root]
        while stack:
            piece = stack.pop()
            if isinstance(piece, str):
                texts.append(piece)
            else:
                stack.extend(reversed(self._layouts[piece] if piece >= 0 else self._insides[~piece]))
        return "".join(texts)

    def _length(self, layout: Layout) -> int:
        total = 0
        for piece in layout:
            if isinstance(piece, str):
                total += len(piece)
            else:
                total += self.lengths[piece] if piece >= 0 else self._inside_lengths[~piece]
        return min(total, self._too_long)

    def _written(self, node: int) -> tuple[int, Layout]:
        head, inputs = self._graph.heads[node], self._graph.inputs[node]
        if not isinstance(head, Row):
            return _leaf(head)
        if head is WHERE:
            self._insides[node] = self._pieces(node)
            return ATOM, [f"{PIECEWISE}(", ~node, ")"]
        if head.boolean:
            self._insides[node] = self._operation(head, inputs)
            return ATOM, [f"{PIECEWISE}((1, ", ~node, "), (0, true))"]
        if head.operator:
            return head.operator.precedence, self._operation(head, inputs)
        if not inputs:
            return ATOM, [head.name]
        self._insides[node] = self._arguments(head, inputs)
        return ATOM, [f"{head.name}(", ~node, ")"]

    def _operation(self, row: Row, inputs: tuple[int, ...]) -> Layout:
        operator = row.operator
        assert operator is not None  # only rows with a symbol are written so
        binding = operator.precedence
        if operator.fix == "prefix":
            return [operator.symbol, *self._operand(inputs[0], binding + 1)]
        if operator.fix == "postfix":
            return [*self._operand(inputs[0], binding + 1), operator.symbol]
        symbol = f" {operator.symbol} " if binding <= SUM else operator.symbol
        left = self._operand(inputs[0], binding + operator.right)
        right = self._operand(inputs[1], ATOM if self._signed[inputs[1]] else binding + (not operator.right))
        return [*left, symbol, *right]

    def _operand(self, node: int, binding: int) -> Layout:
        """A node as an operand: in parentheses if it binds less tightly than it must."""
        return [node] if self._bindings[node] >= binding else ["(", node, ")"]

    def _arguments(self, row: Row, inputs: tuple[int, ...]) -> Layout:
        """The arguments of a call; `max(max(a, b), c)` is written `max(a, b, c)`."""
        nested = row.fold and self._graph.heads[inputs[0]] is row
        layout: Layout = [~inputs[0] if nested else inputs[0]]
        for node in inputs[1:]:
            layout += [", ", node]
        return layout

    def _pieces(self, node: int) -> Layout:
        """The pieces of a piecewise; a choice nested in the first branch with the same rest joins its condition with `and`."""
        heads, inputs = self._graph.heads, self._graph.inputs
        condition, value, rest = inputs[node]
        layout = self._condition(condition)
        for _ in range(_MOST_JOINED):
            if heads[value] is not WHERE or inputs[value][2] != rest:
                break
            condition, value, _ = inputs[value]
            layout += [" and ", *self._condition(condition)]
        layout = ["(", value, ", ", *layout, ")"]
        if heads[rest] is WHERE:
            layout += [", ", ~rest]
        elif heads[rest] is not UNDEFINED:
            layout += [", (", rest, ", true)"]
        return layout

    def _condition(self, node: int) -> Layout:
        head = self._graph.heads[node]
        if isinstance(head, Row) and head.boolean:
            return [~node]
        assert NOT_EQUAL.operator is not None  # comparisons have symbols
        return [*self._operand(node, SUM), f" {NOT_EQUAL.operator.symbol} 0"]


def _leaf(head: int | Fraction | str) -> tuple[int, Layout]:
    if isinstance(head, str):
        return ATOM, [head]
    if head < 0:
        binding, layout = _leaf(-head)
        return min(binding, PREFIX), ["-", *layout]
    if isinstance(head, int):
        return ATOM, [_integer(head)]
    decimal = _decimal(head)
    return (ATOM, [decimal]) if decimal else (PRODUCT, [f"{head.numerator}/{head.denominator}"])


def _integer(number: int) -> str:
    digits = str(number)
    short = digits.rstrip("0")
    zeros = len(digits) - len(short)
    return f"{short}e{zeros}" if short and zeros > _MOST_ZEROS else digits


def _decimal(fraction: Fraction) -> str | None:
    """A positive fraction as an exact decimal, if it is one."""
    twos = (fraction.denominator & -fraction.denominator).bit_length() - 1
    fives, rest = 0, fraction.denominator >> twos
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    places = max(twos, fives)
    if rest != 1 or places > _MOST_DECIMALS:
        return None
    digits = str(fraction.numerator * 10**places // fraction.denominator)
    if places - len(digits) > _MOST_ZEROS:
        return f"{digits}e-{places}"
    digits = digits.rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"
