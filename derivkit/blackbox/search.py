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
    Of two groups the one with the larger signal over the square root of its length goes first. Errors everywhere, whose signals
    grow like that root, are so followed down to some entries, not spread out group by group.

    Examples
    --------
    >>> import numpy as np
    >>> wrong = np.arange(1000) == 314
    >>> blamed(1000, lambda group: float(wrong[group].sum()), 0.5, 3)
    [314]
    """
    order = count()
    heap = [(0.0, next(order), slice(0, size), whole)]
    found: list[int] = []
    explained = 0.0
    for _ in range(most * (size.bit_length() + 1)):  # what it takes to come down to so many, if every step is one of theirs
        if not heap or len(found) == most or abs(whole - explained) <= least:
            break
        _, _, group, shown = heapq.heappop(heap)
        if group.stop - group.start == 1:
            found.append(group.start)
            explained += shown
            continue
        for half, left in _halves(group, shown, signal, least):
            if abs(left) > least:
                heapq.heappush(heap, (-abs(left) / math.sqrt(half.stop - half.start), next(order), half, left))
    return found


def _halves(group: slice, shown: float, signal: Callable[[slice], float], least: float) -> list[tuple[slice, float]]:
    """Both halves with their signals, the second one only if the first does not explain what the group shows."""
    middle = (group.start + group.stop) // 2
    first, second = slice(group.start, middle), slice(middle, group.stop)
    size = signal(first)
    return [(first, size)] if abs(shown - size) <= least else [(first, size), (second, signal(second))]


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
