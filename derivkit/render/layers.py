"""Which row every node of a drawing stands in, and in which order: the first half of a layered layout.

Rows follow from the longest paths to the output, so that a node stands right above the first that uses it. A line that passes rows
does so as an invisible item in each of them; all lines that leave one node share these, like the branches of one stem. Items
are ordered as the expression is read, then by the means of their neighbours' places while that lessens crossings.

Source: Sugiyama, Tagawa and Toda, IEEE Trans. Systems, Man and Cybernetics 11 (1981) 109-125; Barth, Mutzel and Jünger, J. Graph
Algorithms and Applications 8 (2004) 179-194 (counting crossings).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from derivkit.errors import BudgetError

MOST_ITEMS = 40_000
_SWEEPS = 12
_PATIENCE = 4  # sweeps without fewer crossings


@dataclass(frozen=True, slots=True)
class Arc:
    """A line from a node to one that uses it, with the width of the label that it bears; None without one."""

    source: int
    target: int
    label: float | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Nodes, labels and passing lines as items in rows.

    Items 0 to n - 1 are the nodes, item n + k stands right above the target of arc k (it is its label, if it bears one), the others
    are passing lines.

    Attributes
    ----------
    row : list of int
        The row of every item, from the top.
    above, below : list of list of int
        The items that every item is joined with in the row above and in the row below.
    order : list of list of int
        The items of every row, from the left.
    """

    row: list[int]
    above: list[list[int]]
    below: list[list[int]]
    order: list[list[int]]


def layers(count: int, arcs: Sequence[Arc]) -> list[int]:
    """The layer of every node: the output in the last, every other right above the first that uses it.

    Parameters
    ----------
    count : int
        How many nodes there are.
    arcs : sequence of Arc
        Each from a smaller number to a larger one.

    Examples
    --------
    >>> layers(4, [Arc(0, 2), Arc(1, 2), Arc(1, 3), Arc(2, 3)])
    [0, 0, 1, 2]
    """
    depths = [0] * count
    for arc in sorted(arcs, key=lambda arc: arc.target, reverse=True):
        depths[arc.source] = max(depths[arc.source], depths[arc.target] + 1)
    deepest = max(depths, default=0)
    return [deepest - depth for depth in depths]


def rows(count: int, arcs: Sequence[Arc]) -> Rows:
    """Put nodes, labels and passing lines in rows, in an order with few crossings.

    Every second row holds labels and lines only, so that a label has a place of its own.

    Raises
    ------
    BudgetError
        If lines pass so many rows that the drawing would hold more than 40,000 items.
    """
    placed = _placed(count, arcs)
    _as_read(placed, count)
    _uncross(placed)
    return placed


def _placed(count: int, arcs: Sequence[Arc]) -> Rows:
    row = [2 * layer for layer in layers(count, arcs)]
    row += [row[arc.target] - 1 for arc in arcs]
    above: list[list[int]] = [[] for _ in row]
    below: list[list[int]] = [[] for _ in row]
    stems = list(range(count))  # the lowest item of every node's stem

    def join(upper: int, lower: int) -> None:
        below[upper].append(lower)
        above[lower].append(upper)

    for k in sorted(range(len(arcs)), key=lambda k: row[count + k]):
        arc, entrance = arcs[k], count + k
        while row[stems[arc.source]] < row[entrance] - 1:
            if len(row) >= MOST_ITEMS:
                raise BudgetError("the drawing would hold too many lines")
            row.append(row[stems[arc.source]] + 1)
            above.append([])
            below.append([])
            join(stems[arc.source], len(row) - 1)
            stems[arc.source] = len(row) - 1
        join(stems[arc.source], entrance)
        join(entrance, arc.target)
    return Rows(row, above, below, [[] for _ in range(max(row, default=-1) + 1)])


def _as_read(placed: Rows, count: int) -> None:
    """Order the items as a walk from the outputs meets them: for a tree, that is an order without crossings."""
    seen: set[int] = set()
    stack = [node for node in range(count) if not placed.below[node]]
    while stack:
        item = stack.pop()
        if item not in seen:
            seen.add(item)
            placed.order[placed.row[item]].append(item)
            stack.extend(sorted(placed.above[item], reverse=True))


def _uncross(placed: Rows) -> None:
    """Sweep over the rows, up and down in turn, and keep the order with the fewest crossings."""
    fewest, best, tired = crossings(placed), [list(row) for row in placed.order], 0
    for sweep in range(_SWEEPS):
        if not fewest or tired == _PATIENCE:
            break
        neighbours = placed.above if sweep % 2 else placed.below
        for row in placed.order if sweep % 2 else reversed(placed.order):
            _by_means(row, neighbours, placed)
        found, tired = crossings(placed), tired + 1
        if found < fewest:
            fewest, best, tired = found, [list(row) for row in placed.order], 0
    placed.order[:] = best


def _by_means(row: list[int], neighbours: Sequence[Sequence[int]], placed: Rows) -> None:
    """Order the items of a row by the means of their neighbours' places; one without neighbours stays where it is."""
    joined = [item for item in row if neighbours[item]]
    if len(joined) < 2:
        return
    place = {item: k for k, item in enumerate(placed.order[placed.row[neighbours[joined[0]][0]]])}
    means = {item: sum(place[n] for n in neighbours[item]) / len(neighbours[item]) for item in joined}
    ordered = iter(sorted(joined, key=means.__getitem__))
    row[:] = [next(ordered) if item in means else item for item in row]


def crossings(placed: Rows) -> int:
    """How often lines between neighbouring rows cross."""
    total = 0
    for upper, lower in pairwise(placed.order):
        place = {item: k for k, item in enumerate(lower)}
        met: list[int] = []
        for item in upper:
            ends = sorted(place[end] for end in placed.below[item])
            total += sum(len(met) - bisect_right(met, end) for end in ends)
            for end in ends:
                insort(met, end)
    return total
