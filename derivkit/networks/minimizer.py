"""The minimizer that a recipe names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.networks.recipe import RATES, Recipe
from derivkit.optimize import loop
from derivkit.optimize.methods import METHODS
from derivkit.optimize.minimum import Minimum
from derivkit.optimize.settings import Settings

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


def minimized(recipe: Recipe, function: ValueAndGradient, start: Vector, watch: loop.Watch, steps: int) -> Minimum:
    """Take so many steps, with the watch told of each; a loss of batches has no test by which it is done."""
    settings = Settings(recipe.rate or RATES[recipe.optimizer])
    method = METHODS[recipe.optimizer]
    return loop.minimize(
        function,
        start,
        descent=method.descent(settings, function),
        search=method.search(settings, 1.0),
        done=lambda place, direction: False,
        most_iterations=steps,
        watch=watch,
    )
