"""Where the rows of a training are, in memory or on the disk, and which of them are for the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivkit.data.design import Design, build_design
from derivkit.data.split import split
from derivkit.data.table import Data, read_table
from derivkit.errors import UsageError
from derivkit.models.columns import ROWS_AT_ONCE
from derivkit.training.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.batches import Batches
    from derivkit.data.spool import Spool

PROGRAM = 320_000_000  # bytes: Python with NumPy and Polars, and pieces of text that hold numbers of one digit
BLOCKS = 8 * ROWS_AT_ONCE  # rows of numbers that are held at once, by two threads
SQUARES = 12  # matrices of coefficients by coefficients


@dataclass(frozen=True, eq=False)
class Parted:
    """A design, and what is trained and tested on.

    Attributes
    ----------
    design : Design
    training : Sample
    own : array of int, or None
        The design's rows that the training has; None for all.
    test : Sample or None
    test_rows : tuple of int
        The table's rows of the test, the first is 1.
    validation : Sample or None
        What decides when to stop.
    validation_rows : tuple of int
    """

    design: Design
    training: Sample
    own: NDArray[np.int64] | None = None
    test: Sample | None = None
    test_rows: tuple[int, ...] = ()
    validation: Sample | None = None
    validation_rows: tuple[int, ...] = ()


def in_memory(data: Data, coding: Mapping[str, Any], *, test: float, seed: int, validation: float = 0.0) -> Parted:
    """All rows as arrays."""
    import numpy as np

    design = build_design(read_table(data), **coding)
    if not test and not validation:
        return Parted(design, Sample(design.matrix, design.response))
    every = np.arange(len(design.response))
    kept = _drawn(design, every, test, seed)
    own = np.setdiff1d(every, kept)
    judging = _drawn(design, own, validation, seed + 1, use="validation")
    own = np.setdiff1d(own, judging)
    design = design.refilled(own)
    design = replace(design, matrix=np.asarray(design.matrix))

    def part(places: NDArray[np.int64]) -> tuple[Sample | None, tuple[int, ...]]:
        return (Sample.of(design, places), tuple(np.asarray(design.rows)[places].tolist())) if len(places) else (None, ())

    return Parted(design, Sample.of(design, own), own, *part(kept), *part(judging))


def on_disk(data: Data, coding: Mapping[str, Any], size: int, *, test: float, seed: int) -> Parted:
    """Rows that go to the disk once they are numbers, and come back a block at a time.

    Parameters
    ----------
    data, coding, test, seed
        As in memory.
    size : int
        The bytes that may be used.

    Raises
    ------
    UsageError
        If so many columns need more.
    FileError
        If the disk has not the room.
    """
    import numpy as np

    from derivkit.data.batches import read_batches

    batches = read_batches(data, **coding)
    _refuse_too_little(batches, size, len(batches.schema.classes or ()) if coding["several"] else 1)
    spool, schema = batches.stored(), batches.schema
    design = Design(
        schema.target, schema.columns, schema.names, spool.matrix, spool.response, schema.classes, schema.intercept,
        batches.n_dropped, batches.warnings, batches.notes, schema, spool.rows,
    )  # fmt: skip
    if not test:
        return Parted(design, _sample(spool))
    chosen = np.zeros(batches.n_rows, dtype=bool)
    chosen[_drawn(design, np.arange(len(design.response)), test, seed)] = True
    tested = batches.only(chosen).stored()
    rows = np.asarray(tested.rows).astype(int).tolist()
    return Parted(design, _sample(batches.only(~chosen).stored()), None, _sample(tested), tuple(rows))


def _sample(spool: Spool) -> Sample:
    return Sample(spool.matrix, spool.response)


def _drawn(design: Design, rows: NDArray[np.int64], fraction: float, seed: int, *, use: str = "test") -> NDArray[np.int64]:
    """A part of some rows, of every class."""
    import numpy as np

    if not fraction:
        return rows[:0]
    classes = np.asarray(design.response)[rows] if design.classes else None
    return rows[split(len(rows), fraction, seed, classes=classes, use=use)]


def _refuse_too_little(batches: Batches, size: int, predictors: int) -> None:
    p = len(batches.names)
    least = PROGRAM + 8 * BLOCKS * p + 8 * SQUARES * (predictors * p) ** 2
    if size < least:
        raise UsageError(
            f"--memory of {size / 1e6:,.0f} MB is too little: {p} columns need about {least / 1e6:,.0f} MB",
            hint="give more, or fewer columns with --features",
        )
