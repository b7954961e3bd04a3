"""Where everything in a drawing of a graph stands: the second half of a layered layout, pure geometry.

Each row is placed at the least squares distance from where its neighbours would have it, under the condition that nothing overlaps;
with the order given, that is an isotonic regression, solved by pooling.

Source: Barlow, Bartholomew, Bremner and Brunk, Statistical Inference under Order Restrictions (Wiley 1972), section 1.2 (pooling).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from derivkit.render.layers import Arc, Rows, rows

BETWEEN = 22.0  # pixels between two boxes in a row
_BESIDE = 14.0  # from a passing line to what stands beside it
_DROP = 30.0  # between a row of boxes and one of labels
_DROP_BARE = 20.0  # where there are no labels
_HEAD = 9.0  # of it before a box, for an arrowhead
_SWEEPS = 12
_BOTH = 6  # of them at the end, towards neighbours above and below
_STRAIGHT = 6.0  # how much more it counts that a stem is straight than that a node stands above another
_LOOSE = 0.01  # how much it counts that an item without neighbours stays
_PORTS = 22.0  # at most, between two arrowheads on one box


@dataclass(frozen=True, slots=True)
class Line:
    """A line from one row to the next: down to `leave`, over, and down from `enter`, where `arrow` says that it ends in a box."""

    x: float
    y: float
    leave: float
    enter: float
    to_x: float
    to_y: float
    arrow: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A drawing's geometry, in pixels from its upper left corner; boxes and labels by their centres.

    Attributes
    ----------
    nodes, labels : tuple of (float, float)
        One a node and one an arc.
    lines : tuple of Line
    width, height : float
    """

    nodes: tuple[tuple[float, float], ...]
    labels: tuple[tuple[float, float], ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def lay_out(sizes: Sequence[tuple[float, float]], arcs: Sequence[Arc], label_height: float) -> Placed:
    """Place boxes and labels so that nothing overlaps and every line goes down.

    Parameters
    ----------
    sizes : sequence of (float, float)
        Width and height of every node's box.
    arcs : sequence of Arc
        Each from a smaller number to a larger one.
    label_height : float
        0 where arcs bear no labels.

    Returns
    -------
    Placed

    Raises
    ------
    BudgetError
        If the drawing would hold too many lines.
    """
    placed = rows(len(sizes), arcs)
    widths = [width for width, _ in sizes] + [arc.label or 0.0 for arc in arcs]
    widths += [0.0] * (len(placed.row) - len(widths))
    xs = _across(placed, widths, len(sizes))
    tops, bottoms = _down(placed, sizes, label_height)
    middle = [(top + bottom) / 2 for top, bottom in zip(tops, bottoms, strict=True)]
    centres = [(x, middle[row]) for x, row in zip(xs, placed.row, strict=True)]
    count, labelled = len(sizes), len(sizes) + len(arcs)
    return Placed(
        tuple(centres[:count]),
        tuple(centres[count:labelled]),
        tuple(_lines(placed, centres, sizes, tops, bottoms)),
        max((x + width / 2 for x, width in zip(xs, widths, strict=True)), default=0.0),
        bottoms[-1] if bottoms else 0.0,
    )


def _across(placed: Rows, widths: Sequence[float], count: int) -> list[float]:
    """The horizontal place of every item."""
    xs = [0.0] * len(widths)
    gaps = [_gaps(row, widths) for row in placed.order]
    for row, gap in zip(placed.order, gaps, strict=True):
        for item, x in zip(row, gap, strict=True):
            xs[item] = x - gap[-1] / 2
    stem = [item >= count and not widths[item] for item in range(len(widths))]
    both = [above + below for above, below in zip(placed.above, placed.below, strict=True)]
    for sweep in range(_SWEEPS + _BOTH):
        down = sweep % 2 == 0
        neighbours = both if sweep >= _SWEEPS else placed.above if down else placed.below
        for row, gap in list(zip(placed.order, gaps, strict=True))[:: 1 if down else -1]:
            _draw_near(row, gap, xs, neighbours, stem)
    for run in _stems(placed, stem):
        _straighten(run, xs, placed, widths)
    left = min((x - width / 2 for x, width in zip(xs, widths, strict=True)), default=0.0)
    return [x - left for x in xs]


def _draw_near(
    row: Sequence[int], gap: Sequence[float], xs: list[float], neighbours: Sequence[Sequence[int]], stem: Sequence[bool]
) -> None:
    """Move the items of a row as near to their neighbours as the room between them allows."""
    wanted: list[float] = []
    weights: list[float] = []
    for item in row:
        near = neighbours[item]
        pulls = [_STRAIGHT if stem[item] and stem[n] else 1.0 for n in near]
        weights.append(sum(pulls) or _LOOSE)
        wanted.append(sum(pull * xs[n] for pull, n in zip(pulls, near, strict=True)) / weights[-1] if near else xs[item])
    for item, x in zip(row, spread(wanted, weights, gap), strict=True):
        xs[item] = x


def _stems(placed: Rows, stem: Sequence[bool]) -> Iterator[list[int]]:
    """Every passing line, from its top to its bottom."""
    for top in range(len(stem)):
        if stem[top] and not any(stem[above] for above in placed.above[top]):
            run = [top]
            while more := [below for below in placed.below[run[-1]] if stem[below]]:
                run.append(max(more))  # of a stem and what leaves it, the stem is the younger item
            yield run


def _straighten(run: Sequence[int], xs: list[float], placed: Rows, widths: Sequence[float]) -> None:
    """Let a passing line go straight down as far as there is room for that, and bend only then."""
    straight: list[int] = []
    low, high = -inf, inf
    for item in [*run, None]:
        least, most = (inf, -inf) if item is None else _room(item, xs, placed, widths)
        if straight and max(low, least) > min(high, most):
            middle = sorted(xs[i] for i in straight)[len(straight) // 2]
            for i in straight:
                xs[i] = min(max(middle, low), high)
            straight, low, high = [], -inf, inf
        if item is not None:
            straight.append(item)
            low, high = max(low, least), min(high, most)


def _room(item: int, xs: Sequence[float], placed: Rows, widths: Sequence[float]) -> tuple[float, float]:
    """How far an item may move to the left and to the right without coming too near to what stands beside it."""
    row = placed.order[placed.row[item]]
    k = row.index(item)
    low = xs[row[k - 1]] + _apart(row[k - 1], item, widths) if k else -inf
    high = xs[row[k + 1]] - _apart(item, row[k + 1], widths) if k + 1 < len(row) else inf
    return min(low, xs[item]), max(high, xs[item])


def _gaps(row: Sequence[int], widths: Sequence[float]) -> list[float]:
    """How far each item must at least stand from the first of its row."""
    places = [0.0] * bool(row)
    for left, right in pairwise(row):
        places.append(places[-1] + _apart(left, right, widths))
    return places


def _apart(left: int, right: int, widths: Sequence[float]) -> float:
    return (widths[left] + widths[right]) / 2 + (BETWEEN if widths[left] and widths[right] else _BESIDE)


def spread(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, in weighted least squares, that lie as far apart as `gaps` do.

    Examples
    --------
    >>> spread([0.0, 0.0, 9.0], [1.0, 1.0, 1.0], [0.0, 2.0, 4.0])
    [-1.0, 1.0, 9.0]
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many items
    for want, weight, gap in zip(wanted, weights, gaps, strict=True):
        mean, total, size = want - gap, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, heavy, many = blocks.pop()
            mean, total, size = (mean * total + other * heavy) / (total + heavy), total + heavy, size + many
        blocks.append((mean, total, size))
    means = [mean for mean, _, size in blocks for _ in range(size)]
    return [mean + gap for mean, gap in zip(means, gaps, strict=True)]


def _down(placed: Rows, sizes: Sequence[tuple[float, float]], label_height: float) -> tuple[list[float], list[float]]:
    """The upper and the lower edge of every row."""
    tops: list[float] = []
    bottoms: list[float] = []
    for k, row in enumerate(placed.order):
        height = label_height if k % 2 else max(sizes[item][1] for item in row if item < len(sizes))
        tops.append(bottoms[-1] + (_DROP if label_height else _DROP_BARE) if k else 0.0)
        bottoms.append(tops[-1] + height)
    return tops, bottoms


def _lines(
    placed: Rows,
    centres: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    tops: Sequence[float],
    bottoms: Sequence[float],
) -> list[Line]:
    count = len(sizes)
    lines: list[Line] = []
    for item, ends in enumerate(placed.below):
        row = placed.row[item]
        x, y = centres[item]
        start = y + sizes[item][1] / 2 if item < count else tops[row]
        for end in ends:  # the first of several draws what they share
            boxed = end < count
            to_x, to_y = centres[end]
            if boxed:
                to_x += _port(item, end, placed, centres, sizes[end][0])
                to_y -= sizes[end][1] / 2
            else:
                to_y = tops[row + 1]
            lines.append(Line(x, start, bottoms[row], tops[row + 1] - _HEAD * boxed, to_x, to_y, boxed))
            start = bottoms[row]
    return lines


def _port(item: int, end: int, placed: Rows, centres: Sequence[tuple[float, float]], width: float) -> float:
    """Where a line meets a box, from its middle: several arrowheads stand side by side, in the order of their lines."""
    entrances = sorted(placed.above[end], key=lambda above: centres[above][0])
    apart = min(_PORTS, width / (len(entrances) + 1))
    return (entrances.index(item) - (len(entrances) - 1) / 2) * apart
