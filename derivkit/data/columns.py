"""One column of a table as numbers or as categories, missing cells marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.data.table import Table
from derivkit.data.words import MISSING, is_plain, listed, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?", re.ASCII)
_DECIMAL_COMMA = r"^[+-]?(\d+,\d*|,\d+|\d+)([eE][+-]?\d+)?$"
_THOUSANDS = r"^[+-]?\d{1,3},\d{3}$"


@dataclass(frozen=True)
class Column:
    """One column, all its rows.

    Attributes
    ----------
    name : str
    missing : array of bool, shape (n,)
    numbers : array of float, shape (n,), or None
        Booleans are 0 and 1; NaN where missing. None for a column of words.
    words : array of str objects, shape (n,), or None
        None where missing.
    notes : tuple of str
    """

    name: str
    missing: NDArray[np.bool_]
    numbers: NDArray[np.float64] | None = None
    words: NDArray[Any] | None = None
    notes: tuple[str, ...] = ()


def read_column(table: Table, name: str) -> Column:
    """Tell what a column holds, and take it.

    Raises
    ------
    DataError
        If it holds nothing, dates, an infinity, or words among numbers; the message names column and row.
    """
    import polars as pl

    series = table.frame.get_column(name)
    kind = series.dtype
    if kind == pl.Boolean or kind.is_numeric():
        return _numeric(table, series.cast(pl.Float64).fill_nan(None))
    if kind in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    elif kind == pl.Null:
        raise DataError(f"the column {shown(name)} holds no value", hint="leave it out with --features")
    elif kind != pl.String:
        raise DataError(f"the column {shown(name)} holds {kind}, which is not a number", hint="leave it out with --features")
    return _from_text(table, series)


def _numeric(table: Table, numbers: pl.Series, notes: tuple[str, ...] = ()) -> Column:
    infinite = numbers.is_infinite().fill_null(False).arg_true()
    if len(infinite):
        raise DataError(
            f"the column {shown(numbers.name)} holds an infinite or too large value in {table.place(infinite[0])}",
            hint="leave the cell blank if the value is not known",
        )
    missing = numbers.is_null().to_numpy()
    if missing.all():
        raise DataError(f"the column {shown(numbers.name)} holds no value", hint="leave it out with --features")
    return Column(numbers.name, missing, numbers=numbers.fill_null(float("nan")).to_numpy(), notes=notes)


def _from_text(table: Table, series: pl.Series) -> Column:
    import polars as pl

    cells = series.str.strip_chars()
    cells = cells.set(cells.str.to_lowercase().is_in(list(MISSING)), None)
    given = cells.drop_nulls()
    truths = given.str.to_lowercase()
    if len(given) and truths.is_in(["true", "false"]).all():
        return _numeric(table, (cells.str.to_lowercase() == "true").cast(pl.Float64))
    numbers = cells.cast(pl.Float64, strict=False)
    stray = numbers.is_null() & cells.is_not_null()
    if not stray.any():
        return _numeric(table, numbers)
    if given.str.contains(_DECIMAL_COMMA).all():
        return _with_decimal_comma(table, cells)
    if 2 * stray.sum() <= len(given):
        row = stray.arg_true()[0]
        raise DataError(
            f"the column {shown(series.name)} holds numbers, but {shown(repr(cells[row]))} in {table.place(row)}",
            hint="correct the cell, or leave it blank",
        )
    return _categories(table, cells)


def _with_decimal_comma(table: Table, cells: pl.Series) -> Column:
    import polars as pl

    with_comma = cells.drop_nulls().filter(cells.drop_nulls().str.contains(",", literal=True))
    note = f"the column {shown(cells.name)} is read with a decimal comma"
    if with_comma.str.contains(_THOUSANDS).all():
        first = with_comma[0]
        note += f": {first} is {first.replace(',', '.')}, not thousands"
    return _numeric(table, cells.str.replace(",", ".", literal=True).cast(pl.Float64), (note,))


def _categories(table: Table, cells: pl.Series) -> Column:
    given = cells.drop_nulls().unique()
    if all(_DATE.fullmatch(cell) for cell in given.head(100)):
        raise DataError(
            f"the column {shown(cells.name)} holds dates, as {shown(repr(given.sort()[0]))}", hint="leave it out with --features"
        )
    hidden = [cell for cell in given if not is_plain(cell)]
    if hidden:
        row = (cells == hidden[0]).arg_true()[0]
        raise DataError(f"the column {shown(cells.name)} holds an invisible character in {table.place(row)}")
    words = cells.to_numpy()
    return Column(cells.name, cells.is_null().to_numpy(), words=words)


def refuse_identifiers(name: str, levels: list[str], rows: int) -> None:
    """Refuse to code a column of words in which most rows have a word of their own.

    Raises
    ------
    DataError
        If there are more than two levels, and more levels than half the rows.
    """
    if len(levels) > 2 and 2 * len(levels) > rows:
        raise DataError(
            f"the column {shown(name)} looks like an identifier: {len(levels)} words in {rows} rows ({listed(levels, 3)})",
            hint="leave it out with --features",
        )
