"""Recurrences for Taylor coefficients, where one is better than what the partials give.

Each takes the order k, the coefficients 0..k-1 of the result and the coefficients of the arguments up to k (lists of floats or balls),
and returns the k-th coefficient of the result. The coefficient of order 0 is the row's value.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), table 13.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Coefficients = Sequence[Any]


def multiply(k: int, p: Coefficients, x: Coefficients, y: Coefficients) -> Any:
    """p = x*y."""
    return sum((x[j] * y[k - j] for j in range(1, k + 1)), x[0] * y[k])


def divide(k: int, q: Coefficients, x: Coefficients, y: Coefficients) -> Any:
    """q = x/y, from x = q*y."""
    return (x[k] - sum(q[j] * y[k - j] for j in range(k))) / y[0]
