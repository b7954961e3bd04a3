"""Minimizers that take no second derivative: gradient descent and Adam."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.optimize import loop
from derivkit.optimize.descents import Adam, Gradient
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.searches import Backtracking, Fixed
from derivkit.optimize.stopping import small_gradient

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

DESCENTS: dict[str, loop.Descent] = {"gd": Gradient(), "adam": Adam()}
ADAMS_RATE = 0.05  # of variables of about unit size


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    method: str,
    rate: float | None = None,
    scale: float | None = None,
    tolerance: float = 1e-8,
    most_iterations: int = 10_000,
    progress: Progress | None = None,
) -> Minimum:
    """Minimize a smooth function by first-order steps.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,).
    x0 : array of float, shape (d,)
    method : str
        A name in `DESCENTS`.
    rate : float, optional
        The learning rate; by default gradient descent backtracks, and Adam takes `ADAMS_RATE`.
    scale : float, optional
        The size of value that matters; the value at `x0` by default.
    tolerance : float
        Done when no component of the gradient is larger than this times `scale`.
    most_iterations : int
    progress : callable, optional
        Told the number of steps done and the value there.

    Returns
    -------
    Minimum

    Examples
    --------
    >>> import numpy as np
    >>> found = minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]), method="adam")
    >>> found.converged, round(found.value, 6)
    (True, 1.0)
    """
    size = scale or abs(function(x0)[0]) or 1.0
    rate = ADAMS_RATE if rate is None and method == "adam" else rate
    return loop.minimize(
        function,
        x0,
        descent=DESCENTS[method],
        search=Backtracking(size) if rate is None else Fixed(rate),
        done=small_gradient(tolerance * size),
        most_iterations=most_iterations,
        progress=progress,
    )
