"""Whether a function rises or falls on a box by the rules of composition, jumps and infinite slopes included.

An increasing function of an increasing one is increasing, and so on: no slope is needed where a row of the table says of itself
that it never falls.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from derivkit.certifying.box import Box
from derivkit.certifying.field import Field
from derivkit.errors import MissingRuleError
from derivkit.functions import BALLS, Row

RISING, FALLING, LEVEL = 1, -1, 0  # never falls; never rises; both


class Monotony:
    """The rules of composition for one function of one variable.

    Parameters
    ----------
    field : Field
        Defined on every box that is asked for, whether or not balls can say so.
    """

    def __init__(self, field: Field) -> None:
        self.field = field
        self.moving = field.graph.depends_on(field.names)

    def direction(self, box: Box) -> int | None:
        """`RISING`, `FALLING` or `LEVEL` on a box; None where the rules do not tell."""
        reading = self.field.read(box)
        graph, found = self.field.graph, list[int | None]()
        for node, head in enumerate(graph.heads):
            if not self.moving[node]:
                found.append(LEVEL)
            elif not isinstance(head, Row):
                found.append(RISING)
            else:
                found.append(self.composed(head, node, reading.nodes, found))
        return found[graph.root]

    def composed(self, row: Row, node: int, nodes: Sequence[arb], found: Sequence[int | None]) -> int | None:
        """The direction of a row of its arguments."""
        inputs = self.field.graph.inputs[node]
        if row.choice:
            return None
        arguments = [nodes[i] for i in inputs]
        turns = {_times(_slope(row, k, nodes[node], arguments), found[i]) for k, i in enumerate(inputs) if found[i] != LEVEL}
        turns.discard(LEVEL)
        return LEVEL if not turns else turns.pop() if len(turns) == 1 else None


def _times(outer: int | None, inner: int | None) -> int | None:
    return None if outer is None or inner is None else outer * inner


def _slope(row: Row, k: int, value: arb, arguments: Sequence[arb]) -> int | None:
    """Whether a row rises or falls in its k-th argument."""
    if row.monotone is not None:
        return RISING if row.monotone == "rising" else FALLING
    for place in row.places:
        if place.kind == "jump" and arb(place.zero(BALLS, *arguments)).contains(0):
            return None
    try:
        slope = arb(BALLS.partial(row.partial(k), value, tuple(arguments)))
    except MissingRuleError:
        return None
    return RISING if slope >= 0 else FALLING if slope <= 0 else None
