"""A table as it was read: named columns of one length, each still of the kind the file gave it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivkit.data.sniff import FALLBACK, PARQUET_MAGIC, Dialect, records, sniff
from derivkit.data.words import is_plain, listed, shown
from derivkit.errors import DataError, FileError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Table:
    """Named columns of one length.

    Attributes
    ----------
    frame : polars.DataFrame
        Cells of delimited text are all strings; Parquet files and Python's columns keep their kinds.
    name : str
        The file's name, or "the data".
    path, dialect : Path, Dialect, optional
        Where the rows stand, to name file lines in messages.
    notes : tuple of str
        What was assumed while reading.
    """

    frame: pl.DataFrame
    name: str = "the data"
    path: Path | None = None
    dialect: Dialect | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names, in the file's order."""
        return tuple(self.frame.columns)

    def place(self, row: int) -> str:
        """ "row 12 (line 14)" for a 0-based row: data rows are counted from 1, and the line is the file's."""
        if self.path is None or self.dialect is None:
            return f"row {row + 1}"
        filled = (line for line, fields in records(self.path, self.dialect) if fields)
        line = next(islice(filled, row, None), None)
        return f"row {row + 1}" if line is None else f"row {row + 1} (line {line})"


def read_table(data: str | Path | Mapping[str, Sequence[Any]]) -> Table:
    """Read a CSV file (also gzipped, or Parquet), or take columns that are in memory already.

    Parameters
    ----------
    data : path, or mapping of str to sequence
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
    table = _from_columns(data) if isinstance(data, Mapping) else _from_file(Path(data))
    if not table.frame.height:
        raise DataError(f"{table.name} has column names but no rows")
    return table


def _from_columns(data: Mapping[str, Sequence[Any]]) -> Table:
    import polars as pl

    _usable_names([str(name) for name in data], "the data")
    try:
        return Table(pl.DataFrame({str(name): values for name, values in data.items()}, strict=False))
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"the columns do not make a table: {first_line(error)}") from None


def _from_file(path: Path) -> Table:
    try:
        if path.is_dir():
            raise FileError(f"{shown(path)} is a directory", hint="give a file")
        if not path.exists():
            raise FileError(f"there is no file {shown(path)}")
        if not path.is_file():
            raise FileError(f"{shown(path)} is not a regular file", hint="give a CSV file")
        with path.open("rb") as file:
            magic = file.read(len(PARQUET_MAGIC))
        return _from_parquet(path) if magic == PARQUET_MAGIC else _from_text(path, sniff(path))
    except OSError as error:
        raise FileError(f"cannot read {shown(path)}: {error.strerror or first_line(error)}") from None


def _from_parquet(path: Path) -> Table:
    import polars as pl

    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{shown(path)} is not a sound Parquet file: {first_line(error)}") from None
    _usable_names(frame.columns, shown(path))
    return Table(frame, shown(path.name))


def _from_text(path: Path, dialect: Dialect) -> Table:
    import polars as pl

    _usable_names(dialect.names, shown(path))
    notes = [] if dialect.header else [f"no header found: the columns are called {listed(dialect.names)}"]
    try:
        frame = _scan(path, dialect) if dialect.direct else None
    except pl.exceptions.PolarsError:
        frame = None  # perhaps not UTF-8 further down
    if frame is None:
        dialect, text = _decoded(path, dialect)
        try:
            frame = _scan(text.encode(), dialect)
        except pl.exceptions.PolarsError as error:
            raise _unreadable(path, dialect, error) from None
    if dialect.encoding == FALLBACK:
        notes.append("not UTF-8: read as Windows-1252")
    return Table(_without_blank_lines(frame, path, dialect), shown(path.name), path, dialect, tuple(notes))


def _scan(source: Path | bytes, dialect: Dialect) -> pl.DataFrame:
    import polars as pl

    frame = pl.read_csv(source, separator=dialect.separator, has_header=dialect.header, infer_schema=False)
    frame.columns = list(dialect.names)
    return frame


def _decoded(path: Path, dialect: Dialect) -> tuple[Dialect, str]:
    """The whole text with plain line ends, and the dialect with the encoding in which it could be read."""
    raw = path.read_bytes()
    raw = gzip.decompress(raw) if dialect.compressed else raw
    try:
        text = raw.decode(dialect.encoding)
    except UnicodeDecodeError:
        dialect = replace(dialect, encoding=FALLBACK)
        text = raw.decode(FALLBACK, errors="replace")
    return dialect, text.replace("\r\n", "\n").replace("\r", "\n")


def _without_blank_lines(frame: pl.DataFrame, path: Path, dialect: Dialect) -> pl.DataFrame:
    """Drop the rows that Polars makes of blank lines; a row of separators alone is a row without values, and stays."""
    import polars as pl

    if not frame.height or not frame.select(pl.all_horizontal(pl.all().is_null()).any()).item():
        return frame
    keep = [bool(fields) for _, fields in records(path, dialect)]
    keep = (keep + [False] * frame.height)[: frame.height]
    return frame.filter(pl.Series(keep))


def _unreadable(path: Path, dialect: Dialect, error: Exception) -> DataError:
    width = len(dialect.names)
    filled = ((line, fields) for line, fields in records(path, dialect) if fields)
    for row, (line, fields) in enumerate(filled, start=1):
        if len(fields) > width:
            return DataError(
                f"{shown(path)}: row {row} (line {line}) has {len(fields)} fields, the header has {width}",
                hint="put fields that hold the separator in double quotes",
            )
    return DataError(f"{shown(path)} cannot be read as a table: {first_line(error)}", hint="look for an unclosed double quote")


def first_line(error: Exception) -> str:
    """The first line of another library's message, fit to be shown."""
    lines = str(error).splitlines()
    return shown(lines[0]) if lines else type(error).__name__


def _usable_names(names: Sequence[str], where: str) -> None:
    for name in names:
        if not is_plain(name):
            raise DataError(f"{where}: the column name '{shown(name)}' holds an invisible character", hint="rename the column")
    doubles = [name for k, name in enumerate(names) if name in names[:k]]
    if doubles:
        raise DataError(f"{where}: more than one column is called '{shown(doubles[0])}'", hint="rename one of them")
