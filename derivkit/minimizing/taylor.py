"""A function along a straight line or an arc through a point: its Taylor coefficients."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from derivkit.expression.graph import Builder, Graph
from derivkit.minimizing.function import Function

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

ORDER = 8  # the highest
BITS = 192  # of the balls in which they are computed
NAME = "t"  # the only variable of the arc


def coefficients(function: Function, x: Vector, v: Vector, bend: Vector | None = None, *, order: int = ORDER) -> list[float] | None:
    """Taylor coefficients of f(x + t v + t^2 bend) in t at 0.

    Parameters
    ----------
    function : Function
    x, v : array of float, shape (d,)
    bend : array of float, shape (d,), optional
        0 by default.
    order : int
        The highest.

    Returns
    -------
    list of float or None
        Those of t^0 to t^order from jets in ball arithmetic, where the function is a formula; else, on a straight line, to t^2.
        None where they could not be computed.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.minimizing.function import Formula
    >>> coefficients(Formula(parse("x^4 + y").graph), np.zeros(2), np.array([1.0, 0.0]), order=5)
    [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    """
    import numpy as np

    if not all(np.isfinite(vector).all() for vector in (x, v, *([] if bend is None else [bend]))):
        return None
    if function.graph is None:
        if bend is not None:
            return None
        value, gradient = function.value_and_gradient(x)
        found = [value, float(gradient @ v), float(v @ function.hessian(x) @ v) / 2]
    else:
        found = _jets(arc(function.graph, function.variables, x, v, bend), order)
    return found if np.isfinite(found).all() else None


def noise(function: Function, x: Vector) -> float:
    """How far values near a point are off, in floats: of code, of which nothing else is known, what they do from float to float."""
    import numpy as np

    from derivkit.optimize import limits
    from derivkit.optimize.loop import Place

    if function.graph is None:
        return limits.noise(function.value_and_gradient, Place(x, *function.value_and_gradient(x)))
    errors = []
    for k in (0, *limits.NEIGHBOURS):
        there = x * (1 + k * limits.NEAR)
        exact = coefficients(function, there, np.zeros(len(x)), order=1)
        errors.append(math.nan if exact is None else abs(function.value(there) - exact[0]))
    return max((error for error in errors if math.isfinite(error)), default=0.0)


def _jets(graph: Graph, order: int) -> list[float]:
    from flint import arb

    from derivkit import jets
    from derivkit.enclose import nearest
    from derivkit.errors import DerivkitError
    from derivkit.functions import BALLS, precision

    with precision(BITS):
        try:
            found = jets.coefficients(graph, NAME, {NAME: BALLS.number(0)}, order, BALLS)
        except DerivkitError:  # no rule, or too many operations
            return [math.nan]
    return [nearest(arb(c)) if arb(c).is_finite() else math.nan for c in found]


def arc(graph: Graph, variables: tuple[str, ...], x: Vector, v: Vector, bend: Vector | None = None) -> Graph:
    """The function on the arc, as a graph of the one variable t; every float is taken exactly."""
    from derivkit.evaluate import evaluate
    from derivkit.expression.arithmetic import GraphArithmetic

    arithmetic = GraphArithmetic(Builder())
    t = arithmetic.ref(arithmetic.builder.add(NAME))
    at = {}
    for k, name in enumerate(variables):
        at[name] = arithmetic.number(Fraction(float(x[k]))) + t * Fraction(float(v[k]))
        if bend is not None and bend[k]:
            at[name] = at[name] + t * t * Fraction(float(bend[k]))
    return arithmetic.builder.graph([evaluate(graph, at, arithmetic).id])
