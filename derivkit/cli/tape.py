"""`derivkit tape`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, Expression, Latex, point_at
from derivkit.cli.status import Reply, Status
from derivkit.errors import BudgetError, UsageError

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph

EXAMPLES = (
    'derivkit tape "sin(x^2)*exp(y)" --at x=1,y=2',
    "derivkit tape x^2 --at x=3 --backward 2",
)
MOST_SWEEPS = 100

Backward = Annotated[
    int, typer.Option("--backward", metavar="N", help="Sweep backwards N times and clear nothing in between: gradients add up.")
]


def tape(expression: Expression, at: At = None, backward: Backward = 1, latex: Latex = False) -> Reply:
    """The forward and the backward pass, step by step.

    Forward, every node is computed from those before it, with its local partial derivatives. Backward, by the chain rule, every
    node adds to the adjoints of its inputs; the adjoint of a node is the derivative of the function with respect to it. Of a long
    pass, a page shows the first and the last 100 lines, and --json everything.

    The exit status is 3 where the value or a derivative is no finite number; a warning names the node at which that happens.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import tape as rendered

    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        answer = answers.tape(parsed.graph, _point(parsed.graph, at), sweeps=_sweeps(backward))
    return Reply(
        document=lambda: rendered.document(answer),
        page=lambda layout: rendered.page(answer, layout),
        status=Status.DONE if answer.finite else Status.REFUSED,
        warnings=(*parsed.warnings, *answer.warnings),
    )


def _sweeps(count: int) -> int:
    if count < 1:
        raise UsageError(f"--backward {count}: there must be at least 1 sweep")
    if count > MOST_SWEEPS:
        raise BudgetError(f"--backward {count}: more than {MOST_SWEEPS} sweeps are beyond the budget")
    return count


def _point(graph: Graph, at: Sequence[str] | None) -> Mapping[str, Graph]:
    if not at and graph.variables:
        point = ",".join(f"{name}=1" for name in graph.variables[:3])
        raise UsageError("the tape needs a point", hint=f"name one with --at: --at {point}")
    return point_at(at, [graph], ()) or {}
