"""Values of one float, where neither `math` nor `operator` offers them, without NumPy and SciPy.

A routine may raise ArithmeticError or ValueError: the arithmetic then asks the row's array routine. A name that ends in `_array` is
the same formula for arrays.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

HALF_WAY = 0.5  # the unit step's value at its jump, as in DLMF 1.16.13
LAMBERT_EDGE = -math.exp(-1)  # the float that stands for -1/e
LAMBERT_EDGE_ERROR = -1.2428753672788363e-17  # LAMBERT_EDGE + 1/e
LAMBERT_NEAR = 0.01
LAMBERT_SERIES = (-1, 1, -1 / 3, 11 / 72, -43 / 540, 769 / 17280, -221 / 8505, 680863 / 43545600)  # in p = sqrt(2(e x + 1))
LARGEST_PRODUCT = 100  # factors up to which a binomial coefficient is multiplied out
GOOD_BITS = 56  # a ball this accurate has the right float as its midpoint

# B_2k/(2k) of Stirling's series for digamma, DLMF 5.11.2
_STIRLING = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def pi() -> float:
    """The float nearest to pi."""
    return math.pi


def e() -> float:
    """The float nearest to e."""
    return math.e


def undefined() -> float:
    """NaN."""
    return math.nan


def choose(condition: float, x: float, y: float) -> float:
    """`x` where the condition holds, `y` where it does not; a condition that is NaN selects nothing."""
    return math.nan if condition != condition else x if condition else y


def _comparison(holds: Callable[[float, float], bool]) -> Callable[[float, float], float]:
    def compare(x: float, y: float) -> float:
        return float(holds(x, y)) if x == x and y == y else math.nan

    return compare


less = _comparison(operator.lt)
less_equal = _comparison(operator.le)
greater = _comparison(operator.gt)
greater_equal = _comparison(operator.ge)
equal = _comparison(operator.eq)
not_equal = _comparison(operator.ne)


def power(x: float, y: float) -> float:
    """x^y; NaN if either is, even of NaN^0 and 1^NaN, which IEEE 754-2019, 9.2.1 makes 1."""
    return math.pow(x, y) if x == x and y == y else math.nan


def maximum(x: float, y: float) -> float:
    """The larger of two floats; NaN if either is."""
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller of two floats; NaN if either is."""
    return x if x <= y or x != x else y


def sign(x: float) -> float:
    """-1, 0 or 1; NaN of NaN."""
    return x if x != x else float((x > 0) - (x < 0))


def heaviside(x: float) -> float:
    """The unit step, one half at 0."""
    return x if x != x else HALF_WAY if x == 0 else float(x > 0)


def floor(x: float) -> float:
    """The largest integer not above `x`, as a float."""
    return float(math.floor(x))


def ceil(x: float) -> float:
    """The smallest integer not below `x`, as a float."""
    return float(math.ceil(x))


def _pair(formula: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """One formula, written with names that `math` and NumPy share, for one float and for arrays."""

    def scalar(*arguments: float) -> float:
        return formula(math, *arguments)  # type: ignore[no-any-return]  # a formula of floats gives a float

    def array(*arguments: Any) -> Any:
        import numpy as np

        return formula(np, *map(_floats, arguments))

    return scalar, array


def _floats(x: Any) -> Any:
    """An array of floats, single ones as they are."""
    import numpy as np

    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(float)


def root_beyond_one(f: Any, x: Any) -> Any:
    """sqrt(x^2 - 1), without overflow for large x and without cancellation near 1; `f` is `math`, NumPy or an arithmetic."""
    return f.sqrt(abs(x) - 1) * f.sqrt(abs(x) + 1)


# abs(x)/2 +- x/2 is max(+-x, 0), so that no exponential below can overflow
sec, sec_array = _pair(lambda m, x: 1 / m.cos(x))
csc, csc_array = _pair(lambda m, x: 1 / m.sin(x))
cot, cot_array = _pair(lambda m, x: 1 / m.tan(x))
sech, sech_array = _pair(lambda m, x: 2 * m.exp(-abs(x)) / (1 + m.exp(-2 * abs(x))))
csch, csch_array = _pair(lambda m, x: m.copysign(2 * m.exp(-abs(x)) / -m.expm1(-2 * abs(x)), x))
coth, coth_array = _pair(lambda m, x: 1 / m.tanh(x))
asec, asec_array = _pair(lambda m, x: m.atan2(root_beyond_one(m, x), m.copysign(1.0, x)))
acsc, acsc_array = _pair(lambda m, x: m.copysign(m.atan2(1.0, root_beyond_one(m, x)), x))
acot, acot_array = _pair(lambda m, x: m.atan2(m.copysign(1.0, x + 0.0), abs(x)))
normpdf, normpdf_array = _pair(lambda m, x: m.exp(-x * x / 2) / math.sqrt(2 * math.pi))


def sigmoid(x: float) -> float:
    """1/(1 + exp(-x)), at infinities too."""
    power = math.exp(-abs(x))
    return (1.0 if x >= 0 else power) / (1 + power)


def sigmoid_array(x: Any) -> Any:
    """1/(1 + exp(-x)) of an array, at infinities too."""
    import numpy as np

    x = _floats(x)
    power = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, power) / (1 + power)


def softplus(x: float) -> float:
    """log(1 + exp(x)), at infinities too."""
    return maximum(x, 0.0) + math.log1p(math.exp(-abs(x)))


def softplus_array(x: Any) -> Any:
    """log(1 + exp(x)) of an array, at infinities too."""
    import numpy as np

    x = _floats(x)
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def sinc(x: float) -> float:
    """sin(x)/x, 1 at 0."""
    return math.sin(x) / x if x else 1.0


def relu(x: float) -> float:
    """max(x, 0)."""
    return maximum(x, 0.0)


def logsumexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y))."""
    return maximum(x, y) + math.log1p(math.exp(-abs(x - y)))


def xlogy(x: float, y: float) -> float:
    """x*log(y), 0 where x is."""
    return x * math.log(y) if x else 0.0 * y


def root(x: float, n: float) -> float:
    """The real n-th root."""
    if n in (2, 3):
        return math.sqrt(x) if n == 2 else math.cbrt(x)
    return -power(-x, 1 / n) if x < 0 and n % 2 == 1 else power(x, 1 / n)


def normcdf(x: float) -> float:
    """The distribution function of the standard normal distribution."""
    return math.erfc(-x / math.sqrt(2)) / 2


def loggamma(x: float) -> float:
    """The logarithm of the gamma function of a positive number."""
    if not x > 0:
        raise ValueError("not positive")
    return math.lgamma(x)


def digamma(x: float) -> float:
    """The logarithmic derivative of the gamma function: DLMF 5.5.4, 5.5.2, 5.11.2."""
    if x <= 0:
        return digamma(1 - x) - math.pi / math.tan(math.pi * (x - round(x)))
    total = 0.0
    while x < 10:
        total -= 1 / x
        x += 1
    tail = 0.0
    for coefficient in reversed(_STIRLING):
        tail = (tail + coefficient) / (x * x)
    return total + math.log(x) - 1 / (2 * x) - tail


def polygamma(n: float, x: float) -> float:
    """The n-th derivative of digamma; only n = 0 is short enough to be here."""
    if n != 0:
        raise ValueError("not digamma")
    return digamma(x)


def factorial(x: float) -> float:
    """x!."""
    return math.gamma(x + 1)


def beta(a: float, b: float) -> float:
    """The beta function of positive numbers."""
    if not (a > 0 and b > 0):
        raise ValueError("not positive")
    return math.gamma(a) / math.gamma(a + b) * math.gamma(b)


def binomial(n: float, k: float) -> float:
    """The binomial coefficient for n > -1."""
    if not n > -1:
        raise ValueError("n is at most -1")
    if k == int(k) and 0 <= k <= LARGEST_PRODUCT:
        product = 1.0
        for j in range(int(k)):
            product = product * (n - j) / (j + 1)
        return product
    return math.gamma(n + 1) / math.gamma(k + 1) / math.gamma(n - k + 1)


def zetaderivative(n: float, x: float) -> float:
    """The n-th derivative of the Riemann zeta function, which SciPy lacks."""
    from derivkit.functions import balls

    return midpoint(balls.zetaderivative, n, x)


def sphericalbesselj(n: float, x: float) -> float:
    """The spherical Bessel function of order n = 0, 1, 2, ..."""
    if n < 0 or n != int(n):
        raise ValueError("not a whole order")
    if abs(x) <= n + 1:
        return _spherical_series(int(n), x)
    lower, here = math.cos(x) / x, math.sin(x) / x  # orders -1 and 0
    for k in range(int(n)):
        lower, here = here, (2 * k + 1) / x * here - lower  # DLMF 10.51.1, stable while the order is below x
    return here


def _spherical_series(n: int, x: float) -> float:
    """DLMF 10.53.1."""
    term = 1.0
    for k in range(1, n + 1):
        term *= x / (2 * k + 1)
    total, k = 0.0, 0
    while total + term != total:
        total += term
        k += 1
        term *= -x * x / (2 * k * (2 * (n + k) + 1))
    return total


def midpoint(ball: Callable[..., Any], *arguments: float) -> float:
    """The float nearest to a function known in ball arithmetic: more bits until the ball is narrow, else NaN."""
    from flint import arb

    from derivkit.functions.arithmetic import precision

    for bits in (64, 256, 1024, 4096):
        with precision(bits):
            value = ball(*map(arb, arguments))
        if value.is_finite() and value.rel_accuracy_bits() >= GOOD_BITS:
            return float(value.mid())
    return math.nan
