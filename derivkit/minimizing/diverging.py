"""A learning rate that does not run away: told by the largest eigenvalue of the Hessian, and then tried."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.errors import DerivkitError
from derivkit.minimizing.counted import Counted
from derivkit.minimizing.function import Function
from derivkit.minimizing.newton_steps import MOST_VARIABLES
from derivkit.minimizing.rate import stability
from derivkit.optimize import methods
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.bounds import Bounds
    from derivkit.optimize.loop import Place
    from derivkit.optimize.settings import Settings

    Vector = NDArray[np.float64]

STEPS = 200  # after which a rate is judged
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class _Values:
    """A watch that remembers values."""

    seen: list[float]

    def __call__(self, step: int, place: Place) -> None:
        self.seen.append(place.value)


def cure(function: Function, start: Vector, method: str, settings: Settings, bounds: Bounds) -> str:
    """The sentence that names a smaller rate with which the values go down, found by halving.

    Parameters
    ----------
    function : Function
    start : array of float, shape (d,)
    method : str
    settings : Settings
        With the rate that was too large, or without one where it was the method's own.
    bounds : Bounds
    """
    rate = settings.rate or methods.METHODS[method].rate or 1.0
    value = function.value(start)
    for _ in range(HALVINGS):
        rate /= 2
        values = _Values([])
        found = methods.minimize(
            Counted(function),
            start,
            method=method,
            settings=replace(settings, rate=rate),
            bounds=bounds,
            tolerance=0.0,
            most_iterations=STEPS,
            watch=values,
        )
        falls = found.value < min(value, values.seen[len(values.seen) // 2]) or found.outcome is Outcome.CONVERGED
        good = found.outcome in (Outcome.BUDGET, Outcome.CONVERGED, Outcome.STALLED) and falls
        if good:
            tried = f"a rate of {rate:.4g} does not: {STEPS} steps were tried, to {found.value:.6g}"
            return tried + _theory(function, found.x, method, settings)
    return f"no rate that goes down was found, by halving it down to {rate:.2g}"


def _theory(function: Function, x: Vector, method: str, settings: Settings) -> str:
    """What the eigenvalue at the place says, where the rate went down."""
    import numpy as np

    known = stability(methods.METHODS[method], settings.kept)
    if known is None or len(x) > MOST_VARIABLES:
        return ""
    try:
        largest = float(np.linalg.eigvalsh(function.hessian(x))[-1])
    except (DerivkitError, NotImplementedError, np.linalg.LinAlgError):
        return ""
    if not (0 < largest < math.inf):
        return ""
    limit = f"{known:.4g}/{largest:.4g} = {known / largest:.4g}"
    return f"; there, rates below {limit} are stable, by the largest eigenvalue of the Hessian"
