"""Against the gradient, alone or with the momentum of past ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.descents.elementwise import Elementwise, Numbers
from derivkit.optimize.loop import Place
from derivkit.optimize.settings import MOMENTUM

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector


@dataclass(frozen=True, slots=True)
class Gradient:
    """Against the gradient: steepest descent.

    References
    ----------
    Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, C. R. Acad. Sci. Paris 25 (1847) 536.
    """

    def start(self, x: Vector) -> None:
        """Nothing to remember."""

    def direction(self, place: Place, memory: None) -> tuple[Vector, None]:
        """Minus the gradient."""
        return -place.gradient, None


@dataclass(frozen=True, slots=True)
class Momentum(Elementwise):
    """Against a decaying sum b of gradients: b becomes momentum*b + gradient.

    Attributes
    ----------
    momentum : float
        How much of the sum is kept at a step.

    References
    ----------
    Polyak, Some methods of speeding up the convergence of iteration methods, USSR Comput. Math. Math. Phys. 4 (1964) 1, equation 9.
    """

    momentum: float = MOMENTUM

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus the sum."""
        import numpy as np

        (total,) = arrays
        total *= self.momentum
        total += gradient
        np.negative(total, out=direction)


@dataclass(frozen=True, slots=True)
class Nesterov(Elementwise):
    """Against the gradient and the sum that it has just been added to: gradient + momentum*b.

    References
    ----------
    Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²), Soviet Math. Dokl. 27 (1983) 372, in
    the form of Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum in deep learning, ICML (2013),
    written for the place that is looked ahead to.
    """

    momentum: float = MOMENTUM

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus the gradient and what is left of the sum after another step."""
        import numpy as np

        (total,) = arrays
        total *= self.momentum
        total += gradient
        np.multiply(total, -self.momentum, out=direction)
        direction -= gradient
