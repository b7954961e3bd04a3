"""A matrix that is still the columns of a table, so that a large one is not in memory twice."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


class Framed:
    """Columns of floats without holes; some of their rows become an array when they are asked for.

    Parameters
    ----------
    frame : polars.DataFrame
    constant : bool
        Whether a column of ones stands before them.

    Examples
    --------
    >>> import polars as pl
    >>> framed = Framed(pl.DataFrame({"a": [3.0, 5.0, 7.0]}), constant=True)
    >>> framed.shape, framed[1:].tolist(), framed[::2].tolist()
    ((3, 2), [[1.0, 5.0], [1.0, 7.0]], [[1.0, 3.0], [1.0, 7.0]])
    """

    def __init__(self, frame: pl.DataFrame, *, constant: bool) -> None:
        from itertools import accumulate

        if len({tuple(column.chunk_lengths()) for column in frame.get_columns()}) > 1:
            frame = frame.rechunk()
        self.shape = (frame.height, frame.width + constant)
        self._constant = int(constant)
        pieces = zip(*[column.get_chunks() for column in frame.get_columns()], strict=True)
        self._pieces = [[column.to_numpy(allow_copy=False) for column in piece] for piece in pieces]
        self._starts = list(accumulate((len(piece[0]) for piece in self._pieces), initial=0))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[np.float64]:
        """A copy of some rows, column by column in memory."""
        import numpy as np

        start, stop, step = rows.indices(len(self))
        found = np.empty((self.shape[1], len(range(start, stop, step))))
        found[: self._constant] = 1.0
        done = 0
        for k in range(bisect_right(self._starts, start) - 1, len(self._pieces)):
            if self._starts[k] >= stop:
                break
            first = start + done * step - self._starts[k]
            own = slice(first, min(stop, self._starts[k + 1]) - self._starts[k], step)
            count = len(range(own.start, own.stop, step))
            for place, column in zip(found[self._constant :], self._pieces[k], strict=True):
                place[done : done + count] = column[own]
            done += count
            if done == found.shape[1]:
                break
        return found.T

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.float64]:
        """All rows, for who needs them at once."""
        import numpy as np

        return np.ascontiguousarray(self[:], dtype=dtype or float)
