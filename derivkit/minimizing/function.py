"""What is minimized: a formula or a NumPy function, with its derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from derivkit.errors import Refusal, UsageError
from derivkit.expression.graph import Graph
from derivkit.minimizing.squares import Residuals, residuals_by_tape, residuals_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.program.program import Program

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


RAISED = (ArithmeticError, ValueError)  # what functions raise outside their domain, as those of `math` do


class Function(Protocol):
    """A function of d real variables and its derivatives; NaN and infinities mean that there is no value."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the components of x."""

    @property
    def graph(self) -> Graph | None:
        """Of a formula; None of code."""

    def value(self, x: Vector) -> float:
        """The value at x, shape (d,)."""

    def value_at(self, points: Matrix) -> Vector:
        """The values at many points, shape (d, n) to shape (n,)."""

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """The value, and the gradient, shape (d,)."""

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives, shape (d, d)."""

    def hvp(self, x: Vector, v: Vector) -> Vector:
        """The second derivatives times a vector, shape (d,)."""


class Formula:
    """A graph, compiled for each order of derivatives when that is first asked for.

    Parameters
    ----------
    graph : Graph
        With one output, and at least one variable.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.expression.parser import parse
    >>> f = Formula(parse("x^2*y").graph)
    >>> f.value_and_gradient(np.array([3.0, 2.0]))
    (18.0, array([12.,  9.]))
    >>> f.hessian(np.array([3.0, 2.0]))
    array([[4., 6.],
           [6., 0.]])
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.variables = graph.variables

    def value(self, x: Vector) -> float:
        """The value at x."""
        return float(self._values.at(x))

    def value_at(self, points: Matrix) -> Vector:
        """The values at many points."""
        values: Vector = self._values.at(points)
        return values

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """The value and the gradient."""
        value, gradient = self._gradients.at(x)
        return float(value), gradient

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives."""
        matrix: Matrix = self._hessians.at(x)[2]
        return matrix

    def hvp(self, x: Vector, v: Vector) -> Vector:
        """The second derivatives times a vector."""
        product: Vector = self.hessian(x) @ v
        return product

    @cached_property
    def squares(self) -> Residuals:
        """Where the formula is a sum of squares: its residuals."""
        found = residuals_of(self.graph)
        if found is None:
            raise AttributeError("the formula is no sum of squares")
        return found

    @cached_property
    def _values(self) -> Program:
        return self._compiled(0)

    @cached_property
    def _gradients(self) -> Program:
        return self._compiled(1)

    @cached_property
    def _hessians(self) -> Program:
        return self._compiled(2)

    def _compiled(self, order: int) -> Program:
        from derivkit.program.program import compile_graph

        return compile_graph(self.graph, order)


class Code:
    """A function of one array written in NumPy, differentiated by the tape.

    Where it raises what arithmetic raises (`RAISED`), it has no value.

    Parameters
    ----------
    f : callable
        Of an array of shape `shape`; its value is one real number.
    shape : tuple of int

    Examples
    --------
    >>> import numpy as np
    >>> f = Code(lambda x: np.sum(x**3), (2,))
    >>> f.value_and_gradient(np.array([1.0, 2.0]))
    (9.0, array([ 3., 12.]))
    >>> f.variables
    ('x[0]', 'x[1]')
    """

    graph: Graph | None = None

    def __init__(self, f: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
        import numpy as np

        self.f = f
        self.shape = shape
        self.variables = tuple("x" + (f"[{', '.join(map(str, place))}]" if shape else "") for place in np.ndindex(*shape))

    def value(self, x: Vector) -> float:
        """The value at x."""
        import numpy as np

        value = np.asarray(self._called(self.f, x.reshape(self.shape), lost=math.nan))
        if value.size != 1 or value.dtype.kind not in "fiub":
            raise UsageError(
                f"the function gives an array of shape {value.shape}, type {value.dtype}; what is minimized is one real number",
                hint="give squares=True where the array holds residuals, whose squares are to be added",
            )
        return float(value.reshape(()))

    def value_at(self, points: Matrix) -> Vector:
        """The values at many points, one by one."""
        import numpy as np

        return np.array([self.value(x) for x in points.T])

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """The value and the gradient."""
        import numpy as np

        from derivkit.tape import value_and_grad

        lost = math.nan, np.full(len(x), math.nan)
        value, gradient = self._called(value_and_grad(self.f), x.reshape(self.shape), lost=lost)
        return float(value), np.asarray(gradient, dtype=float).reshape(-1)

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives."""
        import numpy as np

        from derivkit.tape import hessian

        matrix = self._called(hessian(self.f), x.reshape(self.shape), lost=np.full((len(x), len(x)), math.nan))
        return np.asarray(matrix, dtype=float).reshape(len(x), len(x))

    def hvp(self, x: Vector, v: Vector) -> Vector:
        """The second derivatives times a vector."""
        import numpy as np

        from derivkit.tape import hvp

        along = v.reshape(self.shape)
        product = self._called(lambda at: hvp(self.f, at, along), x.reshape(self.shape), lost=np.full(len(x), math.nan))
        return np.asarray(product, dtype=float).reshape(-1)

    def require(self, x: Vector) -> None:
        """Make sure that there is a number at x.

        Raises
        ------
        Refusal
            If the function raises.
        UsageError
            If it gives anything but one real number.
        """
        import numpy as np

        try:
            with np.errstate(all="ignore"):
                self.f(x.reshape(self.shape))
        except RAISED as problem:
            message = f"there is no way to start: the function raises {type(problem).__name__}: {problem}"
            raise Refusal(message, hint="choose another start") from problem
        self.value(x)

    def _called(self, f: Callable[..., Any], x: Vector, *, lost: Any) -> Any:
        """What it gives at x, or what stands for nothing; what NumPy warns of, a place outside the domain, the value shows."""
        import numpy as np

        with np.errstate(all="ignore"):
            try:
                return f(x)
            except RAISED:
                return lost


class Squares(Code):
    """Half the sum of the squares of residuals that a NumPy function returns, as in `Code`."""

    def __init__(self, f: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
        import numpy as np

        super().__init__(lambda x: np.sum(f(x) ** 2) / 2, shape)
        self.squares = residuals_by_tape(f, shape)
