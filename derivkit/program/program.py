"""Programs: an expression's value, gradient and Hessian, ready to be run."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, Protocol

from derivkit.errors import UsageError
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import shortened
from derivkit.expression.point import check_point
from derivkit.expression.stable import stabilize
from derivkit.program.lower import lower
from derivkit.program.point import Point
from derivkit.program.sweep import derivatives
from derivkit.program.terms import Terms
from derivkit.tape.differentiate import whole_hessian


class Runner(Protocol):
    """The steps of a program, ready to be run on arrays, as `blocks.Blocks` is."""

    def run(self, columns: Sequence[Any], results: Sequence[Any]) -> None:
        """Compute all outputs.

        Parameters
        ----------
        columns : sequence of ndarray, shape (n,) or ()
            The variables' values.
        results : sequence of ndarray, shape (n,)
            Where the outputs are written.
        """


Engine = Callable[[Terms, Sequence[int], Sequence[str]], Runner]  # of the nodes that are asked for, and the variables


@dataclass(frozen=True, repr=False, eq=False)
class Program:
    """An expression with its derivatives, ready to be run on floats and on arrays; made by `Expression.compile`.

    Attributes
    ----------
    variables : tuple of str
        What is given.
    wrt : tuple of str
        What the derivatives are taken by, in this order: the variables, unless `compile_graph` was told otherwise.
    order : int
        0 for the value, 1 for the gradient as well, 2 for the Hessian as well.

    Examples
    --------
    >>> import derivkit as dk
    >>> program = dk.parse("x^2*sin(y)").compile(order=1)
    >>> program
    Program(x, y, order=1, 7 operations)
    >>> value, gradient = program(x=3.0, y=0.0)
    >>> value, gradient
    (0.0, array([0., 9.]))
    >>> value, gradient = program(x=[1.0, 2.0, 3.0], y=0.0)
    >>> gradient.shape
    (2, 3)
    """

    variables: tuple[str, ...]
    wrt: tuple[str, ...]
    order: int
    _terms: Terms
    _outputs: tuple[int, ...]
    _engine: Engine | None = None

    def __repr__(self) -> str:
        return f"Program({self._listed}, order={self.order}, {self.operations:,} operations)"

    @property
    def _listed(self) -> str:
        return shortened(", ".join(self.variables), 60) or "no variables"

    @property
    def operations(self) -> int:
        """How many steps the program takes at one point; a long sum is one."""
        return self._point.operations

    def __call__(self, **at: Any) -> Any:
        """The value and the derivatives at a point, or at many.

        Values that a float cannot hold are infinite or NaN, without a warning.

        Parameters
        ----------
        **at : float or array_like
            One for each variable; arrays broadcast, to a shape S.

        Returns
        -------
        value : float, or ndarray of shape S
        gradient : ndarray, shape (d,) or (d, *S)
            From order 1 on.
        hessian : ndarray, shape (d, d) or (d, d, *S)
            From order 2 on.

        Raises
        ------
        PointError
            If a variable is left out or a name is strange.
        """
        if at.keys() != self._names:
            check_point(at, self.variables)
        values = [at[name] for name in self.variables]
        for x in values:
            if type(x) is not float and not isinstance(x, Real):
                return self._at_many(values)
        return self._at_one([float(x) for x in values])

    def at(self, x: Any) -> Any:
        """The same for one array that holds the variables in order, as optimizers give them.

        Parameters
        ----------
        x : array_like, shape (d,) or (d, *S)

        Returns
        -------
        value, gradient, hessian
            As for a call.

        Raises
        ------
        UsageError
            If the first axis is not as long as there are variables.

        Examples
        --------
        >>> import derivkit as dk
        >>> dk.parse("x^2*y").compile(order=1).at([3.0, 2.0])
        (18.0, array([12.,  9.]))
        """
        import numpy as np

        x = np.asarray(x, dtype=float)
        if x.ndim == 0 or len(x) != len(self.variables):
            raise UsageError(
                f"the program has {len(self.variables)} variables, but the point has the shape {x.shape}",
                hint=f"the first axis holds them in order: {self._listed}",
            )
        return self._at_one(x.tolist()) if x.ndim == 1 else self._at_many(list(x))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.variables)

    @cached_property
    def _point(self) -> Point:
        with _uncollected():
            return Point(self._terms, self._outputs, self.variables)

    @cached_property
    def _blocks(self) -> Runner:
        if self._engine is not None:
            return self._engine(self._terms, self._outputs, self.variables)
        from derivkit.program.blocks import Blocks

        return Blocks(self._terms, self._outputs, self.variables)

    def _at_one(self, point: list[float]) -> Any:
        try:
            results = self._point.run(point)
        except (ArithmeticError, ValueError):  # which NumPy answers with infinities and NaN
            return self._at_many(point, scalar=True)
        if not self.order:
            return results[0]
        import numpy as np

        d = len(self.wrt)
        value, gradient = results[0], np.array(results[1 : 1 + d])
        return (value, gradient) if self.order == 1 else (value, gradient, np.array(results[1 + d :]).reshape(d, d))

    def _at_many(self, values: Sequence[Any], *, scalar: bool = False) -> Any:
        import numpy as np

        arrays = [np.asarray(x, dtype=float) for x in values]
        shape = np.broadcast_shapes(*[x.shape for x in arrays])
        columns = [x.reshape(()) if x.size == 1 else np.broadcast_to(x, shape).reshape(-1) for x in arrays]
        n, d = int(np.prod(shape)), len(self.wrt)
        results = [np.empty((*[d] * k, n)) for k in range(self.order + 1)]
        self._blocks.run(columns, [row for k, block in enumerate(results) for row in block.reshape(d**k, n)])
        shaped = [block.reshape((*block.shape[:-1], *shape)) for block in results]
        value = shaped[0].item() if scalar else shaped[0]
        return (value, *shaped[1:]) if self.order else value


def compile_graph(graph: Graph, order: int, *, wrt: Sequence[str] | None = None, engine: Engine | None = None) -> Program:
    """Make a program of a graph.

    Parameters
    ----------
    graph : Graph
        With one output.
    order : int
        0, 1 or 2.
    wrt : sequence of str, optional
        What the derivatives are taken by, in their order; all variables by default.
    engine : callable, optional
        Makes what computes arrays; NumPy's blocks by default, made when they are first needed. Another is made at once, so that
        what hinders it is said at once.

    Returns
    -------
    Program

    Raises
    ------
    UsageError
        If the order is another.
    BudgetError
        If the derivatives need too many operations.
    MissingRuleError
        If a derivative with respect to an argument without a rule is needed.
    """
    if order not in (0, 1, 2):
        raise UsageError(f"there is no program of order {order!r}", hint="the order is 0, 1 or 2")
    terms, names = Terms(), graph.variables if wrt is None else tuple(wrt)
    with _uncollected():
        found = derivatives(terms, lower(stabilize(graph), terms), names, order)
        outputs = [terms.node(term) for term in found]
        terms.close()
    program = Program(graph.variables, names, order, terms, whole_hessian(outputs, len(names)), engine)
    if engine is not None:
        program._blocks  # noqa: B018  # made, and kept
    return program


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make many small objects, of which none is garbage, without Python's looking for garbage among them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
