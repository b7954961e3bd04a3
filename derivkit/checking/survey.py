"""What the table knows of a point: where a formula is undefined there, and where it may have a kink, a jump or an infinite slope.

A suspicion is not a finding: `max(x, 0) - max(-x, 0)` meets two kinks at 0 and is smooth. `probe` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from derivkit.errors import BudgetError
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.printer import to_text
from derivkit.functions import BALLS, Condition, Row

MOST_TEXT = 40  # characters of a subexpression in a message
TOO_LONG = "..."  # in its place where it has more


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One node of a graph that is, or may be, outside its domain or at a place where it is not smooth.

    Attributes
    ----------
    node : int
    row : Row
    kind : str
        "outside_domain", "pole", "kink", "jump" or "infinite_slope".
    text : str
        The condition that fails, or the place that is met, as the table words it.
    certain : bool
        Whether the balls prove it.
    hint : str or None
        What the table suggests instead.
    edge : bool
        Whether the point lies on the edge of the domain, not beyond it.
    """

    node: int
    row: Row
    kind: str
    text: str
    certain: bool
    hint: str | None = None
    edge: bool = False


def survey(graph: Graph, values: Sequence[arb], wrt: Iterable[str]) -> list[Suspicion]:
    """Everything suspicious at a point, in the order of the nodes.

    Parameters
    ----------
    graph : Graph
    values : sequence of arb
        The enclosure of every node at the point.
    wrt : iterable of str
        The variables that will move: a kink in another one does not matter.

    Returns
    -------
    list of Suspicion
        Empty where the function is smooth in the variables near the point.
    """
    moving = graph.depends_on(wrt)
    live = live_nodes(graph, values)
    found: list[Suspicion] = []
    for node, head in enumerate(graph.heads):
        if live[node] and isinstance(head, Row) and (head.domain or head.places):
            arguments = [values[i] for i in graph.inputs[node]]
            if any(a.is_nan() for a in arguments):
                continue
            found += [s for c in head.domain if (s := _outside(node, head, c, arguments)) is not None]
            if moving[node]:
                found += [
                    Suspicion(node, head, place.kind, place.text, certain=zero.is_zero())
                    for place in head.places
                    if (zero := _ball(place.zero(BALLS, *arguments))).contains(0)
                ]
    return found


def worded_at(graph: Graph, suspicion: Suspicion) -> str:
    """The table's words for a condition, with what stands in the formula in place of the row's own arguments."""
    texts = {name: said(graph, i) for name, i in zip(suspicion.row.arguments, graph.inputs[suspicion.node], strict=True)}
    return re.sub(r"[A-Za-z]\w*", lambda word: texts.get(word[0], word[0]), suspicion.text)


def needed(graph: Graph, suspicion: Suspicion) -> str:
    """What a function outside its domain needs, and the table's hint."""
    needs = f"{said(graph, suspicion.node)} needs {worded_at(graph, suspicion)}"
    return f"{needs}; {suspicion.hint}" if suspicion.hint else needs


def said(graph: Graph, node: int) -> str:
    """A node as text, if it is short."""
    try:
        return to_text(Builder.of(graph).graph([node]), most=MOST_TEXT)
    except BudgetError:
        return TOO_LONG


def sides_of(graph: Graph, values: Sequence[arb]) -> tuple[int | None, ...]:
    """On which side of every place a point lies: the sign of the quantity that vanishes there.

    Parameters
    ----------
    graph : Graph
    values : sequence of arb
        The value of every node at the point.

    Returns
    -------
    tuple of int or None
        0 where the sign is in doubt; None for what does not count at the point.
    """
    live = live_nodes(graph, values)
    signs: list[int | None] = []
    for node, head in enumerate(graph.heads):
        if isinstance(head, Row) and head.places:
            arguments = [values[i] for i in graph.inputs[node]] if live[node] else None
            for place in head.places:
                zero = None if arguments is None else _ball(place.zero(BALLS, *arguments))
                signs.append(None if zero is None else int(zero > 0) - int(zero < 0))
    return tuple(signs)


def live_nodes(graph: Graph, values: Sequence[arb]) -> list[bool]:
    """Which nodes count at a point: all but those that only a branch not taken needs."""
    live = [False] * len(graph)
    for output in graph.outputs:
        live[output] = True
    for node in range(len(graph) - 1, -1, -1):
        head = graph.heads[node]
        if not live[node] or not isinstance(head, Row):
            continue
        inputs = graph.inputs[node]
        holds = BALLS.truth(values[inputs[0]]) if head.choice else None
        for k, i in enumerate(inputs):
            if holds is None or k == 0 or k == (1 if holds else 2):
                live[i] = True
    return live


def _outside(node: int, row: Row, condition: Condition, arguments: Sequence[arb]) -> Suspicion | None:
    quantity = _ball(condition.quantity(BALLS, *arguments))
    if quantity.is_nan():
        return None
    kind = "pole" if condition.sign == "nonzero" else "outside_domain"
    fine, broken = {
        "positive": (quantity > 0, quantity <= 0),
        "nonnegative": (quantity >= 0, quantity < 0),
        "nonzero": (quantity != 0, quantity.is_zero()),
    }[condition.sign]
    return None if fine else Suspicion(node, row, kind, condition.text, bool(broken), condition.hint, quantity.is_zero())


def _ball(value: Any) -> arb:
    return value if isinstance(value, arb) else arb(value)
