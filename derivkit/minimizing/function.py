"""What is minimized: a formula or a NumPy function, with its derivatives, and a count of how often each was asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from derivkit.errors import UsageError
from derivkit.expression.graph import Graph
from derivkit.minimizing.squares import Residuals, residuals_by_tape, residuals_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.squares import Local
    from derivkit.program.program import Program

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


MOST_REMEMBERED = 1000  # variables of a place that is remembered
PLACES = 4  # that are


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

        value = np.asarray(self._called(self.f, x.reshape(self.shape)))
        if value.size != 1 or value.dtype.kind not in "fiub":
            raise UsageError(
                f"the function gives an array of shape {value.shape}, type {value.dtype}; what is minimized is one real number",
                hint="give squares=True where the array holds residuals, whose squares are to be added",
            )
        return float(value.reshape(()))

    def value_at(self, points: Matrix) -> Vector:
        """The values at many points, one by one; NaN where the function raises, as `math` does outside its domain."""
        import numpy as np

        def value(x: Vector) -> float:
            try:
                return self.value(x)
            except (ArithmeticError, ValueError):
                return math.nan

        return np.array([value(x) for x in points.T])

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """The value and the gradient."""
        import numpy as np

        from derivkit.tape import value_and_grad

        value, gradient = self._called(value_and_grad(self.f), x.reshape(self.shape))
        return float(value), np.asarray(gradient, dtype=float).reshape(-1)

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives."""
        import numpy as np

        from derivkit.tape import hessian

        matrix = self._called(hessian(self.f), x.reshape(self.shape))
        return np.asarray(matrix, dtype=float).reshape(len(x), len(x))

    def hvp(self, x: Vector, v: Vector) -> Vector:
        """The second derivatives times a vector."""
        import numpy as np

        from derivkit.tape import hvp

        product = self._called(lambda at, along: hvp(self.f, at, along), x.reshape(self.shape), v.reshape(self.shape))
        return np.asarray(product, dtype=float).reshape(-1)

    def _called(self, f: Callable[..., Any], *arguments: Any) -> Any:
        """What NumPy warns of, the place outside the domain, is seen in the value."""
        import numpy as np

        with np.errstate(all="ignore"):
            return f(*arguments)


class Squares(Code):
    """Half the sum of the squares of residuals that a NumPy function returns, as in `Code`."""

    def __init__(self, f: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
        import numpy as np

        super().__init__(lambda x: np.sum(f(x) ** 2) / 2, shape)
        self.squares = residuals_by_tape(f, shape)


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
