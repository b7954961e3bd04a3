"""`derivkit fit`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli import picture
from derivkit.cli.picture import Plot
from derivkit.cli.progress import on_standard_error
from derivkit.cli.rows import Save, kept, refuse_over_input, saved
from derivkit.cli.status import Reply, Status, status_of

if TYPE_CHECKING:
    from derivkit.fitting.result import FitResult
    from derivkit.render.page import Layout, Page

EXAMPLES = (
    'derivkit fit samples/puromycin.csv "rate = Vmax*conc/(K + conc)" --profile',
    'derivkit fit samples/misra1a.csv "y=b1*(1-exp(-b2*x))" --start b1=500,b2=1e-4',
    'derivkit fit samples/cars.csv "dist = a*speed^b" --start a=1,b=1 --plot cars.svg',
    'derivkit fit samples/cars.csv "sqrt(dist) = a + b*speed" --bounds a=0.. --json',
)


class LossName(StrEnum):
    """Losses of a residual."""

    LINEAR = "linear"
    SOFT_L1 = "soft_l1"
    HUBER = "huber"
    CAUCHY = "cauchy"


File = Annotated[str, typer.Argument(metavar="FILE.csv", help="Rows of data: CSV, gzipped too, or Parquet.", show_default=False)]
Formula = Annotated[
    str,
    typer.Argument(
        metavar="FORMULA",
        help="LEFT = RIGHT. Names of columns are data, others parameters; `any name` of a column in backticks.",
        show_default=False,
    ),
]
Start = Annotated[list[str] | None, typer.Option("--start", metavar="A=1,B=0.1", help="Where parameters start. Default: a search.")]
Bounds = Annotated[
    list[str] | None, typer.Option("--bounds", metavar="A=0..,B=0..1", help="Lowest and highest values of parameters.")
]
Fix = Annotated[list[str] | None, typer.Option("--fix", metavar="C=1", help="Hold parameters at a value.")]
Sigma = Annotated[str | None, typer.Option("--sigma", metavar="COLUMN", help="Known standard errors of the rows; not rescaled.")]
Weights = Annotated[
    str | None, typer.Option("--weights", metavar="COLUMN", help="What squared residuals are multiplied by; rescaled.")
]
Loss = Annotated[LossName, typer.Option("--loss", help="What large residuals count: linear is least squares.")]
LossScale = Annotated[float, typer.Option("--loss-scale", metavar="S", help="The residual from which on it counts as large.")]
Robust = Annotated[bool, typer.Option("--robust", help="Standard errors by HC3, for residuals of uneven spread.")]
Profile = Annotated[bool, typer.Option("--profile", help="Intervals from the profile of the sum of squares as well.")]


def fit(
    file: File,
    formula: Formula,
    start: Start = None,
    bounds: Bounds = None,
    fix: Fix = None,
    sigma: Sigma = None,
    weights: Weights = None,
    loss: Loss = LossName.LINEAR,
    loss_scale: LossScale = 1.0,
    robust: Robust = False,
    profile: Profile = False,
    plot: Plot = None,
    save: Save = None,
) -> Reply:
    """Fit a formula to the rows of a file.

    Least squares on exact derivatives, which are checked against finite differences on the data before the first step. A formula
    that is linear in its parameters needs no start; for others a start is searched for where none is given. The exit status is 1
    where no minimum is found, 2 where parameters cannot be told apart.
    """
    from derivkit.expression.bounds import parse_bounds
    from derivkit.fitting.fit import fit as fitted
    from derivkit.render import fit as rendered

    picture.check(plot)
    refuse_over_input("--save", save, file)
    result = fitted(
        formula,
        file,
        start=_values(start),
        bounds=parse_bounds(bounds) if bounds else None,
        fix=_values(fix),
        sigma=sigma,
        weights=weights,
        loss=loss.value,
        loss_scale=loss_scale,
        robust=robust,
        profile=profile,
        progress=on_standard_error("half the sum of squares"),
    )
    drawn = picture.drawn(result, plot)
    unsaved = saved(result, save)
    return Reply(
        document=lambda: {**rendered.document(result), "plot": drawn, "saved": None if unsaved else save},
        page=lambda layout: [*_page(result, layout), *picture.said(drawn), *kept(save, unsaved)],
        status=_status(result),
        warnings=(*result.warnings, *picture.missing(plot, drawn), *unsaved),
    )


def _values(texts: list[str] | None) -> Mapping[str, float] | None:
    """Numbers by name, from `a=1,b=pi/2`."""
    if not texts:
        return None
    from derivkit.evaluate import evaluate
    from derivkit.expression.point import parse_point

    return {name: evaluate(value, {}) for name, value in parse_point(texts).items()}


def _page(result: FitResult, layout: Layout) -> Page:
    """The page for standard output; what was assumed goes to standard error."""
    import sys

    from derivkit.render import fit as rendered
    from derivkit.render import page

    page.write(rendered.notes(result), sys.stderr)
    return rendered.page(result, layout)


def _status(result: FitResult) -> Status:
    checked = status_of(result.gradient_check)
    return checked if checked or result.converged else Status.NO
