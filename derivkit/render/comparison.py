"""Models that differ in the strength of their penalty, beside one another: for people and for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.render.message import columns, printable, sentence, shortened
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Page, Styled
from derivkit.render.scores import label, number
from derivkit.render.text import labelled
from derivkit.training import TrainResult
from derivkit.training.comparison import comparable, size

if TYPE_CHECKING:
    from derivkit.training.comparison import Key
    from derivkit.training.mlp import TrainedNetwork

    AnyTrained = TrainResult | TrainedNetwork

METRICS = {True: ("log_loss", "accuracy"), False: ("rmse", "r_squared")}  # of classes, of numbers
LONGEST_NAME = 24
MOST_LINES = 4


def entries(results: Sequence[AnyTrained]) -> list[dict[str, Any]]:
    """What differs among the models, for the document."""
    return [
        {
            "l2": result.l2,
            "loss": result.loss,
            "metrics": result.metrics,
            "folds": result.folds,
            "size": size(result),
            "coefficients": [
                {"name": name, "class": label, "estimate": estimate} for (name, label), estimate in comparable(result).items()
            ],
            "gradient_check": result.gradient_check.verdict,
            "converged": result.converged,
            "reason": result.reason,
        }
        for result in results
    ]


def page(results: Sequence[AnyTrained], layout: Layout, title: Sequence[Line], *, tabled: bool = True) -> Page:
    """How well each model does on its rows and on others, how large its coefficients are, and all of them."""
    lines: list[Line] = [*title, "", *_judged(results, layout), ""]
    if tabled:
        lines += [*_coefficients(results, layout), ""]
    for result in results:
        if not result.converged:
            name = Styled(f"l2 = {result.l2:g}", "bad")
            lines += sentence(name.text, f"not converged: {result.reason}", MOST_LINES, name)
    worst = next((result for result in results if result.gradient_check.verdict != "agree"), results[0])
    return [*lines, *_gradient(worst, layout)]


def _gradient(result: AnyTrained, layout: Layout) -> list[Line]:
    if not isinstance(result, TrainResult):
        from derivkit.render import net

        return net.gradient_line(result.network, layout)
    return labelled("gradient", result.gradient_check, layout)


def _judged(results: Sequence[AnyTrained], layout: Layout) -> list[Line]:
    """One line a strength: metrics on the rows of the fit, of the test, over folds, as far as there is room; the size."""
    l2 = ["l2", *aligned([f"{result.l2:g}" for result in results])]
    sizes = ["size", *aligned([number(size(result)) for result in results])]
    cells: list[list[str]] = []
    for name in METRICS[results[0].classes is not None]:
        more = [
            [f"{part} {label(name, layout)}", *aligned([number(None if s is None else s[name]) for s in scores])]
            for part, scores in _parts(results).items()
        ]
        if not cells or len(table([l2, *cells, *more, sizes])[0]) <= layout.width:
            cells += more
    heading, *lines = table([l2, *cells, sizes])
    first = results[0]
    own = ("coefficients", "the intercept" * first.intercept) if isinstance(first, TrainResult) else ("weights", "biases")
    what, without = own
    legend = f"size: the length of the vector of {what}" + f", {without} left out" * bool(without)
    return [(Styled(heading, "title"),), *lines, legend]


def _parts(results: Sequence[AnyTrained]) -> dict[str, list[Mapping[str, Any] | None]]:
    """The metrics of every model, by the rows that they were measured on."""
    parts: dict[str, list[Mapping[str, Any] | None]] = {
        "train": [result.metrics["train"] for result in results],
        "test": [result.metrics["test"] for result in results],
        "folds": [result.folds and result.folds["mean"] for result in results],
    }
    return {part: scores for part, scores in parts.items() if part == "train" or any(scores)}


def _coefficients(results: Sequence[AnyTrained], layout: Layout) -> list[Line]:
    """One line a coefficient, one column a strength: as many as there is room for, the last one always."""
    found = [comparable(result) for result in results]
    names = [shortened(_named(key), LONGEST_NAME) for key in found[0]]
    widest = max(map(columns, names))
    cells = [
        [f"l2 = {result.l2:g}", *aligned([number(estimate, ".4g") for estimate in each.values()])]
        for result, each in zip(results, found, strict=True)
    ]
    while len(cells) > 2 and len(table(cells)[0]) + widest + 2 > layout.width:
        cells[-2:-1] = []
    if len(cells) < len(results):
        cells.insert(-1, ["…", *["…"] * len(names)])
    heading, *lines = table(cells)
    head: Line = (Styled(" " * (widest + 2) + heading, "title"),)
    return [head, *(name + " " * (widest - columns(name) + 2) + line for name, line in zip(names, lines, strict=True))]


def _named(key: Key) -> str:
    name, label = key
    return printable(name if label is None else f"{label}: {name}")
