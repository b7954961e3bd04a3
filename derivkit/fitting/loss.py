"""Losses that large residuals weigh less in, as expressions in z, the squared residual in units of the scale.

Source: the same names and formulas as in `scipy.optimize.least_squares`; Triggs et al., Bundle adjustment: a modern synthesis
(2000), section 3.3.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from derivkit.data.words import nearest_hint
from derivkit.errors import UsageError
from derivkit.expression.parser import parse
from derivkit.program.program import Program, compile_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LINEAR = "linear"
LOSSES = {
    LINEAR: "z",
    "soft_l1": "2*(sqrt(1 + z) - 1)",
    "huber": "piecewise((z, z <= 1), (2*sqrt(z) - 1, true))",
    "cauchy": "log1p(z)",
}


class Loss:
    """scale^2/2 * rho((r/scale)^2), as a function of residuals r.

    Parameters
    ----------
    name : str
        One of `LOSSES`.
    scale : float
        The residual from which on it counts as large, in units of the response.

    Examples
    --------
    >>> import numpy as np
    >>> value, weight, _ = Loss("huber", 1.0)(np.array([0.5, 3.0]))
    >>> value.tolist(), weight.round(3).tolist()
    ([0.125, 2.5], [1.0, 0.333])
    """

    def __init__(self, name: str, scale: float) -> None:
        self.name = name
        self.scale = scale

    @cached_property
    def _program(self) -> Program:
        return compile_graph(parse(LOSSES[self.name]).graph, 2, wrt=("z",))

    def __call__(self, residual: Vector) -> tuple[Vector, Vector, Vector]:
        """The loss of each residual, what weighs its square (rho'), and what the second derivative has beyond that (2 z rho'')."""
        z = (residual / self.scale) ** 2
        value, first, second = self._program(z=z)
        return self.scale**2 / 2 * value, first[0], 2 * z * second[0, 0]


def loss_named(name: str, scale: float) -> Loss | None:
    """The loss of a name; None for half the square.

    Raises
    ------
    UsageError
        If there is no such loss, or the scale is not positive.
    """
    if name not in LOSSES:
        raise UsageError(f"there is no loss {name!r}", hint=nearest_hint(name, LOSSES))
    if not (math.isfinite(scale) and scale > 0):
        raise UsageError(f"the scale of the loss is {scale}; it must be a positive number")
    return None if name == LINEAR else Loss(name, scale)
