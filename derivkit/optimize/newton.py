"""Newton's method with backtracking, for convex functions whose Newton step is at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derivkit.optimize import loop
from derivkit.optimize.descents import Newton
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.searches import Backtracking
from derivkit.optimize.stopping import nothing_promised

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    step: Callable[[Vector, Vector], Vector],
    scale: float | None = None,
    tolerance: float = 1e-16,
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
    size = scale or abs(function(x0)[0]) or 1.0
    found = loop.minimize(
        function,
        x0,
        descent=Newton(step),
        search=Backtracking(size),
        done=nothing_promised(size, tolerance),
        most_iterations=most_iterations,
        watch=loop.telling(progress),
    )
    return _one_more(found, function, step, progress) if found.converged else found


def _one_more(
    found: Minimum, function: ValueAndGradient, step: Callable[[Vector, Vector], Vector], progress: Progress | None
) -> Minimum:
    """The same minimum after a last whole step: its place is known better than any decrease can show."""
    x = found.x - step(found.x, found.gradient)
    last = Minimum(x, *function(x), found.outcome, found.reason, 1, 1)
    if progress is not None:
        progress(found.iterations + 1, last.value)
    return last.after(found)
