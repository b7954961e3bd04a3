"""What SymPy must not be asked: it works out exact numbers eagerly, however long, and no alarm interrupts that."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import sympy

from derivkit.errors import BudgetError, ConversionError
from derivkit.expression.graph import Graph, Head
from derivkit.functions import Row
from derivkit.symbolic.spelling import GATHERED

MOST_DIGITS = 4_000  # as many as Python prints by default, and the parser reads
MOST_ROOT_DIGITS = 500  # SymPy looks for factors before it draws a root: 0.2 s for so many digits, a minute for 9,000
MOST_NODES = 20_000
MOST_DEPTH = 200  # SymPy recurses; within Python's own limit it stands between 50 and 300 nested operations
MOST_EXACT = 1_400  # factorial(1427) has 3,900 digits
_BITS = math.log2(10)  # of a digit

# What SymPy works out exactly at a number, with a length that grows with the number: a habit of SymPy's classes.
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
    if graph.depth > MOST_DEPTH and _depth(graph) > MOST_DEPTH:
        _refuse_depth()


def _depth(graph: Graph) -> int:
    """The longest chain of operations that SymPy sees: a long difference or quotient counts as one, and so do many pieces."""
    depths: list[int] = []
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        depth = 0
        for place, source in enumerate(inputs):
            flat = _is_gathered(head, graph.heads[source], place)
            depth = max(depth, depths[source] + (not flat))
        depths.append(depth)
    return max(depths, default=0)


def _is_gathered(outer: Head, inner: Head, place: int) -> bool:
    """Whether an input melts into the operation that uses it: a sum in a sum, a choice as the other way out of a choice."""
    if not (isinstance(outer, Row) and isinstance(inner, Row)):
        return False
    if outer.choice:
        return inner is outer and place == 2
    family, _ = GATHERED.get(outer.sympy, (None, ()))
    return family is not None and GATHERED.get(inner.sympy, (None, ()))[0] is family


@contextmanager
def sympys_depth() -> Iterator[None]:
    """Turn Python's limit on recursion, which long work with SymPy may meet anywhere, into an error of derivkit.

    Raises
    ------
    BudgetError
        If SymPy recurses too deeply.
    """
    try:
        yield
    except RecursionError:
        _refuse_depth()


def asked(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """The result of one call of SymPy; around more than one call, this would hide mistakes of our own.

    Raises
    ------
    ConversionError
        If SymPy cannot work with an expression, as where it compares numbers that are not real.
    """
    try:
        return function(*arguments, **options)
    except (ArithmeticError, NotImplementedError, TypeError, ValueError) as error:
        raise ConversionError(f"SymPy cannot work with this expression: {str(error)[:100]}") from error


def _refuse_depth() -> NoReturn:
    raise BudgetError(f"the expression is nested too deeply for formulas, which are worked out for up to about {MOST_DEPTH} levels")


def check_number(value: Any) -> None:
    """Refuse a result that carries a rational number of more than `MOST_DIGITS` digits."""
    if _bits(value) > MOST_DIGITS * _BITS:
        _refuse_digits(MOST_DIGITS)


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
    if function is sympy.sqrt:
        function, arguments = sympy.Pow, (*arguments, sympy.S.Half)
    if function is sympy.Pow:
        if arguments[1].is_Rational and not arguments[1].is_Integer and _bits(arguments[0]) > MOST_ROOT_DIGITS * _BITS:
            _refuse_digits(MOST_ROOT_DIGITS, "an exact number under a root")
        bits = _power_bits(*arguments)
    elif function is sympy.exp:
        bits = _exponential_bits(arguments[0])
    elif function is sympy.Mul:
        bits = math.fsum(_bits(a) for a in arguments)
    elif function in _EXACT:
        bits = math.inf if any(a.is_Rational and abs(a) > MOST_EXACT for a in arguments) else 0.0
    else:
        return
    if bits > MOST_DIGITS * _BITS:
        _refuse_digits(MOST_DIGITS)


def _refuse_digits(most: int, what: str = "an exact number in the expression") -> NoReturn:
    raise BudgetError(f"{what} has more than {most:,} digits", hint="use a smaller exponent or argument")


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
