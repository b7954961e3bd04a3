"""What is wrong with a piece of a text file that is no table, its row and line named."""

from __future__ import annotations

import csv
from itertools import takewhile

from derivkit.data.pieces import Piece, pieces, record_count, records
from derivkit.data.sniff import Dialect
from derivkit.data.source import Source
from derivkit.data.words import shown
from derivkit.errors import DataError

_QUOTE, _NEWLINE = b'"\n'
QUOTES_HINT = "write quotes around the whole field, and double those inside"


def has_misplaced_quotes(text: bytes, separator: str) -> bool:
    """Whether double quotes do not close, or do not stand around whole fields."""
    import numpy as np

    codes = np.frombuffer(text, dtype=np.uint8)
    places = np.flatnonzero(codes == _QUOTE)
    if len(places) & 1:
        return True
    edges = np.zeros(256, dtype=bool)  # what may stand before a quote that opens and after one that closes
    edges[[ord(separator), _NEWLINE, _QUOTE]] = True
    opening, closing = places[::2], places[1::2]
    before, after = codes[opening[opening > 0] - 1], codes[closing[closing + 1 < len(codes)] + 1]
    return not (edges[before].all() and edges[after].all())


def refuse_short_rows(source: Source, dialect: Dialect, piece: Piece, rows: int) -> None:
    """Refuse rows with fewer fields than the first one; a piece of so many rows is looked at only if it can have some.

    Raises
    ------
    DataError
        Naming the first one.
    """
    width = len(dialect.names)
    if b'"' in piece.text or piece.text.count(dialect.separator.encode()) != (width - 1) * rows:
        for k, (line, record) in enumerate(records(piece)):
            found = _width(record, dialect.separator)
            if found is not None and found < width:
                raise _ragged(source, dialect, piece, k, line, found)


def diagnosis(source: Source, dialect: Dialect, piece: Piece, error: Exception | None = None) -> DataError:
    """The error that says why a piece cannot be read."""
    for k, (line, record) in enumerate(records(piece)):
        if record.count(b'"') & 1:
            where = _where(source, dialect, piece, k, line)
            return DataError(f"{where} has a double quote that is not closed", hint=QUOTES_HINT)
        found = _width(record, dialect.separator)
        if has_misplaced_quotes(record, dialect.separator):
            where = _where(source, dialect, piece, k, line)
            return DataError(f"{where} has a double quote in the middle of a field", hint=QUOTES_HINT)
        if found is not None and found != len(dialect.names):
            return _ragged(source, dialect, piece, k, line, found)
    return DataError(f"{source.name} cannot be read as a table: {first_line(error)}", hint="look for an unclosed double quote")


def first_line(error: Exception | None) -> str:
    """The first line of another library's message, fit to be shown."""
    lines = str(error).splitlines()
    return shown(lines[0]) if lines else type(error).__name__


def _width(record: bytes, separator: str) -> int | None:
    """How many fields a record has, None if one of them is too long for Python to tell."""
    try:
        return len(next(csv.reader([record.decode(errors="replace")], delimiter=separator)))
    except csv.Error:
        return None


def _ragged(source: Source, dialect: Dialect, piece: Piece, k: int, line: int, found: int) -> DataError:
    fields = "1 field" if found == 1 else f"{found} fields"
    first = "the header" if dialect.header else "the first row"
    hint = "write the separators of empty fields too"
    if found > len(dialect.names):
        hint = "put fields that hold the separator in double quotes"
    return DataError(f"{_where(source, dialect, piece, k, line)} has {fields}, {first} has {len(dialect.names)}", hint=hint)


def _where(source: Source, dialect: Dialect, piece: Piece, k: int, line: int) -> str:
    """The k-th record of a piece, and its line."""
    earlier = takewhile(lambda other: other.line < piece.line, pieces(source, dialect))
    return f"{source.name}: row {sum(map(record_count, earlier)) + k + 1} (line {line})"
