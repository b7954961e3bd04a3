"""A matrix that is still the columns of a table, so that a large one is not in memory twice."""

from __future__ import annotations

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
        self.shape = (frame.height, frame.width + constant)
        self._columns = frame.get_columns()
        self._constant = int(constant)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[np.float64]:
        """A copy of some rows, column by column in memory."""
        import numpy as np

        start, stop, step = rows.indices(len(self))
        found = np.empty((self.shape[1], len(range(start, stop, step))))
        found[: self._constant] = 1.0
        for place, column in zip(found[self._constant :], self._columns, strict=True):
            own = column.slice(start, stop - start)
            place[:] = (own if step == 1 else own.gather_every(step)).to_numpy()
        return found.T

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.float64]:
        """All rows, for who needs them at once."""
        import numpy as np

        return np.ascontiguousarray(self[:], dtype=dtype or float)
