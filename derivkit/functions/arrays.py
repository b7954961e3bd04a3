"""Values of arrays, where neither NumPy nor SciPy offers them under one name or for all arguments.

Every routine takes arrays or NumPy floats, broadcasts them, and gives NaN outside the domain.
"""

from __future__ import annotations

from typing import Any

from derivkit.functions import values as one_float
from derivkit.functions.values import HALF_WAY, LAMBERT_EDGE, LAMBERT_EDGE_ERROR, LAMBERT_NEAR, LAMBERT_SERIES, midpoint

FAR_BELOW = -1000.0  # where SciPy's polygamma becomes slow


def heaviside(x: Any) -> Any:
    """The unit step of an array."""
    import numpy as np

    return np.heaviside(x, HALF_WAY)


def power(x: Any, y: Any) -> Any:
    """Powers of arrays; whole exponents go through without complex numbers or integer overflow."""
    import numpy as np

    x = np.asarray(x, dtype=float)
    value = np.power(x, y)
    if np.any((y == 0) | np.isnan(y)):  # only there does NumPy make 1 of NaN
        return _nan_of_nan(value, x, y)
    return value


def where(condition: Any, x: Any, y: Any) -> Any:
    """`x` where the condition holds, `y` where it does not; a condition that is NaN selects nothing."""
    import numpy as np

    return np.where(np.isnan(condition), np.nan, np.where(condition, x, y))


def _nan_of_nan(values: Any, *arguments: Any) -> Any:
    """Values with NaN where an argument is, for routines that take short cuts."""
    import numpy as np

    holes = np.zeros(np.shape(values), dtype=bool)
    for argument in arguments:
        holes |= np.isnan(argument)
    return np.where(holes, np.nan, values)


def _array_comparison(name: str) -> Any:
    def compare(x: Any, y: Any) -> Any:
        import numpy as np

        return _nan_of_nan(getattr(np, name)(x, y), x, y)

    compare.__doc__ = f"numpy.{name} as 1.0 or 0.0, NaN where either side is."
    return compare


less = _array_comparison("less")
less_equal = _array_comparison("less_equal")
greater = _array_comparison("greater")
greater_equal = _array_comparison("greater_equal")
equal = _array_comparison("equal")
not_equal = _array_comparison("not_equal")


def log_base(x: Any, b: Any) -> Any:
    """log(x)/log(b)."""
    import numpy as np

    return np.log(x) / np.log(b)


def sinc(x: Any) -> Any:
    """sin(x)/x, 1 at 0."""
    import numpy as np

    divisor = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, np.sin(divisor) / divisor)


def relu(x: Any) -> Any:
    """max(x, 0)."""
    import numpy as np

    return np.maximum(x, 0.0)


def root(x: Any, n: Any) -> Any:
    """The real n-th root."""
    import numpy as np

    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    odd = (x < 0) & (np.mod(n, 2) == 1)
    value = power(np.where(odd, -x, x), 1 / n)
    return np.where(n == 0, np.nan, np.where(odd, -value, value))


def factorial(x: Any) -> Any:
    """x!."""
    from scipy.special import gamma

    return gamma(x + 1.0)


def digamma(x: Any) -> Any:
    """The logarithmic derivative of the gamma function; below 0 by DLMF 5.5.4: SciPy's loses its digits next to the poles."""
    import numpy as np
    from scipy import special

    x = np.asarray(x, dtype=float)
    rest = x - np.round(x)
    below = (x < 0) & (rest != 0)
    reflected = special.psi(1 - np.where(below, x, 0)) - np.pi / np.tan(np.pi * np.where(below, rest, 0.5))
    return np.where(below, reflected, special.psi(np.where(below, 1.0, x)))


def polygamma(n: Any, x: Any) -> Any:
    """The n-th derivative of digamma; SciPy's takes a step for every integer below 0.

    Far below, by DLMF 5.15.6, whose cotangent has the period 1 and so follows from arguments between 0 and 1.
    """
    import numpy as np
    from scipy import special

    n, x = np.asarray(n, dtype=float), np.asarray(x, dtype=float)
    if not n.any():
        return digamma(np.broadcast_to(x, np.broadcast_shapes(n.shape, x.shape)))
    far = x < FAR_BELOW
    if not far.any():
        return np.where(n == 0, digamma(x), special.polygamma(n, x))
    rest = x - np.floor(x)
    sign = np.where(n % 2 == 0, 1.0, -1.0)
    reflected = sign * (special.polygamma(n, 1 - x) - special.polygamma(n, 1 - rest)) + special.polygamma(n, rest)
    return np.where(n == 0, digamma(x), np.where(far, reflected, special.polygamma(n, np.where(far, 1.0, x))))


def beta(a: Any, b: Any) -> Any:
    """The beta function of positive numbers."""
    import numpy as np
    from scipy import special

    return np.where((np.asarray(a) > 0) & (np.asarray(b) > 0), special.beta(a, b), np.nan)


def binomial(n: Any, k: Any) -> Any:
    """The binomial coefficient for n > -1."""
    import numpy as np
    from scipy.special import binom

    return np.where(np.asarray(n) > -1, binom(n, k), np.nan)


def sphericalbesselj(n: Any, x: Any) -> Any:
    """The spherical Bessel functions of orders 0, 1, 2, ..."""
    import numpy as np
    from scipy.special import spherical_jn

    n = np.asarray(n, dtype=float)
    whole = (n >= 0) & (n == np.floor(n))
    return np.where(whole, spherical_jn(np.where(whole, n, 0).astype(int), np.asarray(x, dtype=float)), np.nan)


def zetaderivative(n: Any, x: Any) -> Any:
    """The n-th derivatives of the Riemann zeta function, one by one."""
    import numpy as np

    return np.vectorize(one_float.zetaderivative, otypes=[float])(n, x)


def lambertw(x: Any) -> Any:
    """The upper branch of Lambert W; -1 at the float that stands for -1/e, near which DLMF 4.13.6 has the digits SciPy lacks."""
    import numpy as np
    from scipy import special

    x = np.asarray(x, dtype=float)
    p = np.sqrt(np.maximum(2 * np.e * ((x - LAMBERT_EDGE) + LAMBERT_EDGE_ERROR), 0.0))
    near = np.polynomial.polynomial.polyval(np.minimum(p, LAMBERT_NEAR), LAMBERT_SERIES)
    value = np.where(p < LAMBERT_NEAR, near, special.lambertw(x).real)
    return np.where(x >= LAMBERT_EDGE, value, np.nan)


def sine_integral(x: Any) -> Any:
    """Si."""
    from scipy.special import sici

    return sici(x)[0]


def cosine_integral(x: Any) -> Any:
    """Ci of positive numbers."""
    import numpy as np
    from scipy.special import sici

    return np.where(np.asarray(x) > 0, sici(x)[1], np.nan)


def logarithmic_integral(x: Any) -> Any:
    """li of positive numbers."""
    import numpy as np
    from scipy.special import expi

    return expi(np.log(x))


def hyp2f1(a: Any, b: Any, c: Any, x: Any) -> Any:
    """Gauss's hypergeometric function for x < 1; SciPy's is not finite close to 1 and far below 0."""
    from scipy import special

    return _nan_of_nan(_completed("hyp2f1", special.hyp2f1(a, b, c, x), a, b, c, x), a, b, c, x)


def besselk(n: Any, x: Any) -> Any:
    """K of order n, of positive numbers."""
    from scipy.special import kv

    return _nan_of_nan(kv(n, x), n, x)


def airyai(x: Any) -> Any:
    """Ai."""
    return _airy("airyai", 0, x)


def airyaiprime(x: Any) -> Any:
    """The derivative of Ai."""
    return _airy("airyaiprime", 1, x)


def airybi(x: Any) -> Any:
    """Bi."""
    return _airy("airybi", 2, x)


def airybiprime(x: Any) -> Any:
    """The derivative of Bi."""
    return _airy("airybiprime", 3, x)


def _airy(name: str, part: int, x: Any) -> Any:
    """One of SciPy's four Airy functions, which are NaN far out on both sides."""
    from scipy.special import airy

    return _completed(name, airy(x)[part], x)


def _completed(name: str, values: Any, *arguments: Any) -> Any:
    """Values with those that are not finite computed again in balls."""
    import numpy as np

    values = np.array(values, dtype=float)
    missing = ~np.isfinite(values)
    if missing.any():
        from derivkit.functions import balls

        places = np.broadcast_arrays(*arguments, values)[:-1]
        values[missing] = [
            midpoint(getattr(balls, name), *map(float, point)) for point in zip(*(p[missing] for p in places), strict=True)
        ]
    return values
