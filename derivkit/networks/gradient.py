"""Before the first step: the whole gradient against finite differences of the objective's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivkit.blackbox.check import check_gradient
from derivkit.blackbox.result import GradientVerdict
from derivkit.networks.forward import no_averages
from derivkit.networks.initial import DROPOUT, generator
from derivkit.networks.objective import Objective, Rows
from derivkit.networks.parameters import names_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_ROWS = 64  # differences call the objective hundreds of times
MOST_KINKED_ROWS = 16  # of a network with kinks, one a unit and row, of which differences want none near by
MOST_DRAWS = 5  # of points, where kinks are near by
AWAY = 0.1  # from the start, in random directions: units that are 0 there stand on a kink


def checked(objective: Objective, start: Vector, rows: Rows, seed: int) -> GradientVerdict:
    """Compare every entry of the gradient with differences, near the start.

    Parameters
    ----------
    objective : Objective
    start : array of float, shape (number of weights,)
    rows : Rows
        Of many, the first are taken.
    seed : int
        Of dropout: every call leaves out the same units.

    Returns
    -------
    GradientVerdict
    """
    import numpy as np

    architecture = objective.architecture
    kinked = architecture.activation == "relu" or bool(objective.l1)
    part = rows.at(slice(MOST_KINKED_ROWS if kinked else MOST_ROWS))
    averages, random = no_averages(architecture), np.random.default_rng(0)
    for _ in range(MOST_DRAWS if kinked else 1):
        verdict = check_gradient(
            lambda v: objective.value(v, averages, part, generator(seed, DROPOUT)),
            lambda v: objective.value_and_gradient(v, averages, part, generator(seed, DROPOUT))[1],
            start + AWAY * random.standard_normal(len(start)),
            names=names_of(architecture),
        )
        if verdict.verdict != "refused":  # as it may be next to a kink
            break
    return verdict
