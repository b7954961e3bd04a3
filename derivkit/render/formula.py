"""Formulas: typeset in characters by SymPy, or as text, or as LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.render.page import Layout, Line, Styled, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_LINES = 30  # a taller typeset formula is no longer easier to read than its text
_MOST_OPERATIONS = 300  # nor is a longer one, and it would take SymPy's printer long


def equation(left: str, formula: Any, layout: Layout) -> list[Line]:
    """`left = formula`, in the layout's format; typeset forms are followed by the text to copy, unless they are one line high.

    Parameters
    ----------
    left : str
    formula : derivkit.symbolic.formula.Formula
    layout : Layout
    """
    label = Styled(left, "title")
    if layout.format == "latex":
        return [(label, f" = {formula.latex}")]
    copied = wrapped(label, f" = {formula.text}", layout)
    if layout.format == "text" or len(formula.graph) > _MOST_OPERATIONS:
        return copied
    lines, baseline = typeset(formula.expression, layout)
    if not _fits(lines, layout.width - len(left) - 3) or len(lines) == 1:
        return copied
    indent = " " * (len(left) + 3)
    unnamed = wrapped(Styled(" " * len(left), "title"), f" = {formula.text}", layout)
    page: list[Line] = ["", *(indent + line for line in lines), "", *unnamed]
    page[1 + baseline] = (label, f" = {lines[baseline]}")
    return page


def matrix(formulas: Sequence[Sequence[Any]], layout: Layout) -> list[str]:
    """A matrix of formulas, typeset; no lines where it would not fit."""
    entries = [formula for row in formulas for formula in row]
    if len(entries) == 1 or sum(len(formula.graph) for formula in entries) > _MOST_OPERATIONS:
        return []
    from sympy import ImmutableMatrix

    lines, _ = typeset(ImmutableMatrix([[formula.expression for formula in row] for row in formulas]), layout)
    return lines if _fits(lines, layout.width - 2) else []


def latex_matrix(formulas: Sequence[Sequence[Any]]) -> str:
    """A matrix of formulas as LaTeX."""
    rows = r" \\ ".join(" & ".join(formula.latex for formula in row) for row in formulas)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


def _fits(lines: Sequence[str], width: int) -> bool:
    return len(lines) <= _MOST_LINES and max(map(len, lines)) <= width


def typeset(expression: Any, layout: Layout) -> tuple[list[str], int]:
    """A SymPy expression set in lines of characters, and the line on which its main operator stands."""
    from sympy.printing.pretty.pretty_symbology import pretty_use_unicode

    # SymPy keeps this choice in a global of its own.
    before = pretty_use_unicode(layout.unicode)
    try:
        form = _printer(layout.unicode)._print(expression)
    finally:
        pretty_use_unicode(before)
    return [line.rstrip() for line in form.picture], form.baseline


def _printer(unicode: bool) -> Any:
    """SymPy's printer, with products of our own: SymPy's look for physical units, and import them, which takes 50 ms."""
    from sympy import Integer, Pow
    from sympy.printing.pretty.pretty import PrettyPrinter
    from sympy.printing.pretty.stringpict import prettyForm

    class Printer(PrettyPrinter):  # type: ignore[misc]  # SymPy has no types
        def _print_Mul(self, product: Any) -> Any:
            above: list[Any] = []
            below: list[Any] = []
            for factor in product.as_ordered_factors():
                if factor.is_Rational:
                    above += [Integer(factor.p)] * (factor.p != 1)
                    below += [Integer(factor.q)] * (factor.q != 1)
                elif factor.is_Pow and factor.exp.is_Rational and factor.exp.is_negative:
                    below.append(Pow(factor.base, -factor.exp, evaluate=False) if factor.exp != -1 else factor.base)
                else:
                    above.append(factor)
            numerator = prettyForm.__mul__(*[self._print(factor) for factor in above or [Integer(1)]])
            return numerator / prettyForm.__mul__(*[self._print(factor) for factor in below]) if below else numerator

    return Printer({"use_unicode": unicode, "wrap_line": False})
