"""`derivkit minimize`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli import picture
from derivkit.cli.edge import keeping
from derivkit.cli.options import Expression, Latex
from derivkit.cli.progress import on_standard_error
from derivkit.cli.status import Reply, Status
from derivkit.cli.stepping import ClipNorm, ClipValue, Momentum, Rate, Schedule
from derivkit.errors import UsageError

if TYPE_CHECKING:
    from derivkit.minimizing.result import MinimizeResult
    from derivkit.render.page import Page

EXAMPLES = (
    'derivkit minimize "100(y-x^2)^2 + (1-x)^2" --start x=-1.2,y=1',
    'derivkit minimize "x^2 + 10y^2" --start x=1,y=1 --method gd --lr 0.09 --trace',
    'derivkit minimize "(x^2+y-11)^2 + (x+y^2-7)^2" --start x=0,y=0 --compare gd,adam',
    'derivkit minimize "x^4 - 3x^2 + x" --bounds x=-3..3 --multistart 20',
    'derivkit minimize "x^2 + 10y^2" --start x=2,y=1 --method momentum --lr 0.02 --draw',
    'derivkit minimize "x^2 + 10y^2" --start x=2,y=1 --sweep-lr 1e-3..1 --plot rates.svg',
)

Start = Annotated[
    list[str] | None, typer.Option("--start", metavar="X=-1.2,Y=1", help="Where to start. Default: a point of the domain.")
]
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="How to go. Default: what suits the function.")]
Steps = Annotated[int | None, typer.Option("--steps", metavar="N", help="At most so many iterations.", show_default=False)]
Tolerance = Annotated[float, typer.Option("--tol", metavar="T", help="The largest component of a gradient that counts as none.")]
Compare = Annotated[
    str | None, typer.Option("--compare", metavar="GD,ADAM", help="Run several methods from the same start, one a line.")
]
Bounds = Annotated[list[str] | None, typer.Option("--bounds", metavar="X=0..,Y=-1..1", help="Lowest and highest values.")]
Multistart = Annotated[
    int, typer.Option("--multistart", metavar="N", help="Start from N points, and list the minima.", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Of those points.")]
Trace = Annotated[bool, typer.Option("--trace", help="Show every step.")]
WeightDecay = Annotated[float | None, typer.Option("--weight-decay", metavar="W", help="Pull towards 0.", show_default=False)]

SweepRates = Annotated[
    str | None,
    typer.Option("--sweep-lr", metavar="1e-4..1", help="Try 25 learning rates in between, each for --steps.", show_default=False),
]
Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="Draw the ways, values and gradients to FILE.svg or FILE.png.", show_default=False),
]
Draw = Annotated[bool, typer.Option("--draw", help="Show the way in characters: over the function, and by step.")]


def minimize(
    expression: Expression,
    start: Start = None,
    method: Method = "auto",
    lr: Rate = None,
    schedule: Schedule = None,
    steps: Steps = None,
    tol: Tolerance = 1e-8,
    compare: Compare = None,
    bounds: Bounds = None,
    multistart: Multistart = 0,
    seed: Seed = 0,
    trace: Trace = False,
    momentum: Momentum = None,
    clip_norm: ClipNorm = None,
    clip_value: ClipValue = None,
    weight_decay: WeightDecay = None,
    sweep_lr: SweepRates = None,
    draw: Draw = False,
    plot: Plot = None,
    latex: Latex = False,
) -> Reply:
    """Find a minimum of an expression, and see how it goes.

    The gradient is checked at the start against differences of values. Where the method stops, the Hessian and, where that is
    singular, higher derivatives tell a minimum from a saddle or a maximum. The exit status is 0 where a minimum was found, 1 where
    not: at a saddle, where steps run away, where the function falls without end, where the iterations are used up.
    """
    from derivkit.expression.bounds import parse_bounds
    from derivkit.expression.parser import parse
    from derivkit.interface.expression import Expression as Parsed
    from derivkit.interface.minimization import minimize as minimized
    from derivkit.render import minimize as rendered

    picture.check(plot)
    parsed = parse(expression, latex=latex or None)
    with keeping(parsed.warnings):
        result = minimized(
            Parsed(parsed.graph),
            ",".join(start) if start else None,
            method=method,
            lr=lr,
            schedule=schedule,
            steps=steps,
            tol=tol,
            bounds=parse_bounds(bounds) if bounds else None,
            multistart=multistart,
            seed=seed,
            compare=_names(compare),
            sweep_lr=sweep_lr,
            momentum=momentum,
            clip_norm=clip_norm,
            clip_value=clip_value,
            weight_decay=weight_decay,
            progress=on_standard_error("lowest value", "start") if multistart else on_standard_error("value"),
        )
    drawn = picture.drawn(result, plot)
    return Reply(
        document=lambda: {**rendered.document(parsed.graph, result, trace=trace), "plot": drawn},
        page=lambda layout: [
            *_page(rendered.page(parsed.graph, result, layout, trace=trace, draw=draw), result),
            *picture.said(drawn),
        ],
        status=_status(result),
        warnings=(*parsed.warnings, *result.warnings, *picture.missing(plot, drawn)),
    )


def _names(text: str | None) -> Sequence[str]:
    """The methods of `--compare`."""
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise UsageError(f"--compare {text}: a name is missing beside a comma", hint="write --compare gd,adam")
    return names


def _page(page: Page, result: MinimizeResult) -> Page:
    """The page for standard output; what was assumed goes to standard error."""
    import sys

    from derivkit.render import minimize as rendered
    from derivkit.render import page as pages

    pages.write(rendered.notes(result), sys.stderr)
    return page


def _status(result: MinimizeResult) -> Status:
    return Status.DONE if result.converged and result.gradient_check.verdict != "disagree" else Status.NO
