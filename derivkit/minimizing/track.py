"""The way of a method, remembered in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.minimizing.result import Path

if TYPE_CHECKING:
    from derivkit.optimize.loop import Place
    from derivkit.optimize.minimum import Progress, Vector

MOST_NUMBERS = 4_000_000  # of all places together


class Track:
    """A `loop.Watch` that remembers places; when they are too many, every other one is forgotten.

    Parameters
    ----------
    told : callable, optional
        Told the number of steps and the value as well.
    """

    def __init__(self, told: Progress | None = None) -> None:
        self._told = told
        self._every = 1
        self._offset = 0
        self._places: list[tuple[int, Vector, float, float]] = []

    def __call__(self, step: int, place: Place) -> None:
        """Remember a place; steps that begin again at 0 go on from the last one."""
        import numpy as np

        if step == 0 and self._places:
            self._offset = self._places[-1][0] + 1
        step += self._offset
        if step % self._every == 0:
            self._places.append((step, place.x.copy(), float(place.value), float(np.linalg.norm(place.gradient))))
            if len(self._places) * len(place.x) > MOST_NUMBERS:
                self._every *= 2
                self._places = [kept for kept in self._places if kept[0] % self._every == 0]
        if self._told is not None:
            self._told(step, float(place.value))

    def path(self, place: Place, steps: int) -> Path:
        """What was remembered, with the last place."""
        import numpy as np

        if not self._places or not np.array_equal(self._places[-1][1], place.x):
            self._places.append((steps, place.x, float(place.value), float(np.linalg.norm(place.gradient))))
        step, x, value, norm = zip(*self._places, strict=True)
        return Path(np.array(step), np.array(x), np.array(value), np.array(norm))
