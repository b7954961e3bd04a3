"""The mean loss of a model over the rows of a design, with gradient and second derivative by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.models.columns import Columns, triangle_by_blocks, triangle_if_well_apart
from derivkit.models.loss import Loss

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


class Objective:
    """Mean loss + |root w|^2/2, as a function of the coefficients w, one block of p a linear predictor.

    The loss of a row depends on w through its linear predictors alone; the engine gives the derivatives by them for a block of rows
    at a time, and the chain rule is a product of matrices.

    Parameters
    ----------
    loss : Loss
    columns : Columns
        n rows, p columns.
    response : array of float, shape (responses, n)
    penalty : array of float, shape (q, P), optional
        The root of the penalty: the penalty is half the squared length of its product with w.
    """

    def __init__(self, loss: Loss, columns: Columns, response: Matrix, penalty: Matrix | None = None) -> None:
        import numpy as np

        self.loss = loss
        self.columns = columns
        self.response = response
        self.size = len(loss.predictors) * columns.width
        self.penalty = np.zeros((0, self.size)) if penalty is None else penalty
        self._last: tuple[bytes, Matrix] = (b"", np.zeros((0, 0)))  # the root that was asked for last, and where

    def __call__(self, w: Vector) -> tuple[float, Vector]:
        """Value and gradient, shape (P,)."""
        value, gradient = self._summed(w, extended=False)
        return float(value), gradient

    def extended(self, w: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
        """The same in extended precision, where the machine has it."""
        return self._summed(w, extended=True)

    def _summed(self, w: NDArray[Any], *, extended: bool) -> tuple[Any, NDArray[Any]]:
        import numpy as np

        total: Any = w.dtype.type(0)
        gradient = np.zeros((len(self.loss.predictors), self.columns.width), dtype=w.dtype)
        n = len(self.columns)
        with np.errstate(all="ignore"):  # infinities of places far away, which searches turn back from
            for rows in self.columns.blocks():
                x, mixed = (self.columns.extended(rows), None) if extended else self.columns.source(rows)
                loss, *slopes = self.loss.at(1, predictors(x, mixed, w), self.response[:, rows])
                total += loss.sum()
                gradient += _mixed(np.array(slopes) @ x, mixed)
            pulled = self.penalty @ w
            return total / n + (pulled @ pulled) / 2, gradient.ravel() / n + pulled @ self.penalty

    def _eta(self, rows: slice, w: Vector) -> Matrix:
        return predictors(*self.columns.source(rows), w)

    def value(self, w: Vector) -> float:
        """The value alone, without derivatives: what differences are taken of."""
        import numpy as np

        total = 0.0
        for rows in self.columns.blocks():
            (loss,) = self.loss.at(0, self._eta(rows, w), self.response[:, rows])
            total += float(loss.sum())
        with np.errstate(all="ignore"):
            return total / len(self.columns) + float(((self.penalty @ w) ** 2).sum()) / 2

    def scale(self, w: Vector) -> float:
        """The size of a row's loss, whatever its sign: beside which decreases count."""
        import numpy as np

        total = 0.0
        for rows in self.columns.blocks():
            (loss,) = self.loss.at(0, self._eta(rows, w), self.response[:, rows])
            total += float(np.abs(loss).sum())
        return total / len(self.columns)

    def derivatives(self, rows: slice, w: Vector) -> tuple[Matrix, NDArray[np.float64]]:
        """By the linear predictors of some rows: slopes, shape (B, n), and second derivatives, shape (B, B, n)."""
        import numpy as np

        b = len(self.loss.predictors)
        found = self.loss.at(2, self._eta(rows, w), self.response[:, rows])
        curvature = np.empty((b, b, found[0].size))
        for i, j, second in zip(*np.triu_indices(b), found[b:], strict=True):
            curvature[i, j] = curvature[j, i] = second
        return np.array(found[:b]), curvature

    def hessian(self, w: Vector) -> Matrix:
        """The summed second derivatives, shape (P, P): n times those of the objective."""
        import numpy as np

        b, p = len(self.loss.predictors), self.columns.width
        total = np.zeros((b, p, b, p))
        for rows in self.columns.blocks():
            x, mixed = self.columns.source(rows)
            _, curvature = self.derivatives(rows, w)
            for i in range(b):
                for j in range(i, b):
                    part = _mixed(_mixed(weighted_products(x, curvature[i, j]), mixed).T, mixed)
                    total[i, :, j] += part
                    if i != j:
                        total[j, :, i] += part
        with np.errstate(all="ignore"):
            return total.reshape(self.size, self.size) + len(self.columns) * (self.penalty.T @ self.penalty)

    def root(self, w: Vector) -> Matrix:
        """A triangle R, shape (P, P), with R^T R the summed second derivatives.

        Of columns that are well apart it is Cholesky's; of others it is made block by block by QR, so that the condition of the
        columns is not squared.
        """
        key = w.tobytes()
        if self._last[0] != key:
            found = triangle_if_well_apart(self.hessian(w))
            self._last = key, self._root_by_qr(w) if found is None else found
        return self._last[1]

    def _root_by_qr(self, w: Vector) -> Matrix:
        import numpy as np

        weighted = (self._weighted(rows, w) for rows in self.columns.blocks())
        return triangle_by_blocks(weighted, np.sqrt(len(self.columns)) * self.penalty)

    def _weighted(self, rows: slice, w: Vector) -> Matrix:
        """Some rows by the root of their second derivatives: what is squared and summed in the Hessian."""
        import numpy as np

        x = self.columns.block(rows)
        _, curvature = self.derivatives(rows, w)
        with np.errstate(invalid="ignore"):  # NaN of a loss that is not convex
            halves = np.sqrt(curvature) if len(curvature) == 1 else _roots(curvature)
        return (halves.transpose(2, 0, 1)[:, :, :, None] * x[:, None, None, :]).reshape(-1, self.size)

    def newton_step(self, w: Vector, gradient: Vector) -> Vector:
        """The inverse Hessian times the gradient, shape (P,).

        Raises
        ------
        numpy.linalg.LinAlgError
            If the Hessian is singular.
        """
        import numpy as np

        triangle = self.root(w)
        return np.linalg.solve(triangle, np.linalg.solve(triangle.T, len(self.columns) * gradient))

    def sample(self, most_rows: int) -> Objective:
        """The same objective over at most so many rows, evenly spread."""
        rows = self.columns.sample(most_rows)
        return Objective(self.loss, self.columns.on(self.columns.matrix[rows]), self.response[:, rows], self.penalty)


def predictors(x: NDArray[Any], mixed: Matrix | None, w: NDArray[Any]) -> NDArray[Any]:
    """Linear predictors, shape (B, n), of rows that are standardized, or are so when mixed."""
    rows = w.reshape(-1, x.shape[1])
    eta: NDArray[Any] = (rows if mixed is None else rows @ mixed.T) @ x.T
    return eta


def _mixed(x: NDArray[Any], mixed: Matrix | None) -> NDArray[Any]:
    return x if mixed is None else x @ mixed


def weighted_products(x: Matrix, weights: Vector) -> Matrix:
    """x^T diag(weights) x, by squares of one matrix: BLAS makes half as many products, and wakes no threads for a block."""
    import numpy as np

    total = np.zeros((x.shape[1], x.shape[1]))
    for sign in (1, -1):
        own = sign * weights
        if (own > 0).any() or not np.isfinite(own).all():
            half = x * np.sqrt(np.maximum(own, 0))[:, None]
            total += sign * (half.T @ half)
    return total


def _roots(curvature: NDArray[np.float64]) -> NDArray[np.float64]:
    """For every row a matrix, shape (B, B), whose square is the second derivative; shape (B, B, n)."""
    import numpy as np

    values, vectors = np.linalg.eigh(curvature.transpose(2, 0, 1))
    roots: NDArray[np.float64] = (vectors * np.sqrt(np.maximum(values, 0))[:, None, :]).transpose(2, 1, 0)
    return roots
