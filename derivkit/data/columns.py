"""One column as numbers or as categories, missing cells marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from derivkit.data.cells import Kind, cleaned, numbers_of
from derivkit.data.part import Rows
from derivkit.data.tally import MOST_WORDS, Tally
from derivkit.data.words import is_date, listed, quoted, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAVE_OUT = "leave it out with --features"
DATES_LOOKED_AT = 100


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


def read_column(table: Rows, name: str) -> Column:
    """Tell what a column holds, and take it.

    Raises
    ------
    DataError
        If it holds nothing, dates, an infinity, or words among numbers; the message names column and row.
    """
    import polars as pl

    tally, found = Tally(name), []
    for part in table.parts([name]):
        cells = cleaned(part.frame.get_column(name))
        tally.add(cells, None, part.first)
        found.append(cells)
    kind, notes = decide(tally, table)
    cells = pl.concat(found)
    missing = cells.is_null().to_numpy()
    if kind == "category":
        return Column(name, missing, words=cells.to_numpy(), notes=notes)
    return Column(name, missing, numbers=numbers_of(cells, kind).to_numpy(), notes=notes)


def number_column(table: Rows, name: str) -> Column:
    """A column that a formula takes.

    Raises
    ------
    DataError
        If it holds no numbers.
    """
    column = read_column(table, name)
    if column.numbers is None:
        raise DataError(f"the column {shown(name)} holds words; a formula takes numbers", hint="code them as 0 and 1 in a column")
    return column


def decide(tally: Tally, rows: Rows) -> tuple[Kind, tuple[str, ...]]:
    """The kind of a column from what has been seen of it, and what was assumed.

    Raises
    ------
    DataError
        If it holds nothing, dates, an infinity, or words among numbers; the message names column and row.
    """
    if not tally.given:
        raise DataError(f"the column {shown(tally.name)} holds no value", hint=LEAVE_OUT)
    kind = tally.numeric
    if kind == "decimal comma" and (tally.single or not rows.comma):
        return kind, (_comma_note(tally),)
    if kind in ("number", "boolean"):
        _refuse_infinite(tally, rows)
        return kind, ()
    if 2 * tally.plain > tally.given or 2 * tally.numbers >= tally.given:
        raise _stray(tally, rows)
    _refuse_dates(tally)
    if tally.hidden:
        where = rows.place(tally.hidden[0])
        raise DataError(
            f"the column {shown(tally.name)} holds an invisible character in {where}", hint="remove it, or leave the column out"
        )
    if tally.long:
        where = rows.place(tally.long[0])
        raise DataError(f"the column {shown(tally.name)} holds {len(tally.long[1]):,} characters in {where}", hint=LEAVE_OUT)
    return "category", ()


def _refuse_infinite(tally: Tally, rows: Rows) -> None:
    if tally.infinite:
        raise DataError(
            f"the column {shown(tally.name)} holds an infinite or too large value in {rows.place(tally.infinite[0])}",
            hint="leave the cell blank if the value is not known",
        )


def _comma_note(tally: Tally) -> str:
    note = f"the column {shown(tally.name)} is read with a decimal comma"
    if tally.comma and not tally.single:
        note += f": {tally.comma[1]} is {tally.comma[1].replace(',', '.')}, not thousands"
    return note


def _stray(tally: Tally, rows: Rows) -> DataError:
    row, cell = tally.stray or (0, "")
    holds, where = f"the column {shown(tally.name)} holds", f"{quoted(cell)} in {rows.place(row)}"
    if tally.plain == tally.given:
        hint = "write numbers plainly, as 1234.5: no separators of thousands, no signs of percent or currency"
    else:
        hint = "correct the cell, or leave it blank"
    if 2 * tally.numbers < tally.given:
        return DataError(f"{holds} {where}, which is not a plain number", hint=hint)
    return DataError(f"{holds} numbers, but {where}", hint=hint)


def _refuse_dates(tally: Tally) -> None:
    words = [str(word) for word in islice(tally.levels, DATES_LOOKED_AT)]
    if words and all(map(is_date, words)):
        raise DataError(
            f"the column {shown(tally.name)} holds dates or times, as {quoted(min(words))}",
            hint=f"turn them into numbers, such as days since the first one, or {LEAVE_OUT}",
        )


def refuse_identifiers(tally: Tally, rows: int) -> None:
    """Refuse to code a column of words in which most rows have a word of their own.

    Raises
    ------
    DataError
        If there are more than two levels, and most rows have one of their own; or more than 10,000 levels.
    """
    if tally.overflow:
        raise DataError(f"the column {shown(tally.name)} holds more than {MOST_WORDS:,} different words", hint=LEAVE_OUT)
    levels = sorted(map(str, tally.levels))
    alone = sum(count == 1 for count in tally.levels.values())
    if len(levels) > 2 and 2 * alone > rows:
        raise DataError(
            f"the column {shown(tally.name)} looks like an identifier: {len(levels)} words in {rows} rows ({listed(levels, 3)})",
            hint=LEAVE_OUT,
        )
