"""How a run ended: the method's own word, and what the second derivatives say of the place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.minimizing import taylor
from derivkit.minimizing.curvature import curvature
from derivkit.minimizing.function import Function
from derivkit.minimizing.kink import Bent, kink, may_bend
from derivkit.minimizing.newton_steps import MOST_VARIABLES, newton_step
from derivkit.minimizing.result import Curvature, Kind
from derivkit.minimizing.words import few
from derivkit.minimizing.words import place as shown
from derivkit.optimize.limits import noise
from derivkit.optimize.loop import Place
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.bounds import Bounds
    from derivkit.optimize.minimum import Minimum

    Vector = NDArray[np.float64]

DROWNED = 10.0  # times the noise of the value: a smaller decrease cannot be seen
EPSILON = 2.0**-52
NO_LOWER = "no lower value was found nearby"
NO_GRADIENT = "as far as values around tell: there is no gradient, and what stands for it is a convention"
NO_SLOPE = "the gradient does not vanish there"
OUTCOMES = {Kind.SADDLE: Outcome.SADDLE, Kind.MAXIMUM: Outcome.MAXIMUM, Kind.FLAT: Outcome.FLAT}


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """The outcome of a run, in one sentence, and what kind of place it is.

    Attributes
    ----------
    outcome : Outcome
    reason : str
    curvature : Curvature
    uncertainty : array of float, shape (d,), or None
        How far the minimum may be off.
    """

    outcome: Outcome
    reason: str
    curvature: Curvature
    uncertainty: Vector | None = None


def settle(function: Function, found: Minimum, bounds: Bounds, limit: float) -> Settled:
    """Judge where a method stopped.

    Parameters
    ----------
    function : Function
    found : Minimum
    bounds : Bounds
    limit : float
        The largest component of the gradient that counts as none.

    Returns
    -------
    Settled
    """
    import numpy as np

    place = Place(found.x, found.value, found.gradient)
    if not np.isfinite(found.value) or not np.isfinite(found.gradient).all():
        return Settled(found.outcome, found.reason, Curvature(Kind.UNDECIDED, "there is no value"))
    if found.outcome in (Outcome.UNBOUNDED, Outcome.DIVERGED, Outcome.OUT_OF_DOMAIN):
        return Settled(found.outcome, found.reason, Curvature(Kind.UNDECIDED, NO_SLOPE))
    free = bounds.free(place)
    slope = float(np.abs(place.gradient[free]).max(initial=0.0))
    if slope <= limit:
        return _stationary(function, place, bounds, _vanished(place, slope, limit, free))
    rounding = _drowned(function, place, free)
    if rounding is not None:
        return _stationary(function, place, bounds, rounding)
    if found.outcome is not Outcome.CONVERGED:
        return _stopped(function, found, slope)
    if _within_rounding(function, place):
        return _stationary(function, place, bounds, found.reason)
    return _stopped(function, replace(found, outcome=Outcome.STALLED, reason=NO_LOWER), slope)


def _within_rounding(function: Function, place: Place) -> bool:
    """Whether the gradient, over the distance to the next float, is lost in rounding of the value; at a pole it is not."""
    import numpy as np

    seen = float(np.abs(place.gradient) @ np.abs(place.x)) * EPSILON
    return seen <= DROWNED * max(taylor.noise(function, place.x), EPSILON * abs(place.value))


def _vanished(place: Place, slope: float, limit: float, free: NDArray[np.bool_]) -> str:
    held = "" if free.all() else ", but for what bounds hold"
    if not slope:
        return f"the gradient is exactly 0{held}"
    return f"the gradient vanishes{held}: its largest component is {slope:.2g}, and {limit:.2g} is small enough"


def _stationary(function: Function, place: Place, bounds: Bounds, reason: str) -> Settled:
    free = bounds.free(place)
    judged = curvature(function, place.x, free, bounds if bounds.any else None)
    if judged.kind in (Kind.UNDECIDED, Kind.MINIMUM) and len(place.x) <= MOST_VARIABLES and may_bend(function):
        bent = kink(function, place.x)
        if bent is not None:
            return _bent(function, place.x, Outcome.STALLED, bent)
    outcome = OUTCOMES.get(judged.kind, Outcome.CONVERGED)
    return Settled(outcome, reason, judged, _uncertainty(function, place, free, judged))


def _bent(function: Function, x: Vector, outcome: Outcome, bent: Bent) -> Settled:
    """In a kink: values alone tell what kind of place it is."""
    told = f"{shown(function.variables, x.tolist())} lies in a kink: {bent.slopes}; {bent.around}"
    kind = Kind.MINIMUM if bent.lowest else Kind.UNDECIDED
    return Settled(outcome, told, Curvature(kind, NO_GRADIENT))


def _drowned(function: Function, place: Place, free: NDArray[np.bool_]) -> str | None:
    """The sentence that no smaller value can be seen, where that is so: what a Newton step promises is rounding."""
    import numpy as np

    found = _newton(function, place, free)
    if found is None:
        return None
    promised = -float(place.gradient @ found) / 2
    hidden = DROWNED * noise(function.value_and_gradient, place)
    if not 0 <= promised <= hidden or not np.isfinite(promised):
        return None
    left = f"a Newton step promises a value lower by {promised:.1g}, and values are rounded by {hidden / DROWNED:.1g}"
    return f"rounding hides what is left: {left}"


def _newton(function: Function, place: Place, free: NDArray[np.bool_]) -> Vector | None:
    found = newton_step(function, place, free)
    return None if found is None else found[0]


def _uncertainty(function: Function, place: Place, free: NDArray[np.bool_], judged: Curvature) -> Vector | None:
    """The Newton step from there, and rounding of the place."""
    import numpy as np

    if judged.kind is not Kind.MINIMUM or judged.condition is None:
        return None
    step = _newton(function, place, free)
    return EPSILON * np.abs(place.x) + (0.0 if step is None else np.abs(step))


def _stopped(function: Function, found: Minimum, slope: float) -> Settled:
    """Somewhere with a slope."""
    nothing = Curvature(Kind.UNDECIDED, NO_SLOPE)
    if found.outcome is Outcome.BUDGET:
        used = f"the {few(found.iterations, 'iteration')} are used up"
        return Settled(found.outcome, f"{used}; the largest component of the gradient is still {slope:.2g}", nothing)
    bent = kink(function, found.x)
    if bent is not None:
        return _bent(function, found.x, found.outcome, bent)
    return Settled(found.outcome, f"{found.reason}, though the largest component of the gradient is {slope:.2g}", nothing)
