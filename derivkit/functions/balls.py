"""Ball values of the rows that are not one method of `flint.arb`.

Every function here returns a ball that contains the true value for every choice of the arguments inside their balls, and a NaN ball
where that cannot be said: outside the real domain, and where a ball reaches beyond it. The arithmetic answers NaN balls itself with
NaN balls, so that only `where`, which may leave one out, has to look for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import acb, arb, arb_series

from derivkit.functions.arithmetic import series_length

NARROW_BITS = 20  # balls with so many certain bits lose little by formulas that suit narrow ones
_SHORT_OF = 1 - arb(2) ** -40  # Arb rounds a radius up to 30 bits: one of 30 bits, times this, becomes itself


def interval(low: arb, high: arb) -> arb:
    """All numbers between two exact ones: exactly these where half their distance has at most 30 bits, else a little more."""
    ball = arb((low + high) / 2, (high - low) / 2 * _SHORT_OF)
    return ball if ball.contains(low) and ball.contains(high) else low.union(high)


UNSURE = interval(arb(0), arb(1))  # a truth value that may be 0 or 1


def add(x: arb, y: arb) -> arb:
    """x + y; a sum of terms with one sign has that sign, which Arb's rounding would lose where both may be zero."""
    return _signed(x + y, x, y)


def subtract(x: arb, y: arb) -> arb:
    """x - y; the same."""
    return _signed(x - y, x, -y)


def _signed(total: arb, x: arb, y: arb) -> arb:
    if total.is_exact() or not total.contains(0):
        return total
    if x >= 0 and y >= 0:
        return total.nonnegative_part()
    return -(-total).nonnegative_part() if x <= 0 and y <= 0 else total


def multiply(x: arb, y: arb) -> arb:
    """x*y; a product of factors with known signs has its sign, which Arb's rounding would lose where a factor may be zero."""
    product = x * y
    if product.is_exact() or not product.contains(0):
        return product
    if (x >= 0 and y >= 0) or (x <= 0 and y <= 0):
        return product.nonnegative_part()
    if (x >= 0 and y <= 0) or (x <= 0 and y >= 0):
        return -(-product).nonnegative_part()
    return product


def power(x: arb, y: arb) -> arb:
    """x^y for real results: any base for a whole exponent, a nonnegative base otherwise."""
    whole = y.unique_fmpz() if y.is_exact() else None
    if whole is not None:
        return _whole_power(x, int(whole))
    if x.is_zero():
        return arb(0) if y > 0 else arb.nan()
    if x.contains(0) and x >= 0 and y > 0:  # of which Arb's own power makes NaN, by way of the logarithm
        return _up_to(x.upper() ** y)
    return x**y


def _whole_power(x: arb, n: int) -> arb:
    """x^n; of a wide ball by its ends, which python-flint's own power does not do."""
    if n < 0 and x.contains(0):
        return arb.nan()
    if n <= 1 or x.rel_accuracy_bits() >= NARROW_BITS:
        return x**n
    if n % 2 or not x.contains(0):
        return _hull(x.lower() ** n, x.upper() ** n)
    return _up_to(x.abs_upper() ** n)


def _hull(x: arb, y: arb) -> arb:
    """Both balls and all between them; what has one sign keeps it, which Arb's rounding would lose at zero."""
    return _signed(x.union(y), x, y)


def _up_to(bound: arb) -> arb:
    """All numbers from 0 to a bound, and none below 0."""
    return interval(arb(0), bound.upper()).nonnegative_part()


def _within_one(x: arb) -> arb:
    """A ball without its parts beyond -1 and 1, where the function has no values."""
    if x.upper() <= 1 and x.lower() >= -1:
        return x
    clamped = 1 - (1 - x).nonnegative_part() if x.upper() > 1 else (1 + x).nonnegative_part() - 1
    if clamped.upper() <= 1 and clamped.lower() >= -1:
        return clamped
    return interval(arb(-1), arb(1)) if x.rad() > arb(0.5) else x  # a narrow ball near 1 is worth more than a bound


def sin(x: arb) -> arb:
    """The sine."""
    return _within_one(x.sin())


def cos(x: arb) -> arb:
    """The cosine."""
    return _within_one(x.cos())


def tanh(x: arb) -> arb:
    """The hyperbolic tangent."""
    return _within_one(_rising(arb.tanh, x))


def erf(x: arb) -> arb:
    """The error function."""
    return _within_one(_rising(arb.erf, x))


def asinh(x: arb) -> arb:
    """The inverse hyperbolic sine."""
    return _rising(arb.asinh, x)


def _rising(function: Callable[[arb], arb], x: arb) -> arb:
    """An increasing function; of a wide ball by its ends, where Arb's own routines may give up."""
    return function(x) if x.rel_accuracy_bits() >= NARROW_BITS else _hull(function(x.lower()), function(x.upper()))


def sqrt(x: arb) -> arb:
    """The square root."""
    return x.sqrt().nonnegative_part() if x.contains(0) else x.sqrt()


def absolute(x: arb) -> arb:
    """|x|."""
    return abs(x).nonnegative_part()


def heaviside(x: arb) -> arb:
    """The unit step, one half at 0."""
    sign = x.sgn()
    return (1 + sign) / 2 if sign.is_exact() else UNSURE


def floor(x: arb) -> arb:
    """The largest integer not above x."""
    return interval(x.lower().floor(), x.upper().floor()) if x.is_finite() else x.floor()


def ceil(x: arb) -> arb:
    """The smallest integer not below x."""
    return interval(x.lower().ceil(), x.upper().ceil()) if x.is_finite() else x.ceil()


def where(condition: arb, x: arb, y: arb) -> arb:
    """`x` where the condition is certain, `y` where its opposite is, both united where neither is; a NaN selects nothing."""
    if condition.is_nan():
        return condition
    if condition.is_exact():
        return _ball(x) if condition == 1 else _ball(y)
    return _hull(_ball(x), _ball(y))


def _ball(x: Any) -> arb:
    return x if isinstance(x, arb) else arb(x)


def _comparison(holds: Callable[[arb, arb], bool], fails: Callable[[arb, arb], bool]) -> Callable[[arb, arb], arb]:
    def compare(x: arb, y: arb) -> arb:
        if holds(x, y):
            return arb(1)
        return arb(0) if fails(x, y) else UNSURE

    return compare


less = _comparison(lambda x, y: x < y, lambda x, y: x >= y)
less_equal = _comparison(lambda x, y: x <= y, lambda x, y: x > y)
greater = _comparison(lambda x, y: x > y, lambda x, y: x <= y)
greater_equal = _comparison(lambda x, y: x >= y, lambda x, y: x < y)
equal = _comparison(lambda x, y: x == y, lambda x, y: x != y)
not_equal = _comparison(lambda x, y: x != y, lambda x, y: x == y)


def cbrt(x: arb) -> arb:
    """The real cube root."""
    return root(x, arb(3))


def root(x: arb, n: arb) -> arb:
    """The real n-th root."""
    if x.is_zero():
        return arb(0) if n > 0 else arb.nan()
    if x.contains(0):
        if not n > 0:
            return arb.nan()
        if _is_odd(n):
            return root(x.lower(), n).union(root(x.upper(), n))
    return -((-x) ** (1 / n)) if _is_odd(n) and x < 0 else power(x, 1 / n)


def _is_odd(n: arb) -> bool:
    return bool(n.is_exact() and n.is_integer() and not (n / 2).is_integer())


def log_base(x: arb, b: arb) -> arb:
    """log(x)/log(b)."""
    return x.log() / b.log()


def log2(x: arb) -> arb:
    """log(x)/log(2)."""
    return x.log() / arb.const_log2()


def log10(x: arb) -> arb:
    """log(x)/log(10)."""
    return x.log() / arb.const_log10()


def xlogy(x: arb, y: arb) -> arb:
    """x*log(y), 0 where x is exactly that."""
    return arb(0) if x.is_zero() and y >= 0 else x * y.log()


def hypot(x: arb, y: arb) -> arb:
    """sqrt(x^2 + y^2)."""
    return (x * x + y * y).nonnegative_part().sqrt()


def atan2(y: arb, x: arb) -> arb:
    """The angle of (x, y), which the origin does not have."""
    return arb.nan() if x.is_zero() and y.is_zero() else arb.atan2(y, x)


def asec(x: arb) -> arb:
    """acos(1/x)."""
    return (1 / x).acos()


def acsc(x: arb) -> arb:
    """asin(1/x)."""
    return (1 / x).asin()


def acot(x: arb) -> arb:
    """atan(1/x), pi/2 at 0."""
    quarter = arb.pi() / 2
    if x.is_zero():
        return quarter
    return quarter.union(-quarter) if x.contains(arb(0)) else (1 / x).atan()


def sigmoid(x: arb) -> arb:
    """1/(1 + exp(-x))."""
    return 1 / (1 + (-x).exp())


def softplus(x: arb) -> arb:
    """log(1 + exp(x))."""
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


def relu(x: arb) -> arb:
    """max(x, 0)."""
    return x.max(arb(0)).nonnegative_part()


def logsumexp(x: arb, y: arb) -> arb:
    """log(exp(x) + exp(y))."""
    return x.max(y) + (-abs(x - y)).exp().log1p()


def erfinv(x: arb) -> arb:
    """The inverse error function."""
    return x.erfinv() if abs(x) < 1 else arb.nan()


def normpdf(x: arb) -> arb:
    """exp(-x^2/2)/sqrt(2 pi)."""
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def normcdf(x: arb) -> arb:
    """erfc(-x/sqrt(2))/2."""
    return (-x / arb(2).sqrt()).erfc() / 2


def polygamma(n: arb, x: arb) -> arb:
    """The n-th derivative of digamma."""
    order = _order(n)
    if order is None:
        return arb.nan()
    return acb(x).polygamma(order).real if order else x.digamma()


def beta(a: arb, b: arb) -> arb:
    """The beta function of positive numbers."""
    return a.gamma() * b.gamma() * (a + b).rgamma() if a > 0 and b > 0 else arb.nan()


def binomial(n: arb, k: arb) -> arb:
    """The binomial coefficient for n > -1."""
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma() if n > -1 else arb.nan()


def zetaderivative(n: arb, x: arb) -> arb:
    """The n-th derivative of the Riemann zeta function, from its Taylor series."""
    order = _order(n)
    if order is None:
        return arb.nan()
    with series_length(order + 1):  # flint cuts longer series without a word
        return arb_series([x, 1], prec=order + 1).zeta()[order] * (n + 1).gamma()


def lambertw(x: arb) -> arb:
    """The upper branch of Lambert W; of a ball around -1/e, the values on its right."""
    value = x.lambertw()
    above = 1 + x.upper() * arb.const_e()
    if value.is_finite() or not above.is_finite() or above < 0:
        return value
    return arb(-1).union((2 * above.nonnegative_part()).sqrt() - 1)  # W(x) <= -1 + p with p = sqrt(2(e x + 1)), DLMF 4.13.6


def li(x: arb) -> arb:
    """The logarithmic integral of positive numbers."""
    return x.li() if x > 0 else arb.nan()


def ellipk(m: arb) -> arb:
    """The complete elliptic integral of the first kind."""
    return acb(m).elliptic_k().real if m < 1 else arb.nan()


def ellipe(m: arb) -> arb:
    """The complete elliptic integral of the second kind."""
    return acb(m).elliptic_e().real if m <= 1 else arb.nan()


def hyp2f1(a: arb, b: arb, c: arb, x: arb) -> arb:
    """Gauss's hypergeometric function left of its branch point."""
    return x.hypgeom_2f1(a, b, c) if x < 1 else arb.nan()


def besselj(n: arb, x: arb) -> arb:
    """J of order n."""
    return x.bessel_j(n)


def bessely(n: arb, x: arb) -> arb:
    """Y of order n, of positive numbers."""
    return x.bessel_y(n) if x > 0 else arb.nan()


def besseli(n: arb, x: arb) -> arb:
    """I of order n."""
    return x.bessel_i(n)


def besselk(n: arb, x: arb) -> arb:
    """K of order n, of positive numbers."""
    return x.bessel_k(n) if x > 0 else arb.nan()


def sphericalbesselj(n: arb, x: arb) -> arb:
    """The spherical Bessel function of order n, by DLMF 10.47.3 and 10.16.9."""
    order = _order(n)
    if order is None:
        return arb.nan()
    return (x / 2) ** order * (-x * x / 4).hypgeom_0f1(n + 1.5) * (n + 1.5).rgamma() * arb.const_sqrt_pi() / 2


def airyai(x: arb) -> arb:
    """Ai."""
    return x.airy_ai()


def airybi(x: arb) -> arb:
    """Bi."""
    return x.airy_bi()


def airyaiprime(x: arb) -> arb:
    """The derivative of Ai."""
    return x.airy_ai(derivative=1)


def airybiprime(x: arb) -> arb:
    """The derivative of Bi."""
    return x.airy_bi(derivative=1)


def _order(n: arb) -> int | None:
    """An order 0, 1, 2, ..., if the ball is exactly that."""
    whole = n.unique_fmpz() if n.is_exact() else None
    return None if whole is None or whole < 0 else int(whole)
