"""One derivative, by SymPy's rules, and away from the places where they go astray.

SymPy differentiates steps to delta functions, the absolute value of what it does not know to be real to real and imaginary
parts, and `Max` to products of steps that count ties twice. Here such a subexpression is hidden behind a symbol of its own, and
the chain rule is applied to it by hand: steps have slope 0, |u| has slope sign(u), the largest of several is a choice of pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import sympy

from derivkit.symbolic.guards import asked
from derivkit.symbolic.spelling import unnamed_derivatives

# SymPy's vocabulary, not the table's: what SymPy itself writes in a derivative needs no row.
_STEPS = (sympy.sign, sympy.floor, sympy.ceiling, sympy.Heaviside)
_HIDDEN = (*_STEPS, sympy.Abs, sympy.Max, sympy.Min, sympy.Piecewise)


@cache
def _last_argument_rules() -> dict[Any, Callable[..., Any]]:
    """Slopes that SymPy leaves unevaluated, or writes with functions outside the table."""
    rules: dict[Any, Callable[..., Any]] = {sympy.jn: lambda n, x: n / x * sympy.jn(n, x) - sympy.jn(n + 1, x)}  # DLMF 10.51.2
    for function, nth_derivative in unnamed_derivatives().items():
        rules[function] = partial(nth_derivative, 1)
    return rules


def differentiate(expression: Any, variable: Any) -> Any:
    """The derivative of an expression, away from its jumps and kinks.

    Parameters
    ----------
    expression : sympy.Expr
    variable : sympy.Symbol

    Returns
    -------
    sympy.Expr
        It may hold an unevaluated `Derivative` where SymPy has no rule.

    Examples
    --------
    >>> from derivkit.symbolic.spelling import symbol
    >>> x = symbol("x")
    >>> differentiate(sympy.Abs(sympy.log(x)) + sympy.floor(x), x)
    sign(log(x))/x
    """
    if expression is sympy.nan:  # to SymPy its derivative is 0, as of any number
        return expression
    hidden = {node: _stand_in(node) for node in _outermost(expression, variable)}
    if not hidden:
        return asked(expression.diff, variable)
    bare = asked(expression.xreplace, hidden)
    terms = [asked(bare.diff, variable)]
    for node, name in hidden.items():
        if not isinstance(node, _STEPS):
            terms.append(asked(bare.diff, name) * _slope(node, variable))
    return _without_idle_signs(asked(sympy.Add(*terms).xreplace, {name: node for node, name in hidden.items()}))


def _outermost(expression: Any, variable: Any) -> list[Any]:
    """The subexpressions to hide that depend on the variable and lie in no other one."""
    found: dict[Any, None] = {}
    seen = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, _HIDDEN) or node.func in _last_argument_rules():
            found[node] = None
        else:
            stack.extend(node.args)
    return [node for node in found if node.has_free(variable)]


def _stand_in(node: Any) -> Any:
    return sympy.Dummy(real=True, nonnegative=True if isinstance(node, sympy.Abs) else None)


def _slope(node: Any, variable: Any) -> Any:
    """The derivative of a hidden subexpression."""
    if isinstance(node, sympy.Abs):
        return sympy.sign(node.args[0]) * differentiate(node.args[0], variable)
    if isinstance(node, sympy.Piecewise):
        return asked(sympy.Piecewise, *[(differentiate(value, variable), condition) for value, condition in node.args])
    if node.func in _last_argument_rules():
        *orders, last = node.args
        if any(order.has_free(variable) for order in orders):
            return asked(node.diff, variable)
        return _last_argument_rules()[node.func](*node.args) * differentiate(last, variable)
    moving = [a for a in node.args if a.has_free(variable)]
    still = asked(node.func, *[a for a in node.args if not a.has_free(variable)])
    if len(moving) == 1:
        lead = moving[0] - still if isinstance(node, sympy.Max) else still - moving[0]
        step = sympy.Heaviside(lead) if len(node.args) > 1 else 1
        return step * differentiate(moving[0], variable)
    return _slope_of_pieces(node, variable)


def _slope_of_pieces(node: Any, variable: Any) -> Any:
    """The derivative of the largest (or smallest) of several: the slope of the one that is."""
    compare = sympy.Ge if isinstance(node, sympy.Max) else sympy.Le
    arguments = list(sympy.ordered(node.args))
    pieces = []
    while len(arguments) > 1:
        first = arguments.pop(0)
        pieces.append((differentiate(first, variable), asked(compare, first, asked(node.func, *arguments))))
    return asked(sympy.Piecewise, *pieces, (differentiate(arguments[0], variable), True))


def _without_idle_signs(expression: Any) -> Any:
    """The same away from zeros of u, with sign(u)^2 as 1, u*sign(u) as |u|, sign(u)*|u|^k as u^k for odd k."""
    if not expression.has(sympy.sign):
        return expression
    return expression.replace(_is_power_of_sign, lambda power: power.base ** (power.exp % 2)).replace(
        lambda node: node.is_Mul and any(isinstance(a, sympy.sign) for a in node.args), _merge_signs
    )


def _is_power_of_sign(node: Any) -> bool:
    return bool(node.is_Pow and node.exp.is_Integer and isinstance(node.base, sympy.sign))


def _merge_signs(product: Any) -> Any:
    powers = product.as_powers_dict()
    for sign in [base for base in powers if isinstance(base, sympy.sign)]:
        (argument,) = sign.args
        size = sympy.Abs(argument)
        exponent = powers.get(size, sympy.S.Zero)
        power = powers.get(argument, sympy.S.Zero)
        if power.is_Integer and power > 0:
            product = product / (argument * sign) * size
        elif exponent.is_Integer and exponent % 2:
            product = product / (sign * size**exponent) * argument**exponent
    return product
