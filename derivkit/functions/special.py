"""Special functions: error functions, the gamma family, zeta, Lambert W, exponential and elliptic integrals."""

from __future__ import annotations

from typing import Any

from derivkit.functions.formulas import DIGAMMA, TRIGAMMA
from derivkit.functions.operators import POSTFIX
from derivkit.functions.quantities import WHOLE_ORDER, argument, nonpositive_integers, within_one
from derivkit.functions.row import Condition, Operator, Place, Row, spelled

POSITIVE = Condition("positive", argument, "x > 0")
NOT_A_POLE = Condition("nonzero", nonpositive_integers, "x not 0, -1, -2, ...")
NOT_ONE = Condition("nonzero", lambda f, x: x - 1, "x != 1")


def _bell(f: Any, x: Any) -> Any:
    """2/sqrt(pi) exp(-x^2)."""
    return 2 / f.sqrt(f.pi) * f.exp(-x * x)


ERROR_FUNCTIONS = (
    Row(
        name="erf", arguments=("x",), title="error function", group="error functions", source="DLMF 7.2.1",
        sympy="erf", array="scipy.special:erf", scalar="math:erf", ball="derivkit.functions.balls:erf",
        partials=(lambda f, y, x: _bell(f, x),),
        typical=((-2, 2),), code=spelled("erf", javascript="", julia="", rust=""),
    ),
    Row(
        name="erfc", arguments=("x",), title="complementary error function 1 - erf(x)", group="error functions",
        source="DLMF 7.2.2", sympy="erfc", array="scipy.special:erfc", scalar="math:erfc", ball=".erfc",
        partials=(lambda f, y, x: -_bell(f, x),), typical=((-2, 2),), positive=True,
        code=spelled("erfc", javascript="", julia="", rust=""),
    ),
    Row(
        name="erfinv", arguments=("x",), title="inverse error function", group="error functions",
        source="DLMF 7.2.1, 7.17.1", sympy="erfinv", array="scipy.special:erfinv",
        ball="derivkit.functions.balls:erfinv", partials=(lambda f, y, x: f.sqrt(f.pi) / 2 * f.exp(y * y),),
        domain=(Condition("positive", within_one, "-1 < x < 1"),), typical=((-0.9, 0.9),),
    ),
    Row(
        name="normpdf", arguments=("x",), title="density of the standard normal distribution", group="error functions",
        source="Abramowitz and Stegun 26.2.1, 26.2.8", sympy="= exp(-x^2/2)/sqrt(2*pi)",
        array="derivkit.functions.values:normpdf_array", scalar="derivkit.functions.values:normpdf",
        ball="derivkit.functions.balls:normpdf", partials=(lambda f, y, x: -x * y,), typical=((-3, 3),),
        code=spelled(formula="exp(-x*x/2)/sqrt(2*pi)"),
    ),
    Row(
        name="normcdf", arguments=("x",), title="distribution function of the standard normal distribution",
        group="error functions", source="Abramowitz and Stegun 26.2.2, 26.2.29", sympy="= erfc(-x/sqrt(2))/2",
        array="scipy.special:ndtr", scalar="derivkit.functions.values:normcdf", ball="derivkit.functions.balls:normcdf",
        partials=(lambda f, y, x: f.normpdf(x),), positive=True, typical=((-3, 3),), code=spelled(formula="erfc(-x/sqrt(2))/2"),
    ),
)  # fmt: skip


def _rate(f: Any, y: Any, n: Any, j: Any) -> Any:
    """y*digamma(j + 1) for y = binomial(n, j); by the reflection DLMF 5.5.4 where j + 1 is near or beyond the poles."""
    return f.where(
        f.greater(2 * j, -1), y * f.digamma(j + 1), y * f.digamma(-j) + f.cos(f.pi * j) * f.beta(n + 1, -j)
    )  # fmt: skip


GAMMA = (
    Row(
        name="gamma", arguments=("x",), title="gamma function", group="gamma family", source="DLMF 5.2.2",
        sympy="gamma", array="scipy.special:gamma", scalar="math:gamma", ball=".gamma",
        partials=(lambda f, y, x: y * f.digamma(x),), domain=(NOT_A_POLE,), typical=((0.3, 5),),
        code=spelled("tgamma", javascript="", julia="", rust="", fortran="gamma"),
    ),
    Row(
        name="loggamma", arguments=("x",), title="logarithm of the gamma function", group="gamma family", aliases=("lgamma",),
        source="DLMF 5.2.2", sympy="loggamma", array="scipy.special:loggamma", scalar="derivkit.functions.values:loggamma",
        ball=".lgamma", partials=(lambda f, y, x: f.digamma(x),), domain=(POSITIVE,), typical=((0.3, 8),),
        code=spelled(
            "lgamma", c="x >= 0 ? lgamma(x) : NAN", python="math.lgamma", javascript="", julia="", rust="", fortran="log_gamma"
        ),
    ),
    Row(
        name="digamma", arguments=("x",), title="logarithmic derivative of the gamma function", group="gamma family",
        aliases=("psi",), source="DLMF 5.15.1", sympy="= polygamma(0, x)", array="derivkit.functions.arrays:digamma",
        scalar="derivkit.functions.values:digamma", ball=".digamma", partials=(lambda f, y, x: f.polygamma(1, x),),
        domain=(NOT_A_POLE,), typical=((0.3, 8),), code=spelled(formula=DIGAMMA, numpy="special.psi"),
    ),
    Row(
        name="polygamma", arguments=("n", "x"), title="n-th derivative of digamma", group="gamma family",
        source="DLMF 5.15.1, 5.2.2", sympy="polygamma", array="derivkit.functions.arrays:polygamma",
        scalar="derivkit.functions.values:polygamma",
        ball="derivkit.functions.balls:polygamma", partials=(None, lambda f, y, n, x: f.polygamma(n + 1, x)),
        domain=(WHOLE_ORDER, Condition("nonzero", lambda f, n, x: nonpositive_integers(f, x), NOT_A_POLE.text)),
        typical=((0, 3), (0.3, 8)), whole=(0,),
        code=spelled(orders=("digamma(x)", TRIGAMMA), numpy="special.polygamma(n, x)"),
    ),
    Row(
        name="factorial", arguments=("x",), title="x!, gamma(x + 1) between the integers", group="gamma family",
        source="DLMF 5.2.2, 5.4.1", sympy="factorial", array="derivkit.functions.arrays:factorial",
        scalar="derivkit.functions.values:factorial", ball=".fac", partials=(lambda f, y, x: y * f.digamma(x + 1),),
        domain=(Condition("nonzero", lambda f, x: nonpositive_integers(f, x + 1), "x not -1, -2, ..."),),
        typical=((0.3, 5),), operator=Operator("!", POSTFIX, "postfix"), code=spelled(formula="gamma(x + 1)"),
    ),
    Row(
        name="beta", arguments=("a", "b"), title="beta function", group="gamma family", source="DLMF 5.12.1, 5.2.2",
        sympy="beta", array="derivkit.functions.arrays:beta", scalar="derivkit.functions.values:beta",
        ball="derivkit.functions.balls:beta",
        partials=(
            lambda f, y, a, b: y * (f.digamma(a) - f.digamma(a + b)),
            lambda f, y, a, b: y * (f.digamma(b) - f.digamma(a + b)),
        ),
        domain=(
            Condition("positive", lambda f, a, b: a, "a > 0"),
            Condition("positive", lambda f, a, b: b, "b > 0"),
        ),
        typical=((0.3, 5), (0.3, 5)), commutative=True,
        code=spelled(formula="gamma(a)/gamma(a + b)*gamma(b)", numpy="special.beta(a, b)"),
    ),
    Row(
        name="binomial", arguments=("n", "k"), title="binomial coefficient, by gamma functions between the integers",
        group="gamma family", source="DLMF 1.2.6, 5.2.2", sympy="binomial", array="derivkit.functions.arrays:binomial",
        scalar="derivkit.functions.values:binomial", ball="derivkit.functions.balls:binomial",
        partials=(
            lambda f, y, n, k: y * f.digamma(n + 1) - _rate(f, y, n, n - k),
            lambda f, y, n, k: _rate(f, y, n, n - k) - _rate(f, y, n, k),
        ),
        domain=(Condition("positive", lambda f, n, k: n + 1, "n > -1"),), typical=((4, 9), (0.5, 3.5)),
        code=spelled(formula="gamma(n + 1)/gamma(k + 1)/gamma(n - k + 1)", numpy="special.binom(n, k)"),
    ),
)  # fmt: skip

ZETA_AND_LAMBERT = (
    Row(
        name="zeta", arguments=("x",), title="Riemann zeta function", group="zeta and Lambert W", source="DLMF 25.2.1",
        sympy="zeta", array="scipy.special:zeta", ball=".zeta", partials=(lambda f, y, x: f.zetaderivative(1, x),),
        domain=(NOT_ONE,), typical=((1.3, 6),),
    ),
    Row(
        name="zetaderivative", arguments=("n", "x"), title="n-th derivative of the Riemann zeta function",
        group="zeta and Lambert W", source="by definition; DLMF 25.2.6", sympy="derivative:zeta",
        array="derivkit.functions.arrays:zetaderivative", scalar="derivkit.functions.values:zetaderivative",
        ball="derivkit.functions.balls:zetaderivative", partials=(None, lambda f, y, n, x: f.zetaderivative(n + 1, x)),
        domain=(WHOLE_ORDER, Condition("nonzero", lambda f, n, x: x - 1, NOT_ONE.text)),
        typical=((0, 3), (1.3, 6)), whole=(0,),
    ),
    Row(
        name="lambertw", arguments=("x",), title="Lambert W, the upper branch of w exp(w) = x", group="zeta and Lambert W",
        source="DLMF 4.13.1, 4.13.4", sympy="LambertW", array="derivkit.functions.arrays:lambertw",
        ball="derivkit.functions.balls:lambertw", partials=(lambda f, y, x: f.exp(-y) / (1 + y),),
        domain=(Condition("nonnegative", lambda f, x: 1 + x * f.e, "x >= -1/e"),),
        places=(Place("infinite_slope", lambda f, x: 1 + x * f.e, "x = -1/e"),), monotone="rising", typical=((-0.3, 8),),
        code=spelled(numpy="special.lambertw(x).real"),
    ),
)  # fmt: skip

INTEGRALS = (
    Row(
        name="Si", arguments=("x",), title="sine integral", group="integrals", source="DLMF 6.2.9", sympy="Si",
        array="derivkit.functions.arrays:sine_integral", ball=".si", partials=(lambda f, y, x: f.sinc(x),), typical=((-6, 6),),
        code=spelled(numpy="special.sici(x)[0]"),
    ),
    Row(
        name="Ci", arguments=("x",), title="cosine integral", group="integrals", source="DLMF 6.2.11", sympy="Ci",
        array="derivkit.functions.arrays:cosine_integral", ball=".ci", partials=(lambda f, y, x: f.cos(x) / x,),
        domain=(POSITIVE,), typical=((0.2, 6),), code=spelled(numpy="special.sici(x)[1]"),
    ),
    Row(
        name="Ei", arguments=("x",), title="exponential integral, principal value", group="integrals", source="DLMF 6.2.5",
        sympy="Ei", array="scipy.special:expi", ball=".ei",
        partials=(lambda f, y, x: f.exp(x) / x,), domain=(Condition("nonzero", argument, "x != 0"),), typical=((0.2, 4),),
    ),
    Row(
        name="li", arguments=("x",), title="logarithmic integral, principal value", group="integrals", source="DLMF 6.2.8",
        sympy="li", array="derivkit.functions.arrays:logarithmic_integral", ball="derivkit.functions.balls:li",
        partials=(lambda f, y, x: 1 / f.log(x),), domain=(POSITIVE, NOT_ONE), typical=((1.2, 8),),
        code=spelled(formula="Ei(log(x))"),
    ),
    Row(
        name="ellipk", arguments=("m",), title="complete elliptic integral K of parameter m = k^2", group="integrals",
        source="DLMF 19.5.1, 15.5.1, 15.8.1", sympy="elliptic_k", array="scipy.special:ellipk",
        ball="derivkit.functions.balls:ellipk",
        partials=(lambda f, y, m: f.pi / 8 * f.hyp2f1(0.5, 0.5, 2, m) / (1 - m),),
        domain=(Condition("positive", lambda f, m: 1 - m, "m < 1"),), typical=((-2, 0.9),),
    ),
    Row(
        name="ellipe", arguments=("m",), title="complete elliptic integral E of parameter m = k^2", group="integrals",
        source="DLMF 19.5.2, 15.5.1", sympy="elliptic_e", array="scipy.special:ellipe",
        ball="derivkit.functions.balls:ellipe", partials=(lambda f, y, m: -f.pi / 8 * f.hyp2f1(0.5, 1.5, 2, m),),
        domain=(Condition("nonnegative", lambda f, m: 1 - m, "m <= 1"),),
        places=(Place("infinite_slope", lambda f, m: 1 - m, "m = 1"),), monotone="falling", typical=((-2, 0.9),),
    ),
    Row(
        name="hyp2f1", arguments=("a", "b", "c", "x"), title="Gauss's hypergeometric function", group="integrals",
        source="DLMF 15.5.1", sympy="", array="derivkit.functions.arrays:hyp2f1", ball="derivkit.functions.balls:hyp2f1",
        partials=(None, None, None, lambda f, y, a, b, c, x: a * b / c * f.hyp2f1(a + 1, b + 1, c + 1, x)),
        domain=(Condition("positive", lambda f, a, b, c, x: 1 - x, "x < 1"),),
        typical=((0.5, 1.5), (0.5, 1.5), (2, 3), (-2, 0.9)), hidden=True, code=spelled(numpy="special.hyp2f1(a, b, c, x)"),
    ),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*ERROR_FUNCTIONS, *GAMMA, *ZETA_AND_LAMBERT, *INTEGRALS)
