"""Expressions as weighted sums, products, quotients and calls: the form in which derivatives are short and machines are fast.

A *term* is a pair (weight, node): a number times a node. Signs and constant factors live in weights, so that they cost nothing
until a sum adds its terms up, and terms that differ in their weights only become one. Node 0 is the number 1, so that a constant c
is the term (c, 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derivkit.errors import BudgetError
from derivkit.expression.arithmetic import ADD, DIVIDE, MULTIPLY, POWER
from derivkit.functions import FLOATS, Row, row_named
from derivkit.functions.arithmetic import Number, nearest_float

Weight = int | float | Fraction
Term = tuple[Weight, int]
Head = Row | float | str

ONE = 0  # the node of the number 1
SQRT = row_named("sqrt")
MOST_NODES = 5_000_000
HIGHEST_POWER = 8  # made of products; rounding errors grow with the exponent, and higher powers are left to the routine
EXACT_BITS = 199  # longer rational weights become floats
MODERATE = 2.0**EXACT_BITS  # weights beyond it, or below 1/it, are multiplied in at once, lest what they scale overflows first
SMALL_SUM = 8  # terms up to which sums are sorted, so that equal ones are found


class Terms:
    """Nodes under construction; equal nodes are one.

    Attributes
    ----------
    heads : list of Row, float or str
        A node is a number, a variable, or a row of its inputs: `add` of any number of them, each with a weight; any other row of
        the arguments that it takes.
    inputs : list of tuple of int
    weights : dict of int to tuple of float
        The weights of the sums' inputs.
    powers : dict of int to (int, int)
        The base and the exponent of products that are powers.
    """

    def __init__(self, most_nodes: int = MOST_NODES) -> None:
        self.heads: list[Head] = [1.0]
        self.inputs: list[tuple[int, ...]] = [()]
        self.weights: dict[int, tuple[float, ...]] = {}
        self.powers: dict[int, tuple[int, int]] = {}
        self._most_nodes = most_nodes
        self._index: dict[Any, int] = {1.0: ONE}

    def __len__(self) -> int:
        return len(self.heads)

    # ---- nodes

    def leaf(self, head: float | str) -> int:
        """The node of a variable or of a number."""
        found = self._index.get(head)
        return self._new(head, head, ()) if found is None else found

    def product(self, a: int, b: int) -> int:
        """The product of two nodes; with a reciprocal it is a quotient."""
        if a == ONE:
            return b
        if b == ONE:
            return a
        if self.heads[b] is DIVIDE and self.inputs[b][0] == ONE:
            return self.quotient(a, self.inputs[b][1])
        if self.heads[a] is DIVIDE and self.inputs[a][0] == ONE:
            return self.quotient(b, self.inputs[a][1])
        if a == b:
            return self.power(a, 2)
        return self._multiply(a, b) if a < b else self._multiply(b, a)

    def quotient(self, a: int, b: int) -> int:
        """The quotient of two nodes."""
        if b == ONE:
            return a
        key = (DIVIDE, a, b)
        found = self._index.get(key)
        return self._new(key, DIVIDE, (a, b)) if found is None else found

    def power(self, base: int, exponent: int) -> int:
        """A power with a positive whole exponent, by repeated squaring."""
        if exponent == 1:
            return base
        half = self.power(base, exponent // 2)
        node = self._multiply(half, half)
        if exponent % 2:
            node = self._multiply(base, node)
        self.powers.setdefault(node, (base, exponent))
        return node

    def node(self, term: Term) -> int:
        """The node of a term: its weight multiplied in."""
        weight, node = term
        if weight == 1:
            return node
        if node == ONE:
            return self.leaf(_float(weight))
        return self._sum((node,), (_float(weight),))

    def call(self, row: Row, terms: Sequence[Term]) -> Term:
        """A row of some arguments; a number where all of them are."""
        if all(node == ONE for _, node in terms):
            return FLOATS.function(row)(*[_float(weight) for weight, _ in terms]), ONE
        inputs = tuple([self.node(term) for term in terms])
        key = (row, inputs)
        found = self._index.get(key)
        return 1, self._new(key, row, inputs) if found is None else found

    def close(self) -> None:
        """Forget what only new nodes need: from here on there are none."""
        self._index.clear()
        self.powers.clear()

    # ---- terms

    def total(self, terms: dict[int, Weight]) -> Term:
        """The sum of weighted nodes; a factor that all weights share, but for signs, is taken out."""
        if len(terms) == 1:
            ((node, weight),) = terms.items()
            return weight, node
        if ONE in terms and not terms[ONE]:
            terms = {node: weight for node, weight in terms.items() if node != ONE}
            return self.total(terms)
        if len(terms) <= SMALL_SUM:
            nodes = tuple(sorted(terms))
            weights = [_float(terms[n]) for n in nodes]
        else:
            nodes = tuple(terms)
            weights = [_float(w) for w in terms.values()]
        shared = weights[0] if weights else 0.0
        if shared == 1 or not shared:
            return (1, self._sum(nodes, tuple(weights))) if weights else (0, ONE)
        for weight in weights:
            if weight != shared and weight != -shared:
                return 1, self._sum(nodes, tuple(weights))
        return shared, self._sum(nodes, tuple([1.0 if w == shared else -1.0 for w in weights]))

    def times(self, a: Term, b: Term) -> Term:
        """The product of two terms."""
        weight = b[0] if a[0] == 1 else a[0] if b[0] == 1 else short(a[0] * b[0])
        if a[1] == b[1] == ONE or is_moderate(weight):
            return weight, self.product(a[1], b[1])
        return 1, self.product(self.node(a), self.node(b))

    def over(self, a: Term, b: Term) -> Term:
        """The quotient of two terms."""
        if b[0] == 1:
            weight = a[0]
        elif b[0] == 0:
            return (_divide(a[0], b[0]), ONE) if a[1] == b[1] == ONE else (1, self.quotient(self.node(a), self.node(b)))
        else:
            weight = _divide(a[0], b[0])
        if a[1] == b[1] == ONE or is_moderate(weight):
            return weight, self.quotient(a[1], b[1])
        return 1, self.quotient(self.node(a), self.node(b))

    def raised(self, base: Term, exponent: Term) -> Term:
        """A power; of products and roots where the exponent is a small number."""
        e: Any = exponent[0]  # a number, of which mypy makes an object below
        if exponent[1] != ONE or base[1] == ONE or not e or abs(e) > HIGHEST_POWER or 2 * e % 1:
            return self.call(POWER, (base, exponent))
        sign = -1 if base[0] == -1 and e % 2 == 1 else 1
        node = base[1] if abs(base[0]) == 1 and not e % 1 else self.node(base)
        whole, half = int(abs(e)), abs(e) % 1
        power = self.power(node, whole) if whole else ONE
        if half:
            power = self.product(power, self.call(SQRT, ((1, node),))[1])
        return sign, power if e > 0 else self.quotient(ONE, power)

    # ---- the tables

    def _multiply(self, a: int, b: int) -> int:
        key = (a, b)
        found = self._index.get(key)
        return self._new(key, MULTIPLY, key) if found is None else found

    def _sum(self, nodes: tuple[int, ...], weights: tuple[float, ...]) -> int:
        key = (nodes, weights)
        found = self._index.get(key)
        if found is None:
            found = self._new(key, ADD, nodes)
            self.weights[found] = weights
        return found

    def _new(self, key: Any, head: Head, inputs: tuple[int, ...]) -> int:
        node = self._index[key] = len(self.heads)
        if node > self._most_nodes:
            raise BudgetError(f"the derivative needs more than {self._most_nodes:,} operations")
        self.heads.append(head)
        self.inputs.append(inputs)
        return node


def _float(weight: Weight) -> float:
    return weight if type(weight) is float else nearest_float(weight)  # type: ignore[arg-type]  # a rational number


def short(weight: Weight) -> Weight:
    """A weight as it is, or as a float where it is long."""
    if type(weight) is float or is_short(weight):  # type: ignore[arg-type]  # a rational number
        return weight
    return _float(weight)


def is_short(number: Number) -> bool:
    """Whether a rational number is kept exactly."""
    return number.numerator.bit_length() + number.denominator.bit_length() <= EXACT_BITS


def is_moderate(weight: Weight) -> bool:
    """Whether a weight may stand outside of a product."""
    if type(weight) is float:
        return 1 / MODERATE < abs(weight) < MODERATE
    return weight != 0


def _divide(a: Weight, b: Weight) -> Weight:
    """A quotient of weights, exact where both are; by the rules of IEEE where b is 0."""
    if isinstance(a, float) or isinstance(b, float) or not b:
        return FLOATS.function(DIVIDE)(_float(a), _float(b))  # type: ignore[no-any-return]  # a float
    return short(Fraction(a) / b)
