"""The last steps to a minimum: undamped Newton steps on the variables that no bound holds, as long as they bring it nearer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.errors import DerivkitError
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.loop import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.counted import Counted
    from derivkit.minimizing.function import Function
    from derivkit.optimize.loop import Watch

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST = 8
MOST_VARIABLES = 200  # of which a Hessian is made and taken apart
BETTER = 0.25  # of the Newton decrement that a step may leave
EPSILON = 2.0**-52


def polish(function: Counted, place: Place, bounds: Bounds, *, watch: Watch | None = None, steps: int = 0) -> tuple[Place, int]:
    """The place that Newton's steps lead to, and how many were taken.

    Parameters
    ----------
    function : Counted
    place : Place
        Near a minimum.
    bounds : Bounds
    watch : callable, optional
    steps : int
        Taken before.

    Returns
    -------
    place : Place
    steps : int
    """
    taken = 0
    for _ in range(MOST):
        there = _step(function, place, bounds)
        if there is None:
            break
        place, taken = there, taken + 1
        if watch is not None:
            watch(steps + taken, place)
    return place, taken


def _step(function: Counted, place: Place, bounds: Bounds) -> Place | None:
    """One step, or None where there is none or it brings nothing."""
    import numpy as np

    free = bounds.free(place)
    found = newton_step(function, place, free)
    if found is None:
        return None
    step, inverse = found
    x = place.x + step
    if (np.abs(step) <= EPSILON * np.abs(place.x)).all() or not np.array_equal(bounds.nearest(x), x):
        return None
    there = Place(x, *function(x))
    before, after = place.gradient[free], there.gradient[free]
    if not np.isfinite(there.value) or not np.isfinite(after).all():
        return None
    return there if after @ inverse @ after < BETTER * (before @ inverse @ before) else None


def newton_step(function: Function, place: Place, free: NDArray[np.bool_]) -> tuple[Vector, Matrix] | None:
    """The step to the minimum of the quadratic model, and the free variables' inverse Hessian; None where it has no minimum."""
    import numpy as np

    if not place.gradient[free].any() or len(place.x) > MOST_VARIABLES:
        return None
    try:
        hessian = function.hessian(place.x)[np.ix_(free, free)]
        unit = 1 / np.sqrt(np.diag(hessian))
        scaled = hessian * np.outer(unit, unit)
        if not np.isfinite(scaled).all() or np.linalg.eigvalsh(scaled)[0] <= len(unit) * 16 * EPSILON:
            return None
        inverse = np.linalg.inv(scaled) * np.outer(unit, unit)
    except (DerivkitError, NotImplementedError, np.linalg.LinAlgError):
        return None
    step = np.zeros(len(place.x))
    step[free] = -inverse @ place.gradient[free]
    return step, inverse
