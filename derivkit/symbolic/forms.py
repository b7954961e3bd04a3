"""The most readable of a few forms of an expression; never a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivkit.budget import deadline
from derivkit.errors import BudgetError
from derivkit.symbolic.values import real_value

SHORT = 7  # what is no longer than this is not worked on
LONG = 400  # what is longer is left as it came
_SECONDS = 2.0  # a safety net: the limits of length usually end the work long before
_LARGEST_POWER = 24
_POINTS = 3
_TRIES = 12
_DIGITS = 28
_TOLERANCE_DIGITS = 25


def most_readable(expression: Any) -> Any:
    """The shortest of a few forms of an expression, each compared with it in value before it is believed.

    Parameters
    ----------
    expression : sympy.Expr

    Returns
    -------
    sympy.Expr
        The expression itself where nothing is shorter.

    Examples
    --------
    >>> from derivkit.symbolic.spelling import symbol
    >>> x = symbol("x")
    >>> most_readable(1/(x**2 + 1) - 2*x**2/(x**2 + 1)**2)
    (1 - x**2)/(x**2 + 1)**2
    """
    length = cost(expression)
    if length <= SHORT or length > LONG:
        return expression
    found = {expression: length}
    try:
        with deadline(_SECONDS, "the search for a short form"):
            for candidate in _candidates(expression):
                found.setdefault(candidate, cost(candidate))
    except BudgetError:
        pass  # what was found in time is enough
    same = _Comparison(expression)
    for candidate in sorted(found, key=found.__getitem__):  # of equals, the one found first
        if candidate is expression or same(candidate):
            return candidate
    return expression


def cost(expression: Any) -> float:
    """Roughly how long an expression is when written: its operations, names and brackets."""
    known: dict[Any, float] = {}

    def measure(node: Any) -> float:
        if node not in known:
            known[node] = _own_cost(node, measure)
        return known[node]

    return measure(expression)


def _own_cost(node: Any, measure: Callable[[Any], float]) -> float:
    if node.is_Atom:
        return _number_cost(node) if node.is_Rational else 1.0
    if node.is_Pow:
        if node.exp.is_Rational and node.exp.is_negative:
            return 1.0 + _own_cost_of_power(node.base, -node.exp, measure)
        return _own_cost_of_power(node.base, node.exp, measure)
    parts = sum(map(measure, node.args))
    if node.is_Mul:
        return parts + len(node.args) - 1 - 1.5 * (node.args[0] is sympy.S.NegativeOne) + sum(a.is_Add for a in node.args)
    if node.is_Add or isinstance(node, Relational):
        return parts + len(node.args) - 1
    return parts + len(node.args) + 1


def _own_cost_of_power(base: Any, exponent: Any, measure: Callable[[Any], float]) -> float:
    return measure(base) + bool(base.is_Add) + (0 if exponent == 1 else 1 + (0 if exponent == sympy.S.Half else measure(exponent)))


def _number_cost(number: Any) -> float:
    digits = len(str(abs(int(number.p)))) + (len(str(int(number.q))) + 1 if number.q != 1 else 0)
    return 0.5 + digits / 2


def _candidates(expression: Any) -> Iterator[Any]:
    """Forms worth a look, the cheap ones first; the dear ones only where they may help."""
    yield sympy.factor_terms(expression)
    if _is_tame(expression):
        joined = sympy.together(expression)
        yield joined
        top, bottom = sympy.fraction(joined)
        top = sympy.expand(top)
        yield top / bottom
        yield sympy.factor_terms(top) / bottom
        yield sympy.factor(expression)
        yield sympy.expand(expression)
    powers = sympy.powsimp(expression)
    yield powers
    if expression.has(TrigonometricFunction, HyperbolicFunction):
        yield sympy.trigsimp(expression)


def _is_tame(expression: Any) -> bool:
    """Whether polynomial algebra is safe: dense polynomials of a high degree fill the memory."""
    for power in expression.atoms(sympy.Pow):
        exponent = power.exp.as_coeff_Add()[0] if not power.exp.is_Rational else power.exp
        if abs(int(exponent.p)) > _LARGEST_POWER or int(exponent.q) > _LARGEST_POWER:
            return False
    return True


class _Comparison:
    """Compares candidates with one expression at a few exact points of its domain."""

    def __init__(self, expression: Any) -> None:
        self.expression = expression
        self.points: list[tuple[dict[Any, Any], Any]] | None = None

    def __call__(self, candidate: Any) -> bool:
        """Whether a candidate has the same values; False where there is no point to compare at."""
        if not candidate.free_symbols <= self.expression.free_symbols or candidate.has(sympy.Derivative, sympy.Subs, sympy.nan):
            return False
        if self.points is None:
            self.points = list(self._sample())
        return bool(self.points) and all(self._agrees(candidate, point, value) for point, value in self.points)

    def _sample(self) -> Iterator[tuple[dict[Any, Any], Any]]:
        symbols = sorted(self.expression.free_symbols, key=lambda s: s.name)
        count = 0
        for k in range(_TRIES):
            point = {s: _coordinate(k, j) for j, s in enumerate(symbols)}
            value = real_value(self.expression, point, _DIGITS)
            if value is not None:
                yield point, value
                count += 1
            if count == (_POINTS if symbols else 1):
                return

    @staticmethod
    def _agrees(candidate: Any, point: dict[Any, Any], value: Any) -> bool:
        other = real_value(candidate, point, _DIGITS)
        return other is not None and abs(other - value) <= abs(value) / 10**_TOLERANCE_DIGITS


def _coordinate(k: int, j: int) -> Any:
    """An irregular rational number: the k-th value for the j-th variable, of both signs, small and large."""
    fraction = sympy.Rational((37 * k + 61 * j + 29) % 97 + 1, 101)
    return (fraction, 3 * fraction + 1, -fraction, -2 - 3 * fraction)[(k + (k // 4) * j) % 4]
