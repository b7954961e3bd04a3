"""What SymPy must not be asked: it works out exact numbers eagerly, however long, and no alarm interrupts that."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import sympy

from derivkit.errors import BudgetError
from derivkit.expression.graph import Graph

MOST_DIGITS = 10_000
MOST_NODES = 20_000
MOST_DEPTH = 200  # SymPy recurses; within Python's own limit it stands between 50 and 300 nested operations
MOST_EXACT = 3_000  # factorial(3249) has 10,000 digits
_MOST_BITS = MOST_DIGITS * math.log2(10)

# Functions whose value at a number SymPy works out exactly; its length grows with the number.
_EXACT = (
    sympy.factorial,
    sympy.gamma,
    sympy.loggamma,
    sympy.binomial,
    sympy.polygamma,
    sympy.zeta,
    sympy.beta,
)


def check_size(graph: Graph) -> None:
    """Refuse a graph that is too large or too deep for SymPy.

    Raises
    ------
    BudgetError
        If it has more than `MOST_NODES` nodes or a chain of more than `MOST_DEPTH` operations.
    """
    if len(graph) > MOST_NODES:
        raise BudgetError(f"the expression has {len(graph):,} operations; formulas are worked out for up to {MOST_NODES:,}")
    if graph.depth > MOST_DEPTH:
        refuse_depth()


def refuse_depth() -> NoReturn:
    """Raise the BudgetError for expressions that SymPy cannot walk."""
    raise BudgetError(f"the expression is nested too deeply for formulas, which are worked out for up to about {MOST_DEPTH} levels")


def check_number(value: Any) -> None:
    """Refuse a result that carries a rational number of more than `MOST_DIGITS` digits."""
    if _bits(value) > _MOST_BITS:
        _refuse_digits()


def check_arguments(function: Any, arguments: tuple[Any, ...]) -> None:
    """Refuse a call of SymPy that would work out an exact number of more than `MOST_DIGITS` digits.

    Parameters
    ----------
    function : type or callable
        What is about to be called.
    arguments : tuple of sympy.Expr

    Raises
    ------
    BudgetError
        If the call would.
    """
    if function is sympy.Pow:
        bits = _power_bits(*arguments)
    elif function is sympy.exp:
        bits = _exponential_bits(arguments[0])
    elif function is sympy.Mul:
        bits = math.fsum(_bits(a) for a in arguments)
    elif function in _EXACT:
        bits = math.inf if any(a.is_Rational and abs(a) > MOST_EXACT for a in arguments) else 0.0
    else:
        return
    if bits > _MOST_BITS:
        _refuse_digits()


def _refuse_digits() -> NoReturn:
    raise BudgetError(
        f"an exact number in the expression has more than {MOST_DIGITS:,} digits", hint="use a smaller exponent or argument"
    )


def _bits(value: Any) -> float:
    """Roughly the length in bits of the rational numbers that a product carries."""
    if value.is_Rational:
        return math.log2(abs(int(value.p)) or 1) + math.log2(int(value.q))
    if value.is_Mul:
        return math.fsum(_bits(a) for a in value.args if a.is_number)
    if value.is_Pow and value.exp.is_Rational:
        return _bits(value.base) * _size(value.exp)
    return 0.0


def _power_bits(base: Any, exponent: Any) -> float:
    """The length of what SymPy pulls out of a power: (2*x)^n becomes 2^n*x^n."""
    whole, rest = exponent.as_coeff_Add()
    return max(_bits(base) * _size(whole), _exponential_bits(rest * sympy.log(base)) if base is sympy.E else 0.0)


def _exponential_bits(exponent: Any) -> float:
    """exp(n*log(2)) becomes 2^n."""
    return math.fsum(
        _bits(factor.args[0]) * _size(term.as_coeff_Mul()[0])
        for term in sympy.Add.make_args(exponent)
        for factor in sympy.Mul.make_args(term)
        if isinstance(factor, sympy.log)
    )


def _size(number: Any) -> float:
    try:
        return abs(float(number))
    except OverflowError:
        return math.inf
