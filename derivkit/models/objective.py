"""The mean loss of a model over the rows of a design, with gradient and second derivative by the tape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.data.rank import triangle_of
from derivkit.evaluate import evaluate
from derivkit.functions import ARRAYS
from derivkit.models.family import Family, parsed
from derivkit.tape.differentiate import derivative_graph, value_and_gradient

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

ROWS_AT_ONCE = 4096  # a block stays in the cache of a processor


@dataclass(frozen=True)
class Scaling:
    """Columns with mean 0 and standard deviation 1, and the way back to the user's units.

    Attributes
    ----------
    center, scale : array of float, shape (p,)
        A standardized column is (column - center)/scale; the intercept's is left alone.
    intercept : bool
        The first column is the constant, which takes up the centers.
    """

    center: Vector
    scale: Vector
    intercept: bool

    @classmethod
    def of(cls, matrix: Matrix, *, intercept: bool) -> Scaling:
        """The scaling of a design; without an intercept the columns are not centered."""
        import numpy as np

        center = matrix.mean(axis=0) if intercept else np.zeros(matrix.shape[1])
        center[:intercept] = 0.0
        largest = np.abs(matrix - center).max(axis=0)
        largest[largest == 0] = 1.0
        scale = largest * np.sqrt((((matrix - center) / largest) ** 2).mean(axis=0))
        scale[scale == 0] = 1.0
        return cls(center, scale, intercept)

    def apply(self, matrix: Matrix) -> Matrix:
        """The standardized matrix."""
        return (matrix - self.center) / self.scale

    def back(self) -> Matrix:
        """The matrix, shape (p, p), that turns coefficients of standardized columns into coefficients of the user's columns."""
        import numpy as np

        back = np.diag(1 / self.scale)
        if self.intercept:
            back[0, 1:] = -self.center[1:] / self.scale[1:]
        return back


class Objective:
    """Mean loss + sum(penalty*w^2)/2, as a function of the coefficients w.

    The loss of a row depends on w through eta = x.w alone; the tape gives d loss/d eta for a block of rows at a time, and the
    gradient is X^T (d loss/d eta)/n.

    Parameters
    ----------
    family : Family
    matrix : array of float, shape (n, p)
    response : array of float, shape (n,)
    penalty : array of float, shape (p,)
    """

    def __init__(self, family: Family, matrix: Matrix, response: Vector, penalty: Vector) -> None:
        self.family = family
        self.matrix = matrix
        self.response = response
        self.penalty = penalty
        self.loss = parsed(family.loss)
        self.slope = derivative_graph(self.loss, ("eta",))

    def __call__(self, w: Vector) -> tuple[float, Vector]:
        """Value and gradient, shape (p,)."""
        import numpy as np

        total, gradient = 0.0, np.zeros(len(w))
        for rows in self._blocks():
            x, y = self.matrix[rows], self.response[rows]
            loss, slope = value_and_gradient(self.loss, {"eta": x @ w, "y": y}, ARRAYS, wrt=("eta",))
            total += float(np.broadcast_to(loss, y.shape).sum())
            gradient += np.broadcast_to(slope["eta"], y.shape) @ x
        n = len(self.response)
        return total / n + self.penalized(w), gradient / n + self.penalty * w

    def value(self, w: Vector) -> float:
        """The value alone, without a tape: what differences are taken of."""
        total = 0.0
        for rows in self._blocks():
            total += float(evaluate(self.loss, {"eta": self.matrix[rows] @ w, "y": self.response[rows]}, ARRAYS).sum())
        return total / len(self.response) + self.penalized(w)

    def penalized(self, w: Vector) -> float:
        """What the penalty adds."""
        with ARRAYS.quiet():
            return float(self.penalty @ w**2) / 2

    def root(self, w: Vector) -> Matrix:
        """The triangle R, shape (p, p), with R^T R = X^T diag(d2 loss/d eta2) X + n diag(penalty).

        Made block by block by QR, so that the condition of X is not squared.
        """
        import numpy as np

        triangle = np.diag(np.sqrt(len(self.response) * self.penalty))
        for rows in self._blocks():
            x, y = self.matrix[rows], self.response[rows]
            _, curvature = value_and_gradient(self.slope, {"eta": x @ w, "y": y}, ARRAYS, wrt=("eta",))
            with ARRAYS.quiet():  # NaN of a loss that is not convex, which the gradient's check finds
                weighted = np.sqrt(np.broadcast_to(curvature["eta"], y.shape))[:, None] * x
            triangle = triangle_of(np.vstack([triangle, weighted]))
        return triangle

    def newton_step(self, w: Vector, gradient: Vector) -> Vector:
        """The inverse Hessian times the gradient, shape (p,).

        Raises
        ------
        numpy.linalg.LinAlgError
            If the Hessian is singular.
        """
        import numpy as np

        triangle = self.root(w)
        return np.linalg.solve(triangle, np.linalg.solve(triangle.T, len(self.response) * gradient))

    def sample(self, most_rows: int) -> Objective:
        """The same objective over at most so many rows, evenly spread."""
        step = -(-len(self.response) // most_rows)
        return Objective(self.family, self.matrix[::step], self.response[::step], self.penalty)

    def _blocks(self) -> Iterator[slice]:
        for start in range(0, len(self.response), ROWS_AT_ONCE):
            yield slice(start, start + ROWS_AT_ONCE)
