"""`derivkit predict`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.cli.rows import DataFile, ModelFile, refuse_over_input, rows_of
from derivkit.cli.status import Reply
from derivkit.saving import save

if TYPE_CHECKING:
    from derivkit.prediction import Predictions
    from derivkit.render.page import Layout, Page

EXAMPLES = (
    "derivkit predict samples/model.json samples/oring.csv",
    "derivkit predict samples/model.json samples/oring.csv --interval -o predictions.csv",
)

Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="OUT.csv", help="Write to a file; - is standard output.", show_default=False)
]
Intervals = Annotated[bool, typer.Option("--interval", help="Add the ends of 95 % intervals; a note says what they are.")]


def predict(model: ModelFile, file: DataFile, output: Output = None, interval: Intervals = False) -> Reply:
    """Predict for the rows of a file, by a model from a file.

    One line a row, in the rows' order: the prediction, and for classes the probability of each; blank where the row misses a value.
    Columns are found by name. With --interval, linear models and formulas get prediction intervals, all others confidence
    intervals of what they predict, in columns that say so; the exit status is 3 where there is no honest interval.
    """
    from derivkit.prediction import load
    from derivkit.prediction.table import csv_text
    from derivkit.render import predict as rendered

    output = None if output == "-" else output
    refuse_over_input("-o", output, model, file)
    answer = load(model).predict(rows_of(file), interval=interval)
    if output is not None:
        save(output, csv_text(answer))
    return Reply(
        document=lambda: {**rendered.document(answer), "file": output},
        page=lambda layout: _page(answer, output, layout),
        warnings=answer.warnings,
    )


def _page(answer: Predictions, output: str | None, layout: Layout) -> Page:
    """The page for standard output; what intervals are goes to standard error."""
    import sys

    from derivkit.prediction.table import csv_text
    from derivkit.render import page
    from derivkit.render import predict as rendered

    page.write(rendered.notes(answer), sys.stderr)
    return rendered.page(csv_text(answer)) if output is None else rendered.saved(answer, output)
