"""`derivkit hessian`."""

from __future__ import annotations

from functools import partial

from derivkit.cli.answered import answered
from derivkit.cli.options import Differentiating, Expression, Wrt, variables_of
from derivkit.cli.status import Reply

EXAMPLES = (
    'derivkit hessian "x^2*y + sin(x*y)"',
    'derivkit hessian "100(y-x^2)^2+(1-x)^2" --at x=-1.2,y=1',
)


def hessian(
    expression: Expression,
    wrt: Wrt = None,
    *,
    options: Differentiating,
) -> Reply:
    """The matrix of second partial derivatives of an expression.

    With a point, the value of the function and of the matrix there.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import document, text

    parsed = parse(expression, latex=options.latex or None)
    ask = partial(answers.hessian, parsed.graph)
    return answered(ask, [parsed], partial(variables_of, [parsed.graph], wrt), options, document.hessian, text.hessian)
