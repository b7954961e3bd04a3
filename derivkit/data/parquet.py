"""A Parquet file in parts, so that it need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.data.cells import as_words, cleaned
from derivkit.data.diagnose import first_line
from derivkit.data.part import Part
from derivkit.data.source import Source
from derivkit.errors import DataError

if TYPE_CHECKING:
    pass

ROWS_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file, read from the start as often as is asked.

    Attributes
    ----------
    source : Source
    columns : tuple of str
    as_words : frozenset of str
        The columns that are read as words, whatever they hold.
    """

    source: Source
    columns: tuple[str, ...]
    as_words: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    comma: bool = True

    @classmethod
    def of(cls, source: Source) -> ParquetFile:
        """The file of a source.

        Raises
        ------
        DataError
            If it is no Parquet file.
        """
        import polars as pl

        try:
            return cls(source, tuple(pl.read_parquet_schema(source.path)))
        except pl.exceptions.PolarsError as error:
            raise unsound(source, error) from None

    @property
    def name(self) -> str:
        """What the file is called in messages."""
        return self.source.name

    def parts(self, names: Sequence[str] | None = None) -> Iterator[Part]:
        """The rows of these columns, 65,536 at once."""
        import polars as pl

        scan = pl.scan_parquet(self.source.path).select(list(names or self.columns))
        first = 0
        try:
            for frame in scan.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True):
                words = [as_words(cleaned(frame.get_column(name))) for name in frame.columns if name in self.as_words]
                yield Part(frame.with_columns(words), first)
                first += frame.height
        except pl.exceptions.PolarsError as error:
            raise unsound(self.source, error) from None

    def place(self, row: int) -> str:
        """ "row 12" for a 0-based row."""
        return f"row {row + 1}"

    def with_words(self, names: Iterable[str]) -> ParquetFile:
        """The same rows, these columns as words."""
        return replace(self, as_words=self.as_words.union(names))


def unsound(source: Source, error: Exception) -> DataError:
    """The error that a file begins as Parquet's do and cannot be read."""
    return DataError(f"{source.name} is not a sound Parquet file: {first_line(error)}")
