"""How a minimization went, in characters: the way over the function, and values and gradients by step."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING

from derivkit.render.landscape import Landscape, Profile
from derivkit.render.message import printable, shortened
from derivkit.render.page import PLAIN_WIDTH
from derivkit.render.terminal.axis import Axis
from derivkit.render.terminal.chart import LONGEST_NAME, Curve, Spot, chart, put
from derivkit.render.terminal.frame import Frame
from derivkit.render.trajectory import Trajectory, course, trajectories_of
from derivkit.render.view import View, view_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.result import MinimizeResult
    from derivkit.optimize.bounds import Bounds

    Letters = NDArray[np.str_]

UP = 20  # rows of a map
FINE = 80, UP  # places across and up at which a function is known
STEPS_HIGH = 8  # rows of a chart by step
SHADES = " .:-=+%"  # of heights, from the lowest; letters and digits stand out from them
HOLE, WALL = "?", "#"
DIGITS = "123456789"  # of the first steps of a way that is alone
LATER = "o"  # its other steps
START, END = "S", "E"


def drawn(result: MinimizeResult, *, width: int = PLAIN_WIDTH, unicode: bool = True) -> list[str]:
    """The ways over the function, and values and gradients by step.

    Parameters
    ----------
    result : MinimizeResult
    width : int
        Columns.
    unicode : bool
        Whether characters beyond ASCII can be shown.

    Returns
    -------
    list of str
        Empty where no method took a step.
    """
    ways = trajectories_of(result)
    if max(len(way.value) for way in ways) < 2:
        return []
    seen = view_of(result, *FINE)
    over = [] if seen is None else [*_over(seen, width, unicode), ""]
    return [*over, *by_step(ways, width=width, unicode=unicode)]


def _over(seen: View, width: int, unicode: bool) -> list[str]:
    if isinstance(seen.ground, Profile):
        return curve(seen.ground, seen.ways, seen.names[0], width=width, unicode=unicode)
    return contour(seen.ground, seen.ways, (seen.names[0], seen.names[1]), seen.bounds, width=width, unicode=unicode)


def contour(
    ground: Landscape,
    ways: Sequence[Trajectory],
    names: tuple[str, str],
    bounds: Bounds | None = None,
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
    bounds : Bounds, optional
        Beyond them nothing of the function is shown.
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
    if bounds is not None:
        field[_beyond(bounds, frame)] = WALL
    special = [f"{mark} {what}" for mark, what in ((HOLE, "undefined"), (WALL, "beyond a bound")) if (field == mark).any()]
    for spot in _spots([(way.name, way.x[:, 0], way.x[:, 1]) for way in ways]):
        put(frame, field, spot)
    across, above = (shortened(printable(name), LONGEST_NAME) for name in names)
    return [above, *frame.lines(field, [across, *_legend(ways), f"heights low to high: '{SHADES}'", *special])]


def _beyond(bounds: Bounds, frame: Frame) -> NDArray[np.bool_]:
    """Which cells lie outside, beyond those that a bound itself goes through; the highest row first."""
    import numpy as np

    out = []
    for axis, count, low, high in (
        (frame.along, frame.across, bounds.low[0], bounds.high[0]),
        (frame.rise, frame.high, bounds.low[1], bounds.high[1]),
    ):
        cells, ends = np.arange(count), axis.cells([low, high], count)
        out.append(((cells < ends[0]) & (low > axis.low)) | ((cells > ends[1]) & (high < axis.high)))
    return np.asarray(out[0] | out[1][::-1, None])


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
