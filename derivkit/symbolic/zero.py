"""Proving that an expression is zero: exact algebra only, within a few seconds; what is not proved is left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import sympy

from derivkit.budget import patience
from derivkit.errors import BudgetError, ConversionError
from derivkit.symbolic.forms import cost
from derivkit.symbolic.guards import asked, sympys_depth
from derivkit.symbolic.spelling import symbol

SECONDS = 2.0
_LONG = 1_500  # what is longer is not worked on
_LONG_SIMPLIFIED = 250


def is_proved_zero(expression: Any, signs: Mapping[str, int] | None = None) -> bool:
    """Whether exact algebra shows that an expression is zero wherever it is defined.

    Parameters
    ----------
    expression : sympy.Expr
        In real symbols, as `to_sympy` makes it.
    signs : mapping of str to int, optional
        1 for a variable that is known to be 0 or positive, -1 for one that is 0 or negative.

    Returns
    -------
    bool
        False where it is not zero, and where it could not be told.

    Examples
    --------
    >>> from derivkit.symbolic.spelling import symbol
    >>> x = symbol("x")
    >>> is_proved_zero(sympy.sin(x)**2 + sympy.cos(x)**2 - 1), is_proved_zero(sympy.sqrt(x**2) - x)
    (True, False)
    """
    proved = False
    known = {symbol(name): sympy.Dummy(name, nonnegative=True) * sign for name, sign in (signs or {}).items()}
    with suppress(ConversionError, BudgetError, RecursionError, sympy.PolynomialError), patience(SECONDS), sympys_depth():
        proved = any(form == 0 for form in _forms(asked(expression.subs, known)))
    return proved


def _forms(expression: Any) -> Iterator[Any]:
    """Forms of an expression, the cheap ones first; each is equal to it wherever both are defined."""
    yield expression
    length = cost(expression)
    if length > _LONG:
        return
    yield asked(sympy.expand, expression)
    yield _numerator(expression)
    exponential = asked(lambda e: e.rewrite(sympy.exp, deep=True), expression)
    yield _numerator(asked(sympy.expand, asked(sympy.powsimp, exponential)))
    flat = asked(sympy.expand_log, asked(sympy.expand_power_base, expression))
    yield _numerator(flat)
    yield _numerator(asked(sympy.powdenest, flat))
    if length <= _LONG_SIMPLIFIED:
        yield asked(sympy.trigsimp, expression)
        yield asked(sympy.simplify, expression)


def _numerator(expression: Any) -> Any:
    """The numerator of an expression over one denominator, multiplied out."""
    top, _ = sympy.fraction(asked(sympy.together, expression))
    return asked(sympy.expand, asked(sympy.powsimp, asked(sympy.expand, top)))
