"""What becomes of a minimization for learning rates from small to large: too slow, fast, running away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.errors import UsageError
from derivkit.minimizing.rate import stability
from derivkit.minimizing.run import AUTO, Task
from derivkit.optimize import methods
from derivkit.optimize.outcome import LOST, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.result import MinimizeResult
    from derivkit.optimize.bounds import Bounds
    from derivkit.optimize.minimum import ValueAndGradient
    from derivkit.optimize.settings import Settings

    Vector = NDArray[np.float64]

RATES = 25
STEPS = 100  # of each, where nothing else is asked for
EXAMPLE = "1e-4..1"
GRADIENT_DESCENT = "gd"  # is swept where no method is named


@dataclass(frozen=True, slots=True)
class Trial:
    """One method with one learning rate.

    Attributes
    ----------
    method : str
    lr : float
    outcome : Outcome
        `DIVERGED` as well where the value ended above that at the start.
    value : float
        Where it ended.
    iterations : int
    """

    method: str
    lr: float
    outcome: Outcome
    value: float
    iterations: int

    @property
    def lost(self) -> bool:
        """Whether it ran away."""
        return self.outcome in LOST


@dataclass(frozen=True, slots=True)
class Sweep:
    """One method with many learning rates.

    Attributes
    ----------
    method, title : str
    steps : int
        At most, for each rate.
    trials : tuple of Trial
        By increasing rates, which have equal ratios.
    stable : float or None
        Rates below do not run away from the minimum that was found, by the largest eigenvalue of the Hessian there; None where
        theory does not know, or no minimum was found.
    least : float
        The least value that is known from elsewhere; infinite where there is none.
    """

    method: str
    title: str
    steps: int
    trials: tuple[Trial, ...]
    stable: float | None = None
    least: float = math.inf

    @property
    def best(self) -> Trial | None:
        """The quickest that converged; if none did, the one with the least value; None where all ran away."""

        def order(trial: Trial) -> tuple[bool, int, float]:
            converged = trial.outcome is Outcome.CONVERGED
            return not converged, trial.iterations if converged else 0, trial.value

        return min((trial for trial in self.trials if not trial.lost), key=order, default=None)

    @property
    def first_lost(self) -> Trial | None:
        """The smallest rate that ran away."""
        return next((trial for trial in self.trials if trial.lost), None)


def sweep(
    function: ValueAndGradient,
    x0: Vector,
    *,
    method: str,
    low: float,
    high: float,
    settings: Settings,
    bounds: Bounds | None = None,
    tolerance: float = 1e-8,
    steps: int = STEPS,
    stable: float | None = None,
    least: float = math.inf,
) -> Sweep:
    """Minimize with learning rates between two ends.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,).
    x0 : array of float, shape (d,)
    method : str
        A name in `optimize.methods.METHODS`.
    low, high : float
        The least and the largest rate.
    settings : Settings
        All but the rate.
    bounds : Bounds, optional
    tolerance : float
        The largest component of the gradient at the end; relative to the start's where that is less than 1.
    steps : int
    stable, least : float, optional
        What is known of the minimum; see `Sweep`.

    Returns
    -------
    Sweep

    Raises
    ------
    UsageError
        If a rate is not positive, or the method does not go by a rate.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.optimize.settings import Settings
    >>> found = sweep(lambda x: (float(x @ x), 2 * x), np.array([3.0]), method="gd", low=0.01, high=2, settings=Settings())
    >>> [(round(trial.lr, 3), trial.outcome.value) for trial in (found.best, found.first_lost)]
    [(0.532, 'converged'), (1.031, 'diverged')]
    """
    import numpy as np

    require_rate(method)
    require_ends(low, high)
    with np.errstate(all="ignore"):  # where it runs away
        start, gradient = function(x0)
        limit = tolerance * min(1.0, float(np.abs(gradient).max(initial=0.0)) or 1.0)
        trials = []
        for rate in np.geomspace(low, high, RATES).tolist():
            found = methods.minimize(
                function,
                x0,
                method=method,
                settings=replace(settings, rate=rate),
                bounds=bounds,
                scale=1.0,
                tolerance=limit,
                most_iterations=steps,
            )
            outcome = found.outcome if found.value <= start or found.outcome in LOST else Outcome.DIVERGED
            trials.append(Trial(method, rate, outcome, float(found.value), found.iterations))
    return Sweep(method, methods.METHODS[method].title, steps, tuple(trials), stable, least)


def swept_methods(method: str, compare: Sequence[str], rates: tuple[float, float]) -> tuple[str, ...]:
    """The methods whose rates are swept: those compared that go by a rate, else the one that is asked for, or gradient descent.

    Raises
    ------
    UsageError
        If none of them goes by a rate, or a rate is not positive.
    """
    require_ends(*rates)
    asked = tuple(dict.fromkeys(compare)) or (GRADIENT_DESCENT if method == AUTO else method,)
    able = tuple(name for name in asked if name in methods.METHODS and methods.METHODS[name].first_order)
    if not able:
        require_rate(asked[0])
    return able


def sweep_of(task: Task, start: Vector, method: str, rates: tuple[float, float], best: MinimizeResult) -> Sweep:
    """The sweep of one method from the start of a minimization, with what that found about the minimum."""
    found = best.outcome is Outcome.CONVERGED
    return sweep(
        task.function.value_and_gradient,
        task.bounds.nearest(start),
        method=method,
        low=rates[0],
        high=rates[1],
        settings=methods.METHODS[method].fitting(task.settings),
        bounds=task.bounds if methods.METHODS[method].bounded else None,
        tolerance=task.tolerance,
        steps=task.steps or STEPS,
        stable=_stable(method, task.settings, best) if found else None,
        least=best.value if found else math.inf,
    )


def _stable(method: str, settings: Settings, best: MinimizeResult) -> float | None:
    """Below which rate theory says that a method stays at the minimum."""
    product = stability(methods.METHODS[method], settings.kept)
    eigenvalues = best.curvature.eigenvalues
    if product is None or eigenvalues is None or best.bounds_active or not eigenvalues[-1] > 0:
        return None
    return product / float(eigenvalues[-1])


def require_rate(method: str) -> None:
    """Refuse a method that searches for its steps.

    Raises
    ------
    UsageError
    """
    if not methods.METHODS[method].first_order:
        able = ", ".join(row.name for row in methods.METHODS.values() if row.first_order)
        raise UsageError(f"{method} does not go by a learning rate", hint=f"those that do: {able}")


def require_ends(low: float, high: float) -> None:
    """Refuse rates that are not positive, or not in order.

    Raises
    ------
    UsageError
    """
    if not 0 < low < high < math.inf:
        raise UsageError(
            f"learning rates from {low:g} to {high:g}: they must be positive, and the first less than the last",
            hint=f"as in {EXAMPLE}",
        )
