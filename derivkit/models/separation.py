"""Whether linear combinations of columns tell classes apart, so that no finite coefficients fit best.

Source: Albert and Anderson, On the existence of maximum likelihood estimates in logistic regression models, Biometrika 71 (1984) 1;
Konis, Linear programming algorithms for detecting separated data in binary logistic regression models, DPhil thesis, University of
Oxford (2007), chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MARGIN = 1e-7  # of a sum over rows of margins in standardized units: HiGHS keeps its constraints to about this


def separating_columns(matrix: Matrix, response: Vector, *, intercept: bool) -> list[int]:
    """The columns that separate classes, perfectly or but for ties: those that do so alone, else a set that does together.

    No member of the set can be left out.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
        Standardized columns.
    response : array of float, shape (n,)
        The number of the class: 0, 1, ...
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
    return _least(
        matrix.shape[1], intercept, lambda own: _splits(matrix[:, own], response), lambda own: _separated(matrix[:, own], response)
    )


def zeros_apart(matrix: Matrix, response: Vector, *, intercept: bool) -> list[int]:
    """The columns that tell counts of zero from others: with a log link, the mean of some of these rows can fall for ever.

    Parameters and result are those of `separating_columns`; the response holds counts.

    Examples
    --------
    >>> import numpy as np
    >>> zeros_apart(np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), np.array([2.0, 3.0, 0.0]), intercept=True)
    [1]

    References
    ----------
    Santos Silva and Tenreyro, On the existence of the maximum likelihood estimates in Poisson regression, Economics Letters 107
    (2010) 310.
    """
    zero = response == 0

    def apart(own: list[int]) -> bool:
        import numpy as np

        x = matrix[:, own]
        return _possible(np.vstack([-x[zero], x[~zero], -x[~zero]]))  # the others' linear predictors stay as they are

    return _least(matrix.shape[1], intercept, apart, apart)


def _least(p: int, intercept: bool, alone: Callable[[list[int]], bool], together: Callable[[list[int]], bool]) -> list[int]:
    """The columns of which each separates alone, else a set that separates together and of which none can be left out."""
    constant = [0] if intercept else []
    columns = list(range(len(constant), p))
    found = [k for k in columns if alone([*constant, k])]
    if found or not together(constant + columns):
        return found
    for column in list(columns):
        fewer = [k for k in columns if k != column]
        if fewer and together(constant + fewer):
            columns = fewer
    return columns


def _splits(columns: Matrix, response: Vector) -> bool:
    """Whether one column alone separates classes, at any threshold, or at zero where no constant stands before it."""
    column = columns[:, -1]
    if column.min() == column.max():
        return False
    if response.max() > 1:
        return _separated(columns, response)
    zeros, ones = column[response == 0], column[response == 1]
    if columns.shape[1] > 1:
        return bool(zeros.max() <= ones.min() or ones.max() <= zeros.min())
    return bool(zeros.max() <= 0 <= ones.min() or ones.max() <= 0 <= zeros.min())


def _separated(matrix: Matrix, response: Vector) -> bool:
    """Whether some coefficients give every row's class no smaller a linear predictor than others, and one row's a larger one.

    The first class has none, so its linear predictor is 0.
    """
    import numpy as np
    from scipy.sparse import vstack

    codes = response.astype(int)
    classes = np.arange(codes.max() + 1)
    pairs = [(own, other) for own in classes for other in classes if own != other]
    return _possible(vstack([_margins(matrix[codes == own], own, other, len(classes)) for own, other in pairs]))


def _possible(signed: Any) -> bool:
    """Whether some coefficients make every product with the rows at least 0, and one larger."""
    import numpy as np
    from scipy.optimize import linprog

    n = signed.shape[0]
    found = linprog(-np.asarray(signed.mean(axis=0)).ravel(), A_ub=-signed, b_ub=np.zeros(n), bounds=(-1, 1), method="highs")
    return bool(found.status == 0 and -found.fun * n > MARGIN)


def _margins(rows: Matrix, own: int, other: int, classes: int) -> Any:
    """By how much the linear predictor of the rows' own class exceeds another's, as a matrix over the coefficients."""
    import numpy as np
    from scipy.sparse import csr_array, kron

    pattern = (np.arange(1, classes) == own).astype(float) - (np.arange(1, classes) == other)
    return kron(pattern[None, :], csr_array(rows), format="csr")
