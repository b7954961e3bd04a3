"""A formula: the same function as a graph, as SymPy's expression, as text and as LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import sympy
from sympy.core.alphabets import greeks

from derivkit.expression.graph import Graph
from derivkit.expression.printer import to_text
from derivkit.symbolic.guards import asked, sympys_depth


@dataclass(frozen=True)
class Formula:
    """A function to be shown.

    Attributes
    ----------
    graph : Graph
        What `text` says.
    expression : sympy.Expr
        The same for SymPy.
    route : str
        "symbolic" where SymPy found it, "tape" where it had no rule and the backward sweep's graph is shown instead.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.symbolic.convert import to_sympy
    >>> graph = parse("sin(theta_0)/2").graph
    >>> formula = Formula(graph, to_sympy(graph))
    >>> formula.text
    'sin(theta_0)/2'
    >>> print(formula.latex)
    \\frac{\\sin{\\left(\\theta_{0} \\right)}}{2}
    """

    graph: Graph
    expression: Any
    route: Literal["symbolic", "tape"] = "symbolic"

    @cached_property
    def text(self) -> str:
        """In derivkit's own language."""
        return to_text(self.graph)

    @cached_property
    def latex(self) -> str:
        """As LaTeX, without delimiters."""
        names = {s: latex_name(s.name) for s in self.expression.free_symbols}
        with sympys_depth():
            return str(asked(sympy.latex, self.expression, symbol_names=names))


_TEX_SPECIAL = re.compile(r"[#$%&_{}~^\\]")
_TEX_ESCAPED = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}


def latex_name(name: str) -> str:
    """A variable's name as LaTeX: Greek letters, digits and what follows an underscore as subscripts, words upright.

    Examples
    --------
    >>> latex_name("theta_0"), latex_name("x12"), latex_name("Vmax")
    ('\\\\theta_{0}', 'x_{12}', '\\\\mathrm{Vmax}')
    """
    if name.startswith("`"):  # the name of a column, as equations have them
        return r"\text{" + _TEX_SPECIAL.sub(lambda match: _TEX_ESCAPED.get(match[0], "\\" + match[0]), name[1:-1]) + "}"
    stem, *subscripts = [part for part in name.split("_") if part] or ["_"]
    letters = stem.rstrip("0123456789")
    if letters and letters != stem:
        subscripts.insert(0, stem[len(letters) :])
        stem = letters
    head = _latex_word(stem)
    return head + "_{" + r"\,".join(_latex_word(s) for s in subscripts) + "}" if subscripts else head


def _latex_word(word: str) -> str:
    if word.lower() in greeks and word in (word.lower(), word.capitalize()):
        return _GREEK.get(word, "\\" + word)
    if len(word) == 1 or word.isdigit():
        return r"\_" if word == "_" else word
    return r"\mathrm{" + word + "}"


# Greek letters that LaTeX writes with Latin ones.
_GREEK = {
    "omicron": "o",
    "lamda": r"\lambda",
    "Lamda": r"\Lambda",
    **{
        name: r"\mathrm{" + letter + "}"
        for name, letter in zip(
            ("Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa", "Mu", "Nu", "Omicron", "Rho", "Tau", "Chi"),
            "ABEZHIKMNOPTX",
            strict=True,
        )
    },
}
