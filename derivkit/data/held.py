"""What stands for an array of rows: the array itself, or a file of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Held(Protocol):
    """Rows of floats of which some are had by slicing; `numpy.asarray` takes all of them into memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """As an array's."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice, /) -> NDArray[np.float64]: ...

    def __array__(self, dtype: Any = None, /) -> NDArray[np.float64]: ...
