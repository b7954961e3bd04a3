"""The table of methods: a name, a descent, and how far it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize import loop
from derivkit.optimize.descents import Adam, Gradient
from derivkit.optimize.minimum import Minimum
from derivkit.optimize.searches import Backtracking, Fixed
from derivkit.optimize.settings import Settings
from derivkit.optimize.stopping import small_gradient

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector


@dataclass(frozen=True, slots=True)
class Method:
    """One way to minimize.

    Attributes
    ----------
    name, title : str
    descent : callable
        From settings and the function to where to go.
    rate : float or None
        The learning rate where none is given; None where the step is searched for.
    """

    name: str
    title: str
    descent: Callable[[Settings, ValueAndGradient], loop.Descent]
    rate: float | None = None

    def search(self, settings: Settings, scale: float) -> loop.Search:
        """How far to go."""
        rate = settings.rate or self.rate
        return Backtracking(scale) if rate is None else Fixed(rate, settings.schedule)


METHODS: dict[str, Method] = {
    row.name: row
    for row in (
        Method("gd", "gradient descent", lambda settings, function: Gradient()),
        Method("adam", "Adam", lambda settings, function: Adam(), rate=0.05),  # of variables of about unit size
    )
}


def minimize(
    function: ValueAndGradient,
    x0: Vector,
    *,
    method: str,
    settings: Settings | None = None,
    scale: float | None = None,
    tolerance: float = 1e-8,
    most_iterations: int = 10_000,
    watch: loop.Watch | None = None,
) -> Minimum:
    """Minimize a smooth function by a method of the table.

    Parameters
    ----------
    function : callable
        x of shape (d,) to value and gradient of shape (d,).
    x0 : array of float, shape (d,)
    method : str
        A name in `METHODS`.
    settings : Settings, optional
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

    Examples
    --------
    >>> import numpy as np
    >>> found = minimize(lambda x: (1 + float(x @ x), 2 * x), np.array([3.0, -4.0]), method="adam")
    >>> found.converged, round(found.value, 6)
    (True, 1.0)
    """
    size = scale or abs(function(x0)[0]) or 1.0
    row, settings = METHODS[method], settings or Settings()
    return loop.minimize(
        function,
        x0,
        descent=row.descent(settings, function),
        search=row.search(settings, size),
        done=small_gradient(tolerance * size),
        most_iterations=most_iterations,
        watch=watch,
    )
