"""SciPy's special functions under the tape: both modes and two orders against differences, and values against many digits."""

import mpmath
import numpy as np
import pytest
from scipy import special as sp

from derivkit import tape
from tests.tape_cases import check

UNIT = ((3,), 0.1, 0.9)
POSITIVE = ((3,), 0.4, 3.0)
REAL = ((3,), -2.5, 2.5)

# function, arguments: bounds for those with a derivative, arrays for the orders without
UNARY = [
    *((f, REAL) for f in (
        sp.expit, sp.log_expit, sp.expm1, sp.exp2, sp.exp10, sp.exprel, sp.cosm1, sp.sindg, sp.cosdg, sp.erf, sp.erfc, sp.erfcx,
        sp.erfi, sp.dawsn, sp.ndtr, sp.log_ndtr, sp.rgamma, sp.j0, sp.j1, sp.i0, sp.i1, sp.wrightomega,
    )),
    *((f, POSITIVE) for f in (
        sp.log1p, sp.cbrt, sp.entr, sp.gamma, sp.gammaln, sp.loggamma, sp.psi, sp.y0, sp.y1, sp.k0, sp.k1, sp.k0e, sp.k1e, sp.i0e,
        sp.i1e, sp.exp1, sp.expi, sp.spence,
    )),
    *((f, UNIT) for f in (sp.logit, sp.erfinv, sp.erfcinv, sp.ndtri, sp.ellipk, sp.ellipe, sp.ellipkm1)),
    (sp.gamma, ((3,), -1.9, -1.1)), (sp.gammaln, ((3,), -1.9, -1.1)), (sp.psi, ((3,), -1.9, -1.1)), (sp.tandg, REAL),
    (sp.cotdg, POSITIVE),
    (sp.ndtri_exp, ((3,), -3.0, -0.2)), (sp.zeta, ((3,), 1.5, 4.0)), (sp.zetac, ((3,), 1.5, 4.0)), (sp.i0e, ((3,), -2.0, -0.5)),
]  # fmt: skip
SEVERAL = [
    (sp.radian, REAL, REAL, REAL), (sp.xlogy, REAL, POSITIVE), (sp.xlog1py, REAL, POSITIVE), (sp.rel_entr, POSITIVE, POSITIVE),
    (sp.kl_div, POSITIVE, POSITIVE), (sp.boxcox, POSITIVE, ((3,), -2.0, 2.0)), (sp.boxcox1p, POSITIVE, ((3,), -2.0, 2.0)),
    (lambda y: sp.inv_boxcox(y, 0.5), POSITIVE), (lambda y: sp.inv_boxcox1p(y, 0.5), POSITIVE),
    (sp.huber, ((3,), 0.5, 1.0), ((3,), 1.5, 3.0)),
    (sp.huber, ((3,), 2.0, 2.5), ((3,), -1.5, 1.5)), (sp.pseudo_huber, POSITIVE, ((3,), -2.0, 2.0)),
    (sp.owens_t, POSITIVE, POSITIVE), (lambda t: sp.stdtr(3.0, t), REAL),
    (sp.beta, POSITIVE, POSITIVE), (sp.betaln, POSITIVE, POSITIVE),
    (sp.binom, ((3,), 4.0, 6.0), ((3,), 1.2, 2.8)), (sp.poch, POSITIVE, POSITIVE), (lambda x: sp.gammainc(1.5, x), POSITIVE),
    (lambda x: sp.gammaincc(0.5, x), POSITIVE), (lambda p: sp.gammaincinv(1.5, p), UNIT), (lambda p: sp.gammainccinv(1.5, p), UNIT),
    (lambda x: sp.chdtr(3.0, x), POSITIVE), (lambda x: sp.chdtrc(3.0, x), POSITIVE), (lambda x: sp.betainc(1.5, 2.5, x), UNIT),
    (lambda x: sp.betaincc(1.5, 2.5, x), UNIT), (lambda p: sp.betaincinv(1.5, 2.5, p), UNIT), (lambda a: sp.zeta(2.5, a), POSITIVE),
    *((lambda x, f=f: f(np.array([0.0, 1.0, 2.5]), x), POSITIVE) for f in (sp.jv, sp.yv, sp.iv, sp.kv, sp.ive, sp.kve)),
    *((lambda x, f=f: f(np.array([0.0, 1.0, 2.5]), x), POSITIVE) for f in (sp.struve, sp.modstruve)),
    *((lambda x, f=f: f(np.array([0, 1, 3]), x), POSITIVE) for f in (sp.jn, sp.yn, sp.kn, sp.expn)),
    (lambda x: sp.jve(1.5, x), POSITIVE), (lambda x: sp.yve(1.5, x), POSITIVE),
    (sp.ellipkinc, ((3,), 0.3, 1.2), ((3,), 0.1, 0.8)), (sp.ellipeinc, POSITIVE, ((3,), 0.1, 0.8)),
    (lambda x: sp.hyp0f1(1.5, x), REAL), (lambda x: sp.hyp1f1(1.5, 2.5, x), REAL), (lambda x: sp.hyperu(1.5, 2.5, x), POSITIVE),
    (lambda x: sp.hyp2f1(0.5, 1.5, 2.5, x), UNIT),
    *((lambda x, f=f: f(np.array([0, 1, 2, 5]), x), ((4,), -0.9, 0.9)) for f in (
        sp.eval_legendre, sp.eval_chebyt, sp.eval_chebyu, sp.eval_hermite, sp.eval_hermitenorm, sp.eval_laguerre,
    )),
    (lambda x: sp.eval_jacobi(3, 0.5, 1.5, x), UNIT), (lambda x: sp.eval_gegenbauer(3, 0.5, x), UNIT),
    (lambda x: sp.eval_genlaguerre(3, 0.5, x), POSITIVE),
    (sp.sici, POSITIVE), (sp.shichi, POSITIVE), (sp.fresnel, REAL), (sp.airy, REAL),
]  # fmt: skip


@pytest.mark.parametrize("case", [*UNARY, *SEVERAL], ids=lambda case: getattr(case[0], "__name__", "function"))
def test_derivatives(case):
    function, *specs = case
    check(function, *specs, rtol=1e-6, float32=False)


@pytest.mark.parametrize("function", [sp.expit, sp.erf, sp.gammaln, sp.psi, sp.log_ndtr, sp.j0, sp.i0e])
def test_float32(function):
    check(function, POSITIVE, rtol=1e-6)


# derivative, point, mpmath's derivative: at many digits, where the formulas in floats would cancel or overflow
MANY_DIGITS = [
    (sp.expit, 40.0, lambda x: 1 / (1 + mpmath.exp(-x))),
    (sp.log_expit, -800.0, lambda x: -mpmath.log1p(mpmath.exp(-x))),
    (sp.log_ndtr, -30.0, lambda x: mpmath.log(mpmath.ncdf(x))),
    (sp.log_ndtr, 5.0, lambda x: mpmath.log(mpmath.ncdf(x))),
    (sp.rgamma, -2.0, mpmath.rgamma),
    (sp.rgamma, -2.0 + 1e-9, mpmath.rgamma),
    (sp.rgamma, 3.5, mpmath.rgamma),
    (sp.exprel, 1e-9, lambda x: mpmath.expm1(x) / x),
    (sp.exprel, -3.0, lambda x: mpmath.expm1(x) / x),
    (sp.spence, 1.0 + 1e-9, lambda x: mpmath.polylog(2, 1 - x)),
    (sp.spence, 0.95, lambda x: mpmath.polylog(2, 1 - x)),
    (sp.spence, 0.3, lambda x: mpmath.polylog(2, 1 - x)),
    (sp.gammaln, 1e-3, mpmath.loggamma),
    (sp.gammaln, 1e5, mpmath.loggamma),
    (sp.psi, 0.01, lambda x: mpmath.psi(0, x)),
    (sp.i1e, 50.0, lambda x: mpmath.besseli(1, x) * mpmath.exp(-x)),
    (sp.erfinv, 0.999, mpmath.erfinv),
    (sp.logit, 1e-9, lambda x: mpmath.log(x / (1 - x))),
    (sp.cosm1, 1e-9, lambda x: mpmath.cos(x) - 1),
    (sp.ellipk, 0.99, mpmath.ellipk),
    (sp.zeta, 1.01, mpmath.zeta),
    (sp.exp1, 20.0, mpmath.e1),
]


@pytest.mark.parametrize("case", MANY_DIGITS, ids=lambda case: f"{case[0].__name__} at {case[1]}")
@pytest.mark.parametrize("order", [1, 2])
def test_against_many_digits(case, order):
    function, x, exact = case
    derivative = tape.grad(function) if order == 1 else tape.grad(tape.grad(function))
    with mpmath.workdps(60):
        expected = float(mpmath.diff(exact, mpmath.mpf(x), order))
    assert expected == pytest.approx(float(derivative(x)), rel=1e-11 if order == 1 else 1e-8, abs=1e-300)


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (sp.lambertw, "tape.functional.lambertw"),
        (lambda x: sp.bdtr(1, 2, x), "bdtr"),
        (lambda x: sp.jv(x, 1.0), "argument 0"),
        (lambda x: sp.gammainc(x, 1.0), "argument 0"),
    ],
)
def test_without_rule(function, hint):
    with pytest.raises(NotImplementedError, match=hint):
        tape.grad(function)(0.5)


@pytest.mark.parametrize(
    "function",
    [sp.logsumexp, sp.softmax, lambda x: sp.polygamma(1, x)[0], lambda x: sp.multigammaln(x[0], 2), lambda x: sp.factorial(x)[0]],
)
def test_functions_that_are_not_universal_say_so(function):
    with pytest.raises(TypeError, match=r"tape\.functional"):
        tape.grad(lambda x: np.sum(function(x)))(np.array([2.0, 3.0]))


def test_functions_of_untracked_tensors_are_computed():
    assert isinstance(sp.expit(tape.Tensor([0.0])), tape.Tensor)
    assert 0.5 == sp.expit(tape.Tensor(0.0)).item()
