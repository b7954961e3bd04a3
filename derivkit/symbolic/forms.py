"""The most readable of a few forms of an expression; never a wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivkit.budget import patience
from derivkit.errors import ConversionError
from derivkit.symbolic.guards import asked
from derivkit.symbolic.values import real_value

SHORT = 7.5  # what is no longer than this is not worked on
GAIN = 3.0  # ... or if it is shorter by so much
WORTH = 0.9  # a form is preferred to the one that came if it is no longer than this part of it: people know the textbook's form
_LONG = 2_000  # what is longer is left as it came; the dearer a form, the shorter what it is tried on
_LONG_FRACTION = 400
_LONG_POLYNOMIAL = 120
_LONG_TRIGONOMETRIC = 40
_SECONDS = 1.0  # a safety net: the limits of length usually end the work long before
_LARGEST_POWER = 64
_MOST_TERMS = 2_000
_POINTS = 3
_TRIES = 12
_PRECISIONS = 3
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
    return expression if length <= SHORT else _shortest(expression, length, _candidates(expression, length), WORTH)


def multiplied_out(expression: Any) -> Any:
    """An expression with its products multiplied out, where that is shorter; what a derivative of high order needs on its way."""
    return _shortest(expression, cost(expression), (asked(sympy.expand, e) for e in (expression,) if _terms(e) <= _MOST_TERMS))


def _shortest(expression: Any, length: float, candidates: Iterator[Any], worth: float = 1.0) -> Any:
    """The shortest candidate that has the expression's values and is worth it; of equals, the first; else the expression."""
    found: dict[Any, float] = {}
    same = _Comparison(expression)
    with suppress(RecursionError, ConversionError, sympy.PolynomialError), patience(_SECONDS):  # what is found until then is enough
        for candidate in candidates:
            found.setdefault(candidate, cost(candidate))
    with suppress(RecursionError), patience(_SECONDS):  # what is not compared until then is not shown
        for candidate in sorted(found, key=found.__getitem__):
            if found[candidate] > max(worth * length, length - GAIN):
                break
            if same(candidate):
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
        brackets = sum(1 for a in node.args if a.is_Add)
        repeated = len(node.args) - len({a.as_base_exp()[0] for a in node.args})  # powers of one base that could be one power
        return parts + len(node.args) - 1 - 1.5 * (node.args[0] is sympy.S.NegativeOne) + brackets + 2 * repeated
    if node.is_Add or isinstance(node, Relational):
        powers = {a.exp for a in node.args if isinstance(a, sympy.exp)}
        return parts + len(node.args) - 1 + 2 * any(-power in powers for power in powers)  # one exponential would do
    return parts + len(node.args) + 1


def _own_cost_of_power(base: Any, exponent: Any, measure: Callable[[Any], float]) -> float:
    return measure(base) + bool(base.is_Add) + (0 if exponent == 1 else 1 + (0 if exponent == sympy.S.Half else measure(exponent)))


def _number_cost(number: Any) -> float:
    bits = abs(int(number.p)).bit_length() + (int(number.q).bit_length() + 3 if number.q != 1 else 0)
    return 0.5 + math.ceil(bits * math.log10(2)) / 2  # half a unit a digit


def _candidates(expression: Any, length: float) -> Iterator[Any]:
    """Forms worth a look, the cheap ones first; the dear ones only where they may help."""
    if length > _LONG:
        return
    yield asked(sympy.factor_terms, expression)
    if _terms(expression) <= _MOST_TERMS:
        yield asked(sympy.expand, expression)
    tame = _is_tame(expression)
    if tame and length <= _LONG_FRACTION:
        joined = asked(sympy.together, expression)
        yield joined
        top, bottom = sympy.fraction(joined)
        top = asked(sympy.expand, top)
        yield top / bottom
        yield asked(sympy.factor_terms, top) / bottom
    if tame and length <= _LONG_POLYNOMIAL:
        yield asked(sympy.factor, expression)
        yield asked(sympy.powsimp, expression)
    if tame and length <= _LONG_TRIGONOMETRIC and _has_trigonometric_product(expression):
        yield asked(sympy.trigsimp, expression)


def _is_tame(expression: Any) -> bool:
    """Whether polynomial algebra is safe: dense polynomials of a high degree fill the memory."""
    for power in expression.atoms(sympy.Pow):
        exponent = power.exp.as_coeff_Add()[0] if not power.exp.is_Rational else power.exp
        if max(abs(int(exponent.p)), int(exponent.q)) > _LARGEST_POWER:
            return False
    return True


def _terms(expression: Any) -> int:
    """An upper bound on the terms of any part of an expression once it is multiplied out."""
    largest = 1
    known: dict[Any, int] = {}
    for node in sympy.postorder_traversal(expression):
        if node in known:
            continue
        counts = [known[a] for a in node.args]
        if node.is_Add:
            terms = sum(counts)
        elif node.is_Mul:
            terms = math.prod(counts)
        elif node.is_Pow and node.exp.is_Integer and counts[0] > 1:
            power = min(abs(int(node.exp)), _MOST_TERMS)
            terms = math.comb(power + counts[0] - 1, power) if counts[0] < _MOST_TERMS else _MOST_TERMS + 1
        else:
            terms = 1
        known[node] = min(terms, _MOST_TERMS + 1)
        largest = max(largest, known[node])
    return largest


def _has_trigonometric_product(expression: Any) -> bool:
    """Whether trigonometric functions are multiplied or squared, and none stands under a root."""
    kinds = TrigonometricFunction, HyperbolicFunction
    if any(power.has(*kinds) for power in expression.atoms(sympy.Pow) if not power.exp.is_Integer):
        return False
    factors = [a for product in expression.atoms(sympy.Mul) for a in product.args if isinstance(a, kinds)]
    squares = [power for power in expression.atoms(sympy.Pow) if isinstance(power.base, kinds)]
    return len(factors) > 1 or bool(squares)


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
            value = real_value(self.expression, point, _DIGITS, tries=_PRECISIONS)
            if value is not None:
                yield point, value
                count += 1
            if count == (_POINTS if symbols else 1):
                return

    @staticmethod
    def _agrees(candidate: Any, point: dict[Any, Any], value: Any) -> bool:
        other = real_value(candidate, point, _DIGITS, tries=_PRECISIONS)
        return other is not None and abs(other - value) <= abs(value) / 10**_TOLERANCE_DIGITS


def _coordinate(k: int, j: int) -> Any:
    """An irregular rational number: the k-th value for the j-th variable, of both signs, small and large."""
    fraction = sympy.Rational((37 * k + 61 * j + 29) % 97 + 1, 101)
    return (fraction, 3 * fraction + 1, -fraction, -2 - 3 * fraction)[(k + (k // 4) * j) % 4]
