"""Some rows of a design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.data.design import Design

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows of a design.

    Attributes
    ----------
    matrix : array of float, shape (n, p)
    response : array of float, shape (n,)
        For classes, the number of the class.
    """

    matrix: Held
    response: Held

    @classmethod
    def of(cls, design: Design, rows: Rows | None) -> Sample:
        """Some rows of a design; all, and no copy of them, without `rows`."""
        import numpy as np

        if rows is None:
            return cls(design.matrix, design.response)
        return cls(np.asarray(design.matrix)[rows], np.asarray(design.response)[rows])
