"""From an objective to its minimum: which minimizer, and the last digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivkit.models import batchwise
from derivkit.models.batchwise import Batching, Judge
from derivkit.models.objective import Objective
from derivkit.models.units import Units
from derivkit.optimize.descents import NOT_CONVEX
from derivkit.optimize.loop import telling
from derivkit.optimize.method import Method as Row
from derivkit.optimize.method import Need
from derivkit.optimize.methods import METHODS, minimize
from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

OWN = ("auto", "newton", "lbfgs")  # names that models read in their own way: newton's last steps are refined, lbfgs is SciPy's
FROM_TABLE = tuple(name for name, row in METHODS.items() if name not in OWN and row.needs is not Need.SQUARES)
OPTIMIZERS = (*OWN, *FROM_TABLE)
FOR_BATCHES = "adam"
USUAL = Settings()
MOST_FOR_NEWTON = 200  # coefficients
MANY_ROWS = 200_000
MOST_REFINED = 2_000_000  # numbers in the design: beyond, its own rounding matters more
MOST_REFINEMENTS = 20


@dataclass(frozen=True, slots=True)
class Method:
    """How to minimize.

    Attributes
    ----------
    optimizer : str
        One of `OPTIMIZERS`.
    settings : Settings
        Of a method of the table.
    steps : int or None
        The most iterations.
    batching : Batching or None
        Whether small batches of rows are taken, and how.
    """

    optimizer: str = "auto"
    settings: Settings = USUAL
    steps: int | None = None
    batching: Batching | None = None

    @property
    def limits(self) -> dict[str, Any]:
        """The most iterations, as minimizers take it."""
        return {} if self.steps is None else {"most_iterations": self.steps}

    def chosen(self, size: int, *, kinked: bool) -> str:
        """What is used for so many coefficients, with absolute values to add or without."""
        if kinked:
            return "proximal newton"
        if self.optimizer != "auto":
            return self.optimizer
        if self.batching is not None:
            return FOR_BATCHES
        return "newton" if size <= MOST_FOR_NEWTON else "lbfgs+newton"


def solve(
    objective: Objective,
    start: Vector,
    weights: Vector,
    method: Method,
    progress: Progress | None = None,
    *,
    judge: Judge | None = None,
    unit: float = 1.0,
) -> tuple[Minimum, NDArray[Any]]:
    """Minimize an objective plus weighted absolute values.

    Parameters
    ----------
    objective : Objective
    start : array of float, shape (P,)
    weights : array of float, shape (P,)
        Of the absolute values; zeros for none.
    method : Method
    progress : callable, optional
        Told the number of steps done and the value there.
    judge : callable, optional
        Coefficients to the loss of rows that are not trained on, where batches stop early.
    unit : float
        The size of linear predictors, in which methods with sizes of their own work.

    Returns
    -------
    minimum : Minimum
    w : array, shape (P,)
        Its place, in extended precision where that is known.
    """
    chosen = method.chosen(len(start), kinked=bool(weights.any()))
    scale = objective.scale(start) or 1.0
    shared: dict[str, Any] = {"scale": scale, "progress": progress, **method.limits}
    if chosen == "proximal newton":
        from derivkit.optimize import proximal

        n = len(objective.columns)
        found = proximal.minimize(objective, start, hessian=lambda w: objective.hessian(w) / n, weights=weights, **shared)
        return found, found.x
    if chosen in FROM_TABLE:
        found = _by_table(objective, start, chosen, method, scale=scale, progress=progress, judge=judge, units=Units(unit))
        return found, found.x
    if chosen == "lbfgs":
        found = _by_lbfgs(objective, start, Units(unit), **shared)
        return found, found.x
    from derivkit.optimize import newton

    near = _near(objective, start, chosen, scale, progress, Units(unit))
    if near is None:
        found = newton.minimize(objective.curved, start, step=objective.newton_step, **shared)
    else:
        shared["progress"] = _later(progress, near)
        found = newton.minimize(objective.curved, near.x, step=objective.newton_step, **shared).after(near)
    if found.reason == NOT_CONVEX and method.optimizer == "auto" and chosen == "newton":
        return _without_convexity(objective, start, shared)
    return refined(objective, found) if found.converged else (found, found.x)


def _by_table(
    objective: Objective,
    start: Vector,
    chosen: str,
    method: Method,
    *,
    scale: float,
    progress: Progress | None,
    judge: Judge | None,
    units: Units,
) -> Minimum:
    """By a method of the table, over all rows or by batches of them."""
    settings = _with_rate(METHODS[chosen], method.settings)
    if method.batching is not None:
        return batchwise.minimize(
            objective, start, method=chosen, settings=settings, batching=method.batching, scale=scale, units=units, judge=judge,
            progress=progress,
        )  # fmt: skip
    found = minimize(
        units.curved(objective), start / units.unit, method=chosen, settings=settings, scale=scale / units.unit**2,
        watch=telling(units.progress(progress)), **method.limits,
    )  # fmt: skip
    return units.minimum(found)


def _by_lbfgs(
    objective: Objective, start: Vector, units: Units, *, scale: float, progress: Progress | None, **limits: Any
) -> Minimum:
    from derivkit.optimize import lbfgs

    found = lbfgs.minimize(
        units.function(objective), start / units.unit, scale=scale / units.unit**2, progress=units.progress(progress), **limits
    )
    return units.minimum(found)


def _with_rate(row: Row, settings: Settings) -> Settings:
    """Settings with a rate for steps that grow with the gradient and are not searched for."""
    if settings.rate is not None or row.rate is None or "epsilon" in row.takes:
        return settings
    return replace(settings, rate=batchwise.RATE * (1 - settings.kept))


def _without_convexity(objective: Objective, start: Vector, shared: Mapping[str, Any]) -> tuple[Minimum, NDArray[Any]]:
    """To where the loss is convex by L-BFGS, and on by Newton's method, where that leads to a minimum."""
    from derivkit.optimize import newton

    near = _by_lbfgs(objective, start, Units(), **shared)
    found = newton.minimize(objective.curved, near.x, step=objective.newton_step, **{**shared, "progress": None}).after(near)
    return refined(objective, found) if found.converged else (near, near.x)


def _near(
    objective: Objective, start: Vector, chosen: str, scale: float, progress: Progress | None, units: Units
) -> Minimum | None:
    """Where Newton's method over all rows starts: after steps that cost less, or None.

    Of many coefficients those are L-BFGS's; of many rows they are Newton's for a part of them, from whose minimum two or three
    steps over all rows are enough.
    """
    if chosen == "lbfgs+newton":
        return _by_lbfgs(objective, start, units, scale=scale, progress=progress)
    if len(objective.columns) < MANY_ROWS:
        return None
    from derivkit.optimize import newton

    part = objective.sample(MANY_ROWS // 10)
    found = newton.minimize(part.curved, start, step=part.newton_step, scale=scale)
    return found if found.converged else None


def _later(progress: Progress | None, near: Minimum) -> Progress | None:
    """Progress of a second stage."""
    if progress is None:
        return None
    return lambda step, value: progress(near.iterations + step, value)


def refined(objective: Objective, found: Minimum) -> tuple[Minimum, NDArray[Any]]:
    """Newton steps whose gradient is computed in extended precision, until they no longer shrink.

    So rounding in the residuals, which is multiplied by the square of the columns' condition, is taken out of the coefficients.

    References
    ----------
    Björck, Numerical Methods for Least Squares Problems (1996), sections 2.9.3 and 6.6.5: iterative refinement of the corrected
    seminormal equations.
    """
    import numpy as np

    if len(objective.columns) * objective.size > MOST_REFINED:
        return found, found.x
    triangle = objective.root(found.x)
    w, last = found.x.astype(np.longdouble), np.inf
    value, gradient = objective.extended(w)
    for _ in range(MOST_REFINEMENTS):
        step = np.linalg.solve(triangle, np.linalg.solve(triangle.T, (len(objective.columns) * gradient).astype(float)))
        size = float(np.abs(triangle @ step).max())
        if not size < last / 2:
            break
        w, last = w - step, size
        value, gradient = objective.extended(w)
    return replace(found, x=w.astype(float), value=float(value), gradient=gradient.astype(float)), w
