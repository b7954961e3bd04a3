"""Newton's method with backtracking, for convex functions whose Newton step is at hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from derivkit.optimize.minimum import Minimum, Progress

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

SUFFICIENT_DECREASE = 1e-4
VISIBLE = 1e-12  # of a value: a smaller decrease drowns in its rounding, and undamped steps converge from there
SHORTEST = 2.0**-50  # part of a step


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    step: Callable[[Vector, Vector], Vector],
    scale: float | None = None,
    tolerance: float = 1e-20,
    most_iterations: int = 100,
    progress: Progress | None = None,
) -> Minimum:
    """Minimize a smooth convex function by damped Newton steps.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,).
    x0 : array of float, shape (d,)
    step : callable
        (x, gradient) to the inverse Hessian times the gradient, shape (d,); may raise numpy.linalg.LinAlgError.
    scale : float, optional
        The size of value that matters; the value at `x0` by default.
    tolerance : float
        Done when the decrease that a step promises is smaller than this times `scale`; that step is still taken.
    most_iterations : int
    progress : callable, optional
        Told the number of steps done and the value there.

    Returns
    -------
    Minimum

    Examples
    --------
    >>> import numpy as np
    >>> minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]), step=lambda x, g: g / 2).value
    1.0

    References
    ----------
    Boyd and Vandenberghe, Convex Optimization (2004), algorithms 9.2 and 9.5.
    """
    x = x0
    value, gradient = function(x)
    scale = scale or abs(value) or 1.0
    iterations, evaluations, last = 0, 1, math.inf

    def stopped(reason: str, *, converged: bool = False) -> Minimum:
        return Minimum(x, value, gradient, converged, reason, iterations, evaluations)

    while iterations < most_iterations:
        direction = _solved(step, x, gradient)
        promised = float(gradient @ direction) / 2  # half the squared Newton decrement
        if not math.isfinite(promised):
            return stopped("the second derivative is singular")
        visible = promised > VISIBLE * scale
        length, there = 1.0, function(x - direction)
        evaluations += 1
        while visible and not there[0] < value - SUFFICIENT_DECREASE * length * 2 * promised:
            length /= 2
            if length < SHORTEST:
                return stopped("no further decrease could be found")
            there = function(x - length * direction)
            evaluations += 1
        x = x - length * direction
        value, gradient = there
        iterations += 1
        if progress is not None:
            progress(iterations, value)
        if not visible and (promised <= tolerance * scale or promised > last / 2):  # the second: rounding is all that is left
            return stopped("the gradient vanished", converged=True)
        last = promised
    return stopped(f"no minimum within {most_iterations} iterations")


def _solved(step: Callable[[Vector, Vector], Vector], x: Vector, gradient: Vector) -> Vector:
    """The Newton step, NaN where the Hessian is singular."""
    import numpy as np

    try:
        return step(x, gradient)
    except np.linalg.LinAlgError:
        return np.full_like(gradient, math.nan)
