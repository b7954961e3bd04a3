"""Blocks of numbers on the disk, written once and read as often as is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from weakref import finalize

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Pair = tuple[Array, Array]
    Keep = Callable[[Array, Array, Array], None]


class Stored:
    """Rows of doubles in a file; some of them become an array when they are asked for, and none are held.

    Examples
    --------
    >>> import numpy as np
    >>> spool = Spool()
    >>> with spool.filling() as keep:
    ...     keep(np.array([[1.0, 5.0], [1.0, 7.0], [1.0, 9.0]]), np.zeros(3), np.arange(3.0))
    >>> spool.matrix[1:].tolist(), spool.rows[::2].tolist(), spool.matrix.shape
    ([[1.0, 7.0], [1.0, 9.0]], [0.0, 2.0], (3, 2))
    """

    def __init__(self, owner: Spool, file: BinaryIO, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._owner = owner  # with which the file goes
        self._file = file
        self._row_bytes = 8 * (shape[1] if len(shape) > 1 else 1)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> Array:
        """A copy of some rows; several threads may read at once."""
        import numpy as np

        start, stop, step = rows.indices(len(self))
        if step == 1:
            return self._read(start, max(stop - start, 0))
        found = np.empty((len(range(start, stop, step)), *self.shape[1:]))
        for k, row in enumerate(range(start, stop, step)):
            found[k] = self._read(row, 1)[0]
        return found

    def _read(self, first: int, count: int) -> Array:
        import numpy as np

        found = np.empty((count, *self.shape[1:]))
        left, at = found.reshape(-1).view(np.uint8).data, first * self._row_bytes
        while left:
            done = os.preadv(self._file.fileno(), [left], at)
            if not done:
                raise EOFError("a temporary file of derivkit's was cut short")
            left, at = left[done:], at + done
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All rows at once, for who needs them in memory."""
        return self[:].astype(dtype or float, copy=False)


class Spool:
    """Rows of a matrix with their responses and numbers, in files without names that go with the spool.

    Where the disk is full, the spool stays incomplete: who fills it has the rows from elsewhere.

    Attributes
    ----------
    complete : bool
        All rows are on the disk.

    Examples
    --------
    >>> import numpy as np
    >>> spool = Spool()
    >>> with spool.filling() as keep:
    ...     keep(np.ones((2, 3)), np.zeros(2), np.arange(2.0))
    >>> spool.complete, [matrix.shape for matrix, response in spool.blocks(65_536)]
    (True, [(2, 3)])
    """

    def __init__(self) -> None:
        self.complete = False
        self._files = [cast(BinaryIO, TemporaryFile(prefix="derivkit-", buffering=0)) for _ in range(3)]  # noqa: SIM115  # closed with the spool
        self._filling = False
        for file in self._files:
            finalize(self, file.close)
        self._shape = (0, 0)

    @contextmanager
    def filling(self) -> Iterator[Keep]:
        """A function that keeps some rows; the spool is complete when the block ends without an exception."""
        if self._filling:  # a second pass before the first one ends
            yield lambda *arrays: None
            return
        self._filling, failed = True, False
        self._shape = (0, 0)
        for file in self._files:
            file.seek(0)

        def keep(matrix: Array, response: Array, rows: Array) -> None:
            nonlocal failed
            try:
                if not failed:
                    for file, array in zip(self._files, (matrix, response, rows), strict=True):
                        array.tofile(file)
                    self._shape = (self._shape[0] + matrix.shape[0], matrix.shape[1])
            except OSError:  # no space left
                failed = True
                for file in self._files:
                    file.truncate(0)

        try:
            yield keep
            self.complete = not failed
        finally:
            self._filling = False

    @property
    def matrix(self) -> Stored:
        """The rows of the matrix, shape (n, p)."""
        return Stored(self, self._files[0], self._shape)

    @property
    def response(self) -> Stored:
        """Their responses, shape (n,)."""
        return Stored(self, self._files[1], self._shape[:1])

    @property
    def rows(self) -> Stored:
        """Their numbers, shape (n,)."""
        return Stored(self, self._files[2], self._shape[:1])

    def blocks(self, most_rows: int) -> Iterator[Pair]:
        """Matrix and response of up to so many rows, in order, each a copy of its own; two passes may be under way at once."""
        matrix, response = self.matrix, self.response
        for first in range(0, len(matrix), most_rows):
            rows = slice(first, first + most_rows)
            yield matrix[rows], response[rows]
