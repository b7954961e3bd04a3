"""Which errors of which entries would have been seen, and which entries nobody has looked at closely enough."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.blackbox.kinds import Array, Indices

SMALL = 1e-3  # of the largest entry: smaller ones need only be seen to
COARSELY = 1e-2  # this relative error
COARSE = 1e-3  # a tolerance of float32: entries smaller than the root mean square need only be seen to the tolerance of that
DECADES = 12  # below the largest entry; smaller entries, which the value's own rounding hides, are looked at together
UNSEEN_SHARE = 0.01  # of the entries may lie under the noise: among many there are always some near zero


class Coverage:
    """The smallest visible error of every entry so far, times the entry's scale.

    Parameters
    ----------
    gradient, scale : ndarray of float64, shape (d,)
    tolerance : float
    """

    def __init__(self, gradient: Array, scale: Array, tolerance: float) -> None:
        import numpy as np

        self.weights = np.nan_to_num(np.abs(gradient), nan=0.0, posinf=0.0) * scale
        self._largest = float(self.weights.max())
        relative = np.where(self.weights >= SMALL * self._largest, tolerance, max(tolerance, COARSELY))
        self.needed = np.where(self.weights > 0, relative * self.weights, tolerance * self._largest)
        if tolerance >= COARSE and self._largest:
            typical = self._largest * math.sqrt(float(np.square(self.weights / self._largest).mean()))
            self.needed = np.maximum(self.needed, tolerance * typical)
        self.seen = np.full(self.weights.shape, np.inf)
        self._scale = scale
        self._tolerance = tolerance

    def note(self, support: Any, direction: Array, bound: float) -> None:
        """Take down what a line along a direction would have shown of the entries that it moves."""
        import numpy as np

        visible = bound * self._scale[support] / np.abs(direction)
        self.seen[support] = np.minimum(self.seen[support], visible)

    def settle(self, variation: float, rounding: float) -> None:
        """Let a gradient that vanishes beside the function's changes over the scale of the point be seen as zero only."""
        least = rounding ** (2 / 3) * variation
        if self._largest <= least:
            self.weights[:] = 0.0
            self._largest = 0.0
            self.needed[:] = least or math.inf  # nothing changed anywhere: the function is constant

    @property
    def _missing(self) -> NDArray[np.bool_]:
        shown: NDArray[np.bool_] = self.seen <= self.needed
        return ~shown

    @property
    def overlooked(self) -> int:
        """How many entries were not seen well enough, be they few and small."""
        return int(self._missing.sum())

    @property
    def unseen(self) -> Indices:
        """The entries of which an error beyond the tolerance may have gone unseen."""
        import numpy as np

        missing = np.flatnonzero(self._missing)
        moving = int(np.count_nonzero(self.weights))
        small = missing[(self.weights[missing] > 0) & (self.weights[missing] < SMALL * self._largest)]
        return missing if len(small) < len(missing) or len(small) > UNSEEN_SHARE * moving else missing[:0]

    @property
    def resolution(self) -> float | None:
        """The smallest relative error that would have been seen in every entry that is not small beside the others."""
        if not self._largest:
            return None
        large = self.weights >= SMALL * self._largest
        return float((self.seen[large] / self.needed[large]).max()) * self._tolerance

    def decades(self, entries: Indices) -> list[Indices]:
        """Entries of like size, the largest first; those that are zero last."""
        import numpy as np

        weights = self.weights[entries]
        with np.errstate(divide="ignore"):
            decade = np.floor(np.log10(weights))
            lowest = np.floor(np.log10(self._largest)) - DECADES
        decade[weights > 0] = np.maximum(decade[weights > 0], lowest)
        return [entries[decade == power] for power in np.unique(decade)[::-1]]
