"""Lowest and highest values, and what they do to a step and to a gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.blocks import in_blocks
from derivkit.optimize.loop import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.minimum import Vector


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """A box: every component between its lowest and its highest value.

    Attributes
    ----------
    low, high : array of float, shape (d,)
        Infinite where there is no bound.

    Examples
    --------
    >>> import numpy as np
    >>> box = Bounds(np.array([0.0, -np.inf]), np.array([1.0, 5.0]))
    >>> box.nearest(np.array([-3.0, -3.0]))
    array([ 0., -3.])
    """

    low: Vector
    high: Vector

    @property
    def any(self) -> bool:
        """Whether anything is bounded."""
        import numpy as np

        return bool(np.isfinite(self.low).any() or np.isfinite(self.high).any())

    def nearest(self, x: Vector) -> Vector:
        """The place within that is nearest."""
        return x.clip(self.low, self.high)

    def free(self, place: Place, margin: float = 0.0) -> NDArray[np.bool_]:
        """The components that are not at a bound, or within the margin of one, with the gradient holding them there."""
        low = (place.x <= self.low + margin) & (place.gradient > 0)
        high = (place.x >= self.high - margin) & (place.gradient < 0)
        return ~(low | high)

    def gradient(self, place: Place) -> Vector:
        """The gradient with zeros for the components that a bound holds; zero at a minimum within."""
        return place.gradient * self.free(place)


def moved(place: Place, length: float, direction: Vector, bounds: Bounds | None) -> Vector:
    """The place so far along a direction; within the bounds, the nearest to it."""
    import numpy as np

    x = np.empty_like(direction)

    def work(blocks: Iterator[slice]) -> None:
        for block in blocks:
            part = x[block]
            np.multiply(direction[block], length, out=part)
            part += place.x[block]

    in_blocks(x, work)
    return x if bounds is None else bounds.nearest(x)
