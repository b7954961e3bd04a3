"""What the samples along a line show besides its slope: the noise of a value, the order of the Taylor remainder."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivkit.blackbox.line import Line

POINTS = 8  # for the table of differences
LEVELS = 6
ABOVE = 16.0  # how far above the noise a remainder must stand
MOST_ORDERS = 6
LARGEST_STEP = 0.25


def noise_of(line: Line) -> float:
    """The standard deviation of the error of one value; at least its rounding.

    Notes
    -----
    The k-th differences of values at equally spaced places close together contain nothing but noise, for k large enough; each
    level of the table gives an estimate, and the first of three in a row that agree within a factor of four is taken, the last
    where none do. Moré and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011) 1292, section 3.
    """
    step, least = 4 * line.closest, line.rounding * abs(line(0.0))
    column = [line(k * step) for k in range(1, POINTS + 1)]  # beside the point, which may be a kink or a jump
    if not all(map(math.isfinite, column)):
        return least
    estimates = []
    for level in range(1, LEVELS + 1):
        column = [b - a for a, b in pairwise(column)]
        weight = math.factorial(level) ** 2 / math.factorial(2 * level)
        estimates.append(math.hypot(*column) * math.sqrt(weight / len(column)))
    for k in range(len(estimates) - 2):
        run = estimates[k : k + 3]
        if max(run) <= 4 * min(run):
            return max(run[0], least)
    return max(estimates[-1], least)


def remainder_orders(line: Line, noise: float) -> tuple[float, ...]:
    """The observed orders of |f(x + t v) - f(x) - t g·v| between neighbouring steps t, large steps first.

    A right gradient leaves a remainder of order 2, a wrong one of order 1: the Taylor test, as dolfin-adjoint has it (Farrell,
    Ham, Funke and Rognes, SIAM J. Sci. Comput. 35 (2013) C369). Only steps count at which the remainder stands above the noise.
    """
    steps = sorted(t for t, value in line.samples.items() if 0 < t <= LARGEST_STEP and math.isfinite(value))
    found = [(t, abs(line(t) - line(0.0) - t * line.claimed)) for t in steps if math.frexp(t)[0] == 0.5]
    above = [(t, size) for t, size in found if size > ABOVE * (noise + line.rounding * abs(t * line.claimed))]
    orders = [math.log(b / a) / math.log(u / t) for (t, a), (u, b) in pairwise(above)]
    return tuple(reversed(orders[:MOST_ORDERS]))
