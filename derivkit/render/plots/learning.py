"""Panels of networks: losses by epoch, and which class is given to every place of a plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.render.plane import Plane
from derivkit.render.plots.canvas import COLOURS, GREY, SHAPES, Panel, label
from derivkit.render.plots.ground import show_plane
from derivkit.render.plots.panels import logarithmic, thinned
from derivkit.render.terminal.learning import spans_decades

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Ranks = NDArray[np.int_]

FINE = 240  # places of a map, in either direction
PALE = 0.22
MOST_EPOCHS_MARKED = 40


def losses(
    epochs: Any, train: Any, test: Any = None, *, kept: float | None = None, what: str = "loss", tested: str = "test"
) -> Panel:
    """The losses of training and test rows by epoch; what is asked for is as in `render.terminal.learning.losses`."""
    import numpy as np

    lines = [("train", np.asarray(train), "-"), *([] if test is None else [(tested, np.asarray(test), "--")])]

    def draw(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        for k, (name, values, dashes) in enumerate(lines):
            marked = SHAPES[k] if len(values) <= MOST_EPOCHS_MARKED else None
            axes.plot(epochs, values, color=COLOURS[k], linestyle=dashes, marker=marked, markersize=4, linewidth=1.5, label=name)
        if kept is not None:
            axes.axvline(kept, color=GREY, linestyle=":", label=f"kept: epoch {kept:g}")
        if spans_decades([values for _, values, _ in lines]):
            logarithmic(axes)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("epoch")
        axes.set_ylabel(label(what))
        axes.legend()

    return Panel("Course of the training", draw)


def decisions(
    classify: Callable[[Matrix], Ranks],
    points: Matrix,
    labels: Ranks,
    classes: Sequence[Any],
    *,
    names: tuple[str, str] = ("x", "y"),
) -> Panel:
    """Which class is given to every place, with rows on it; what is asked for is as in `render.terminal.learning.decisions`."""

    def draw(axes: Axes) -> None:
        from matplotlib.colors import ListedColormap, to_rgb

        plane, count = Plane.around(points), len(classes)
        x, y, places = plane.grid(FINE, FINE)
        given = classify(places).reshape(FINE, FINE)
        paler = [tuple(1 - PALE * (1 - part) for part in to_rgb(COLOURS[k % 4])) for k in range(count)]
        axes.pcolormesh(x, y, given, cmap=ListedColormap(paler), vmin=-0.5, vmax=count - 0.5, shading="nearest", rasterized=True)
        for k in range(count):
            if (given == k).any() and (given != k).any():
                axes.contour(x, y, given == k, levels=[0.5], colors="#555555", linewidths=0.6)
        shown = thinned(len(points))
        for k, each in enumerate(classes):
            of = points[shown][labels[shown] == k]
            axes.plot(*of.T, linestyle="", marker=SHAPES[k % 8], color=COLOURS[k % 4], markersize=4, label=label(str(each), 16))
        wrong = points[shown][classify(points[shown]) != labels[shown]]
        if len(wrong):
            axes.scatter(wrong[:, 0], wrong[:, 1], s=90, facecolors="none", edgecolors="black", label="given another class")
        show_plane(axes, plane, names)

    return Panel("Classes over the plane", draw)
