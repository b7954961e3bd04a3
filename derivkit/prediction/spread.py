"""How far predictions spread, by the delta method: linear in the coefficients, near their estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.errors import Refusal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

ROUNDING = 2.0**-50  # of a covariance, and of the sum of its products, beside their size
TRUSTED = 1e-3  # the part of a variance that rounding may be


def deviations(gradient: Matrix, covariance: Matrix) -> Vector:
    """Standard deviations of functions of estimates.

    Parameters
    ----------
    gradient : array of float, shape (n, p)
        Of every function, by the coefficients.
    covariance : array of float, shape (p, p)

    Returns
    -------
    array of float, shape (n,)

    Raises
    ------
    Refusal
        If terms of the covariance cancel so far that rounding is more than a thousandth of a variance.

    Examples
    --------
    >>> import numpy as np
    >>> deviations(np.array([[3.0, 4.0]]), np.eye(2)).tolist()
    [5.0]

    References
    ----------
    Oehlert, A note on the delta method, The American Statistician 46 (1992) 27.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        variance = ((gradient @ covariance) * gradient).sum(axis=1)
        size = ((np.abs(gradient) @ np.abs(covariance)) * np.abs(gradient)).sum(axis=1)
        lost = ROUNDING * size > TRUSTED * variance
    if lost.any():
        raise Refusal(
            f"no interval: the terms of the covariance cancel, and rounding hides what is left in row {int(lost.argmax()) + 1}",
            hint="move the columns nearer to 0, or take a lower degree",
        )
    return np.asarray(np.sqrt(variance))
