"""Quantile regression is a linear program: the plane of least summed tilted distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.optimize.minimum import Minimum
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ON_THE_PLANE = 1e-6  # of the residuals' size: what the program's own tolerance leaves


def tilted_plane(matrix: NDArray[np.float64], response: NDArray[np.float64], tau: float) -> Minimum:
    """The w that minimizes the mean of max(tau*r, (tau - 1)*r), r = response - matrix @ w.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
    response : array of float, shape (n,)
    tau : float
        Between 0 and 1.

    Returns
    -------
    Minimum
        `gradient` is that of the rows off the plane.

    Examples
    --------
    >>> import numpy as np
    >>> tilted_plane(np.ones((3, 1)), np.array([1.0, 2.0, 10.0]), 0.5).x
    array([2.])

    References
    ----------
    Koenker and Bassett, Econometrica 46 (1978) 33, section 3.1: through at least p of the rows.
    """
    import numpy as np
    from scipy.optimize import linprog

    n, p = matrix.shape
    size = np.abs(response).max() or 1.0
    # The dual has p constraints instead of n: maximize y.a with X^T a = (1 - tau) X^T 1 and 0 <= a <= 1.
    found = linprog(-response / size, A_eq=matrix.T, b_eq=(1 - tau) * matrix.sum(axis=0), bounds=(0, 1), method="highs")
    if found.status != 0:
        x = np.full(p, np.nan)
        return Minimum(x, np.nan, x, Outcome.STALLED, f"the linear program has no answer: {found.message}", int(found.nit), 1)
    x = _through_rows(matrix, response, -np.asarray(found.eqlin.marginals) * size)
    residuals = response - matrix @ x
    value = float(np.maximum(tau * residuals, (tau - 1) * residuals).mean())
    off = np.abs(residuals) > ON_THE_PLANE * np.abs(residuals).max()
    gradient = -np.where(residuals > 0, tau, tau - 1)[off] @ matrix[off] / n
    return Minimum(x, value, gradient, Outcome.CONVERGED, "the linear program is solved", int(found.nit), 1)


def _through_rows(matrix: NDArray[np.float64], response: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The plane exactly through the rows that it goes through but for the program's tolerance."""
    import numpy as np

    distance = np.abs(response - matrix @ x)
    near = np.flatnonzero(distance <= ON_THE_PLANE * max(distance.max(), ON_THE_PLANE))
    if len(near) < matrix.shape[1] or np.linalg.matrix_rank(matrix[near]) < matrix.shape[1]:
        return x
    return np.linalg.lstsq(matrix[near], response[near], rcond=None)[0].astype(float)
