"""How a text file is written, told from its first 64 KiB: encoding, separator, header, and which columns begin with numbers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from derivkit.data.source import Source
from derivkit.data.words import is_missing, is_number
from derivkit.errors import DataError

SAMPLE_BYTES = 65_536
SAMPLE_RECORDS = 100
SEPARATORS = (",", ";", "\t", "|")
FALLBACK = "cp1252"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited text file is written.

    Attributes
    ----------
    encoding : str
        A name that Python knows.
    separator : str
        One character.
    names : tuple of str
        The header's fields, or column_1, column_2, ... where there is no header.
    header : bool
    words : frozenset of str
        The columns that do not begin with numbers.
    """

    encoding: str
    separator: str
    names: tuple[str, ...]
    header: bool
    words: frozenset[str] = frozenset()


def sniff(source: Source) -> Dialect:
    """Tell encoding, separator and header of a file from its beginning.

    Raises
    ------
    DataError
        If the file is empty or is not text.
    """
    with source.opened() as stream:
        start = stream.read(SAMPLE_BYTES)
    if not start:
        raise DataError(f"{source.name} is empty", hint="a table needs a header and rows")
    encoding = _encoding(start)
    text = start.decode(encoding, errors="replace")
    if "\0" in text:
        raise DataError(f"{source.name} is binary, not a table of text", hint="give a CSV file in UTF-8, or a Parquet file")
    lines = [line for line in text.splitlines(keepends=True) if line.strip(" \r\n")]
    if len(start) == SAMPLE_BYTES and len(lines) > 1:
        lines.pop()  # cut in the middle
    separator = _separator(lines)
    rows = _sample(lines, separator)
    if not rows:
        raise DataError(f"{source.name} holds blank lines only", hint="a table needs a header and rows")
    header = _has_header(rows)
    names = tuple((field.strip() if header else "") or f"column_{k}" for k, field in enumerate(rows[0], start=1))
    words = (name for k, name in enumerate(names) if not all(map(is_number, _cells(rows[header:], k))))
    return Dialect(encoding, separator, names, header, frozenset(words))


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:  # else a character cut at the end of the sample
            return FALLBACK
    return "utf-8-sig"


def _sample(lines: list[str], separator: str) -> list[list[str]]:
    try:
        rows = [row for row in csv.reader(lines[: SAMPLE_RECORDS + 1], delimiter=separator) if row]
    except csv.Error:
        return [line.split(separator) for line in lines[:1]]
    return rows


def _separator(lines: list[str]) -> str:
    """The separator that cuts most rows into as many fields as the first one, more fields winning."""

    def score(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in _sample(lines, separator)]
        if not widths or widths[0] == 1:
            return 0.0, 0
        return Counter(widths)[widths[0]] / len(widths), widths[0]

    return max(SEPARATORS, key=score)


def _has_header(rows: list[list[str]]) -> bool:
    """No header where every column that is numeric below is numeric in the first row too."""
    first, below = rows[0], rows[1:]
    if not below:
        return not all(is_number(field) for field in first)
    numeric = []
    for k, field in enumerate(first):
        rest = _cells(below, k)
        if rest and all(is_number(value) for value in rest):
            numeric.append(is_number(field) or is_missing(field))
    return not numeric or not all(numeric)


def _cells(rows: Sequence[Sequence[str]], k: int) -> list[str]:
    """The cells of a column that are not missing."""
    return [row[k] for row in rows if k < len(row) and not is_missing(row[k])]
