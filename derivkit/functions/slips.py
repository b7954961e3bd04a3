"""Usual mistakes in differentiating, as rules: what a wrong rule gives for the derivative of a row.

A slip is written like a partial derivative, with the arguments `u, v` of the row and their derivatives `du, dv`. Checks try them to
say how a wrong derivative came about.

The list holds what teachers report: Orton, Students' understanding of differentiation, Educ. Stud. Math. 14 (1983) 235.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Slip:
    """One wrong rule.

    Attributes
    ----------
    kind : str
        What scripts read: "product_rule", "power_off_by_one", ...
    text : str
        What was done, for people, after the words "in the derivative of ...,".
    moving : tuple of bool
        Which arguments must depend on the variable, one an argument.
    tangent : callable
        `tangent(f, y, arguments, tangents)`: what the wrong rule gives; `f` holds the functions of the arithmetic at hand, `y` is
        the row's value.
    """

    kind: str
    text: str
    moving: tuple[bool, ...]
    tangent: Callable[[Any, Any, tuple[Any, ...], tuple[Any, ...]], Any]


def _unary(kind: str, text: str, partial: Callable[[Any, Any, Any], Any]) -> Slip:
    """A wrong partial derivative of a row of one argument."""
    return Slip(kind, text, (True,), lambda f, y, a, t: partial(f, y, a[0]) * t[0])


def _quotient(text: str, tangent: Callable[[Any, Any, Any, Any], Any]) -> Slip:
    """A wrong quotient rule, in u, v, du, dv."""
    return Slip("quotient_rule", text, BOTH, lambda f, y, a, t: tangent(*a, *t))


def _power(kind: str, text: str, partial: Callable[[Any, Any, Any], Any]) -> Slip:
    """A wrong power rule: what stands before the derivative of the base."""
    return Slip(kind, text, LEFT, lambda f, y, a, t: partial(f, *a) * t[0])


BOTH, LEFT, RIGHT = (True, True), (True, False), (False, True)
_LOST_CONSTANT = "the constant factor was left out"
_LOST_LOG = "the factor log(base) was left out"
_KEPT_POWER = "the exponent was not lowered by one"
_AS_POWER = "the power rule was applied to an exponential"
_INTEGRATED = "the power was integrated, not differentiated"
_CONSTANT_EXPONENT = "the exponent was taken for a constant"

MULTIPLY = (
    Slip("product_rule", "the derivatives of the factors were multiplied", BOTH, lambda f, y, a, t: t[0] * t[1]),
    Slip("product_rule", "only the first factor was differentiated", BOTH, lambda f, y, a, t: t[0] * a[1]),
    Slip("product_rule", "only the second factor was differentiated", BOTH, lambda f, y, a, t: a[0] * t[1]),
    Slip("product_rule", "the terms were subtracted, not added", BOTH, lambda f, y, a, t: t[0] * a[1] - a[0] * t[1]),
    Slip("product_rule", "the terms were subtracted, not added", BOTH, lambda f, y, a, t: a[0] * t[1] - t[0] * a[1]),
    Slip("missing_constant", _LOST_CONSTANT, LEFT, lambda f, y, a, t: t[0]),
    Slip("missing_constant", _LOST_CONSTANT, RIGHT, lambda f, y, a, t: t[1]),
)
DIVIDE = (
    _quotient("the terms of the numerator were swapped", lambda u, v, du, dv: (u * dv - du * v) / (v * v)),
    _quotient("the terms were added, not subtracted", lambda u, v, du, dv: (du * v + u * dv) / (v * v)),
    _quotient("the denominator was not squared", lambda u, v, du, dv: (du * v - u * dv) / v),
    _quotient("the denominator was left out", lambda u, v, du, dv: du * v - u * dv),
    _quotient("the derivatives were divided", lambda u, v, du, dv: du / dv),
    _quotient("only the numerator was differentiated", lambda u, v, du, dv: du / v),
    _quotient("only the denominator was differentiated", lambda u, v, du, dv: -u * dv / (v * v)),
    Slip("quotient_rule", "the denominator was not squared", RIGHT, lambda f, y, a, t: -a[0] * t[1] / a[1]),
    Slip("missing_constant", "the constant denominator was left out", LEFT, lambda f, y, a, t: t[0]),
    Slip("missing_constant", "the constant numerator was left out", RIGHT, lambda f, y, a, t: -t[1] / (a[1] * a[1])),
)
POWER = (
    _power("power_off_by_one", _KEPT_POWER, lambda f, u, n: n * f.power(u, n)),
    _power("power_off_by_one", "the exponent was lowered by two", lambda f, u, n: n * f.power(u, n - 2)),
    _power("power_off_by_one", "one less than the exponent was brought down", lambda f, u, n: (n - 1) * f.power(u, n - 1)),
    _power("missing_constant", "the exponent was not brought down", lambda f, u, n: f.power(u, n - 1)),
    Slip("integrated", _INTEGRATED, LEFT, lambda f, y, a, t: f.power(a[0], a[1] + 1) / (a[1] + 1)),
    Slip("power_rule_on_exponential", _AS_POWER, RIGHT, lambda f, y, a, t: a[1] * f.power(a[0], a[1] - 1) * t[1]),
    Slip("power_rule_on_exponential", _AS_POWER, RIGHT, lambda f, y, a, t: a[1] * f.power(a[0], a[1] - 1)),
    Slip("missing_constant", _LOST_LOG, RIGHT, lambda f, y, a, t: y * t[1]),
    Slip("constant_as_variable", _CONSTANT_EXPONENT, BOTH, lambda f, y, a, t: a[1] * f.power(a[0], a[1] - 1) * t[0]),
    Slip("constant_as_variable", "the base was taken for a constant", BOTH, lambda f, y, a, t: y * f.log(a[0]) * t[1]),
)
EXP = (
    _unary("power_rule_on_exponential", _AS_POWER, lambda f, y, x: x * f.exp(x - 1)),
    Slip("power_rule_on_exponential", _AS_POWER, (True,), lambda f, y, a, t: a[0] * f.exp(a[0] - 1)),
)
LOG_OF_BASE = (Slip("missing_constant", _LOST_LOG, LEFT, lambda f, y, a, t: t[0] / a[0]),)
LOG_TO_A_BASE = (_unary("missing_constant", _LOST_LOG, lambda f, y, x: 1 / x),)
SQRT = (
    _unary("missing_constant", "the factor 1/2 was left out", lambda f, y, x: 1 / y),
    _unary("power_off_by_one", _KEPT_POWER, lambda f, y, x: y / 2),
)
SIN = (_unary("sin_cos", "the sine was kept", lambda f, y, x: y),)
COS = (_unary("sin_cos", "the cosine was kept", lambda f, y, x: y),)
TAN = (_unary("power_off_by_one", "the secant was not squared", lambda f, y, x: f.sec(x)),)
