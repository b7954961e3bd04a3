"""How a network learns, in characters: losses by epoch, and which class it gives to every place of a plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any

from derivkit.render.message import printable, shortened
from derivkit.render.page import PLAIN_WIDTH
from derivkit.render.plane import Plane
from derivkit.render.terminal.axis import Axis
from derivkit.render.terminal.chart import LONGEST_NAME, Curve, chart
from derivkit.render.terminal.frame import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Ranks = NDArray[np.int_]

UP = 20  # rows of a map
WRONG = "!"
AREAS = " .:-=~"  # where a class is given, as far as they go; they look different from afar
MANY_DECADES = 30.0  # the ratio of losses from which on an axis is logarithmic


def losses(
    epochs: Any,
    train: Any,
    test: Any = None,
    *,
    kept: float | None = None,
    what: str = "loss",
    tested: str = "test",
    width: int = PLAIN_WIDTH,
    unicode: bool = True,
) -> list[str]:
    """The losses of training and test rows by epoch.

    Parameters
    ----------
    epochs, train : array_like, shape (n,)
    test : array_like, shape (n,), optional
    kept : float, optional
        The epoch whose weights were kept, as early stopping does; it is marked.
    what, tested : str
        What the numbers are, and which rows the second line is of.
    width : int
        Columns.
    unicode : bool
        Whether characters beyond ASCII can be shown.

    Returns
    -------
    list of str

    Examples
    --------
    >>> print("\\n".join(losses([0, 1, 2, 3], [8.0, 4.0, 2.0, 1.0], [8.0, 5.0, 4.0, 5.0], kept=2, width=50)[-4:]))
      │                               :         oooooo
      └┬──────────────┬───────────────┬──────────────┬
       0              1               2              3
      epoch   o train   x test   * several   : kept: 2
    """
    curves = [Curve("train", epochs, train), *([] if test is None else [Curve(tested, epochs, test)])]
    event = None if kept is None else (kept, f"kept: {kept:g}")
    return chart(
        curves, what, "epoch", logarithmic=spans_decades(curve.y for curve in curves), event=event, width=width, unicode=unicode
    )


def spans_decades(lines: Any) -> bool:
    """Whether numbers are positive and so far apart that their ratios say more than their differences."""
    import numpy as np

    every = np.concatenate([np.asarray(each, dtype=float) for each in lines])
    shown = every[np.isfinite(every)]
    return bool(len(shown) and shown.min() > 0 and shown.max() > MANY_DECADES * shown.min())


def decisions(
    classify: Callable[[Matrix], Ranks],
    points: Matrix,
    labels: Ranks,
    classes: Sequence[Any],
    *,
    names: tuple[str, str] = ("x", "y"),
    width: int = PLAIN_WIDTH,
    up: int = UP,
    unicode: bool = True,
) -> list[str]:
    """A map of the class that is given to every place, with rows of data on it.

    Areas of a class have a shade, or a small letter where there are many classes; a capital letter is a row of that class, and rows
    that are given another class are exclamation marks.

    Parameters
    ----------
    classify : callable
        Points of shape (n, 2) to the rank among `classes` that each is given, shape (n,).
    points : array, shape (m, 2)
    labels : array of int, shape (m,)
        The rank among `classes` that each row has.
    classes : sequence
        At most 26.
    names : (str, str)
        What the two coordinates are.
    width, up : int
        Columns of everything, rows of the map.
    unicode : bool

    Returns
    -------
    list of str

    Examples
    --------
    >>> import numpy as np
    >>> places = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> lines = decisions(lambda at: (at[:, 0] > 0.5).astype(int), places, np.array([0, 1, 0, 0]), ["no", "yes"], width=30, up=5)
    >>> print("\\n".join(lines))
    y
    1 │  A          ...........!..
      │             .............
      │             .............
      │             .............
    0 │  A          ...........B..
      └──┬─────────────────────┬──
         0                     1
      x   A no (area blank)
      B yes (area .)
      ! row of another class
    """
    import numpy as np

    plane = Plane.around(points)
    frame = Frame(Axis(plane.low[0], plane.high[0]), Axis(plane.low[1], plane.high[1]), width, up, unicode)
    letters, given = np.array(list(ascii_uppercase)), classify(points)
    shades = np.array(list(AREAS if len(classes) <= len(AREAS) else ascii_lowercase))
    field = shades[classify(plane.grid(frame.across, up)[2])].reshape(up, frame.across)
    rows, places = frame.rise.cells(points[:, 1], up), frame.along.cells(points[:, 0], frame.across)
    right = given == labels
    field[rows[right], places[right]] = letters[labels[right]]
    field[rows[~right], places[~right]] = WRONG  # last, so that what is wrong lies on top
    across, above = (shortened(printable(name), LONGEST_NAME) for name in names)
    named = [
        f"{letter} {shortened(printable(str(each)), LONGEST_NAME)} (area {'blank' if shade == ' ' else shade})"
        for letter, shade, each in zip(letters, shades, classes, strict=False)
    ]
    wrong = [f"{WRONG} row of another class"] if not right.all() else []
    return [above, *frame.lines(field[::-1], [across, *named, *wrong])]
