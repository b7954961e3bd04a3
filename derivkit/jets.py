"""Taylor mode: all derivatives of one variable at once, from the rows' own partial derivatives.

For y = row(u, v, ...) the chain rule is y' = p u' + q v' + ..., where p, q, ... are the row's partials. Written with Taylor
coefficients it says

    k y[k] = sum over j = 1..k of j u[j] p[k - j]  +  the same with v and q  +  ...

so y needs its partials to one order less than itself. A partial is written down as a graph, so its own partials are known as
well, and so on; equal nodes are one node, which closes the circle (the partials of sin are cos, -sin, ...) or, where every partial
is a new function (gamma, digamma, polygamma(1), ...), each is needed to a lower order than the one before.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), section 13.2, proposition 13.1.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import mul
from typing import Any

from derivkit.evaluate import node_values
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import FLOATS, Arithmetic, Row
from derivkit.functions.arithmetic import nearest_float, resolve

Recurrence = Callable[[int], Any]  # order k -> coefficient k, when all lower ones are known
MOST_NODES = 200_000


def coefficients(graph: Graph, name: str, at: Mapping[str, Any], order: int, arithmetic: Arithmetic = FLOATS) -> list[Any]:
    """The Taylor coefficients of a graph in one variable, the others held.

    Parameters
    ----------
    graph : Graph
        With one output.
    name : str
        The variable.
    at : mapping of str to number
        The point, in the numbers of `arithmetic`.
    order : int
        The highest order wanted.
    arithmetic : Arithmetic
        Floats by default; balls give enclosures.

    Returns
    -------
    list
        c[0], ..., c[order]: the function near the point is the sum of c[k] (x - point)^k. NaN or infinite where there is no such
        coefficient; where c[0] is NaN the others mean nothing. Where a `piecewise` chooses by the variable, the branch taken at the
        point is expanded.

    Raises
    ------
    MissingRuleError
        If the derivative with respect to an argument without a rule is needed.
    BudgetError
        If the partials grow beyond all measure.
    PointError
        If `at` leaves out a variable.

    Examples
    --------
    >>> from derivkit.expression.graph import Builder
    >>> from derivkit.functions import row_named
    >>> builder = Builder()
    >>> graph = builder.graph([builder.add(row_named("exp"), (builder.add("x"),))])
    >>> coefficients(graph, "x", {"x": 0.0}, 3)
    [1.0, 1.0, 0.5, 0.16666666666666666]
    """
    with arithmetic.quiet():
        return _Expansion(graph, name, at, order, arithmetic, arithmetic.number(1)).run()


def derivative(graph: Graph, name: str, at: Mapping[str, Any], order: int, arithmetic: Arithmetic = FLOATS) -> Any:
    """The derivative of a graph of some order in one variable: that order's factorial times its Taylor coefficient.

    Parameters and errors are those of `coefficients`.

    Returns
    -------
    number
        In floats it is infinite only where the derivative itself is too large for a float.
    """
    if arithmetic is FLOATS:
        return _float_derivative(graph, name, at, order)
    return coefficients(graph, name, at, order, arithmetic)[order] * arithmetic.number(math.factorial(order))


def _float_derivative(graph: Graph, name: str, at: Mapping[str, float], order: int) -> float:
    """In a unit near n/e the n-th coefficient is about as large as the n-th derivative, where in the plain one it may underflow.

    Where the coefficients overflow in that unit, those in the plain one decide.
    """
    wide = 2 ** round(math.log2(order / math.e)) if order > math.e else 1
    last = math.nan
    for unit in (wide, 1):
        with FLOATS.quiet():
            last = _Expansion(graph, name, at, order, FLOATS, float(unit)).run()[order]
        if math.isfinite(last):
            return nearest_float(Fraction(last) * Fraction(math.factorial(order), unit**order))
    return last


class _Expansion:
    """The coefficients of every node that the output needs, grown order by order.

    Attributes
    ----------
    terms : list of list
        The coefficients of every node known so far; a node that does not depend on the variable keeps only the first.
    slopes : list of list
        The same, each times its order.
    last : list of int
        The order of the last coefficient that can differ from zero.
    """

    def __init__(self, graph: Graph, name: str, at: Mapping[str, Any], order: int, arithmetic: Arithmetic, unit: Any) -> None:
        self.root = graph.root
        self.name = name
        self.order = order
        self.arithmetic = arithmetic
        self.unit = unit
        self.zero = arithmetic.number(0)
        self.builder = Builder.of(graph)
        self.writer = GraphArithmetic(self.builder, MOST_NODES)
        self.terms: list[list[Any]] = []
        self.slopes: list[list[Any]] = []
        self.last: list[int] = []
        self.needed: dict[int, int] = {}
        self.recurrences: dict[int, Recurrence] = {}
        self.straight: dict[int, tuple[int, ...]] = {}  # nodes that are linear in these others
        self.padded: set[int] = set()  # nodes whose zeros are written out, for recurrences that index them
        self._queue: list[tuple[int, int]] = []
        for value in node_values(graph, at, arithmetic):
            self._append(value)

    def run(self) -> list[Any]:
        """The coefficients of the output."""
        self._need(self.root, self.order)
        while self._queue:
            order, node = heapq.heappop(self._queue)  # the highest order first, so that every node is met once
            if node not in self.needed:
                self.needed[node] = -order
                self._link(node, -order)
        for node in sorted(self.straight):
            self.last[node] = max((self.last[i] for i in self.straight[node]), default=0)
        self._grow()
        found = self.terms[self.root]
        return (found + [self.zero] * self.order)[: self.order + 1]

    def _need(self, node: int, order: int) -> None:
        if order > 0 and self.last[node] > 1 and node not in self.needed:
            heapq.heappush(self._queue, (-order, node))

    def _append(self, value: Any) -> None:
        """Start the coefficients of the next node."""
        node = len(self.terms)
        moves = any(self.last[i] for i in self.builder.inputs[node])
        is_variable = self.builder.heads[node] == self.name
        self.terms.append([value, self.unit] if is_variable else [value])
        self.slopes.append([self.zero, self.unit] if is_variable else [self.zero])
        self.last.append(1 if is_variable else max(2, self.order) if moves else 0)

    def _evaluate(self) -> None:
        """Append the nodes that partials have written down since the last time: rows and numbers, but no new variables."""
        for node in range(len(self.terms), len(self.builder.heads)):
            head = self.builder.heads[node]
            if isinstance(head, Row):
                self._append(self.arithmetic.function(head)(*[self.terms[i][0] for i in self.builder.inputs[node]]))
            else:
                assert not isinstance(head, str)
                self._append(self.arithmetic.number(head))

    def _link(self, node: int, order: int) -> None:
        """Choose a node's recurrence, and ask for what it reads; constant partials need no sum over orders."""
        row, inputs = self.builder.heads[node], self.builder.inputs[node]
        assert isinstance(row, Row)  # only rows depend on a variable without being it
        if row.choice:
            self._link_choice(node, inputs, order)
            return
        partials = self._partials(node, row, inputs)
        if not any(self.last[p] for p, _ in partials):
            self.straight[node] = tuple(u for _, u in partials)
            self.recurrences[node] = self._linear(partials)
        elif row.series and self._serves(resolve(row.series), node, inputs):
            self.padded.update(inputs)
            self.recurrences[node] = self._series(node, resolve(row.series), inputs)
        else:
            for p, _ in partials:
                self._need(p, order - 1)
            self.recurrences[node] = self._chain(partials)
        for u in inputs:
            self._need(u, order)

    def _partials(self, node: int, row: Row, inputs: tuple[int, ...]) -> list[tuple[int, int]]:
        """The nodes of the partials that are not zero, each with its argument's, written down where they are new."""
        arguments = [self.writer.ref(i) for i in inputs]
        found = []
        for k, u in enumerate(inputs):
            if not self.last[u]:
                continue
            partial = self.writer.partial(row.partial(k), self.writer.ref(node), tuple(arguments))
            partial = partial if isinstance(partial, Ref) else self.writer.number(partial)
            if partial.value != 0:
                found.append((partial.id, u))
        self._evaluate()
        return found

    def _link_choice(self, node: int, inputs: tuple[int, ...], order: int) -> None:
        condition = self.terms[inputs[0]][0]
        holds = self.arithmetic.truth(condition)
        branches = inputs[1:] if holds is None else (inputs[1 if holds else 2],)
        self.straight[node] = branches
        for branch in branches:
            self._need(branch, order)
        if holds is None:
            self.recurrences[node] = lambda k: self.arithmetic.where(condition, *[self._term(b, k) for b in branches])
        else:
            self.recurrences[node] = lambda k: self._term(branches[0], k)

    def _term(self, node: int, k: int) -> Any:
        return self.terms[node][k] if k <= self.last[node] else self.zero

    def _linear(self, partials: list[tuple[int, int]]) -> Recurrence:
        return lambda k: sum((self.terms[p][0] * self.terms[u][k] for p, u in partials if k <= self.last[u]), self.zero)

    def _series(self, node: int, recurrence: Callable[..., Any], inputs: tuple[int, ...]) -> Recurrence:
        arguments = [self.terms[i] for i in inputs]

        def coefficient(k: int) -> Any:
            try:
                return recurrence(k, self.terms[node], *arguments)
            except ArithmeticError:  # a division by zero: there is no such coefficient
                return self.arithmetic.undefined

        return coefficient

    def _serves(self, recurrence: Callable[..., Any], node: int, inputs: tuple[int, ...]) -> bool:
        """Whether a recurrence takes these arguments: a power's does not take a variable exponent."""
        first = [[self.terms[i][0], self.unit if self.last[i] else self.zero] for i in inputs]
        try:
            return recurrence(1, self.terms[node], *first) is not None
        except ArithmeticError:
            return True

    def _chain(self, partials: list[tuple[int, int]]) -> Recurrence:
        def coefficient(k: int) -> Any:
            total = self.zero
            for p, u in partials:
                low, high = max(1, k - self.last[p]), min(k, self.last[u])
                total += sum(map(mul, self.slopes[u][low : high + 1], self.terms[p][k - high : k - low + 1][::-1]), self.zero)
            return total / k

        return coefficient

    def _grow(self) -> None:
        plan = [(node, min(self.needed[node], self.last[node]), self.recurrences[node]) for node in sorted(self.needed)]
        for k in range(1, self.order + 1):
            for node in self.padded:
                if k > self.last[node]:
                    self.terms[node].append(self.zero)
            for node, highest, recurrence in plan:
                if k <= highest:
                    term = recurrence(k)
                    self.terms[node].append(term)
                    self.slopes[node].append(k * term)
