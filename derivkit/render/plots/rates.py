"""Panels of sweeps: what became of learning rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivkit.optimize.outcome import Outcome
from derivkit.render.plots.canvas import COLOURS, GREY, Options, Panel, line_style
from derivkit.render.plots.ground import legend_below
from derivkit.render.plots.panels import logarithmic
from derivkit.render.sweep import above_least, ranks_of
from derivkit.render.terminal.axis import tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from derivkit.minimizing.sweep import Sweep

LOST_AT = 0.97  # of the height of a panel: where marks of what ran away are, lower for each further method
LOWER = 0.045


def of_sweeps(sweeps: Sequence[Sweep], methods: Sequence[str] = ()) -> list[Panel]:
    """Values; and steps, where some rate converged; nothing where nothing was swept.

    Lines look as those of `methods` do in other panels, where they are among them.
    """
    if not sweeps:
        return []
    ranks = ranks_of(sweeps, methods)
    if any(trial.outcome is Outcome.CONVERGED for each in sweeps for trial in each.trials):
        return [values(sweeps, ranks), iterations(sweeps, ranks)]
    return [replace(values(sweeps, ranks), wide=True)]


def values(sweeps: Sequence[Sweep], ranks: Sequence[int]) -> Panel:
    """Final values above the least by learning rate; crosses at the top are rates that ran away."""

    def draw(axes: Axes) -> None:
        least, above = above_least(sweeps)
        for k, each, heights in zip(ranks, sweeps, above, strict=True):
            rates = [trial.lr for trial in each.trials]
            axes.plot(rates, heights, **line_style(k), markersize=4, linewidth=1.4, label=each.method)
            lost = [trial.lr for trial in each.trials if trial.lost]
            top = axes.get_xaxis_transform()
            name = f"{each.method} runs away"
            if lost:
                height = [LOST_AT - LOWER * k] * len(lost)
                axes.plot(lost, height, "x", color=COLOURS[k % 4], markersize=6, transform=top, label=name)
            if each.best is not None:
                height = heights[each.trials.index(each.best)]
                star: Options = {"color": COLOURS[k % 4], "markersize": 13, "markeredgecolor": "black", "linestyle": ""}
                axes.plot(each.best.lr, height, marker="*", **star, zorder=4, label=f"best: {each.best.lr:.3g}")
            if each.stable is not None:
                axes.axvline(each.stable, color=GREY, linestyle=":", linewidth=1.2, label=f"stable below {each.stable:.3g}")
        if any((heights > 0).any() for heights in above):
            logarithmic(axes)
        _across(axes)
        axes.set_ylabel(f"final value above {least:.6g}")

    return Panel("Final value by learning rate", draw)


def iterations(sweeps: Sequence[Sweep], ranks: Sequence[int]) -> Panel:
    """Steps until convergence by learning rate."""
    import numpy as np

    def draw(axes: Axes) -> None:
        for k, each in zip(ranks, sweeps, strict=True):
            rates = [trial.lr for trial in each.trials]
            steps = [trial.iterations if trial.outcome is Outcome.CONVERGED else np.nan for trial in each.trials]
            if np.isfinite(steps).any():
                axes.plot(rates, steps, **line_style(k), markersize=4, linewidth=1.4, label=f"{each.method} converged")
        axes.axhline(sweeps[0].steps, color=GREY, linestyle=":", label="most steps")
        axes.set_xlim(
            min(trial.lr for each in sweeps for trial in each.trials), max(trial.lr for each in sweeps for trial in each.trials)
        )
        axes.set_ylim(bottom=0)
        _across(axes)
        axes.set_ylabel("steps")

    return Panel("Steps until convergence by learning rate", draw)


def _across(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("learning rate")
    legend_below(axes)
