"""The minimizer that a recipe names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.networks.recipe import WHOLE, Recipe
from derivkit.optimize import loop
from derivkit.optimize.methods import METHODS
from derivkit.optimize.minimum import Minimum

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


def minimized(recipe: Recipe, function: ValueAndGradient, start: Vector, watch: loop.Watch, steps: int) -> Minimum:
    """Take so many steps, with the watch told of each; a loss of batches has no test by which it is done."""
    if recipe.optimizer == WHOLE:
        return _whole(function, start, watch, steps)
    method = METHODS[recipe.optimizer]
    return loop.minimize(
        function,
        start,
        descent=method.descent_for(recipe.paced, function),
        search=method.search_for(recipe.paced, 1.0),
        done=lambda place, direction: False,
        most_iterations=steps,
        watch=watch,
    )


def _whole(function: ValueAndGradient, start: Vector, watch: loop.Watch, steps: int) -> Minimum:
    """L-BFGS on all rows, which may be stopped by the watch as the loop may."""
    from derivkit.optimize import lbfgs

    place, step = loop.Place(start, *function(start)), 0

    def seen(x: Vector) -> tuple[float, Vector]:
        nonlocal place
        place = loop.Place(x.copy(), *function(x))
        return place.value, place.gradient

    def told(number: int, value: float) -> None:
        nonlocal step
        step = number
        watch(step, place)  # a step ends where the function was evaluated last

    try:
        watch(0, place)
        return lbfgs.minimize(seen, start, scale=abs(place.value), most_iterations=steps, progress=told)
    except loop.Stuck as stuck:
        return Minimum(place.x, place.value, place.gradient, stuck.outcome, str(stuck), step, step)
