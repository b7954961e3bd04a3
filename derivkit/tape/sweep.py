"""The backward sweep, once for every arithmetic: floats, arrays, balls, and graph nodes (which gives derivatives as graphs).

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), table 3.5, incremental adjoint recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from derivkit.expression.graph import Graph, dependent
from derivkit.functions import Arithmetic, Row

# Called for every edge that the sweep walks: node, position of the input, local partial derivative.
Observer = Callable[[int, int, Any], None]


def backward(
    graph: Graph,
    values: Sequence[Any],
    arithmetic: Arithmetic,
    *,
    output: int | None = None,
    wrt: Iterable[str] | None = None,
    observe: Observer | None = None,
) -> list[Any]:
    """The adjoint of every node: the derivative of one output with respect to it.

    Parameters
    ----------
    graph : Graph
    values : sequence
        The value of every node, from `node_values` in the same arithmetic.
    arithmetic : Arithmetic
    output : int, optional
        The node to differentiate; the graph's only output by default.
    wrt : iterable of str, optional
        The variables that matter, all by default; nodes that depend on none of them get no adjoint.
    observe : callable, optional
        Told every local partial derivative.

    Returns
    -------
    list
        One adjoint a node; None where the output does not depend on the node (or the node on no variable in `wrt`).

    Raises
    ------
    MissingRuleError
        If a derivative with respect to an argument without a rule is needed.
    """
    sweep = Sweep(graph, values, arithmetic, graph.variables if wrt is None else wrt, observe)
    return sweep.run(graph.root if output is None else output, arithmetic.number(1))


class Walk(Protocol):
    """What a sweep asks of a graph."""

    @property
    def heads(self) -> Sequence[Any]:
        """What every node is: a row of the table, or anything else."""

    @property
    def inputs(self) -> Sequence[tuple[int, ...]]:
        """The nodes that every node is a row of, with smaller numbers than its own."""

    def __len__(self) -> int: ...


class Values(Protocol):
    """The value of every node."""

    def __getitem__(self, node: int, /) -> Any: ...


class Sweep:
    """The adjoints so far, and where they count.

    Attributes
    ----------
    adjoints : list
        The adjoint of every node so far, None where nothing has arrived.
    guards : dict of int to number
        The conditions of the nodes that count only where one holds.
    reached : set of int
        The nodes that count everywhere.
    choices : bool
        Whether there is a node that chooses; without one, nothing is guarded.
    """

    def __init__(self, graph: Walk, values: Values, arithmetic: Arithmetic, wrt: Iterable[str], observe: Observer | None) -> None:
        self.graph = graph
        self.values = values
        self.arithmetic = arithmetic
        self.active = dependent(graph.heads, graph.inputs, wrt)
        self.observe = observe
        self.adjoints: list[Any] = [None] * len(graph)
        self.guards: dict[int, Any] = {}
        self.reached: set[int] = set()
        self.choices = any(isinstance(head, Row) and head.choice for head in graph.heads)

    def run(self, output: int, seed: Any) -> list[Any]:
        """Every node's adjoint, from the output down, whose own is the seed."""
        if self.active[output]:
            self.contribute(output, seed, None)
        adjoints, heads = self.adjoints, self.graph.heads
        for node in range(output, -1, -1):
            head = heads[node]
            if adjoints[node] is not None and isinstance(head, Row):
                self.send_back(node, head)
        return adjoints

    def send_back(self, node: int, row: Row) -> None:
        """A node's adjoint times its partial derivatives, to its inputs."""
        arithmetic, active, observe = self.arithmetic, self.active, self.observe
        inputs = self.graph.inputs[node]
        arguments = tuple([self.values[i] for i in inputs])
        value, adjoint, guard = self.values[node], self.adjoints[node], self.guards.get(node)
        chosen = _chosen(row, arguments, arithmetic)
        for k, source in enumerate(inputs):
            if not active[source] or (chosen is not None and k != chosen):
                continue
            partial = 1 if k == chosen else arithmetic.partial(row.partial(k), value, arguments)
            if observe is not None:
                observe(node, k, partial)
            amount = adjoint * partial
            if guard is not None:
                amount = arithmetic.where(guard, amount, 0)
            undecided = row.choice and chosen is None
            self.contribute(source, amount, self.guard(k, arguments[0], guard) if undecided else guard)

    def contribute(self, node: int, amount: Any, guard: Any) -> None:
        """Add to a node's adjoint what counts where the guard holds, or everywhere."""
        self.accumulate(node, amount)
        if self.choices:
            self.note(node, guard)

    def accumulate(self, node: int, amount: Any) -> None:
        """Add to a node's adjoint."""
        known = self.adjoints[node]
        self.adjoints[node] = amount if known is None else known + amount

    def note(self, node: int, guard: Any) -> None:
        """Note where what was added to a node's adjoint counts."""
        if guard is None:
            self.guards.pop(node, None)
            self.reached.add(node)
        elif node not in self.reached:
            self.guards[node] = guard if node not in self.guards else self.arithmetic.where(self.guards[node], 1, guard)

    def guard(self, k: int, condition: Any, outer: Any) -> Any:
        """The condition under which an input of a choice counts: its branch's, and what the choice was guarded by already.

        Without it, a branch that is not taken would send back 0 times an infinite partial, which is NaN. The condition itself
        counts nowhere; where it is NaN, everything is.
        """
        where = self.arithmetic.where
        here = condition if k == 1 else where(condition, 0, 1 if k == 2 else 0)
        return here if outer is None else where(outer, here, 0)


def _chosen(row: Row, arguments: tuple[Any, ...], arithmetic: Arithmetic) -> int | None:
    """The position of the only input that counts, where the condition of a choice is one certain answer."""
    if not row.choice:
        return None
    holds = arithmetic.truth(arguments[0])
    return None if holds is None else 1 if holds else 2
