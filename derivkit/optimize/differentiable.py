"""What a function can tell of itself, besides value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from derivkit.optimize.squares import SumOfSquares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.minimum import Vector

    Matrix = NDArray[np.float64]


class Differentiable(Protocol):
    """What every method asks for; any function of x that returns value and gradient is one."""

    def __call__(self, x: Vector, /) -> tuple[float, Vector]:
        """The value, and the gradient of shape (d,)."""


class WithHessian(Differentiable, Protocol):
    """Second derivatives."""

    def hessian(self, x: Vector, /) -> Matrix:
        """Shape (d, d)."""


class WithProducts(Differentiable, Protocol):
    """Second derivatives along a vector."""

    def hvp(self, x: Vector, v: Vector, /) -> Vector:
        """The Hessian times v, shape (d,)."""


class WithSquares(Differentiable, Protocol):
    """Residuals."""

    @property
    def squares(self) -> SumOfSquares:
        """The value is half the sum of the squared residuals."""


def products(function: Any, x: Vector) -> Callable[[Vector], Vector]:
    """The Hessian at a place, as a function of the vector it is multiplied by; from the whole matrix where there is only that.

    Parameters
    ----------
    function : WithProducts or WithHessian
    x : array of float, shape (d,)
    """
    import numpy as np

    if hasattr(function, "hvp"):
        return lambda v: np.asarray(function.hvp(x, v))
    hessian = np.asarray(function.hessian(x))
    return lambda v: np.asarray(hessian @ v)
