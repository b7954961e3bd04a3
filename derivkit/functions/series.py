"""Recurrences for Taylor coefficients, where one is better than what the partials give.

Each takes the order k >= 1, the coefficients 0..k-1 of the result and the coefficients of the arguments up to k (lists of floats or
balls), and returns the k-th coefficient of the result, or None where the partials must serve. The coefficient of order 0 is the
row's value.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), table 13.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Coefficients = Sequence[Any]
LARGEST_PRODUCT = 64  # whole exponents and orders up to which a power is multiplied out


def multiply(k: int, p: Coefficients, x: Coefficients, y: Coefficients) -> Any:
    """p = x*y."""
    return sum((x[j] * y[k - j] for j in range(1, k + 1)), x[0] * y[k])


def divide(k: int, q: Coefficients, x: Coefficients, y: Coefficients) -> Any:
    """q = x/y, from x = q*y."""
    return (x[k] - sum(q[j] * y[k - j] for j in range(k))) / y[0]


def power(k: int, p: Coefficients, x: Coefficients, y: Coefficients) -> Any:
    """p = x^r for a constant exponent r = y[0]; None for any other exponent, and where x[0] = 0 and r is not 0, 1, 2, ...

    A small whole power is multiplied out: the recurrence divides by x[0], which costs all digits where x is near a zero.
    """
    if not all(c == 0 for c in y[1 : k + 1]):
        return None
    exponent = _whole(y[0])
    invertible = bool(x[0] != 0)  # a ball that contains 0 and more is neither equal to 0 nor different from it
    if exponent is not None and (not invertible or max(k, exponent) <= LARGEST_PRODUCT):
        return _multiplied_out(exponent, x[: k + 1])[k]
    if not invertible:
        return None
    terms = (((y[0] + 1) * j - k) * x[j] * p[k - j] for j in range(1, k + 1))
    return sum(terms) / (k * x[0])


def _whole(exponent: Any) -> int | None:
    """An exponent 0, 1, 2, ..., if a float or a ball is exactly that."""
    if isinstance(exponent, float):
        return int(exponent) if exponent >= 0 and exponent.is_integer() else None
    return int(exponent.unique_fmpz()) if exponent.is_exact() and exponent.is_integer() and exponent >= 0 else None


def _multiplied_out(exponent: int, x: Coefficients) -> Coefficients:
    """The coefficients of x^exponent, as many as x has, by repeated squaring."""
    result: Coefficients = [x[0] * 0 + 1] + [x[0] * 0] * (len(x) - 1)
    square = x
    while exponent:
        if exponent & 1:
            result = _product(result, square)
        exponent >>= 1
        if exponent:
            square = _product(square, square)
    return result


def _product(x: Coefficients, y: Coefficients) -> Coefficients:
    return [multiply(k, (), x, y) for k in range(len(x))]
