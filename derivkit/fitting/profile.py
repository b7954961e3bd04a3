"""Intervals from the profile of the sum of squares: how far one parameter can be moved, the others following, before it shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivkit.fitting.problem import Problem
from derivkit.optimize import levenberg_marquardt
from derivkit.optimize.squares import Local

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Bounds = tuple[Vector, Vector]

SAME = 1e-6  # of the wanted distance
MOST_TRIES = 60
FARTHEST = 1e6  # standard errors: an end beyond is none
LOWER = 1e-6  # relative decrease of the sum of squares that is another minimum


class BetterFit(Exception):
    """A smaller sum of squares was found on the way, at the value of the parameter that is the error's argument."""


def profile_interval(
    problem: Problem, best: Local, covariance: Matrix, k: int, *, variance: float, wide: float, bounds: Bounds
) -> tuple[float, float]:
    """The values of one parameter at which the profile's signed root is -wide and wide.

    Parameters
    ----------
    problem : Problem
        With half the square as loss.
    best : Local
        At the minimum.
    covariance : array of float, shape (p, p)
        For steps of a fit length, and where the other parameters go.
    k : int
        Which parameter.
    variance : float
        Of a residual of weight 1.
    wide : float
        The quantile of Student's t or of the normal distribution.
    bounds : (array, array)

    Returns
    -------
    (float, float)
        Infinite at an end that the data do not set.

    Raises
    ------
    BetterFit
        If the minimum is not the lowest.

    References
    ----------
    Bates and Watts, Nonlinear Regression Analysis and Its Applications (1988), section 6.1.
    """
    profile = _Profile(problem, best, covariance, k, variance, bounds)
    low, high = (float(ends[k]) for ends in bounds)
    return profile.end(-wide, low), profile.end(wide, high)


class _Profile:
    """The signed root of the growth of the sum of squares, as a function of one parameter."""

    def __init__(self, problem: Problem, best: Local, covariance: Matrix, k: int, variance: float, bounds: Bounds) -> None:
        import numpy as np

        self.best = best
        self.name = problem.parameters[k]
        self.estimate = float(best.x[k])
        self.error = math.sqrt(covariance[k, k])
        self.others = np.arange(len(best.x)) != k
        self.along = covariance[self.others, k] / covariance[k, k]
        self.reduced = problem.without(self.name, self.estimate)
        self.bounds = (bounds[0][self.others], bounds[1][self.others])
        self.variance = variance

    def root(self, value: float, near: Vector) -> tuple[float, Vector]:
        """The signed root at a value, and the other parameters there; infinite outside the domain."""
        import numpy as np

        problem = self.reduced.holding(self.name, value)
        start = np.clip(near, *self.bounds)
        local = levenberg_marquardt.minimize(problem, start, bounds=self.bounds).local if len(near) else problem.at(start)
        growth = 2 * (local.value - self.best.value)
        if growth < -LOWER * 2 * self.best.value:
            raise BetterFit(value)
        sign = 1.0 if value > self.estimate else -1.0
        return (sign * math.sqrt(max(growth, 0.0) / self.variance) if local.finite else sign * math.inf), local.x

    def end(self, wanted: float, bound: float) -> float:
        """Where the root is `wanted`: by secants between a value that is too near and one that is too far."""
        near, far = (self.estimate, 0.0, self.best.x[self.others]), None
        value = self.estimate + wanted * self.error
        for _ in range(MOST_TRIES):
            value = _limited(value, bound, wanted)
            others = near[2] + self.along * (value - near[0])
            root, there = self.root(value, others)
            if abs(root - wanted) <= SAME * abs(wanted):
                return value
            if abs(root) < abs(wanted):
                near = (value, root, there)
                if value == bound:
                    return bound
            else:
                far = (value, root)
            if far is None and abs(value - self.estimate) > FARTHEST * self.error:
                return math.copysign(math.inf, wanted)
            value = _next(near[:2], far, wanted, self.estimate)
        return value


def _limited(value: float, bound: float, wanted: float) -> float:
    return min(value, bound) if wanted > 0 else max(value, bound)


def _next(near: tuple[float, float], far: tuple[float, float] | None, wanted: float, estimate: float) -> float:
    """The next value to try: on the secant, kept well inside; beyond the nearer one, at most three times as far."""
    if far is None:
        factor = min(max(wanted / near[1], 1.1), 3.0) if near[1] else 3.0
        return estimate + factor * (near[0] - estimate)
    if not math.isfinite(far[1]):
        return (near[0] + far[0]) / 2
    share = (wanted - near[1]) / (far[1] - near[1])
    return near[0] + min(max(share, 0.02), 0.98) * (far[0] - near[0])
