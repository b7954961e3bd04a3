"""By the second derivative, to the minimum of the quadratic that shares it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.optimize.bounds import Bounds
from derivkit.optimize.loop import Place, Stuck
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivkit.optimize.differentiable import WithHessian
    from derivkit.optimize.minimum import Vector

    Matrix = NDArray[Any]

LEAST_CURVATURE = 1e-14  # of the largest: what a smaller one is taken for, so that no step is longer than makes sense

SINGULAR = "the second derivative is singular"
NOT_CONVEX = "the second derivative is negative"
NEAR = 1e-3  # a bound: held variables are told apart a little before they reach it, or steps could get stuck between


@dataclass(frozen=True, slots=True)
class Newton:
    """To the minimum of the quadratic that shares value, gradient and second derivative, of a convex function.

    Attributes
    ----------
    solve : callable
        (x, gradient) to the inverse Hessian times the gradient, shape (d,); may raise numpy.linalg.LinAlgError.
    """

    solve: Callable[[Vector, Vector], Vector]

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Vector, None]:
        """Minus the Newton step."""
        import numpy as np

        try:
            direction = -self.solve(place.x, place.gradient)
        except np.linalg.LinAlgError:
            raise Stuck(Outcome.STALLED, SINGULAR) from None
        if not np.isfinite(direction @ place.gradient):
            raise Stuck(Outcome.STALLED, NOT_CONVEX)
        return direction, None


@dataclass(frozen=True, slots=True)
class NewtonAnywhere:
    """Newton's step where the function curves upwards; elsewhere a step away from maxima and saddles as long as one towards them.

    Each second derivative along an axis of the Hessian counts with its size, whatever its sign: so the direction falls, and most
    along negative curvature. Where there are bounds, components that they hold go against the gradient, and the others by their
    part of the Hessian.

    Attributes
    ----------
    function : WithHessian
    bounds : Bounds, optional

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), section 3.4, equation 3.41 with sizes; Dauphin et al., Identifying and
    attacking the saddle point problem in high-dimensional non-convex optimization, NeurIPS (2014), algorithm 1; Bertsekas,
    Projected Newton methods for optimization problems with simple constraints, SIAM J. Control Optim. 20 (1982) 221, for bounds.
    """

    function: WithHessian
    bounds: Bounds | None = None

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Vector, None]:
        """Minus the inverse of the sizes times the gradient."""
        import numpy as np

        hessian = hessian_at(self.function, place)
        if self.bounds is None:
            return -downhill(hessian, place.gradient, place.x), None
        away = float(np.linalg.norm(place.x - self.bounds.nearest(place.x - place.gradient)))
        free = self.bounds.free(place, min(away, NEAR))
        direction = -place.gradient
        direction[free] = -downhill(hessian[np.ix_(free, free)], place.gradient[free], place.x[free])
        return direction, None


def hessian_at(function: WithHessian, place: Place) -> Matrix:
    """The Hessian.

    Raises
    ------
    Stuck
        If it is not finite.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        hessian = np.asarray(function.hessian(place.x))
    if not np.isfinite(hessian).all():
        raise Stuck(Outcome.OUT_OF_DOMAIN, "the second derivatives are undefined where the steps lead")
    return hessian


def downhill(hessian: Matrix, gradient: Vector, x: Vector) -> Vector:
    """The inverse Hessian times the gradient where that is positive definite, else the inverse of its sizes.

    Along an axis whose curvature is rounding, no step is longer than x: the model says nothing of how far to go there.
    """
    import numpy as np

    try:
        triangle = np.linalg.cholesky(hessian)
        step = np.linalg.solve(triangle.T, np.linalg.solve(triangle, gradient))
        if np.diag(triangle).min(initial=np.inf) ** 2 > LEAST_CURVATURE * np.abs(hessian).max(initial=0):
            return np.asarray(step)
    except np.linalg.LinAlgError:
        pass
    sizes, axes = np.linalg.eigh(hessian)
    sizes, room = np.abs(sizes), first_radius(x)
    if not sizes.any():
        return np.asarray(gradient * (room / (float(np.linalg.norm(gradient)) or 1.0)))
    least = LEAST_CURVATURE * float(sizes.max())
    shares = (axes.T @ gradient) / np.maximum(sizes, least)
    return np.asarray(axes @ np.where(sizes > least, shares, shares.clip(-room, room)))


def first_radius(x: Vector) -> float:
    """The size of x, at least 1: that of variables of about unit size."""
    import numpy as np

    return max(1.0, float(np.linalg.norm(x)))
