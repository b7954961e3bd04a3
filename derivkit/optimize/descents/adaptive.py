"""Against the gradient, or a running mean of it, with each component in units of its own size so far.

Running means are kept as running sums: m/(1 - beta) in place of m, and so for the mean square. A factor of the whole direction puts
that right, which saves two passes over the arrays at every step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from derivkit.optimize.descents.elementwise import Elementwise, Numbers

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector


@dataclass(frozen=True, slots=True)
class Adagrad(Elementwise):
    """Against the gradient over the root of the sum of its squares so far.

    Attributes
    ----------
    least : float
        Added to the root.

    References
    ----------
    Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic optimization, J. Mach. Learn. Res. 12
    (2011) 2121, section 1.1, with the diagonal of the matrix.
    """

    least: float = 1e-10

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus the gradient over its size."""
        import numpy as np

        (squares,) = arrays
        np.multiply(gradient, gradient, out=spare)
        squares += spare
        _over_size(gradient, squares, self.least, -1.0, direction)


@dataclass(frozen=True, slots=True)
class RMSProp(Elementwise):
    """Against the gradient over the root of the running mean of its square.

    Attributes
    ----------
    square : float
        How much of the mean square is kept at a step.
    least : float
        Added to the root.

    References
    ----------
    Tieleman and Hinton, Lecture 6.5: rmsprop, Coursera: Neural Networks for Machine Learning (2012); the mean starts at 0 and is
    not freed of that.
    """

    square: float = 0.99
    least: float = 1e-8

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus the gradient over its size."""
        import numpy as np

        (squares,) = arrays
        np.multiply(gradient, gradient, out=spare)
        squares *= self.square
        squares += spare
        unit = 1 / math.sqrt(1 - self.square)
        _over_size(gradient, squares, self.least * unit, -unit, direction)


@dataclass(frozen=True, slots=True)
class Adam(Elementwise):
    """Against a running mean of gradients, each component in units of its own running size.

    Attributes
    ----------
    mean, square : float
        How much of the running means of the gradient and of its square is kept at a step.
    least : float
        Added to the size.

    References
    ----------
    Kingma and Ba, Adam: a method for stochastic optimization, ICLR (2015), algorithm 1.
    """

    kept: ClassVar[int] = 2
    mean: float = 0.9
    square: float = 0.999
    least: float = 1e-8

    def numbers(self, steps: int, last: Numbers) -> Numbers:
        """Factor of the mean, and the least size, for running sums in place of means; both freed of their start at 0."""
        size = math.sqrt((1 - self.square**steps) / (1 - self.square))
        return -(1 - self.mean) / (1 - self.mean**steps) * size, self.least * size

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus the mean over the root of the mean square."""
        mean, squares = arrays[:2]
        _accumulate(mean, squares, gradient, self.mean, self.square, spare)
        factor, least = numbers
        _over_size(mean, squares, least, factor, direction)


@dataclass(frozen=True, slots=True)
class AMSGrad(Adam):
    """Adam whose sizes never shrink: in place of the mean square, its largest value so far.

    References
    ----------
    Reddi, Kale and Kumar, On the convergence of Adam and beyond, ICLR (2018), algorithm 2; with Adam's corrections for the start at
    0, the second one after the maximum.
    """

    kept: ClassVar[int] = 3

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus the mean over the root of the largest mean square."""
        import numpy as np

        mean, squares, largest = arrays
        _accumulate(mean, squares, gradient, self.mean, self.square, spare)
        np.maximum(largest, squares, out=largest)
        factor, least = numbers
        _over_size(mean, largest, least, factor, direction)


@dataclass(frozen=True, slots=True)
class NAdam(Adam):
    """Adam with Nesterov's look ahead: the mean as it will be after another such gradient.

    Attributes
    ----------
    warming : float
        The mean's weight grows with the steps, as mean*(1 - 0.96^(steps*warming)/2).

    References
    ----------
    Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop (2016), algorithm 2 with the schedule of section 3.
    """

    warming: float = 0.004

    def numbers(self, steps: int, last: Numbers) -> Numbers:
        """Factors of the mean and of the gradient, the least size, and the product of the weights so far."""
        weight, following = self._weight(steps), self._weight(steps + 1)
        product = (last[-1] if last else 1.0) * weight
        size = math.sqrt((1 - self.square**steps) / (1 - self.square))
        mean = following / (1 - product * following) * (1 - self.mean)
        return -mean * size, -(1 - weight) / (1 - product) * size, self.least * size, product

    def _weight(self, step: int) -> float:
        return self.mean * (1 - math.pow(0.96, step * self.warming) / 2)

    def write(self, gradient: Vector, arrays: tuple[Vector, ...], direction: Vector, spare: Vector, numbers: Numbers) -> None:
        """Minus what mean and gradient come to, over the root of the mean square."""
        import numpy as np

        mean, squares = arrays
        _accumulate(mean, squares, gradient, self.mean, self.square, spare)
        of_mean, of_gradient, least, _ = numbers
        np.multiply(mean, of_mean / of_gradient, out=spare)
        spare += gradient
        _over_size(spare, squares, least, of_gradient, direction)


def _accumulate(mean: Vector, squares: Vector, gradient: Vector, keep: float, keep_square: float, spare: Vector) -> None:
    """Both running sums with another gradient."""
    import numpy as np

    mean *= keep
    mean += gradient
    np.multiply(gradient, gradient, out=spare)
    squares *= keep_square
    squares += spare


def _over_size(top: Vector, squares: Vector, least: float, factor: float, out: Vector) -> None:
    """factor*top/(sqrt(squares) + least)."""
    import numpy as np

    np.sqrt(squares, out=out)
    out += least
    np.divide(top, out, out=out)
    out *= factor
