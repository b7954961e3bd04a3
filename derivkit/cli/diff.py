"""`derivkit diff`."""

from __future__ import annotations

from functools import partial

from derivkit.cli.answered import answered
from derivkit.cli.options import Differentiating, Expression, Order, WrtOne, chain_of
from derivkit.cli.status import Reply

EXAMPLES = (
    'derivkit diff "sin(x)*exp(x)" --order 2',
    'derivkit diff "x^2*y^3" --wrt x,y,y --at x=1,y=2',
    "derivkit diff -x^2 --json",
)


def diff(
    expression: Expression,
    wrt: WrtOne = None,
    order: Order = None,
    *,
    options: Differentiating,
) -> Reply:
    """The derivative of an expression, of any order.

    With a point, its value there. The formula is checked against the other routes: at the point, or at points drawn from the
    domain.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import document, text

    parsed = parse(expression, latex=options.latex or None)
    ask = partial(answers.diff, parsed.graph)
    return answered(ask, [parsed], partial(chain_of, parsed.graph, wrt, order), options, document.derivative, text.derivative)
