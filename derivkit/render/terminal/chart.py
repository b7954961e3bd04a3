"""Lines over numbers, such as losses over epochs, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.render.message import printable, shortened
from derivkit.render.page import PLAIN_WIDTH
from derivkit.render.terminal.axis import Axis, nearest
from derivkit.render.terminal.frame import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Letters = NDArray[np.str_]

MARKS = "ox+#@%&="  # of lines, in their order; who sees no colours tells them apart as well
SEVERAL = "*"  # lines in one place
EVENT = ":"
HIGH = 12  # rows of a chart
MOST_POINTS = 1_000  # of a line that are joined in as many pieces as there are columns
LONGEST_NAME = 24


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line of a chart: numbers over numbers, both of shape (n,); where a number is not finite, the line is interrupted."""

    name: str
    x: Vector
    y: Vector


@dataclass(frozen=True, slots=True)
class Spot:
    """A character at a place."""

    x: float
    y: float
    mark: str


def chart(
    curves: Sequence[Curve],
    up: str,
    across: str,
    *,
    logarithmic: bool = False,
    along: Axis | None = None,
    event: tuple[float, str] | None = None,
    marks: str = MARKS,
    points: Sequence[Spot] = (),
    width: int = PLAIN_WIDTH,
    high: int = HIGH,
    unicode: bool = True,
) -> list[str]:
    """Draw lines.

    Parameters
    ----------
    curves : sequence of Curve
        At most as many as there are `marks`.
    up, across : str
        What the numbers are.
    logarithmic : bool
        Whether equal steps upwards are equal ratios; numbers that are not positive lie at the lower end.
    along : Axis, optional
        The axis across; linear around all numbers by default.
    event : (float, str), optional
        A place across that is marked by an upright line, and what happened there.
    marks : str
        A character a line.
    points : sequence of Spot
        What lies on top of the lines, the last at the very top.
    width, high : int
        Columns of everything, rows of the lines.
    unicode : bool
        Whether characters beyond ASCII can be shown.

    Returns
    -------
    list of str

    Examples
    --------
    >>> lines = [Curve("train", [0.0, 1.0, 2.0], [4.0, 2.0, 1.0]), Curve("test", [0.0, 1.0, 2.0], [4.0, 3.0, 3.0])]
    >>> print("\\n".join(chart(lines, "loss", "epoch", width=30, high=4)))
    loss
    4 │****xxxx
      │   oooo****xxxxxxxxxxxxxxxx
    2 │          ooooooooooo
      │                    ooooooo
      └┬────────────┬────────────┬
       0            1            2
      epoch   o train   x test
      * several
    """
    if not curves:
        return []
    rise = Axis.around([curve.y for curve in curves], logarithmic=logarithmic)
    along = along or Axis.around([curve.x for curve in curves])
    frame = Frame(along, rise, width, high, unicode)
    field = _field(curves, frame, event, marks)
    several = bool((field == SEVERAL).any())
    for spot in points:
        put(frame, field, spot)
    return [up, *frame.lines(field, legend_of(curves, across, marks, several=several, event=event))]


def put(frame: Frame, field: Letters, spot: Spot) -> None:
    """Write a character at its place, if that is within the axes."""
    if frame.along.low <= spot.x <= frame.along.high and frame.rise.low <= spot.y <= frame.rise.high:
        row, place = frame.rise.cells([spot.y], frame.high)[0], frame.along.cells([spot.x], frame.across)[0]
        field[frame.high - 1 - row, place] = spot.mark


def _field(curves: Sequence[Curve], frame: Frame, event: tuple[float, str] | None, marks: str) -> Letters:
    """The marks of all lines, the highest row first."""
    import numpy as np

    width, high = frame.across, frame.high
    field = np.full((high, width), " ")
    if event is not None:
        field[:, frame.along.cells([event[0]], width)] = EVENT
    for curve, mark in zip(curves, marks, strict=False):
        x, y = _joined(frame.along.part(curve.x), frame.rise.part(_finite(curve.y)), (width, high))
        covered = np.zeros(field.shape, dtype=bool)
        covered[high - 1 - nearest(y, high), nearest(x, width)] = True
        taken = ~np.isin(field, [" ", EVENT])
        field[covered & taken] = SEVERAL
        field[covered & ~taken] = mark
    return field


def _finite(y: Any) -> Vector:
    import numpy as np

    values = np.asarray(y, dtype=float)
    return np.where(np.isfinite(values), values, np.nan)


def _joined(x: Vector, y: Vector, size: tuple[int, int]) -> tuple[Vector, Vector]:
    """Points of a line, and so many between them that no cell is left out."""
    import numpy as np

    pieces = 2 * max(size) if len(x) <= MOST_POINTS else 2 * min(size)
    between = np.arange(pieces) / pieces
    joined = [np.concatenate([(p[:-1, None] + np.diff(p)[:, None] * between).ravel(), p]) for p in (x, y)]
    drawn = np.isfinite(joined[0]) & np.isfinite(joined[1])
    return joined[0][drawn], joined[1][drawn]


def legend_of(
    curves: Sequence[Curve], across: str, marks: str, *, several: bool, event: tuple[float, str] | None = None
) -> list[str]:
    """What is across, which mark is which line, and what happened."""
    named = [f"{mark} {shortened(printable(curve.name), LONGEST_NAME)}" for curve, mark in zip(curves, marks, strict=False)]
    said = [*([f"{SEVERAL} several"] if several else []), *([f"{EVENT} {event[1]}"] if event else [])]
    return [across, *(named if len(curves) > 1 else []), *said]
