"""A function as a method calls it: with a count of how often each derivative was computed."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivkit.minimizing.function import Function
from derivkit.minimizing.squares import Residuals

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.squares import Local

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST_REMEMBERED = 1000  # variables of a place that is remembered
PLACES = 4  # that are


class Counted:
    """A function that is called by a method: the same, with a count, and a memory of the last places.

    What is asked for again at a place that is remembered is neither computed nor counted again.

    Parameters
    ----------
    function : Function

    Attributes
    ----------
    functions, gradients, hessians : int
        How often each was computed; a product with the Hessian counts as a Hessian.
    lost : array of float, shape (d,), or None
        The last point at which there was no value.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.variables, self.graph = function.variables, function.graph
        self.functions = self.gradients = self.hessians = 0
        self.lost: Vector | None = None
        self._slopes: dict[bytes, tuple[float, Vector]] = {}
        self._hessians: dict[bytes, Matrix] = {}

    @cached_property
    def squares(self) -> CountedResiduals:
        """Where the function has residuals; it is an attribute error where it has none."""
        residuals: Residuals = self.function.squares  # type: ignore[attr-defined]  # methods that need it ask first
        return CountedResiduals(self, residuals)

    def __call__(self, x: Vector) -> tuple[float, Vector]:
        """The value and the gradient."""
        return self.value_and_gradient(x)

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """The value and the gradient."""
        key = _key(x)
        if key in self._slopes:
            value, gradient = self._slopes[key]
            return value, gradient.copy()
        self.functions += 1
        self.gradients += 1
        value, gradient = self.function.value_and_gradient(x)
        if not math.isfinite(value):
            self.lost = x
        _remember(self._slopes, key, (value, gradient.copy()))
        return value, gradient

    def value(self, x: Vector) -> float:
        """The value alone."""
        key = _key(x)
        if key in self._slopes:
            return self._slopes[key][0]
        self.functions += 1
        return self.function.value(x)

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives."""
        key = _key(x)
        if key in self._hessians:
            return self._hessians[key].copy()
        self.hessians += 1
        found = self.function.hessian(x)
        _remember(self._hessians, key, found.copy())
        return found

    def value_at(self, points: Matrix) -> Vector:
        """The values at many points."""
        self.functions += points.shape[1]
        return self.function.value_at(points)

    def hvp(self, x: Vector, v: Vector) -> Vector:
        """The second derivatives times a vector."""
        self.hessians += 1
        return self.function.hvp(x, v)


class CountedResiduals:
    """Residuals whose Jacobian counts as a gradient.

    Parameters
    ----------
    counted : Counted
    squares : Residuals
    """

    def __init__(self, counted: Counted, squares: Residuals) -> None:
        self._counted, self._squares = counted, squares

    def at(self, x: Vector) -> Local:
        """The residuals and their Jacobian at a point."""
        self._counted.gradients += 1
        return self._squares.at(x)


def _key(x: Vector) -> bytes:
    """What a place is remembered by; empty where it is too large."""
    return x.tobytes() if len(x) <= MOST_REMEMBERED else b""


def _remember(memory: dict[bytes, Any], key: bytes, found: Any) -> None:
    if key:
        memory[key] = found
        if len(memory) > PLACES:
            del memory[next(iter(memory))]
