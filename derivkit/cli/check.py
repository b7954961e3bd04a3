"""`derivkit check`."""

from __future__ import annotations

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, ExpressionOrNone, Latex, Order, WrtOne, chain_of, point_at, warnings_on
from derivkit.cli.own_code import OwnCode, check_own_code
from derivkit.cli.status import Reply, status_of
from derivkit.errors import UsageError

EXAMPLES = (
    'derivkit check "log(1+exp(x))" --order 3',
    'derivkit check "x*sqrt(x^2)" --at x=1',
    "derivkit check --function samples.own_code:loss --gradient samples.own_code:loss_gradient --at samples/own_code.csv",
)


def check(
    own: OwnCode,
    expression: ExpressionOrNone = None,
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

    Without an expression, a gradient of your own code is checked at the point of --at, a file (.npy, .json, .csv) or a list of
    numbers: in Python, --function and --gradient; in any language, --command, a program that answers every line {"x": [1, 2]} with
    a line {"value": 5, "gradient": [2, 4]}.
    """
    if own.given:
        if expression is not None:
            raise UsageError("an expression stands beside own code", hint="check the one or the other")
        return check_own_code(own, at)
    if expression is None:
        raise UsageError("missing argument 'EXPR'", hint="-h shows what is allowed")
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
