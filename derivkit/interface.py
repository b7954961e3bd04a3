"""The Python face: expressions as objects."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from derivkit import answers
from derivkit.errors import PointError, UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.parser import parse as parse_text
from derivkit.expression.point import check_point
from derivkit.expression.printer import to_text
from derivkit.expression.stable import stabilize
from derivkit.functions import ARRAYS, FLOATS

if TYPE_CHECKING:
    from derivkit.records import Verdict


class Expression:
    """A formula of real variables: immutable, hashable, equal to another where both are the same graph.

    Made by `parse` and `from_sympy`.

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

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __eq__(self, other: object) -> bool:
        return self.graph == other.graph if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.graph)

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

    def diff(self, *wrt: str) -> Expression:
        """The derivative by SymPy, in its most readable form.

        Parameters
        ----------
        *wrt : str
            One name an order; the only variable by default.
        """
        from derivkit.symbolic.derivative import derivative

        return Expression(derivative(self.graph, wrt or _only(self.variables)).graph)

    def gradient(self) -> tuple[Expression, ...]:
        """The partial derivatives, in the order of `variables`."""
        from derivkit.symbolic.derivative import gradient

        return tuple(Expression(f.graph) for f in gradient(self.graph, self.variables))

    def hessian(self) -> tuple[tuple[Expression, ...], ...]:
        """The second derivatives, rows and columns in the order of `variables`."""
        from derivkit.symbolic.derivative import hessian

        return tuple(tuple(Expression(f.graph) for f in row) for row in hessian(self.graph, self.variables))

    def to_sympy(self) -> Any:
        """The same formula as SymPy's expression of real symbols."""
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

    Raises
    ------
    ConversionError
        If the language has no word for a part of it.
    """
    from derivkit.symbolic.convert import from_sympy as convert

    return Expression(convert(expression))


def check(expression: Expression | str, wrt: str | tuple[str, ...] | None = None, *, at: dict[str, float] | None = None) -> Verdict:
    """Check a derivative by independent routes.

    Parameters
    ----------
    expression : Expression or str
    wrt : str or tuple of str, optional
        One name an order; the only variable by default.
    at : dict of str to float, optional
        The point; several points of the domain are drawn by default.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> import derivkit as dk
    >>> dk.check("abs(x)", at={"x": 0}).reason
    'kink'
    """
    graph = parse(expression).graph if isinstance(expression, str) else expression.graph
    names = (wrt,) if isinstance(wrt, str) else wrt or _only(graph.variables)
    if at is None:
        return answers.check(graph, names)
    point = {name: _exactly(name, x) for name, x in at.items()}
    check_point(point, sorted({*graph.variables, *names}))
    return answers.check(graph, names, at=point)


def _exactly(name: str, x: float) -> Graph:
    if not isfinite(x):
        raise PointError(f"{name} must be a finite number, not {x}")
    exact = Fraction(x)
    builder = Builder()
    return builder.graph([builder.add(exact.numerator if exact.denominator == 1 else exact)])


def _only(variables: tuple[str, ...]) -> tuple[str, ...]:
    if len(variables) != 1:
        raise UsageError(f"the expression has {len(variables)} variables: {', '.join(variables) or 'none'}", hint="say which one")
    return variables


def _same_names(at: dict[str, Any], variables: tuple[str, ...]) -> None:
    strange = [name for name in at if name not in variables]
    if strange:
        raise PointError(f"{strange[0]} is not a variable of the expression", hint=f"its variables: {', '.join(variables)}")
