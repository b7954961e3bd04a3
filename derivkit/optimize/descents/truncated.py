"""Newton's equations solved by conjugate gradients, as far as they matter, with products of the Hessian and vectors alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.optimize.differentiable import products
from derivkit.optimize.loop import Place

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector

ROUGHLY = 0.5  # of the gradient may be left of Newton's equations, far from the minimum


@dataclass(frozen=True, slots=True)
class NewtonCG:
    """Newton's direction, solved the more exactly the smaller the gradient is.

    Conjugate gradients stop where they meet negative curvature, with what they have; at their first step: minus the gradient.

    Attributes
    ----------
    function : WithProducts or WithHessian

    References
    ----------
    Dembo and Steihaug, Truncated-Newton algorithms for large-scale unconstrained optimization, Math. Program. 26 (1983) 190;
    Nocedal and Wright, Numerical Optimization (2006), algorithm 7.1.
    """

    function: Any

    def start(self, x: Vector) -> None:
        """No gradient to compare with."""

    def direction(self, place: Place, memory: float | None) -> tuple[Vector, float]:
        """About minus the inverse Hessian times the gradient; the first gradient's length is remembered."""
        import numpy as np

        length = float(np.linalg.norm(place.gradient))
        first = memory or length or 1.0
        step, _ = solved(products(self.function, place.x), place.gradient, left(length, first), math.inf)
        return step, first


def left(length: float, first: float) -> float:
    """How much of Newton's equations may be left, for a gradient of that length: so that the convergence is superlinear."""
    return min(ROUGHLY, math.sqrt(length / first)) * length


def solved(product: Callable[[Vector], Vector], gradient: Vector, tolerance: float, radius: float) -> tuple[Vector, Vector]:
    """The step that about minimizes gradient.s + s.H.s/2 within the radius, and H times it.

    Parameters
    ----------
    product : callable
        A vector to the Hessian times it.
    gradient : array of float, shape (d,)
    tolerance : float
        Of the norm of what is left of H s = -gradient.
    radius : float
        Infinite where there is none: then the step ends before negative curvature, or is minus the gradient.

    References
    ----------
    Steihaug, The conjugate gradient method and trust regions in large scale optimization, SIAM J. Numer. Anal. 20 (1983) 626.
    """
    import numpy as np

    step, curved = np.zeros_like(gradient), np.zeros_like(gradient)
    rest, direction = gradient.copy(), -gradient
    square = float(rest @ rest)
    for tries in range(2 * len(gradient)):
        if math.sqrt(square) <= tolerance:
            break
        along = product(direction)
        curvature = float(direction @ along)
        if not curvature > 0:
            if radius < math.inf:
                part = to_the_edge(step, direction, radius)
                return step + part * direction, curved + part * along
            return (step, curved) if tries else (direction, along)
        part = square / curvature
        if float(np.linalg.norm(step + part * direction)) >= radius:
            part = to_the_edge(step, direction, radius)
            return step + part * direction, curved + part * along
        step, curved, rest = step + part * direction, curved + part * along, rest + part * along
        before, square = square, float(rest @ rest)
        direction = square / before * direction - rest
    return step, curved


def to_the_edge(step: Vector, direction: Vector, radius: float) -> float:
    """How far along the direction from the step the radius is."""
    a, b, c = float(direction @ direction), float(step @ direction), float(step @ step) - radius**2
    root = math.sqrt(max(b * b - a * c, 0.0))
    return (root - b) / a if b <= 0 else -c / (root + b)
