"""Which entries are to blame: halves of a group, the worse first (group testing)."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from derivkit.finite.stencil import central

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Indices
    from derivkit.blackbox.line import Line

STENCIL = central(4)


def blamed(entries: Indices, signal: Callable[[Indices], float], least: float, most: int) -> list[int]:
    """The entries with the largest signals, the groups with the largest first.

    Parameters
    ----------
    entries : ndarray of int
        Where to search.
    signal : callable
        How strongly a group shows what is searched for, to be added up over its parts.
    least : float
        Signals below this are none.
    most : int
        How many entries to find at most.

    Returns
    -------
    list of int

    Examples
    --------
    >>> import numpy as np
    >>> blamed(np.arange(1000), lambda group: float((group == 314).sum()), 0.5, 3)
    [314]
    """
    if len(entries) == 1:
        return [int(entries[0])]
    order = count()
    heap = [(-math.inf, next(order), entries)]
    found: list[int] = []
    while heap and len(found) < most:
        size, _, group = heapq.heappop(heap)
        if len(group) == 1:
            found.append(int(group[0]))
            continue
        middle = len(group) // 2
        for half in (group[:middle], group[middle:]):
            size = abs(signal(half))
            if size > least:
                heapq.heappush(heap, (-size, next(order), half))
    return found


def quick_gap(line: Line, step: float) -> float:
    """The gap between measured and claimed slope, from eight values at one step; infinite where a value is missing."""
    values = [line(offset * step) for offset in STENCIL.offsets]
    slope = math.fsum(w * v for w, v in zip(STENCIL.weights(1), values, strict=True)) / step
    return slope - line.claimed if math.isfinite(slope) else math.inf


def quick_bend(line: Line, step: float) -> float:
    """The change of slope at the point, from the values next to it; infinite where one is missing."""
    bend = (line(step) - 2 * line(0.0) + line(-step)) / step
    return bend if math.isfinite(bend) else math.inf
