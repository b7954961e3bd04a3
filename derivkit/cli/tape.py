"""`derivkit tape`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, Expression, Latex, point_at
from derivkit.cli.status import Reply, Status
from derivkit.errors import UsageError

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph

EXAMPLES = ('derivkit tape "sin(x^2)*exp(y)" --at x=1,y=2',)


def tape(expression: Expression, at: At = None, latex: Latex = False) -> Reply:
    """The forward and the backward sweep, node by node.

    One line a node: what was computed forward, the local partial derivatives, and the adjoint, which is the derivative of the
    function with respect to that node. The exit status is 3 where the value or a derivative is no finite number; a warning names
    the node at which that happens.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import document, text

    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        answer = answers.tape(parsed.graph, _point(parsed.graph, at))
    return Reply(
        document=lambda: document.tape(answer),
        page=lambda layout: text.tape(answer, layout),
        status=Status.DONE if answer.finite else Status.REFUSED,
        warnings=(*parsed.warnings, *answer.warnings),
    )


def _point(graph: Graph, at: Sequence[str] | None) -> Mapping[str, Graph]:
    if not at and graph.variables:
        point = ",".join(f"{name}=1" for name in graph.variables[:3])
        raise UsageError("the tape needs a point", hint=f"name one with --at: --at {point}")
    return point_at(at, [graph], ()) or {}
