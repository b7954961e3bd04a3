"""The covariance of estimated coefficients, in the user's units, from what the family has to say about errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import TYPE_CHECKING

from derivkit.data.rank import triangle_of
from derivkit.models.columns import triangle_by_blocks
from derivkit.models.objective import Objective

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Mean = Callable[[Vector], Vector]

ON_THE_PLANE = 1e-9  # of the largest residual
ALL_OF_IT = 1e-10  # a row whose share in its own prediction is within this of 1 has no residual to judge by


def from_information(objective: Objective, w: Vector, dispersion: float, mean: Mean | None) -> Matrix:
    """The dispersion times the inverse of the expected information.

    Second derivatives of these losses are linear in the response, so that their expectations are found where it is its mean.

    Parameters
    ----------
    objective : Objective
    w : array of float, shape (P,)
    dispersion : float
    mean : callable, or None
        Linear predictors to the mean of the response; None where second derivatives do not depend on it.

    Returns
    -------
    array of float, shape (P, P)
    """
    expected = objective if mean is None else objective.expected(mean)
    spread = _spread(expected.root(w), objective)
    return dispersion * spread.T @ spread


def robust(objective: Objective, w: Vector, *, leverage: bool) -> Matrix | None:
    """Inverse second derivatives on both sides of the summed squares of the rows' own gradients: right if the variance is not.

    Parameters
    ----------
    objective : Objective
    w : array of float, shape (P,)
    leverage : bool
        Whether every row's gradient is divided by what it leaves of itself in its prediction (HC3).

    Returns
    -------
    array of float, shape (P, P), or None
        None where a row leaves nothing.

    References
    ----------
    MacKinnon and White, J. Econometrics 29 (1985) 305, the jackknife as Long and Ervin (2000) call it: HC3. For likelihoods, the
    leverage is that of weighted least squares: Cook and Weisberg, Residuals and Influence in Regression (1982), section 5.5.
    """
    import numpy as np

    root = objective.root(w)
    inverse = np.linalg.solve(root, np.linalg.solve(root.T, np.eye(len(root))))
    own = []
    for rows in objective.columns.blocks():
        x, (slopes, curvature) = objective.columns.block(rows), objective.derivatives(rows, w)
        scores: Matrix = slopes.T
        if leverage:
            kept = _kept(x, curvature, inverse)
            if np.abs(np.linalg.det(kept)).min() < ALL_OF_IT:
                return None
            scores = np.linalg.solve(kept, scores[:, :, None])[:, :, 0].astype(float)
        own.append(triangle_of((scores[:, :, None] * x[:, None, :]).reshape(len(x), -1)))
    return _sandwich(root, triangle_by_blocks(own, np.zeros((0, len(root)))), objective)


def _kept(x: Matrix, curvature: NDArray[np.float64], inverse: Matrix) -> NDArray[np.float64]:
    """For every row, 1 - its leverage, as a matrix over the linear predictors; shape (n, B, B)."""
    import numpy as np

    b, p = len(curvature), x.shape[1]
    parts = inverse.reshape(b, p, b, p)
    spread = np.array([[((x @ parts[i, :, j]) * x).sum(axis=1) for j in range(b)] for i in range(b)])
    leverage: NDArray[np.float64] = np.einsum("ijn,jkn->nik", curvature, spread)
    return np.eye(b) - leverage


def of_huber(objective: Objective, w: Vector) -> Matrix:
    """Huber's errors of a robust regression, with his correction for few rows.

    References
    ----------
    Huber, Robust Statistics (1981), equation 6.5 of section 7.6.
    """
    import numpy as np

    n, p = len(objective.columns), objective.columns.width
    found = [objective.derivatives(rows, w) for rows in objective.columns.blocks()]
    slopes, curvature = (np.concatenate([part[k].reshape(-1) for part in found]) for k in (0, 1))
    mean = curvature.mean()
    correction = 1 + p / n * curvature.var() / mean**2
    variance = correction**2 * (slopes @ slopes) / (n - p) / mean**2
    spread = _spread(objective.columns.triangle, objective)
    return variance * spread.T @ spread  # type: ignore[no-any-return]  # NumPy's array


def of_quantile(objective: Objective, residuals: Vector, response: Vector, tau: float) -> Matrix | None:
    """The kernel errors of a quantile regression: the density of the residuals at 0 by Epanechnikov's kernel.

    Parameters
    ----------
    objective : Objective
    residuals, response : array of float, shape (n,)
    tau : float

    Returns
    -------
    array of float, shape (p, p), or None
        None where the rows are too few for a kernel around the quantile, or lie on the plane.

    References
    ----------
    Powell, Estimation of monotonic regression models under quantile restrictions (1991); Greene, Econometric Analysis, 6th ed.
    (2008), section 14.3.2; Hall and Sheather, J. R. Stat. Soc. B 50 (1988) 381, for the bandwidth. As statsmodels' `QuantReg.fit`
    does by default, but for rows on the plane, whose side is left to rounding there.
    """
    import numpy as np

    n, normal = len(residuals), NormalDist()
    z = normal.inv_cdf(tau)
    near = n ** (-1 / 3) * normal.inv_cdf(0.975) ** (2 / 3) * (1.5 * normal.pdf(z) ** 2 / (2 * z**2 + 1)) ** (1 / 3)
    low, high = np.percentile(residuals, [25, 75])
    spread = min(float(response.std()), float(high - low) / 1.34)
    if tau - near <= 0 or tau + near >= 1 or not spread:
        return None
    width = spread * (normal.inv_cdf(tau + near) - normal.inv_cdf(tau - near))
    u = residuals / width
    density = float(np.where(np.abs(u) <= 1, 0.75 * (1 - u**2), 0).sum()) / (n * width)
    on = np.abs(residuals) <= ON_THE_PLANE * np.abs(residuals).max()  # neither above nor below: the mean of both
    weights = np.where(on, math.sqrt(tau * (1 - tau)), np.where(residuals > 0, tau, 1 - tau)) / density
    columns = objective.columns
    weighted = (weights[rows, None] * columns.block(rows) for rows in columns.blocks())
    meat = triangle_by_blocks(weighted, np.zeros((0, columns.width)))
    return _sandwich(columns.triangle, meat, objective)


def _spread(root: Matrix, objective: Objective) -> Matrix:
    """The matrix whose square is the inverse of root^T root, in the user's units."""
    import numpy as np

    back = np.kron(np.eye(len(objective.loss.predictors)), objective.columns.back().astype(float))
    return np.linalg.solve(root.T, back.T).astype(float)  # (back R^-1)^T


def _sandwich(root: Matrix, meat: Matrix, objective: Objective) -> Matrix:
    import numpy as np

    spread = np.linalg.solve(root, _spread(root, objective))  # (back H^-1)^T
    half = meat @ spread
    return half.T @ half
