"""Numbers for people: shortest exact form alone, aligned on the decimal point in columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

NEGLIGIBLE = 1e-25  # smaller relative errors say more of the reference than of the route
TABLE_DIGITS = 10  # significant digits of numbers in a table; a number alone has all that it needs


def number(value: float | None) -> str:
    """A number at full precision, in its shortest form; "no value" where there is none.

    Examples
    --------
    >>> from derivkit.render.numbers import number
    >>> number(24.0), number(0.1), number(1e300)
    ('24', '0.1', '1e+300')
    """
    if value is None:
        return "no value"
    text = repr(float(value))
    return text.removesuffix(".0")


def rounded(value: float | None) -> str:
    """A number as a table shows it."""
    return "-" if value is None else f"{value:.{TABLE_DIGITS}g}"


def magnitude(value: float | None) -> str:
    """A relative error: one digit and a power of ten; below `NEGLIGIBLE` only that it is."""
    if value is None:
        return "-"
    if 0 < value < NEGLIGIBLE:
        return f"<{NEGLIGIBLE:.0e}"
    return f"{value:.0e}" if value and math.isfinite(value) else f"{value:g}"


def rounded_up(error: float) -> str:
    """A bound with two digits, never smaller than it is.

    Examples
    --------
    >>> from derivkit.render.numbers import rounded_up
    >>> rounded_up(1.01e-16), rounded_up(0.0)
    ('1.1e-16', '0')
    """
    from decimal import ROUND_UP, Context, Decimal

    return f"{Context(prec=2, rounding=ROUND_UP).create_decimal(Decimal(error)):e}" if error else "0"


def aligned(texts: Sequence[str]) -> list[str]:
    """Numbers as text, padded to one width with their decimal points under one another.

    Examples
    --------
    >>> from derivkit.render.numbers import aligned
    >>> aligned(["1.25", "-10", "3e-05"])
    ['  1.25 ', '-10    ', '  3e-05']
    """
    places = [_point(text) for text in texts]
    left = max(places, default=0)
    padded = [" " * (left - place) + text for place, text in zip(places, texts, strict=True)]
    width = max(map(len, padded), default=0)
    return [text.ljust(width) for text in padded]


def _point(text: str) -> int:
    return next((place for place, character in enumerate(text) if character in ".e"), len(text))


def point(at: Mapping[str, float]) -> str:
    """A point: `x = 1, y = 2`."""
    return ", ".join(f"{name} = {number(value)}" for name, value in at.items())


def table(columns: Iterable[Sequence[str]]) -> list[str]:
    """Columns of cells, a heading first in each, as lines; every column is as wide as its widest cell."""
    listed = [list(column) for column in columns]
    widths = [max(map(len, column)) for column in listed]
    rows = zip(*listed, strict=True)
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
