"""What became of learning rates, in characters."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING

from derivkit.render.page import PLAIN_WIDTH
from derivkit.render.sweep import above_least, ranks_of
from derivkit.render.terminal.axis import Axis
from derivkit.render.terminal.chart import Curve, chart

if TYPE_CHECKING:
    from derivkit.minimizing.sweep import Sweep

HIGH = 10  # rows


def rates(
    sweeps: Sequence[Sweep], methods: Sequence[str] = (), *, width: int = PLAIN_WIDTH, high: int = HIGH, unicode: bool = True
) -> list[str]:
    """Final values above the least by learning rate, both on logarithmic axes.

    Parameters
    ----------
    sweeps : sequence of Sweep
    methods : sequence of str
        Whose letters are used, where the sweeps are of some of them.
    width, high : int
        Columns of everything, rows of the lines.
    unicode : bool
        Whether characters beyond ASCII can be shown.

    Returns
    -------
    list of str
        Empty where every rate ran away.
    """
    import numpy as np

    least, above = above_least(sweeps)
    if not any((each > 0).any() for each in above):
        return []
    places = [np.array([trial.lr for trial in each.trials]) for each in sweeps]
    curves = [Curve(each.method, lr, values) for each, lr, values in zip(sweeps, places, above, strict=True)]
    stable = sweeps[0].stable if len(sweeps) == 1 else None
    along = Axis.around(places, logarithmic=True)
    return chart(
        curves,
        f"final value above {least:.6g}, log scale",
        "lr, log scale",
        logarithmic=True,
        along=along,
        event=None if stable is None or not along.low <= stable <= along.high else (stable, "stable below"),
        marks="o" if len(sweeps) == 1 else "".join(ascii_lowercase[rank] for rank in ranks_of(sweeps, methods)),
        width=width,
        high=high,
        unicode=unicode,
    )
