"""A sweep of learning rates, for people and for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivkit.minimizing.words import few
from derivkit.render.message import sentence
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Styled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.sweep import Sweep, Trial

    Vector = NDArray[np.float64]

MOST_LINES = 4  # of one sentence
BELOW_NEXT = 0.3  # where the least value is shown, as a part of how far the next lies above it
LOWEST_PART = 1e-16  # of the highest value above the least: what lies below is rounding


def document(sweeps: Sequence[Sweep]) -> list[dict[str, Any]]:
    """One object a method and rate."""
    return [
        {
            "method": trial.method,
            "lr": trial.lr,
            "outcome": trial.outcome.value,
            "value": trial.value,
            "iterations": trial.iterations,
            "best": trial is each.best,
            "stable_below": each.stable,
        }
        for each in sweeps
        for trial in each.trials
    ]


def above_least(sweeps: Sequence[Sweep]) -> tuple[float, list[Vector]]:
    """The least value that is known, and how far each sweep's lie above it, of shape (rates,); NaN where a trial ran away.

    All are positive: a trial that has the least value itself is shown a little below the next.
    """
    import numpy as np

    values = [np.array([np.nan if trial.lost else trial.value for trial in each.trials]) for each in sweeps]
    known = np.concatenate([*values, [each.least for each in sweeps]])
    known = known[np.isfinite(known)]
    if not len(known):
        return 0.0, values
    least = float(known.min())
    above = np.unique(known - least)
    floor = max(LOWEST_PART * above[-1], *(above[above > 0][:1] * BELOW_NEXT), np.finfo(float).tiny)
    return least, [np.where(np.isnan(each), np.nan, np.maximum(each - least, floor)) for each in values]


def ranks_of(sweeps: Sequence[Sweep], methods: Sequence[str]) -> list[int]:
    """Which line each sweep is: that of its method, where the others are drawn as well."""
    names = [each.method for each in sweeps]
    return [(methods if set(names) <= set(methods) else names).index(name) for name in names]


def page(sweeps: Sequence[Sweep], layout: Layout, methods: Sequence[str] = ()) -> list[Line]:
    """What came of every rate, the values as a chart, in the letters of `methods`, and what there is to say of each method."""
    from derivkit.render.terminal.rates import rates

    steps = few(sweeps[0].steps, "step")
    lines: list[Line] = [(Styled("learning rates", "title"), f", {steps} at most with each")]
    heading, *rows = table(_one(sweeps[0]) if len(sweeps) == 1 else _several(sweeps))
    lines += [(Styled(heading, "title"),), *rows, "", *rates(sweeps, methods, width=layout.width, unicode=layout.unicode), ""]
    return [*lines, *(line for each in sweeps for line in sentence(each.method, told(each), MOST_LINES))]


def _one(each: Sweep) -> list[list[str]]:
    return [
        ["lr", *_rates(each)],
        ["outcome", *(trial.outcome.value for trial in each.trials)],
        ["value", *aligned([f"{trial.value:.6g}" for trial in each.trials])],
        ["iterations", *(str(trial.iterations) for trial in each.trials)],
    ]


def _several(sweeps: Sequence[Sweep]) -> list[list[str]]:
    """Values alone, and the outcome where there is no value to speak of."""
    return [["lr", *_rates(sweeps[0])], *([each.method, *map(_cell, each.trials)] for each in sweeps)]


def _cell(trial: Trial) -> str:
    return trial.outcome.value if trial.lost else f"{trial.value:.4g}"


def _rates(each: Sweep) -> list[str]:
    return aligned([f"{trial.lr:.4g}" for trial in each.trials])


def told(each: Sweep) -> str:
    """The best rate, the first that ran away, and what theory says."""
    best, lost = each.best, each.first_lost
    said = (
        ["every rate runs away"]
        if best is None
        else [f"best at {best.lr:.4g}: {best.value:.6g} after {few(best.iterations, 'step')}"]
    )
    if best is not None and lost is not None:
        said.append(f"runs away from {lost.lr:.4g} on")
    if each.stable is not None:
        said.append(f"rates below {each.stable:.4g} are stable at the minimum, by the largest eigenvalue of the Hessian there")
    return "; ".join(said)
