"""Blocks of numbers on the disk, written once and read as often as is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from weakref import finalize

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
    Keep = Callable[[NDArray[np.float64], NDArray[np.float64]], None]


class Spool:
    """Pairs of a matrix and a response, in a file without a name that goes with the spool.

    Where the disk is full, the spool stays incomplete: who fills it has the pairs from elsewhere.

    Attributes
    ----------
    complete : bool
        All pairs are on the disk.

    Examples
    --------
    >>> import numpy as np
    >>> spool = Spool()
    >>> with spool.filling() as keep:
    ...     keep(np.ones((2, 3)), np.zeros(2))
    >>> spool.complete, [matrix.shape for matrix, response in spool.blocks()]
    (True, [(2, 3)])
    """

    def __init__(self) -> None:
        self.complete = False
        self._file = TemporaryFile(prefix="derivkit-")  # noqa: SIM115  # closed, and gone, with the spool
        self._filling = False
        finalize(self, self._file.close)
        self._shapes: list[tuple[int, int]] = []

    @contextmanager
    def filling(self) -> Iterator[Keep]:
        """A function that keeps one pair; the spool is complete when the block ends without an exception."""
        if self._filling:  # a second pass before the first one ends
            yield lambda matrix, response: None
            return
        self._filling, failed = True, False
        self._shapes.clear()
        self._file.seek(0)

        def keep(matrix: NDArray[np.float64], response: NDArray[np.float64]) -> None:
            nonlocal failed
            try:
                if not failed:
                    matrix.tofile(self._file)
                    response.tofile(self._file)
                    self._shapes.append((matrix.shape[0], matrix.shape[1]))
            except OSError:  # no space left
                failed = True
                self._file.truncate(0)

        try:
            yield keep
            self.complete = not failed
        finally:
            self._filling = False

    def blocks(self) -> Iterator[Pair]:
        """The pairs in order, each a copy of its own."""
        import numpy as np

        at = 0
        for rows, columns in self._shapes:
            self._file.seek(at)  # two passes may be under way at once
            block = np.fromfile(self._file, count=rows * (columns + 1))
            at += block.nbytes
            yield block[: rows * columns].reshape(rows, columns), block[rows * columns :]
