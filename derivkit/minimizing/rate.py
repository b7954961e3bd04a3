"""How fast a method came near: what the path shows, and what theory expects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivkit.minimizing.result import Path
from derivkit.optimize.method import Convergence, Method

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FEWEST = 3  # ratios of distances from which a rate can be seen
LONG = 20  # steps of a way of which the first half does not count
EPSILON = 2.0**-52
DROWNED = 1e3  # roundings of the place: a distance below that is none
VAGUE = 20.0  # last steps: a distance from the last place below that is none
FAST = 0.2  # of the distance left after a step: less is more than linear, if it falls on
QUADRATIC = 1.6  # order from which a rate is called so
LEAPS = 1e-3  # a factor that no linear rate is known by
BEYOND = 2.6  # an order that no method has: the last step fell on the place by chance
STILL = 1 - 1e-9  # a factor that is no progress
SLOW, CHANGING = 0.9, 1.3  # a factor near 1 that comes nearer and nearer, by this part of its logarithm, is no linear rate


def observed(path: Path, target: Vector, *, vague: bool = False, fixed: bool = False) -> tuple[str, float | None, float | None]:
    """The kind of rate, the factor where it is linear, and the order where it is more.

    Parameters
    ----------
    path : Path
    target : array of float, shape (d,)
        Where it leads.
    vague : bool
        Whether that is known no better than the last place itself: steps near it are left out.
    fixed : bool
        Whether the steps go by a learning rate: what is faster than linear, then, passed near the place by chance.

    Examples
    --------
    >>> import numpy as np
    >>> errors = np.array([2.0**-k for k in range(20)])
    >>> observed(Path(np.arange(len(errors)), errors[:, None], errors**2, errors), np.zeros(1))
    ('linear', 0.5, None)
    >>> errors = np.array([0.5 ** (2**k) for k in range(6)])
    >>> kind, _, order = observed(Path(np.arange(len(errors)), errors[:, None], errors**2, errors), np.zeros(1))
    >>> kind, round(order, 3)
    ('quadratic', 2.0)
    """
    import numpy as np

    distances = np.linalg.norm(path.x - target, axis=1)
    floor = DROWNED * EPSILON * float(np.linalg.norm(target))
    if vague and len(distances) > 1:
        floor = max(floor, VAGUE * float(distances[-2]))
    drowned = np.flatnonzero(distances <= floor)
    distances = distances[: drowned[0]] if drowned.size else distances
    if len(distances) <= FEWEST or not np.isfinite(distances).all():
        return "unknown", None, None
    logs = np.diff(np.log(distances)) / np.diff(path.step[: len(distances)])
    fast = None if fixed else _faster_than_linear(logs)
    if fast is not None:
        return fast
    logs = logs[len(logs) // 2 :] if len(logs) > LONG else logs
    half = len(logs) // 2
    early, late = float(np.mean(logs[:half])), float(np.mean(logs[half:]))
    if late > math.log(STILL):
        return "unknown", None, None
    if late > max(early / CHANGING, math.log(SLOW)) and len(logs) > 2 * FEWEST:
        return "sublinear", None, None
    return ("superlinear", None, None) if late < math.log(LEAPS) else ("linear", math.exp(late), None)


def _faster_than_linear(logs: Vector) -> tuple[str, float | None, float | None] | None:
    last = logs[-FEWEST:]
    if not (last < 0).all() or last[-1] > math.log(FAST):
        return None
    orders = last[1:] / last[:-1]
    if orders[-1] > QUADRATIC and orders[-1] < BEYOND:
        return "quadratic", None, float(orders[-1])
    if last[-1] < last[0] and max(orders) > 1.1:
        return "superlinear", None, float(orders[-1]) if min(orders) > 1.1 and orders[-1] < QUADRATIC else None
    return None


def expected(method: Method, eigenvalues: Vector | None, rate: float | None, momentum: float) -> tuple[str, float | None]:
    """What theory expects of a method near a minimum with these eigenvalues: a sentence, and the factor of a linear rate.

    Parameters
    ----------
    method : Method
    eigenvalues : array of float, shape (d,), or None
        Of the Hessian there; None where it is singular, or was not computed.
    rate : float or None
        The learning rate; None where steps are searched for.
    momentum : float

    References
    ----------
    Nocedal and Wright, Numerical Optimization, 2nd ed. (2006): theorem 3.4 for steepest descent with exact searches, 3.5 for
    Newton's method, 6.6 for BFGS, equation 5.36 for conjugate gradients; Polyak, USSR Comput. Math. Math. Phys. 4 (1964) 1, for
    momentum: the roots of its recursion on each eigenvector.
    """
    if method.convergence is Convergence.NONE:
        return "that a fixed rate comes near, no more", None
    if eigenvalues is None:
        return "", None
    if method.convergence is not Convergence.LINEAR:
        return f"{method.convergence}", None
    condition = float(eigenvalues[-1] / eigenvalues[0])
    if rate is None:
        root = condition ** (method.exact or 0.0)
        factor = (root - 1) / (root + 1)
        exact = f": exact searches leave {factor:.4g}, at the condition number {condition:.4g}" if factor else ""
        return f"linear{exact}", None
    if method.recursion is None:
        return "linear", None
    factor = max(_largest_root(*method.recursion(rate * float(value), momentum)) for value in eigenvalues)
    return f"linear: it leaves {factor:.4g}, at this rate and the condition number {condition:.4g}", factor


def verdict(method: Method, kind: str, factor: float | None, limit: float | None, *, singular: bool) -> str:
    """Observed against expected, in a few words; empty where they cannot be compared."""
    if kind == "unknown" or method.convergence is Convergence.NONE:
        return ""
    if singular:
        return "" if method.convergence is Convergence.LINEAR or kind in SPEEDS[1:] else "slow, as the Hessian is singular there"
    if kind not in SPEEDS:
        return "slower than it should be"
    if method.convergence is Convergence.LINEAR and kind == "linear" and factor is not None and limit is not None:
        return "as expected" if factor <= limit ** (1 / SLACK) else "slower than it should be"
    if kind == "superlinear" and method.convergence is Convergence.QUADRATIC:  # the last steps are too few to tell
        return "as expected"
    faster = SPEEDS.index(kind) - SPEEDS.index(method.convergence)
    return "as expected" if faster == 0 else "faster than expected" if faster > 0 else "not yet as fast as expected"


SPEEDS = ("linear", "superlinear", "quadratic")
SLACK = 1.25  # between logarithms of factors: about what was expected


def stability(method: Method, momentum: float) -> float | None:
    """The largest stable rate times the largest eigenvalue: where b = -(1 + c); None where no recursion is known.

    Examples
    --------
    >>> from derivkit.optimize.methods import METHODS
    >>> [round(stability(METHODS[name], 0.9), 9) for name in ("gd", "momentum", "nesterov")]
    [2.0, 3.8, 1.357142857]
    """
    if method.recursion is None:
        return None
    (b0, c0), (b1, c1) = method.recursion(0.0, momentum), method.recursion(1.0, momentum)
    return (1 + b0 + c0) / (b0 - b1 + c0 - c1)


def _largest_root(b: float, c: float) -> float:
    """The factor on one eigenvector: the largest root of z^2 - b z + c."""
    discriminant = b * b - 4 * c
    return math.sqrt(abs(c)) if discriminant < 0 else (abs(b) + math.sqrt(discriminant)) / 2
