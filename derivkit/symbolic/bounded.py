"""Numbers of mpmath with a bound on their error, and exact rational numbers where nothing has been rounded yet.

A sum whose terms cancel keeps the error of its largest term, so that a result that has lost its digits says so. Bounds are of first
order, with a factor for the rest: a function's error is what a shift of its arguments by their errors does to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath  # type: ignore[import-untyped]  # mpmath has no types
from mpmath import mp

_MOST_BITS = 20_000  # of an exact number
_FUNCTION_BITS = 10  # how many of its last bits a function of mpmath may have wrong
_CLOSE = 0.25  # relative errors up to here are added, above it the factors' bounds are multiplied
_NOISE_BITS = 20  # an imaginary part that is smaller by all but so many bits is rounding noise


class Undefined(Exception):  # a signal, not an error
    """There is no finite real number here, or it could not be found."""


class Lost(Exception):  # a signal, not an error
    """This precision does not tell whether there is a number, and which; a higher one may."""


class Bounded(NamedTuple):
    """A number of mpmath, real or complex, and a bound on its distance from the true one."""

    value: Any
    error: Any


Number = Fraction | Bounded


def rounded(number: Number) -> Bounded:
    """A number in the precision at hand."""
    if isinstance(number, Bounded):
        return number
    top, bottom = number.numerator, number.denominator
    value = mp.mpf(top) / bottom
    exact = bottom & (bottom - 1) == 0 and top.bit_length() <= mp.prec
    return Bounded(value, mp.zero if exact else _ulps(value, 2))


def is_certain(number: Number, bits: int = 0) -> bool:
    """Whether so many leading bits are known; with none, whether the number is certainly not zero."""
    return isinstance(number, Fraction) or bool(number.error < mpmath.ldexp(abs(number.value), -bits))


def real(number: Number) -> Number:
    """A number whose imaginary part may be rounding noise."""
    if isinstance(number, Fraction) or not isinstance(number.value, mp.mpc):
        return number
    if abs(number.value.imag) > number.error:
        raise Undefined
    return Bounded(number.value.real, number.error)


def total(terms: Sequence[Number]) -> Number:
    """The sum."""
    rough = [t for t in terms if isinstance(t, Bounded)]
    exact = sum((t for t in terms if isinstance(t, Fraction)), Fraction(0))
    if not rough:
        return exact
    if exact:
        rough.append(rounded(exact))
    value = mp.fsum([t.value for t in rough])
    return Bounded(value, mp.fsum([t.error for t in rough]) + _ulps(value, 2))


def product(factors: Sequence[Number]) -> Number:
    """The product."""
    rough = [f for f in factors if isinstance(f, Bounded)]
    exact = Fraction(1)
    for factor in factors:
        if isinstance(factor, Fraction):
            if _bits(exact) + _bits(factor) > _MOST_BITS:
                rough.append(rounded(factor))
            else:
                exact *= factor
    if not exact or not rough:
        return exact
    if exact != 1:
        rough.append(rounded(exact))
    value = mp.fprod([f.value for f in rough])
    if all(f.value for f in rough):
        spread = mp.fsum([f.error / abs(f.value) for f in rough])
        if spread < _CLOSE:
            return Bounded(value, 2 * spread * abs(value) + _ulps(value, 2 * len(rough)))
    return Bounded(value, 2 * mp.fprod([abs(f.value) + f.error for f in rough]))


def power(base: Number, n: int) -> Number:
    """A power with a whole exponent."""
    if base == 0 and n < 0:
        raise Undefined
    if isinstance(base, Fraction) and _bits(base) * abs(n) <= _MOST_BITS:
        return base**n
    value, error = rounded(base)
    size = abs(value)
    if not error < _CLOSE * size / abs(n):
        if n < 0:
            raise Lost
        return Bounded(value**n, 2 * (size + error) ** n)
    result = value**n
    return Bounded(result, 2 * abs(n) * error / size * abs(result) + _ulps(result, 8))


def applied(function: Callable[..., Any], arguments: Sequence[Number], *, only_real: bool = True) -> Bounded:
    """A function of mpmath; `only_real` refuses complex numbers."""
    rough = [rounded(a) for a in arguments]
    values = [a.value for a in rough]
    if only_real and any(isinstance(v, mp.mpc) for v in values):
        raise Undefined
    value = _called(function, values, only_real)
    if value is None:
        if any(_nearby(function, values, k, 4 * a.error, only_real) is not None for k, a in enumerate(rough) if a.error):
            raise Lost
        raise Undefined
    error = _ulps(value, 2**_FUNCTION_BITS)
    for k, argument in enumerate(rough):
        if argument.error:
            shifted = _nearby(function, values, k, argument.error, only_real)
            if shifted is None:
                raise Lost
            error += 2 * abs(shifted - value)
    return Bounded(value, error)


def fraction(value: Any) -> Fraction:
    """What a number of mpmath is exactly."""
    mantissa, exponent = value.man_exp
    number = -int(mantissa) if value < 0 else int(mantissa)
    return Fraction(number << exponent) if exponent >= 0 else Fraction(number, 1 << -exponent)


def _nearby(function: Callable[..., Any], values: list[Any], k: int, shift: Any, only_real: bool) -> Any:
    """The function's value at a shifted argument, on whichever side it has one."""
    for moved in (values[k] + shift, values[k] - shift):
        value = _called(function, [*values[:k], moved, *values[k + 1 :]], only_real)
        if value is not None:
            return value
    return None


def _called(function: Callable[..., Any], values: list[Any], only_real: bool) -> Any:
    """What mpmath gives; None where that is nothing finite."""
    try:
        value = function(*values)
    except (ArithmeticError, NotImplementedError, TypeError, ValueError, mpmath.libmp.NoConvergence):
        return None  # mpmath's ways to say that there is no value
    if not mp.isfinite(value):
        return None
    if only_real and isinstance(value, mp.mpc):
        if value.imag and (not value.real or mp.mag(value.imag) > mp.mag(value.real) - mp.prec + _NOISE_BITS):
            return None
        return value.real
    return value


def _ulps(value: Any, count: int) -> Any:
    return mpmath.ldexp(abs(value), math.ceil(math.log2(count)) - mp.prec)


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()
