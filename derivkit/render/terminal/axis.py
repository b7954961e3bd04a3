"""From numbers to places along an axis of a picture of characters, and the numbers that are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Cells = NDArray[np.int_]

ROUND = (1, 2, 5, 10)  # what a tick may be, times a power of ten
FARTHEST = 1e300  # beyond, the length of an axis would overflow


@dataclass(frozen=True, slots=True)
class Axis:
    """Ends of an axis, and whether equal steps are equal ratios.

    Attributes
    ----------
    low, high : float
        In order, and not equal; both positive where the axis is logarithmic.
    logarithmic : bool

    Examples
    --------
    >>> Axis(0.0, 10.0).cells([0.0, 4.9, 10.0, 99.0], 11).tolist()
    [0, 5, 10, 10]
    >>> Axis(1e-3, 10.0, logarithmic=True).cells([0.0, 0.01, 1.0], 5).tolist()
    [0, 1, 3]
    """

    low: float
    high: float
    logarithmic: bool = False

    @classmethod
    def around(cls, values: Iterable[Vector], *, logarithmic: bool = False) -> Axis:
        """The shortest axis that holds all finite values; on a logarithmic one, all positive ones.

        Examples
        --------
        >>> Axis.around([[2.0, float("inf"), -1.0], [3.0]])
        Axis(low=-1.0, high=3.0, logarithmic=False)
        >>> Axis.around([[0.0, 5.0, 5.0]], logarithmic=True)
        Axis(low=0.5, high=50.0, logarithmic=True)
        """
        import numpy as np

        every = np.concatenate([np.asarray(each, dtype=float).ravel() for each in values])
        shown = every[(abs(every) <= FARTHEST) & ((every >= 1 / FARTHEST) | (not logarithmic))]
        low, high = (float(shown.min()), float(shown.max())) if len(shown) else (1.0, 1.0)
        if logarithmic:
            return cls(low, high, True) if low < high else cls(low / 10, low * 10, True)
        apart = abs(low) if abs(low) >= 1 / FARTHEST else 1.0
        return cls(low, high) if high - low > 1e-12 * apart else cls(low - apart / 2, low + apart / 2)

    def part(self, values: Vector | Iterable[float]) -> Vector:
        """How far along the axis values lie, from 0 to 1, those beyond its ends at the ends; NaN stays NaN."""
        import numpy as np

        x = np.clip(np.asarray(values, dtype=float), self.low, self.high)
        ends = (self.low, self.high)
        if self.logarithmic:
            x, ends = np.log(x), (math.log(self.low), math.log(self.high))
        return np.asarray((x - ends[0]) / (ends[1] - ends[0]))

    def cells(self, values: Vector | Iterable[float], count: int) -> Cells:
        """The nearest of `count` cells, the first and the last at the ends of the axis; no value may be NaN."""
        return nearest(self.part(values), count)

    def ticks(self, most: int) -> list[float]:
        """At most so many round numbers within the axis; powers of ten on a logarithmic one, if there are two of them.

        Examples
        --------
        >>> Axis(0.0, 37.0).ticks(5)
        [0.0, 10.0, 20.0, 30.0]
        >>> Axis(3e-7, 20.0, logarithmic=True).ticks(4)
        [1e-06, 0.0001, 0.01, 1.0]
        """
        if self.logarithmic:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            if last > first:
                every = 1 + (last - first) // most
                return [10.0**k for k in range(first + (-first) % every, last + 1, every)]
        return self._round(most)

    def _round(self, most: int) -> list[float]:
        raw = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(raw))
        steps = (k * power for k in ROUND)
        step = next(each for each in steps if each >= raw * (1 - 1e-9))
        return [k * step for k in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]


def nearest(part: Vector, count: int) -> Cells:
    """The nearest of `count` cells to parts of an axis."""
    import numpy as np

    return np.asarray(np.floor(part * (count - 1) + 0.5).astype(int))


def tick(value: float) -> str:
    """A number beside an axis: six digits, powers of ten as short as they go.

    Examples
    --------
    >>> tick(0.30000000000000004), tick(1e-06), tick(120000.0)
    ('0.3', '1e-6', '120000')
    """
    mantissa, mark, power = f"{value:.6g}".partition("e")
    return f"{mantissa}e{int(power)}" if mark else mantissa
