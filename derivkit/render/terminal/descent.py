"""How a minimization went, in characters: the way over the function, and values and gradients by step."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING

from derivkit.render.landscape import Landscape, Profile, Trajectory, course
from derivkit.render.message import printable, shortened
from derivkit.render.page import PLAIN_WIDTH
from derivkit.render.terminal.axis import Axis
from derivkit.render.terminal.chart import LONGEST_NAME, Curve, Spot, chart, put
from derivkit.render.terminal.frame import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Letters = NDArray[np.str_]

UP = 20  # rows of a map
STEPS_HIGH = 8  # rows of a chart by step
SHADES = " .:-=+%"  # of heights, from the lowest; letters and digits stand out from them
HOLE = "?"
DIGITS = "123456789"  # of the first steps of a way that is alone
LATER = "o"  # its other steps
START, END = "S", "E"


def contour(
    ground: Landscape,
    ways: Sequence[Trajectory],
    names: tuple[str, str],
    *,
    width: int = PLAIN_WIDTH,
    up: int = UP,
    unicode: bool = True,
) -> list[str]:
    """A map of heights with the ways on it.

    A way that is alone shows its first nine steps as digits, the others as o, its start as S and its end as E; of several, each has
    a letter, and a capital letter where it ends.

    Parameters
    ----------
    ground : Landscape
        Of any fineness; each cell shows the nearest height.
    ways : sequence of Trajectory
    names : (str, str)
        The variables.
    width, up : int
        Columns of everything, rows of the map.
    unicode : bool
        Whether characters beyond ASCII can be shown.

    Returns
    -------
    list of str
    """
    plane = ground.plane
    frame = Frame(Axis(plane.low[0], plane.high[0]), Axis(plane.low[1], plane.high[1]), width, up, unicode)
    field = _shades(ground, frame)
    hollow = bool((field == HOLE).any())
    for spot in _spots([(way.name, way.x[:, 0], way.x[:, 1]) for way in ways]):
        put(frame, field, spot)
    across, above = (shortened(printable(name), LONGEST_NAME) for name in names)
    holes = [f"{HOLE} undefined"] if hollow else []
    low = f"heights{' low' if SHADES[0] == ' ' else ''} to high: '{SHADES}'"
    return [above, *frame.lines(field, [across, *_legend(ways), low, *holes])]


def _shades(ground: Landscape, frame: Frame) -> Letters:
    """A shade for each cell, the highest row first: as many cells have one as another."""
    import numpy as np

    rows = np.linspace(0, len(ground.y) - 1, frame.high).round().astype(int)[::-1]
    places = np.linspace(0, len(ground.x) - 1, frame.across).round().astype(int)
    heights = ground.heights[np.ix_(rows, places)]
    known = heights[np.isfinite(heights)]
    ends = np.quantile(known, np.arange(1, len(SHADES)) / len(SHADES)) if len(known) else np.zeros(len(SHADES) - 1)
    field: Letters = np.array(list(SHADES))[np.searchsorted(ends, np.nan_to_num(heights))]
    field[~np.isfinite(heights)] = HOLE
    return field


def curve(
    ground: Profile,
    ways: Sequence[Trajectory],
    name: str,
    *,
    width: int = PLAIN_WIDTH,
    high: int = UP,
    unicode: bool = True,
) -> list[str]:
    """A function of one variable with the ways on it, marked as on a map."""
    spots = _spots([(way.name, way.x[:, 0], way.value) for way in ways])
    line = [Curve("f", ground.x, ground.y)]
    across = shortened(printable(name), LONGEST_NAME)
    lines = chart(line, "value", across, marks=".", points=spots, width=width, high=high, unicode=unicode)
    return [*lines[:-1], "   ".join([lines[-1], *_legend(ways)])]


def _spots(ways: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> list[Spot]:
    """Characters along the ways, what is more important later: steps, early over late, then ends, then the start."""
    alone = len(ways) == 1
    steps, ends = [], []
    for (_, x, y), letter in zip(ways, ascii_lowercase, strict=False):
        marks = (DIGITS + LATER * len(x))[: len(x) - 1] if alone else letter * (len(x) - 1)
        steps += [Spot(*at) for at in zip(x[:0:-1].tolist(), y[:0:-1].tolist(), marks[::-1], strict=True)]
        ends.append(Spot(float(x[-1]), float(y[-1]), END if alone else letter.upper()))
    return [*steps, *ends, Spot(float(ways[0][1][0]), float(ways[0][2][0]), START)]


def _legend(ways: Sequence[Trajectory]) -> list[str]:
    if len(ways) == 1:
        return [f"{START} start", f"{DIGITS[0]} {DIGITS[1]} {LATER} steps", f"{END} end"]
    named = [f"{letter} {shortened(printable(way.name), LONGEST_NAME)}" for letter, way in zip(ascii_lowercase, ways, strict=False)]
    return [f"{START} start", *named, "capital: its end"]


def by_step(ways: Sequence[Trajectory], *, width: int = PLAIN_WIDTH, high: int = STEPS_HIGH, unicode: bool = True) -> list[str]:
    """Values above the least and lengths of gradients by step, in powers of ten: two charts, a line a way."""
    import numpy as np

    found = course(ways)
    lines = []
    for what, every in ((f"value above {found.least:.6g}", found.above), ("gradient norm", found.gradient_norm)):
        if not any((np.isfinite(each) & (each > 0)).any() for each in every):
            continue
        curves = [Curve(way.name, way.step + found.unequal, each) for way, each in zip(ways, every, strict=True)]
        lines += chart(
            curves,
            f"{what}, log scale",
            "step + 1, log scale" if found.unequal else "step",
            logarithmic=True,
            along=Axis.around([curve.x for curve in curves], logarithmic=found.unequal),
            marks="o" if len(ways) == 1 else ascii_lowercase,
            width=width,
            high=high,
            unicode=unicode,
        )
    return lines
