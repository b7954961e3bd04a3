"""What `diff`, `grad`, `hessian` and `jacobian` do alike: take a point, ask, and answer with the verdict's exit status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.cli.options import point_at
from derivkit.cli.status import Reply, status_of

if TYPE_CHECKING:
    from derivkit.expression.parser import Parsed
    from derivkit.render.page import Layout, Page

UNCHECKED = "not checked, as asked"


def answered(
    ask: Callable[..., Any],
    parsed: Sequence[Parsed],
    wrt: Sequence[str],
    at: str | None,
    document: Callable[[Any], Mapping[str, Any]],
    page: Callable[[Any, Layout], Page],
) -> Reply:
    """Ask for derivatives of what was parsed.

    Parameters
    ----------
    ask : callable
        A function of `derivkit.answers` that lacks only `wrt` and the keyword `at`.
    parsed : sequence of Parsed
        The functions, for their variables and warnings.
    wrt : sequence of str
    at : str, optional
        The text of `--at`.
    document, page : callable
        How the answer is written.

    Returns
    -------
    Reply

    Raises
    ------
    PointError
        If the point does not fit the variables.
    """
    answer = ask(wrt, at=point_at(at, [one.graph for one in parsed], wrt))
    return Reply(
        document=lambda: document(answer),
        page=lambda layout: page(answer, layout),
        status=status_of(answer.check),
        warnings=(*(warning for one in parsed for warning in one.warnings), *absent(parsed, wrt), *answer.warnings),
        said=(UNCHECKED,) if answer.check is None else (),
    )


def absent(parsed: Sequence[Parsed], wrt: Sequence[str]) -> list[str]:
    """A sentence for every name to differentiate by that no function holds; derivatives may be zero, names may be misread."""
    from derivkit.expression.names import as_product, glued

    held = {name for one in parsed for name in one.graph.variables}
    found = []
    for name in dict.fromkeys(wrt):
        if name not in held:
            run = glued(sorted(held), name)
            found.append(f"{name} does not occur, so the derivative is 0" + (f": {as_product(run)}" if run else ""))
    return found
