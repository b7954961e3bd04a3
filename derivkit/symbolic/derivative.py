"""Derivatives as formulas: of any order, mixed, gradients, Jacobians, Hessians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from derivkit.budget import Clock, deadline
from derivkit.errors import BudgetError, ConversionError
from derivkit.expression.graph import Graph
from derivkit.symbolic.convert import from_sympy, symbol, to_sympy
from derivkit.symbolic.forms import cost, most_readable, multiplied_out
from derivkit.symbolic.formula import Formula
from derivkit.symbolic.guards import sympys_depth
from derivkit.symbolic.rules import differentiate
from derivkit.tape.differentiate import derivative_graph

MOST_ORDERS = 1_000
SECONDS = 10.0
_GROWN = 40.0  # what is no longer than this is differentiated again as it is


def derivative(graph: Graph, wrt: Sequence[str], *, simplify: bool = True, seconds: float = SECONDS) -> Formula:
    """The derivative of a graph with respect to each name in turn.

    Parameters
    ----------
    graph : Graph
        With one output.
    wrt : sequence of str
        `("x", "y", "y")` is once x and twice y.
    simplify : bool
        Show the most readable of a few forms; else SymPy's own.
    seconds : float
        The budget.

    Returns
    -------
    Formula
        Its `route` says whether SymPy found it.

    Raises
    ------
    BudgetError
        If the order is above `MOST_ORDERS`, the expression too large, or the time over.
    ConversionError, MissingRuleError
        If neither SymPy nor the table has a rule that the language can say.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> derivative(parse("sin(x)*exp(x)").graph, ("x", "x")).text
    '2*exp(x)*cos(x)'
    """
    return _matrix([[(graph, tuple(wrt))]], simplify, seconds)[0][0]


def derivatives(
    graph: Graph, chains: Sequence[Sequence[str]], *, simplify: bool = True, seconds: float = SECONDS
) -> tuple[Formula, ...]:
    """Several derivatives of a graph, each with respect to each name in turn; parameters and errors as for `derivative`."""
    return _matrix([[(graph, tuple(wrt)) for wrt in chains]], simplify, seconds)[0]


def gradient(graph: Graph, names: Sequence[str], *, simplify: bool = True, seconds: float = SECONDS) -> tuple[Formula, ...]:
    """The partial derivatives of a graph; parameters and errors as for `derivative`."""
    return jacobian((graph,), names, simplify=simplify, seconds=seconds)[0]


def jacobian(
    graphs: Sequence[Graph], names: Sequence[str], *, simplify: bool = True, seconds: float = SECONDS
) -> tuple[tuple[Formula, ...], ...]:
    """The partial derivatives of several graphs, one row a graph; parameters and errors as for `derivative`."""
    return _matrix([[(graph, (name,)) for name in names] for graph in graphs], simplify, seconds)


def hessian(
    graph: Graph, names: Sequence[str], *, simplify: bool = True, seconds: float = SECONDS
) -> tuple[tuple[Formula, ...], ...]:
    """The second partial derivatives of a graph; parameters and errors as for `derivative`."""
    order = list(names)
    return _matrix([[(graph, tuple(sorted((a, b), key=order.index))) for b in order] for a in order], simplify, seconds)


_Task = tuple[Graph, tuple[str, ...]]  # a graph and what it is differentiated by
_State = tuple[Any, float]  # an expression and its length when it was last shortened


def _matrix(tasks: Sequence[Sequence[_Task]], simplify: bool, seconds: float) -> tuple[tuple[Formula, ...], ...]:
    """The derivatives of all tasks under one budget, each worked out once."""
    highest = max((len(wrt) for row in tasks for _, wrt in row), default=0)
    if highest > MOST_ORDERS:
        raise BudgetError(f"a derivative of order {highest:,} is too high; formulas are worked out up to order {MOST_ORDERS:,}")
    with deadline(seconds, "the formula of the derivative") as clock:
        session = _Session(simplify, clock)
        return tuple([tuple([session.formula(task) for task in row]) for row in tasks])


class _Session:
    """Derivatives that share their beginnings."""

    def __init__(self, simplify: bool, clock: Clock) -> None:
        self.simplify = simplify
        self.clock = clock
        self.states: dict[_Task, _State] = {}
        self.formulas: dict[_Task, Formula] = {}

    def formula(self, task: _Task) -> Formula:
        """The formula of a derivative, by SymPy if it can, else by the backward sweep."""
        if task not in self.formulas:
            try:
                with sympys_depth():
                    self.formulas[task] = self.shown(self.expression(task), "symbolic")
            except ConversionError as error:
                self.formulas[task] = self.by_tape(task, error)
        return self.formulas[task]

    def shown(self, expression: Any, route: Literal["symbolic", "tape"]) -> Formula:
        self.clock.check()
        expression = most_readable(expression) if self.simplify else expression
        return Formula(from_sympy(expression), expression, route)

    def expression(self, task: _Task) -> Any:
        """SymPy's derivative, one order after the other."""
        graph, wrt = task
        state = self.known((graph, ()), lambda: (to_sympy(graph), _GROWN))
        for k, name in enumerate(wrt):
            state = self.known((graph, wrt[: k + 1]), partial(self.next_order, *state, name))
        return state[0]

    def known(self, task: _Task, work: Callable[[], _State]) -> _State:
        if task not in self.states:
            self.clock.check()
            self.states[task] = work()
        return self.states[task]

    def next_order(self, expression: Any, length: float, name: str) -> _State:
        """One more derivative; what has doubled in length since the last look is multiplied out, if that is shorter."""
        result = differentiate(expression, symbol(name))
        if self.simplify and cost(result) > 2 * length:
            result = multiplied_out(result)
            length = max(cost(result), _GROWN)
        return result, length

    def by_tape(self, task: _Task, error: ConversionError) -> Formula:
        """The table's own derivative, where SymPy's cannot be said."""
        try:
            return self.shown(to_sympy(derivative_graph(*task)), "tape")
        except ConversionError:
            raise error from None
