"""Values and derivatives of graphs in mpmath's numbers, to fifty digits and more: the truth that the tests hold derivkit to.

Nothing of derivkit is used but the graph, which says what is applied to what. The functions below are mpmath's own, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import mp

from derivkit.expression.graph import Graph
from derivkit.functions import Row

DIGITS = 50
GUARD = 15  # more digits while a value is computed

Number = Any  # mpmath's real numbers have no type that a checker knows


class OutsideDomainError(ArithmeticError):
    """No real value there."""


def _log(x: Number) -> Number:
    if x == 0:
        raise OutsideDomainError
    return mp.log(x)


def _power(x: Number, y: Number) -> Number:
    if x == 0 and y < 0:
        raise OutsideDomainError
    return mp.power(x, y)


def _cbrt(x: Number) -> Number:
    return mp.sign(x) * mp.cbrt(abs(x))


def _root(x: Number, n: Number) -> Number:
    odd = mp.isint(n) and int(n) % 2 == 1
    return mp.sign(x) * mp.power(abs(x), 1 / n) if odd else mp.power(x, 1 / n)


def _heaviside(x: Number) -> Number:
    return (1 + mp.sign(x)) / mp.mpf(2)


def _xlogy(x: Number, y: Number) -> Number:
    return mp.mpf(0) if x == 0 else x * _log(y)


def _truth(compare: Callable[[Number, Number], bool]) -> Callable[[Number, Number], Number]:
    return lambda x, y: mp.mpf(1 if compare(x, y) else 0)


FUNCTIONS: dict[tuple[str, int], Callable[..., Number]] = {
    ("pi", 0): lambda: +mp.pi,
    ("e", 0): lambda: +mp.e,
    ("undefined", 0): lambda: mp.nan,
    ("add", 2): lambda x, y: x + y,
    ("subtract", 2): lambda x, y: x - y,
    ("negate", 1): lambda x: -x,
    ("multiply", 2): lambda x, y: x * y,
    ("divide", 2): lambda x, y: x / y,
    ("power", 2): _power,
    ("less", 2): _truth(lambda x, y: x < y),
    ("less_equal", 2): _truth(lambda x, y: x <= y),
    ("greater", 2): _truth(lambda x, y: x > y),
    ("greater_equal", 2): _truth(lambda x, y: x >= y),
    ("equal", 2): _truth(lambda x, y: x == y),
    ("not_equal", 2): _truth(lambda x, y: x != y),
    ("max", 2): lambda x, y: max(x, y),
    ("min", 2): lambda x, y: min(x, y),
    ("abs", 1): lambda x: abs(x),
    ("sign", 1): lambda x: mp.sign(x),
    ("floor", 1): mp.floor,
    ("ceil", 1): mp.ceil,
    ("heaviside", 1): _heaviside,
    ("exp", 1): mp.exp,
    ("expm1", 1): mp.expm1,
    ("log", 1): _log,
    ("log", 2): lambda x, b: _log(x) / _log(b),
    ("log2", 1): lambda x: _log(x) / mp.log(2),
    ("log10", 1): lambda x: _log(x) / mp.log(10),
    ("log1p", 1): lambda x: _log(1 + x),
    ("xlogy", 2): _xlogy,
    ("sqrt", 1): mp.sqrt,
    ("cbrt", 1): _cbrt,
    ("root", 2): _root,
    ("hypot", 2): lambda x, y: mp.sqrt(x * x + y * y),
    ("sigmoid", 1): lambda x: 1 / (1 + mp.exp(-x)),
    ("softplus", 1): lambda x: mp.log(1 + mp.exp(x)),
    ("relu", 1): lambda x: max(x, mp.mpf(0)),
    ("logsumexp", 2): lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    ("sin", 1): mp.sin,
    ("cos", 1): mp.cos,
    ("tan", 1): mp.tan,
    ("sec", 1): mp.sec,
    ("csc", 1): mp.csc,
    ("cot", 1): mp.cot,
    ("asin", 1): mp.asin,
    ("acos", 1): mp.acos,
    ("atan", 1): mp.atan,
    ("atan2", 2): mp.atan2,
    ("sinh", 1): mp.sinh,
    ("cosh", 1): mp.cosh,
    ("tanh", 1): mp.tanh,
    ("sech", 1): mp.sech,
    ("csch", 1): mp.csch,
    ("coth", 1): mp.coth,
    ("asinh", 1): mp.asinh,
    ("acosh", 1): mp.acosh,
    ("atanh", 1): mp.atanh,
    ("sinc", 1): mp.sinc,
    ("erf", 1): mp.erf,
    ("erfc", 1): mp.erfc,
    ("erfinv", 1): mp.erfinv,
    ("normpdf", 1): lambda x: mp.npdf(x),
    ("normcdf", 1): lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
    ("gamma", 1): mp.gamma,
    ("loggamma", 1): lambda x: mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x),
    ("digamma", 1): mp.digamma,
    ("polygamma", 2): lambda n, x: mp.polygamma(int(n), x),
    ("factorial", 1): mp.factorial,
    ("beta", 2): mp.beta,
    ("binomial", 2): mp.binomial,
    ("zeta", 1): mp.zeta,
    ("zetaderivative", 2): lambda n, s: mp.zeta(s, 1, int(n)),
    ("lambertw", 1): mp.lambertw,
    ("Si", 1): mp.si,
    ("Ci", 1): mp.ci,
    ("Ei", 1): mp.ei,
    ("li", 1): mp.li,
    ("ellipk", 1): mp.ellipk,
    ("ellipe", 1): mp.ellipe,
    ("hyp2f1", 4): mp.hyp2f1,
    ("besselj", 2): mp.besselj,
    ("bessely", 2): mp.bessely,
    ("besseli", 2): mp.besseli,
    ("besselk", 2): mp.besselk,
    ("airyai", 1): mp.airyai,
    ("airybi", 1): mp.airybi,
    ("airyaiprime", 1): lambda x: mp.airyai(x, derivative=1),
    ("airybiprime", 1): lambda x: mp.airybi(x, derivative=1),
}


def values(graph: Graph, at: Mapping[str, Number], digits: int = DIGITS) -> list[Number | None]:
    """The values of a graph's outputs, None for one that has none there.

    Parameters
    ----------
    graph : Graph
    at : mapping of str to mpmath's real number, rational number or float
        Numbers are taken exactly.
    digits : int
    """
    with mp.workdps(digits + GUARD):
        point = {name: exact(x) for name, x in at.items()}
        found: list[Number | None] = []
        for head, inputs in zip(graph.heads, graph.inputs, strict=True):
            if isinstance(head, str):
                found.append(point[head])
            elif isinstance(head, Row):
                found.append(_call(head, [found[i] for i in inputs]))
            else:
                found.append(exact(head))
        return [found[output] for output in graph.outputs]


def value(graph: Graph, at: Mapping[str, Number], digits: int = DIGITS) -> Number:
    """The value of a graph's only output; `OutsideDomainError` where there is none."""
    (found,) = values(graph, at, digits)
    if found is None:
        raise OutsideDomainError
    return found


def derivative(graph: Graph, wrt: Sequence[str], at: Mapping[str, Number], digits: int = DIGITS) -> Number:
    """A derivative of a graph's only output, from differences of its values with several times as many digits."""
    with mp.workdps(digits + GUARD):
        point = {name: exact(x) for name, x in at.items()}
        moved = sorted(set(wrt))

        def function(*xs: Number) -> Number:
            return value(graph, {**point, **dict(zip(moved, xs, strict=True))}, mp.dps)

        return mpmath.diff(function, tuple(point[name] for name in moved), tuple(list(wrt).count(name) for name in moved))


def exact(x: Any) -> Number:
    """A rational number or a float as mpmath's."""
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


def _call(row: Row, arguments: list[Number | None]) -> Number | None:
    """The value of a function, None where it has no real one."""
    if row.choice:
        return None if arguments[0] is None else arguments[1 if arguments[0] else 2]
    if any(x is None for x in arguments):
        return None
    try:
        y = FUNCTIONS[row.name, row.arity](*arguments)
    except (ArithmeticError, ValueError):  # a pole, by any of mpmath's words for it
        return None
    if isinstance(y, mp.mpc):
        if y.imag != 0:
            return None
        y = y.real
    return y if mp.isfinite(y) else None
