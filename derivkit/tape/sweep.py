"""The backward sweep, once for every arithmetic: floats, arrays, balls, and graph nodes (which gives derivatives as graphs).

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), table 3.5, incremental adjoint recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from derivkit.expression.graph import Graph
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
    output = graph.root if output is None else output
    active = graph.depends_on(graph.variables if wrt is None else wrt)
    adjoints: list[Any] = [None] * len(graph)
    guards: dict[int, Any] = {}  # nodes that count only where a condition holds
    reached: set[int] = {output}  # nodes that count everywhere
    if active[output]:
        adjoints[output] = arithmetic.number(1)

    def contribute(node: int, amount: Any, guard: Any) -> None:
        adjoints[node] = amount if adjoints[node] is None else adjoints[node] + amount
        if guard is None:
            guards.pop(node, None)
            reached.add(node)
        elif node not in reached:
            guards[node] = guard if node not in guards else arithmetic.where(guards[node], 1, guard)

    for node in range(output, -1, -1):
        adjoint = adjoints[node]
        head = graph.heads[node]
        if adjoint is None or not isinstance(head, Row):
            continue
        inputs = graph.inputs[node]
        arguments = tuple([values[i] for i in inputs])
        guard = guards.get(node)
        chosen = _chosen(head, arguments, arithmetic)
        for k, source in enumerate(inputs):
            if not active[source] or (chosen is not None and k != chosen):
                continue
            partial = 1 if k == chosen else arithmetic.partial(head.partial(k), values[node], arguments)
            if observe is not None:
                observe(node, k, partial)
            amount = adjoint * partial
            if guard is not None:
                amount = arithmetic.where(guard, amount, 0)
            contribute(source, amount, _guard(head, k, arguments, guard, chosen, arithmetic))
    return adjoints


def _chosen(row: Row, arguments: tuple[Any, ...], arithmetic: Arithmetic) -> int | None:
    """The position of the only input that counts, where the condition of a choice is one certain answer."""
    if not row.choice:
        return None
    holds = arithmetic.truth(arguments[0])
    return None if holds is None else 1 if holds else 2


def _guard(row: Row, k: int, arguments: tuple[Any, ...], guard: Any, chosen: int | None, arithmetic: Arithmetic) -> Any:
    """The condition under which an input counts: its choice's, and what its node was guarded by already.

    Without it, a branch that is not taken would send back 0 times an infinite partial, which is NaN.
    """
    if not row.choice or chosen is not None or k == 0:
        return guard
    here = arguments[0] if k == 1 else arithmetic.where(arguments[0], 0, 1)
    return here if guard is None else arithmetic.where(guard, here, 0)
