"""The table of methods: a name, a descent, and how far it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.optimize import lbfgs, loop
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.descents import (
    BFGS,
    LBFGS,
    Adagrad,
    Adam,
    AMSGrad,
    ConjugateGradient,
    DecayedApart,
    GaussNewton,
    Gradient,
    LevenbergMarquardt,
    Momentum,
    NAdam,
    Nesterov,
    NewtonAnywhere,
    NewtonCG,
    RMSProp,
    TrustExact,
    TrustNCG,
)
from derivkit.optimize.method import FIRST_ORDER, Convergence, Make, Method, Need
from derivkit.optimize.minimum import Minimum
from derivkit.optimize.region import Region
from derivkit.optimize.searches import Armijo
from derivkit.optimize.settings import Settings
from derivkit.optimize.stopping import small_gradient
from derivkit.optimize.wolfe import Wolfe

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


def _momentum(kind: type[Momentum] | type[Nesterov]) -> Make:
    """A descent with momentum, and what was chosen of it."""
    return lambda settings, function, bounds: kind() if settings.momentum is None else kind(settings.momentum)


def _adaptive(kind: type[Any]) -> Make:
    """A descent with running means, and what was chosen of them."""

    def made(settings: Settings, function: Any, bounds: Bounds | None) -> loop.Descent:
        chosen = {} if settings.epsilon is None else {"least": settings.epsilon}
        if settings.betas is not None:
            chosen |= dict(zip(("mean", "square"), settings.betas, strict=True))
        return kind(**chosen)  # type: ignore[no-any-return]  # all kinds are descents

    return made


def _plain(kind: type[Any]) -> Make:
    """A descent of which nothing can be chosen."""
    return lambda settings, function, bounds: kind()


def _knowing(kind: type[Any]) -> Make:
    """A descent that asks the function for more than values and gradients."""
    return lambda settings, function, bounds: kind(function)


def _wolfe(scale: float, bounds: Bounds | None) -> loop.Search:
    return Wolfe(scale)


def _level(scale: float, bounds: Bounds | None) -> loop.Search:
    return Wolfe(scale, LEVEL, natural=False)


def _region(scale: float, bounds: Bounds | None) -> loop.Search:
    return Region(scale)


def _newton(scale: float, bounds: Bounds | None) -> loop.Search:
    return Wolfe(scale) if bounds is None else Armijo(scale, natural=True, bounds=bounds)


LEVEL = 0.1  # of the slope may be left along directions that are made to be conjugate
MOMENTUM, SIZES, MEANS = (*FIRST_ORDER, "momentum"), (*FIRST_ORDER, "epsilon"), (*FIRST_ORDER, "betas", "epsilon")

# The learning rates suit variables of about unit size, and a slope of about unit size where a step is proportional to it.
METHODS: dict[str, Method] = {
    row.name: row
    for row in (
        Method("gd", "gradient descent", _plain(Gradient), Convergence.LINEAR, "Cauchy (1847); Armijo (1966)",
               search=lambda scale, bounds: Armijo(scale, bounds=bounds), takes=FIRST_ORDER, bounded=True,
               recursion=lambda step, m: (1 - step, 0.0), exact=1.0),
        Method("momentum", "gradient descent with momentum", _momentum(Momentum), Convergence.LINEAR, "Polyak (1964)",
               rate=0.001, takes=MOMENTUM, bounded=True, recursion=lambda step, m: (1 + m - step, m)),
        Method("nesterov", "Nesterov's accelerated gradient", _momentum(Nesterov), Convergence.LINEAR, "Nesterov (1983)",
               rate=0.001, takes=MOMENTUM, bounded=True, recursion=lambda step, m: ((1 + m) * (1 - step), m * (1 - step))),
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
        Method("cg", "nonlinear conjugate gradients", _plain(ConjugateGradient), Convergence.LINEAR, "Hager and Zhang (2005)",
               search=_level, exact=0.5),
        Method("bfgs", "BFGS", _plain(BFGS), Convergence.SUPERLINEAR, "Nocedal and Wright (2006), algorithm 6.1", search=_wolfe),
        Method("lbfgs", "L-BFGS", _plain(LBFGS), Convergence.LINEAR, "Nocedal (1980)", search=_wolfe, bounded=True,
               solver=lbfgs.minimize),
        Method("newton", "Newton's method", lambda settings, function, bounds: NewtonAnywhere(function, bounds),
               Convergence.QUADRATIC, "Nocedal and Wright (2006), section 3.4", search=_newton, needs=Need.HESSIAN, bounded=True),
        Method("newton-cg", "truncated Newton", _knowing(NewtonCG), Convergence.SUPERLINEAR, "Dembo and Steihaug (1983)",
               search=_wolfe, needs=Need.PRODUCTS),
        Method("trust-exact", "Newton's method in a trust region", _knowing(TrustExact), Convergence.QUADRATIC,
               "Moré and Sorensen (1983)", search=_region, needs=Need.HESSIAN),
        Method("trust-ncg", "truncated Newton in a trust region", _knowing(TrustNCG), Convergence.SUPERLINEAR, "Steihaug (1983)",
               search=_region, needs=Need.PRODUCTS),
        Method("gauss-newton", "Gauss-Newton", _knowing(GaussNewton), Convergence.LINEAR, "Nocedal and Wright (2006), section 10.3",
               search=_wolfe, needs=Need.SQUARES),
        Method("lm", "Levenberg-Marquardt", _knowing(LevenbergMarquardt), Convergence.LINEAR, "Moré (1978)",
               search=_region, needs=Need.SQUARES),
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
    descent = row.descent_for(settings, function, bounds)
    x = x0 if bounds is None else bounds.nearest(x0)
    start = loop.evaluated(function, x)
    size = scale or abs(start.value) or 1.0
    if bounds is not None and row.solver is not None:
        return row.solver(function, x, bounds=bounds, scale=size, tolerance=tolerance, most_iterations=most_iterations, watch=watch)
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
