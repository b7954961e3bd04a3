"""Student's t distribution, without loading SciPy for two numbers."""

from __future__ import annotations

import math

SMALLEST = 1e-300  # in place of a zero in the continued fraction
PRECISION = 1e-16
MOST_TERMS = 100_000


def two_sided(t: float, degrees: float) -> float:
    """The probability of a value at least as far from 0.

    Parameters
    ----------
    t : float
    degrees : float
        Of freedom, positive.

    Examples
    --------
    >>> round(two_sided(2.776445, 4), 6)
    0.05
    >>> two_sided(float("inf"), 4)
    0.0

    References
    ----------
    Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.1 with 26.5.27: a regularized incomplete beta function.
    """
    if math.isnan(t):
        return math.nan
    if math.isinf(t):
        return 0.0
    square = t * t
    return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square))


def upper_quantile(level: float, degrees: float) -> float:
    """The t beyond which lies, on both sides together, 1 - level.

    Examples
    --------
    >>> round(upper_quantile(0.95, 4), 6)
    2.776445
    """
    low, high = 0.0, 1.0
    while two_sided(high, degrees) > 1 - level:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        low, high = (middle, high) if two_sided(middle, degrees) > 1 - level else (low, middle)


def incomplete_beta(a: float, b: float, x: float, y: float) -> float:
    """The regularized incomplete beta function I_x(a, b), where x + y = 1.

    References
    ----------
    DLMF 8.17.22 (the continued fraction) and 8.17.4 (its mirror, where it converges faster); Lentz, Applied Optics 15 (1976) 668.
    """
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, y, x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or SMALLEST)
    fraction = d
    for m in range(1, MOST_TERMS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + step * d or SMALLEST)
            c = 1 + step / c or SMALLEST
            fraction *= c * d
        if abs(c * d - 1) < PRECISION:
            break
    return front * fraction
