"""Formulas in derivkit's language for functions that a programming language may lack, where they are too long for a row.

They are computed as they stand, in doubles: each is as accurate there as a library's routine, to a few units in the last place.
"""

from __future__ import annotations

# B_2k/(2k) of DLMF 5.11.2 and B_2k of DLMF 5.15.8, from the last to the first
_DIGAMMA_TAIL = ("1/12", "-691/32760", "1/132", "-1/240", "1/252", "-1/120", "1/12")
_TRIGAMMA_TAIL = ("7/6", "-691/2730", "5/66", "-1/30", "1/42", "-1/30", "1/6")
_SHIFT = 10  # the series are for arguments from here on


def _polynomial(coefficients: tuple[str, ...], z: str) -> str:
    """c0*z^(n-1) + ... + c(n-1) by Horner's rule."""
    text = f"({coefficients[0]})"
    for coefficient in coefficients[1:]:
        text = f"({coefficient} + {z}*{text})"
    return text


def _digamma(x: str) -> str:
    """Of a positive argument: DLMF 5.5.2 and 5.11.2."""
    far = f"({x} + {_SHIFT})"
    steps = " - ".join(f"1/({x} + {k})" for k in range(_SHIFT))
    return f"log{far} - 1/(2*{far}) - {_polynomial(_DIGAMMA_TAIL, f'{far}^(-2)')}/{far}^2 - {steps}"


def _trigamma(x: str) -> str:
    """Of a positive argument: DLMF 5.15.5 and 5.15.8."""
    far = f"({x} + {_SHIFT})"
    steps = " + ".join(f"1/({x} + {k})^2" for k in range(_SHIFT))
    return f"1/{far} + 1/(2*{far}^2) + {_polynomial(_TRIGAMMA_TAIL, f'{far}^(-2)')}/{far}^3 + {steps}"


def _spherical(n: int, terms: int) -> str:
    """The first terms of the power series of the spherical Bessel function j_n, DLMF 10.53.1."""
    text = "1"
    for k in range(terms, 0, -1):
        text = f"(1 - x^2/{2 * k * (2 * (n + k) + 1)}*{text})"
    leading = 1
    for k in range(n):
        leading *= 2 * k + 3
    return f"x^{n}/{leading}*{text}"


_FROM_POLE = "(x - floor(x + 1/2))"  # pi*x itself would lose digits
DIGAMMA = f"piecewise(({_digamma('x')}, x > 0), ({_digamma('(1 - x)')} - pi/tan(pi*{_FROM_POLE}), true))"  # DLMF 5.5.4
TRIGAMMA = f"piecewise(({_trigamma('x')}, x > 0), (pi^2/sin(pi*{_FROM_POLE})^2 - ({_trigamma('(1 - x)')}), true))"  # DLMF 5.15.6
SPHERICAL = (  # DLMF 10.49.3, near 0 the series
    "sinc(x)",
    f"piecewise(({_spherical(1, 8)}, abs(x) < 1), ((sin(x)/x - cos(x))/x, true))",
    f"piecewise(({_spherical(2, 11)}, abs(x) < 2), (((3/x^2 - 1)*sin(x) - 3*cos(x)/x)/x, true))",
)
# one step of Newton's method, since 1/3 is no double
_GUESS = "(sign(x)*abs(x)^(1/3))"
CUBE_ROOT = f"piecewise((x, x == 0), ({_GUESS} - ({_GUESS} - x/{_GUESS}^2)/3, true))"
