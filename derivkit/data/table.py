"""A table in memory: named columns of one length, each of the kind that the file, or the caller, gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from derivkit.data.cells import as_words, cleaned
from derivkit.data.diagnose import first_line
from derivkit.data.parquet import unsound
from derivkit.data.part import Part, without_rows
from derivkit.data.sniff import sniff
from derivkit.data.source import Source, source_of
from derivkit.data.textfile import TextFile, settled
from derivkit.data.words import is_plain, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_ONCE = 65_536

Data = str | Path | BinaryIO | Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """Named columns of one length.

    Attributes
    ----------
    frame : polars.DataFrame
        Of delimited text, columns of numbers are floats, NaN or null where missing, and all others hold the cells as they stand;
        Parquet files and Python's columns keep their kinds.
    name : str
        The file's name, or "the data".
    file : TextFile, optional
        Where the rows stand, to name file lines in messages.
    notes : tuple of str
        What was assumed while reading.
    """

    frame: pl.DataFrame
    name: str = "the data"
    file: TextFile | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names, in the file's order."""
        return tuple(self.frame.columns)

    @property
    def comma(self) -> bool:
        """Whether a comma inside a number is hardly a decimal one."""
        return self.file is None or self.file.comma

    def parts(self, names: Sequence[str] | None = None) -> Iterator[Part]:
        """The rows of these columns, 65,536 at once."""
        frame = self.frame if names is None else self.frame.select(names)
        for first in range(0, frame.height, ROWS_AT_ONCE):
            yield Part(frame.slice(first, ROWS_AT_ONCE), first)

    def place(self, row: int) -> str:
        """ "row 12 (line 14)" for a 0-based row: data rows are counted from 1, and the line is the file's."""
        return f"row {row + 1}" if self.file is None else self.file.place(row)

    def with_words(self, names: Iterable[str]) -> Table:
        """The same rows, these columns as words: as they stand in the file, where there is one."""
        import polars as pl

        numeric = [name for name in names if self.frame.schema[name] != pl.String]
        if not numeric:
            return self
        if self.file is None:
            return replace(
                self, frame=self.frame.with_columns([as_words(cleaned(self.frame.get_column(name))) for name in numeric])
            )
        again = pl.concat([part.frame for part in self.file.with_words(numeric).parts(numeric)])
        return replace(self, frame=self.frame.with_columns(again.get_columns()))


def read_table(data: Data) -> Table:
    """Read a CSV file (also gzipped, or Parquet), or take columns that are in memory already.

    Parameters
    ----------
    data : path, binary stream, or mapping of str to sequence
        Separator, header and encoding of a text file are told from its beginning.

    Returns
    -------
    Table

    Raises
    ------
    FileError
        If the path is not a readable regular file.
    DataError
        If the file holds no table, or the names of its columns cannot be used.

    Examples
    --------
    >>> from derivkit.data.table import read_table
    >>> read_table({"x": [1.0, 2.0], "y": [3.0, 5.0]}).columns
    ('x', 'y')
    """
    if isinstance(data, Mapping):
        table = _from_columns(data)
    else:
        source = source_of(data)
        table = _from_parquet(source) if source.parquet else _from_text(source)
    if not table.frame.height:
        raise without_rows(table.name)
    return table


def text_file(source: Source) -> TextFile:
    """A delimited text file, its dialect told and its column names looked at.

    Raises
    ------
    DataError
        If it is no text, or the names of its columns cannot be used.
    """
    dialect = sniff(source)
    usable_names(dialect.names, source.name)
    return TextFile(source, dialect)


def usable_names(names: Sequence[str], where: str) -> None:
    """Refuse names of columns that are hidden or not unique.

    Raises
    ------
    DataError
        Naming the column.
    """
    for name in names:
        if not is_plain(name):
            raise DataError(f"{where}: the column name '{shown(name)}' holds an invisible character", hint="rename the column")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DataError(f"{where}: more than one column is called '{shown(name)}'", hint="rename one of them")
        seen.add(name)


def _from_columns(data: Mapping[str, Sequence[Any]]) -> Table:
    import polars as pl

    usable_names([str(name) for name in data], "the data")
    try:
        return Table(pl.DataFrame({str(name): values for name, values in data.items()}, strict=False))
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"the columns do not make a table: {first_line(error)}") from None


def _from_parquet(source: Source) -> Table:
    import polars as pl

    try:
        frame = pl.read_parquet(source.path)
    except pl.exceptions.PolarsError as error:
        raise unsound(source, error) from None
    usable_names(frame.columns, source.name)
    return Table(frame, source.name)


def _from_text(source: Source) -> Table:
    import polars as pl

    frames, file = settled(text_file(source), lambda file: [part.frame for part in file.parts()])
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=list(file.columns))
    return Table(frame, shown(source.path.name) if not source.copied else source.name, file, file.notes)
