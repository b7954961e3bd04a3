"""What a target must hold for a family to explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.data.words import shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def check_response(kind: str, target: str, response: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
    """Refuse a target that a family cannot explain.

    Parameters
    ----------
    kind : str
        As `Family.response`.
    target : str
    response : array of float, shape (n,)
    rows : array of int, shape (n,)
        Which rows of the table they are, from 1.

    Raises
    ------
    DataError
        If a value is negative, or not positive, where the family needs the contrary; the message names the row.
    """
    import numpy as np

    wrong = response < 0 if kind == "not negative" else response <= 0 if kind == "positive" else np.zeros(1, dtype=bool)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        must = "must not be negative" if kind == "not negative" else "must be positive"
        raise DataError(
            f"the target {shown(target)} {must}, and is {response[row]:g} in row {rows[row]}",
            hint="leave the row out, or take --model linear",
        )
