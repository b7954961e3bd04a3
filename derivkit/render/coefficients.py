"""A table of coefficients with their errors, tests and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivkit.render.message import columns, printable
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Styled
from derivkit.render.scores import number

if TYPE_CHECKING:
    from derivkit.models.inference import Coefficient

NARROWEST_NAME = 8
DIGITS = (6, 5, 4)  # of estimates: fewer where there is not the room
ROUNDING = 1e-12  # of its standard error: a smaller estimate is shown as 0
SYMBOLS = {"t": "t", "normal": "z"}


def coefficients(found: Sequence[Coefficient], target: str, distribution: str, layout: Layout) -> list[Line]:
    """The coefficients, class by class where there are several."""
    for digits in DIGITS:
        heading, *rows = table(_cells(found, distribution, digits))
        room = layout.width - 2 - max(map(len, (heading, *rows)))
        if room >= NARROWEST_NAME:
            break
    names = [_cut(printable(c.name), max(room, NARROWEST_NAME)) for c in found]
    widest = max(map(columns, names))
    lines: list[Line] = [(Styled(" " * (widest + 2) + heading, "title"),)]
    last = None
    for coefficient, name, row in zip(found, names, rows, strict=True):
        if coefficient.class_ is not None and coefficient.class_ != last:
            last = coefficient.class_
            lines.append(f"{printable(target)} = {printable(str(last))}")
        lines.append(name + " " * (widest - columns(name) + 2) + row)
    return lines


def _cells(found: Sequence[Coefficient], distribution: str, digits: int) -> list[list[str]]:
    cells = [["estimate", *aligned([number(_without_rounding(c), f".{digits}g") for c in found])]]
    if any(c.standard_error is not None for c in found):
        low, high = ([None if c.ci95 is None else c.ci95[end] for c in found] for end in (0, 1))
        cells += [
            ["std error", *aligned([number(c.standard_error, ".4g") for c in found])],
            [SYMBOLS[distribution], *aligned([number(c.z, ".2f") for c in found])],
            ["p", *aligned([number(c.p_value, ".2g") for c in found])],
            ["95 % from", *aligned([number(value, ".4g") for value in low])],
            ["to", *aligned([number(value, ".4g") for value in high])],
        ]
    return cells


def _without_rounding(c: Coefficient) -> float | None:
    small = c.estimate is not None and c.standard_error is not None and abs(c.estimate) < ROUNDING * c.standard_error
    return 0.0 if small else c.estimate


def _cut(name: str, width: int) -> str:
    """A name in at most so many columns, its end kept: levels of one category differ there."""
    if columns(name) <= width:
        return name
    head, tail = (width - 1) // 2, width - 1 - (width - 1) // 2
    return f"{name[:head]}…{name[-tail:]}"
