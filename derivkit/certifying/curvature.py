"""Whether a function is convex on a box by the rules of composition, kinks included.

An outer function that is convex, and in every argument nondecreasing with a convex one, nonincreasing with a concave one, or
applied to an affine one, gives a convex function.

Source: Boyd and Vandenberghe, Convex Optimization (Cambridge 2004), section 3.2.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import arb

from derivkit.certifying.box import Box
from derivkit.certifying.field import Field
from derivkit.certifying.hessian import Matrix, semidefinite
from derivkit.errors import MissingRuleError
from derivkit.evaluate import node_values
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import BALLS, Row
from derivkit.tape.differentiate import derivatives_graph, whole_hessian


@dataclass(frozen=True, slots=True)
class _Shape:
    convex: bool
    concave: bool

    @property
    def affine(self) -> bool:
        return self.convex and self.concave


_AFFINE, _UNKNOWN = _Shape(True, True), _Shape(False, False)


class Curvature:
    """The rules of composition for one function.

    Parameters
    ----------
    field : Field
    """

    def __init__(self, field: Field) -> None:
        self.field = field
        self.moving = field.graph.depends_on(field.names)

    def convex(self, box: Box) -> bool:
        """Whether the function is certainly convex on a box."""
        reading = self.field.read(box)
        if not reading.unbroken:
            return False
        graph, shapes = self.field.graph, list[_Shape]()
        for node, head in enumerate(graph.heads):
            if not isinstance(head, Row) or not self.moving[node]:
                shapes.append(_AFFINE)
            else:
                shapes.append(self.composed(head, graph.inputs[node], reading.nodes, shapes))
        return shapes[graph.root].convex

    def composed(self, row: Row, inputs: tuple[int, ...], nodes: Sequence[arb], shapes: Sequence[_Shape]) -> _Shape:
        """The shape of a row of its arguments."""
        moving = tuple(dict.fromkeys(i for i in inputs if self.moving[i]))
        if row.boolean or row.choice or not any(shapes[i].convex or shapes[i].concave for i in moving):
            return _UNKNOWN
        arguments = [nodes[i] for i in inputs]
        pattern = tuple(moving.index(i) if i in moving else -1 for i in inputs)
        slopes, bends = _derivatives(row, pattern, arguments)
        outer = _UNKNOWN
        if bends is not None and not any(_meets(place.zero(BALLS, *arguments)) for place in row.places):
            outer = _Shape(semidefinite(bends), semidefinite([[-x for x in line] for line in bends]))
        convex = outer.convex or row.curvature == "convex"
        concave = outer.concave or row.curvature == "concave"
        inner = list(zip(slopes, (shapes[i] for i in moving), strict=True))
        return _Shape(
            convex and all(s.affine or (d >= 0 and s.convex) or (d <= 0 and s.concave) for d, s in inner),
            concave and all(s.affine or (d >= 0 and s.concave) or (d <= 0 and s.convex) for d, s in inner),
        )


def _derivatives(row: Row, pattern: tuple[int, ...], arguments: Sequence[arb]) -> tuple[list[arb], Matrix | None]:
    """First and second derivatives of a row in its moving arguments; NaN and None where they are not known."""
    size = max(pattern) + 1
    graph = _row_graph(row, pattern)
    if graph is None:
        return [arb.nan()] * size, None
    at = {_name(k, place): x for k, (place, x) in enumerate(zip(pattern, arguments, strict=True))}
    values = node_values(graph, at, BALLS)
    found = [values[node] for node in whole_hessian(graph.outputs, size)]
    bends = [found[1 + size + k * size : 1 + size + (k + 1) * size] for k in range(size)]
    return found[1 : 1 + size], bends if all(x.is_finite() for line in bends for x in line) else None


@cache
def _row_graph(row: Row, pattern: tuple[int, ...]) -> Graph | None:
    """A row with its derivatives as a graph; equal arguments are one variable, constant ones have no derivative."""
    builder = Builder()
    node = builder.add(row, tuple(builder.add(_name(k, place)) for k, place in enumerate(pattern)))
    try:
        return derivatives_graph(builder.graph([node]), [f"t{k}" for k in range(max(pattern) + 1)], 2)
    except MissingRuleError:
        return None


def _name(position: int, place: int) -> str:
    return f"t{place}" if place >= 0 else f"c{position}"


def _meets(quantity: Any) -> bool:
    return bool((quantity if isinstance(quantity, arb) else arb(quantity)).contains(0))
