"""One step of a trust region: the least of a linearized sum of squares within a scaled distance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

SMALLEST = 1e-300  # keeps quotients of zeros from being NaN
FITS = 0.1  # relative miss of the radius that is good enough
MOST_TRIES = 30


def bounded_step(jacobian: Matrix, residual: Vector, radius: float) -> Vector:
    """The step s that minimizes ||residual + jacobian s|| among those with ||s|| <= radius, give or take a tenth of the radius.

    Parameters
    ----------
    jacobian : array of float, shape (n, p)
        Columns scaled, so that a distance means something.
    residual : array of float, shape (n,)
    radius : float

    Returns
    -------
    array of float, shape (p,)

    Examples
    --------
    >>> import numpy as np
    >>> bounded_step(np.eye(2), np.array([3.0, 4.0]), 10.0)
    array([-3., -4.])
    >>> round(float(np.linalg.norm(bounded_step(np.eye(2), np.array([3.0, 4.0]), 1.0))))
    1

    References
    ----------
    Moré, The Levenberg-Marquardt algorithm: implementation and theory, Lecture Notes in Mathematics 630 (1978) 105, section 5;
    here with singular values of the triangle of QR in place of Givens rotations.
    """
    import numpy as np

    q, triangle = np.linalg.qr(jacobian)
    left, sizes, right = np.linalg.svd(triangle)
    shares = left.T @ (q.T @ residual)
    with np.errstate(over="ignore"):
        whole = shares / np.maximum(sizes, SMALLEST)
        if float(np.linalg.norm(whole)) <= radius:
            return np.asarray(-(right.T @ whole))
    return np.asarray(-(right.T @ _damped(sizes, shares, radius)))


def _damped(sizes: Vector, shares: Vector, radius: float) -> Vector:
    """The coefficients sizes*shares/(sizes^2 + damping), for the damping at which their norm is the radius."""
    import numpy as np

    slope = sizes * shares
    low, high = 0.0, float(np.linalg.norm(slope)) / radius
    damping = max(SMALLEST, 1e-3 * high)
    found = slope
    for _ in range(MOST_TRIES):
        divisor = np.maximum(sizes**2 + damping, SMALLEST)
        found = slope / divisor
        norm = float(np.linalg.norm(found))
        if abs(norm - radius) <= FITS * radius:
            break
        low, high = (damping, high) if norm > radius else (low, damping)
        change = float((found**2 / divisor).sum())  # -norm * d norm/d damping
        newton = damping + norm**2 / change * (norm - radius) / radius if change else math.inf
        damping = newton if low < newton < high else max(math.sqrt(low * high), 1e-3 * high)
    return found
