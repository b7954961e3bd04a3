"""How good a model is on other rows, for people and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.render import scores
from derivkit.render.message import printable
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Page, Styled

if TYPE_CHECKING:
    from derivkit.prediction import Evaluation


def document(answer: Evaluation) -> dict[str, Any]:
    """The document of `evaluate`."""
    return {
        "model": answer.model,
        "target": answer.target,
        "classes": answer.classes,
        "n_rows": answer.n_rows,
        "n_dropped": answer.n_dropped,
        "metrics": answer.metrics,
    }


def page(answer: Evaluation, title: str, layout: Layout) -> Page:
    """The page of `evaluate`: the metrics, and for classes how many rows are taken for which."""
    dropped = f", {answer.n_dropped:,} dropped" if answer.n_dropped else ""
    rows = f"{answer.n_rows:,} row{'s' * (answer.n_rows != 1)}{dropped}"
    found = {name: value for name, value in answer.metrics.items() if isinstance(value, float)}
    cells = [[scores.label(name, layout) for name in found], aligned([scores.number(value) for value in found.values()])]
    lines: list[Line] = [(Styled(printable(title), "title"), f" of {printable(answer.target)}"), rows, "", *table(cells)]
    if answer.classes:
        lines += ["", *scores.class_table(answer.metrics, answer.classes, "class")]
    return lines
