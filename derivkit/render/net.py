"""A network, its passes and its training, for people and for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from derivkit.networks.parameters import parts_of
from derivkit.render import gradient, net_passes, scores
from derivkit.render.message import printable, sentence, shortened
from derivkit.render.networks import curves, plane_of
from derivkit.render.numbers import aligned, table
from derivkit.render.page import PLAIN_WIDTH, Layout, Line, Page, Styled
from derivkit.render.terminal import learning

if TYPE_CHECKING:
    from derivkit.networks import Network, NetworkResult
    from derivkit.networks.history import Epoch, Overfit, Score

MOST_LINES = 4  # of one sentence
MOST_EPOCHS = 10  # lines of the table of training
MOST_WEIGHTS = 60  # of a network whose passes are written down unasked


def document(result: NetworkResult) -> dict[str, Any]:
    """The document of `net`."""
    recipe, design = result.recipe, result.dealt.design
    settings = recipe.settings
    return {
        "architecture": result.architecture.text,
        "layers": [_layer(result, k) for k in range(1, result.architecture.depth + 1)],
        "n_weights": len(result.start.weights),
        "target": design.target,
        "classes": result.classes,
        "features": design.features,
        "inputs": _scales(result.start, design.names),
        "target_scale": None if result.classes else _scales(result.start, (design.target,), target=True)[0],
        "n_rows": result.n_rows,
        "n_dropped": design.n_dropped,
        "validation_rows": result.validation_rows,
        "test_rows": result.test_rows,
        "optimizer": recipe.optimizer,
        "lr": result.rate,
        "batch_size": result.batch_size,
        "epochs": result.epochs,
        "l1": recipe.l1,
        "l2": recipe.l2,
        "clip_norm": settings.clip_norm,
        "clip_value": settings.clip_value,
        "patience": recipe.patience,
        "passes": net_passes.document(result),
        "gradient_check": gradient.document(result.gradient_check),
        "history": [_epoch(epoch) for epoch in result.history],
        "overfit": _overfit(result.overfit),
        "kept": result.kept,
        "iterations": result.steps,
        "outcome": None if result.outcome is None else str(result.outcome),
        "reason": result.reason,
        "metrics": result.metrics,
        "parameters": None if result.network is None else result.network.parameters,
        "averages": _averages(result.network),
        "notes": result.notes,
    }


def _layer(result: NetworkResult, number: int) -> dict[str, Any]:
    architecture = result.architecture
    hidden = number < architecture.depth
    parts = [part for part in parts_of(architecture) if part.layer == number]
    return {
        "layer": number,
        "units": architecture.widths[number],
        "activation": architecture.activation if hidden else architecture.output,
        "batch_norm": hidden and architecture.batch_norm,
        "dropout": architecture.dropout if hidden else 0.0,
        "shapes": {part.title: part.shape for part in parts},
        "n_weights": sum(prod(part.shape) for part in parts),
    }


def _scales(network: Network, names: Sequence[str], *, target: bool = False) -> list[dict[str, Any]]:
    scale = network.target if target else network.inputs
    return [
        {"name": name, "center": center, "size": size}
        for name, center, size in zip(names, scale.center.tolist(), scale.size.tolist(), strict=True)
    ]


def _averages(network: Network | None) -> list[dict[str, Any]] | None:
    if network is None:
        return None
    return [{"layer": k, "mean": mean.tolist(), "variance": var.tolist()} for k, (mean, var) in enumerate(network.averages, 1)]


def _epoch(epoch: Epoch) -> dict[str, Any]:
    parts = {"train": epoch.train, "validation": epoch.validation, "test": epoch.test}
    return {
        "epoch": epoch.number,
        **{name: score and {"loss": score.loss, "metric": score.metric} for name, score in parts.items()},
    }


def _overfit(found: Overfit | None) -> dict[str, Any] | None:
    return None if found is None else {"epoch": found.epoch, "part": found.part, "loss": found.other, "train_loss": found.train}


def page(result: NetworkResult, layout: Layout, *, draw: bool = False, passes: bool = False) -> Page:
    """The page of `net`: the layers, both passes of a row, the gradient's verdict, the training, and how good it is.

    The passes of a large network are written down only where somebody asks for them.
    """
    written = passes or len(result.start.weights) <= MOST_WEIGHTS
    sections = [
        title(result),
        _layers(result, layout),
        *([_forward(result, layout), _backward(result, layout)] if written else [_unwritten(result)]),
        gradient_line(result, layout),
        _training(result, layout),
        _map(result, layout) if draw else [],
        _quality(result, layout),
        _ending(result),
    ]
    return [line for section in sections if section for line in ("", *section)][1:]


def undrawn(result: NetworkResult, *, draw: bool) -> tuple[str, ...]:
    """The warning that a map was asked for and cannot be drawn."""
    impossible = draw and result.network is not None and plane_of(result) is None
    return ("no map was drawn: it needs classes over two inputs",) if impossible else ()


def trained(result: NetworkResult, layout: Layout) -> Page:
    """The page of a training alone: the layers, the training, how good the network is, how it ended, the gradient's verdict."""
    sections = [
        title(result), _layers(result, layout), _training(result, layout), _quality(result, layout),
        [*_ending(result), *gradient_line(result, layout)],
    ]  # fmt: skip
    return [line for section in sections if section for line in ("", *section)][1:]


def notes(result: NetworkResult) -> Page:
    """What was assumed, for standard error: one sentence a note."""
    return [line for note in result.notes for line in sentence("note", note, MOST_LINES, Styled("note", "title"))]


def heading(result: NetworkResult) -> tuple[str, str]:
    """What explains what, and the rows: two lines of text."""
    design = result.dealt.design
    uses = (
        (len(result.dealt.train), "to train on"),
        (len(result.validation_rows), "to stop by"),
        (len(result.test_rows), "for the test"),
    )
    parts = ", ".join(f"{count:,} {use}" for count, use in uses if count)
    dropped = f", {design.n_dropped:,} dropped" if design.n_dropped else ""
    rows = f"{result.n_rows:,} rows" + (f": {parts}" if result.n_rows > len(result.dealt.train) else "") + dropped
    title = f"network {result.architecture.text} of {printable(design.target)} on {', '.join(map(printable, design.names))}"
    return shortened(title, PLAIN_WIDTH), rows


def title(result: NetworkResult) -> list[Line]:
    """What explains what, and the rows: the head of a page."""
    first, second = heading(result)
    return [(Styled(first, "title"),), second]


def _layers(result: NetworkResult, layout: Layout) -> list[Line]:
    """A line a layer."""
    times = "×" if layout.unicode else "x"
    cells: list[list[str]] = [["layer"], ["units"], ["activation"], ["weights"], ["shapes"]]
    for k in range(1, result.architecture.depth + 1):
        layer = _layer(result, k)
        bend = layer["activation"]
        bend = f"batch norm, {bend}" if layer["batch_norm"] else bend
        bend = f"{bend}, dropout {layer['dropout']:g}" if layer["dropout"] else bend
        shapes = ", ".join(f"{name} {times.join(map(str, shape))}" for name, shape in layer["shapes"].items())
        for column, cell in zip(cells, (str(k), f"{layer['units']:,}", bend, f"{layer['n_weights']:,}", shapes), strict=True):
            column.append(cell)
    top, *lines = table(cells)
    what = "inputs" if result.classes else "inputs and target"
    return [(Styled(top, "title"),), *lines, f"{len(result.start.weights):,} weights in all; {what} are standardized"]


def _unwritten(result: NetworkResult) -> list[Line]:
    """How to see what is not shown."""
    return [f"--row {result.row} writes down both passes, forward and backward; --json has them"]


def _forward(result: NetworkResult, layout: Layout) -> list[Line]:
    return [
        (Styled(f"forward pass of row {result.row}, before training", "title"),),
        *net_passes.forward(result, layout),
        *net_passes.outcome(result),
    ]


def _backward(result: NetworkResult, layout: Layout) -> list[Line]:
    return [
        (Styled("backward pass: the derivatives of that loss L", "title"),),
        *net_passes.backward(result, layout),
    ]


def gradient_line(result: NetworkResult, layout: Layout) -> list[Line]:
    """The gradient's verdict, as a sentence."""
    found = result.gradient_check
    text = f"{found.verdict} {layout.dash()} {found.message}"
    return sentence("gradient", text, MOST_LINES, Styled("gradient", "good" if found.verdict == "agree" else "bad"))


def _training(result: NetworkResult, layout: Layout) -> list[Line]:
    """A few epochs, the curves, and what they show."""
    if not result.history:
        return []
    recipe = result.recipe
    strengths = [f"{name} = {value:g}" for name, value in (("l1", recipe.l1), ("l2", recipe.l2)) if value]
    how = f"training by {recipe.optimizer}" + (f" at a rate of {result.rate:g}" if result.rate else "")
    penalty = f"penalty {', '.join(strengths)}" if strengths else "no penalty"
    how += f", {result.batch_size:,} rows in a step, {penalty}"
    top: list[Line] = [(Styled(how, "title"),), *_epochs(result)]
    if len(result.history) == 1:
        return top
    drawn = curves(result)
    lines = learning.losses(
        drawn.epochs, drawn.train, drawn.other, kept=drawn.kept, tested=drawn.part, width=layout.width, unicode=layout.unicode
    )
    return [*top, "", *lines, *_said(result.overfit)]


def _epochs(result: NetworkResult) -> list[Line]:
    """About ten epochs, at equal ratios, and the one that was kept."""
    last = len(result.history) - 1
    chosen = {0, *(round(last ** (k / (MOST_EPOCHS - 2))) for k in range(MOST_EPOCHS - 1))} - ({1} if last < 1 else set())
    if result.kept is not None:
        chosen.add(result.kept)
    shown = [result.history[k] for k in sorted(chosen)]
    metric = "accuracy" if result.classes else "RMSE"
    cells = [["epoch", *aligned([str(epoch.number) for epoch in shown])]]
    parts = [part for part in ("train", "validation", "test") if getattr(shown[0], part)]
    for part, what in [*((part, "loss") for part in parts), *((part, metric) for part in dict.fromkeys((parts[0], parts[-1])))]:
        scores: list[Score] = [getattr(epoch, part) for epoch in shown]
        numbers = [score.loss if what == "loss" else score.metric for score in scores]
        cells.append([f"{part} {what}", *aligned([f"{value:.4g}" for value in numbers])])
    top, *lines = table(cells)
    return [(Styled(top, "title"),), *lines]


def _said(found: Overfit | None) -> list[Line]:
    if found is None:
        return []
    other, train = (f"from {before:.3g} to {after:.3g}" for before, after in (found.other, found.train))
    text = f"since epoch {found.epoch:,}, where it was least, the {found.part} loss rose {other}, while the train loss fell {train}"
    return ["", *sentence("overfitting", text, MOST_LINES, Styled("overfitting", "bad"))]


def _map(result: NetworkResult, layout: Layout) -> list[Line]:
    plane = plane_of(result)
    if plane is None:
        return []
    return [
        *learning.decisions(
            plane.classify, plane.points, plane.labels, plane.classes, names=plane.names, width=layout.width, unicode=layout.unicode
        )
    ]


def _quality(result: NetworkResult, layout: Layout) -> list[Line]:
    """Metrics, and classes against classes."""
    if result.network is None:
        return []
    lines = scores.metric_table(result.metrics, layout)
    if result.classes:
        part = "test" if result.metrics["test"] else "train"
        lines += ["", *scores.class_table(result.metrics[part] or {}, result.classes, f"{part} rows")]
    return lines


def _ending(result: NetworkResult) -> list[Line]:
    """How it ended, and which weights were kept."""
    good = result.network is not None
    label = Styled("trained" if good else "not trained", "good" if good else "bad")
    kept = ""
    if result.validation_rows and result.kept is not None:
        kept = f"; kept: the weights of epoch {result.kept:,}, by which the validation loss is lowest"
    steps = f" ({result.steps:,} step{'s' * (result.steps != 1)})" if result.steps else ""
    return sentence(label.text, result.reason + steps + kept, MOST_LINES, label)
