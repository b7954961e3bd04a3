"""`derivkit grad`."""

from __future__ import annotations

from functools import partial

from derivkit.cli.answered import answered
from derivkit.cli.options import Differentiating, Expression, Wrt, variables_of
from derivkit.cli.status import Reply

EXAMPLES = (
    'derivkit grad "x^2*y + sin(x*y)"',
    'derivkit grad "x^2*y + sin(x*y)" --at x=1,y=2',
)


def grad(
    expression: Expression,
    wrt: Wrt = None,
    *,
    options: Differentiating,
) -> Reply:
    """All first partial derivatives of an expression.

    With a point, the value of the function and of its gradient there.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import document, text

    parsed = parse(expression, latex=options.latex or None)
    ask = partial(answers.grad, parsed.graph)
    return answered(ask, [parsed], partial(variables_of, [parsed.graph], wrt), options, document.gradient, text.gradient)
