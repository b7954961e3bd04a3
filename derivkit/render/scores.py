"""How good a trained model is, as tables: metrics side by side, classes, features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.render.message import columns, printable, shortened
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Styled

if TYPE_CHECKING:
    from derivkit.training import TrainResult

LABELS = {
    "r_squared": "R²", "rmse": "RMSE", "mae": "MAE", "auc": "AUC", "auc_error": "AUC error", "log_loss": "log loss",
    "aic": "AIC", "bic": "BIC",
    "r_squared_adjusted": "R² adjusted", "r_squared_mcfadden": "R² McFadden", "residual_sd": "residual sd",
    "null_deviance": "null deviance", "mean_deviance": "mean deviance",
}  # fmt: skip
SHOWN = (
    "aic",
    "bic",
    "residual_sd",
    "r_squared_adjusted",
    "r_squared_mcfadden",
    "deviance",
    "null_deviance",
    "dispersion",
    "scale",
)
DIGITS, FORMS = ".6g", {"sd": ".2g"}  # of a spread, two digits are enough
LONGEST_CLASS = 14
MOST_CLASSES = 8  # in a table of classes against classes


def statistics(result: TrainResult, layout: Layout) -> list[Line]:
    """Loss, likelihood and what is made of it, two to a line."""
    found: list[tuple[str, float | None]] = [("loss", result.loss)]
    if result.log_likelihood is not None:
        found.append(("log-likelihood", result.log_likelihood))
    found += [(label(name, layout), result.statistics[name]) for name in SHOWN if name in result.statistics]
    half = (len(found) + 1) // 2
    cells = []
    for part in (found[:half], found[half:]):
        cells += [[name for name, _ in part], aligned([number(value) for _, value in part])]
    longest = max(map(len, cells))
    return [*table([cell + [""] * (longest - len(cell)) for cell in cells if cell])]


def metrics(result: TrainResult, layout: Layout) -> list[Line]:
    """One line a metric: on the rows of the fit, of the test, and over folds."""
    columns = {"train": result.metrics["train"] or {}, "test": result.metrics["test"]}
    folds = result.folds
    if folds is not None:
        columns |= {f"{folds['count']} folds": folds["mean"], "sd": folds["sd"]}
    return metric_table(columns, layout)


def metric_table(columns: Mapping[str, Mapping[str, Any] | None], layout: Layout) -> list[Line]:
    """One line a metric, one column a part of the rows; those that are None are left out."""
    there = {heading: scores for heading, scores in columns.items() if scores is not None}
    names = [name for name, value in next(iter(there.values())).items() if isinstance(value, float)]
    cells = [["", *[label(name, layout) for name in names]]]
    for heading, scores in there.items():
        cells.append([heading, *aligned([number(scores[name], FORMS.get(heading, DIGITS)) for name in names])])
    heading, *lines = table(cells)
    return [(Styled(heading, "title"),), *lines]


def classes(result: TrainResult) -> list[Line]:
    """Of every class: how many of its rows are taken for which, precision, recall and F1; on the test's rows if there are any."""
    scores = result.metrics["test"] or result.metrics["train"]
    if scores is None or not result.classes:
        return []
    return class_table(scores, result.classes, "test rows" if result.metrics["test"] else "class")


def class_table(scores: Mapping[str, Any], labels: Sequence[Any], heading: str) -> list[Line]:
    """The same of metrics of classes."""
    names = [shortened(printable(str(name)), LONGEST_CLASS) for name in labels]
    cells: list[Sequence[str]] = [[heading, *names]]
    if len(names) <= MOST_CLASSES:
        cells += [[f"as {name}", *[str(row[k]) for row in scores["confusion"]]] for k, name in enumerate(names)]
    per_class: Sequence[Mapping[str, Any]] = scores["per_class"]
    cells += [[key, *[number(each[key], ".3f") for each in per_class]] for key in ("precision", "recall", "f1")]
    head, *lines = table(cells)
    return [(Styled(head, "title"),), *lines]


def importance(result: TrainResult) -> list[Line]:
    """By how much the loss grows without the order of a feature's values."""
    if not result.importance:
        return []
    names = [shortened(printable(str(entry["feature"])), 40) for entry in result.importance]
    widest = max(map(columns, names))
    cells = [[number(entry[key], ".4g") for entry in result.importance] for key in ("mean", "sd")]
    heading, *lines = table([["loss grows by", *aligned(cells[0])], ["sd", *aligned(cells[1])]])
    shown: list[Line] = [(Styled("shuffled".ljust(widest + 2) + heading, "title"),)]
    return shown + [name + " " * (widest - columns(name) + 2) + line for name, line in zip(names, lines, strict=True)]


def number(value: float | None, form: str = DIGITS) -> str:
    """A number in a table; a dash where there is none."""
    return "-" if value is None else format(value, form)


def label(name: str, layout: Layout) -> str:
    """What a number is called on a page."""
    found = LABELS.get(name, name)
    return found if layout.unicode or found.isascii() else name
