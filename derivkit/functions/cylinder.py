"""Bessel, spherical Bessel and Airy functions."""

from __future__ import annotations

from derivkit.functions.formulas import SPHERICAL
from derivkit.functions.quantities import WHOLE_ORDER, is_whole, unless_whole
from derivkit.functions.row import Condition, Place, Row, spelled

SECOND_POSITIVE = Condition("positive", lambda f, n, x: x, "x > 0")
ON_BOTH_SIDES = (
    Condition("nonnegative", unless_whole, "x >= 0 unless n is an integer"),
    Condition("nonzero", lambda f, n, x: 1 if n >= 0 or is_whole(n) else x, "x != 0 where n < 0 is no integer"),
)
STEEP_AT_ZERO = (Place("infinite_slope", unless_whole, "x = 0 unless n is an integer"),)

ROWS: tuple[Row, ...] = (
    Row(
        name="besselj", arguments=("n", "x"), title="Bessel function J of order n", group="Bessel and Airy",
        source="DLMF 10.6.1", sympy="besselj", array="scipy.special:jv", ball="derivkit.functions.balls:besselj",
        partials=(None, lambda f, y, n, x: (f.besselj(n - 1, x) - f.besselj(n + 1, x)) / 2),
        domain=ON_BOTH_SIDES, places=STEEP_AT_ZERO, typical=((0, 3), (0.5, 8)), whole=(0,),
    ),
    Row(
        name="bessely", arguments=("n", "x"), title="Bessel function Y of order n", group="Bessel and Airy",
        source="DLMF 10.6.1", sympy="bessely", array="scipy.special:yv", ball="derivkit.functions.balls:bessely",
        partials=(None, lambda f, y, n, x: (f.bessely(n - 1, x) - f.bessely(n + 1, x)) / 2),
        domain=(SECOND_POSITIVE,), typical=((0, 3), (0.5, 8)), whole=(0,),
    ),
    Row(
        name="besseli", arguments=("n", "x"), title="modified Bessel function I of order n", group="Bessel and Airy",
        source="DLMF 10.29.1", sympy="besseli", array="scipy.special:iv", ball="derivkit.functions.balls:besseli",
        partials=(None, lambda f, y, n, x: (f.besseli(n - 1, x) + f.besseli(n + 1, x)) / 2),
        domain=ON_BOTH_SIDES, places=STEEP_AT_ZERO, typical=((0, 3), (0.5, 6)), whole=(0,),
    ),
    Row(
        name="besselk", arguments=("n", "x"), title="modified Bessel function K of order n", group="Bessel and Airy",
        source="DLMF 10.29.1", sympy="besselk", array="derivkit.functions.arrays:besselk", ball="derivkit.functions.balls:besselk",
        partials=(None, lambda f, y, n, x: -(f.besselk(n - 1, x) + f.besselk(n + 1, x)) / 2),
        domain=(SECOND_POSITIVE,), typical=((0, 3), (0.5, 6)), whole=(0,), code=spelled(numpy="special.kv(n, x)"),
    ),
    Row(
        name="sphericalbesselj", arguments=("n", "x"), title="spherical Bessel function j of order n", group="Bessel and Airy",
        source="DLMF 10.51.1", sympy="jn", array="derivkit.functions.arrays:sphericalbesselj",
        scalar="derivkit.functions.values:sphericalbesselj", ball="derivkit.functions.balls:sphericalbesselj",
        # n j_{n-1} counts only for n > 0: at x = 0 it would be 0 times infinity
        partials=(
            None,
            lambda f, y, n, x: (
                f.where(f.greater(n, 0), n * f.sphericalbesselj(n - 1, x), 0) - (n + 1) * f.sphericalbesselj(n + 1, x)
            ) / (2 * n + 1),
        ),
        domain=(WHOLE_ORDER,), typical=((0, 3), (-4, 4)), whole=(0,),
        code=spelled(orders=SPHERICAL, numpy="special.spherical_jn(int(n), x)"),
    ),
    Row(
        name="airyai", arguments=("x",), title="Airy function Ai", group="Bessel and Airy", source="DLMF 9.2.1",
        sympy="airyai", array="derivkit.functions.arrays:airyai", ball="derivkit.functions.balls:airyai",
        partials=(lambda f, y, x: f.airyaiprime(x),), typical=((-4, 3),), code=spelled(numpy="special.airy(x)[0]"),
    ),
    Row(
        name="airyaiprime", arguments=("x",), title="derivative of Ai", group="Bessel and Airy", source="DLMF 9.2.1",
        sympy="airyaiprime", array="derivkit.functions.arrays:airyaiprime", ball="derivkit.functions.balls:airyaiprime",
        partials=(lambda f, y, x: x * f.airyai(x),), typical=((-4, 3),), code=spelled(numpy="special.airy(x)[1]"),
    ),
    Row(
        name="airybi", arguments=("x",), title="Airy function Bi", group="Bessel and Airy", source="DLMF 9.2.1",
        sympy="airybi", array="derivkit.functions.arrays:airybi", ball="derivkit.functions.balls:airybi",
        partials=(lambda f, y, x: f.airybiprime(x),), typical=((-4, 3),), code=spelled(numpy="special.airy(x)[2]"),
    ),
    Row(
        name="airybiprime", arguments=("x",), title="derivative of Bi", group="Bessel and Airy", source="DLMF 9.2.1",
        sympy="airybiprime", array="derivkit.functions.arrays:airybiprime", ball="derivkit.functions.balls:airybiprime",
        partials=(lambda f, y, x: x * f.airybi(x),), typical=((-4, 3),), code=spelled(numpy="special.airy(x)[3]"),
    ),
)  # fmt: skip
