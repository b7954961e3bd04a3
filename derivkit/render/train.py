"""A trained model, for people and for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivkit.models import families
from derivkit.render import document as documents
from derivkit.render.message import columns, printable, sentence
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Page, Styled
from derivkit.render.text import verdict

if TYPE_CHECKING:
    from derivkit.models.inference import Coefficient
    from derivkit.training import TrainResult

NARROWEST_NAME = 8
MOST_LINES = 4  # of one sentence
MOST_FEATURES = 6  # named in the title
SYMBOLS = {"t": "t", "normal": "z"}
LABELS = {"r_squared": "R²", "rmse": "RMSE", "mae": "MAE", "auc": "AUC", "log_loss": "log loss"}


def document(result: TrainResult) -> dict[str, Any]:
    """The document of `train`."""
    return {
        "model": result.model,
        "target": result.target,
        "classes": result.classes,
        "features": result.features,
        "intercept": result.intercept,
        "l2": result.l2,
        "n_rows": result.n_rows,
        "n_dropped": result.n_dropped,
        "test_rows": result.test_rows,
        "coefficients": [_entry(coefficient) for coefficient in result.coefficients],
        "distribution": result.distribution,
        "log_likelihood": result.log_likelihood,
        "loss": result.loss,
        "metrics": result.metrics,
        "optimizer": result.optimizer,
        "iterations": result.iterations,
        "converged": result.converged,
        "reason": result.reason,
        "hint": result.hint,
        "gradient_check": documents.check(result.gradient_check),
        "notes": result.notes,
    }


def _entry(coefficient: Coefficient) -> dict[str, Any]:
    return {
        "name": coefficient.name,
        "class": coefficient.class_,
        "estimate": coefficient.estimate,
        "standard_error": coefficient.standard_error,
        "z": coefficient.z,
        "p_value": coefficient.p_value,
        "ci95": coefficient.ci95,
    }


def page(result: TrainResult, layout: Layout) -> Page:
    """The page of `train`: what was fitted to what, the coefficients, how good they are, and the gradient's verdict."""
    lines: list[Line] = [*_title(result), ""]
    if result.loss is not None:
        lines += [*_coefficients(result, layout), "", *_scores(result, layout), ""]
    outcome = Styled("converged", "good") if result.converged else Styled("not converged", "bad")
    steps = f" ({result.iterations} iteration{'s' * (result.iterations != 1)} of {result.optimizer})" if result.iterations else ""
    lines += sentence(outcome.text, result.reason + steps, MOST_LINES, outcome)
    if result.hint:
        lines += sentence("hint", result.hint, MOST_LINES, Styled("hint", "title"))
    check = verdict(result.gradient_check, layout)[1:]
    return [*lines, ("gradient: ", *_parts(check[0])), *check[1:]]


def notes(result: TrainResult) -> Page:
    """What was assumed, for standard error: one sentence a note."""
    return [line for note in result.notes for line in sentence("note", note, MOST_LINES, Styled("note", "title"))]


def _parts(line: Line) -> tuple[str | Styled, ...]:
    return (line,) if isinstance(line, str) else line


def _title(result: TrainResult) -> list[Line]:
    shown = [printable(name) for name in result.features[:MOST_FEATURES]]
    more = len(result.features) - len(shown)
    on = ", ".join(shown) + (f" and {more} more" if more else "")
    dropped = f", {result.n_dropped:,} dropped" if result.n_dropped else ""
    penalty = f", penalty l2 = {result.l2:g}" if result.l2 else ""
    lines: list[Line] = [
        (Styled(families()[result.model].title, "title"), f" of {printable(result.target)} on {on}"),
        f"{result.n_rows:,} rows{dropped}{penalty}",
    ]
    if result.classes:
        lines.append(f"the probability of {printable(result.target)} = {printable(str(result.classes[-1]))}")
    return lines


def _coefficients(result: TrainResult, layout: Layout) -> list[Line]:
    found = result.coefficients
    cells = [["estimate", *aligned([_number(c.estimate, ".6g") for c in found])]]
    if any(c.standard_error is not None for c in found):
        low, high = ([None if c.ci95 is None else c.ci95[end] for c in found] for end in (0, 1))
        cells += [
            ["std error", *aligned([_number(c.standard_error, ".4g") for c in found])],
            [SYMBOLS[result.distribution], *aligned([_number(c.z, ".2f") for c in found])],
            ["p", *aligned([_number(c.p_value, ".2g") for c in found])],
            ["95 % from", *aligned([_number(value, ".4g") for value in low])],
            ["to", *aligned([_number(value, ".4g") for value in high])],
        ]
    heading, *rows = table(cells)
    room = layout.width - 2 - max(map(len, (heading, *rows)))
    names = [_cut(printable(c.name), max(room, NARROWEST_NAME)) for c in found]
    widest = max(map(columns, names))
    lines: list[Line] = [(Styled(" " * (widest + 2) + heading, "title"),)]
    return lines + [name + " " * (widest - columns(name) + 2) + row for name, row in zip(names, rows, strict=True)]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _cut(name: str, width: int) -> str:
    """A name in at most so many columns, its end kept: levels of one category differ there."""
    if columns(name) <= width:
        return name
    head, tail = (width - 1) // 2, width - 1 - (width - 1) // 2
    return f"{name[:head]}…{name[-tail:]}"


def _scores(result: TrainResult, layout: Layout) -> list[Line]:
    scores: Sequence[tuple[str, float | None]] = [
        ("loss", result.loss),
        ("log-likelihood", result.log_likelihood),
        *((_label(name, layout), value) for name, value in (result.metrics["train"] or {}).items()),
    ]
    widest = max(len(label) for label, _ in scores)
    values = aligned([_number(value, ".6g") for _, value in scores])
    return [f"{label.ljust(widest)}  {value}" for (label, _), value in zip(scores, values, strict=True)]


def _label(name: str, layout: Layout) -> str:
    label = LABELS.get(name, name)
    return label if layout.unicode or label.isascii() else name
