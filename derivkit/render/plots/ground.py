"""Axes of a plane, which maps and contours are drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.render.plane import Plane
from derivkit.render.plots.canvas import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_TICKS = 6
ENTRY = 105  # points of the width of a legend, an entry


def show_plane(axes: Axes, plane: Plane, names: tuple[str, str]) -> None:
    """Show a plane and nothing beyond, and the legend below it, where it covers nothing."""
    from matplotlib.ticker import MaxNLocator

    axes.set(xlim=(plane.low[0], plane.high[0]), ylim=(plane.low[1], plane.high[1]))
    axes.set(xlabel=label(names[0]), ylabel=label(names[1]))
    axes.xaxis.set_major_locator(MaxNLocator(MOST_TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(MOST_TICKS))
    axes.grid(visible=False)
    if axes.get_legend_handles_labels()[1]:
        legend_below(axes)


def legend_below(axes: Axes) -> None:
    """A legend below the axes, as wide as they are."""
    ncols = max(int(axes.bbox.width / axes.figure.dpi * 72 / ENTRY), 1)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=ncols, columnspacing=1.2, handlelength=2.2, borderaxespad=0)
