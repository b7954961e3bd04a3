"""Whether a linear combination of columns tells two classes apart, so that no finite coefficients fit best.

Source: Konis, Linear programming algorithms for detecting separated data in binary logistic regression models, DPhil thesis,
University of Oxford (2007), chapter 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MARGIN = 1e-7  # of a sum over rows of margins in standardized units: HiGHS keeps its constraints to about this


def separating_columns(matrix: Matrix, response: Vector, *, intercept: bool) -> list[int]:
    """The columns that separate the classes, perfectly or but for ties: those that do so alone, else a set that does together.

    No member of the set can be left out.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
        Standardized columns.
    response : array of 0.0 and 1.0, shape (n,)
    intercept : bool
        The first column is the constant, which always takes part.

    Returns
    -------
    list of int
        Empty where the classes overlap.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, -1.0, 0.3], [1.0, -0.5, -0.2], [1.0, 0.5, 0.1], [1.0, 1.0, 0.2]])
    >>> separating_columns(x, np.array([0.0, 0.0, 1.0, 1.0]), intercept=True)
    [1]
    """
    signed = matrix * (2 * response - 1)[:, None]
    constant = [0] if intercept else []
    columns = list(range(len(constant), matrix.shape[1]))
    alone = [k for k in columns if _splits(matrix[:, k], response, intercept=intercept)]
    if alone:
        return alone
    if not _separated(signed[:, constant + columns]):
        return []
    for column in list(columns):
        fewer = [k for k in columns if k != column]
        if fewer and _separated(signed[:, constant + fewer]):
            columns = fewer
    return columns


def _splits(column: Vector, response: Vector, *, intercept: bool) -> bool:
    """Whether one column alone separates the classes, at any threshold, or at zero where there is no constant."""
    zeros, ones = column[response == 0], column[response == 1]
    if column.min() == column.max():
        return False
    if intercept:
        return bool(zeros.max() <= ones.min() or ones.max() <= zeros.min())
    return bool(zeros.max() <= 0 <= ones.min() or ones.max() <= 0 <= zeros.min())


def _separated(signed: Matrix) -> bool:
    """Whether some w has signed @ w >= 0 in every row and > 0 in at least one."""
    import numpy as np
    from scipy.optimize import linprog

    found = linprog(-signed.mean(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), method="highs")
    return bool(found.status == 0 and -found.fun * len(signed) > MARGIN)
