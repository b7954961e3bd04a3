"""The loop that all descents share: a direction, a step along it, until a test is content.

Where to go (a *descent*) and how far (a *search*) are two notions, and every combination of them is a minimizer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from derivkit.optimize.minimum import Minimum, Progress

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A point with the function's value and gradient there."""

    x: Vector
    value: float
    gradient: Vector


class Stuck(Exception):
    """There is no way on; the text says why. An outcome of the loop, not an error of the caller's."""


class Descent(Protocol):
    """Where to go."""

    def start(self, x: Vector) -> Any:
        """What the descent remembers before the first step."""

    def direction(self, place: Place, memory: Any) -> tuple[Vector, Any]:
        """A direction to add, shape (d,), and what is remembered from now on; may raise `Stuck`."""


class Search(Protocol):
    """How far to go."""

    def step(self, function: ValueAndGradient, place: Place, direction: Vector) -> tuple[Place, int]:
        """The next place and how often the function was evaluated; may raise `Stuck`."""


Test = Callable[[Place, "Vector"], bool]  # whether it was done before this direction was taken


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    descent: Descent,
    search: Search,
    done: Test,
    most_iterations: int,
    progress: Progress | None = None,
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
    progress : callable, optional
        Told the number of steps done and the value there.

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
    place = Place(x0, *function(x0))
    memory = descent.start(x0)
    iterations, evaluations = 0, 1

    def stopped(reason: str, *, converged: bool = False) -> Minimum:
        return Minimum(place.x, place.value, place.gradient, converged, reason, iterations, evaluations)

    try:
        while True:
            direction, memory = descent.direction(place, memory)
            if done(place, direction):
                return stopped("the gradient vanished", converged=True)
            if iterations == most_iterations:
                return stopped(f"no minimum within {most_iterations} iterations")
            place, spent = search.step(function, place, direction)
            iterations, evaluations = iterations + 1, evaluations + spent
            if progress is not None:
                progress(iterations, place.value)
    except Stuck as stuck:
        return stopped(str(stuck))
