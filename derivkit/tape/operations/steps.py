"""Functions made of pieces: bounds, rounding, replaced values; and the few smooth functions that are no universal functions."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy._core import umath

from derivkit.tape.elementwise import ELEMENTWISE
from derivkit.tape.faces import implements
from derivkit.tape.operation import Elementwise, Structural, missing_rule
from derivkit.tape.tensor import apply, plain, tracked

# The derivative by x is 1 within the bounds and at them; that by a bound is 1 where the bound is the value and x beyond it.
CLIP = Elementwise(
    "clip",
    np.clip,
    (
        lambda f, y, x, low, high: (x >= low) & (x <= high),
        lambda f, y, x, low, high: (x < low) & (low <= high),
        lambda f, y, x, low, high: (x > high) | (low > high),
    ),
)


@implements(np.clip, getattr(umath, "clip", None))  # the universal function is what the method of arrays calls
def clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: None = None, *, min: Any = None, max: Any = None, **options: Any
) -> Any:
    """`numpy.clip`."""
    if options:
        missing_rule(f"numpy.clip with {', '.join(options)}")
    low, high = a_min if min is None else min, a_max if max is None else max
    return apply(CLIP, (a, -np.inf if low is None else low, np.inf if high is None else high))


@implements(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`numpy.nan_to_num`; what was replaced has no derivative."""
    if not copy:
        raise TypeError("nan_to_num with copy=False writes into its argument, whose values may be recorded; leave copy out")
    finite = np.isfinite(x)
    return np.where(finite, x, np.nan_to_num(np.where(finite, 0, plain(x)), nan=nan, posinf=posinf, neginf=neginf))


# Rounding: constant between jumps, and 0 at them.

ROUND = Structural(
    "round",
    lambda x, decimals: np.round(x, decimals),
    (lambda g, y, x, decimals: np.zeros_like(g),),
    (lambda v, y, x, decimals: np.zeros_like(v),),
)
FRACTION = Elementwise("modf", lambda x: np.modf(x)[0], (lambda f, y, x: 1,))


@implements(np.round, np.around)
def round(a: Any, decimals: int = 0, out: None = None) -> Any:
    """`numpy.round`."""
    return apply(ROUND, (a,), {"decimals": decimals})


@implements(np.fix)
def fix(x: Any, out: None = None) -> Any:
    """`numpy.fix`."""
    return np.trunc(x)


@implements(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """`numpy.modf`: the fractional and the whole part."""
    return apply(FRACTION, (x,)), np.trunc(x)


@implements(np.frexp)
def frexp(x: Any) -> tuple[Any, Any]:
    """`numpy.frexp`: the mantissa, a tensor, and the exponent, whole numbers."""
    exponent = np.frexp(plain(x))[1]
    return apply(ELEMENTWISE[np.ldexp], (x, -exponent)), exponent


@implements(np.divmod)
def divmod(x: Any, y: Any) -> tuple[Any, Any]:
    """`numpy.divmod`."""
    return np.floor_divide(x, y), np.remainder(x, y)


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    """`numpy.unwrap`: whole periods added, which are constant between jumps."""
    if tracked(period):
        missing_rule("numpy.unwrap with a tracked period")
    return p + (np.unwrap(plain(p), discont, axis, period=plain(period)) - plain(p))


# Parts of numbers that are real.


@implements(np.real, np.real_if_close)
def real(val: Any, tol: float = 100) -> Any:
    """`numpy.real`."""
    return val


@implements(np.imag)
def imag(val: Any) -> Any:
    """`numpy.imag`: zeros."""
    return np.zeros_like(plain(val))


@implements(np.angle)
def angle(z: Any, deg: bool = False) -> NoReturn:
    """Refused: of a real number it is a step, which is seldom what is meant."""
    missing_rule("numpy.angle", "for real numbers: use arctan2 of the imaginary and the real part")


# Smooth functions.


@implements(np.sinc)
def sinc(x: Any) -> Any:
    """`numpy.sinc`: sin(pi x)/(pi x)."""
    from derivkit.tape.arithmetic import TENSORS

    return TENSORS.sinc(np.pi * x)


@implements(np.i0)
def i0(x: Any) -> Any:
    """`numpy.i0`."""
    import scipy.special as sp

    return sp.i0(x)
