"""What has been seen of a column, part by part: enough to tell its kind, its levels and its mean, in little memory."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from derivkit.data.cells import Kind, numbers_of
from derivkit.data.moments import Moments
from derivkit.data.words import DECIMAL_COMMA, DECORATED, INVISIBLE, THOUSANDS

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

MOST_WORDS = 10_000  # of a column, counted; more are no levels of a category
LONGEST_WORD = 500  # characters


class Tally:
    """Counts and sums of one column.

    Parameters
    ----------
    name : str
    values : bool
        Whether the different numbers are counted too, as those of a class.

    Attributes
    ----------
    missing, given : int
        Cells without and with a value, in all rows.
    numbers, truths, commas, plain : int
        Given cells that are numbers; true or false; numbers with a decimal comma if they have one; numbers perhaps with thousands,
        percent or currency.
    single : int
        Given cells with a comma that cannot separate thousands.
    stray, infinite, hidden, comma, long : (int, str) or None
        The first cell, and its row from 0, that is no number; is infinite; holds an invisible character;
        holds a comma; has more than 500 characters.
    levels : Counter
        How often each word, or number, stands in the rows that are complete.
    overflow : bool
        There are more words than are counted.
    moments : Moments
        Of the numbers in the complete rows, where all given cells are numbers.
    """

    def __init__(self, name: str, *, values: bool = False) -> None:
        self.name = name
        self.values = values
        self.missing = self.given = self.numbers = self.truths = self.commas = self.plain = self.single = 0
        self.stray: tuple[int, str] | None = None
        self.infinite: tuple[int, str] | None = None
        self.hidden: tuple[int, str] | None = None
        self.comma: tuple[int, str] | None = None
        self.long: tuple[int, str] | None = None
        self.levels: Counter[str | float] = Counter()
        self.overflow = False
        self.moments = Moments()

    @property
    def numeric(self) -> Kind | None:
        """The kind of numbers that all given cells are, if they are."""
        if self.truths == self.given:
            return "boolean"
        if self.numbers == self.given:
            return "number"
        return "decimal comma" if self.commas == self.given else None

    def add(self, cells: pl.Series, complete: NDArray[np.bool_] | None, first: int) -> None:
        """Count the cells of a part; `complete` marks the rows that will be used, None for all of them."""
        import polars as pl

        missing = cells.null_count()
        self.missing += missing
        self.given += len(cells) - missing
        used = cells if complete is None else cells.filter(pl.Series(complete))
        if cells.dtype == pl.Float64:
            self._add_numbers(cells, used, first)
        else:
            self._add_words(cells, used, first)

    def _add_numbers(self, cells: pl.Series, used: pl.Series, first: int) -> None:
        self.numbers += len(cells) - cells.null_count()
        if self.values:
            self._count(used)
        ends = (cells.min(), cells.max())
        if any(end is not None and math.isinf(end) for end in ends):  # type: ignore[arg-type]  # floats of a column of floats
            self._first("infinite", cells, cells.is_infinite(), first)
        else:
            self.moments.add((used.drop_nulls() if used.null_count() else used).to_numpy())

    def _add_words(self, cells: pl.Series, used: pl.Series, first: int) -> None:
        import polars as pl

        counted = cells.drop_nulls().alias("").value_counts(name="count")
        words, counts = counted.to_series(0), counted.to_series(1)
        numbers = words.cast(pl.Float64, strict=False).fill_nan(None)
        commas, comma = words.str.contains(DECIMAL_COMMA), words.str.contains(",", literal=True)
        grouped = words.str.contains(THOUSANDS)
        plain = numbers.is_not_null() | words.str.contains(DECORATED)
        truths = words.str.to_lowercase().is_in(["true", "false"])
        for name, found in (
            ("numbers", numbers.is_not_null()), ("truths", truths), ("commas", commas), ("plain", plain),
            ("single", comma & ~grouped),
        ):  # fmt: skip
            setattr(self, name, getattr(self, name) + int(counts.filter(found).sum()))
        for name, found in (
            ("stray", numbers.is_null()), ("infinite", numbers.is_infinite().fill_null(False)),
            ("hidden", words.str.contains(INVISIBLE)), ("comma", comma), ("long", words.str.len_chars() > LONGEST_WORD),
        ):  # fmt: skip
            if getattr(self, name) is None and found.any():
                self._first(name, cells, cells.is_in(words.filter(found).implode()), first)
        if self.numeric and not self.infinite:
            self.moments.add(numbers_of(used.drop_nulls(), self.numeric).to_numpy())
        self._count(used)

    def _first(self, name: str, cells: pl.Series, found: pl.Series, first: int) -> None:
        if getattr(self, name) is None:
            row = int(found.fill_null(False).arg_true()[0])
            setattr(self, name, (first + row, str(cells[row])))

    def _count(self, used: pl.Series) -> None:
        if self.overflow:
            return
        counted = used.drop_nulls().alias("").value_counts(name="count")
        self.levels.update(dict(zip(counted.to_series(0).to_list(), counted.to_series(1).to_list(), strict=True)))
        if len(self.levels) > MOST_WORDS:
            self.levels.clear()
            self.overflow = True
