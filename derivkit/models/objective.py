"""The mean loss of a model over the rows of a design, with gradient and second derivative by the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from derivkit.models.columns import Columns, triangle_by_blocks, triangle_if_well_apart
from derivkit.models.loss import Loss
from derivkit.models.sums import summed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Mean = Callable[[Vector], Vector]


class Objective:
    """Mean loss + |root w|^2/2, as a function of the coefficients w, one block of p a linear predictor.

    The loss of a row depends on w through its linear predictors alone; the engine gives the derivatives by them for a block of rows
    at a time, and the chain rule is a product of matrices.

    Parameters
    ----------
    loss : Loss
    columns : Columns
        n rows, p columns.
    response : array of float, shape (n,), or what stands for one
        Where the loss has several responses, the number of the class.
    penalty : array of float, shape (q, P), optional
        The root of the penalty: the penalty is half the squared length of its product with w.
    classes : int
        Of which the last ones have a response each, 1 in their own rows; 0 where there is one response, the numbers themselves.
    mean : callable, optional
        Linear predictors, shape (n,), to what stands in for the response.
    """

    def __init__(
        self,
        loss: Loss,
        columns: Columns,
        response: Held,
        penalty: Matrix | None = None,
        *,
        classes: int = 0,
        mean: Mean | None = None,
    ) -> None:
        import numpy as np

        self.loss = loss
        self.columns = columns
        self.response = response
        self.classes = classes
        self.mean = mean
        self.size = len(loss.predictors) * columns.width
        self.penalty = np.zeros((0, self.size)) if penalty is None else penalty
        self._last: tuple[bytes, Matrix] = (b"", np.zeros((0, 0)))  # the root that was asked for last, and where
        self._curved: tuple[bytes, Matrix] = (b"", np.zeros((0, 0)))  # the same of the second derivatives
        self._size: tuple[bytes, float] = (b"", 0.0)  # and of the scale

    def __call__(self, w: Vector) -> tuple[float, Vector]:
        """Value and gradient, shape (P,)."""
        value, gradient = self._summed(w, extended=False)
        return float(value), gradient

    def extended(self, w: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
        """The same in extended precision, where the machine has it."""
        return self._summed(w, extended=True)

    def curved(self, w: Vector) -> tuple[float, Vector]:
        """Value and gradient; the same pass over the rows makes the second derivatives, which are kept for the next step."""

        def part(rows: slice) -> tuple[Any, ...]:
            x, mixed = self.columns.source(rows)
            loss, slopes, curvature = self._derived(rows, predictors(x, mixed, w))
            return loss.sum(), _mixed(slopes @ x, mixed), self._products(x, mixed, curvature)

        total, gradient, second = summed(part, self.columns.blocks())
        self._curved = w.tobytes(), self._with_penalty(second)
        return self._penalized(w, total, gradient)

    def _summed(self, w: NDArray[Any], *, extended: bool) -> tuple[Any, NDArray[Any]]:
        import numpy as np

        def part(rows: slice) -> tuple[Any, ...]:
            x, mixed = (self.columns.extended(rows), None) if extended else self.columns.source(rows)
            with np.errstate(all="ignore"):  # infinities of places far away, which searches turn back from
                eta = predictors(x, mixed, w)
                loss, *slopes = self.loss.at(1, eta, self._response(rows, eta))
                return loss.sum(), _mixed(np.array(slopes) @ x, mixed)

        return self._penalized(w, *summed(part, self.columns.blocks()))

    def _penalized(self, w: NDArray[Any], total: Any, gradient: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
        import numpy as np

        n = len(self.columns)
        with np.errstate(all="ignore"):
            pulled = self.penalty @ w
            return total / n + (pulled @ pulled) / 2, gradient.ravel() / n + pulled @ self.penalty

    def _eta(self, rows: slice, w: Vector) -> Matrix:
        return predictors(*self.columns.source(rows), w)

    def _response(self, rows: slice, eta: NDArray[Any]) -> Matrix:
        if self.mean is not None:
            return self.mean(eta[0])[None]
        return responses(self.response[rows], self.classes, len(self.loss.responses))

    def _losses(self, rows: slice, w: Vector) -> Vector:
        eta = self._eta(rows, w)
        return self.loss.at(0, eta, self._response(rows, eta))[0]

    def value(self, w: Vector) -> float:
        """The value alone, without derivatives: what differences are taken of."""
        import numpy as np

        (total,) = summed(lambda rows: (float(self._losses(rows, w).sum()),), self.columns.blocks())
        with np.errstate(all="ignore"):
            return float(total / len(self.columns) + float(((self.penalty @ w) ** 2).sum()) / 2)

    def scale(self, w: Vector) -> float:
        """The size of a row's loss, whatever its sign: beside which decreases count."""
        import numpy as np

        if self._size[0] != (key := w.tobytes()):
            (total,) = summed(lambda rows: (float(np.abs(self._losses(rows, w)).sum()),), self.columns.blocks())
            self._size = key, float(total / len(self.columns))
        return self._size[1]

    def derivatives(self, rows: slice, w: Vector) -> tuple[Matrix, NDArray[np.float64]]:
        """By the linear predictors of some rows: slopes, shape (B, n), and second derivatives, shape (B, B, n)."""
        return self._derived(rows, self._eta(rows, w))[1:]

    def _derived(self, rows: slice, eta: Matrix) -> tuple[Vector, Matrix, NDArray[np.float64]]:
        """Losses, slopes and second derivatives by the linear predictors of some rows."""
        import numpy as np

        b = len(self.loss.predictors)
        loss, *found = self.loss.at(2, eta, self._response(rows, eta))
        curvature = np.empty((b, b, loss.size))
        for i, j, second in zip(*np.triu_indices(b), found[b:], strict=True):
            curvature[i, j] = curvature[j, i] = second
        return loss, np.array(found[:b]), curvature

    def hessian(self, w: Vector) -> Matrix:
        """The summed second derivatives, shape (P, P): n times those of the objective."""
        key = w.tobytes()
        if self._curved[0] == key:
            return self._curved[1]

        def part(rows: slice) -> tuple[Matrix]:
            x, mixed = self.columns.source(rows)
            return (self._products(x, mixed, self._derived(rows, predictors(x, mixed, w))[2]),)

        self._curved = key, self._with_penalty(*summed(part, self.columns.blocks()))
        return self._curved[1]

    def _products(self, x: Matrix, mixed: Matrix | None, curvature: NDArray[np.float64]) -> NDArray[np.float64]:
        """What some rows bring to the second derivatives, shape (B, p, B, p)."""
        import numpy as np

        b, p = len(self.loss.predictors), self.columns.width
        total = np.zeros((b, p, b, p))
        for i in range(b):
            for j in range(i, b):
                part = _mixed(_mixed(weighted_products(x, curvature[i, j]), mixed).T, mixed)
                total[i, :, j] = total[j, :, i] = part
        return total

    def _with_penalty(self, second: NDArray[np.float64]) -> Matrix:
        import numpy as np

        with np.errstate(all="ignore"):
            return second.reshape(self.size, self.size) + len(self.columns) * (self.penalty.T @ self.penalty)

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
        return self._over(self.columns.matrix[rows], self.response[rows])

    def part(self, rows: NDArray[np.int64]) -> Objective:
        """The same objective over some rows, of those that are in memory."""
        import numpy as np

        return self._over(np.asarray(self.columns.matrix)[rows], np.asarray(self.response)[rows])

    def _over(self, matrix: Matrix, response: Vector) -> Objective:
        return Objective(self.loss, self.columns.on(matrix), response, self.penalty, classes=self.classes)

    def expected(self, mean: Mean) -> Objective:
        """The same with the mean that linear predictors give in place of the response, and no penalty."""
        return Objective(self.loss, self.columns, self.response, mean=mean)


def responses(response: Vector, classes: int, count: int) -> Matrix:
    """The responses of a loss, shape (count, n): the numbers themselves, or for each of the last classes whether it is a row's."""
    import numpy as np

    if count == 1:
        return response[None]
    return np.array([(response == k).astype(float) for k in range(classes - count, classes)])


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
