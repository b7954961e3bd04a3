"""The table of methods: a name, a descent, and how far it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.optimize import loop
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.descents import Adagrad, Adam, AMSGrad, DecayedApart, Gradient, Momentum, NAdam, Nesterov, RMSProp
from derivkit.optimize.method import FIRST_ORDER, Convergence, Method
from derivkit.optimize.minimum import Minimum
from derivkit.optimize.searches import Armijo
from derivkit.optimize.settings import Settings
from derivkit.optimize.stopping import small_gradient

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


def _momentum(kind: type[Momentum] | type[Nesterov]) -> Any:
    return lambda settings, function: kind() if settings.momentum is None else kind(settings.momentum)


def _adaptive(kind: type[Any]) -> Any:
    """A descent with running means, and what was chosen of them."""

    def made(settings: Settings, function: Any) -> loop.Descent:
        chosen = {} if settings.epsilon is None else {"least": settings.epsilon}
        if settings.betas is not None:
            chosen |= dict(zip(("mean", "square"), settings.betas, strict=True))
        return kind(**chosen)  # type: ignore[no-any-return]  # all kinds are descents

    return made


MOMENTUM, SIZES, MEANS = (*FIRST_ORDER, "momentum"), (*FIRST_ORDER, "epsilon"), (*FIRST_ORDER, "betas", "epsilon")

# The learning rates suit variables of about unit size, and a slope of about unit size where a step is proportional to it.
METHODS: dict[str, Method] = {
    row.name: row
    for row in (
        Method("gd", "gradient descent", lambda settings, function: Gradient(), Convergence.LINEAR, "Cauchy (1847); Armijo (1966)",
               search=lambda scale, bounds: Armijo(scale, bounds=bounds), takes=FIRST_ORDER, bounded=True),
        Method("momentum", "gradient descent with momentum", _momentum(Momentum), Convergence.LINEAR, "Polyak (1964)",
               rate=0.001, takes=MOMENTUM, bounded=True),
        Method("nesterov", "Nesterov's accelerated gradient", _momentum(Nesterov), Convergence.LINEAR, "Nesterov (1983)",
               rate=0.001, takes=MOMENTUM, bounded=True),
        Method("adagrad", "Adagrad", _adaptive(Adagrad), Convergence.NONE, "Duchi, Hazan and Singer (2011)",
               rate=0.5, takes=SIZES, bounded=True),
        Method("rmsprop", "RMSProp", _adaptive(RMSProp), Convergence.NONE, "Tieleman and Hinton (2012)",
               rate=0.01, takes=SIZES, bounded=True),
        Method("adam", "Adam", _adaptive(Adam), Convergence.NONE, "Kingma and Ba (2015)",
               rate=0.05, takes=MEANS, bounded=True),
        Method("adamw", "Adam with decoupled weight decay", _adaptive(Adam), Convergence.NONE, "Loshchilov and Hutter (2019)",
               rate=0.05, takes=MEANS, bounded=True, decay=DecayedApart),
        Method("nadam", "Adam with Nesterov's momentum", _adaptive(NAdam), Convergence.NONE, "Dozat (2016)",
               rate=0.05, takes=MEANS, bounded=True),
        Method("amsgrad", "Adam with sizes that never shrink", _adaptive(AMSGrad), Convergence.NONE, "Reddi, Kale and Kumar (2018)",
               rate=0.05, takes=MEANS, bounded=True),
    )
}  # fmt: skip


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    method: str,
    settings: Settings | None = None,
    bounds: Bounds | None = None,
    scale: float | None = None,
    tolerance: float = 1e-8,
    most_iterations: int = 10_000,
    watch: loop.Watch | None = None,
) -> Minimum:
    """Minimize a smooth function by a method of the table.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,); with what the method needs besides (`method.Need`) as attributes.
    x0 : array of float, shape (d,)
    method : str
        A name in `METHODS`.
    settings : Settings, optional
    bounds : Bounds, optional
        The start is moved to the nearest place within.
    scale : float, optional
        The size of value that matters; the value at `x0` by default.
    tolerance : float
        Done when no component of the gradient is larger than this times `scale`.
    most_iterations : int
    watch : callable, optional
        Told the number of steps done and the place, from the start on.

    Returns
    -------
    Minimum

    Raises
    ------
    UsageError
        If the method does not heed a setting, cannot keep bounds, or needs more of the function than it tells.

    Examples
    --------
    >>> import numpy as np
    >>> found = minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]), method="adam")
    >>> found.converged, round(found.value, 6)
    (True, 1.0)
    """
    row, settings = METHODS[method], settings or Settings()
    descent = row.descent_for(settings, function)
    x = x0 if bounds is None else bounds.nearest(x0)
    start = loop.Place(x, *function(x))
    size = scale or abs(start.value) or 1.0
    return loop.minimize(
        function,
        x,
        descent=descent,
        search=row.search_for(settings, size, bounds),
        done=small_gradient(tolerance * size, bounds),
        most_iterations=most_iterations,
        watch=watch,
        start=start,
    )
