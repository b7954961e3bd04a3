"""A delimited text file as frames of numbers and words, piece by piece; what cannot be read is named with its row and line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from derivkit.data.cells import cleaned
from derivkit.data.diagnose import diagnosis, has_misplaced_quotes, refuse_short_rows
from derivkit.data.part import Part
from derivkit.data.pieces import NotUtf8, Piece, pieces, record_count, records, without_blank_lines
from derivkit.data.sniff import FALLBACK, Dialect
from derivkit.data.source import Source
from derivkit.data.words import listed

if TYPE_CHECKING:
    import polars as pl

PIECES_AHEAD = 3  # read while one is used: keeps two cores busy where one piece does not
THREADS = 2

T = TypeVar("T")


class NotNumbers(Exception):
    """Columns that begin with numbers, and hold something else further down."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(names)
        self.names = names


@dataclass(frozen=True, slots=True)
class TextFile:
    """A delimited text file, read from the start as often as is asked.

    Attributes
    ----------
    source : Source
    dialect : Dialect
        Its `words` are the columns that are read as they stand; all others hold numbers and missing cells only.
    """

    source: Source
    dialect: Dialect

    @property
    def name(self) -> str:
        """What the file is called in messages."""
        return self.source.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names, in the file's order."""
        return self.dialect.names

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed."""
        headless = () if self.dialect.header else (f"no header found: the columns are called {listed(self.columns)}",)
        return headless if self.dialect.encoding != FALLBACK else (*headless, "not UTF-8: read as Windows-1252")

    @property
    def comma(self) -> bool:
        """Whether commas separate the fields, so that a comma inside a number is hardly a decimal one."""
        return self.dialect.separator == ","

    def parts(self, names: Sequence[str] | None = None) -> Iterator[Part]:
        """The rows in order, columns of numbers as floats and all others as strings.

        Raises
        ------
        NotNumbers, NotUtf8
            If the dialect was wrong; `settled` corrects it.
        DataError
            If the text cannot be read as a table.
        """
        first = 0
        for frame in _ahead(self._frame, pieces(self.source, self.dialect)):
            if frame.height:
                yield Part(frame if names is None else frame.select(names), first)
            first += frame.height

    def place(self, row: int) -> str:
        """ "row 12 (line 14)" for a 0-based row: data rows are counted from 1, and the line is the file's."""
        first = 0
        for piece in pieces(self.source, self.dialect):
            count = record_count(piece)
            if row < first + count:
                line, _ = next(islice(records(piece), row - first, None))
                return f"row {row + 1} (line {line})"
            first += count
        return f"row {row + 1}"

    def with_words(self, names: Iterable[str]) -> TextFile:
        """The same rows, these columns as they stand in the file."""
        return TextFile(self.source, replace(self.dialect, words=self.dialect.words.union(names)))

    def _frame(self, piece: Piece) -> pl.DataFrame:
        import polars as pl

        text = without_blank_lines(piece.text)
        if b'"' in text and has_misplaced_quotes(text, self.dialect.separator):
            raise diagnosis(self.source, self.dialect, piece)
        try:
            frame = self._without_strays(self._scanned(text, self.dialect.words), text)
        except pl.exceptions.PolarsError as error:
            raise diagnosis(self.source, self.dialect, piece, error) from None
        if len(self.columns) > 1 and frame.height and frame.to_series(-1).null_count():
            refuse_short_rows(self.source, self.dialect, piece, frame.height)
        return frame

    def _scanned(self, text: bytes, words: frozenset[str]) -> pl.DataFrame:
        import polars as pl

        schema = {name: pl.String() if name in words else pl.Float64() for name in self.columns}
        if not text:
            return pl.DataFrame(schema=schema)
        return pl.read_csv(text, has_header=False, separator=self.dialect.separator, schema=schema, ignore_errors=True)

    def _without_strays(self, frame: pl.DataFrame, text: bytes) -> pl.DataFrame:
        """The frame, with what Polars does not take for a number, as "NA" or "1 ", read again as text."""
        doubtful = [name for name in self.columns if name not in self.dialect.words and frame.get_column(name).null_count()]
        if not doubtful:
            return frame
        again = self._scanned(text, frozenset(self.columns)).select(doubtful)
        cells = [cleaned(again.get_column(name)) for name in doubtful]
        numbers = [column.cast(frame.schema[column.name], strict=False) for column in cells]
        strays = (c.name for c, n in zip(cells, numbers, strict=True) if c.null_count() != n.null_count())
        if found := frozenset(strays):
            raise NotNumbers(found)
        return frame.with_columns(numbers)


def settled(file: TextFile, use: Callable[[TextFile], T]) -> tuple[T, TextFile]:
    """Read a file to some end, again from the start where what was assumed of it turns out wrong further down.

    Parameters
    ----------
    file : TextFile
    use : callable
        Goes through the file's parts.

    Returns
    -------
    (object, TextFile)
        What `use` makes of the file, and the file with the right dialect.
    """
    while True:
        try:
            return use(file), file
        except NotUtf8:
            dialect = replace(file.dialect, encoding=FALLBACK)
        except NotNumbers as found:
            dialect = replace(file.dialect, words=file.dialect.words | found.names)
        file = TextFile(file.source, dialect)


def _ahead(work: Callable[[Piece], T], items: Iterator[Piece]) -> Iterator[T]:
    """The results of some work in order, the next ones on their way in other threads."""
    first = list(islice(items, 2))
    if len(first) < 2:
        yield from map(work, first)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as pool:
        waiting = deque(pool.submit(work, item) for item in first)
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= PIECES_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
