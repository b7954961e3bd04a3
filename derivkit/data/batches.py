"""Rows of a design in batches: what is read grows with the columns of a file and not with its rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from derivkit.data.cells import Kind
from derivkit.data.coding import coded
from derivkit.data.impute import means
from derivkit.data.moments import Moments
from derivkit.data.parquet import ParquetFile
from derivkit.data.part import Rows
from derivkit.data.roles import choose
from derivkit.data.schema import Impute, Schema
from derivkit.data.source import source_of
from derivkit.data.spool import Spool
from derivkit.data.survey import Coding, Survey, survey
from derivkit.data.table import Data, read_table, text_file, usable_names
from derivkit.data.textfile import TextFile, settled
from derivkit.errors import FileError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROWS = 65_536


@dataclass(frozen=True)
class Batches:
    """A design that is read again, batch by batch, every time it is gone through.

    Attributes
    ----------
    schema : Schema
        How the columns are coded, as for a design in memory.
    n_rows, n_dropped : int
        Rows that are used, and rows that miss a value.
    moments : mapping of str to Moments
        Mean, spread and range of the columns that are numbers, in the rows that are used.
    warnings, notes : tuple of str
    """

    schema: Schema
    n_rows: int
    n_dropped: int
    moments: Mapping[str, Moments]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    _source: Rows
    _kinds: Mapping[str, Kind]
    _rows: int
    _spool: Spool
    _chosen: NDArray[np.bool_] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The matrix's columns, the intercept first."""
        return self.schema.names

    def __len__(self) -> int:
        return self.n_rows

    def only(self, chosen: NDArray[np.bool_]) -> Batches:
        """The batches of some rows, as those of a training or of a test.

        Parameters
        ----------
        chosen : array of bool, shape (n_rows,)
            Moments, and what stands in for missing numbers, remain those of all rows.
        """
        return replace(self, n_rows=int(chosen.sum()), _chosen=chosen)

    def __iter__(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Matrix, shape (m, p), and response, shape (m,), of up to so many rows at once, in the file's order.

        The first time through, the coded rows are also put on the disk, from where later passes take them: reading numbers again is
        several times faster than reading text again.
        """
        if self._chosen is None:
            yield from self._all()
            return
        first = 0
        for matrix, response in self._all():
            kept = self._chosen[first : first + len(response)]
            first += len(response)
            if kept.any():
                yield matrix[kept], response[kept]

    def _all(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        if self._spool.complete:
            yield from self._spool.blocks(self._rows)
            return
        with self._spool.filling() as keep:
            for matrix, response, rows in self._coded():
                keep(matrix, response, rows)
                yield matrix, response

    def stored(self) -> Spool:
        """The rows on the disk, from where any of them can be had at any time.

        Raises
        ------
        FileError
            If the disk has not the room.
        """
        if self._chosen is None:
            spool = self._spool
            if not spool.complete:
                deque(self._all(), maxlen=0)
        else:
            spool = Spool()
            source = replace(self, _chosen=None).stored()
            with spool.filling() as keep:
                for first in range(0, len(source.matrix), self._rows):
                    rows = slice(first, first + self._rows)
                    chosen = self._chosen[rows]
                    keep(source.matrix[rows][chosen], source.response[rows][chosen], source.rows[rows][chosen])
        if not spool.complete:
            size = 8 * self.n_rows * (len(self.names) + 2) / 1e9
            raise FileError(
                f"the folder for temporary files has no room for {size:.2g} GB of numbers", hint="set TMPDIR to a folder that has"
            )
        return spool

    def _coded(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
        import numpy as np

        for block in coded(self.schema, self._source, self._kinds):
            response = block.response
            assert response is not None  # it was asked for
            matrix, rows = block.matrix, np.arange(block.first + 1.0, block.first + 1 + len(response))
            if not block.complete.all():
                matrix, response, rows = (each[block.complete] for each in (matrix, response, rows))
            for first in range(0, len(response), self._rows):
                some = slice(first, first + self._rows)
                yield matrix[some], response[some], rows[some]


def read_batches(
    data: Data,
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    intercept: bool = True,
    classes: bool = False,
    several: bool = False,
    impute: Impute | None = None,
    reference: Mapping[str, str] | None = None,
    rows: int = ROWS,
) -> Batches:
    """Look at a table once, in little memory, and be ready to go through its design batch by batch.

    Parameters
    ----------
    data : path, binary stream, or mapping of str to sequence
        A CSV file (also gzipped) or a Parquet file.
    target, features, intercept, classes, several, impute, reference
        As for `build_design`; a median takes all rows at once, and is refused.
    rows : int
        The most rows of a batch.

    Returns
    -------
    Batches

    Raises
    ------
    UsageError
        If a median is asked for, or batches of no rows.
    FileError, DataError
        If the data cannot be read or cannot be used as they are.

    Examples
    --------
    >>> batches = read_batches({"x": [1.0, 2.0, 4.0], "y": [3.0, 5.0, 9.0]}, rows=2)
    >>> [matrix.tolist() for matrix, response in batches]
    [[[1.0, 1.0], [1.0, 2.0]], [[1.0, 4.0]]]
    >>> batches.n_rows, batches.names
    (3, ('intercept', 'x'))
    """
    if impute == "median":
        raise UsageError("a median needs all rows in memory at once", hint="use --impute mean, or leave out --memory")
    if rows < 1:
        raise UsageError(f"a batch of {rows} rows is none; it must have 1 or more")
    coding = Coding(intercept, classes, several, impute, reference or {})

    def look(source: Rows) -> Survey:
        return survey(source, choose(source, target, features), coding)

    source = _opened(data)
    found, source = settled(source, look) if isinstance(source, TextFile) else (look(source), source)
    moments = {name: tally.moments for name, tally in found.tallies.items() if found.kinds[name] != "category"}
    schema = found.schema.filled(means(found.schema, moments)) if impute else found.schema
    return Batches(
        schema, found.n_rows, found.n_dropped, moments, found.warnings, found.notes, source, found.kinds, rows, Spool()
    )  # fmt: skip


def _opened(data: Data) -> Rows:
    if not isinstance(data, str | Path | BinaryIO):
        return read_table(data)
    source = source_of(data)
    if not source.parquet:
        return text_file(source)
    file = ParquetFile.of(source)
    usable_names(file.columns, file.name)
    return file
