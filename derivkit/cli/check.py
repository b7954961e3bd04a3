"""`derivkit check`."""

from __future__ import annotations

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, Expression, Latex, Order, WrtOne, chain_of, point_at, warnings_on
from derivkit.cli.status import Reply, status_of

EXAMPLES = (
    'derivkit check "log(1+exp(x))" --order 3',
    'derivkit check "x*sqrt(x^2)" --at x=1',
)


def check(
    expression: Expression,
    wrt: WrtOne = None,
    order: Order = None,
    at: At = None,
    latex: Latex = False,
) -> Reply:
    """Compare the routes to a derivative, and say whether it exists.

    At a point, or at a few points drawn from the domain. The routes:

    \b
    symbolic     SymPy's formula of the derivative, evaluated
    tape         the steps of the calculation read backwards, by the table's rules
    jets         a Taylor series carried through the steps, by the table's rules
    differences  slopes between values at nearby points, with a bound on the error

    They agree where at least two of three independent families (symbolic; tape and jets; differences) give the same number within
    the errors they state. The exit status is 0 where they agree, 1 where one does not, and 3 where there is no derivative or
    nothing could be said.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import document, text

    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        chain = chain_of(parsed.graph, wrt, order)
        answer = answers.check(parsed.graph, chain, at=point_at(at, [parsed.graph], chain))
    return Reply(
        document=lambda: {"wrt": chain, "check": document.check(answer)},
        page=lambda layout: text.checked(parsed.graph, chain, answer, layout),
        status=status_of(answer),
        warnings=(*parsed.warnings, *warnings_on([parsed.graph], chain)),
    )
