"""Trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

from typing import Any

from derivkit.functions import slips
from derivkit.functions.quantities import argument, within_one
from derivkit.functions.row import Condition, Place, Row, spelled
from derivkit.functions.values import root_beyond_one

NOT_ZERO = Condition("nonzero", argument, "x != 0")
COSINE_NOT_ZERO = Condition("nonzero", lambda f, x: f.cos(x), "x not an odd multiple of pi/2")
SINE_NOT_ZERO = Condition("nonzero", lambda f, x: f.sin(x), "x not a multiple of pi")
WITHIN_ONE = Condition("nonnegative", within_one, "-1 <= x <= 1")
BEYOND_ONE = Condition("nonnegative", lambda f, x: -within_one(f, x), "x <= -1 or x >= 1")
STEEP_AT_ONE = Place("infinite_slope", within_one, "x = -1 or x = 1")


def _negative_half_axis(f: Any, y: Any, x: Any) -> Any:
    """Zero where the angle of (x, y) jumps."""
    return 1 if x > 0 else y


TRIGONOMETRIC = (
    Row(
        name="sin", arguments=("x",), title="sine", group="trigonometric", source="DLMF 4.20.1",
        sympy="sin", array="numpy:sin", scalar="math:sin", ball="derivkit.functions.balls:sin",
        partials=(lambda f, y, x: f.cos(x),), typical=((-4, 4),),
        code=spelled("sin"), slips=slips.SIN,
    ),
    Row(
        name="cos", arguments=("x",), title="cosine", group="trigonometric", source="DLMF 4.20.2",
        sympy="cos", array="numpy:cos", scalar="math:cos", ball="derivkit.functions.balls:cos",
        partials=(lambda f, y, x: -f.sin(x),), typical=((-4, 4),),
        code=spelled("cos"), slips=slips.COS,
    ),
    Row(
        name="tan", arguments=("x",), title="tangent", group="trigonometric", source="DLMF 4.20.3, 4.21.13",
        sympy="tan", array="numpy:tan", scalar="math:tan", ball=".tan", partials=(lambda f, y, x: 1 + y * y,),
        domain=(COSINE_NOT_ZERO,), typical=((-1.4, 1.4),), code=spelled("tan"), slips=slips.TAN,
    ),
    Row(
        name="sec", arguments=("x",), title="secant", group="trigonometric", source="DLMF 4.20.5",
        sympy="sec", array="derivkit.functions.values:sec_array", scalar="derivkit.functions.values:sec", ball=".sec",
        partials=(lambda f, y, x: y * f.tan(x),), domain=(COSINE_NOT_ZERO,), typical=((-1.4, 1.4),),
        code=spelled(formula="1/cos(x)"),
    ),
    Row(
        name="csc", arguments=("x",), title="cosecant", group="trigonometric", source="DLMF 4.20.4",
        sympy="csc", array="derivkit.functions.values:csc_array", scalar="derivkit.functions.values:csc", ball=".csc",
        partials=(lambda f, y, x: -y * f.cot(x),), domain=(SINE_NOT_ZERO,), typical=((0.2, 2.9),),
        code=spelled(formula="1/sin(x)"),
    ),
    Row(
        name="cot", arguments=("x",), title="cotangent", group="trigonometric", source="DLMF 4.20.6, 4.21.14",
        sympy="cot", array="derivkit.functions.values:cot_array", scalar="derivkit.functions.values:cot", ball=".cot",
        partials=(lambda f, y, x: -(1 + y * y),), domain=(SINE_NOT_ZERO,), typical=((0.2, 2.9),),
        code=spelled(formula="1/tan(x)"),
    ),
    Row(
        name="sinc", arguments=("x",), title="sin(x)/x, and 1 at 0 (not sin(pi x)/(pi x))", group="trigonometric",
        source="DLMF 10.49.3, 10.51.2 with n = 0", sympy="sinc", array="derivkit.functions.arrays:sinc",
        scalar="derivkit.functions.values:sinc", ball=".sinc", partials=(lambda f, y, x: -f.sphericalbesselj(1, x),),
        typical=((-4, 4),), code=spelled(formula="piecewise((sin(x)/x, x != 0), (1, true))"),
    ),
)  # fmt: skip

INVERSE_TRIGONOMETRIC = (
    Row(
        name="asin", arguments=("x",), title="inverse sine", group="inverse trigonometric", aliases=("arcsin",),
        source="DLMF 4.24.7", sympy="asin", array="numpy:arcsin", scalar="math:asin", ball=".asin",
        partials=(lambda f, y, x: 1 / f.sqrt(within_one(f, x)),),
        domain=(WITHIN_ONE,), places=(STEEP_AT_ONE,), monotone="rising", typical=((-0.95, 0.95),), code=spelled("asin"),
    ),
    Row(
        name="acos", arguments=("x",), title="inverse cosine", group="inverse trigonometric", aliases=("arccos",),
        source="DLMF 4.24.8", sympy="acos", array="numpy:arccos", scalar="math:acos", ball=".acos",
        partials=(lambda f, y, x: -1 / f.sqrt(within_one(f, x)),),
        domain=(WITHIN_ONE,), places=(STEEP_AT_ONE,), monotone="falling", typical=((-0.95, 0.95),), code=spelled("acos"),
    ),
    Row(
        name="atan", arguments=("x",), title="inverse tangent", group="inverse trigonometric", aliases=("arctan",),
        source="DLMF 4.24.9", sympy="atan", array="numpy:arctan", scalar="math:atan", ball=".atan",
        partials=(lambda f, y, x: 1 / (1 + x * x),), typical=((-4, 4),), code=spelled("atan"),
    ),
    Row(
        name="asec", arguments=("x",), title="inverse secant, acos(1/x)", group="inverse trigonometric", aliases=("arcsec",),
        source="DLMF 4.24.11", sympy="asec", array="derivkit.functions.values:asec_array",
        scalar="derivkit.functions.values:asec", ball="derivkit.functions.balls:asec",
        partials=(lambda f, y, x: 1 / (f.abs(x) * root_beyond_one(f, x)),),
        domain=(BEYOND_ONE,), places=(STEEP_AT_ONE,), typical=((1.1, 6),),
        code=spelled(formula="atan2(sqrt(abs(x) - 1)*sqrt(abs(x) + 1), sign(x))"),
    ),
    Row(
        name="acsc", arguments=("x",), title="inverse cosecant, asin(1/x)", group="inverse trigonometric", aliases=("arccsc",),
        source="DLMF 4.24.10", sympy="acsc", array="derivkit.functions.values:acsc_array",
        scalar="derivkit.functions.values:acsc", ball="derivkit.functions.balls:acsc",
        partials=(lambda f, y, x: -1 / (f.abs(x) * root_beyond_one(f, x)),),
        domain=(BEYOND_ONE,), places=(STEEP_AT_ONE,), typical=((1.1, 6),),
        code=spelled(formula="sign(x)*atan2(1, sqrt(abs(x) - 1)*sqrt(abs(x) + 1))"),
    ),
    Row(
        name="acot", arguments=("x",), title="inverse cotangent, atan(1/x), and pi/2 at 0", group="inverse trigonometric",
        aliases=("arccot",), source="DLMF 4.23.9, 4.24.12", sympy="acot", array="derivkit.functions.values:acot_array",
        scalar="derivkit.functions.values:acot", ball="derivkit.functions.balls:acot",
        partials=(lambda f, y, x: -1 / (1 + x * x),), places=(Place("jump", argument, "x = 0"),), typical=((0.2, 4),),
        code=spelled(formula="atan2(piecewise((1, x >= 0), (-1, true)), abs(x))"),
    ),
    Row(
        name="atan2", arguments=("y", "x"), title="angle of the point (x, y)", group="inverse trigonometric",
        aliases=("arctan2",), source="DLMF 4.23.28, 4.24.9", sympy="atan2", array="numpy:arctan2", scalar="math:atan2",
        ball="derivkit.functions.balls:atan2",
        partials=(
            lambda f, a, y, x: x / f.hypot(x, y) / f.hypot(x, y),
            lambda f, a, y, x: -y / f.hypot(x, y) / f.hypot(x, y),
        ),
        domain=(Condition("nonzero", lambda f, y, x: f.hypot(x, y), "x and y not both 0"),),
        places=(Place("jump", _negative_half_axis, "y = 0 where x <= 0"),), typical=((0.2, 3), (-3, 3)),
        code=spelled("atan2", julia="atan"),
    ),
)  # fmt: skip

HYPERBOLIC = (
    Row(
        name="sinh", arguments=("x",), title="hyperbolic sine", group="hyperbolic", source="DLMF 4.34.1",
        sympy="sinh", array="numpy:sinh", scalar="math:sinh", ball=".sinh", partials=(lambda f, y, x: f.cosh(x),),
        typical=((-4, 4),), code=spelled("sinh"),
    ),
    Row(
        name="cosh", arguments=("x",), title="hyperbolic cosine", group="hyperbolic", source="DLMF 4.34.2",
        sympy="cosh", array="numpy:cosh", scalar="math:cosh", ball=".cosh", partials=(lambda f, y, x: f.sinh(x),),
        positive=True, typical=((-4, 4),), code=spelled("cosh"),
    ),
    Row(
        # sech^2 and not (1 - y)(1 + y), which has no correct digit left at x = 20
        name="tanh", arguments=("x",), title="hyperbolic tangent", group="hyperbolic", source="DLMF 4.34.3",
        sympy="tanh", array="numpy:tanh", scalar="math:tanh", ball="derivkit.functions.balls:tanh",
        partials=(lambda f, y, x: f.sech(x) * f.sech(x),),
        typical=((-4, 4),), code=spelled("tanh"),
    ),
    Row(
        name="sech", arguments=("x",), title="hyperbolic secant", group="hyperbolic", source="DLMF 4.34.5",
        sympy="sech", array="derivkit.functions.values:sech_array", scalar="derivkit.functions.values:sech", ball=".sech",
        partials=(lambda f, y, x: -y * f.tanh(x),), positive=True, typical=((-4, 4),),
        code=spelled(formula="2*exp(-abs(x))/(1 + exp(-2*abs(x)))"),
    ),
    Row(
        name="csch", arguments=("x",), title="hyperbolic cosecant", group="hyperbolic", source="DLMF 4.34.4",
        sympy="csch", array="derivkit.functions.values:csch_array", scalar="derivkit.functions.values:csch", ball=".csch",
        partials=(lambda f, y, x: -y * f.coth(x),), domain=(NOT_ZERO,), typical=((0.2, 4),),
        code=spelled(formula="piecewise((1/x, x == 0), (-2*sign(x)*exp(-abs(x))/expm1(-2*abs(x)), true))"),
    ),
    Row(
        name="coth", arguments=("x",), title="hyperbolic cotangent", group="hyperbolic", source="DLMF 4.34.6",
        sympy="coth", array="derivkit.functions.values:coth_array", scalar="derivkit.functions.values:coth", ball=".coth",
        partials=(lambda f, y, x: -f.csch(x) * f.csch(x),), domain=(NOT_ZERO,), typical=((0.2, 4),),
        code=spelled(formula="1/tanh(x)"),
    ),
)  # fmt: skip

INVERSE_HYPERBOLIC = (
    Row(
        name="asinh", arguments=("x",), title="inverse hyperbolic sine", group="inverse hyperbolic",
        aliases=("arcsinh", "arsinh"), source="DLMF 4.38.9", sympy="asinh", array="numpy:arcsinh", scalar="math:asinh",
        ball="derivkit.functions.balls:asinh",
        partials=(lambda f, y, x: 1 / f.hypot(1, x),), typical=((-4, 4),), code=spelled("asinh"),
    ),
    Row(
        name="acosh", arguments=("x",), title="inverse hyperbolic cosine", group="inverse hyperbolic",
        aliases=("arccosh", "arcosh"), source="DLMF 4.38.10", sympy="acosh", array="numpy:arccosh", scalar="math:acosh",
        ball=".acosh", partials=(lambda f, y, x: 1 / (f.sqrt(x - 1) * f.sqrt(x + 1)),),
        domain=(Condition("nonnegative", lambda f, x: x - 1, "x >= 1"),),
        places=(Place("infinite_slope", lambda f, x: x - 1, "x = 1"),), monotone="rising",
        typical=((1.1, 6),), code=spelled("acosh"),
    ),
    Row(
        name="atanh", arguments=("x",), title="inverse hyperbolic tangent", group="inverse hyperbolic",
        aliases=("arctanh", "artanh"), source="DLMF 4.38.11", sympy="atanh", array="numpy:arctanh", scalar="math:atanh",
        ball=".atanh", partials=(lambda f, y, x: 1 / within_one(f, x),),
        domain=(Condition("positive", within_one, "-1 < x < 1"),), typical=((-0.95, 0.95),), code=spelled("atanh"),
    ),
)  # fmt: skip


ROWS: tuple[Row, ...] = (*TRIGONOMETRIC, *INVERSE_TRIGONOMETRIC, *HYPERBOLIC, *INVERSE_HYPERBOLIC)
