"""The minimizer that a recipe names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.networks.recipe import Recipe
from derivkit.optimize import loop
from derivkit.optimize.methods import METHODS
from derivkit.optimize.minimum import Minimum
from derivkit.optimize.stopping import small_gradient

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

SMALL = 1e-8  # of a gradient, beside the loss at the start: done, on all rows


def minimized(recipe: Recipe, function: ValueAndGradient, start: Vector, watch: loop.Watch, steps: int) -> Minimum:
    """Take so many steps, with the watch told of each; a loss of batches has no test by which it would be done before."""
    method = METHODS[recipe.optimizer]
    place = loop.Place(start, *function(start))
    size = abs(place.value) or 1.0
    return loop.minimize(
        function,
        start,
        descent=method.descent_for(recipe.paced, function),
        search=method.search_for(recipe.paced, size),
        done=small_gradient(SMALL * size) if recipe.whole else lambda place, direction: False,
        most_iterations=steps,
        watch=watch,
        start=place,
    )
