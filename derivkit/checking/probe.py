"""What really happens at a suspicious point: one-sided values and slopes, and the cause they show.

Three routes can agree on a derivative that does not exist; only the two sides of the point can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flint import arb, ctx

from derivkit.checking.differences import Direction, Limit, moved, side_derivative, side_limit
from derivkit.checking.survey import Suspicion
from derivkit.enclose import Point, ball_point, nearest
from derivkit.errors import BudgetError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.printer import to_text
from derivkit.functions import BALLS, precision

ZERO = arb(0)
DIGITS = 12
MOST_TEXT = 40  # characters of a subexpression in a message
MOST_PLACES = 3  # shown of slopes and limits
UNDEFINED = ("outside_domain", "pole")
TOLERANCE = arb(2) ** -60  # sides closer than this, relative to their size, are equal


@dataclass(frozen=True, slots=True)
class Finding:
    """What the two sides of a point show for one derivative.

    Attributes
    ----------
    reason : str or None
        Why there is no derivative; None where there is one.
    message : str
    value : arb or None
        The derivative, where it exists.
    error : arb
        A bound on its error.
    """

    reason: str | None
    message: str
    value: arb | None = None
    error: arb = ZERO


def probe(graph: Graph, point: Point, wrt: Sequence[str], suspicions: Sequence[Suspicion]) -> Finding:
    """Decide whether a derivative exists at a suspicious point, and name the cause where it does not.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
    wrt : sequence of str
        One name an order.
    suspicions : sequence of Suspicion
        What `survey` found there.

    Returns
    -------
    Finding
    """
    where = _where(point)
    if not evaluate(graph, ball_point(point), BALLS).is_finite():
        finding = _undefined(graph, point, wrt[0], suspicions, where)
        if finding.reason != "removable" or any(s.certain and s.kind in UNDEFINED for s in suspicions):
            return finding
    if len(set(wrt)) == 1:
        return _along(graph, point, {wrt[0]: 1}, len(wrt), suspicions, where)
    if len(wrt) == 2:
        return _mixed(graph, point, wrt, suspicions, where)
    return Finding(
        "not_smooth_enough",
        f"at {where} {_places(graph, suspicions)}; a mixed derivative of order {len(wrt)} could not be decided there",
    )


def directional(graph: Graph, point: Point, direction: Direction, suspicions: Sequence[Suspicion]) -> Finding:
    """The first derivative along a direction, from both sides."""
    return _along(graph, point, direction, 1, suspicions, _where(point))


def _sides(direction: Direction) -> tuple[Direction, Direction]:
    return {name: -k for name, k in direction.items()}, direction


def _along(graph: Graph, point: Point, direction: Direction, order: int, suspicions: Sequence[Suspicion], where: str) -> Finding:
    """Compare the two one-sided derivatives of every order up to the wanted one."""
    value = _value_function(graph, point, direction)
    limits = [side_limit(graph, point, side) for side in _sides(direction)]
    if any(limit.kind == "undefined" for limit in limits):
        return _edge(graph, point, direction, order, limits, where)
    jump = [limit for limit in limits if limit.kind != "finite" or not _equal(limit, Limit(value(), arb(0), "finite"))]
    if jump:
        below, above = map(_show, limits)
        return Finding("jump", f"the function jumps at {where}: {below} on the left, {show(value())} there, {above} on the right")
    finding = Finding(None, "")
    for k in range(1, order + 1):
        left, right = (side_derivative(graph, point, side, k, value) for side in _sides(direction))
        finding = _compare(_turned(left, k), right, k, where, _places(graph, suspicions))
        if finding.reason is not None:
            break
    return finding


def _turned(limit: Limit, order: int) -> Limit:
    """A derivative along the opposite direction, turned back."""
    return limit if limit.value is None or order % 2 == 0 else replace(limit, value=-limit.value)


def _compare(left: Limit, right: Limit, order: int, where: str, places: str) -> Finding:
    if left.value is None or right.value is None:
        if order == 1:
            return Finding("infinite_slope", f"at {where} the slope grows without bound ({places})")
        return Finding("not_smooth_enough", f"derivative {order} grows without bound at {where}; the lower ones exist")
    if _equal(left, right):
        error = left.error + right.error
        return Finding(None, f"both sides agree at {where}", _snapped((left.value + right.value) / 2, error), error)
    sides = f"{_show(left)} on the left, {_show(right)} on the right"
    if order == 1:
        return Finding("kink", f"at {where} the slope is {sides}")
    return Finding("not_smooth_enough", f"derivative {order} jumps at {where}: {sides}; the lower ones exist")


def _edge(graph: Graph, point: Point, direction: Direction, order: int, limits: Sequence[Limit], where: str) -> Finding:
    """The function is defined at the point and on one side of it at most."""
    inside = [side for side, limit in zip(_sides(direction), limits, strict=True) if limit.kind != "undefined"]
    if not inside:
        return Finding("outside_domain", f"the function is defined at {where} but nowhere next to it")
    sided = side_derivative(graph, point, inside[0], 1, _value_function(graph, point, direction))
    if sided.value is None:
        return Finding("infinite_slope", f"at {where}, the edge of the domain, the slope grows without bound")
    slope = _show(sided if inside[0] == direction else _turned(sided, 1))
    return Finding(
        "outside_domain", f"{where} is the edge of the domain: the one-sided slope is {slope}, a derivative needs both sides"
    )


def _mixed(graph: Graph, point: Point, wrt: Sequence[str], suspicions: Sequence[Suspicion], where: str) -> Finding:
    """A mixed second derivative by polarization: 2*D_xy = D_(x+y)^2 - D_x^2 - D_y^2."""
    x, y = wrt
    parts = [_along(graph, point, d, 2, suspicions, where) for d in ({x: 1, y: 1}, {x: 1}, {y: 1}, {x: 1, y: -1})]
    broken = next((part for part in parts if part.reason is not None), None)
    if broken is not None:
        return broken
    both, first, second, across = (part.value for part in parts)
    assert both is not None and first is not None and second is not None and across is not None
    error = arb(sum((part.error for part in parts), arb(0)))
    one, other = (both - first - second) / 2, (first + second - across) / 2
    if not _equal(Limit(one, error, "finite"), Limit(other, error, "finite")):
        return Finding("not_smooth_enough", f"the second derivatives at {where} do not come from one Hessian")
    return Finding(None, f"both sides agree at {where}", _snapped(one, error), error)


def _undefined(graph: Graph, point: Point, name: str, suspicions: Sequence[Suspicion], where: str) -> Finding:
    """The formula has no value at the point: is it a hole, a pole, or the outside of the domain?"""
    limits = [side_limit(graph, point, side) for side in _sides({name: 1})]
    kinds = {limit.kind for limit in limits}
    cause = next((s for s in suspicions if s.kind in UNDEFINED), None)
    if kinds == {"finite"}:
        left, right = limits
        if _equal(left, right):
            return Finding("removable", f"the formula is undefined at {where}, but the limit there is {_show(left)}")
        return Finding("jump", f"the formula is undefined at {where}: it tends to {_show(left)} and to {_show(right)}")
    if "undefined" in kinds and (cause is None or cause.kind != "pole"):
        return Finding("outside_domain", f"{where} is outside the real domain" + (f": {_needs(graph, cause)}" if cause else ""))
    if "infinite" in kinds or cause is not None:
        return Finding("pole", f"the function is infinite at {where}" + (f": {_needs(graph, cause)}" if cause else ""))
    return Finding("outside_domain", f"the function is undefined at {where}")


def _needs(graph: Graph, cause: Suspicion) -> str:
    needs = f"{_said(graph, cause.node)} needs {_worded(graph, cause)}"
    return f"{needs}; {cause.hint}" if cause.hint else needs


def _places(graph: Graph, suspicions: Sequence[Suspicion]) -> str:
    return "; ".join(dict.fromkeys(f"{_said(graph, s.node)} meets {_worded(graph, s)}" for s in suspicions[:MOST_PLACES]))


def _worded(graph: Graph, suspicion: Suspicion) -> str:
    """The table's words for a condition, with what stands in the formula in place of the row's own arguments."""
    said = {name: _said(graph, i) for name, i in zip(suspicion.row.arguments, graph.inputs[suspicion.node], strict=True)}
    return re.sub(r"[A-Za-z]\w*", lambda word: said.get(word[0], word[0]), suspicion.text)


def _said(graph: Graph, node: int) -> str:
    try:
        return to_text(Builder.of(graph).graph([node]), most=MOST_TEXT)
    except BudgetError:
        return "..."


def _value_function(graph: Graph, point: Point, direction: Direction) -> Callable[[], arb]:
    """The function's value at the working precision.

    Where a ball around an exact point reaches outside the domain, as `asin(sin(x))` at pi/2 does at every precision, the value
    is taken so near to the point that no digit can tell.
    """

    def value() -> arb:
        found: arb = evaluate(graph, ball_point(point), BALLS)
        if found.is_finite():
            return found
        bits = ctx.prec
        with precision(3 * bits):
            at = ball_point(point)
            for step in (arb(2) ** -bits, -(arb(2) ** -bits)):
                found = evaluate(graph, moved(at, direction, step), BALLS)
                if found.is_finite():
                    break
        return found

    return value


def _equal(x: Limit, y: Limit) -> bool:
    if x.value is None or y.value is None:
        return False
    room = x.error + y.error + TOLERANCE * (abs(x.value) + abs(y.value))
    return bool(abs(x.value - y.value) <= room) or bool((x.value - y.value).contains(0))


def _where(point: Point) -> str:
    return ", ".join(f"{name} = {show(value)}" for name, value in ball_point(point).items())


def _show(limit: Limit) -> str:
    return "no limit" if limit.value is None else show(_snapped(limit.value, limit.error))


def _snapped(value: arb, error: arb) -> arb:
    """Zero, where a value cannot be told from it."""
    return ZERO if abs(value) <= error else value


def show(ball: arb) -> str:
    """The midpoint of a ball with `DIGITS` significant digits, as short as it goes; beyond the floats too."""
    number = nearest(ball)
    return f"{number:.{DIGITS}g}" if abs(number) != float("inf") else str(ball.str(DIGITS + 2, radius=False))
