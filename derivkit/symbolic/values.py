"""The value of a SymPy expression at an exact point, to as many digits as asked, or None.

SymPy's own `evalf` puts rounded numbers into functions it has no special code for, and then trusts the result to its last digit; at
the boundary of a piece it compares rounded numbers. So the tree is walked here, in mpmath's functions (those that SymPy calls), at
growing precision until two precisions agree; which piece counts is decided separately, until it is certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath  # type: ignore[import-untyped]  # mpmath has no types
import sympy
from mpmath import mp
from sympy.core.relational import Relational

from derivkit.budget import patience
from derivkit.expression.graph import Graph
from derivkit.symbolic.convert import symbol, to_sympy
from derivkit.symbolic.guards import sympys_limits

_GUARD_BITS = 40
_PRECISIONS = (140, 322, 740, 1703)  # bits; always the same ones, because mpmath keeps constants for each
_ZERO = 0.6  # what vanishes to this part of the last precision is zero
_SIGN_DIGITS = 8
_LARGEST = 2**4000  # |log2| beyond which no intermediate result is followed
_LARGEST_ARGUMENT = 4000  # log2 beyond which functions are not asked, but for the logarithm
_SECONDS = 2.0  # some functions of mpmath take seconds at high precision
_LONGEST = 10**7  # |log2| beyond which no result is written down


class _Undefined(Exception):  # a signal inside this module, not an error
    """There is no finite real number here, or it could not be found."""


def value_at(expression: Any, point: Mapping[str, Graph], digits: int = 30) -> Fraction | None:
    """The value of an expression at an exact point.

    Parameters
    ----------
    expression : sympy.Expr
        In real symbols, as `to_sympy` makes it.
    point : mapping of str to Graph
        The variables' exact values, as constant graphs.
    digits : int
        How many digits of the result can be relied upon.

    Returns
    -------
    Fraction or None
        None where the expression is undefined, infinite or not real, or where the digits could not be had in two seconds.

    Raises
    ------
    BudgetError
        If the expression is nested too deeply.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> float(value_at(to_sympy(parse("sin(x)/x").graph), {"x": parse("pi/2").graph}))
    0.6366197723675814
    """
    return real_value(expression, {symbol(name): _constant(graph) for name, graph in point.items()}, digits)


def real_value(expression: Any, point: Mapping[Any, Any], digits: int = 30, *, tries: int = len(_PRECISIONS)) -> Fraction | None:
    """`value_at` with symbols and SymPy's exact numbers as the point, and a limit on how often the precision is raised."""
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    walk = _Walk(point, tries)
    try:
        with patience(_SECONDS), sympys_limits():
            return _fraction(walk.settle(expression, digits))
    except _Undefined:
        pass
    return None


@cache
def _constant(graph: Graph) -> Any:
    return to_sympy(graph)


class _Walk:
    """Evaluates expressions at one point."""

    def __init__(self, point: Mapping[Any, Any], tries: int) -> None:
        self.point = point
        self.tries = tries
        self.signs: dict[Any, int] = {}
        self.zeros: set[Any] = set()  # what is exactly zero here, so that no precision need decide it

    def settle(self, expression: Any, digits: int) -> Any:
        """The real value of an expression, at a precision at which so many digits no longer change; exactly 0 if it vanishes."""
        needed = math.ceil(digits * math.log2(10))
        scale = max(1.0, (needed + _GUARD_BITS) / _PRECISIONS[0])
        precisions = [int(bits * scale) for bits in _PRECISIONS[: self.tries]]
        before = None
        for k, bits in enumerate(precisions):
            if before == 0 and k < len(precisions) - 2:  # either zero or lost altogether: ask at once at a high precision
                continue
            now = self.value(expression, bits)
            if expression in self.zeros:
                return mp.zero
            if before is not None and now != 0 and abs(now - before) <= mpmath.ldexp(abs(now), -needed):
                return _real(now, needed)
            before = now
        if before == 0 or mp.mag(before) < -_ZERO * precisions[-1]:
            return mp.zero
        raise _Undefined

    def sign(self, expression: Any) -> int:
        """-1, 0 or 1, certain."""
        found = self.signs.get(expression)
        if found is None:
            value = self.settle(expression, _SIGN_DIGITS)
            found = self.signs[expression] = int(mp.sign(value))
        return found

    def value(self, expression: Any, bits: int) -> Any:
        """The value of an expression in one precision; the last digits are noise."""
        known: dict[Any, Any] = {}
        with mp.workprec(bits):
            try:
                return self.node(expression, known)
            except (ArithmeticError, NotImplementedError, ValueError, mpmath.libmp.NoConvergence) as error:
                raise _Undefined from error

    def node(self, expression: Any, known: dict[Any, Any]) -> Any:
        found = known.get(expression)
        if found is None:
            found = known[expression] = self.work_out(expression, known)
            if not mp.isfinite(found) or (found and abs(mp.mag(found)) > _LARGEST):
                raise _Undefined
            if found == 0 and self.vanishes(expression):
                self.zeros.add(expression)
        return found

    def vanishes(self, expression: Any) -> bool:
        """Whether an expression whose rounded value is 0 is exactly 0, by its parts alone."""
        if expression.is_Rational or expression.func in _EXACT:
            return True
        if expression.is_Symbol:
            return self.point[expression] in self.zeros
        if expression.is_Mul:
            return any(a in self.zeros for a in expression.args)
        if expression.is_Pow:
            return expression.base in self.zeros
        return expression.is_Add and all(a in self.zeros for a in expression.args)

    def work_out(self, expression: Any, known: dict[Any, Any]) -> Any:
        if expression.is_Rational:
            return mp.mpf(int(expression.p)) / int(expression.q)
        if expression.is_Symbol:
            if expression not in self.point:
                raise _Undefined
            return self.node(self.point[expression], known)
        if expression.is_Add:
            return mp.fsum([self.node(a, known) for a in expression.args])
        if expression.is_Mul:
            return mp.fprod([self.node(a, known) for a in expression.args])
        if expression.is_Pow and expression.exp.is_Integer:
            return self.node(expression.base, known) ** int(expression.exp)
        decide = _DECISIONS.get(expression.func)
        if decide is not None:
            return decide(self, expression, known)
        function = _mpmath_function(expression.func)
        if function is None:
            return _constant_value(expression)
        arguments = [self.node(a, known) for a in expression.args]
        return function(*arguments) if expression.is_Pow else _real_function(function, arguments, expression.func is sympy.log)

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds, certain."""
        if condition in (sympy.true, sympy.false):
            return bool(condition)
        if isinstance(condition, sympy.And):
            return all(self.holds(c) for c in condition.args)
        if isinstance(condition, sympy.Or):
            return any(self.holds(c) for c in condition.args)
        if isinstance(condition, sympy.Not):
            return not self.holds(condition.args[0])
        if not isinstance(condition, Relational):
            raise _Undefined
        return bool(condition.func(sympy.Integer(self.sign(condition.lhs - condition.rhs)), 0))


def _piecewise(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Any:
    for piece, condition in expression.args:
        if walk.holds(condition):
            value = walk.node(piece, known)
            if piece in walk.zeros:
                walk.zeros.add(expression)
            return value
    raise _Undefined


def _heaviside(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Any:
    side = walk.sign(expression.args[0])
    return walk.node(expression.args[1], known) if side == 0 else mp.mpf(side > 0)


def _sign(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Any:
    return mp.mpf(walk.sign(expression.args[0]))


def _floor(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Any:
    """The nearest integer, and on which side of it the argument lies."""
    argument = expression.args[0]
    nearest = sympy.Integer(int(mp.nint(_real(walk.node(argument, known), _GUARD_BITS))))
    side = walk.sign(argument - nearest)
    if expression.func is sympy.ceiling:
        return mp.mpf(int(nearest) + (side > 0))
    return mp.mpf(int(nearest) - (side < 0))


def _extreme(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Any:
    values = [_real(walk.node(a, known), _GUARD_BITS) for a in expression.args]
    return max(values) if expression.func is sympy.Max else min(values)


# What is not continuous, or not complex, and so is not left to mpmath.
_DECISIONS: dict[Any, Callable[[_Walk, Any, dict[Any, Any]], Any]] = {
    sympy.Piecewise: _piecewise,
    sympy.Heaviside: _heaviside,
    sympy.sign: _sign,
    sympy.floor: _floor,
    sympy.ceiling: _floor,
    sympy.Max: _extreme,
    sympy.Min: _extreme,
}

_EXACT = (sympy.Heaviside, sympy.sign, sympy.floor, sympy.ceiling)

# SymPy's classes whose function in mpmath has another name or another form.
_MPMATH: dict[Any, Callable[..., Any]] = {
    sympy.Pow: mp.power,
    sympy.Abs: mp.fabs,
    sympy.LambertW: mp.lambertw,
    sympy.elliptic_k: mp.ellipk,
    sympy.elliptic_e: mp.ellipe,
    sympy.airyaiprime: lambda x: mp.airyai(x, derivative=1),
    sympy.airybiprime: lambda x: mp.airybi(x, derivative=1),
    sympy.jn: lambda n, x: mp.re(mp.sqrt(mp.pi / 2) / mp.sqrt(x) * mp.besselj(n + mp.mpf(0.5), x)),
    sympy.Si: mp.si,
    sympy.Ci: mp.ci,
    sympy.Ei: mp.ei,
}


@cache
def _mpmath_function(cls: Any) -> Callable[..., Any] | None:
    """mpmath's function for a class of SymPy's functions."""
    if cls in _MPMATH:
        return _MPMATH[cls]
    if not (isinstance(cls, type) and issubclass(cls, sympy.Function)):
        return None
    return getattr(cls, "mpmath_value", None) or getattr(mp, cls.__name__, None)


def _real_function(function: Callable[..., Any], arguments: list[Any], any_size: bool) -> Any:
    """A real function of real numbers. Powers are not: roots of negative numbers may meet again in a product."""
    if any(isinstance(a, mp.mpc) or (mp.mag(a) > _LARGEST_ARGUMENT and not any_size) for a in arguments):
        raise _Undefined
    return _real(function(*arguments), _GUARD_BITS)


def _constant_value(expression: Any) -> Any:
    if expression.is_NumberSymbol:
        return mp.make_mpf(expression._as_mpf_val(mp.prec))
    if expression.is_Float:
        return mp.make_mpf(expression._mpf_)
    if expression is sympy.I:
        return mp.j
    raise _Undefined


def _real(value: Any, needed: int) -> Any:
    """The real part, where the imaginary part is rounding noise."""
    if isinstance(value, mp.mpc):
        if value.imag != 0 and (value.real == 0 or mp.mag(value.imag) > mp.mag(value.real) - needed):
            raise _Undefined
        return value.real
    return value


def _fraction(value: Any) -> Fraction:
    if value == 0:
        return Fraction(0)
    if abs(mp.mag(value)) > _LONGEST:
        raise _Undefined
    mantissa, exponent = value.man_exp
    sign = -1 if value < 0 else 1
    number = abs(int(mantissa)) * sign
    return Fraction(number << exponent) if exponent >= 0 else Fraction(number, 1 << -exponent)
