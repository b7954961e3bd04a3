"""Exponentials, logarithms, roots, and the smooth steps that are made of them."""

from __future__ import annotations

from typing import Any

from derivkit.functions import slips
from derivkit.functions.formulas import CUBE_ROOT
from derivkit.functions.quantities import argument, is_whole
from derivkit.functions.row import Condition, Place, Row, spelled

POSITIVE = Condition("positive", argument, "x > 0")
NONNEGATIVE = Condition("nonnegative", argument, "x >= 0")
STEEP_AT_ZERO = Place("infinite_slope", argument, "x = 0")


def _is_odd(n: Any) -> bool:
    return is_whole(n) and not is_whole(n / 2)


def _root_radicand(f: Any, x: Any, n: Any) -> Any:
    """The radicand, where a root needs it to be nonnegative."""
    return 1 if _is_odd(n) else x


def _root_denominator(f: Any, x: Any, n: Any) -> Any:
    """The radicand, where a root divides by it."""
    return 1 if n > 0 else x


EXPONENTIALS = (
    Row(
        name="exp", arguments=("x",), title="exponential", group="exponentials", source="DLMF 4.7.7",
        sympy="exp", array="numpy:exp", scalar="math:exp", ball=".exp", partials=(lambda f, y, x: y,), typical=((-4, 4),),
        positive=True, code=spelled("exp"), slips=slips.EXP,
    ),
    Row(
        name="expm1", arguments=("x",), title="exp(x) - 1, exact near 0", group="exponentials", source="DLMF 4.7.7",
        sympy="= exp(x) - 1", array="numpy:expm1", scalar="math:expm1", ball=".expm1",
        partials=(lambda f, y, x: f.exp(x),), typical=((-4, 4),),
        code=spelled(
            "expm1", "piecewise((2*exp(x/2)*sinh(x/2), abs(x) < 1), (exp(x) - 1, true))", rust="exp_m1", fortran="",
        ),
    ),
    Row(
        name="log", arguments=("x",), title="natural logarithm", group="exponentials", aliases=("ln",), source="DLMF 4.7.1",
        sympy="log", array="numpy:log", scalar="math:log", ball=".log", partials=(lambda f, y, x: 1 / x,),
        domain=(POSITIVE,), typical=((0.05, 8),), code=spelled("log", rust="ln"),
    ),
    Row(
        name="log", arguments=("x", "b"), title="logarithm to base b", group="exponentials", source="DLMF 4.2.17, 4.7.1",
        sympy="= log(x)/log(b)", array="derivkit.functions.arrays:log_base", scalar="math:log",
        ball="derivkit.functions.balls:log_base",
        partials=(lambda f, y, x, b: 1 / (x * f.log(b)), lambda f, y, x, b: -y / (b * f.log(b))),
        domain=(
            Condition("positive", lambda f, x, b: x, "x > 0"),
            Condition("positive", lambda f, x, b: b, "b > 0"),
            Condition("nonzero", lambda f, x, b: b - 1, "b != 1"),
        ),
        typical=((0.05, 8), (1.5, 8)), code=spelled(formula="log(x)/log(b)"), slips=slips.LOG_OF_BASE,
    ),
    Row(
        name="log2", arguments=("x",), title="logarithm to base 2", group="exponentials", source="DLMF 4.2.17, 4.7.1",
        sympy="= log(x)/log(2)", array="numpy:log2", scalar="math:log2", ball="derivkit.functions.balls:log2",
        partials=(lambda f, y, x: 1 / (x * f.log(2)),), domain=(POSITIVE,), typical=((0.05, 8),),
        code=spelled("log2", "log(x)/log(2)", fortran=""), slips=slips.LOG_TO_A_BASE,
    ),
    Row(
        name="log10", arguments=("x",), title="logarithm to base 10", group="exponentials", source="DLMF 4.2.18, 4.7.1",
        sympy="= log(x)/log(10)", array="numpy:log10", scalar="math:log10", ball="derivkit.functions.balls:log10",
        partials=(lambda f, y, x: 1 / (x * f.log(10)),), domain=(POSITIVE,), typical=((0.05, 8),), code=spelled("log10"),
        slips=slips.LOG_TO_A_BASE,
    ),
    Row(
        name="log1p", arguments=("x",), title="log(1 + x), exact near 0", group="exponentials", source="DLMF 4.7.1",
        sympy="= log(1 + x)", array="numpy:log1p", scalar="math:log1p", ball=".log1p", partials=(lambda f, y, x: 1 / (1 + x),),
        domain=(Condition("positive", lambda f, x: 1 + x, "x > -1"),), typical=((-0.9, 8),),
        code=spelled("log1p", "piecewise((2*atanh(x/(2 + x)), abs(x) < 1/2), (log(1 + x), true))", rust="ln_1p", fortran=""),
    ),
    Row(
        name="xlogy", arguments=("x", "y"), title="x*log(y), and 0 where x = 0", group="exponentials", source="DLMF 4.7.1",
        sympy="= x*log(y)", array="scipy.special:xlogy", scalar="derivkit.functions.values:xlogy",
        ball="derivkit.functions.balls:xlogy", partials=(lambda f, p, x, y: f.log(y), lambda f, p, x, y: x / y),
        domain=(Condition("positive", lambda f, x, y: y, "y > 0"),), typical=((-3, 3), (0.05, 8)),
        code=spelled(formula="piecewise((x*log(y), x != 0), (0, y*y >= 0), (y, true))"),
    ),
)  # fmt: skip

ROOTS = (
    Row(
        name="sqrt", arguments=("x",), title="square root", group="roots", source="DLMF 4.4.10 with exponent 1/2",
        sympy="sqrt", array="numpy:sqrt", scalar="math:sqrt", ball="derivkit.functions.balls:sqrt",
        partials=(lambda f, y, x: 1 / (2 * y),),
        domain=(NONNEGATIVE,), places=(STEEP_AT_ZERO,), curvature="concave", monotone="rising",
        typical=((0.05, 8),), code=spelled("sqrt"), slips=slips.SQRT,
    ),
    Row(
        name="cbrt", arguments=("x",), title="real cube root", group="roots", source="DLMF 4.4.10 with exponent 1/3",
        sympy="= sign(x)*abs(x)^(1/3)", array="numpy:cbrt", scalar="math:cbrt", ball="derivkit.functions.balls:cbrt",
        partials=(lambda f, y, x: 1 / (3 * y * y),), places=(STEEP_AT_ZERO,), monotone="rising", typical=((-8, 8),),
        code=spelled("cbrt", CUBE_ROOT, fortran=""),
    ),
    Row(
        name="root", arguments=("x", "n"), title="real n-th root, of negative x where n is odd", group="roots",
        source="DLMF 4.4.10 with exponent 1/n, 4.2.27", sympy="= sign(x)*abs(x)^(1/n)",
        array="derivkit.functions.arrays:root", scalar="derivkit.functions.values:root",
        ball="derivkit.functions.balls:root",
        partials=(lambda f, y, x, n: f.power(f.abs(x), 1 / n - 1) / n, lambda f, y, x, n: -f.xlogy(y, x) / (n * n)),
        domain=(
            Condition("nonzero", lambda f, x, n: n, "n != 0"),
            Condition("nonnegative", _root_radicand, "x >= 0 unless n is an odd integer"),
            Condition("nonzero", _root_denominator, "x != 0 where n < 0"),
        ),
        places=(Place("infinite_slope", lambda f, x, n: x, "x = 0"),), typical=((0.05, 8), (2, 5)), whole=(1,),
        code=spelled(formula="piecewise((x^(1/n), x >= 0), (-(-x)^(1/n), n - 2*floor(n/2) == 1))"),
    ),
    Row(
        name="hypot", arguments=("x", "y"), title="sqrt(x^2 + y^2) without overflow", group="roots",
        source="DLMF 1.9.7; quotient of DLMF 4.4.10", sympy="= sqrt(x^2 + y^2)", array="numpy:hypot", scalar="math:hypot",
        ball="derivkit.functions.balls:hypot", partials=(lambda f, r, x, y: x / r, lambda f, r, x, y: y / r),
        places=(Place("kink", lambda f, x, y: f.hypot(x, y), "x = y = 0", {"JAX": (0.5, 0.5)}),), curvature="convex",
        typical=((-3, 3), (-3, 3)), commutative=True,
        code=spelled("hypot"),
    ),
)  # fmt: skip

SOFT_STEPS = (
    Row(
        name="sigmoid", arguments=("x",), title="logistic function 1/(1 + exp(-x))", group="soft steps",
        source="quotient rule DLMF 1.4.9 with 4.7.7: s'(x) = s(x) s(-x)", sympy="= 1/(1 + exp(-x))",
        array="derivkit.functions.values:sigmoid_array", scalar="derivkit.functions.values:sigmoid",
        ball="derivkit.functions.balls:sigmoid", partials=(lambda f, y, x: y * f.sigmoid(-x),), positive=True, typical=((-4, 4),),
        code=spelled(formula="piecewise((1, x >= 0), (exp(-abs(x)), true))/(1 + exp(-abs(x)))"),
    ),
    Row(
        name="softplus", arguments=("x",), title="log(1 + exp(x))", group="soft steps", source="DLMF 4.7.1, 4.7.7",
        sympy="= log(1 + exp(x))", array="derivkit.functions.values:softplus_array",
        scalar="derivkit.functions.values:softplus", ball="derivkit.functions.balls:softplus",
        partials=(lambda f, y, x: f.sigmoid(x),), positive=True, typical=((-4, 4),),
        code=spelled(formula="max(x, 0) + log1p(exp(-abs(x)))"),
    ),
    Row(
        name="relu", arguments=("x",), title="max(x, 0), with derivative 0 at 0", group="soft steps",
        source="by definition; 0 at the kink, as PyTorch", sympy="= max(x, 0)", array="derivkit.functions.arrays:relu",
        scalar="derivkit.functions.values:relu", ball="derivkit.functions.balls:relu",
        partials=(lambda f, y, x: f.where(f.greater(x, 0), 1, 0),), places=(Place("kink", argument, "x = 0"),),
        curvature="convex", typical=((-3, 3),), code=spelled(formula="piecewise((0, x <= 0), (x, true))"),
    ),
    Row(
        name="logsumexp", arguments=("x", "y"), title="log(exp(x) + exp(y))", group="soft steps", source="DLMF 4.7.1, 4.7.7",
        sympy="= log(exp(x) + exp(y))", array="numpy:logaddexp", scalar="derivkit.functions.values:logsumexp",
        ball="derivkit.functions.balls:logsumexp",
        partials=(lambda f, s, x, y: f.sigmoid(x - y), lambda f, s, x, y: f.sigmoid(y - x)),
        curvature="convex", typical=((-3, 3), (-3, 3)), fold=True, commutative=True,
        code=spelled(formula="piecewise((x + log(2), x == y), (max(x, y) + log1p(exp(-abs(x - y))), true))"),
    ),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*EXPONENTIALS, *ROOTS, *SOFT_STEPS)
