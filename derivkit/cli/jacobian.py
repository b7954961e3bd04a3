"""`derivkit jacobian`."""

from __future__ import annotations

from functools import partial

from derivkit.cli.answered import answered
from derivkit.cli.options import Differentiating, Expressions, Wrt, variables_of
from derivkit.cli.status import Reply

EXAMPLES = (
    'derivkit jacobian "r cos(t)" "r sin(t)"',
    'derivkit jacobian "r cos(t); r sin(t)" --at r=2,t=pi/6',
)


def jacobian(
    expressions: Expressions,
    wrt: Wrt = None,
    *,
    options: Differentiating,
) -> Reply:
    """The matrix of first partial derivatives of several expressions.

    One row an expression, one column a variable; with a point, the numbers too.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse_many
    from derivkit.render import document, text

    parsed = [one for given in expressions for one in parse_many(given, latex=options.latex or None)]
    graphs = [one.graph for one in parsed]
    ask = partial(answers.jacobian, graphs)
    return answered(ask, parsed, partial(variables_of, graphs, wrt), options, document.jacobian, text.jacobian)
