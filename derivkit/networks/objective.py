"""What training minimizes: the mean loss of rows and a penalty on weights, with the gradient by the tape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from derivkit import tape
from derivkit.networks.architecture import Architecture
from derivkit.networks.forward import Averages, forward, loss_of
from derivkit.networks.parameters import arrays_of, layers_of, penalized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows as a network takes them.

    Attributes
    ----------
    x : array of float, shape (n, inputs)
        Standardized.
    y : array, shape (n,)
        Standardized numbers, or positions of classes.
    """

    x: Matrix
    y: NDArray[Any]

    def __len__(self) -> int:
        return len(self.y)

    def at(self, places: NDArray[np.int64] | slice) -> Rows:
        """Some of the rows."""
        return Rows(self.x[places], self.y[places])


@dataclass(frozen=True, slots=True)
class Objective:
    """The mean loss + l1 * sum of absolute weights + l2/2 * sum of their squares; biases, gamma and beta are not penalized.

    Attributes
    ----------
    architecture : Architecture
    l1, l2 : float
    """

    architecture: Architecture
    l1: float = 0.0
    l2: float = 0.0

    def value_and_gradient(
        self, vector: Vector, averages: Averages, rows: Rows, rng: np.random.Generator
    ) -> tuple[float, Vector, Averages]:
        """Value and gradient for the rows of a batch, as training sees them, and the averages after it."""
        after: Averages = ()

        def loss(arrays: Sequence[Any]) -> Any:
            nonlocal after
            z, after = forward(self.architecture, layers_of(self.architecture, arrays), averages, rows.x, rng=rng)
            return loss_of(self.architecture, z, rows.y)

        value, slopes = tape.value_and_grad(loss)(arrays_of(self.architecture, vector))
        gradient = np.concatenate([slope.ravel() for slope in slopes])
        if self.l1 or self.l2:
            weights = np.where(penalized(self.architecture), vector, 0.0)
            gradient += self.l1 * np.sign(weights) + self.l2 * weights
            value += self._penalty(vector)
        return float(value), gradient, after

    def value(self, vector: Vector, averages: Averages, rows: Rows, rng: np.random.Generator) -> float:
        """The value alone, without the tape."""
        z, _ = forward(
            self.architecture, layers_of(self.architecture, arrays_of(self.architecture, vector)), averages, rows.x, rng=rng
        )
        return float(loss_of(self.architecture, z, rows.y)) + self._penalty(vector)

    def _penalty(self, vector: Vector) -> float:
        weights = vector[penalized(self.architecture)]
        return self.l1 * float(np.abs(weights).sum()) + self.l2 / 2 * float(weights @ weights)
