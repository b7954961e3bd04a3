"""Rows that are written with symbols, and the rows that choose: arithmetic, comparisons, min and max, piecewise, steps."""

from __future__ import annotations

from typing import Any

from derivkit.functions import slips
from derivkit.functions.quantities import argument, difference, integers, is_whole
from derivkit.functions.row import Condition, Operator, Place, Row, spelled

COMPARISON, SUM, PRODUCT, PREFIX, POWER, POSTFIX = 10, 20, 30, 35, 40, 50  # how tightly operators bind


# PyTorch 2.13 and JAX 0.10 share a tie equally, as the rows do; TensorFlow 2.21 gives all of it to the first argument (run).
TIE = Place("kink", difference, "x = y", {"TensorFlow": (1.0, 0.0)})


def _zero_partial(f: Any, y: Any, *arguments: Any) -> Any:
    return 0


def _power_base(f: Any, x: Any, y: Any) -> Any:
    """The base, where a power needs it to be nonnegative."""
    return 1 if is_whole(y) else x


def _power_denominator(f: Any, x: Any, y: Any) -> Any:
    """The base, where a power divides by it."""
    return 1 if y >= 0 else x


def _power_origin(f: Any, x: Any, y: Any) -> Any:
    """The base, where a power is not a polynomial in it."""
    return 1 if is_whole(y) and y >= 0 else x


CONSTANTS = (
    Row(
        name="pi", arguments=(), title="circle constant, 3.14159...", group="constants", source="DLMF 3.12.1",
        sympy="pi", array="derivkit.functions.values:pi", ball=".pi", partials=(),
    ),
    Row(
        name="e", arguments=(), title="Euler's number, 2.71828...", group="constants", source="DLMF 4.2.11",
        sympy="E", array="derivkit.functions.values:e", ball=".const_e", partials=(),
    ),
    Row(
        name="undefined", arguments=(), title="no value: where no piece of a piecewise applies", group="constants",
        source="IEEE 754-2019, 6.2", sympy="nan", array="derivkit.functions.values:undefined", ball=".nan", partials=(),
        hidden=True,
    ),
)  # fmt: skip

ARITHMETIC = (
    Row(
        name="add", arguments=("x", "y"), title="sum", group="arithmetic", source="DLMF 1.4.7",
        sympy="Add", array="numpy:add", scalar="operator:add", ball="derivkit.functions.balls:add",
        partials=(lambda f, s, x, y: 1, lambda f, s, x, y: 1),
        typical=((-3, 3), (-3, 3)), operator=Operator("+", SUM), commutative=True, hidden=True,
    ),
    Row(
        name="subtract", arguments=("x", "y"), title="difference", group="arithmetic", source="DLMF 1.4.7",
        sympy="operator:sub", array="numpy:subtract", scalar="operator:sub", ball="derivkit.functions.balls:subtract",
        partials=(lambda f, d, x, y: 1, lambda f, d, x, y: -1),
        typical=((-3, 3), (-3, 3)), operator=Operator("-", SUM), hidden=True,
    ),
    Row(
        name="negate", arguments=("x",), title="negative", group="arithmetic", source="DLMF 1.4.7",
        sympy="operator:neg", array="numpy:negative", scalar="operator:neg", ball="operator:neg",
        partials=(lambda f, y, x: -1,),
        typical=((-3, 3),), operator=Operator("-", PREFIX, "prefix"), hidden=True,
    ),
    Row(
        name="multiply", arguments=("x", "y"), title="product", group="arithmetic", source="DLMF 1.4.8",
        sympy="Mul", array="numpy:multiply", scalar="operator:mul", ball="derivkit.functions.balls:multiply",
        partials=(lambda f, p, x, y: y, lambda f, p, x, y: x),
        typical=((-3, 3), (-3, 3)), operator=Operator("*", PRODUCT), commutative=True, hidden=True,
        series="derivkit.functions.series:multiply", slips=slips.MULTIPLY,
    ),
    Row(
        name="divide", arguments=("x", "y"), title="quotient", group="arithmetic", source="DLMF 1.4.9",
        sympy="operator:truediv", array="numpy:true_divide", scalar="operator:truediv", ball="operator:truediv",
        partials=(lambda f, q, x, y: 1 / y, lambda f, q, x, y: -q / y),
        domain=(Condition("nonzero", lambda f, x, y: y, "y != 0"),),
        typical=((-3, 3), (0.2, 3)), operator=Operator("/", PRODUCT), hidden=True,
        series="derivkit.functions.series:divide", slips=slips.DIVIDE,
    ),
    Row(
        name="power", arguments=("x", "y"), title="power", group="arithmetic", source="DLMF 4.2.27, 4.4.10",
        sympy="Pow", array="derivkit.functions.arrays:power", scalar="derivkit.functions.values:power",
        ball="derivkit.functions.balls:power",
        partials=(lambda f, p, x, y: y * f.power(x, y - 1), lambda f, p, x, y: f.xlogy(p, x)),
        domain=(
            Condition(
                "nonnegative", _power_base, "x >= 0 unless y is an integer",
                hint="real roots of negative numbers are written cbrt(x) or root(x, n)",
            ),
            Condition("nonzero", _power_denominator, "x != 0 where y < 0"),
        ),
        places=(Place("infinite_slope", _power_origin, "x = 0 unless y is 0, 1, 2, ..."),),
        typical=((0.2, 3), (-3, 3)), operator=Operator("^", POWER, right=True), hidden=True,
        series="derivkit.functions.series:power",
        code=spelled("pow", python="math.pow", numpy="**", julia="^", rust="powf", fortran="**"), slips=slips.POWER,
    ),
)  # fmt: skip


def _comparison(name: str, symbol: str, title: str, sympy: str) -> Row:
    return Row(
        name=name, arguments=("x", "y"), title=title, group="comparisons", source="by definition",
        sympy=sympy, array=f"derivkit.functions.arrays:{name}", scalar=f"derivkit.functions.values:{name}",
        ball=f"derivkit.functions.balls:{name}", partials=(_zero_partial, _zero_partial),
        places=(Place("jump", difference, "x = y"),), typical=((-3, 3), (-3, 3)),
        operator=Operator(symbol, COMPARISON), boolean=True, hidden=True,
    )  # fmt: skip


COMPARISONS = (
    _comparison("less", "<", "less than", "StrictLessThan"),
    _comparison("less_equal", "<=", "at most", "LessThan"),
    _comparison("greater", ">", "greater than", "StrictGreaterThan"),
    _comparison("greater_equal", ">=", "at least", "GreaterThan"),
    _comparison("equal", "==", "equal to", "Equality"),
    _comparison("not_equal", "!=", "different from", "Unequality"),
)

CHOICES = (
    Row(
        name="where", arguments=("c", "x", "y"), title="x where c holds, else y: one piece of a piecewise", group="choices",
        source="by definition", sympy="Piecewise", array="derivkit.functions.arrays:where",
        scalar="derivkit.functions.values:choose", ball="derivkit.functions.balls:where",
        partials=(
            lambda f, y, c, a, b: f.where(c, 0, 0),  # NaN where the condition is
            lambda f, y, c, a, b: f.where(c, 1, 0),
            lambda f, y, c, a, b: f.where(c, 0, 1),
        ),
        typical=((0, 1), (-3, 3), (-3, 3)), whole=(0,), choice=True, hidden=True,
    ),
    Row(
        name="max", arguments=("x", "y"), title="the largest", group="choices", source="by definition; ties share equally",
        sympy="Max", array="numpy:maximum", scalar="derivkit.functions.values:maximum", ball=".max",
        partials=(lambda f, m, x, y: f.heaviside(x - y), lambda f, m, x, y: f.heaviside(y - x)),
        places=(TIE,),
        curvature="convex", typical=((-3, 3), (-3, 3)), fold=True, commutative=True,
        code=spelled(formula="piecewise((x, x >= y), (y, x < y), (x + y, true))", javascript="max", julia="max"),
    ),
    Row(
        name="min", arguments=("x", "y"), title="the smallest", group="choices", source="by definition; ties share equally",
        sympy="Min", array="numpy:minimum", scalar="derivkit.functions.values:minimum", ball=".min",
        partials=(lambda f, m, x, y: f.heaviside(y - x), lambda f, m, x, y: f.heaviside(x - y)),
        places=(TIE,),
        curvature="concave", typical=((-3, 3), (-3, 3)), fold=True, commutative=True,
        code=spelled(formula="piecewise((x, x <= y), (y, x > y), (x + y, true))", javascript="min", julia="min"),
    ),
    Row(
        name="abs", arguments=("x",), title="absolute value", group="choices", source="DLMF 1.9.7; 0 at the kink",
        sympy="Abs", array="numpy:abs", scalar="math:fabs", ball="derivkit.functions.balls:absolute",
        partials=(lambda f, y, x: f.sign(x),),
        places=(Place("kink", argument, "x = 0", {"JAX": (1.0,)}),), curvature="convex", typical=((-3, 3),),
        code=spelled("fabs", javascript="abs", julia="abs", rust="abs", fortran="abs"),
    ),
    Row(
        name="sign", arguments=("x",), title="sign: -1, 0 or 1", group="choices", source="DLMF front matter, sign x",
        sympy="sign", array="numpy:sign", scalar="derivkit.functions.values:sign", ball=".sgn", partials=(_zero_partial,),
        places=(Place("jump", argument, "x = 0"),), monotone="rising", typical=((-3, 3),),
        code=spelled(formula="piecewise((1, x > 0), (-1, x < 0), (x, true))", javascript="sign", julia="sign"),
    ),
    Row(
        name="heaviside", arguments=("x",), title="unit step: 0, 1/2 at 0, 1", group="choices", source="DLMF 1.16.13",
        sympy="Heaviside", array="derivkit.functions.arrays:heaviside",
        scalar="derivkit.functions.values:heaviside", ball="derivkit.functions.balls:heaviside", partials=(_zero_partial,),
        places=(Place("jump", argument, "x = 0"),), monotone="rising", typical=((-3, 3),),
        code=spelled(formula="piecewise((1, x > 0), (0, x < 0), (x + 1/2, true))"),
    ),
    Row(
        name="floor", arguments=("x",), title="largest integer not above x", group="choices", source="by definition",
        sympy="floor", array="numpy:floor", scalar="derivkit.functions.values:floor", ball="derivkit.functions.balls:floor",
        partials=(_zero_partial,), places=(Place("jump", integers, "x an integer"),), monotone="rising", typical=((-4, 4),),
        code=spelled("floor", python="float(math.floor(x))", fortran="aint(x) - merge(1.0_dp, 0.0_dp, aint(x) > x)"),
    ),
    Row(
        name="ceil", arguments=("x",), title="smallest integer not below x", group="choices", source="by definition",
        sympy="ceiling", array="numpy:ceil", scalar="derivkit.functions.values:ceil", ball="derivkit.functions.balls:ceil",
        partials=(_zero_partial,), places=(Place("jump", integers, "x an integer"),), monotone="rising", typical=((-4, 4),),
        code=spelled("ceil", python="float(math.ceil(x))", fortran="aint(x) + merge(1.0_dp, 0.0_dp, aint(x) < x)"),
    ),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*CONSTANTS, *ARITHMETIC, *COMPARISONS, *CHOICES)
