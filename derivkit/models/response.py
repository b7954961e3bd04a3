"""What a target must hold for a family to explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.data.table import ROWS_AT_ONCE
from derivkit.data.words import shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held


def check_response(kind: str, target: str, response: Held, rows: NDArray[np.int64] | Held) -> None:
    """Refuse a target that a family cannot explain.

    Parameters
    ----------
    kind : str
        As `Family.response`.
    target : str
    response : array of float, shape (n,), in memory or not
    rows : array of int, shape (n,), in memory or not
        Which rows of the table they are, from 1.

    Raises
    ------
    DataError
        If a value is negative, or not positive, where the family needs the contrary; the message names the row.
    """
    if kind not in ("not negative", "positive"):
        return
    for first in range(0, len(response), ROWS_AT_ONCE):
        block = response[first : first + ROWS_AT_ONCE]
        wrong = block < 0 if kind == "not negative" else block <= 0
        if wrong.any():
            at = int(wrong.argmax())
            row = int(rows[first + at : first + at + 1][0])
            must = "must not be negative" if kind == "not negative" else "must be positive"
            raise DataError(
                f"the target {shown(target)} {must}, and is {block[at]:g} in row {row}",
                hint="leave the row out, or take --model linear",
            )
