"""Exponentials, logarithms, roots, trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

from derivkit.functions.row import Condition, Place, Row

EXPONENTIAL = (
    Row(
        name="exp", arguments=("x",), title="exponential", group="exponentials", source="DLMF 4.20.1",
        sympy="exp", array="numpy:exp", scalar="math:exp", ball=".exp", partials=(lambda f, y, x: y,), typical=((-4, 4),),
    ),
    Row(
        name="log", arguments=("x",), title="natural logarithm", group="exponentials", aliases=("ln",), source="DLMF 4.7.1",
        sympy="log", array="numpy:log", scalar="math:log", ball=".log", partials=(lambda f, y, x: 1 / x,),
        domain=(Condition("positive", lambda f, x: x, "x > 0"),), typical=((0.05, 8),),
    ),
)  # fmt: skip

TRIGONOMETRIC = (
    Row(
        name="sin", arguments=("x",), title="sine", group="trigonometric", source="DLMF 4.20.1",
        sympy="sin", array="numpy:sin", scalar="math:sin", ball=".sin", partials=(lambda f, y, x: f.cos(x),), typical=((-4, 4),),
    ),
    Row(
        name="cos", arguments=("x",), title="cosine", group="trigonometric", source="DLMF 4.20.2",
        sympy="cos", array="numpy:cos", scalar="math:cos", ball=".cos", partials=(lambda f, y, x: -f.sin(x),), typical=((-4, 4),),
    ),
)  # fmt: skip

ROOTS = (
    Row(
        name="sqrt", arguments=("x",), title="square root", group="roots", source="DLMF 4.4.10 with exponent 1/2",
        sympy="sqrt", array="numpy:sqrt", scalar="math:sqrt", ball=".sqrt", partials=(lambda f, y, x: 1 / (2 * y),),
        domain=(Condition("nonnegative", lambda f, x: x, "x >= 0"),),
        places=(Place("infinite_slope", lambda f, x: x, "x = 0"),), typical=((0.05, 8),),
    ),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*EXPONENTIAL, *ROOTS, *TRIGONOMETRIC)
