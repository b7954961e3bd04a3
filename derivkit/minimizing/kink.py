"""Is it a kink where a method stalled? Slopes between values on both sides tell, and they do not shrink with the distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.minimizing.function import Function
from derivkit.minimizing.words import direction as shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

DISTANCES = (1e-5, 1e-6)  # parts of the variable's size, 1 at 0
SAME = 0.02  # relative change of a slope with the distance that is none
APART = 0.1  # relative difference of the two slopes that is a kink
MOST_VARIABLES = 50
DIRECTIONS = 64
SUM = 1e3  # the weight of the condition that weights sum to 1
SEED = 0


def may_bend(function: Function) -> bool:
    """Whether there may be kinks at all: the table knows no place of a kink or a jump in smooth formulas."""
    from derivkit.functions import Row

    return function.graph is None or any(
        place.kind in ("kink", "jump") for head in function.graph.heads if isinstance(head, Row) for place in head.places
    )


@dataclass(frozen=True, slots=True)
class Bent:
    """A kink where a method stalled.

    Attributes
    ----------
    slopes : str
        Along which variable, and what they are on both sides.
    around : str
        What values in other directions say.
    lowest : bool
        Whether none of them leads down.
    """

    slopes: str
    around: str
    lowest: bool


def kink(function: Function, x: Vector) -> Bent | None:
    """The kink at, or next to, a point; None where there is none along any variable.

    Parameters
    ----------
    function : Function
    x : array of float, shape (d,)

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.minimizing.function import Formula
    >>> kink(Formula(parse("|x| + x/2").graph), np.array([1e-17])).slopes
    'along x the slope is -0.5 on the left, 1.5 on the right'
    """
    for k in range(min(len(x), MOST_VARIABLES)):
        slopes = _slopes(function, x, k)
        if slopes is not None:
            left, right = slopes
            told = f"along {function.variables[k]} the slope is {left:.4g} on the left, {right:.4g} on the right"
            return Bent(told, *_around(function, x))
    return None


def _slopes(function: Function, x: Vector, k: int) -> tuple[float, float] | None:
    """The slopes on both sides along one variable, where they settle and differ."""
    import numpy as np

    here, unit = function.value(x), float(abs(x[k])) if abs(x[k]) > DISTANCES[-1] else 1.0
    found = []
    for side in (-1.0, 1.0):
        pair = []
        for part in DISTANCES:
            there = x.copy()
            there[k] += side * part * unit
            pair.append(side * (function.value(there) - here) / (part * unit))
        found.append(pair)
    (far_left, left), (far_right, right) = found
    size = max(abs(left), abs(right))
    settled = abs(far_left - left) <= SAME * size and abs(far_right - right) <= SAME * size
    return (left, right) if np.isfinite(size) and settled and abs(right - left) > APART * size else None


def _around(function: Function, x: Vector) -> tuple[str, bool]:
    """Whether every direction leads up: in a sentence, and as an answer."""
    import numpy as np

    size = float(np.linalg.norm(x))
    here, reach = function.value(x), DISTANCES[0] * (size if size > DISTANCES[-1] else 1.0)
    rng = np.random.default_rng(SEED)
    draws = rng.standard_normal((DIRECTIONS, len(x)))
    drawn = draws / np.linalg.norm(draws, axis=1)[:, None]
    steepest = _steepest(function, x, x + reach * drawn)
    units = np.vstack([steepest, np.eye(len(x)), -np.eye(len(x)), drawn])
    values = np.array([function.value(x + reach * v) for v in units])
    best = int(np.argmin(np.where(np.isfinite(values), values, np.inf)))
    if values[best] < here:
        return f"along {shown(units[best].tolist())} it still falls, but steps along the gradient jump across the kink", False
    return f"no direction of {len(units)} that were tried leads down: it is a minimum of a function with kinks", True


def _steepest(function: Function, x: Vector, around: Matrix) -> Matrix:
    """Against the shortest mixture of the gradients at points around, shape (1, d); (0, d) where that is 0.

    At a kink the gradient of one side leads across; the shortest vector of the hull of all leads down along it, or is 0.

    References
    ----------
    Burke, Lewis and Overton, A robust gradient sampling algorithm for nonsmooth, nonconvex optimization, SIAM J. Optim. 15 (2005)
    751, section 2; the weights by nonnegative least squares, with their sum as another row.
    """
    import numpy as np
    from scipy.optimize import nnls

    found = [function.value_and_gradient(place)[1] for place in around]
    gradients = np.array([gradient for gradient in found if np.isfinite(gradient).all()]).reshape(-1, len(x))
    largest = float(np.abs(gradients).max(initial=0.0))
    if not largest:
        return np.zeros((0, len(x)))
    rows = np.vstack([gradients.T / largest, np.full(len(gradients), SUM)])
    weights = nnls(rows, np.append(np.zeros(len(x)), SUM))[0]
    shortest = gradients.T @ weights / (weights.sum() or 1.0)
    length = float(np.linalg.norm(shortest))
    return -shortest[None] / length if length else np.zeros((0, len(x)))
