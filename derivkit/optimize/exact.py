"""Inner products without rounding, but for one at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST_EXACT = 200_000  # elements of a matrix for which it is worth its time
SPLITTER = 2.0**27 + 1


def columns_times(matrix: Matrix, vector: Vector) -> Vector:
    """matrix^T vector, every element rounded once.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
        Numbers whose products neither overflow nor underflow.
    vector : array of float, shape (n,)

    Returns
    -------
    array of float, shape (p,)

    Examples
    --------
    >>> import numpy as np
    >>> columns_times(np.array([[1e16], [1.0], [-1e16]]), np.array([1.0, 1.0, 1.0]))
    array([1.])

    References
    ----------
    Dekker, A floating-point technique for extending the available precision, Numer. Math. 18 (1971) 224, for a product's error;
    Shewchuk, Discrete Comput. Geom. 18 (1997) 305, for the sum (`math.fsum`).
    """
    import numpy as np

    products = matrix * vector[:, None]
    high, low = _halves(matrix)
    high_vector, low_vector = (half[:, None] for half in _halves(vector))
    errors = low * low_vector - (((products - high * high_vector) - low * high_vector) - high * low_vector)
    return np.array([math.fsum(column) for column in np.vstack([products, errors]).T.tolist()])


def _halves(x: Vector | Matrix) -> tuple[Vector, Vector]:
    """Two numbers of half the digits that add up to each number."""
    scaled = SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high
