"""Proximal Newton: a smooth convex function plus weighted absolute values, with zeros that are exact.

Each step minimizes the quadratic that shares value, gradient and second derivative with the smooth part, plus the absolute values,
one coordinate at a time; the coordinates that are not zero then go to the quadratic's minimum at once.

Source: Lee, Sun and Saunders, Proximal Newton-type methods for minimizing composite functions, SIAM J. Optim. 24 (2014) 1420,
algorithm 1; Friedman, Hastie and Tibshirani, Regularization paths for generalized linear models via coordinate descent, J. Stat.
Softw. 33 (2010) 1, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derivkit.optimize.descents import SINGULAR
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.searches import SHORTEST, SUFFICIENT_DECREASE, VISIBLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.minimum import ValueAndGradient, Vector

MOST_SWEEPS = 1000
SETTLED = 1e-14  # a sweep that moves no coordinate by more than this part of the largest is the last


def violation(x: Vector, gradient: Vector, weights: Vector) -> float:
    """How far 0 lies from the subdifferential, in the worst coordinate.

    Parameters
    ----------
    x, gradient : array of float, shape (d,)
        The point, and the smooth part's gradient there.
    weights : array of float, shape (d,)
        Of the absolute values.

    Returns
    -------
    float
        0 at the minimum.

    Examples
    --------
    >>> import numpy as np
    >>> violation(np.array([0.0, 2.0]), np.array([0.3, -1.0]), np.array([0.5, 1.0]))
    0.0
    """
    import numpy as np

    outside = np.maximum(np.abs(gradient) - weights, 0)
    return float(np.where(x == 0, outside, np.abs(gradient + weights * np.sign(x))).max(initial=0.0))


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    hessian: Callable[[Vector], NDArray[np.float64]],
    weights: Vector,
    scale: float | None = None,
    tolerance: float = 1e-12,
    most_iterations: int = 100,
    progress: Progress | None = None,
) -> Minimum:
    """Minimize function(x) + sum(weights*|x|).

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient, shape (d,), of the smooth part.
    x0 : array of float, shape (d,)
    hessian : callable
        x to the smooth part's second derivatives, shape (d, d).
    weights : array of float, shape (d,)
        Not negative.
    scale : float, optional
        The size of value that matters; the value at `x0` by default.
    tolerance : float
        Done when 0 lies no further from the subdifferential than this times `scale`.
    most_iterations : int
    progress : callable, optional
        Told the number of steps done and the value there.

    Returns
    -------
    Minimum
        `value` with the absolute values; `gradient` of the smooth part.

    Examples
    --------
    >>> import numpy as np
    >>> goal = np.array([3.0, 0.1])
    >>> found = minimize(lambda x: (float((x - goal) @ (x - goal)) / 2, x - goal), np.zeros(2), hessian=lambda x: np.eye(2),
    ...                  weights=np.array([1.0, 1.0]))
    >>> found.x
    array([2., 0.])
    """
    import numpy as np

    def penalized(x: Vector, value: float) -> float:
        return value + float(weights @ np.abs(x))

    x = x0
    smooth, gradient = function(x)
    value = penalized(x, smooth)
    scale = scale or abs(value) or 1.0
    iterations, evaluations, last = 0, 1, np.inf

    def stopped(outcome: Outcome, reason: str) -> Minimum:
        return Minimum(x, value, gradient, outcome, reason, iterations, evaluations)

    while True:
        gap = violation(x, gradient, weights)
        if gap <= tolerance * scale and gap >= last / 2:  # rounding is all that is left
            return stopped(Outcome.CONVERGED, "0 lies in the subdifferential")
        if iterations == most_iterations:
            return stopped(Outcome.BUDGET, f"no minimum within {most_iterations} iterations")
        last = gap if gap <= tolerance * scale else np.inf
        goal = quadratic_minimum(x, gradient, hessian(x), weights)
        if not np.isfinite(goal).all():
            return stopped(Outcome.STALLED, SINGULAR)
        step = goal - x
        slope = float(gradient @ step) + penalized(goal, 0) - penalized(x, 0)
        length, visible = 1.0, -slope > VISIBLE * scale
        while True:
            there = goal if length == 1 else x + length * step
            smooth, slopes = function(there)
            evaluations += 1
            if not visible or penalized(there, smooth) < value + SUFFICIENT_DECREASE * length * slope:
                break
            length /= 2
            if length < SHORTEST:
                return stopped(Outcome.STALLED, "no further decrease could be found")
        x, value, gradient = there, penalized(there, smooth), slopes
        iterations += 1
        if progress is not None:
            progress(iterations, value)


def quadratic_minimum(x: Vector, gradient: Vector, hessian: NDArray[np.float64], weights: Vector) -> Vector:
    """The minimum of gradient.(z - x) + (z - x).hessian.(z - x)/2 + sum(weights*|z|)."""
    import numpy as np

    z, slope = x.copy(), gradient.copy()  # the slope of the smooth part at z
    for _ in range(MOST_SWEEPS):
        moved = _sweep(z, slope, hessian, weights)
        if moved <= SETTLED * np.abs(z).max():
            break
        jump = _exactly(z, slope, hessian, weights)
        if jump is not None:
            slope = slope + hessian @ (jump - z)
            z = jump
    return z


def _sweep(z: Vector, slope: Vector, hessian: NDArray[np.float64], weights: Vector) -> float:
    """Minimize along every coordinate in turn; how far the one that moved most did."""
    import numpy as np

    moved = 0.0
    for k in range(len(z)):
        curvature = hessian[k, k]
        if not curvature > 0:
            continue
        inner = z[k] - slope[k] / curvature
        there = np.sign(inner) * max(abs(inner) - weights[k] / curvature, 0.0)
        if there != z[k]:
            slope += hessian[:, k] * (there - z[k])
            moved = max(moved, abs(there - z[k]))
            z[k] = there
    return moved


def _exactly(z: Vector, slope: Vector, hessian: NDArray[np.float64], weights: Vector) -> Vector | None:
    """Where the coordinates that are not zero minimize the quadratic with the signs they have; None if that changes a sign."""
    import numpy as np

    active = (z != 0) | (weights == 0)
    signed = slope[active] + weights[active] * np.sign(z[active])
    try:
        step = np.linalg.solve(hessian[np.ix_(active, active)], signed)
    except np.linalg.LinAlgError:
        return None
    jump = z.copy()
    jump[active] -= step
    held = weights[active] > 0
    same = np.sign(jump[active][held]) == np.sign(z[active][held])
    return jump if same.all() and np.isfinite(jump).all() else None
