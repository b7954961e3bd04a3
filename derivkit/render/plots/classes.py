"""Panels of models of classes: how well they are told apart, and whether probabilities mean what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.models.areas import area_under_curve
from derivkit.models.diagnostics import roc
from derivkit.render.plots.canvas import BLUE, COLOURS, DASHES, GREY, Panel, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivkit.training.diagnostics import Seen

LONGEST_CLASS = 16
MOST_CURVES = 8  # of more classes, the first so many
MOST_CELLS = 12  # classes whose table is written out
MOST_PLACES = 1_000  # of a curve


def characteristic(seen: Seen, classes: Sequence[Any], target: str, rows: str) -> Panel:
    """The ROC curve of the last of two classes; of more, of each against the rest."""
    import numpy as np

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.9)
        shown = [1] if len(classes) == 2 else range(min(len(classes), MOST_CURVES))
        for k in shown:
            truth, prediction = seen.response == k, seen.predicted[k]
            if truth.all() or not truth.any():
                continue
            curve = np.array(roc(truth, prediction))
            if curve.shape[1] > MOST_PLACES:
                curve = curve[:, np.linspace(0, curve.shape[1] - 1, MOST_PLACES).round().astype(int)]
            area = area_under_curve(truth.astype(float), prediction)
            name = f"{_class(classes[k])}, area {area:.3f}"
            axes.plot(*curve, color=COLOURS[k % 4], linestyle=DASHES[(k // 4 + k) % 4 if len(classes) > 2 else 0], label=name)
        if len(axes.lines) == 1:
            axes.text(0.5, 0.5, "every row is of one class", ha="center", va="center", backgroundcolor="white")
        axes.set_xlabel("false positive rate")
        axes.set_ylabel("true positive rate")
        axes.set_aspect("equal")
        if len(axes.lines) > 1:
            axes.legend(loc="lower right", title=label(target), alignment="left")

    return Panel(f"{'ROC' if len(classes) == 2 else 'ROC of each class'}{rows}", draw)


def calibration(bins: Sequence[Mapping[str, float]], classes: Sequence[Any], target: str, rows: str) -> Panel:
    """Observed shares beside mean probabilities, in ten bins, with the binomial error of each."""
    import numpy as np

    def draw(axes: Axes) -> None:
        said, share, counts = (np.array([each[key] for each in bins]) for key in ("predicted", "observed", "rows"))
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.9, label="equal")
        low, high = _wilson(share, counts)
        axes.errorbar(
            said, share, yerr=(share - low, high - share), fmt="o", color=BLUE, capsize=3, linewidth=1, label="95 % interval"
        )
        for x, y, count in zip(said, share, counts, strict=True):
            axes.annotate(f"{int(count):,}", (x, y), xytext=(5, 5), textcoords="offset points", fontsize=8, color="#444444")
        of = f"{label(target)} = {_class(classes[1])}" if len(classes) == 2 else "the chosen class"
        axes.set_xlabel(f"predicted probability of {of}")
        axes.set_ylabel("observed share (number: rows)")
        axes.set_xlim(-0.04, 1.04)
        axes.set_ylim(-0.04, 1.04)
        axes.set_aspect("equal")
        axes.legend(loc="upper left")

    return Panel(f"Calibration{rows}", draw)


def _wilson(share: Any, rows: Any) -> tuple[Any, Any]:
    """The 95 % interval of a share.

    References
    ----------
    Wilson, J. Am. Statist. Assoc. 22 (1927) 209.
    """
    import numpy as np

    z = 1.959963984540054
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    return np.minimum(middle - half, share), np.maximum(middle + half, share)


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[Any], target: str, rows: str) -> Panel:
    """The table of classes against what they were taken for; shades are shares of a row, and numbers count."""
    import numpy as np

    def draw(axes: Axes) -> None:
        table = np.array(counts, dtype=float)
        shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=2, aspect="auto")
        names, places = [_class(each) for each in classes], range(len(classes))
        step = -(-len(classes) // MOST_CELLS)  # of many classes not all are named
        axes.set_xticks(places[::step], names[::step], rotation=0 if len(classes) <= 4 else 60)
        axes.set_yticks(places[::step], names[::step])
        if len(classes) <= MOST_CELLS:
            for i in places:
                for j in places:
                    axes.text(j, i, f"{counts[i][j]:,}", ha="center", va="center")
        axes.grid(visible=False)
        axes.set_xlabel(f"predicted {label(target)}")
        axes.set_ylabel(f"observed {label(target)}")

    return Panel(f"Confusion{rows}", draw)


def _class(name: Any) -> str:
    return label(str(name), LONGEST_CLASS)
