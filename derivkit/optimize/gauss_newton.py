"""The last digits of a least-squares fit: undamped Newton steps through QR, until rounding is all that is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.exact import MOST_EXACT, columns_times
from derivkit.optimize.squares import Local, SumOfSquares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST_STEPS = 40
NEARLY_SINGULAR = 1e-12
FEWER = 0.9  # of the part that can be explained must be left after a step, at most
WORSE = 1e-6  # relative growth of the value that is rounding, in a step near the minimum
FLAT = 1e-3  # least curvature, relative to that of the linearized problem, at which Newton's step is taken


@dataclass(frozen=True)
class Tangent:
    """The linearized problem at a point, its columns scaled to one length.

    Attributes
    ----------
    local : Local
    free : array of bool, shape (p,)
        Which parameters may move.
    scale : array of float, shape (f,)
        Lengths of the free columns, about.
    triangle : array of float, shape (f, f)
        R of QR of the scaled free columns.
    shares : array of float, shape (f,)
        Q^T residual: what a change of the parameters could explain.
    """

    local: Local
    free: NDArray[np.bool_]
    scale: Vector
    triangle: Matrix
    shares: Vector

    @classmethod
    def at(cls, local: Local, free: NDArray[np.bool_] | None = None) -> Tangent:
        """Linearize."""
        import numpy as np

        chosen = np.ones(len(local.x), dtype=bool) if free is None else free
        scale: Vector = np.exp2(np.round(np.log2(column_norms(local.jacobian[:, chosen]))))  # powers of two round nothing
        scaled = local.jacobian[:, chosen] / scale
        q, triangle = np.linalg.qr(scaled)
        shares = q.T @ local.residual
        if scaled.size <= MOST_EXACT and np.abs(np.diag(triangle)).min(initial=1.0) > NEARLY_SINGULAR:
            shares = _exact_shares(scaled, triangle, local.residual)
        return cls(local, chosen, scale, triangle, shares)

    @property
    def size(self) -> float:
        """The norm of what a change of the parameters could explain."""
        import numpy as np

        return float(np.linalg.norm(self.shares))

    def relative_curvature(self, extra: Matrix | None) -> Matrix:
        """The Hessian where jacobian^T jacobian would be the identity; symmetric, shape (f, f).

        It is R^-T H R^-1 with H = R^T R + extra, made without squaring the condition of the Jacobian.
        """
        import numpy as np

        whole = np.eye(len(self.scale))
        if extra is None:
            return whole
        part = extra[np.ix_(self.free, self.free)] / np.outer(self.scale, self.scale)
        half = np.linalg.solve(self.triangle.T, part)
        whole += np.linalg.solve(self.triangle.T, half.T).T
        return np.asarray((whole + whole.T) / 2)

    def step(self, extra: Matrix | None) -> Vector:
        """Newton's step, or that of Gauss and Newton where the Hessian is not well positive; shape (p,).

        Raises
        ------
        numpy.linalg.LinAlgError
            If the triangle is singular.
        """
        import numpy as np

        sizes, axes = np.linalg.eigh(self.relative_curvature(extra))
        shares = axes @ ((axes.T @ self.shares) / sizes) if sizes[0] > FLAT else self.shares
        step = np.zeros(len(self.local.x))
        step[self.free] = -np.linalg.solve(self.triangle, shares) / self.scale
        return step


def _exact_shares(scaled: Matrix, triangle: Matrix, residual: Vector) -> Vector:
    """Q^T residual from the exact gradient, so that rounding in Q does not matter where the residuals are large."""
    import numpy as np

    size = float(np.abs(residual).max(initial=0.0)) or 1.0
    gradient = columns_times(scaled, residual / size)
    return np.asarray(np.linalg.solve(triangle.T, gradient) * size)


def column_norms(matrix: Matrix) -> Vector:
    """Lengths of columns, without overflow; 1 for a column of zeros."""
    import numpy as np

    largest = np.abs(matrix).max(axis=0, initial=0.0)
    largest[~((largest > 0) & np.isfinite(largest))] = 1.0
    norms = largest * np.sqrt(((matrix / largest) ** 2).sum(axis=0))
    return np.asarray(np.where(norms > 0, norms, 1.0))


def polish(problem: SumOfSquares, start: Tangent) -> tuple[Tangent, int]:
    """Newton steps as long as each explains more of what can be explained.

    Parameters
    ----------
    problem : SumOfSquares
    start : Tangent
        Near a minimum.

    Returns
    -------
    Tangent
        The best; `start` itself where no step helps.
    int
        How many points were evaluated.

    References
    ----------
    Björck, Numerical Methods for Least Squares Problems (1996), sections 9.2 and 9.3; the relative curvature is that of Bates and
    Watts, Nonlinear Regression Analysis (1988), section 7.2.
    """
    import numpy as np

    best, tries = start, 0
    for _ in range(MOST_STEPS if start.free.any() else 0):
        try:
            step = best.step(problem.curvature(best.local))
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all():
            break
        there = problem.at(best.local.x + step)
        tries += 1
        if not there.finite or there.value > best.local.value * (1 + WORSE) + problem.noise**2:
            break
        tangent = Tangent.at(there, best.free)
        if not tangent.size <= FEWER * best.size:
            break
        best = tangent
    return best, tries


def within(x: Vector, bounds: Sequence[Vector]) -> bool:
    """Whether a point keeps its bounds."""
    return bool(((x >= bounds[0]) & (x <= bounds[1])).all())
