"""The value of a SymPy expression at an exact point, to as many digits as asked, or None.

SymPy's own `evalf` puts rounded numbers into functions it has no special code for, and then trusts the result to its last digit; at
the boundary of a piece it compares rounded numbers. So the tree is walked here, in mpmath's functions (those that SymPy calls),
with a bound on the error, at growing precision until the bound is small and two precisions agree. No precision shows that something
is zero: that takes rational arithmetic, or SymPy's on exact numbers. Which piece counts is decided separately, until it is certain.
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
from derivkit.errors import BudgetError, ConversionError
from derivkit.expression.graph import Graph
from derivkit.symbolic.bounded import (
    Bounded,
    Lost,
    Number,
    Undefined,
    applied,
    fraction,
    is_certain,
    power,
    product,
    real,
    rounded,
    total,
)
from derivkit.symbolic.convert import symbol, to_sympy
from derivkit.symbolic.guards import asked, check_arguments, check_number, sympys_depth

_GUARD_BITS = 40
_PRECISIONS = (140, 322, 740, 1703, 3917, 9009, 16400)  # bits; always the same ones, because mpmath keeps constants for each
_SIMPLIFY_AT = 3  # what may be zero after this precision is simplified, to see whether it is
_SIGN_DIGITS = 8
_LARGEST = 2**4000  # |log2| beyond which no intermediate result is followed
_LARGEST_ARGUMENT = 4000  # log2 beyond which functions are not asked, but for the logarithm
_SECONDS = 2.0  # some functions of mpmath take seconds at high precision
_SIMPLIFY_SECONDS = 0.5
_LONGEST = 10**7  # |log2| beyond which no result is written down


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
        with patience(_SECONDS), sympys_depth():
            return walk.settle(expression, digits)
    except Undefined:
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

    def settle(self, expression: Any, digits: int) -> Fraction:
        """The real value of an expression, at a precision at which so many digits are certain; 0 only if that is proved."""
        needed = math.ceil(digits * math.log2(10))
        scale = max(1.0, (needed + _GUARD_BITS) / _PRECISIONS[0])
        precisions = [int(bits * scale) for bits in _PRECISIONS[: self.tries]]
        before = None
        tried = False
        for k, bits in enumerate(precisions):
            now = self.value(expression, bits)
            if isinstance(now, Fraction):
                return now
            if now is not None and is_certain(now, needed):
                if before is not None and abs(now.value - before.value) <= mpmath.ldexp(abs(now.value), -needed):
                    return _fraction(now.value)
            elif now is None or not is_certain(now):
                if (not tried and self.vanishes(expression)) or (k == _SIMPLIFY_AT and self.vanishes_simplified(expression)):
                    return Fraction(0)
                tried = True
            before = now
        raise Undefined

    def sign(self, expression: Any) -> int:
        """-1, 0 or 1, certain."""
        found = self.signs.get(expression)
        if found is None:
            value = self.settle(expression, _SIGN_DIGITS)
            found = self.signs[expression] = (value > 0) - (value < 0)
        return found

    def value(self, expression: Any, bits: int) -> Number | None:
        """The real value of an expression in one precision; None where that does not tell."""
        with mp.workprec(bits):
            try:
                return real(self.node(expression, {}))
            except Lost:
                return None

    def vanishes(self, expression: Any) -> bool:
        """Whether SymPy's exact arithmetic makes an expression zero."""
        exact = self.exactly(expression)
        return exact is not None and bool(exact == 0)

    def vanishes_simplified(self, expression: Any) -> bool:
        """Whether SymPy can prove that an expression is zero."""
        exact = self.exactly(expression)
        found = False
        if exact is not None and _is_elementary(exact):  # SymPy takes loggamma(sec(10^-25)) for zero
            try:
                with patience(_SIMPLIFY_SECONDS):
                    found = bool(asked(sympy.simplify, exact) == 0)
            except (ConversionError, RecursionError):
                pass  # no proof
        return found

    def exactly(self, expression: Any) -> Any:
        """An expression with the point put in, by SymPy; None where that is beyond it."""
        try:
            return self.put_in(expression, {})
        except (BudgetError, ConversionError, RecursionError, Undefined, Lost):
            return None

    def put_in(self, expression: Any, known: dict[Any, Any]) -> Any:
        found = known.get(expression)
        if found is None:
            found = known[expression] = self.rebuilt(expression, known)
        return found

    def rebuilt(self, expression: Any, known: dict[Any, Any]) -> Any:
        """`put_in` for one node; which piece and which side counts is decided here, because SymPy compares rounded numbers."""
        if expression.is_Symbol:
            return self.symbol(expression)
        if not expression.args:
            return expression
        if expression.func is sympy.Piecewise:
            return self.put_in(self.piece(expression), known)
        if expression.func in _EXACT:
            with mp.workprec(_PRECISIONS[0]):
                value = self.node(expression, {})
            if not isinstance(value, Fraction):
                raise Undefined
            return sympy.Rational(value.numerator, value.denominator)
        arguments = tuple([self.put_in(a, known) for a in expression.args])
        check_arguments(expression.func, arguments)
        value = asked(expression.func, *arguments)
        check_number(value)
        return value

    def symbol(self, variable: Any) -> Any:
        if variable not in self.point:
            raise Undefined
        return self.point[variable]

    def node(self, expression: Any, known: dict[Any, Any]) -> Number:
        found = known.get(expression)
        if found is None:
            found = known[expression] = self.work_out(expression, known)
            if isinstance(found, Bounded) and not _is_followed(found.value):
                raise Undefined
        return found

    def work_out(self, expression: Any, known: dict[Any, Any]) -> Number:
        if expression.is_Rational:
            return Fraction(int(expression.p), int(expression.q))
        if expression.is_Symbol:
            return self.node(self.symbol(expression), known)
        if expression.is_Add:
            return total([self.node(a, known) for a in expression.args])
        if expression.is_Mul:
            return product([self.node(a, known) for a in expression.args])
        if expression.is_Pow and expression.exp.is_Integer:
            return power(self.node(expression.base, known), int(expression.exp))
        decide = _DECISIONS.get(expression.func)
        if decide is not None:
            return decide(self, expression, known)
        function = _mpmath_function(expression.func)
        if function is None:
            return _constant_value(expression)
        return self.application(expression, function, [self.node(a, known) for a in expression.args])

    def application(self, expression: Any, function: Callable[..., Any], arguments: list[Number]) -> Number:
        """A function's value; powers may be complex: roots of negative numbers may meet again in a product."""
        if expression.func is not sympy.log and any(_log2(a) > _LARGEST_ARGUMENT for a in arguments):
            raise Undefined
        found = applied(function, arguments, only_real=not expression.is_Pow)
        if not found.value and not found.error:  # mpmath's zero is not believed; SymPy's is
            if not self.vanishes(expression):
                raise Lost
            return Fraction(0)
        return found

    def piece(self, expression: Any) -> Any:
        """The piece that counts."""
        for piece, condition in expression.args:
            if self.holds(condition):
                return piece
        raise Undefined

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
            raise Undefined
        return bool(condition.func(sympy.Integer(self.sign(condition.lhs - condition.rhs)), 0))


def _piecewise(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Number:
    return walk.node(walk.piece(expression), known)


def _heaviside(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Number:
    side = walk.sign(expression.args[0])
    return walk.node(expression.args[1], known) if side == 0 else Fraction(side > 0)


def _sign(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Number:
    return Fraction(walk.sign(expression.args[0]))


def _absolute(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Number:
    value = walk.node(expression.args[0], known)
    return abs(value) if isinstance(value, Fraction) else Bounded(abs(value.value), value.error)


def _floor(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Number:
    """The nearest integer, and on which side of it the argument lies."""
    argument = expression.args[0]
    value = real(walk.node(argument, known))
    if isinstance(value, Fraction):
        return Fraction(math.ceil(value) if expression.func is sympy.ceiling else math.floor(value))
    if not value.error < 0.5:
        raise Lost
    nearest = int(mp.nint(value.value))
    side = walk.sign(argument - sympy.Integer(nearest))
    return Fraction(nearest + (side > 0) if expression.func is sympy.ceiling else nearest - (side < 0))


def _extreme(walk: _Walk, expression: Any, known: dict[Any, Any]) -> Number:
    choose = max if expression.func is sympy.Max else min
    values = [real(walk.node(a, known)) for a in expression.args]
    exact = [v for v in values if isinstance(v, Fraction)]
    if len(exact) == len(values):
        return choose(exact)
    rough = [rounded(v) for v in values]
    return Bounded(choose(v.value for v in rough), max(v.error for v in rough))


# The classes below are SymPy's vocabulary, not the table's: SymPy also writes classes without a row (`Ei`, a step's value at 0),
# and its values must come from mpmath without the table, or the routes were not independent.

# What is not continuous, or not complex, and so is not left to mpmath.
_DECISIONS: dict[Any, Callable[[_Walk, Any, dict[Any, Any]], Number]] = {
    sympy.Abs: _absolute,
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


def _constant_value(expression: Any) -> Number:
    if expression.is_NumberSymbol:
        value = mp.make_mpf(expression._as_mpf_val(mp.prec))
        return Bounded(value, mpmath.ldexp(abs(value), 1 - mp.prec))
    if expression.is_Float:
        return fraction(mp.make_mpf(expression._mpf_))
    if expression is sympy.I:
        return Bounded(mp.j, mp.zero)
    raise Undefined


def _is_followed(value: Any) -> bool:
    return bool(mp.isfinite(value) and (not value or abs(mp.mag(value)) <= _LARGEST))


def _log2(number: Number) -> float:
    """Roughly the logarithm of a size."""
    if isinstance(number, Fraction):
        return number.numerator.bit_length() - number.denominator.bit_length()
    return float(mp.mag(number.value))


def _fraction(value: Any) -> Fraction:
    if abs(mp.mag(value)) > _LONGEST:
        raise Undefined
    return fraction(value)


def _is_elementary(expression: Any) -> bool:
    """Whether SymPy's simplification of a number can be believed: elementary functions, and gamma's recurrence."""
    functions = (f.func for f in expression.atoms(sympy.Function))
    return all(f is sympy.gamma or f.__module__.startswith("sympy.functions.elementary") for f in functions)
