"""Values: floats, arrays and balls agree with each other and with mpmath at fifty digits; nothing outside the domain."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from flint import arb

from derivkit.functions import ARRAYS, BALLS, FLOATS, Row, arrays, precision, spellings, table
from tests.function_points import ROWS, SPECIAL_GROUPS, label, typical_points

DIGITS, BITS = 50, 200

# A few units in the last place. Series, continued fractions and recurrences (SciPy's, and math.lgamma) sum many rounded terms and
# get more room; near a zero of the function the unit is that of 1/1000.
ULPS, ULPS_OF_SPECIAL = 8, 40

# What mpmath calls a row, or what the row is in terms of mpmath, where that is not one function of the row's name.
MPMATH = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "negate": lambda x: -x,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "equal": lambda x, y: x == y,
    "not_equal": lambda x, y: x != y,
    "where": lambda c, x, y: x if c else y,
    "max": max,
    "min": min,
    "abs": abs,
    "heaviside": lambda x: x > 0,
    "log2": lambda x: mpmath.log(x, 2),
    "xlogy": lambda x, y: x * mpmath.log(y),
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "root": lambda x, n: x ** (1 / n),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "logsumexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
    "normpdf": mpmath.npdf,
    "normcdf": mpmath.ncdf,
    "polygamma": mpmath.psi,
    "zetaderivative": lambda n, x: mpmath.zeta(x, 1, int(n)),
    "sphericalbesselj": lambda n, x: x**n / abs(x) ** n * mpmath.sqrt(mpmath.pi / 2 / abs(x)) * mpmath.besselj(n + 0.5, abs(x)),
    "airyaiprime": lambda x: mpmath.airyai(x, derivative=1),
    "airybiprime": lambda x: mpmath.airybi(x, derivative=1),
}


def reference(row: Row, point: tuple[float, ...]) -> mpmath.mpf:
    name = row.name.lower() if row.group == "integrals" else row.name
    return mpmath.mpf((MPMATH.get(row.name) or getattr(mpmath, name))(*map(mpmath.mpf, point)))


def exact(row: Row, point: tuple[float, ...]) -> arb:
    with precision(BITS):
        return BALLS.function(row)(*map(arb, point))


def near(value: float, truth: arb, row: Row) -> bool:
    ulps = ULPS_OF_SPECIAL if row.group in SPECIAL_GROUPS else ULPS
    return abs(value - float(truth.mid())) <= ulps * 2.0**-53 * max(abs(float(truth.mid())), 2.0**-10)


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_floats_and_arrays_agree_with_balls(row):
    for point in typical_points(row):
        truth = exact(row, point)
        assert near(FLOATS.function(row)(*point), truth, row), point
        with ARRAYS.quiet():
            array = ARRAYS.function(row)(*(np.full(3, x) for x in point))
        assert (3,) == array.shape
        assert near(float(array[0]), truth, row), point


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_balls_enclose_what_mpmath_says(row):
    with mpmath.workdps(DIGITS + 10):
        for point in typical_points(row):
            truth = exact(row, point)
            middle = mpmath.mpf(truth.mid().str(DIGITS + 20, radius=False))
            expected = reference(row, point)
            slack = mpmath.mpf(10) ** -DIGITS * max(1, abs(expected))
            assert abs(expected - middle) <= mpmath.mpf(truth.rad().str(5, radius=False)) + slack, point
            assert truth.is_exact() or truth.rel_accuracy_bits() > BITS // 2


def test_constants():
    assert math.pi == FLOATS.pi == float(BALLS.pi.mid())
    assert math.e == FLOATS.e == float(BALLS.e.mid())
    assert math.isnan(FLOATS.undefined)


def test_constants_are_as_narrow_as_the_precision_at_hand():
    for bits in (20, 400):
        with precision(bits):
            assert abs(BALLS.pi.rel_accuracy_bits() - bits) < 10


EXACT = [
    ("sqrt", (0,), 0), ("cbrt", (-8,), -2), ("cbrt", (0,), 0), ("root", (-32, 5), -2), ("root", (0, 3), 0), ("root", (16, 4), 2),
    ("besselj", (0, 0), 1), ("besselj", (2, 0), 0), ("besseli", (0, 0), 1), ("sphericalbesselj", (0, 0), 1),
    ("sphericalbesselj", (1, 0), 0), ("lambertw", (0,), 0), ("hypot", (0, 0), 0), ("hypot", (-3, 4), 5), ("sinc", (0,), 1),
    ("abs", (-2,), 2), ("sign", (0,), 0), ("heaviside", (0,), 0.5), ("relu", (-1,), 0), ("floor", (-1.5,), -2),
    ("ceil", (-1.5,), -1), ("factorial", (5,), 120), ("gamma", (5,), 24), ("binomial", (5, 2), 10), ("binomial", (5, 7), 0),
    ("binomial", (0.5, 2), -0.125), ("power", (0, 0), 1), ("power", (-2, 3), -8), ("power", (0, 2.5), 0), ("acosh", (1,), 0),
    ("asec", (1,), 0), ("zeta", (0,), -0.5), ("asec", (-1,), math.pi), ("acsc", (-1,), -math.pi / 2), ("acot", (0,), math.pi / 2),
    ("acot", (-1,), -math.pi / 4), ("ellipk", (0,), math.pi / 2), ("ellipe", (1,), 1), ("xlogy", (0, 0), 0), ("max", (2, 2), 2),
    ("sigmoid", (0,), 0.5), ("atan2", (0, -1), math.pi), ("normcdf", (0,), 0.5), ("erfinv", (0,), 0), ("log", (8, 2), 3),
    ("asin", (1,), math.pi / 2), ("zetaderivative", (0, 0), -0.5), ("loggamma", (1,), 0), ("beta", (1, 4), 0.25), ("Si", (0,), 0),
    ("undefined", (), math.nan),
]  # fmt: skip


@pytest.mark.parametrize(("name", "point", "expected"), EXACT)
def test_edge_values_are_right_in_every_column(name, point, expected):
    row = next(row for row in table() if row.name == name and row.arity == len(point))
    values = [FLOATS.function(row)(*map(float, point)), float(exact(row, point).mid())]
    with ARRAYS.quiet():
        values.append(float(ARRAYS.function(row)(*map(np.float64, point))))
    assert pytest.approx([expected] * 3, rel=1e-15, abs=1e-16, nan_ok=True) == values


def test_lambert_w_around_its_edge():
    with precision(100):
        edge = BALLS.lambertw(-(arb(-1).exp()))
    assert edge.contains(arb(-1))
    assert edge.rad() < 1e-13
    assert FLOATS.lambertw(-math.exp(-1)) == -1
    # W(-1/e + d) by its series in sqrt(2 e d), checked by w*exp(w) at 60 digits
    with mpmath.workdps(60):
        for x in (-0.3678794411714423, -0.36787944, -0.36787, -0.3678):
            w = mpmath.lambertw(mpmath.mpf(x)).real
            assert float(w) == pytest.approx(FLOATS.lambertw(x), rel=1e-14)


# Points strictly outside the domain.
OUTSIDE = {
    ("power", 2): [(-2, 0.5)],
    ("log", 1): [(-1,), (-300,)],
    ("log", 2): [(-1, 2), (2, -1)],
    ("log2", 1): [(-1,)],
    ("log10", 1): [(-1,)],
    ("log1p", 1): [(-2,)],
    ("xlogy", 2): [(1, -1)],
    ("sqrt", 1): [(-1,), (-1e-300,)],
    ("root", 2): [(-8, 2), (-8, 2.5), (2, 0)],
    ("asin", 1): [(1.5,), (-800,)],
    ("acos", 1): [(1.5,), (-800,)],
    ("asec", 1): [(0.5,), (-0.5,)],
    ("acsc", 1): [(0.5,), (-0.5,)],
    ("acosh", 1): [(0.5,), (-2,)],
    ("atanh", 1): [(1.5,), (-800,)],
    ("erfinv", 1): [(1.5,), (-2,)],
    ("loggamma", 1): [(-0.5,), (-300.5,)],
    ("polygamma", 2): [(-1, 2), (0.5, 2)],
    ("beta", 2): [(-0.5, 2), (2, -0.5)],
    ("binomial", 2): [(-2.5, 2)],
    ("zetaderivative", 2): [(-1, 2), (0.5, 2)],
    ("lambertw", 1): [(-0.5,), (-800,)],
    ("Ci", 1): [(-1,)],
    ("li", 1): [(-1,)],
    ("ellipk", 1): [(1.5,)],
    ("ellipe", 1): [(1.5,)],
    ("hyp2f1", 4): [(0.5, 0.5, 2, 1.5)],
    ("besselj", 2): [(0.5, -1)],
    ("besseli", 2): [(0.5, -1)],
    ("bessely", 2): [(1, -1)],
    ("besselk", 2): [(1, -1)],
    ("sphericalbesselj", 2): [(0.5, 1), (-1, 1)],
}

# Poles that are floats: the value may be infinite or NaN, but no number.
POLES = {
    ("divide", 2): [(1, 0)],
    ("power", 2): [(0, -1), (0, -0.5)],
    ("log", 2): [(2, 1)],
    ("csc", 1): [(0,)],
    ("cot", 1): [(0,)],
    ("csch", 1): [(0,)],
    ("coth", 1): [(0,)],
    ("root", 2): [(0, -2)],
    ("gamma", 1): [(0,), (-3,)],
    ("digamma", 1): [(0,), (-3,)],
    ("polygamma", 2): [(0, -1), (1, 0), (2, -3)],
    ("factorial", 1): [(-1,), (-4,)],
    ("zeta", 1): [(1,)],
    ("zetaderivative", 2): [(1, 1)],
    ("Ei", 1): [(0,)],
    ("li", 1): [(1,)],
}

# The domain ends where no float is (odd multiples of pi/2), or where NumPy and C agree on a value (the angle of the origin).
BETWEEN_FLOATS = {("tan", 1), ("sec", 1), ("atan2", 2)}


def test_every_row_with_a_domain_is_tested_outside_it():
    bounded = {(row.name, row.arity) for row in table() if row.domain}
    assert bounded == set(OUTSIDE) | set(POLES) | BETWEEN_FLOATS


def by_key(key: tuple[str, int]) -> Row:
    return next(row for row in table() if (row.name, row.arity) == key)


@pytest.mark.parametrize("key", OUTSIDE, ids=lambda key: key[0])
def test_outside_the_domain_every_column_is_nan(key):
    row = by_key(key)
    for point in OUTSIDE[key]:
        assert math.isnan(FLOATS.function(row)(*map(float, point))), point
        with ARRAYS.quiet():
            assert np.isnan(ARRAYS.function(row)(*map(np.float64, point))), point
        assert exact(row, point).is_nan(), point


@pytest.mark.parametrize("key", POLES, ids=lambda key: key[0])
def test_at_a_pole_no_column_gives_a_number(key):
    row = by_key(key)
    for point in POLES[key]:
        assert not math.isfinite(FLOATS.function(row)(*map(float, point))), point
        with ARRAYS.quiet():
            assert not np.isfinite(ARRAYS.function(row)(*map(np.float64, point))), point
        assert not exact(row, point).is_finite(), point


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_nan_in_is_nan_out_in_every_column(row):
    """At typical points, and at 0 and 1, where formulas take short cuts."""
    for point in (*typical_points(row)[:2], (0.0,) * row.arity, (1.0,) * row.arity):
        for k in range(row.arity):
            if row.choice and k == (2 if point[0] else 1):
                continue  # the branch not taken may be anything
            holed = tuple(math.nan if i == k else x for i, x in enumerate(point))
            assert math.isnan(FLOATS.function(row)(*holed)), holed
            with ARRAYS.quiet():
                array = ARRAYS.function(row)(*(np.full(3, x) for x in holed))
            assert np.isnan(array).all(), holed
            assert exact(row, tuple(arb.nan() if math.isnan(x) else arb(x) for x in holed)).is_nan(), holed


def test_wide_balls_hold_every_value():
    """A ball around an interval holds the values at points inside it."""
    for row in spellings()["acot"].values():
        assert all(BALLS.function(row)(arb(0, 1)).contains(exact(row, (x,))) for x in (-0.5, 0, 1e-9, 0.5))
    for name, low, high in (("sigmoid", -3, 2), ("softplus", -3, 2), ("relu", -3, 2), ("lambertw", -0.3, 2), ("floor", -1.5, 2)):
        ball = getattr(BALLS, name)(arb(low).union(arb(high)))
        assert all(ball.contains(exact(spellings()[name][1], (low + (high - low) * t,))) for t in (0.0, 0.25, 0.5, 0.75, 1.0))


@pytest.mark.parametrize(("n", "x"), [(0, -1500.3), (1, -1000.7), (1, -20000.25), (2, -1500.3), (3, -20000.25)])
def test_polygamma_far_below_zero_takes_no_step_an_integer(n: int, x: float) -> None:
    with mpmath.workdps(40):
        truth = float(mpmath.psi(n, mpmath.mpf(x)))
    assert truth == pytest.approx(float(arrays.polygamma(n, x)), rel=2e-15)
    assert np.isfinite(arrays.polygamma(1, -1e10 + 0.3))
