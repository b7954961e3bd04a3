"""Panels that fits and trainings share: the way of the objective, and residuals from every side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.models.diagnostics import normal_positions, part_means
from derivkit.render.plots.canvas import BLUE, GREY, VERMILLION, Panel, label
from derivkit.render.terminal.axis import tick

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from derivkit.optimize.course import Stage

    Vector = NDArray[np.float64]
    Ranks = NDArray[np.int_]

MOST_MARKS = 1_000  # of one kind in a panel
MOST_STEPS_MARKED = 60
ENOUGH_FOR_A_TREND, PARTS = 100, 10  # rows, and parts whose means are joined
EPSILON = 2.0**-52
DECADE = 10.0
SHORT = 50.0  # a logarithmic axis whose ends have a smaller ratio


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Rows as a picture shows them; all arrays of shape (n,)."""

    name: str
    observed: Vector
    fitted: Vector
    residuals: Vector


MARKS = (  # open rings show how many lie on each other; crosses differ from them without colour
    {"marker": "o", "facecolors": "none", "edgecolors": BLUE, "linewidths": 0.9, "s": 24},
    {"marker": "x", "color": VERMILLION, "linewidths": 1.1, "s": 26},
)


def thinned(n: int) -> Ranks:
    """Places of the rows that are drawn: all, or a part, the same every time."""
    import numpy as np

    from derivkit.data.split import shuffled

    return np.arange(n) if n <= MOST_MARKS else np.sort(shuffled(n, 0)[:MOST_MARKS])


def course(stages: Sequence[Stage], what: str, *, converged: bool) -> Panel:
    """The objective step by step: how far above its minimum, on a logarithmic scale, where one was found; else as it is."""
    several = len(stages) > 1
    above = converged and not several

    def draw(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        points = [point for stage in stages for point in stage]
        steps = list(range(len(points))) if several else [step for step, _ in points]
        values = [value for _, value in points]
        dot = "o" if len(points) <= MOST_STEPS_MARKED else ""
        axes.set_xlabel("step")
        if above:
            lowest = min(values)
            floor = EPSILON * (max(abs(lowest), EPSILON * abs(values[0])) or 1.0)
            values = [max(value - lowest, floor) for value in values]
            logarithmic(axes)
            axes.axhline(floor, color=GREY, linestyle=":", label="rounding")
            axes.set_ylabel(f"{what} above {lowest:.6g}")
            axes.legend()
        else:
            if min(values) > 0 and max(values) > DECADE * min(values):
                logarithmic(axes)
            axes.set_ylabel(what)
        axes.plot(steps, values, color=BLUE, marker=dot, markersize=4, linewidth=1.4)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _mark_stages(axes, stages)

    return Panel("Course of the minimization", draw)


def _mark_stages(axes: Axes, stages: Sequence[Stage]) -> None:
    at = -0.5
    for k, stage in enumerate(stages[:-1]):
        at += len(stage)
        axes.axvline(at, color=GREY, linestyle=":", linewidth=0.9, label=None if k else "begun anew, with another scale or method")
    if len(stages) > 1:
        axes.legend(frameon=True)


def logarithmic(axes: Axes) -> None:
    """A logarithmic axis upwards, with numbers as people write them."""
    from matplotlib.ticker import FuncFormatter

    def between(value: float, _: Any) -> str:
        """Twos and fives have numbers only where there are hardly any powers of ten."""
        low, high = axes.yaxis.get_view_interval()
        return tick(value) if high < SHORT * low and f"{value:e}"[0] in "25" else ""

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    axes.yaxis.set_minor_formatter(FuncFormatter(between))


def observed(kinds: Sequence[Points], name: str) -> Panel:
    """What was observed against what was fitted, with the line on which they are equal."""
    import numpy as np

    def draw(axes: Axes) -> None:
        both = np.concatenate([part for kind in kinds for part in (kind.fitted, kind.observed)])
        ends = [both.min(), both.max()]
        axes.plot(ends, ends, color=GREY, linestyle="--", linewidth=1, label="equal")
        _scatter(axes, kinds, [(kind.fitted, kind.observed) for kind in kinds])
        axes.set_xlabel(f"fitted {label(name)}")
        axes.set_ylabel(f"observed {label(name)}")
        axes.legend()

    return Panel("Observed against fitted", draw)


def residuals(kinds: Sequence[Points], name: str, what: str) -> Panel:
    """Residuals against what was fitted; of many rows, the means of ten parts as well."""
    import numpy as np

    def draw(axes: Axes) -> None:
        axes.axhline(0, color=GREY, linestyle="--", linewidth=1)
        _scatter(axes, kinds, [(kind.fitted, kind.residuals) for kind in kinds])
        first = kinds[0]
        if len(first.fitted) >= ENOUGH_FOR_A_TREND and np.ptp(first.fitted):
            axes.plot(*part_means(first.fitted, first.residuals, PARTS), color="black", linewidth=1.4, label="means of tenths")
        if axes.get_legend_handles_labels()[1]:
            axes.legend()
        axes.set_xlabel(f"fitted {label(name)}")
        axes.set_ylabel(label(what))

    return Panel("Residuals against fitted", draw)


def quantiles(values: Vector, what: str) -> Panel:
    """Sorted residuals, in units of their root mean square, beside those of a normal sample."""
    import numpy as np

    def draw(axes: Axes) -> None:
        n = len(values)
        size = float(np.sqrt((values**2).mean())) or 1.0
        ranks = np.arange(1, n + 1) if n <= MOST_MARKS else np.unique(np.linspace(1, n, MOST_MARKS).round().astype(int))
        expected, low, high = normal_positions(n, ranks)
        axes.fill_between(expected, low, high, color=GREY, alpha=0.2, linewidth=0, label="95 % of normal samples, point by point")
        axes.plot(expected, expected, color=GREY, linestyle="--", linewidth=1)
        axes.scatter(expected, np.sort(values)[ranks - 1] / size, **MARKS[0])  # type: ignore[arg-type]  # options by name
        axes.set_xlabel("normal quantile")
        axes.set_ylabel(f"{label(what)} / root mean square")
        axes.legend(loc="upper left")

    return Panel("Normal quantiles of the residuals", draw)


def _scatter(axes: Axes, kinds: Sequence[Points], places: Sequence[tuple[Vector, Vector]]) -> None:
    for kind, (x, y), mark in zip(kinds, places, MARKS, strict=False):
        chosen = thinned(len(x))
        few = len(chosen) < len(x)
        name = f"{kind.name} rows{f', {len(chosen):,} of {len(x):,}' if few else ''}"
        axes.scatter(x[chosen], y[chosen], label=name if few or len(kinds) > 1 else None, **mark)  # type: ignore[arg-type]  # by name
