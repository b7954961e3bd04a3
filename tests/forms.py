"""One derivative written in many ways: by SymPy's rewriters, by hand, and multiplied by complicated ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import sympy

from derivkit.budget import deadline
from derivkit.errors import DerivkitError
from derivkit.expression.graph import Graph
from derivkit.expression.printer import to_text
from derivkit.symbolic.convert import from_sympy, to_sympy
from derivkit.tape.differentiate import derivative_graph

SECONDS = 3.0  # for one of SymPy's rewriters
LONGEST = 20_000  # characters of a form
_DECIMAL = re.compile(r"\d+\.\d+(?:e-?\d+)?")
_SQUARED_SINE = sympy.sin(sympy.Wild("a")) ** 2

REWRITERS: dict[str, Callable[[Any], Any]] = {
    "expanded": sympy.expand,
    "together": sympy.together,
    "cancelled": sympy.cancel,
    "factored": sympy.factor,
    "simplified": sympy.simplify,
    "powers gathered": sympy.powsimp,
    "angles doubled": sympy.expand_trig,
    "angles gathered": sympy.trigsimp,
    "sines as cosines": lambda d: d.replace(_SQUARED_SINE, lambda a: 1 - sympy.cos(a) ** 2),
    "hyperbolic as exponentials": lambda d: d.rewrite([sympy.tanh, sympy.cosh, sympy.sinh, sympy.coth, sympy.csch], sympy.exp),
    "nested": sympy.horner,
}

# a form made from a text: f is the text of a right form, x a variable
ORNAMENTS = {
    "times A/A": "(1 + {x}^2)*({f})/(1 + {x}^2)",
    "times A/A with A = exp(x)": "exp({x})*({f})*exp(-{x})",
    "times sin^2 + cos^2": "({f})*(sin({x})^2 + cos({x})^2)",
    "plus a zero": "({f}) + ({x} + 1)^2 - {x}^2 - 2*{x} - 1",
    "plus a logarithm of an exponential": "({f}) - {x} + log(exp({x}))",
    "twice a half": "(({f}) + ({f}))/2",
    "over a reciprocal": "({f})/(2 - cos({x}))/(1/(2 - cos({x})))",
}


def forms(graph: Graph, wrt: str) -> Iterator[tuple[str, str]]:
    """Names and texts of ways to write a derivative; they are to be verified where they might not hold everywhere.

    Parameters
    ----------
    graph : Graph
        The function.
    wrt : str
    """
    first = to_text(derivative_graph(graph, (wrt,)), most=LONGEST)
    yield "by the tape", first
    if _DECIMAL.search(first):
        yield "decimals as fractions", _DECIMAL.sub(lambda found: f"({Fraction(found.group())})", first)
    for name, pattern in ORNAMENTS.items():
        yield name, pattern.format(f=first, x=wrt)
    yield from _by_sympy(to_sympy(graph), sympy.Symbol(wrt, real=True))


def _by_sympy(function: Any, x: Any) -> Iterator[tuple[str, str]]:
    raw = sympy.diff(function, x)
    yield from _said("by SymPy", raw)
    if raw.is_Add:
        terms = [text for term in reversed(raw.args) for _, text in _said("", term)]
        if len(terms) == len(raw.args):
            yield "terms reversed", " + ".join(f"({term})" for term in terms)
    for name, rewrite in REWRITERS.items():
        try:
            with deadline(SECONDS):
                rewritten = rewrite(raw)
        except (DerivkitError, sympy.PolynomialError, NotImplementedError, RecursionError):
            continue
        if rewritten != raw:
            yield from _said(name, rewritten)


def _said(name: str, expression: Any) -> Iterator[tuple[str, str]]:
    """A form of SymPy's in derivkit's language, if it has words for all of it."""
    try:
        yield name, to_text(from_sympy(expression), most=LONGEST)
    except DerivkitError:
        return
