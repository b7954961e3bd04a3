"""The Python face: expressions as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Rational, Real
from typing import TYPE_CHECKING, Any, Literal

from derivkit import answers
from derivkit.errors import PointError, UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.lexer import shortened
from derivkit.expression.parser import parse as parse_text
from derivkit.expression.point import check_point, variable_name
from derivkit.expression.printer import to_text
from derivkit.expression.region import Interval, Region, parse_region
from derivkit.expression.stable import stabilize
from derivkit.functions import ARRAYS, FLOATS

if TYPE_CHECKING:
    from derivkit.conditioning.records import Health
    from derivkit.program.program import Engine, Program
    from derivkit.records import Certificate, ClaimVerdict, GradientClaim, Verdict


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

        return Expression(derivative(self.graph, _names(wrt, self.variables)).graph)

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


def check(
    expression: Expression | str,
    wrt: str | tuple[str, ...] | None = None,
    *,
    claim: Expression | str | Sequence[Expression | str] | None = None,
    at: Mapping[str, float | Real] | None = None,
    on: Mapping[str, tuple[float | Real, float | Real]] | str | None = None,
) -> Verdict | ClaimVerdict | GradientClaim:
    """Check a derivative by independent routes, or judge a derivative that somebody claims.

    Parameters
    ----------
    expression : Expression or str
    wrt : str or tuple of str, optional
        One name an order; by default the only variable, or the whole gradient where there are several.
    claim : Expression or str, or a sequence of them, optional
        What the derivative is claimed to be; one each for a gradient, in the order of `variables`, or of `wrt`.
    at : mapping of str to real number, optional
        The point, integers and fractions exactly; several points of the domain are drawn by default.
    on : mapping of str to (low, high), or str, optional
        A region, from which the points are drawn, and on which a claim has to hold; also as text: `"x=0..pi"`.

    Returns
    -------
    Verdict
        "agree", "disagree" or "refused"; with `claim`, a `ClaimVerdict`: "equal", "different" or "refused"; with a sequence of
        claims a `GradientClaim`, which holds one each.

    Raises
    ------
    ParseError
        If a text is not an expression.
    UsageError
        If a name in `wrt` is not that of a variable, there is nothing to differentiate by, or there are not as many claims as
        derivatives.
    PointError
        If the point leaves out a variable, names a strange one, or holds what is not a finite real number.
    BudgetError
        If the derivative would take too much time or space.

    Examples
    --------
    >>> import derivkit as dk
    >>> dk.check("abs(x)", at={"x": 0}).reason
    'kink'
    >>> verdict = dk.check("sin(x^2)", claim="cos(x^2)")
    >>> verdict.verdict, verdict.diagnosis.message
    ('different', 'the inner derivative 2*x of sin(x^2) is missing')
    """
    graph = _graph(expression)
    chosen = (wrt,) if isinstance(wrt, str) else wrt or ()
    several = claim is not None and not isinstance(claim, str | Expression)
    chains = _chains(graph, tuple(map(_name, chosen)), each=several)
    names = sorted({*graph.variables, *(name for chain in chains for name in chain)})
    point = _point(at)
    region = None if on is None else _region(on)
    for given in (point, region):
        if given is not None:
            check_point(given, names)
    if claim is None:
        return answers.check(graph, *chains, at=point, on=region)
    claims = [_graph(one) for one in ([claim] if isinstance(claim, str | Expression) else claim)]
    judged = answers.claim(graph, claims, *chains, at=point, on=region)
    return judged if several else judged.entries[0]


def _graph(expression: Expression | str) -> Graph:
    return parse(expression).graph if isinstance(expression, str) else expression.graph


def _chains(graph: Graph, names: tuple[str, ...], *, each: bool) -> list[tuple[str, ...]]:
    """The derivatives that are asked for: one, or one for each name or variable."""
    if names:
        return [(name,) for name in names] if each else [names]
    if not graph.variables:
        raise UsageError("the expression has no variable", hint="name one to differentiate by")
    return [(name,) for name in graph.variables]


def certify(
    expression: Expression | str,
    on: Mapping[str, tuple[float | Real, float | Real]] | str,
    *,
    claim: str | None = None,
    boxes: int = 20_000,
    seconds: float = 20.0,
) -> Certificate:
    """Prove or refute a claim about a function on a whole region, by subdivision in ball arithmetic.

    Parameters
    ----------
    expression : Expression or str
    on : mapping of str to (low, high), or str
        An interval for each variable, both ends included, integers and fractions exactly; or as text: `"x=0..pi"`.
    claim : str, optional
        `"f' > 0"`, `"increasing"`, `"convex"`, `"lipschitz 3"`, `"one root"`, ...; without it, whether the function is defined
        everywhere, and what else can be proved.
    boxes : int
        How many boxes may be looked at.
    seconds : float

    Returns
    -------
    Certificate

    Raises
    ------
    ParseError
        If the expression or the claim cannot be read.
    PointError
        If the region leaves out a variable, names a strange one, or an interval is none.
    UsageError
        If the claim is about functions of one variable, and the region has several.

    Examples
    --------
    >>> import derivkit as dk
    >>> dk.certify("x*exp(-x)", on={"x": (0, 1)}, claim="increasing").verdict
    'proved'
    >>> print(dk.certify("tan(x)", on={"x": (0, 5)}, claim="increasing").message)
    f is undefined at x = 1.570796327: it needs x not an odd multiple of pi/2
    """
    from derivkit.certifying import facts, prove
    from derivkit.certifying.claim import parse_claim

    graph = _graph(expression)
    region = _region(on)
    check_point(region, graph.variables)
    if claim is None:
        return facts.facts(graph, region, boxes=boxes, seconds=seconds)
    return prove.certify(graph, region, parse_claim(claim, tuple(region)), boxes=boxes, seconds=seconds)


def _point(at: Mapping[str, float | Real] | None) -> dict[str, Graph] | None:
    return None if at is None else {name: _exactly(name, x) for name, x in at.items()}


def _region(on: Mapping[str, tuple[float | Real, float | Real]] | str) -> Region:
    """A region as text, or as two ends for each variable."""
    return parse_region(on) if isinstance(on, str) else {name: _interval(name, ends) for name, ends in on.items()}


def _interval(name: str, ends: tuple[float | Real, float | Real]) -> Interval:
    try:
        low, high = ends
    except (TypeError, ValueError):
        raise PointError(f"{name} needs two ends", hint=f'write {{"{name}": (0, 5)}}') from None
    interval = Interval(_exactly(name, low), _exactly(name, high))
    if interval.floats[0] > interval.floats[1]:
        raise PointError(f"the interval of {name} ends before it begins", hint="give the smaller end first")
    return interval


def health(
    expression: Expression | str,
    *,
    at: Mapping[str, float | Real] | None = None,
    on: Mapping[str, tuple[float | Real, float | Real]] | str | None = None,
) -> Health:
    """How well a formula and its derivatives are computed in doubles: conditioning, digits lost, overflow, and a better formula.

    Parameters
    ----------
    expression : Expression or str
    at : mapping of str to real number, optional
        A point.
    on : mapping of str to (low, high), or str, optional
        A region: both ends of an interval for each variable, also as text: `"x=0..pi"`. Either a point or a region is needed.

    Returns
    -------
    Health
        Its `verdict` is "healthy", "ill_conditioned", "cancellation", "amplification", "overflow", "underflow", "invalid" or
        "refused".

    Raises
    ------
    ParseError
        If the text is not an expression.
    UsageError
        If both a point and a region are given, or neither for an expression with variables.
    PointError
        If a variable is left out, a name is strange, a value is not a finite real number, or an interval ends before it begins.
    MissingRuleError
        If a derivative with respect to an argument without a rule is needed.
    BudgetError
        If the formula is too large.

    Examples
    --------
    >>> import derivkit as dk
    >>> found = dk.health("1 - cos(x)", at={"x": 1e-8})
    >>> found.verdict, found.function.lost > 15
    ('cancellation', True)
    >>> dk.Expression(found.rewrite.graph)
    Expression('2*sin(x/2)^2')
    """
    graph = _graph(expression)
    if (at is not None and on is not None) or (at is None and on is None and graph.variables):
        raise UsageError("health needs a point or a region", hint='write at={"x": 1} or on={"x": (0, 5)}')
    point, region = _point(at), None if on is None else _region(on)
    check_point(region if region is not None else point or {}, graph.variables)
    return answers.health(graph, at=point or {}, on=region)


def _engine(backend: str) -> Engine | None:
    """What makes the part of a program that computes arrays; None for NumPy's own."""
    if backend not in ("numpy", "c"):
        raise UsageError(f"there is no backend {shortened(repr(backend))}", hint='the backend is "numpy" or "c"')
    if backend == "numpy":
        return None
    from derivkit.codegen.native import Native

    return Native


def _exactly(name: str, x: object) -> Graph:
    """A number as a graph: rational ones as they are, others by their nearest float."""
    if not isinstance(x, Real):
        raise PointError(f"{name} must be a real number, not {type(x).__name__}", hint="give a number, or a Fraction to be exact")
    try:
        exact = Fraction(int(x.numerator), int(x.denominator)) if isinstance(x, Rational) else Fraction(float(x))
        float(exact)
    except (OverflowError, ValueError):
        raise PointError(f"{name} must be a finite number that a float can hold", hint="choose a point nearer to zero") from None
    builder = Builder()
    return builder.graph([builder.add(exact.numerator if exact.denominator == 1 else exact)])


def _names(wrt: tuple[str, ...], variables: tuple[str, ...]) -> tuple[str, ...]:
    """The variables to differentiate by, in the spelling of expressions; the only one where none is named."""
    if not wrt:
        if len(variables) != 1:
            listed = shortened(", ".join(variables), 200) or "none"
            raise UsageError(f"the expression has {len(variables)} variables: {listed}", hint="say which one")
        return variables
    return tuple(map(_name, wrt))


def _name(given: object) -> str:
    name = variable_name(given) if isinstance(given, str) else None
    if name is None:
        raise UsageError(f"{shortened(repr(given))} is not the name of a variable", hint='give names, such as "x"')
    return name


def _same_names(at: dict[str, Any], variables: tuple[str, ...]) -> None:
    strange = [name for name in at if name not in variables]
    if strange:
        raise PointError(f"{strange[0]} is not a variable of the expression", hint=f"its variables: {', '.join(variables)}")
