"""The questions that are asked of expressions in Python: is a derivative right, what can be proved, what do doubles keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING

from derivkit import answers
from derivkit.errors import UsageError
from derivkit.expression.graph import Graph
from derivkit.expression.point import check_point
from derivkit.interface.expression import Expression, parse
from derivkit.interface.given import Ends, name_of, point_of, region_of

if TYPE_CHECKING:
    from derivkit.conditioning.records import Health
    from derivkit.records import Certificate, ClaimVerdict, GradientClaim, Verdict


def check(
    expression: Expression | str,
    wrt: str | tuple[str, ...] | None = None,
    *,
    claim: Expression | str | Sequence[Expression | str] | None = None,
    at: Mapping[str, float | Real] | str | None = None,
    on: Mapping[str, Ends] | str | None = None,
) -> Verdict | ClaimVerdict | GradientClaim:
    """Check a derivative by independent routes, or judge a derivative that somebody claims.

    Parameters
    ----------
    expression : Expression or str
    wrt : str or tuple of str, optional
        One name an order; by default the only variable, or the whole gradient where there are several.
    claim : Expression or str, or a sequence of them, optional
        What the derivative is claimed to be; one each for a gradient, in the order of `variables`, or of `wrt`.
    at : mapping of str to real number, or str, optional
        The point, integers and fractions exactly; also as text: `"x=pi/2"`. Several points of the domain are drawn by default.
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
    >>> dk.check("abs(x)", at="x=0").reason
    'kink'
    >>> verdict = dk.check("sin(x^2)", claim="cos(x^2)")
    >>> verdict.verdict, verdict.diagnosis.message
    ('different', 'the inner derivative 2*x of sin(x^2) is missing')
    """
    graph = _graph(expression)
    chosen = (wrt,) if isinstance(wrt, str) else wrt or ()
    several = claim is not None and not isinstance(claim, str | Expression)
    chains = _chains(graph, tuple(map(name_of, chosen)), each=several)
    names = sorted({*graph.variables, *(name for chain in chains for name in chain)})
    point = point_of(at)
    region = None if on is None else region_of(on)
    for given in (point, region):
        if given is not None:
            check_point(given, names)
    if claim is None:
        return answers.check(graph, *chains, at=point, on=region)
    claims = [_graph(one) for one in ([claim] if isinstance(claim, str | Expression) else claim)]
    judged = answers.claim(graph, claims, *chains, at=point, on=region)
    return judged if several else judged.entries[0]


def certify(
    expression: Expression | str,
    on: Mapping[str, Ends] | str,
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
    region = region_of(on)
    check_point(region, graph.variables)
    if claim is None:
        return facts.facts(graph, region, boxes=boxes, seconds=seconds)
    return prove.certify(graph, region, parse_claim(claim, tuple(region)), boxes=boxes, seconds=seconds)


def health(
    expression: Expression | str,
    *,
    at: Mapping[str, float | Real] | str | None = None,
    on: Mapping[str, Ends] | str | None = None,
) -> Health:
    """How well a formula and its derivatives are computed in doubles: conditioning, digits lost, overflow, and a better formula.

    Parameters
    ----------
    expression : Expression or str
    at : mapping of str to real number, or str, optional
        A point, also as text: `"x=1e-8"`.
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
    point, region = point_of(at), None if on is None else region_of(on)
    check_point(region if region is not None else point or {}, graph.variables)
    return answers.health(graph, at=point or {}, on=region)


def _graph(expression: Expression | str) -> Graph:
    return parse(expression).graph if isinstance(expression, str) else expression.graph


def _chains(graph: Graph, names: tuple[str, ...], *, each: bool) -> list[tuple[str, ...]]:
    """The derivatives that are asked for: one, or one for each name or variable."""
    if names:
        return [(name,) for name in names] if each else [names]
    if not graph.variables:
        raise UsageError("the expression has no variable", hint="name one to differentiate by")
    return [(name,) for name in graph.variables]
