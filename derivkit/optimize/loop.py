"""The loop that all descents share: a direction, a step along it, until a test is content.

Where to go (a *descent*) and how far (a *search*) are two notions, and every combination of them is a minimizer. What is minimized
may change from call to call, as the loss of one batch of rows does: the loop asks for it once a step, where the last one ended.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from derivkit.optimize.minimum import Minimum, Progress
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A point with the function's value and gradient there."""

    x: Vector
    value: float
    gradient: Vector


class Stuck(Exception):
    """There is no way on: an outcome of the loop, not an error of the caller's.

    Attributes
    ----------
    outcome : Outcome
    evaluations : int
        Spent to find out.
    """

    def __init__(self, outcome: Outcome, reason: str, evaluations: int = 0) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.evaluations = evaluations


class Descent(Protocol):
    """Where to go: a frozen description; what it remembers between steps travels through the loop."""

    def start(self, x: Vector) -> Any:
        """What the descent remembers before the first step."""

    def direction(self, place: Place, memory: Any) -> tuple[Any, Any]:
        """What is added for a step of length 1, shape (d,), and what is remembered from now on; may raise `Stuck`.

        For a search that is a region: a model of the function around the place, which the search asks for steps.
        """


class Search(Protocol):
    """How far to go: a frozen description as well."""

    def start(self) -> Any:
        """What the search remembers before the first step."""

    def step(self, function: ValueAndGradient, place: Place, direction: Any, memory: Any) -> tuple[Place, int, Any]:
        """The next place, how often the function was evaluated, and what is remembered from now on; may raise `Stuck`."""


Test = Callable[[Place, Any], bool]  # whether it was done before this direction was taken
Watch = Callable[[int, Place], None]  # told the number of steps done and the place, the start included


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    descent: Descent,
    search: Search,
    done: Test,
    most_iterations: int,
    watch: Watch | None = None,
    start: Place | None = None,
) -> Minimum:
    """Minimize a function by steps along directions.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,).
    x0 : array of float, shape (d,)
    descent, search : Descent, Search
    done : callable
        (place, direction) to whether the place is a minimum.
    most_iterations : int
    watch : callable, optional
        Told the number of steps done and the place, from the start on.
    start : Place, optional
        The function at `x0`, where that is known already.

    Returns
    -------
    Minimum

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.optimize.descents import Gradient
    >>> from derivkit.optimize.searches import Fixed
    >>> from derivkit.optimize.stopping import small_gradient
    >>> found = minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]), descent=Gradient(), search=Fixed(0.25),
    ...                  done=small_gradient(1e-8), most_iterations=100)
    >>> found.converged, round(found.value, 6)
    (True, 1.0)
    """
    place = start or evaluated(function, x0)
    memory, pace = descent.start(x0), search.start()
    iterations, evaluations = 0, 1

    def stopped(outcome: Outcome, reason: str) -> Minimum:
        return Minimum(place.x, place.value, place.gradient, outcome, reason, iterations, evaluations)

    if not math.isfinite(place.value):
        return stopped(Outcome.OUT_OF_DOMAIN, f"the value at the start is {place.value:g}")
    try:
        while True:
            if watch is not None:
                watch(iterations, place)
            direction, memory = descent.direction(place, memory)
            if done(place, direction):
                return stopped(Outcome.CONVERGED, "the gradient vanished")
            if iterations == most_iterations:
                return stopped(Outcome.BUDGET, f"no minimum within {most_iterations} iterations")
            place, spent, pace = search.step(function, place, direction, pace)
            iterations, evaluations = iterations + 1, evaluations + spent
    except Stuck as stuck:
        evaluations += stuck.evaluations
        return stopped(stuck.outcome, str(stuck))


def evaluated(function: ValueAndGradient, x: Vector) -> Place:
    """The place there; a point outside the domain is no error."""
    import numpy as np

    with np.errstate(all="ignore"):
        return Place(x, *function(x))


def telling(progress: Progress | None) -> Watch | None:
    """A watch that tells progress of every step."""
    if progress is None:
        return None
    return lambda step, place: progress(step, place.value) if step else None
