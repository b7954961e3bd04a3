"""`derivkit certify`."""

from __future__ import annotations

from typing import Annotated

import typer

from derivkit.cli.edge import keeping
from derivkit.cli.options import Expression, Latex, On, region_on
from derivkit.cli.status import Reply, Status
from derivkit.errors import UsageError

EXAMPLES = (
    'derivkit certify "x*exp(-x)" --on x=0..1 --claim increasing',
    'derivkit certify "cos(x) - x" --on x=0..pi --claim "one root"',
    "derivkit certify x^3-x --on x=-2..2",
)
STATUSES = {"proved": Status.DONE, "refuted": Status.NO, "undecided": Status.REFUSED}
MOST_BOXES = 10_000_000

Claim = Annotated[
    str | None, typer.Option("--claim", metavar="TEXT", help="What is claimed of f. Default: whatever can be proved.")
]
Boxes = Annotated[int, typer.Option("--boxes", metavar="N", help="How many boxes may be looked at.")]
Seconds = Annotated[float, typer.Option("--seconds", metavar="S", help="How long it may take.")]


def certify(
    expression: Expression,
    on: On = None,
    claim: Claim = None,
    boxes: Boxes = 20_000,
    seconds: Seconds = 20.0,
    latex: Latex = False,
) -> Reply:
    """Prove or refute a claim about a function on a region.

    The region is cut into boxes, and in ball arithmetic the claim is proved on each: for all its numbers, not for a sample of them.
    What may be claimed of the function, f:

    \b
    f' > 0, 1 <= f <= 2, df/dx < x*y     comparisons with f and its derivatives
    increasing, decreasing, monotone     f' keeps its sign; 0 is allowed
    convex, concave                      so does the curvature
    lipschitz 3                          no slope is steeper than 3
    no root, one root, 3 roots           how often f is 0
    defined                              what all other claims include

    The exit status is 0 where the claim is proved, 1 where a point refutes it, and 3 where neither could be done.
    """
    from derivkit.certifying import facts, prove
    from derivkit.certifying.claim import parse_claim
    from derivkit.expression.parser import parse
    from derivkit.render import certify as rendered

    parsed = parse(expression, latex=latex or None)
    _within(boxes, seconds)
    with keeping(parsed.warnings):
        region = region_on(on, [parsed.graph], ())
        if region is None:
            named = ",".join(f"{name}=0..1" for name in parsed.graph.variables[:3]) or "x=0..1"
            raise UsageError("a proof needs a region", hint=f"name one with --on: --on {named}")
        if claim is None:
            answer = facts.facts(parsed.graph, region, boxes=boxes, seconds=seconds)
        else:
            answer = prove.certify(parsed.graph, region, parse_claim(claim, tuple(region)), boxes=boxes, seconds=seconds)
    return Reply(
        document=lambda: rendered.document(answer, region),
        page=lambda layout: rendered.page(parsed.graph, region, answer, layout),
        status=STATUSES[answer.verdict],
        warnings=parsed.warnings,
    )


def _within(boxes: int, seconds: float) -> None:
    if not 1 <= boxes <= MOST_BOXES:
        raise UsageError(f"--boxes {boxes}: the number of boxes must be from 1 to {MOST_BOXES:,}")
    if not 0 < seconds <= 86_400:
        raise UsageError(f"--seconds {seconds:g}: the time must be more than 0 seconds, and at most a day")
