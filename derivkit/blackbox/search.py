"""Which entries are to blame: halves of a group, the most suspicious first (group testing)."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from derivkit.finite.stencil import central

if TYPE_CHECKING:
    from derivkit.blackbox.line import Line

SHORT, LONG = central(4), central(8)


def blamed(size: int, signal: Callable[[slice], float], least: float, most: int, whole: float = math.inf) -> list[int]:
    """The places with the largest signals, those of groups in which a large signal is left for few first.

    Parameters
    ----------
    size : int
        How many places there are to search.
    signal : callable
        How strongly a group shows what is searched for, to be added up over its parts.
    least : float
        Signals below this are none.
    most : int
        How many places to find at most.
    whole : float
        The signal of all, where the parts add up to it: then the search ends where what was found explains it, and a half is not
        looked at where the other half explains all of its group.

    Returns
    -------
    list of int

    Notes
    -----
    Every descent follows the stronger halves down to one place. The next one starts from the group left aside whose signal over
    the square root of its length is the largest: errors everywhere, whose signals grow like that root, are so not spread out group
    by group.

    Examples
    --------
    >>> import numpy as np
    >>> wrong = np.arange(1000) == 314
    >>> blamed(1000, lambda group: float(wrong[group].sum()), 0.5, 3)
    [314]
    """
    order = count()
    aside = [(0.0, next(order), slice(0, size), whole)]
    found: list[int] = []
    explained = 0.0
    for _ in range(2 * most):  # some come to nothing
        if not aside or len(found) == most or abs(whole - explained) <= least:
            break
        _, _, group, shown = heapq.heappop(aside)
        while _length(group) > 1:
            halves = sorted(_halves(group, shown, signal, least), key=lambda half: abs(half[1]))
            if not halves:
                break
            group, shown = halves.pop()
            for other, left in halves:
                heapq.heappush(aside, (-abs(left) / math.sqrt(_length(other)), next(order), other, left))
        else:
            found.append(group.start)
            explained += shown
    return found


def _length(group: slice) -> int:
    return int(group.stop - group.start)


def _halves(group: slice, shown: float, signal: Callable[[slice], float], least: float) -> list[tuple[slice, float]]:
    """The halves with a signal; the second is not looked at if the first explains what the group shows."""
    middle = (group.start + group.stop) // 2
    first, second = slice(group.start, middle), slice(middle, group.stop)
    found = [(first, signal(first))]
    if not abs(shown - found[0][1]) <= least:
        found.append((second, signal(second)))
    return [(half, size) for half, size in found if abs(size) > least]


def quick_gap(line: Line, step: float, least: float) -> float:
    """The gap between measured and claimed slope, from the values at one step; infinite where one is missing.

    Eight values are taken, and eight more where those leave open whether the gap exceeds `least`, because the last level of
    extrapolation changes it by too much. A gap that stays open is none.
    """
    for stencil in (SHORT, LONG):
        values = [line(offset * step) for offset in stencil.offsets]
        if not all(map(math.isfinite, values)):
            return math.inf
        slope, before = (_weighed(stencil.weights(1, left_out), values) / step for left_out in (0, 1))
        gap, unsettled = abs(slope - line.claimed), abs(slope - before)
        if gap + unsettled <= least or gap - unsettled > least:
            return slope - line.claimed
    return slope - line.claimed if gap > unsettled else 0.0


def _weighed(weights: tuple[float, ...], values: list[float]) -> float:
    return math.fsum(w * v for w, v in zip(weights, values, strict=False))


def quick_bend(line: Line, step: float) -> float:
    """The change of slope at the point, from the values next to it; infinite where one is missing."""
    bend = (line(step) - 2 * line(0.0) + line(-step)) / step
    return bend if math.isfinite(bend) else math.inf
