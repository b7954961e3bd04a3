"""The cells of a column: numbers or words, missing ones as null; and what they tell of the column's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from derivkit.data.words import MISSING, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["number", "boolean", "decimal comma", "category"]


def cleaned(series: pl.Series) -> pl.Series:
    """The cells as floats or as words without blanks around them; null where there is no value.

    Raises
    ------
    DataError
        If they are neither numbers nor words.
    """
    import polars as pl

    kind = series.dtype
    if kind == pl.Float64:
        return series.fill_nan(None)
    if kind == pl.Boolean or kind.is_numeric():
        return series.cast(pl.Float64).fill_nan(None)
    if kind in (pl.Categorical, pl.Enum, pl.Null):
        series = series.cast(pl.String)
    elif kind != pl.String:
        raise DataError(f"the column {shown(series.name)} holds {kind}, which is not a number", hint="leave it out with --features")
    cells = series.str.strip_chars()
    return cells.set(cells.str.to_lowercase().is_in(list(MISSING)), None)


def as_words(cells: pl.Series) -> pl.Series:
    """Cleaned cells as words; whole numbers without a decimal point."""
    import polars as pl

    if cells.dtype == pl.String:
        return cells
    words = (None if value is None else str(int(value)) if value.is_integer() else repr(value) for value in cells)
    return pl.Series(cells.name, words, dtype=pl.String)


def numbers_of(cells: pl.Series, kind: Kind) -> pl.Series:
    """Cleaned cells of a kind of numbers as floats, NaN where there is no value."""
    import polars as pl

    if cells.dtype != pl.Float64 and kind == "boolean":
        cells = cells.str.to_lowercase() == "true"
    elif cells.dtype != pl.Float64 and kind == "decimal comma":
        cells = cells.str.replace(",", ".", literal=True)
    return cells.cast(pl.Float64).fill_null(float("nan"))
