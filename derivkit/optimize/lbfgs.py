"""SciPy's L-BFGS-B behind derivkit's own interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.optimize.bounds import Bounds
from derivkit.optimize.loop import Place, Watch
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.stopping import small_gradient

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

MOST_TRIES = 20  # calls for an iteration, on average: SciPy stops after 15,000 calls otherwise


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    scale: float | None = None,
    tolerance: float = 1e-8,
    most_iterations: int = 1000,
    progress: Progress | None = None,
    bounds: Bounds | None = None,
    watch: Watch | None = None,
) -> Minimum:
    """Minimize a smooth function from its values and gradients.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,).
    x0 : array of float, shape (d,)
    scale : float, optional
        The size of value that matters; the value at `x0` by default.
    tolerance : float
        Done when no component of the gradient is larger than this times `scale`.
    most_iterations : int
    progress : callable, optional
        Told the number of steps done and the value there.
    bounds : Bounds, optional
        Components of the gradient that a bound holds need not vanish.
    watch : callable, optional
        Told the number of steps done and the place, from the start on.

    Returns
    -------
    Minimum

    Examples
    --------
    >>> import numpy as np
    >>> found = minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]))
    >>> found.converged, round(found.value, 6)
    (True, 1.0)

    References
    ----------
    Byrd, Lu, Nocedal and Zhu, A limited memory algorithm for bound constrained optimization, SIAM J. Sci. Comput. 16 (1995) 1190.
    """
    import numpy as np
    from scipy.optimize import minimize as scipy_minimize

    last = Place(x0, *function(x0))
    size = scale or abs(last.value) or 1.0
    steps = 0
    if watch is not None:
        watch(0, last)

    def scaled(x: Vector) -> tuple[float, Vector]:
        nonlocal last
        last = Place(x.copy(), *function(x))
        return last.value / size, last.gradient / size

    def after_step(intermediate_result: object) -> None:
        nonlocal steps
        steps += 1
        if progress is not None:
            progress(steps, intermediate_result.fun * size)  # type: ignore[attr-defined]  # SciPy's OptimizeResult
        if watch is not None:
            watch(steps, last)  # a step ends where the function was asked last

    with np.errstate(all="ignore"):  # of functions that fall without bound
        found = scipy_minimize(
            scaled,
            x0,
            jac=True,
            method="L-BFGS-B",
            bounds=None if bounds is None else np.column_stack([bounds.low, bounds.high]),
            callback=after_step,
            options={"gtol": tolerance, "ftol": 0.0, "maxiter": most_iterations, "maxfun": MOST_TRIES * most_iterations},
        )
    place = Place(found.x, *function(found.x))
    converged = small_gradient(tolerance * size, bounds)(place, None)
    ending = (Outcome.CONVERGED, "the gradient vanished") if converged else _ending(found.status, most_iterations)
    return Minimum(place.x, place.value, place.gradient, *ending, int(found.nit), int(found.nfev) + 2)


def _ending(status: int, most_iterations: int) -> tuple[Outcome, str]:
    if status == 1:
        return Outcome.BUDGET, f"no minimum within {most_iterations} iterations"
    return Outcome.STALLED, "no further decrease could be found"
