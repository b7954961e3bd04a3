"""Panels of minimizations: the ways over the function, and values and gradients by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.render.landscape import Landscape, Profile
from derivkit.render.plots.canvas import GREY, Options, Panel, label, line_style
from derivkit.render.plots.ground import legend_below, show_plane
from derivkit.render.plots.panels import logarithmic
from derivkit.render.terminal.axis import tick
from derivkit.render.trajectory import Course, Trajectory
from derivkit.render.view import View

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from derivkit.optimize.bounds import Bounds

    Matrix = NDArray[np.float64]
    Vector = NDArray[np.float64]

AREAS = 10  # which the levels divide the plane into, equally large ones
DEEPER, DEEPEST = 0.5, 6.0  # decades from level to level in the lowest of them, and how far down
PALE, GREY_HIGH = 1.0, 0.72  # shades of grey of the lowest and the highest
BELOW = 0.1  # of the least positive number: where 0 is shown
FEW = 25  # steps that are marked one by one
ARROW = 0.12  # of the width of the plane
LONGEST_NAME = 18
OUTLINE = 1.6  # points of white around a way
START: Options = {"marker": "o", "markersize": 9, "markerfacecolor": "white", "markeredgecolor": "black", "linestyle": ""}


def over(seen: View) -> Panel:
    """The ways over the function, of however many variables."""
    if isinstance(seen.ground, Profile):
        return curve(seen.ground, seen.ways, seen.names[0], seen.bounds)
    return contour(seen.ground, seen.ways, (seen.names[0], seen.names[1]), seen.bounds)


def contour(ground: Landscape, ways: Sequence[Trajectory], names: tuple[str, str], bounds: Bounds | None = None) -> Panel:
    """Lines of equal height, in ratios above the least, with the ways; hatched where the function is undefined."""
    import numpy as np

    def draw(axes: Axes) -> None:
        axes.patch.set(hatch="///", edgecolor="#d0d0d0", facecolor="white")  # seen where nothing is drawn on it
        axes.plot(*ways[0].x[0], **START, zorder=5, label="start")
        levels = _levels(ground.heights)
        if len(levels):
            heights, shades = np.ma.masked_invalid(ground.heights), np.linspace(PALE, GREY_HIGH, len(levels) + 1)
            colours = [(shade, shade, shade) for shade in shades]
            areas = axes.contourf(ground.x, ground.y, heights, levels=levels, colors=colours, extend="both")
            areas.set_rasterized(True)  # an SVG is half as long
            axes.contour(ground.x, ground.y, heights, levels=levels, colors="#8b9099", linewidths=0.6, linestyles="solid")
        if bounds is not None:
            _walls(axes, ground, bounds)
        for k, way in enumerate(ways):
            _way(axes, k, way.name, way.x[:, 0], way.x[:, 1])
            if way.falls is not None:
                _falling(axes, ground, way)
        show_plane(axes, ground.plane, names)

    return Panel(_title(ways), draw, wide=True)


def _title(ways: Sequence[Trajectory]) -> str:
    return "The way over the function" if len(ways) == 1 else "The ways over the function"


def _levels(heights: Matrix) -> list[float]:
    """Heights that divide the plane into equal areas; from the lowest on in equal ratios, so that valleys have lines too."""
    import numpy as np

    known = heights[np.isfinite(heights)]
    if not len(known) or not np.ptp(known):
        return []
    areas = np.unique(np.quantile(known, np.arange(1, AREAS) / AREAS))
    return [*np.arange(max(known.min(), areas[0] - DEEPEST), areas[0], DEEPER)[1:].tolist(), *areas.tolist()]


def _way(axes: Axes, k: int, name: str, x: Vector, y: Vector, *, joined: bool = True) -> None:
    """One way, and a larger mark where it ends."""
    from matplotlib import patheffects

    outline = [patheffects.withStroke(linewidth=1.4 + OUTLINE, foreground="white")]
    style = line_style(k) if joined else {**line_style(k), "linestyle": ""}
    step = style if len(x) <= FEW or not joined else {**style, "marker": ""}
    axes.plot(x, y, **step, markersize=3.5, linewidth=1.4, path_effects=outline, zorder=3)
    end: Options = {"markersize": 8, "markeredgecolor": "white", "zorder": 4, "label": label(name, LONGEST_NAME)}
    axes.plot(x[-1:], y[-1:], **style, **end)


def _falling(axes: Axes, ground: Landscape, way: Trajectory) -> None:
    """Arrows at a saddle, along which the function falls on both sides."""
    import numpy as np

    assert way.falls is not None
    size = np.subtract(ground.plane.high, ground.plane.low)
    along = way.falls * ARROW * float(np.min(size / np.maximum(abs(way.falls), 1e-300)))
    for side in (along, -along):
        arrow: Options = {"arrowstyle": "-|>", "color": "black", "linewidth": 1.2}
        axes.annotate("", xy=tuple(way.x[-1] + side), xytext=tuple(way.x[-1]), arrowprops=arrow)
    axes.plot([], [], color="black", marker=">", markersize=5, linewidth=1.2, label="falls from the saddle")


def _walls(axes: Axes, ground: Landscape, bounds: Bounds) -> None:
    """Bounds as lines, and grey beyond them."""

    low, high = bounds.low, bounds.high
    named = False
    walls: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = ((axes.axvline, axes.axvspan), (axes.axhline, axes.axhspan))
    for k, (line, span) in enumerate(walls):
        for end, edge in ((low[k], ground.plane.low[k]), (high[k], ground.plane.high[k])):
            if ground.plane.low[k] < end < ground.plane.high[k]:
                line(end, color="black", linewidth=1.1, label=None if named else "bound")
                span(end, edge, color=GREY, alpha=0.25, linewidth=0)
                named = True


def curve(ground: Profile, ways: Sequence[Trajectory], name: str, bounds: Bounds | None = None) -> Panel:
    """A function of one variable with the ways on it."""

    def draw(axes: Axes) -> None:
        axes.plot(ground.x, ground.y, color="#444444", linewidth=1.3, label="function")
        for end in () if bounds is None else (*bounds.low, *bounds.high):
            if ground.x[0] < end < ground.x[-1]:
                axes.axvline(end, color="black", linewidth=1.1, label="bound")
        axes.plot(ways[0].x[0], ways[0].value[0], **START, zorder=5, label="start")
        for k, way in enumerate(ways):
            _way(axes, k, way.name, way.x[:, 0], way.value, joined=False)
        axes.set_xlim(ground.x[0], ground.x[-1])
        _cut(axes, ground, ways)
        axes.set(xlabel=label(name), ylabel="value")
        legend_below(axes)

    return Panel(_title(ways), draw, wide=True)


def _cut(axes: Axes, ground: Profile, ways: Sequence[Trajectory]) -> None:
    """Show the function as high up as ways went, and half of it in any case: beside them it may be far higher."""
    import numpy as np

    shown = [way.value for way in ways if not way.lost] or [way.value[:1] for way in ways]
    low = np.nanmin(np.concatenate([ground.y, *shown]))
    high = max(np.nanmax(np.concatenate(shown)), np.nanquantile(ground.y, 0.5))
    if low < high:
        axes.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))


def values(found: Course, ways: Sequence[Trajectory]) -> Panel:
    """How far values lie above the least that was found, by step."""
    return _by_step("Value by step", f"value above {found.least:.6g}", found, found.above, ways)


def gradients(found: Course, ways: Sequence[Trajectory]) -> Panel:
    """Lengths of gradients by step."""
    return _by_step("Gradient by step", "gradient norm", found, found.gradient_norm, ways)


def _by_step(title: str, what: str, found: Course, every: Sequence[Vector], ways: Sequence[Trajectory]) -> Panel:
    import numpy as np

    def draw(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        positive = np.concatenate([numbers[np.isfinite(numbers) & (numbers > 0)] for numbers in every])
        low = BELOW * float(positive.min()) if len(positive) else 0.0
        for k, (way, numbers) in enumerate(zip(ways, every, strict=True)):
            shown = np.where(np.isfinite(numbers), np.maximum(numbers, low), np.nan)
            marked: Options = {"markevery": max(len(numbers) // FEW, 1), "markersize": 4, "linewidth": 1.4}
            axes.plot(way.step, shown, **line_style(k), **marked, label=label(way.name, LONGEST_NAME))
        zeros = np.concatenate([way.step[numbers <= 0] for way, numbers in zip(ways, every, strict=True)])
        if len(positive):
            logarithmic(axes)
            if len(zeros):  # of which a logarithmic axis has none
                zero: Options = {"marker": "v", "markerfacecolor": "white", "markeredgecolor": "black", "linestyle": ""}
                axes.plot(zeros, np.full(len(zeros), low), **zero, label="exactly 0")
        if found.unequal:
            _in_ratios(axes)
        else:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel="step", ylabel=what)
        if len(axes.get_legend_handles_labels()[1]) > 1:
            axes.legend()

    return Panel(title, draw)


def _in_ratios(axes: Axes) -> None:
    """Steps on a logarithmic axis that has a 0 all the same."""
    from matplotlib.ticker import FuncFormatter

    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
