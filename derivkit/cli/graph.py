"""`derivkit graph`."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.edge import keeping
from derivkit.cli.options import At, Expression, Latex, point_at
from derivkit.cli.status import Reply, Status
from derivkit.errors import UsageError
from derivkit.expression.lexer import shortened
from derivkit.saving import save

if TYPE_CHECKING:
    from derivkit.records import GraphAnswer

EXAMPLES = (
    'derivkit graph "sin(x^2)*exp(y)"',
    'derivkit graph "sin(x^2)*exp(y)" --at x=1,y=2 -o graph.svg',
)
SUFFIXES = (".svg", ".dot")
_LONGEST = 150  # characters of a name in a message

Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Draw to FILE.svg, or to FILE.dot for Graphviz.", show_default=False),
]


def graph(expression: Expression, at: At = None, output: Output = None, latex: Latex = False) -> Reply:
    """The computation graph: which node is made from which.

    Without -o, as a tree of text, the output above what it is made from; with -o, as a drawing, the inputs above what is made from
    them. Equal parts of the expression are one node; only constants are drawn at every node that uses them. With a point, each node
    has its value and its adjoint, and the arrows bear the local partial derivatives. An SVG holds at most 2,000 nodes.

    The exit status is 3 where the value or a derivative at the point is no finite number; a warning names the node at which that
    happens.
    """
    from derivkit import answers
    from derivkit.expression.parser import parse
    from derivkit.render import graph as rendered

    suffix = _suffix(output)
    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        answer = answers.graph(parsed.graph, point_at(at, [parsed.graph], ()))
        if output is not None:
            save(output, _drawing(answer, suffix))
    tape = answer.tape
    return Reply(
        document=lambda: {**rendered.document(answer), "file": output},
        page=lambda layout: rendered.page(answer, layout) if output is None else rendered.saved(answer, output),
        status=Status.DONE if tape is None or tape.finite else Status.REFUSED,
        warnings=(*parsed.warnings, *(tape.warnings if tape else ())),
    )


def _suffix(output: str | None) -> str | None:
    if output is None:
        return None
    suffix = PurePath(output).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"-o {shortened(output, _LONGEST)}: the name of the file must end in {' or '.join(SUFFIXES)}", hint="write -o graph.svg"
        )
    return suffix


def _drawing(answer: GraphAnswer, suffix: str | None) -> str:
    from derivkit.render.dot import dot
    from derivkit.render.figure import figure
    from derivkit.render.svg import svg

    return (svg if suffix == ".svg" else dot)(figure(answer))
