"""`derivkit net`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli import picture
from derivkit.cli.progress import on_standard_error
from derivkit.cli.rows import rows_of
from derivkit.cli.status import Reply, Status, status_of
from derivkit.cli.stepping import Layers, Stepping
from derivkit.cli.train import L1, L2, Features, Target
from derivkit.errors import UsageError

if TYPE_CHECKING:
    from derivkit.networks import NetworkResult
    from derivkit.render.page import Layout, Page

EXAMPLES = (
    "derivkit net 2-3-1 --data xor",
    "derivkit net 2-16-16-2 --data spiral --epochs 60 --draw",
    "derivkit net 4-8-3 --data samples/iris.csv --early-stop 20 --l2 1e-3",
)


Widths = Annotated[
    str, typer.Argument(metavar="WIDTHS", help="Inputs, units of each hidden layer, outputs, as 2-3-1.", show_default=False)
]
DataOption = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="FILE.csv", help="A file of rows, or data that are made: xor, spiral, circles, moons.", show_default=False
    ),
]
Rows = Annotated[int | None, typer.Option("--rows", metavar="N", help="How many rows are made.")]
Noise = Annotated[float | None, typer.Option("--noise", metavar="S", help="How far rows that are made lie from their places.")]
Arms = Annotated[int | None, typer.Option("--arms", metavar="K", help="Of the spiral: as many classes. Default: 2.")]
Optimizer = Annotated[
    str,
    typer.Option(
        "--optimizer",
        metavar="NAME",
        help="gd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam, amsgrad; lbfgs, bfgs, cg on all rows.",
    ),
]
Test = Annotated[
    float | None,
    typer.Option("--test", metavar="F", help="Keep this part of the rows for a test. Default: 0.2, with 20 rows or more."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Of all that is random: data, parts, weights, batches, dropout.")]
Row = Annotated[
    int | None,
    typer.Option(
        "--row", metavar="K", help="Write down both passes of this row. Default: the first, of networks of 60 weights at most."
    ),
]
Draw = Annotated[bool, typer.Option("--draw", help="Show which class is given to every place, if there are two inputs.")]
Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="Draw the curves, and the classes, to FILE.svg or FILE.png.", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Making:
    """What is made where there is no file."""

    rows: Rows = None
    noise: Noise = None
    arms: Arms = None


@dataclass(frozen=True, slots=True)
class Training:
    """How the network is trained."""

    optimizer: Optimizer = "adam"
    l1: L1 = None
    l2: L2 = None
    test: Test = None
    seed: Seed = 0


def net(
    widths: Widths,
    data: DataOption = None,
    target: Target = None,
    features: Features = None,
    *,
    making: Making,
    layers: Layers,
    training: Training,
    stepping: Stepping,
    row: Row = None,
    draw: Draw = False,
    plot: Plot = None,
) -> Reply:
    """A network: its layers, both passes of a row, and its training.

    The forward pass shows every value of one row, the backward pass the derivative of its loss by every value and every weight;
    those of large networks are written down where --row asks for them. The whole gradient is checked against finite differences
    before the first step; then the network is trained in small batches. Inputs are standardized. The exit status is 1 where the
    gradient is wrong or the training runs away.
    """
    from derivkit import networks
    from derivkit.render import net as rendered

    picture.check(plot)
    if data is None:
        raise UsageError("a network needs data", hint=f"derivkit net {widths} --data xor")
    names = None if features is None else [name.strip() for name in features.split(",")]
    options = {name: value for name, value in {**asdict(training), **asdict(layers)}.items() if value is not None}
    result = networks.train_network(
        widths, rows_of(data), target=target, features=names, row=row,
        **asdict(making), **options, **asdict(stepping), progress=on_standard_error("loss", "epoch"),
    )  # fmt: skip
    drawn = picture.drawn(result, plot)
    return Reply(
        document=lambda: {**rendered.document(result), "plot": drawn},
        page=lambda layout: [*_page(result, layout, draw=draw, passes=row is not None), *picture.said(drawn)],
        status=_status(result),
        warnings=(*result.warnings, *rendered.undrawn(result, draw=draw), *picture.missing(plot, drawn)),
    )


def _page(result: NetworkResult, layout: Layout, *, draw: bool, passes: bool) -> Page:
    """The page for standard output; what was assumed goes to standard error."""
    import sys

    from derivkit.render import net as rendered
    from derivkit.render import page

    page.write(rendered.notes(result), sys.stderr)
    return rendered.page(result, layout, draw=draw, passes=passes)


def _status(result: NetworkResult) -> Status:
    return status_of(result.gradient_check) or (Status.NO if result.network is None else Status.DONE)
