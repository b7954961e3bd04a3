"""Which columns of a design matrix say nothing new: constant ones, and exact linear combinations of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A column whose part outside the span of those before it is smaller than this, relative to its own size, is dependent.
# Sums of decimals read as doubles leave about 1e-16 times the offset of the columns; the worst honest data stay far above.
SMALLEST_NEW_PART = 1e-11


def triangle_of(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The triangle R of a QR factorization: R^T R = X^T X, without squaring the condition of X."""
    import numpy as np

    return np.asarray(np.linalg.qr(matrix, mode="r"))


def dependencies(matrix: NDArray[np.float64], names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For every column that is a linear combination of the ones before it, its name and theirs.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
        Columns of about one size; a column of zeros depends on nothing else.
    names : tuple of str, length p

    Returns
    -------
    list of tuple of str
        The dependent column first.

    Examples
    --------
    >>> import numpy as np
    >>> dependencies(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), ("a", "b"))
    [('b', 'a')]
    """
    import numpy as np

    # The triangle of QR has the same inner products as the matrix and only p rows.
    triangle = triangle_of(matrix)
    kept: list[int] = []
    basis: list[Any] = []
    found: list[tuple[str, ...]] = []
    for k in range(matrix.shape[1]):
        column = triangle[:, k]
        rest = column.copy()
        for _ in range(2):  # twice is enough (Giraud and Langou, 2005)
            for direction in basis:
                rest -= (direction @ rest) * direction
        size = np.linalg.norm(rest)
        if size > SMALLEST_NEW_PART * np.linalg.norm(column):
            kept.append(k)
            basis.append(rest / size)
            continue
        shares = np.linalg.lstsq(triangle[:, kept], column, rcond=None)[0] if kept else np.zeros(0)
        largest = np.abs(shares).max(initial=0.0)
        partners = [names[j] for j, share in zip(kept, shares, strict=True) if abs(share) > 1e-8 * largest]
        found.append((names[k], *partners))
    return found
