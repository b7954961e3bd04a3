"""Taylor coefficients by the recurrences of the table, against coefficients known in closed form."""

from __future__ import annotations

import math

import pytest
from flint import arb

from derivkit.functions import precision
from derivkit.functions.series import divide, multiply, power

ORDER = 8


def coefficients(first, recurrence, *arguments):
    result = [first]
    for k in range(1, ORDER + 1):
        result.append(recurrence(k, result, *[list(a[: k + 1]) for a in arguments]))
    return result


def padded(*values: float) -> list[float]:
    return [*map(float, values), *[0.0] * (ORDER + 1 - len(values))]


EXPONENTIAL = [1 / math.factorial(k) for k in range(ORDER + 1)]


def test_product_of_exponentials():
    expected = [2**k / math.factorial(k) for k in range(ORDER + 1)]
    assert pytest.approx(expected, rel=1e-14) == coefficients(1.0, multiply, EXPONENTIAL, EXPONENTIAL)


def test_quotient_is_a_geometric_series():
    expected = [0.5 ** (k + 1) for k in range(ORDER + 1)]
    assert pytest.approx(expected, rel=1e-15) == coefficients(0.5, divide, padded(1), padded(2, -1))


@pytest.mark.parametrize("exponent", [-6.0, -1.0, -0.5, 0.5, 2.5, 0.0, 1.0, 3.0, 5.0, 70.0])
def test_powers_are_binomial_series(exponent):
    """(1 + t)^r has the coefficients r(r - 1)...(r - k + 1)/k!."""
    expected = [math.prod((exponent - j) / (j + 1) for j in range(k)) for k in range(ORDER + 1)]
    assert pytest.approx(expected, rel=1e-13) == coefficients(1.0, power, padded(1, 1), padded(exponent))


@pytest.mark.parametrize("exponent", [1, 2, 3, 5, 7])
def test_whole_powers_at_a_zero_and_next_to_one(exponent):
    """sin(pi + t)^r at 0 and where rounding makes a tiny value of the zero: the recurrence would divide by it."""
    sine = [0.0, -1.0, 0.0, 1 / 6, 0.0, -1 / 120, 0.0, 1 / 5040, 0.0]
    expected = padded(1)
    for _ in range(exponent):
        expected = [sum(sine[j] * expected[k - j] for j in range(k + 1)) for k in range(ORDER + 1)]
    for first in (0.0, 1.2246e-16):
        found = coefficients(first**exponent, power, [first, *sine[1:]], padded(exponent))
        assert pytest.approx(expected, abs=1e-14) == found


def test_a_power_that_partials_must_serve_gives_none():
    assert power(1, [1.0], [1.0, 1.0], [2.0, 1.0]) is None
    assert power(1, [0.0], [0.0, 1.0], [0.5, 0.0]) is None
    assert power(1, [math.inf], [0.0, 1.0], [-2.0, 0.0]) is None


def test_powers_of_balls_enclose_the_truth():
    with precision(128):
        base = [arb(2).sqrt(), arb(1), arb(0)]
        for exponent, second in ((arb(3), 3 * arb(2).sqrt()), (arb(0.5), -(arb(2).sqrt() ** -1.5) / 8)):
            found = [base[0] ** exponent]
            for k in (1, 2):
                found.append(power(k, found, base[: k + 1], [exponent, arb(0), arb(0)][: k + 1]))
            assert found[2].overlaps(second)
            assert found[2].rad() < 1e-30
        around_zero = power(2, [arb(0)], [arb(0, 1e-20), arb(1), arb(0)], [arb(2), arb(0), arb(0)])
        assert around_zero.contains(1)
        assert around_zero.rad() < 1e-15
