"""How fast a method came near: what the path shows, and what theory expects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivkit.minimizing.result import Path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FEWEST = 3  # ratios of distances from which a rate can be seen
LONGEST = 200  # of the last ratios are looked at
EPSILON = 2.0**-52
DROWNED = 1e3  # roundings of the place: a distance below that is none
FAST = 0.2  # of the distance left after a step: less is more than linear, if it falls on
QUADRATIC = 1.6  # order from which a rate is called so
STILL = 1 - 1e-9  # a factor that is no progress
CHANGING = 2.0  # between logarithms of early and late factors: no linear rate


def observed(path: Path, target: Vector) -> tuple[str, float | None, float | None]:
    """The kind of rate, the factor where it is linear, and the order where it is more.

    Parameters
    ----------
    path : Path
    target : array of float, shape (d,)
        Where it leads, known better than its last place.

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
    distances = distances[: int(np.argmax(distances <= floor))] if (distances <= floor).any() else distances
    if len(distances) <= FEWEST or not np.isfinite(distances).all():
        return "unknown", None, None
    logs = np.diff(np.log(distances))[-LONGEST:]
    fast = _faster_than_linear(logs)
    if fast is not None:
        return fast
    half = len(logs) // 2
    early, late = float(np.mean(logs[:half])), float(np.mean(logs[half:]))
    if late > math.log(STILL):
        return "unknown", None, None
    if early < 0 and late > early / CHANGING and len(logs) > 2 * FEWEST:
        return ("sublinear", None, None) if abs(late) < 0.1 else ("unknown", None, None)
    return "linear", math.exp(late), None


def _faster_than_linear(logs: Vector) -> tuple[str, float | None, float | None] | None:
    last = logs[-FEWEST:]
    if not (last < 0).all() or last[-1] > math.log(FAST):
        return None
    orders = last[1:] / last[:-1]
    if min(orders) > QUADRATIC or (orders[-1] > QUADRATIC and last[-1] < 2 * math.log(FAST)):
        return "quadratic", None, float(orders[-1])
    if last[-1] < last[0] and max(orders) > 1.1:
        return "superlinear", None, float(orders[-1]) if min(orders) > 1.1 else None
    return None


def expected(method: str, eigenvalues: Vector | None, rate: float | None, momentum: float) -> tuple[str, float | None]:
    """What theory expects of a method near a minimum with these eigenvalues: a sentence, and the factor of a linear rate.

    References
    ----------
    Nocedal and Wright, Numerical Optimization, 2nd ed. (2006): theorem 3.4 for steepest descent with exact searches, 3.5 for
    Newton's method, 6.6 for BFGS, (5.36) for conjugate gradients; Polyak, USSR Comput. Math. Math. Phys. 4 (1964) 1, for momentum:
    the roots of its recursion on each eigenvector.
    """
    if method in _SECOND:
        if eigenvalues is None or not eigenvalues[0] > 0:
            return "where the Hessian is singular, Newton's steps are only linear", None
        return "theory expects quadratic convergence: exact second derivatives", None
    if method in _QUASI:
        return "theory expects superlinear convergence: second derivatives learnt from gradients", None
    if eigenvalues is None or not eigenvalues[0] > 0:
        return "", None
    if method in _FIRST:
        return _linear(method, eigenvalues, rate, momentum)
    return _OTHERS.get(method, ""), None


_SECOND = ("newton", "newton-cg", "trust", "trust-exact", "trust-ncg", "gauss-newton", "lm")
_QUASI = ("bfgs", "lbfgs")
_FIRST = ("gd", "momentum", "nesterov", "cg")
_OTHERS = {
    name: "theory promises no rate: every component moves by about the learning rate"
    for name in ("adagrad", "rmsprop", "adam", "adamw", "nadam", "amsgrad")
}


def _linear(method: str, eigenvalues: Vector, rate: float | None, momentum: float) -> tuple[str, float | None]:
    condition = float(eigenvalues[-1] / eigenvalues[0])
    if method == "cg":
        root = math.sqrt(condition)
        factor = (root - 1) / (root + 1)
        return f"theory: a factor of {factor:.4g} a step or better, with the condition number {condition:.4g}", factor
    if rate is None:
        factor = (condition - 1) / (condition + 1)
        return f"theory: a factor of {factor:.4g} a step or better, by exact searches at the condition number {condition:.4g}", factor
    factor = max(_largest_root(method, rate * float(value), momentum) for value in eigenvalues)
    return f"theory: a factor of {factor:.4g} a step, with this rate and the condition number {condition:.4g}", factor


def _largest_root(method: str, step: float, momentum: float) -> float:
    """The factor on one eigenvector: the largest root of z^2 - b z + c."""
    b, c = {
        "gd": (1 - step, 0.0),
        "momentum": (1 + momentum - step, momentum),
        "nesterov": ((1 + momentum) * (1 - step), momentum * (1 - step)),
    }[method]
    discriminant = b * b - 4 * c
    return math.sqrt(c) if discriminant < 0 else (abs(b) + math.sqrt(discriminant)) / 2
