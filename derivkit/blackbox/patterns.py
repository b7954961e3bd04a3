"""Slips that a whole gradient shows: a lost factor, a reversed sign, a transposed block. Each is tried on what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.blackbox.words import factor

if TYPE_CHECKING:
    from derivkit.blackbox.argument import Leaf
    from derivkit.blackbox.kinds import Array
    from derivkit.blackbox.line import Slope

LOOSE = 1e-3  # of a gap may be left unexplained
SAME = 1e-6  # relative difference of factors that are the same
MOST_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """The slope along a direction in which every entry moves."""

    direction: Array
    slope: Slope


def pattern_of(blocks: Sequence[Leaf], gradient: Array, readings: Sequence[Reading]) -> str | None:
    """The first slip that explains every measured slope; None where none does, or one slope would explain anything."""
    if len(readings) < 2:
        return None
    return next((text for text, repaired in _repaired(blocks, gradient, readings[0]) if _explains(repaired, readings)), None)


def _explains(gradient: Array, readings: Sequence[Reading]) -> bool:
    """Whether next to nothing is left of every gap."""
    left = (abs(math.fsum(gradient * reading.direction) - reading.slope.measured) for reading in readings)
    return all(rest <= reading.slope.bound + LOOSE * abs(reading.slope.gap) for rest, reading in zip(left, readings, strict=True))


def _repaired(blocks: Sequence[Leaf], gradient: Array, first: Reading) -> Iterator[tuple[str, Array]]:
    """The slips, and the gradient as it would be without them."""
    if first.slope.claimed:
        ratio = first.slope.measured / first.slope.claimed
        yield (
            _missing_factor(ratio, "the gradient"),
            ratio * gradient,
        )
    for block in blocks[:MOST_BLOCKS]:
        if len(block.shape) == 2:
            turned = gradient.copy()
            turned[block.part] = gradient[block.part].reshape(block.shape[::-1]).T.ravel()
            yield f"{block.name} stands transposed", turned
        along = float(gradient[block.part] @ first.direction[block.part])
        if len(blocks) > 1 and along:
            ratio = 1 + first.slope.gap / along
            scaled = gradient.copy()
            scaled[block.part] *= ratio
            yield _missing_factor(ratio, block.name), scaled
    yield "the entries stand in reverse order", gradient[::-1]


def _missing_factor(ratio: float, whose: str) -> str:
    """What a ratio of measured to claimed says; whole numbers beyond two are often numbers of rows."""
    for times, word in ((ratio, "small: a mean taken for a sum"), (1 / ratio if ratio else 0.0, "large: a sum taken for a mean")):
        count = round(times) if math.isfinite(times) else 0
        if count > 2 and abs(times - count) < SAME * count:
            return f"{whose} is {count:,} times too {word}?"
    return f"all of {whose} is off by one factor, {ratio:.6g}" + (f": {known}" if (known := factor(ratio)) else "")
