"""`derivkit codegen`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.edge import keeping
from derivkit.cli.options import Expression, Latex, point_at
from derivkit.cli.status import Reply
from derivkit.errors import UsageError
from derivkit.saving import save

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph

EXAMPLES = (
    'derivkit codegen "x^2*sin(y)" --lang c -o f.c',
    'derivkit codegen "100(y-x^2)^2+(1-x)^2" --lang rust --name rosenbrock --order 2',
)
HIGHEST_ORDER = 2


class Target(StrEnum):
    """The languages that are written; a test compares them with `codegen.targets`, which need not be loaded to show the help."""

    C = "c"
    PYTHON = "python"
    NUMPY = "numpy"
    JAVASCRIPT = "javascript"
    JULIA = "julia"
    RUST = "rust"
    FORTRAN = "fortran"


Lang = Annotated[Target, typer.Option("--lang", help="The language to write.")]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="What the function is called.")]
Order = Annotated[int, typer.Option("--order", metavar="N", help="0: the value. 1: and the gradient. 2: and the Hessian.")]
TestAt = Annotated[
    list[str] | None,
    typer.Option("--at", metavar="X=1,Y=PI/2", help="The point of the self-test. Default: three from the function's domain."),
]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file; - is standard output.", show_default=False)
]


def codegen(
    expression: Expression,
    lang: Lang = Target.C,
    name: Name = "f",
    order: Order = 1,
    at: TestAt = None,
    output: Output = None,
    latex: Latex = False,
) -> Reply:
    """A function and its derivatives as source code.

    The code is straight-line, needs nothing but the language's standard library (NumPy may need SciPy), and ends with a self-test
    whose expected values come from 50-digit arithmetic; the comment at its head says how to run it. The arguments are the variables
    in alphabetical order; a name that the language has a use for, such as lambda, gets an underscore. The exit status is 3 where
    the language lacks a function.
    """
    from derivkit.codegen.generate import generate
    from derivkit.expression.parser import parse
    from derivkit.render import code

    output = None if output == "-" else output
    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        _check(parsed.graph, order)
        answer = generate(
            parsed.graph, lang.value, name=name, order=order, at=point_at(at, [parsed.graph], ()), file=output and Path(output).name
        )
        if output is not None:
            save(output, answer.code)
    return Reply(
        document=lambda: {**code.document(answer), "file": output},
        page=lambda layout: code.page(answer) if output is None else code.saved(answer, output),
        warnings=parsed.warnings,
    )


def _check(graph: Graph, order: int) -> None:
    if not 0 <= order <= HIGHEST_ORDER:
        raise UsageError(f"--order {order}: choose 0, 1 or 2", hint="--order 2 writes value, gradient and Hessian")
    if order and not graph.variables:
        raise UsageError("the expression has no variable to differentiate by", hint="write --order 0 for the value alone")
