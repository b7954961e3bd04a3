"""What `diff`, `grad`, `hessian` and `jacobian` do alike: take a point, ask, and answer with the verdict's exit status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.cli.edge import keeping
from derivkit.cli.options import Differentiating, point_at, warnings_on
from derivkit.cli.status import Reply, status_of
from derivkit.errors import UsageError

if TYPE_CHECKING:
    from derivkit.expression.parser import Parsed
    from derivkit.render.page import Layout, Page

UNCHECKED = "not checked, as asked"


def answered(
    ask: Callable[..., Any],
    parsed: Sequence[Parsed],
    choose: Callable[[], Sequence[str]],
    options: Differentiating,
    document: Callable[[Any], Mapping[str, Any]],
    page: Callable[[Any, Layout], Page],
) -> Reply:
    """Ask for derivatives of what was parsed.

    Parameters
    ----------
    ask : callable
        A function of `derivkit.answers` that knows the functions already.
    parsed : sequence of Parsed
        The functions, for their variables and warnings.
    choose : callable
        Says which variables to differentiate by.
    options : Differentiating
    document, page : callable
        How the answer is written.

    Returns
    -------
    Reply

    Raises
    ------
    UsageError
        If there are no variables to choose, or bounds are asked for without a point.
    PointError
        If the point does not fit the variables.
    """
    graphs = [one.graph for one in parsed]
    warnings = tuple(warning for one in parsed for warning in one.warnings)
    with keeping(warnings):
        wrt = choose()
        warnings += warnings_on(graphs, wrt)
        at = point_at(options.at, graphs, wrt)
        if options.certify and at is None:
            point = ",".join(f"{name}=1" for name in wrt[:3]) or "x=1"
            raise UsageError("--certify proves bounds on values, and there is no point", hint=f"name one with --at: --at {point}")
        answer = ask(wrt, at=at, simplify=options.simplify, check=options.check, certify=options.certify)
    return Reply(
        document=lambda: document(answer),
        page=lambda layout: page(answer, layout),
        status=status_of(answer.check),
        warnings=(*warnings, *answer.warnings),
        said=(UNCHECKED,) if answer.check is None else (),
    )
