"""The questions a person asks of an expression: formula, value and verdict together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, combinations_with_replacement, repeat
from math import isfinite, isnan
from typing import TYPE_CHECKING

from derivkit.budget import deadline
from derivkit.errors import UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Builder, Graph, natural_key
from derivkit.expression.lexer import shortened
from derivkit.expression.names import nearest
from derivkit.expression.point import Point
from derivkit.expression.printer import to_text
from derivkit.expression.region import Region
from derivkit.expression.stable import stabilize
from derivkit.functions import precision
from derivkit.records import (
    DerivativeAnswer,
    Enclosure,
    GradientClaim,
    GraphAnswer,
    JacobianAnswer,
    RouteReport,
    TapeAnswer,
    TapeNode,
    Verdict,
)
from derivkit.tape.trace import steps, trace

if TYPE_CHECKING:
    from derivkit.checking.routes import Target
    from derivkit.checking.verdict import Outcome
    from derivkit.conditioning.records import Health
    from derivkit.symbolic.formula import Formula

HEALTH_SECONDS = 60.0
CONVENTIONS = {"kink": "a kink", "jump": "a jump", "infinite_slope": "an infinite slope"}


def diff(
    graph: Graph, wrt: Sequence[str], *, at: Point | None = None, simplify: bool = True, check: bool = True, certify: bool = False
) -> DerivativeAnswer:
    """A derivative as a formula, its value at a point, and the verdict on it.

    Parameters
    ----------
    graph : Graph
        The function, with one output.
    wrt : sequence of str
        One name an order: ("x", "y", "y") is once x and twice y.
    at : mapping of str to Graph, optional
        Exact coordinates of the point.
    simplify : bool
        Whether to show the most readable of several forms, or SymPy's own.
    check : bool
        Whether to compare independent routes.
    certify : bool
        Whether to prove bounds on the value, from the table's rules in ball arithmetic.

    Returns
    -------
    DerivativeAnswer

    Raises
    ------
    BudgetError
        If the derivative would take too much time or space.
    """
    from derivkit.symbolic.derivative import derivative

    shown = derivative(graph, tuple(wrt), simplify=simplify)
    outcome = _outcome(graph, [(tuple(wrt), shown)], at, check)
    value = outcome.values[0]
    proved = _enclosed(graph, tuple(wrt), at, value) if certify else None
    return DerivativeAnswer(_formula(graph), tuple(wrt), shown, _floats(at), value, _verdict(outcome, check), enclosure=proved)


def grad(
    graph: Graph, wrt: Sequence[str], *, at: Point | None = None, simplify: bool = True, check: bool = True, certify: bool = False
) -> JacobianAnswer:
    """The gradient: one row of partial derivatives; parameters as for `diff`."""
    return jacobian([graph], wrt, at=at, simplify=simplify, check=check, certify=certify)


def hessian(
    graph: Graph, wrt: Sequence[str], *, at: Point | None = None, simplify: bool = True, check: bool = True, certify: bool = False
) -> JacobianAnswer:
    """The matrix of second derivatives; parameters as for `diff`, with one name a row and column in `wrt`."""
    from derivkit.symbolic import derivative

    formulas = derivative.hessian(graph, wrt, simplify=simplify)
    pairs = list(combinations_with_replacement(range(len(wrt)), 2))
    outcome = _outcome(graph, [((wrt[i], wrt[j]), formulas[i][j]) for i, j in pairs], at, check)
    found = dict(zip(pairs, outcome.values, strict=True))
    d = range(len(wrt))
    values = tuple(tuple(found[min(i, j), max(i, j)] for j in d) for i in d)
    proved = {(i, j): _enclosed(graph, (wrt[i], wrt[j]), at, found[i, j]) for i, j in pairs} if certify else {}
    return JacobianAnswer(
        (_formula(graph),),
        tuple(wrt),
        formulas,
        _floats(at),
        values,
        (outcome.function_value,),
        _verdict(outcome, check),
        enclosures=tuple(tuple(proved[min(i, j), max(i, j)] for j in d) for i in d) if proved else (),
    )


def jacobian(
    graphs: Sequence[Graph],
    wrt: Sequence[str],
    *,
    at: Point | None = None,
    simplify: bool = True,
    check: bool = True,
    certify: bool = False,
) -> JacobianAnswer:
    """One row of partial derivatives for each function; parameters as for `diff`."""
    from derivkit.symbolic import derivative

    formulas = tuple(derivative.gradient(graph, wrt, simplify=simplify) for graph in graphs)
    outcomes = [
        _outcome(graph, [((name,), f) for name, f in zip(wrt, row, strict=True)], at, check)
        for graph, row in zip(graphs, formulas, strict=True)
    ]
    proved = [
        tuple(_enclosed(graph, (name,), at, value) for name, value in zip(wrt, outcome.values, strict=True))
        for graph, outcome in zip(graphs, outcomes, strict=True)
        if certify
    ]
    return JacobianAnswer(
        tuple(map(_formula, graphs)),
        tuple(wrt),
        formulas,
        _floats(at),
        tuple(outcome.values for outcome in outcomes),
        tuple(outcome.function_value for outcome in outcomes),
        _together([outcome.verdict for outcome in outcomes]) if check else None,
        enclosures=tuple(proved),
    )


def check(graph: Graph, *chains: Sequence[str], at: Point | None = None, on: Region | None = None) -> Verdict:
    """The verdict on derivatives alone.

    Parameters
    ----------
    graph : Graph
        With one output.
    *chains : sequence of str
        One derivative each, one name an order.
    at : mapping of str to Graph, optional
    on : mapping of str to Interval, optional
        Where points are drawn if there is no point.

    Returns
    -------
    Verdict
        With evidence at the point where a route was furthest off.

    Raises
    ------
    BudgetError
        If a derivative would take too much time or space.
    """
    from derivkit.checking import verdict
    from derivkit.checking.evidence import evidence
    from derivkit.checking.sampling import constant

    found = verdict.check(graph, _targets(graph, chains), at, region=on).verdict
    if found.verdict != "agree" or not found.entries:
        return found
    worst = found.entries[0]
    place = next((report.worst_at for report in worst.routes if report.name == "tape" and report.worst_at), None)
    point = at if at is not None else {name: constant(Fraction(x)) for name, x in (place or {}).items()}
    return replace(found, evidence=evidence(graph, worst.wrt, point) if point or not graph.variables else None)


def claim(
    graph: Graph, claims: Sequence[Graph], *chains: Sequence[str], at: Point | None = None, on: Region | None = None
) -> GradientClaim:
    """Whether claimed derivatives are the derivatives; parameters as for `check`, with one claim a derivative.

    Raises
    ------
    UsageError
        If there are not as many claims as derivatives, or a claim has a variable that the function lacks.
    BudgetError, ConversionError
        If a derivative or a claim is too much for SymPy.
    """
    from derivkit.checking.claim import judge

    if len(claims) != len(chains):
        named = shortened(", ".join("*".join(chain) for chain in chains), 200)
        raise UsageError(
            f"there {'is 1 claim' if len(claims) == 1 else f'are {len(claims)} claims'} for {len(chains)} derivatives (by {named})",
            hint="give one claim for each, with commas between them, or choose a variable with wrt",
        )
    known = sorted({*graph.variables, *(name for chain in chains for name in chain)}, key=natural_key)
    for one in claims:
        strange = next((name for name in one.variables if name not in known), None)
        if strange is not None:
            meant = nearest(strange, known)
            hint = f"did you mean {meant}?" if meant else f"the variables are {shortened(', '.join(known), 200)}"
            raise UsageError(f"the claim has the variable {shortened(strange)}, which the expression lacks", hint=hint)
    pairs = zip(_targets(graph, chains), claims, strict=True)
    return GradientClaim(tuple([judge(graph, target, one, _formula(one), point=at, region=on) for target, one in pairs]))


def health(graph: Graph, *, at: Point | None = None, on: Region | None = None) -> Health:
    """How well a formula is computed in doubles, at a point or over a region.

    Parameters
    ----------
    graph : Graph
        With one output.
    at : mapping of str to Graph, optional
    on : mapping of str to Interval, optional
        Either of the two, with every variable of the graph.

    Returns
    -------
    Health

    Raises
    ------
    BudgetError
        If there are too many variables or operations, or it takes too much time.
    MissingRuleError
        If a derivative without a rule is needed.
    """
    from derivkit.conditioning.health import health_at, health_on

    with deadline(HEALTH_SECONDS, "the health of the formula"):
        return health_at(graph, at or {}) if on is None else health_on(graph, on)


def tape(graph: Graph, at: Point, *, sweeps: int = 1) -> TapeAnswer:
    """The forward and the backward pass at a point.

    A form that overflows in floats is replaced by a stable one where the pass comes through with that; a warning says so. Where the
    value or a derivative is still no finite number, a warning names the node at which it happens.

    Parameters
    ----------
    graph : Graph
        With one output.
    at : mapping of str to Graph
    sweeps : int
        How often the tape is swept backwards without clearing the gradient in between: each sweep adds the same once more.

    Returns
    -------
    TapeAnswer

    Raises
    ------
    MissingRuleError
        If a derivative without a rule is needed.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.point import parse_point
    >>> answer = tape(parse("log(x)").graph, parse_point("x=-1"))
    >>> answer.finite, answer.gradient["x"], answer.warnings[0]
    (False, None, 'log(x) at node v1 is undefined at x = -1')
    """
    point = {name: evaluate(value, {}) for name, value in at.items()}
    nodes = trace(graph, point)
    problem = _problem(graph, nodes)
    place = shortened(", ".join(f"{name} = {x:.10g}" for name, x in point.items()), 100)
    warning = f"{problem} at {place}" if problem and place else problem
    if problem is not None and (stable := stabilize(graph)) != graph:
        replaced = trace(stable, point)
        if _problem(stable, replaced) is None:
            nodes, problem = replaced, None
            warning = "the expression as typed overflows in floats here: the tape shows a stable form of it"
    gradient: dict[str, float | None] = dict.fromkeys(point, 0.0)
    gradient |= {node.text: node.adjoint or 0.0 for node in nodes if node.operation == "variable"}
    value = nodes[-1].value
    if not isfinite(value):
        gradient = dict.fromkeys(gradient)
    warnings = _conventions(graph, at) if warning is None else (warning,)
    return TapeAnswer(to_text(graph), point, nodes, _accumulated(gradient, sweeps), value, problem is None, warnings)


def graph(graph: Graph, at: Point | None = None) -> GraphAnswer:
    """The nodes of a function, and both passes through them at a point; parameters and errors as for `tape`."""
    if at is None:
        return GraphAnswer(to_text(graph), steps(graph))
    passes = tape(graph, at)
    return GraphAnswer(passes.expression, passes.nodes, passes)


def _accumulated(gradient: Mapping[str, float | None], sweeps: int) -> tuple[Mapping[str, float | None], ...]:
    """What stands in the gradient after each of several sweeps."""

    def added(total: Mapping[str, float | None], once: Mapping[str, float | None]) -> Mapping[str, float | None]:
        return {name: None if slope is None else slope + (once[name] or 0.0) for name, slope in total.items()}

    return tuple(accumulate(repeat(gradient, sweeps), added))


def _conventions(graph: Graph, at: Point) -> tuple[str, ...]:
    """Where the tape's derivative of a node is only a convention: at a kink, a jump or an infinite slope."""
    from derivkit.checking.survey import said, survey, worded_at
    from derivkit.enclose import TRUTH_BITS, enclosures

    with precision(TRUTH_BITS):
        found = [s for s in survey(graph, enclosures(graph, at), tuple(at)) if s.kind in CONVENTIONS]
    return tuple(
        f"{said(graph, s.node)} has {CONVENTIONS[s.kind]} at {worded_at(graph, s)}: its slope is a convention" for s in found
    )


def _problem(graph: Graph, nodes: Sequence[TapeNode]) -> str | None:
    """Where a pass stops giving numbers: at the value of a node, else at a partial derivative; None where it does not."""
    value = next((node for node in nodes if isnan(node.value) and node.adjoint is not None), nodes[-1])
    if not isfinite(value.value):
        while bad := [i for i in value.inputs if not isfinite(nodes[i].value)]:
            value = nodes[bad[0]]
        return f"{_named(graph, value)} is {'undefined' if isnan(value.value) else 'infinite in floats'}"
    if all(isfinite(node.adjoint or 0.0) for node in nodes if node.operation == "variable"):
        return None
    for node in reversed(nodes):
        if node.adjoint is not None and not all(isfinite(partial or 0.0) for partial in node.partials):
            return f"the derivative of {_named(graph, node)} is no finite number"
    return "the product of the partial derivatives is no finite number"


def _named(graph: Graph, node: TapeNode) -> str:
    return f"{shortened(to_text(Builder.of(graph).graph([node.id])))} at node v{node.id}"


def _outcome(graph: Graph, derivatives: Sequence[tuple[tuple[str, ...], Formula]], at: Point | None, check: bool) -> Outcome:
    from derivkit.checking import verdict
    from derivkit.checking.routes import Target

    targets = [Target(wrt, formula) for wrt, formula in derivatives]
    return verdict.check(graph, targets, at) if check else verdict.unchecked(graph, targets, at)


def _targets(graph: Graph, chains: Sequence[Sequence[str]]) -> list[Target]:
    """Derivatives in question, with SymPy's formulas of them."""
    from derivkit.checking.routes import Target
    from derivkit.symbolic.derivative import derivatives

    wrts = [tuple(chain) for chain in chains]
    return [Target(wrt, formula) for wrt, formula in zip(wrts, derivatives(graph, wrts), strict=True)]


def _enclosed(graph: Graph, wrt: tuple[str, ...], at: Point | None, value: float | None) -> Enclosure | None:
    """Proved bounds on a derivative's value at a point; None where it has none."""
    if at is None or value is None:
        return None
    from derivkit.certifying.value import enclosed_derivative

    return enclosed_derivative(graph, wrt, at, value)


def _verdict(outcome: Outcome, check: bool) -> Verdict | None:
    return outcome.verdict if check else None


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on several functions: a disagreement, else a refusal, else agreement with the worst of every route."""
    order = ("disagree", "refused", "agree")
    gravest = min(verdicts, key=lambda verdict: order.index(verdict.verdict))
    if gravest.verdict != "agree":
        return gravest
    worst: dict[str, RouteReport] = {}
    for report in (report for verdict in verdicts for report in verdict.routes):
        if report.name not in worst or (report.max_relative_error or 0.0) > (worst[report.name].max_relative_error or 0.0):
            worst[report.name] = report
    return replace(gravest, points=min(verdict.points for verdict in verdicts), routes=tuple(worst.values()))


def _formula(graph: Graph) -> Formula:
    from derivkit.symbolic.convert import to_sympy
    from derivkit.symbolic.formula import Formula

    return Formula(graph, to_sympy(graph))


def _floats(at: Point | None) -> dict[str, float] | None:
    return None if at is None else {name: evaluate(value, {}) for name, value in at.items()}
