"""A field of characters between two axes, with a legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.render.message import columns
from derivkit.render.terminal.axis import Axis, tick

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Letters = NDArray[np.str_]

APART = 12  # columns from tick to tick, at least


@dataclass(frozen=True, slots=True)
class Frame:
    """Two axes, and how much room there is.

    Attributes
    ----------
    along, rise : Axis
        From left to right, and upwards.
    width, high : int
        Columns of everything; rows of the field alone.
    unicode : bool
        Whether characters beyond ASCII can be shown.
    """

    along: Axis
    rise: Axis
    width: int
    high: int
    unicode: bool

    @property
    def labels(self) -> list[str]:
        """What stands beside the rows, the highest first."""
        labels = [""] * self.high
        for value in self.rise.ticks(max(self.high // 2, 2)):
            labels[self.high - 1 - int(self.rise.cells([value], self.high)[0])] = tick(value)
        return labels

    @property
    def left(self) -> int:
        """Columns of the numbers on the left."""
        return max(map(len, self.labels))

    @property
    def across(self) -> int:
        """Columns of the field."""
        return self.width - self.left - 2

    def lines(self, field: Letters, legend: Sequence[str]) -> list[str]:
        """The field, of shape (high, across) with its highest row first, the axes around it, and the parts of a legend."""
        wall = "│" if self.unicode else "|"
        rows = [f"{text.rjust(self.left)} {wall}{''.join(row)}".rstrip() for text, row in zip(self.labels, field, strict=True)]
        return [*rows, *self._foot(), *_wrapped(legend, self.left + 1, self.width)]

    def _foot(self) -> list[str]:
        """The axis across: a line with ticks, and the numbers below them."""
        corner, line, cross = "└─┬" if self.unicode else "+-+"
        start, width = self.left + 2, self.across
        rule, numbers, free = [line] * width, [" "] * self.width, 0
        for value in self.along.ticks(max(width // APART, 2)):
            place, text = int(self.along.cells([value], width)[0]), tick(value)
            rule[place] = cross
            first = min(max(start + place - len(text) // 2, 0), self.width - len(text))
            if first >= free:
                numbers[first : first + len(text)] = text
                free = first + len(text) + 1
        return [" " * (self.left + 1) + corner + "".join(rule), "".join(numbers).rstrip()]


def _wrapped(parts: Sequence[str], indent: int, width: int) -> list[str]:
    """Parts with gaps between them, on as many lines as they need."""
    lines: list[str] = []
    for part in parts:
        if lines and columns(lines[-1]) + 3 + columns(part) <= width:
            lines[-1] += f"   {part}"
        else:
            lines.append(" " * indent + part)
    return lines
