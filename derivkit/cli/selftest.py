"""`derivkit selftest`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from derivkit.cli.status import Reply, Status
from derivkit.errors import UsageError

EXAMPLES = ("derivkit selftest --function tanh",)

Function = Annotated[str | None, typer.Option("--function", metavar="NAME", help="Test one function. Default: all of them.")]


def selftest(function: Function = None) -> Reply:
    """Every function of the table, by all routes, over its domain.

    Values by floats, arrays, SymPy and ball arithmetic; first and second partial derivatives by SymPy, tape, jets and differences;
    at ordinary points, at large and small arguments, on both sides of the edges of the domain, and at kinks. The table shows the
    largest relative error of every route; "undecided" counts what no precision could tell, "cancelled" the floats that lose digits
    which rounding in the rule explains. It takes about a minute; progress is shown on a terminal.

    The exit status is 1 where a route disagrees; the row, the route and the point are listed.
    """
    from derivkit.render import selftest as rendered
    from derivkit.selftest.run import rows_of
    from derivkit.selftest.run import selftest as run

    try:
        rows_of(function)
    except KeyError:
        raise _unknown(str(function)) from None
    answer = run(function, progress=_show if sys.stderr.isatty() else None)
    return Reply(
        document=lambda: rendered.document(answer),
        page=lambda layout: rendered.page(answer, layout),
        status=Status.DONE if answer.verdict == "agree" else Status.NO,
    )


def _show(done: int, total: int, name: str) -> None:
    """One line of progress, written over the one before."""
    sys.stderr.write(f"\r\x1b[K{f'{done} of {total} rows: {name}' if done < total else ''}")
    sys.stderr.flush()


def _unknown(name: str) -> UsageError:
    from difflib import get_close_matches

    from derivkit.expression.lexer import shortened
    from derivkit.functions import spellings

    near = get_close_matches(name, list(spellings()), 1)
    hint = f"did you mean {near[0]}?" if near else "derivkit functions lists them all"
    return UsageError(f"the table has no function {shortened(name)}", hint=hint)
