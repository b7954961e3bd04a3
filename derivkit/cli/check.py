"""`derivkit check`."""

from __future__ import annotations

from typing import Annotated

import typer

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, Expression, Latex, On, Order, WrtOne, chains_of, point_at, region_on, warnings_on
from derivkit.cli.status import Reply, status_of
from derivkit.errors import UsageError

EXAMPLES = (
    'derivkit check "log(1+exp(x))" --order 3',
    'derivkit check "x*sqrt(x^2)" --at x=1',
    'derivkit check "x^2*sin(y)" --on x=0..5,y=1..2',
    'derivkit check "sin(x^2)" --claim "2x cos(x^2)"',
    'derivkit check "x^2*y" --claim "2*x*y, x^2"',
)
Claims = Annotated[
    list[str] | None,
    typer.Option("--claim", metavar="TEXT", help="What the derivative is claimed to be; with several, commas between them."),
]


def check(
    expression: Expression,
    wrt: WrtOne = None,
    order: Order = None,
    claim: Claims = None,
    at: At = None,
    on: On = None,
    latex: Latex = False,
) -> Reply:
    """Is a derivative right, and if not, why not?

    Independent routes are compared: at a point, or at a few points drawn from the domain or a region. Of several
    variables, the whole gradient is checked, unless --wrt chooses. The routes:

    \b
    symbolic     SymPy's formula of the derivative, evaluated
    tape         the steps of the calculation read backwards, by the table's rules
    jets         a Taylor series carried through the steps, by the table's rules
    enclosure    the table's rules in ball arithmetic, with a proved error
    differences  slopes between values at nearby points, with a bound on the error

    They agree where at least two of three independent families (symbolic; tape, jets and enclosure; differences) give the same
    number within the errors they state. A claim is equal, different (with a point that shows it, and the slip that explains it)
    or refused; several stand for the gradient, or for the variables of --wrt.

    The exit status is 0 where the routes agree or the claim is equal, 1 where not, and 3 where there is no derivative or nothing
    could be said.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse, parse_many
    from derivkit.render import check as pages

    parsed = parse(expression, latex=latex or None)
    graph = parsed.graph
    with keeping(parsed.warnings):
        claims = [one for text in claim or () for one in parse_many(text, latex=latex or None, separators=",;")]
        warnings = (*parsed.warnings, *(warning for one in claims for warning in one.warnings))
        chains = chains_of(graph, wrt, order, each=len(claims) > 1)
        names = sorted({name for chain in chains for name in chain})
        if at and on:
            raise UsageError("--at gives a point and --on a region", hint="give one of the two")
        point, region = point_at(at, [graph], names), region_on(on, [graph], names)
        warnings += warnings_on([graph], names)
    with keeping(warnings):
        if claims:
            judged = answers.claim(graph, [one.graph for one in claims], *chains, at=point, on=region)
            return Reply(
                document=lambda: pages.claim_document(judged),
                page=lambda layout: pages.claimed(graph, judged, layout),
                status=status_of(judged),
                warnings=warnings,
            )
        found = answers.check(graph, *chains, at=point, on=region)
    return Reply(
        document=lambda: pages.check_document(chains, found),
        page=lambda layout: pages.checked(graph, chains, found, layout),
        status=status_of(found),
        warnings=warnings,
    )
