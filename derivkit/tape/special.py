"""SciPy's special functions that the table of functions spells otherwise or does not have: name -> partial derivatives.

Rules are written with SciPy's functions themselves, which act on arrays and, through NumPy's protocols, on tensors. Numbers behind
them are equations of the NIST Digital Library of Mathematical Functions (https://dlmf.nist.gov). None stands for a derivative
without closed form (by orders and parameters).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from scipy import special as sp
from scipy.special import _ufuncs

from derivkit.functions import row_named
from derivkit.tape.elementwise import ELEMENTWISE
from derivkit.tape.faces import implements
from derivkit.tape.operation import Elementwise
from derivkit.tape.tensor import apply

Partials = tuple[Callable[..., Any] | None, ...]

LOG_10, DEGREE = float(np.log(10)), float(np.pi / 180)
ROOT_PI, ROOT_2PI = float(np.sqrt(np.pi)), float(np.sqrt(2 * np.pi))
NEAR = 0.06  # |z - 1| below which the series of log(z)/(1 - z) is summed
SERIES = tuple((-1) ** (k + 1) / (k + 1) for k in range(15))


def _of_row(name: str) -> Partials:
    return row_named(name).partials


def _reciprocal_gamma(f: Any, y: Any, x: Any) -> Any:  # 5.2.2; reflected by 5.5.3 on the left, where psi has poles
    left = np.minimum(x, 0.5)
    return np.where(x < 0.5, np.cos(np.pi * left) * sp.gamma(1 - left) - y * sp.psi(1 - left), -y * sp.psi(np.maximum(x, 0.5)))


def _binomial_rate(y: Any, n: Any, j: Any) -> Any:
    """y psi(j + 1); by the reflection 5.5.4 where j + 1 is near or beyond the poles."""
    near = np.less(j, -0.5)
    left, right = np.where(near, j, -0.5), np.where(near, 0.0, j)
    return np.where(near, y * sp.psi(-left) + np.cos(np.pi * left) * sp.beta(n + 1, -left), y * sp.psi(right + 1))


def _dilogarithm(f: Any, y: Any, z: Any) -> Any:  # 25.12.2 with 1 - z
    near = np.abs(z - 1) < NEAR
    u = np.where(near, z - 1, 0.0)
    series: Any = 0.0
    for coefficient in reversed(SERIES):
        series = series * u + coefficient
    safe = np.where(near, 2.0, z)
    return np.where(near, series, np.log(safe) / (1 - safe))


def _log_rise(x: Any, power: Any) -> Any:
    """The derivative of exprel(power log(x)) log(x) with respect to the power."""
    return np.square(np.log(x)) * sp.hyp1f1(2, 3, power * np.log(x)) / 2


def _exp_integral(f: Any, y: Any, n: Any, x: Any) -> Any:  # 8.19.13; by the recurrence 8.19.12 where the order would be negative
    return np.where(n > 0, -sp.expn(np.maximum(n, 1) - 1, x), -(np.exp(-x) + (1 - n) * y) / x)


def _student(f: Any, y: Any, v: Any, t: Any) -> Any:
    return np.exp(sp.gammaln((v + 1) / 2) - sp.gammaln(v / 2) - (v + 1) / 2 * np.log1p(t * t / v)) / np.sqrt(v * np.pi)


def _elliptic_root(phi: Any, m: Any) -> Any:
    return np.sqrt(1 - m * np.square(np.sin(phi)))


def _elliptic_slope(f: Any, y: Any, phi: Any, m: Any) -> Any:  # 19.4.5 with m = k^2; 0/0 at m = 0
    root = _elliptic_root(phi, m)
    return (sp.ellipeinc(phi, m) / (1 - m) - y) / (2 * m) - np.sin(2 * phi) / (4 * (1 - m) * root)


def _gamma_density(a: Any, x: Any) -> Any:  # 8.8.13
    return np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a))


def _beta_density(a: Any, b: Any, x: Any) -> Any:  # 8.17.1
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


def _degree(n: Any, value: Any) -> Any:
    """0 for a polynomial of degree 0, whose derivative would be of degree -1."""
    return np.where(np.greater(n, 0), value, 0.0)


EXPONENTIALS: dict[str, Partials] = {
    "expit": _of_row("sigmoid"),
    "logit": (lambda f, y, x: 1 / (x * (1 - x)),),
    "log_expit": (lambda f, y, x: sp.expit(-x),),
    "expm1": _of_row("expm1"),
    "exp2": ELEMENTWISE[np.exp2].partials,
    "exp10": (lambda f, y, x: LOG_10 * y,),
    "exprel": (lambda f, y, x: sp.hyp1f1(2, 3, x) / 2,),  # 13.3.15: exprel is 1F1(1; 2; x)
    "log1p": _of_row("log1p"),
    "cosm1": (lambda f, y, x: -np.sin(x),),
    "cbrt": _of_row("cbrt"),
    "radian": (lambda f, y, d, m, s: DEGREE, lambda f, y, d, m, s: DEGREE / 60, lambda f, y, d, m, s: DEGREE / 3600),
    "sindg": (lambda f, y, x: DEGREE * sp.cosdg(x),),
    "cosdg": (lambda f, y, x: -DEGREE * sp.sindg(x),),
    "tandg": (lambda f, y, x: DEGREE * (1 + y * y),),
    "cotdg": (lambda f, y, x: -DEGREE * (1 + y * y),),
    "xlogy": _of_row("xlogy"),
    "xlog1py": (lambda f, p, x, y: np.log1p(y), lambda f, p, x, y: x / (1 + y)),
    "entr": (lambda f, y, x: -np.log(x) - 1,),
    "rel_entr": (lambda f, p, x, y: np.log(x / y) + 1, lambda f, p, x, y: -x / y),
    "kl_div": (lambda f, p, x, y: np.log(x / y), lambda f, p, x, y: 1 - x / y),
    "boxcox": (lambda f, y, x, p: np.power(x, p - 1), lambda f, y, x, p: _log_rise(x, p)),
    "boxcox1p": (lambda f, y, x, p: np.power(1 + x, p - 1), lambda f, y, x, p: _log_rise(1 + x, p)),
    "inv_boxcox": (lambda f, x, y, p: np.power(x, 1 - p), None),
    "inv_boxcox1p": (lambda f, x, y, p: np.power(1 + x, 1 - p), None),
    "huber": (
        lambda f, y, d, r: np.where(np.abs(r) > d, np.abs(r) - d, 0.0),
        lambda f, y, d, r: np.clip(r, -d, d),
    ),
    "pseudo_huber": (
        lambda f, y, d, r: 2 * y / d - np.square(r / d) * d / np.hypot(1, r / d),
        lambda f, y, d, r: r / np.hypot(1, r / d),
    ),
    "wrightomega": (lambda f, y, x: y / (1 + y),),  # 4.13.4
}

ERROR_FUNCTIONS: dict[str, Partials] = {
    "erfcx": (lambda f, y, x: 2 * x * y - 2 / ROOT_PI,),  # 7.2.2
    "erfi": (lambda f, y, x: 2 / ROOT_PI * np.exp(x * x),),  # 7.2.1
    "erfcinv": (lambda f, y, x: -ROOT_PI / 2 * np.exp(y * y),),
    "dawsn": (lambda f, y, x: 1 - 2 * x * y,),  # 7.2.5
    "log_ndtr": (lambda f, y, x: 2 / (ROOT_2PI * sp.erfcx(-x / np.sqrt(2))),),  # density over distribution
    "ndtri": (lambda f, y, x: ROOT_2PI * np.exp(y * y / 2),),
    "ndtri_exp": (lambda f, y, x: ROOT_2PI * np.exp(x + y * y / 2),),
    "owens_t": (
        lambda f, y, h, a: -f.normpdf(h) * sp.erf(a * h / np.sqrt(2)) / 2,
        lambda f, y, h, a: np.exp(-h * h * (1 + a * a) / 2) / (2 * np.pi * (1 + a * a)),
    ),
    "stdtr": (None, _student),
}

GAMMA: dict[str, Partials] = {
    "gammaln": _of_row("loggamma"),
    "psi": _of_row("digamma"),
    "rgamma": (_reciprocal_gamma,),
    "beta": _of_row("beta"),
    "betaln": (  # 5.12.1
        lambda f, y, a, b: sp.psi(a) - sp.psi(a + b),
        lambda f, y, a, b: sp.psi(b) - sp.psi(a + b),
    ),
    "binom": (  # 1.2.6, 5.2.2
        lambda f, y, n, k: y * sp.psi(n + 1) - _binomial_rate(y, n, n - k),
        lambda f, y, n, k: _binomial_rate(y, n, n - k) - _binomial_rate(y, n, k),
    ),
    "poch": (  # 5.2.5
        lambda f, y, x, n: y * (sp.psi(x + n) - sp.psi(x)),
        lambda f, y, x, n: y * sp.psi(x + n),
    ),
    "gammainc": (None, lambda f, y, a, x: _gamma_density(a, x)),
    "gammaincc": (None, lambda f, y, a, x: -_gamma_density(a, x)),
    "gammaincinv": (None, lambda f, y, a, p: 1 / _gamma_density(a, y)),
    "gammainccinv": (None, lambda f, y, a, p: -1 / _gamma_density(a, y)),
    "chdtr": (None, lambda f, y, v, x: _gamma_density(v / 2, x / 2) / 2),
    "chdtrc": (None, lambda f, y, v, x: -_gamma_density(v / 2, x / 2) / 2),
    "betainc": (None, None, lambda f, y, a, b, x: _beta_density(a, b, x)),
    "betaincc": (None, None, lambda f, y, a, b, x: -_beta_density(a, b, x)),
    "betaincinv": (None, None, lambda f, y, a, b, p: 1 / _beta_density(a, b, y)),
    "_riemann_zeta": _of_row("zeta"),  # what scipy.special.zeta calls
    "zetac": _of_row("zeta"),
    "_zeta": (None, lambda f, y, s, a: -s * _ufuncs._zeta(s + 1, a)),  # 25.11.17
}

BESSEL: dict[str, Partials] = {  # 10.6.1, 10.6.2, 10.29.1, 10.29.2
    "j0": (lambda f, y, x: -sp.j1(x),),
    "j1": (lambda f, y, x: (sp.j0(x) - sp.jv(2, x)) / 2,),
    "y0": (lambda f, y, x: -sp.y1(x),),
    "y1": (lambda f, y, x: (sp.y0(x) - sp.yv(2, x)) / 2,),
    "yn": (None, lambda f, y, n, x: (sp.yv(n - 1, x) - sp.yv(n + 1, x)) / 2),
    "jve": (None, lambda f, y, n, x: (sp.jve(n - 1, x) - sp.jve(n + 1, x)) / 2),
    "yve": (None, lambda f, y, n, x: (sp.yve(n - 1, x) - sp.yve(n + 1, x)) / 2),
    "i0": (lambda f, y, x: sp.i1(x),),
    "i1": (lambda f, y, x: (sp.i0(x) + sp.iv(2, x)) / 2,),
    "i0e": (lambda f, y, x: sp.i1e(x) - np.sign(x) * y,),
    "i1e": (lambda f, y, x: (sp.i0e(x) + sp.ive(2, x)) / 2 - np.sign(x) * y,),
    "ive": (None, lambda f, y, n, x: (sp.ive(n - 1, x) + sp.ive(n + 1, x)) / 2 - np.sign(x) * y),
    "k0": (lambda f, y, x: -sp.k1(x),),
    "k1": (lambda f, y, x: -(sp.k0(x) + sp.kv(2, x)) / 2,),
    "kn": (None, lambda f, y, n, x: -(sp.kv(n - 1, x) + sp.kv(n + 1, x)) / 2),
    "kv": _of_row("besselk"),
    "k0e": (lambda f, y, x: y - sp.k1e(x),),
    "k1e": (lambda f, y, x: y - (sp.k0e(x) + sp.kve(2, x)) / 2,),
    "kve": (None, lambda f, y, n, x: y - (sp.kve(n - 1, x) + sp.kve(n + 1, x)) / 2),
    "struve": (None, lambda f, y, n, x: sp.struve(n - 1, x) - n * y / x),  # 11.4.27
    "modstruve": (None, lambda f, y, n, x: sp.modstruve(n - 1, x) - n * y / x),  # 11.4.29
}


INTEGRALS: dict[str, Partials] = {
    "exp1": (lambda f, y, x: -np.exp(-x) / x,),  # 6.2.1
    "expn": (None, _exp_integral),
    "spence": (_dilogarithm,),
    "ellipkm1": (lambda f, y, p: -f.pi / 8 * f.hyp2f1(0.5, 0.5, 2, 1 - p) / p,),  # 19.5.1, 15.5.1, 15.8.1
    "ellipkinc": (lambda f, y, phi, m: 1 / _elliptic_root(phi, m), _elliptic_slope),  # 19.2.4, 19.4.5
    "ellipeinc": (lambda f, y, phi, m: _elliptic_root(phi, m), lambda f, y, phi, m: (y - sp.ellipkinc(phi, m)) / (2 * m)),  # 19.4.6
    "hyp0f1": (None, lambda f, y, v, x: sp.hyp0f1(v + 1, x) / v),  # 16.3.1
    "hyp1f1": (None, None, lambda f, y, a, b, x: a / b * sp.hyp1f1(a + 1, b + 1, x)),  # 13.3.15
    "hyperu": (None, None, lambda f, y, a, b, x: -a * sp.hyperu(a + 1, b + 1, x)),  # 13.3.22
    "hyp2f1": _of_row("hyp2f1"),
}

POLYNOMIALS: dict[str, Partials] = {  # 18.9.15 to 18.9.28, 18.7
    "eval_jacobi": (
        None, None, None,
        lambda f, y, n, a, b, x: _degree(n, (n + a + b + 1) / 2 * sp.eval_jacobi(np.maximum(n - 1, 0), a + 1, b + 1, x)),
    ),
    "eval_gegenbauer": (
        None, None, lambda f, y, n, a, x: _degree(n, 2 * a * sp.eval_gegenbauer(np.maximum(n - 1, 0), a + 1, x)),
    ),
    "eval_legendre": (None, lambda f, y, n, x: _degree(n, sp.eval_gegenbauer(np.maximum(n - 1, 0), 1.5, x))),
    "eval_chebyt": (None, lambda f, y, n, x: _degree(n, n * sp.eval_chebyu(np.maximum(n - 1, 0), x))),
    "eval_chebyu": (None, lambda f, y, n, x: _degree(n, 2 * sp.eval_gegenbauer(np.maximum(n - 1, 0), 2, x))),
    "eval_hermite": (None, lambda f, y, n, x: _degree(n, 2 * n * sp.eval_hermite(np.maximum(n - 1, 0), x))),
    "eval_hermitenorm": (None, lambda f, y, n, x: _degree(n, n * sp.eval_hermitenorm(np.maximum(n - 1, 0), x))),
    "eval_genlaguerre": (None, None, lambda f, y, n, a, x: _degree(n, -sp.eval_genlaguerre(np.maximum(n - 1, 0), a + 1, x))),
    "eval_laguerre": (None, lambda f, y, n, x: _degree(n, -sp.eval_genlaguerre(np.maximum(n - 1, 0), 1, x))),
}  # fmt: skip

TABLE: dict[str, Partials] = {**EXPONENTIALS, **ERROR_FUNCTIONS, **GAMMA, **BESSEL, **INTEGRALS, **POLYNOMIALS}

# Functions with several values: each value on its own.
SEVERAL: dict[str, tuple[Partials, ...]] = {
    "sici": ((lambda f, y, x: f.sinc(x),), (lambda f, y, x: np.cos(x) / x,)),  # 6.2.9, 6.2.11
    "shichi": ((lambda f, y, x: (sp.exprel(x) + sp.exprel(-x)) / 2,), (lambda f, y, x: np.cosh(x) / x,)),  # 6.2.15, 6.2.16
    "fresnel": ((lambda f, y, x: np.sin(np.pi / 2 * x * x),), (lambda f, y, x: np.cos(np.pi / 2 * x * x),)),  # 7.2.7, 7.2.8
    "airy": tuple(_of_row(name) for name in ("airyai", "airyaiprime", "airybi", "airybiprime")),
}


def operations() -> dict[Any, Elementwise]:
    """The operation behind each of SciPy's universal functions that stands here and that this SciPy has."""
    found = {getattr(_ufuncs, name, None): partials for name, partials in TABLE.items()}
    return {ufunc: Elementwise(ufunc.__name__, ufunc, partials) for ufunc, partials in found.items() if ufunc is not None}


def _several(name: str) -> Callable[..., Any]:
    ufunc = getattr(sp, name)
    values = [Elementwise(f"{name}[{k}]", lambda x, k=k: ufunc(x)[k], partials) for k, partials in enumerate(SEVERAL[name])]
    return lambda x: tuple(apply(value, (x,)) for value in values)


for _name in SEVERAL:
    implements(getattr(sp, _name))(_several(_name))


@implements(_ufuncs._lambertw)
def _lambertw(*arguments: Any) -> NoReturn:
    raise NotImplementedError(
        "scipy.special.lambertw has complex values, and tensors are real; use tape.functional.lambertw for the upper branch"
    )
