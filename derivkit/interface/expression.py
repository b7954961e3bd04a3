"""Expressions as objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from derivkit.errors import PointError, UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import shortened
from derivkit.expression.parser import parse as parse_text
from derivkit.expression.printer import to_text
from derivkit.expression.stable import stabilize
from derivkit.functions import ARRAYS, FLOATS
from derivkit.interface.given import names_of

if TYPE_CHECKING:
    from derivkit.program.program import Engine, Program


@dataclass(frozen=True, repr=False)
class Expression:
    """A formula of real variables: immutable, hashable, equal to another where both are the same graph.

    Made by `parse` and `from_sympy`.

    Attributes
    ----------
    graph : Graph

    Examples
    --------
    >>> import derivkit as dk
    >>> f = dk.parse("x^2*sin(y)")
    >>> f.variables
    ('x', 'y')
    >>> f.diff("x")
    Expression('2*x*sin(y)')
    >>> f(x=3.0, y=0.0)
    0.0
    """

    graph: Graph

    def __str__(self) -> str:
        return to_text(self.graph)

    def __repr__(self) -> str:
        return f"Expression({str(self)!r})"

    def _repr_latex_(self) -> str:
        from derivkit.symbolic.formula import Formula

        return f"$\\displaystyle {Formula(self.graph, self.to_sympy()).latex}$"

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, sorted."""
        return self.graph.variables

    @cached_property
    def _stable(self) -> Graph:
        return stabilize(self.graph)

    def __call__(self, **at: Any) -> Any:
        """The value at a point, or at many.

        Parameters
        ----------
        **at : float or array_like
            One for each variable; arrays broadcast.

        Returns
        -------
        float or ndarray

        Raises
        ------
        PointError
            If a variable is left out or a name is strange.
        """
        _same_names(at, self.variables)
        if all(isinstance(x, Real) for x in at.values()):
            return float(evaluate(self._stable, {name: float(x) for name, x in at.items()}, FLOATS))
        import numpy as np

        arrays = dict(zip(at, np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in at.values())), strict=True))
        shape = next(iter(arrays.values())).shape
        return np.array(np.broadcast_to(evaluate(self._stable, arrays, ARRAYS), shape))

    def compile(self, order: Literal[0, 1, 2] = 1, *, backend: Literal["numpy", "c"] = "numpy") -> Program:
        """Differentiate the graph in reverse mode and make it ready to be run, without SymPy; nothing is checked.

        Parameters
        ----------
        order : int
            0 for the value, 1 for the gradient as well, 2 for the Hessian as well.
        backend : str
            What computes arrays: "numpy", or "c" for machine code by this machine's C compiler (`cc`, or what the environment
            variable CC names), which takes a tenth of a second, much more for large formulas, and pays where millions of points
            are computed in all. One point is computed in Python by either.

        Returns
        -------
        Program
            Called with a number or an array for each variable; derivatives are in the order of `variables`.

        Raises
        ------
        UsageError
            If the order or the backend is another, or there is no C compiler.
        BudgetError
            If the derivatives need too many operations, or the compiler too much time.
        MissingRuleError
            If a derivative with respect to an argument without a rule is needed.
        Refusal
            If C lacks a function, or the compiler fails; the backend is never changed silently.

        Examples
        --------
        >>> import derivkit as dk
        >>> value, gradient = dk.parse("x^2*y").compile()(x=3.0, y=2.0)
        >>> value, gradient
        (18.0, array([12.,  9.]))
        """
        from derivkit.program.program import compile_graph

        return compile_graph(self.graph, order, engine=_engine(backend))

    def diff(self, *wrt: str) -> Expression:
        """The derivative by SymPy, in its most readable form; nothing is checked.

        Parameters
        ----------
        *wrt : str
            One name an order, which the expression may lack; the only variable by default.

        Returns
        -------
        Expression

        Raises
        ------
        UsageError
            If a name is not that of a variable, or none is given and the expression has not exactly one.
        BudgetError
            If the derivative would take too much time or space.

        Examples
        --------
        >>> import derivkit as dk
        >>> dk.parse("x^2*y^3").diff("x", "y", "y")
        Expression('12*x*y')
        """
        from derivkit.symbolic.derivative import derivative

        return Expression(derivative(self.graph, names_of(wrt, self.variables)).graph)

    def gradient(self) -> tuple[Expression, ...]:
        """The partial derivatives by SymPy; nothing is checked.

        Returns
        -------
        tuple of Expression
            In the order of `variables`; empty for a constant.

        Raises
        ------
        BudgetError
            If a derivative would take too much time or space.

        Examples
        --------
        >>> import derivkit as dk
        >>> dk.parse("x^2*y").gradient()
        (Expression('2*x*y'), Expression('x^2'))
        """
        from derivkit.symbolic.derivative import gradient

        return tuple(Expression(f.graph) for f in gradient(self.graph, self.variables))

    def hessian(self) -> tuple[tuple[Expression, ...], ...]:
        """The matrix of second derivatives by SymPy; nothing is checked.

        Returns
        -------
        tuple of tuple of Expression
            Rows and columns in the order of `variables`.

        Raises
        ------
        BudgetError
            If a derivative would take too much time or space.

        Examples
        --------
        >>> import derivkit as dk
        >>> dk.parse("x^2*y").hessian()[0]
        (Expression('2*y'), Expression('2*x'))
        """
        from derivkit.symbolic.derivative import hessian

        return tuple(tuple(Expression(f.graph) for f in row) for row in hessian(self.graph, self.variables))

    def to_sympy(self) -> Any:
        """The same formula as SymPy's expression.

        Returns
        -------
        sympy.Expr
            Its symbols are real: `sympy.Symbol("x", real=True)`.

        Raises
        ------
        BudgetError
            If the expression is too large or too deep for SymPy.
        ConversionError
            If SymPy has no word for a function.

        Examples
        --------
        >>> import derivkit as dk
        >>> dk.parse("x^2*sin(y)").to_sympy()
        x**2*sin(y)
        """
        from derivkit.symbolic.convert import to_sympy

        return to_sympy(self.graph)


def parse(text: str, *, latex: bool | None = None) -> Expression:
    """Read an expression.

    Parameters
    ----------
    text : str
        In derivkit's language, or in LaTeX.
    latex : bool, optional
        Whether the text is LaTeX; by default it is if it starts with a backslash or a dollar sign.

    Returns
    -------
    Expression

    Raises
    ------
    ParseError
        If the text is not an expression; its `span` tells where.

    Examples
    --------
    >>> import derivkit as dk
    >>> dk.parse("2x sin x")
    Expression('2*x*sin(x)')
    """
    return Expression(parse_text(text, latex=latex).graph)


def from_sympy(expression: Any) -> Expression:
    """A SymPy expression in derivkit's language.

    Parameters
    ----------
    expression : sympy.Expr

    Returns
    -------
    Expression

    Raises
    ------
    ConversionError
        If the language has no word for a part of it.

    Examples
    --------
    >>> import derivkit as dk
    >>> import sympy
    >>> dk.from_sympy(sympy.exp(-sympy.Symbol("x")))
    Expression('exp(-x)')
    """
    from derivkit.symbolic.convert import from_sympy as convert

    return Expression(convert(expression))


def _engine(backend: str) -> Engine | None:
    """What makes the part of a program that computes arrays; None for NumPy's own."""
    if backend not in ("numpy", "c"):
        raise UsageError(f"there is no backend {shortened(repr(backend))}", hint='the backend is "numpy" or "c"')
    if backend == "numpy":
        return None
    from derivkit.codegen.native import Native

    return Native


def _same_names(at: dict[str, Any], variables: tuple[str, ...]) -> None:
    strange = [name for name in at if name not in variables]
    if strange:
        raise PointError(f"{strange[0]} is not a variable of the expression", hint=f"its variables: {', '.join(variables)}")
