"""A formula on data as a sum of squares: residuals and their exact derivatives, by the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivkit.errors import BudgetError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.stable import stabilize
from derivkit.fitting.linearity import linear_parameters
from derivkit.functions import ARRAYS
from derivkit.optimize.exact import MOST_EXACT, columns_times
from derivkit.optimize.squares import Local
from derivkit.program.program import Program, compile_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.fitting.loss import Loss

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

EPSILON = 2.0**-52
MOST_FOR_HESSIAN = 40  # parameters
MOST_ENTRIES = 10_000_000  # of second derivatives over all rows


class Problem:
    """The weighted residuals w_i (f(x_i, parameters) - y_i), and a loss of them.

    Parameters
    ----------
    graph : Graph
        Of f.
    parameters : sequence of str
        Those that move, in order.
    values : mapping of str to array or float
        Columns, shape (n,), and parameters that are held fixed.
    response : array of float, shape (n,)
    weight : array of float, shape (n,)
        What residuals are multiplied by.
    loss : Loss, optional
        Half the square by default.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Sequence[str],
        values: Mapping[str, Any],
        response: Vector,
        weight: Vector,
        loss: Loss | None = None,
    ) -> None:
        self.graph = graph
        self.parameters = tuple(parameters)
        self.values = {name: value for name, value in values.items() if name in graph.variables}
        self.response = response
        self.weight = weight
        self.loss = loss

    def without(self, name: str, value: float) -> Problem:
        """The same with one parameter held fixed."""
        rest = [other for other in self.parameters if other != name]
        return Problem(self.graph, rest, {**self.values, name: value}, self.response, self.weight, self.loss)

    def holding(self, name: str, value: float) -> Problem:
        """The same with another value of a parameter that is held fixed."""
        other = copy(self)  # with the programs, which do not depend on values
        other.values = {**self.values, name: value}
        return other

    def rows(self, chosen: Any) -> Problem:
        """The same over some of the rows."""
        values = {name: value if isinstance(value, float) else value[chosen] for name, value in self.values.items()}
        return Problem(self.graph, self.parameters, values, self.response[chosen], self.weight[chosen], self.loss)

    @cached_property
    def _slopes(self) -> Program:
        return compile_graph(self.graph, 1, wrt=self.parameters)

    @cached_property
    def _curves(self) -> Program | None:
        """With second derivatives, where they pay."""
        p = len(self.parameters)
        if p > MOST_FOR_HESSIAN or p * p * len(self.response) > MOST_ENTRIES:
            return None
        try:
            return compile_graph(self.graph, 2, wrt=self.parameters)
        except BudgetError:
            return None

    def _named(self, x: Vector) -> dict[str, Any]:
        return {**self.values, **dict(zip(self.parameters, x.tolist(), strict=True))}

    def spread(self, result: Any) -> Any:
        """A result with its last axis over the rows, also where the formula has no column."""
        import numpy as np

        found = np.asarray(result, dtype=float)
        size = len(self.response)
        return (
            found
            if found.shape and found.shape[-1] == size and self._by_row
            else np.broadcast_to(found[..., None], (*found.shape, size))
        )

    @cached_property
    def _by_row(self) -> bool:
        return any(not isinstance(value, float) for value in self.values.values())

    def model(self, x: Vector) -> tuple[Vector, Matrix]:
        """Values of the formula, shape (n,), and its derivatives, shape (n, p)."""
        value, slopes = self._slopes(**self._named(x))
        return self.spread(value), self.spread(slopes).T

    def fitted(self, x: Vector) -> Vector:
        """Values of the formula alone, by a walk over its graph: what differences are taken of."""
        import numpy as np

        return np.broadcast_to(
            evaluate(self._stable, {k: np.asarray(v) for k, v in self._named(x).items()}, ARRAYS), self.response.shape
        )

    @cached_property
    def _stable(self) -> Graph:
        return stabilize(self.graph)

    def residuals(self, fitted: Vector) -> Vector:
        """Weighted differences from the response."""
        import numpy as np

        with np.errstate(all="ignore"):
            return np.asarray((fitted - self.response) * self.weight)

    def at(self, x: Vector) -> Local:
        """As `SumOfSquares.at`; a loss other than the square reweights the rows."""
        import numpy as np

        fitted, slopes = self.model(x)
        with np.errstate(all="ignore"):
            residual = self._exact_residuals(x, slopes) if self._exactly else self.residuals(fitted)
            slopes = slopes * self.weight[:, None]
            if self.loss is None:
                return Local(x, float(residual @ residual) / 2, residual, slopes)
            value, first, _ = self.loss(residual)
            root = np.sqrt(first)
            return Local(x, float(value.sum()), root * residual, root[:, None] * slopes)

    @cached_property
    def linear(self) -> tuple[str, ...]:
        """The parameters that the formula is linear in, the others held fixed."""
        return linear_parameters(self.graph, self.parameters)

    @cached_property
    def _exactly(self) -> bool:
        """Whether residuals are sums of products that can be added up without rounding."""
        return self.linear == self.parameters and len(self.parameters) * len(self.response) <= MOST_EXACT

    def _exact_residuals(self, x: Vector, slopes: Matrix) -> Vector:
        """Weighted residuals of a linear formula, rounded once: what iterative refinement lives on."""
        import numpy as np

        offset = self.model(np.zeros(len(x)))[0]
        terms = np.vstack([slopes.T, offset, self.response])
        return columns_times(terms, np.array([*x.tolist(), 1.0, -1.0])) * self.weight

    def curvature(self, local: Local) -> Matrix | None:
        """As `SumOfSquares.curvature`."""
        import numpy as np

        if self._curves is None:
            return None
        fitted, slopes, curves = self._curves(**self._named(local.x))
        residual = self.residuals(self.spread(fitted))
        with np.errstate(all="ignore"):
            if self.loss is None:
                return np.asarray(self.spread(curves) @ (residual * self.weight))
            _, first, second = self.loss(residual)
            slopes = self.spread(slopes) * self.weight
            return np.asarray(self.spread(curves) @ (first * residual * self.weight) + (slopes * second) @ slopes.T)

    @cached_property
    def noise(self) -> float:
        """Rounding of the response, as a norm of residuals."""
        import numpy as np

        return EPSILON * float(np.linalg.norm(self.response * self.weight))
