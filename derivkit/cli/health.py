"""`derivkit health`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, Expression, Latex, On, point_at, region_on
from derivkit.cli.status import Reply, Status
from derivkit.errors import UsageError

if TYPE_CHECKING:
    from derivkit.conditioning.records import Health
    from derivkit.expression.graph import Graph

EXAMPLES = (
    'derivkit health "1-cos(x)" --at x=0.5',
    'derivkit health "log(exp(x)+exp(y))" --on x=-5..5,y=0..1',
)


def health(expression: Expression, at: At = None, on: On = None, latex: Latex = False) -> Reply:
    """How many digits a formula keeps in doubles, and a better formula.

    The function and its first derivatives are computed in doubles as typed and compared with ball arithmetic, at a point or at the
    worst of many points of a region. Shown are the condition number |x f'/f|; the digits that are right; those that are lost
    because of the condition, which no formula saves, and those that the formula loses; the operation that loses them; the ranges in
    which it overflows; and another formula, if one is equal and measures better.

    The exit status is 0 where the formula is healthy, or not to blame for a large condition number; 1 where it loses 3 digits or
    more that it need not, or overflows; and 3 where there is no value or no derivative.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import health as rendered

    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        point, region = point_at(at, [parsed.graph], ()), region_on(on, [parsed.graph], ())
        if (at and on) or (parsed.graph.variables and not at and not on):
            raise _unplaced(parsed.graph, both=bool(at and on))
        answer = answers.health(parsed.graph, at=point, on=region)
    return Reply(
        document=lambda: rendered.document(answer, region),
        page=lambda layout: rendered.page(parsed.graph, answer, layout),
        status=_status(answer),
        warnings=parsed.warnings,
    )


def _unplaced(graph: Graph, *, both: bool) -> UsageError:
    if both:
        return UsageError("--at and --on are both given", hint="choose a point or a region")
    name = graph.variables[0]
    return UsageError("health needs a point or a region", hint=f"name one: --at {name}=1, or --on {name}=0..5")


def _status(answer: Health) -> Status:
    if answer.verdict == "refused":
        return Status.REFUSED
    return Status.DONE if answer.verdict in ("healthy", "ill_conditioned") else Status.NO
