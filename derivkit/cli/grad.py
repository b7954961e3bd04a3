"""`derivkit grad`."""

from __future__ import annotations

from derivkit.cli.options import At, Check, Expression, Format, FormatOption, Latex, Simplify, Wrt, point_at, variables_of
from derivkit.cli.status import Reply, status_of

EXAMPLES = (
    'derivkit grad "x^2*y + sin(x*y)"',
    'derivkit grad "x^2*y + sin(x*y)" --at x=1,y=2',
)


def grad(
    expression: Expression,
    wrt: Wrt = None,
    at: At = None,
    simplify: Simplify = True,
    check: Check = True,
    latex: Latex = False,
    format: FormatOption = Format.PRETTY,
) -> Reply:
    """All first partial derivatives of an expression.

    With a point, the value of the function and of its gradient there.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import document, text

    parsed = parse(expression, latex=latex or None)
    names = variables_of([parsed.graph], wrt)
    answer = answers.grad(parsed.graph, names, at=point_at(at, [parsed.graph], names), simplify=simplify, check=check)
    return Reply(
        document=lambda: document.gradient(answer),
        page=lambda layout: text.gradient(answer, layout),
        status=status_of(answer.check),
        warnings=(*parsed.warnings, *answer.warnings),
    )
