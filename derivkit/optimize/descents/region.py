"""Quadratic models of a function, and their least places within a radius: what a trust region asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.optimize.descents.newton import first_radius, hessian_at
from derivkit.optimize.descents.truncated import left, solved
from derivkit.optimize.differentiable import products
from derivkit.optimize.loop import Place
from derivkit.optimize.region import Offer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from derivkit.optimize.differentiable import WithHessian
    from derivkit.optimize.minimum import Vector

FITS = 1e-3  # relative miss of the radius that is good enough
MOST_TRIES = 60
HARD = 1e-10  # relative size of a gradient along the lowest axis that counts as none


@dataclass(frozen=True, slots=True)
class TrustExact:
    """The quadratic with the exact Hessian, minimized through its eigenvalues.

    Attributes
    ----------
    function : WithHessian

    References
    ----------
    Moré and Sorensen, Computing a trust region step, SIAM J. Sci. Stat. Comput. 4 (1983) 553; with eigenvalues in place of Cholesky
    factors, as in Conn, Gould and Toint, Trust-Region Methods (2000), section 7.3.
    """

    function: WithHessian

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Eigenmodel, None]:
        """The model."""
        import numpy as np

        sizes, axes = np.linalg.eigh(hessian_at(self.function, place))
        return Eigenmodel(first_radius(place.x), sizes, axes, axes.T @ place.gradient), None


@dataclass(frozen=True, slots=True, eq=False)
class Eigenmodel:
    """gradient.s + s.H.s/2 in the axes of H.

    Attributes
    ----------
    first : float
        The radius to begin with.
    sizes : array of float, shape (d,)
        Eigenvalues, increasing.
    axes : array of float, shape (d, d)
    shares : array of float, shape (d,)
        The gradient in these axes.
    """

    first: float
    sizes: Vector
    axes: NDArray[Any]
    shares: Vector

    def __call__(self, radius: float) -> Offer:
        """The least place within the radius."""
        import numpy as np

        step = self._least(radius)
        promised = -float(self.shares @ step + self.sizes @ step**2 / 2)
        return Offer(np.asarray(self.axes @ step), promised, float(np.linalg.norm(step)))

    def _least(self, radius: float) -> Vector:
        """In the axes."""
        import numpy as np

        if self.sizes[0] > 0:
            step = -self.shares / self.sizes
            if float(np.linalg.norm(step)) <= radius:
                return step
        return self._at_the_edge(radius)

    def _at_the_edge(self, radius: float) -> Vector:
        """The step of length radius: minus the gradient over eigenvalues that are shifted until they are positive, and it fits."""
        import numpy as np

        length = float(np.linalg.norm(self.shares))
        lowest = max(0.0, -float(self.sizes[0]))
        edge = float(np.abs(self.sizes - self.sizes[0]).max()) + lowest
        flat = self.sizes + lowest <= HARD * edge
        if lowest and float(np.linalg.norm(self.shares[flat])) <= HARD * length:
            step = np.where(flat, 0.0, -self.shares / np.where(flat, 1.0, self.sizes + lowest))
            rest = radius**2 - float(step @ step)
            if rest >= 0:  # the hard case: the lowest axis is free to fill the radius
                step[0] = math.sqrt(rest)
                return step
        return self._shifted(lowest, length / radius + lowest, radius)

    def _shifted(self, low: float, high: float, radius: float) -> Vector:
        """By Newton's method for 1/|step| = 1/radius, kept between two shifts."""
        import numpy as np

        shift, step = high, self.shares
        for _ in range(MOST_TRIES):
            divisor = np.maximum(self.sizes + shift, np.finfo(float).tiny)
            step = -self.shares / divisor
            length = float(np.linalg.norm(step))
            if abs(length - radius) <= FITS * radius:
                break
            low, high = (shift, high) if length > radius else (low, shift)
            change = float((step**2 / divisor).sum())
            newton = shift + length**2 / change * (length - radius) / radius if change else math.inf
            shift = newton if low < newton < high else (low + high) / 2
        return step


@dataclass(frozen=True, slots=True)
class TrustNCG:
    """The quadratic with the exact Hessian, minimized by conjugate gradients from products of the Hessian and vectors.

    Attributes
    ----------
    function : WithProducts or WithHessian

    References
    ----------
    Steihaug, The conjugate gradient method and trust regions in large scale optimization, SIAM J. Numer. Anal. 20 (1983) 626.
    """

    function: Any

    def start(self, x: Vector) -> None:
        """No gradient to compare with."""

    def direction(self, place: Place, memory: float | None) -> tuple[ProductModel, float]:
        """The model; the first gradient's length is remembered."""
        import numpy as np

        first = memory or float(np.linalg.norm(place.gradient)) or 1.0
        tolerance = left(float(np.linalg.norm(place.gradient)), first)
        return ProductModel(first_radius(place.x), products(self.function, place.x), place.gradient, tolerance), first


@dataclass(frozen=True, slots=True, eq=False)
class ProductModel:
    """gradient.s + s.H.s/2 where H is known by its products.

    Attributes
    ----------
    first : float
        The radius to begin with.
    product : callable
        A vector to H times it.
    gradient : array of float, shape (d,)
    tolerance : float
        How much of Newton's equations may be left.
    """

    first: float
    product: Callable[[Vector], Vector]
    gradient: Vector
    tolerance: float

    def __call__(self, radius: float) -> Offer:
        """About the least place within the radius."""
        import numpy as np

        step, curved = solved(self.product, self.gradient, self.tolerance, radius)
        return Offer(step, -float(self.gradient @ step + step @ curved / 2), float(np.linalg.norm(step)))
