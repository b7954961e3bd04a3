"""How the table's rows and SymPy's classes name each other: the `sympy` column, read in both directions."""

from __future__ import annotations

import operator
from functools import cache
from typing import Any

import mpmath  # type: ignore[import-untyped]  # mpmath has no types
import sympy

from derivkit.errors import ConversionError
from derivkit.expression.graph import Graph
from derivkit.expression.parser import parse
from derivkit.functions import Row, table

DEFINITION = "="
_OPERATOR = "operator:"
_DERIVATIVE = "derivative:"

# Operations that are gathered, so that a sum of n terms is one call and not n: what SymPy calls the family, and which
# arguments count inversely.
GATHERED: dict[str, tuple[Any, tuple[bool, ...]]] = {
    "Add": (sympy.Add, (False, False)),
    "operator:sub": (sympy.Add, (False, True)),
    "operator:neg": (sympy.Add, (True,)),
    "Mul": (sympy.Mul, (False, False)),
    "operator:truediv": (sympy.Mul, (False, True)),
}


@cache
def symbol(name: str) -> Any:
    """SymPy's symbol of a variable: every variable is real."""
    return sympy.Symbol(name, real=True)


@cache
def definition(row: Row) -> Graph:
    """The definition of a row that SymPy has no name for, as a graph in the names of the row's arguments."""
    return parse(row.sympy.removeprefix(DEFINITION)).graph


@cache
def sympy_function(row: Row) -> Any:
    """What SymPy calls for a row; a constant for a row without arguments.

    Raises
    ------
    ConversionError
        If SymPy has no word for the function.
    """
    if not row.sympy:
        raise ConversionError(f"SymPy has no {row.title}")
    if row.sympy.startswith(_OPERATOR):
        return getattr(operator, row.sympy.removeprefix(_OPERATOR))
    if row.sympy.startswith(_DERIVATIVE):
        return nth_derivative(getattr(sympy, row.sympy.removeprefix(_DERIVATIVE)))
    return getattr(sympy, row.sympy)


@cache
def row_spelled(column: str) -> Row:
    """The row with this `sympy` column."""
    return next(row for row in table() if row.sympy == column)


@cache
def rows_of_classes() -> dict[Any, Row]:
    """SymPy's classes and constants, each with the row that stands for it."""
    rows: dict[Any, Row] = {}
    for row in table():
        if row.sympy and not row.sympy.startswith((DEFINITION, _OPERATOR)):
            rows.setdefault(sympy_function(row), row)
    return rows


@cache
def rows_of_patterns() -> dict[tuple[Any, tuple[Any, ...]], Row]:
    """Rows that SymPy writes as another function with a number in front: class and leading numbers -> row of the last argument."""
    rows: dict[tuple[Any, tuple[Any, ...]], Row] = {}
    for row in table():
        if row.sympy.startswith(DEFINITION) and row.arity == 1:
            graph = definition(row)
            head = graph.heads[graph.root]
            *front, last = graph.inputs[graph.root]
            numbers = tuple([graph.heads[i] for i in front])
            if isinstance(head, Row) and front and all(isinstance(n, int) for n in numbers) and isinstance(graph.heads[last], str):
                rows[sympy_function(head), numbers] = row
    return rows


class _NthDerivative(sympy.Function):  # type: ignore[misc]  # SymPy is untyped
    """The n-th derivative of one function of SymPy's that has no name there; `of` is that function."""

    nargs = (2,)
    of: Any

    @classmethod
    def eval(cls, n: Any, x: Any) -> Any:
        if n.is_negative or n.is_integer is False:
            return sympy.nan
        return cls.of(x) if n == 0 else None

    def fdiff(self, argindex: int = 2) -> Any:
        n, x = self.args
        if argindex != 2:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return self.func(n + 1, x)

    def _eval_is_extended_real(self) -> bool | None:
        return self.args[1].is_extended_real  # type: ignore[no-any-return]  # SymPy is untyped

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        n, x = (printer._print(a) for a in self.args)
        text = rf"\{self.of.__name__}^{{({n})}}\left({x}\right)"
        return text if exp is None else rf"{{{text}}}^{{{exp}}}"

    def _eval_evalf(self, prec: int) -> Any:
        with mpmath.workprec(prec + 10):
            return sympy.Expr._from_mpmath(self.mpmath_value(*(a._to_mpmath(prec + 10) for a in self.args)), prec)

    @classmethod
    def mpmath_value(cls, n: Any, x: Any) -> Any:
        """The value at numbers of mpmath, at its current precision."""
        return getattr(mpmath.mp, cls.of.__name__)(x, 1, int(n))


@cache
def nth_derivative(function: Any) -> Any:
    """The class of the n-th derivatives of a SymPy function, called with n and x."""
    return type(f"{function.__name__}derivative", (_NthDerivative,), {"of": function})


@cache
def unnamed_derivatives() -> dict[Any, Any]:
    """SymPy's functions that leave their own derivative unevaluated, each with the class of its n-th derivatives."""
    columns = [row.sympy.removeprefix(_DERIVATIVE) for row in table() if row.sympy.startswith(_DERIVATIVE)]
    return {getattr(sympy, name): nth_derivative(getattr(sympy, name)) for name in columns}
