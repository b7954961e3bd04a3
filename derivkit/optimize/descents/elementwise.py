"""What the first-order descents share: every component of the direction is made from the same component of past gradients.

So a step needs no array besides those that are remembered: it is made block by block, in place, while a block is in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from derivkit.optimize.blocks import block_length, in_blocks
from derivkit.optimize.loop import Place

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector

Numbers = tuple[float, ...]


@dataclass(slots=True)
class Moments:
    """What is remembered; the arrays are written anew at every step.

    Attributes
    ----------
    steps : int
        How many were taken.
    numbers : tuple of float
        What the last step made of its count.
    arrays : tuple of array, each of shape (d,)
    direction : array, shape (d,)
    """

    steps: int
    numbers: Numbers
    arrays: tuple[Vector, ...]
    direction: Vector


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A descent of which every component goes its own way."""

    kept: ClassVar[int] = 1
    """How many arrays are remembered."""

    def start(self, x: Vector) -> Moments:
        """No step, and zeros."""
        import numpy as np

        return Moments(0, (), tuple(np.zeros_like(x) for _ in range(self.kept)), np.empty_like(x))

    def numbers(self, steps: int, last: Numbers) -> Numbers:
        """What the formula takes besides arrays at this step, the first being 1; `last` are those of the step before."""
        return ()

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Bring a block of the remembered arrays up to date, and write the direction; `spare` may hold anything."""
        raise NotImplementedError

    def direction(self, place: Place, memory: Moments) -> tuple[Vector, Moments]:
        """What the formula says; the array is written over at the next step."""
        import numpy as np

        gradient, arrays, direction = place.gradient, memory.arrays, memory.direction
        steps = memory.steps + 1
        numbers = self.numbers(steps, memory.numbers)

        def work(blocks: Iterator[slice]) -> None:
            spare = np.empty(min(block_length(direction), len(direction)), direction.dtype)
            for block in blocks:
                part = direction[block]
                self.write(gradient[block], tuple(array[block] for array in arrays), part, spare[: len(part)], numbers)

        in_blocks(direction, work)
        return direction, Moments(steps, numbers, arrays, direction)
