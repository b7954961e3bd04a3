"""What is read from: rows in parts that fit into memory, whoever holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from derivkit.errors import DataError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that follow each other.

    Attributes
    ----------
    frame : polars.DataFrame
    first : int
        Its first row, from 0.
    """

    frame: pl.DataFrame
    first: int


class Rows(Protocol):
    """Named columns that can be gone through in parts, as often as is asked: a table, a text file, a Parquet file."""

    @property
    def name(self) -> str:
        """What the rows are called in messages."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed."""
        ...

    @property
    def comma(self) -> bool:
        """Whether commas separate the fields, so that a comma inside a number is hardly a decimal one."""
        ...

    def parts(self, names: Sequence[str] | None = None) -> Iterator[Part]:
        """The rows of these columns, in order."""
        ...

    def place(self, row: int) -> str:
        """Where a row, counted from 0, stands: "row 12 (line 14)"."""
        ...

    def with_words(self, names: Iterable[str]) -> Rows:
        """The same rows, these columns as words, whatever they say."""
        ...


def without_rows(name: str) -> DataError:
    """The error that there is nothing below the names of the columns."""
    return DataError(f"{name} has column names but no rows", hint="write rows of data below the names")
