"""Predictions, for people and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.render.message import printable, sentence
from derivkit.render.page import Page, Styled

if TYPE_CHECKING:
    from derivkit.prediction import Predictions

MOST_LINES = 4  # of one sentence


def document(answer: Predictions) -> dict[str, Any]:
    """The document of `predict`: the same columns as the file's, null where there is no value."""
    interval = answer.interval
    return {
        "model": answer.model,
        "target": answer.target,
        "n_rows": len(answer),
        "interval": interval and {"kind": interval.kind, "level": interval.level, "method": interval.method},
        "columns": answer.columns,
    }


def page(text: str) -> Page:
    """The CSV text as it is."""
    return text.splitlines()


def saved(answer: Predictions, path: str) -> Page:
    """One line that says what was written where."""
    n = len(answer)
    return [f"{printable(path)}: {n:,} prediction{'s' * (n != 1)} of {printable(answer.target)}"]


def notes(answer: Predictions) -> Page:
    """What the intervals are, for standard error."""
    if answer.interval is None:
        return []
    return sentence("note", answer.interval.sentence, MOST_LINES, Styled("note", "title"))
