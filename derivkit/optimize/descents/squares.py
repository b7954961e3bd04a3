"""Directions for sums of squares, from residuals and their Jacobian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.optimize.gauss_newton import column_norms
from derivkit.optimize.loop import Place, Stuck
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.region import Offer
from derivkit.optimize.squares import Local
from derivkit.optimize.trust_region import bounded_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivkit.optimize.differentiable import WithSquares
    from derivkit.optimize.minimum import Vector


@dataclass(frozen=True, slots=True)
class GaussNewton:
    """To the minimum of the linearized problem; the shortest such step where there are many.

    Attributes
    ----------
    function : WithSquares

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), section 10.3.
    """

    function: WithSquares

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Vector, None]:
        """The least-squares solution of jacobian s = -residual."""
        import numpy as np

        local = local_at(self.function, place)
        return np.asarray(np.linalg.lstsq(local.jacobian, -local.residual, rcond=None)[0]), None


@dataclass(frozen=True, slots=True)
class LevenbergMarquardt:
    """The linearized problem within a radius, the columns of its Jacobian scaled to their greatest length so far.

    Attributes
    ----------
    function : WithSquares

    References
    ----------
    Moré, The Levenberg-Marquardt algorithm: implementation and theory, Lecture Notes in Mathematics 630 (1978) 105.
    """

    function: WithSquares

    def start(self, x: Vector) -> Vector:
        """No column was seen."""
        return 0 * x

    def direction(self, place: Place, memory: Vector) -> tuple[Linearized, Vector]:
        """The model; the lengths of columns are remembered."""
        import numpy as np

        local = local_at(self.function, place)
        scale = np.maximum(memory, column_norms(local.jacobian))
        first = float(
            np.linalg.norm(scale * np.maximum(np.abs(place.x), 1))
        )  # the size of variables that are at least of unit size
        return Linearized(first, local, scale), scale


@dataclass(frozen=True, slots=True, eq=False)
class Linearized:
    """Half the square of residual + jacobian s.

    Attributes
    ----------
    first : float
        The radius to begin with.
    local : Local
    scale : array of float, shape (d,)
        In which steps are measured.
    """

    first: float
    local: Local
    scale: NDArray[Any]

    def __call__(self, radius: float) -> Offer:
        """The step that makes it least within the radius, give or take a tenth."""
        import numpy as np

        jacobian, residual = self.local.jacobian, self.local.residual
        missing = max(0, jacobian.shape[1] - jacobian.shape[0])  # rows of 0, where there are fewer residuals than variables
        scaled = bounded_step(np.pad(jacobian / self.scale, ((0, missing), (0, 0))), np.pad(residual, (0, missing)), radius)
        step = scaled / self.scale
        change = jacobian @ step
        return Offer(step, -float(residual @ change + change @ change / 2), float(np.linalg.norm(scaled)))


def local_at(function: WithSquares, place: Place) -> Local:
    """The residuals and their Jacobian.

    Raises
    ------
    Stuck
        If they are not finite.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        local = function.squares.at(place.x)
    if not local.finite:
        raise Stuck(Outcome.OUT_OF_DOMAIN, "the derivatives of the residuals are undefined where the steps lead")
    return local
