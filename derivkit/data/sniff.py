"""What a delimited text file is like, told from its first 64 KiB: encoding, separator, header."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from derivkit.data.words import is_missing, is_number, shown
from derivkit.errors import DataError

SAMPLE_BYTES = 65_536
SAMPLE_RECORDS = 100
SEPARATORS = (",", ";", "\t", "|")
FALLBACK = "cp1252"
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"


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
    compressed : bool
        By gzip.
    direct : bool
        Polars can read the file as it stands: UTF-8 with ordinary line ends.
    """

    encoding: str
    separator: str
    names: tuple[str, ...]
    header: bool
    compressed: bool
    direct: bool


def sniff(path: Path) -> Dialect:
    """Tell encoding, separator and header of a file from its beginning.

    Raises
    ------
    DataError
        If the file is empty or is not text.
    """
    start, compressed = _start(path)
    if not start:
        raise DataError(f"{shown(path)} is empty", hint="a table needs a header and rows")
    encoding = _encoding(start)
    text = start.decode(encoding, errors="replace")
    if encoding != "utf-16" and "\0" in text:
        raise DataError(f"{shown(path)} is binary, not a table of text", hint="give a CSV file")
    lines = text.splitlines(keepends=True)
    if len(start) == SAMPLE_BYTES and len(lines) > 1:
        lines.pop()  # cut in the middle
    separator = _separator(lines)
    rows = _sample(lines, separator)
    if not rows:
        raise DataError(f"{shown(path)} holds blank lines only", hint="a table needs a header and rows")
    header = _has_header(rows)
    names = tuple((field.strip() if header else "") or f"column_{k}" for k, field in enumerate(rows[0], start=1))
    direct = encoding == "utf-8-sig" and ("\n" in text or "\r" not in text)
    return Dialect(encoding, separator, names, header, compressed, direct)


def open_text(path: Path, dialect: Dialect) -> TextIO:
    """The file as decoded text with its own line ends, for Python's csv reader."""
    opener = gzip.open if dialect.compressed else open
    return opener(path, "rt", encoding=dialect.encoding, errors="replace", newline="")


def records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """The file line and the fields of every data row, the header left out; blank lines have no fields. Slow: for messages."""
    with open_text(path, dialect) as file:
        reader = csv.reader(file, delimiter=dialect.separator)
        waiting_for_header = dialect.header
        while True:
            line = reader.line_num + 1
            try:
                fields = next(reader)
            except (StopIteration, csv.Error):
                return
            if waiting_for_header:
                waiting_for_header = not fields
                continue
            yield line, fields


def _start(path: Path) -> tuple[bytes, bool]:
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    if not start.startswith(GZIP_MAGIC):
        return start, False
    try:
        with gzip.open(path) as packed:
            return packed.read(SAMPLE_BYTES), True
    except (OSError, EOFError) as error:
        raise DataError(f"{shown(path)} is not a sound gzip file: {error}") from None


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
        rest = [row[k] for row in below if k < len(row) and not is_missing(row[k])]
        if rest and all(is_number(value) for value in rest):
            numeric.append(is_number(field) or is_missing(field))
    return not numeric or not all(numeric)
