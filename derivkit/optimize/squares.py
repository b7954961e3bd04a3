"""What the solvers of least squares take and return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Local:
    """A sum of squares at a point, with what is needed to go on from there.

    Attributes
    ----------
    x : array of float, shape (p,)
    value : float
        What is minimized; for plain least squares half the sum of squared residuals. NaN or infinite outside the domain.
    residual : array of float, shape (n,)
    jacobian : array of float, shape (n, p)
        With the residual, it makes the gradient: jacobian^T residual.
    """

    x: Vector
    value: float
    residual: Vector
    jacobian: Matrix

    @property
    def finite(self) -> bool:
        """Whether the point lies in the domain of the residuals and their derivatives."""
        import math

        import numpy as np

        return math.isfinite(self.value) and bool(np.isfinite(self.jacobian).all())

    @property
    def size(self) -> float:
        """The norm of the residuals."""
        import numpy as np

        return float(np.linalg.norm(self.residual))

    @property
    def gradient(self) -> Vector:
        """Of the value, shape (p,)."""
        import numpy as np

        return np.asarray(self.residual @ self.jacobian)


class SumOfSquares(Protocol):
    """What is minimized."""

    def at(self, x: Vector) -> Local:
        """The value, the residuals and their derivatives at a point."""

    def curvature(self, local: Local) -> Matrix | None:
        """What the Hessian of the value has beyond jacobian^T jacobian, shape (p, p); None where it is not to be had."""

    @property
    def noise(self) -> float:
        """About how much rounding changes the norm of the residuals."""


@dataclass(frozen=True)
class Solution:
    """Where a solver of least squares stopped, and why.

    Attributes
    ----------
    local : Local
    converged : bool
    reason : str
        One sentence, whether it converged or not.
    offset : float
        The share of the residuals that a change of the parameters could still explain; 0 at a minimum.
    iterations, evaluations : int
    """

    local: Local
    converged: bool
    reason: str
    offset: float
    iterations: int
    evaluations: int
