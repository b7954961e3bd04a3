"""`derivkit functions`."""

from __future__ import annotations

from typing import Annotated

import typer

from derivkit.cli.status import Reply
from derivkit.errors import UsageError

EXAMPLES = (
    "derivkit functions",
    "derivkit functions atan2",
)

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Show all that is known of one function.", show_default=False)]


def functions(name: Name = None) -> Reply:
    """The table of functions.

    Everything that an expression may call: names, other spellings, arguments, and where a function is defined.
    """
    from derivkit.render import catalogue

    if name is None:
        rows = catalogue.listed()
        return Reply(document=lambda: catalogue.document(rows), page=lambda layout: catalogue.page(rows, layout))
    found = catalogue.named(name)
    if not found:
        raise _unknown(name)
    return Reply(document=lambda: catalogue.document(found), page=lambda layout: catalogue.detail(found))


def _unknown(name: str) -> UsageError:
    from difflib import get_close_matches

    from derivkit.expression.names import PIECEWISE
    from derivkit.functions import spellings

    near = get_close_matches(name, [*spellings(), PIECEWISE], 1)
    return UsageError(
        f"the table has no function {name}", hint=f"did you mean {near[0]}?" if near else "derivkit functions lists them all"
    )
