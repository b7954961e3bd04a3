"""How well the parameters of a formula are known: covariances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.fitting.problem import Problem
from derivkit.optimize.gauss_newton import Tangent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


def inverse_root(tangent: Tangent) -> Matrix:
    """A, shape (f, f), with A A^T = (J^T J)^-1 for the Jacobian J of the free parameters."""
    import numpy as np

    return np.asarray(np.linalg.solve(tangent.triangle, np.eye(len(tangent.scale))) / tangent.scale[:, None])


def plain_covariance(tangent: Tangent, variance: float) -> Matrix:
    """variance (J^T J)^-1, shape (f, f).

    References
    ----------
    Seber and Wild, Nonlinear Regression (1989), section 2.1.2.
    """
    root = inverse_root(tangent)
    return variance * (root @ root.T)


def hc3_covariance(tangent: Tangent) -> Matrix:
    """The sandwich that stays right where the spread of the residuals changes from row to row, shape (f, f).

    References
    ----------
    MacKinnon and White, Some heteroskedasticity-consistent covariance matrix estimators with improved finite sample properties,
    J. Econometrics 29 (1985) 305, as HC3 in Long and Ervin, The American Statistician 54 (2000) 217.
    """
    scores = _directions(tangent) * (tangent.local.residual / (1 - leverage(tangent)))[:, None]
    half = inverse_root(tangent) @ scores.T
    return half @ half.T


def leverage(tangent: Tangent) -> Vector:
    """How much each row sets its own fitted value, from 0 to 1; shape (n,)."""
    import numpy as np

    return np.asarray((_directions(tangent) ** 2).sum(axis=1))


def loss_covariance(problem: Problem, tangent: Tangent) -> Matrix:
    """The sandwich of an M-estimate, shape (f, f): H^-1 (sum of squared scores) H^-1, times n/(n - p).

    References
    ----------
    Huber and Ronchetti, Robust Statistics, 2nd ed. (2009), section 7.6.
    """
    import numpy as np

    n, f = len(tangent.local.residual), len(tangent.scale)
    curvature = tangent.relative_curvature(problem.curvature(tangent.local))
    scores = _directions(tangent) * tangent.local.residual[:, None]
    half = inverse_root(tangent) @ np.linalg.solve(curvature, scores.T)
    return np.asarray(half @ half.T * n / (n - f))


def _directions(tangent: Tangent) -> Matrix:
    """An orthonormal basis of the changes that the parameters can make, shape (n, f)."""
    import numpy as np

    scaled = tangent.local.jacobian[:, tangent.free] / tangent.scale
    return np.asarray(np.linalg.solve(tangent.triangle.T, scaled.T).T)
