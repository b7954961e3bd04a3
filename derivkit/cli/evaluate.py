"""`derivkit evaluate`."""

from __future__ import annotations

from derivkit.cli.rows import DataFile, ModelFile, rows_of
from derivkit.cli.status import Reply

EXAMPLES = (
    "derivkit evaluate samples/model.json samples/oring.csv",
    "derivkit evaluate samples/model.json samples/oring.csv --json",
)


def evaluate(model: ModelFile, file: DataFile) -> Reply:
    """How good a model from a file is on the rows of a file.

    The rows have the target too. Columns are found by name; rows that miss a value are dropped, counted and warned about.
    """
    from derivkit.prediction import load
    from derivkit.render import evaluate as rendered

    loaded = load(model)
    answer = loaded.evaluate(rows_of(file))
    return Reply(
        document=lambda: rendered.document(answer),
        page=lambda layout: rendered.page(answer, loaded.title, layout),
        warnings=answer.warnings,
    )
