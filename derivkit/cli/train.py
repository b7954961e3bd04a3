"""`derivkit train`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.rows import levels_of, rows_of
from derivkit.cli.status import Reply, Status, status_of

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Progress
    from derivkit.render.page import Layout, Page
    from derivkit.training import TrainResult

EXAMPLES = (
    "derivkit train samples/oring.csv --model logistic",
    "derivkit train samples/cars.csv --model linear --target dist --features speed",
)
SECONDS_BETWEEN_REPORTS = 1.0


class Filling(StrEnum):
    """What may stand in for missing numbers."""

    MEAN = "mean"
    MEDIAN = "median"


File = Annotated[
    str,
    typer.Argument(
        metavar="FILE.csv", help="Rows of data: CSV, gzipped too, or Parquet; - for standard input.", show_default=False
    ),
]
Model = Annotated[str, typer.Option("--model", metavar="NAME", help="linear or logistic.", show_default=False)]
Target = Annotated[
    str | None,
    typer.Option("--target", metavar="COLUMN", help="What to explain. Default: y, target or label, else the last column."),
]
Features = Annotated[str | None, typer.Option("--features", metavar="A,B", help="What explains it. Default: every other column.")]
L2 = Annotated[float, typer.Option("--l2", metavar="L", help="Add L/2 times the sum of squared coefficients to the mean loss.")]
Fill = Annotated[
    Filling | None,
    typer.Option("--impute", help="Fill missing numbers of features. Default: drop rows that miss a value."),
]
Reference = Annotated[
    list[str] | None,
    typer.Option(
        "--reference", metavar="COLUMN=LEVEL", help="What the levels of a category are compared with. Default: the first."
    ),
]
Intercept = Annotated[bool, typer.Option("--intercept/--no-intercept", help="Fit a constant as well.")]


def train(
    file: File,
    model: Model,
    target: Target = None,
    features: Features = None,
    l2: L2 = 0.0,
    intercept: Intercept = True,
    impute: Fill = None,
    reference: Reference = None,
) -> Reply:
    """Fit a model to the rows of a file.

    The loss is an expression, differentiated as every other; its gradient is checked against finite differences on the data before
    the first step. The exit status is 1 where the gradient is wrong or the fit does not converge.
    """
    from derivkit import training
    from derivkit.render import train as rendered

    names = None if features is None else [name.strip() for name in features.split(",")]
    result = training.train(
        rows_of(file), model=model, target=target, features=names, l2=l2, intercept=intercept,
        impute=None if impute is None else impute.value, reference=levels_of(reference or ()), progress=_reporting(),
    )  # fmt: skip
    return Reply(
        document=lambda: rendered.document(result),
        page=lambda layout: _page(result, layout),
        status=_status(result),
        warnings=result.warnings,
    )


def _page(result: TrainResult, layout: Layout) -> Page:
    """The page for standard output; what was assumed goes to standard error."""
    import sys

    from derivkit.render import page
    from derivkit.render import train as rendered

    page.write(rendered.notes(result), sys.stderr)
    return rendered.page(result, layout)


def _status(result: TrainResult) -> Status:
    checked = status_of(result.gradient_check)
    return checked if checked or result.converged else Status.NO


def _reporting() -> Progress:
    """Say on standard error how far a long training is."""
    import sys
    from time import monotonic

    last = monotonic()

    def report(step: int, value: float) -> None:
        nonlocal last
        if monotonic() - last > SECONDS_BETWEEN_REPORTS:
            last = monotonic()
            sys.stderr.write(f"step {step}: loss {value:.8g}\n")

    return report
