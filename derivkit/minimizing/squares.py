"""Sums of squares: recognized in a formula, or told by code that returns residuals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import ADD, DIVIDE, MULTIPLY, POWER, SUBTRACT, GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.optimize.squares import Local

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

EPSILON = 2.0**-52


class Residuals:
    """Residuals with their Jacobian, half the sum of whose squares is minimized, up to a constant.

    Parameters
    ----------
    compute : callable
        From x, shape (d,), to the residuals, shape (m,), and their Jacobian, shape (m, d).
    """

    def __init__(self, compute: Callable[[Vector], tuple[Vector, Matrix]]) -> None:
        self._compute = compute
        self.noise = 0.0  # about: rounding of the largest residuals that were seen

    def at(self, x: Vector) -> Local:
        """The residuals and their Jacobian at a point."""
        import numpy as np

        with np.errstate(all="ignore"):
            residual, jacobian = self._compute(x)
            value = float(residual @ residual) / 2
        if math.isfinite(value):
            self.noise = max(self.noise, EPSILON * math.sqrt(2 * value))
        return Local(x, value, residual, jacobian)

    def curvature(self, local: Local) -> None:
        """Second derivatives of residuals are not looked at."""


def residuals_of(graph: Graph) -> Residuals | None:
    """The residuals of a formula that is written as a sum of squares, each with a positive factor perhaps; None if it is not.

    Constants may be added. Even powers are squares.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.expression.parser import parse
    >>> found = residuals_of(parse("3*(x - 2)^2/2 + y^4 + 7").graph)
    >>> round(found.at(np.array([4.0, 3.0])).value, 9)
    87.0
    >>> residuals_of(parse("x^2 - y^2").graph) is None
    True
    """
    from derivkit.program.program import compile_graph

    moving = graph.depends_on(graph.variables)
    arithmetic = GraphArithmetic(Builder.of(graph))
    roots = [_root(graph, node, sign, moving, arithmetic) for node, sign in _terms(graph, graph.root, 1) if moving[node]]
    if not roots or any(root is None for root in roots):
        return None
    parts = [arithmetic.builder.graph([root.id]) for root in roots if root is not None]
    programs = [compile_graph(part, 1) for part in parts]
    columns = [[graph.variables.index(name) for name in part.variables] for part in parts]

    def compute(x: Vector) -> tuple[Vector, Matrix]:
        import numpy as np

        residual, jacobian = np.empty(len(parts)), np.zeros((len(parts), len(x)))
        for k, (program, places) in enumerate(zip(programs, columns, strict=True)):
            residual[k], jacobian[k, places] = program.at(x[places])
        return residual, jacobian

    return Residuals(compute)


def _terms(graph: Graph, node: int, sign: int) -> Iterator[tuple[int, int]]:
    """The terms of a sum, each with its sign."""
    waiting = [(node, sign)]
    while waiting:
        node, sign = waiting.pop()
        head, inputs = graph.heads[node], graph.inputs[node]
        if head is ADD or head is SUBTRACT:
            waiting += [(inputs[1], sign if head is ADD else -sign), (inputs[0], sign)]
        else:
            yield node, sign


def _root(graph: Graph, node: int, factor: float, moving: Sequence[bool], arithmetic: GraphArithmetic) -> Ref | None:
    """What a term is half the square of; None where it is no square."""
    while True:
        head, inputs = graph.heads[node], graph.inputs[node]
        if head is MULTIPLY and inputs[0] != inputs[1]:
            constant = next((k for k in (0, 1) if not moving[inputs[k]]), None)
            if constant is None:
                return None
            factor, node = factor * _value(graph, inputs[constant]), inputs[1 - constant]
        elif head is DIVIDE and not moving[inputs[1]]:
            factor, node = factor / (_value(graph, inputs[1]) or math.nan), inputs[0]
        else:
            break
    if not 0 < factor < math.inf:
        return None
    square = _base(graph, node, arithmetic)
    return None if square is None else arithmetic.number(Fraction(math.sqrt(2 * factor))) * square


def _base(graph: Graph, node: int, arithmetic: GraphArithmetic) -> Ref | None:
    """What a node is the square of."""
    head, inputs = graph.heads[node], graph.inputs[node]
    if head is MULTIPLY and inputs[0] == inputs[1]:
        return arithmetic.ref(inputs[0])
    exponent = graph.heads[inputs[1]] if head is POWER else None
    if not isinstance(exponent, int) or exponent < 2 or exponent % 2:
        return None
    return arithmetic.ref(inputs[0]) ** (exponent // 2)


def _value(graph: Graph, node: int) -> float:
    return float(evaluate(Builder.of(graph).graph([node]), {}))


def residuals_by_tape(f: Callable[[Any], Any], shape: tuple[int, ...]) -> Residuals:
    """Residuals that a NumPy function of one array returns, differentiated by the tape."""

    def compute(x: Vector) -> tuple[Vector, Matrix]:
        import numpy as np

        from derivkit.tape import jacobian

        at = x.reshape(shape)
        residual = np.asarray(f(at), dtype=float).reshape(-1)
        return residual, np.asarray(jacobian(f)(at), dtype=float).reshape(len(residual), len(x))

    return Residuals(compute)
