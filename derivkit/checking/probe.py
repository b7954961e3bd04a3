"""What really happens at a suspicious point: one-sided values and slopes, and the cause they show.

Three routes can agree on a derivative that does not exist; only the two sides of the point can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations, product

from flint import arb, ctx

from derivkit.checking.differences import SIDE_STEPS, Direction, Limit, moved, scale_of, side_derivative, side_limit, unit_of
from derivkit.checking.survey import Suspicion, needed, said, worded_at
from derivkit.enclose import Point, ball_point, enclosures, nearest
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.functions import BALLS, precision

ZERO = arb(0)
DIGITS = 12
MOST_PLACES = 3  # shown of slopes and limits
UNDEFINED = ("outside_domain", "pole")
BEHAVIOURS = {"infinite": "grows without bound", "unsettled": "does not settle", "undefined": "has no value"}
CURVES = (2, 3, 4)  # powers of one coordinate that another follows
MOST_PAIRS = 12  # of coordinates
STAYS = arb(2) ** -16  # a part of the distance, along a curve, that does not vanish
BITS_TO_SPARE = 64
NO_STEP = arb(2) ** -120  # a difference of values, relative to their size, that is no jump
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
    slopes : (float, float) or None
        On the left and on the right, at a kink.
    moving : tuple of str
        The variables that move across it.
    """

    reason: str | None
    message: str
    value: arb | None = None
    error: arb = ZERO
    slopes: tuple[float, float] | None = None
    moving: tuple[str, ...] = ()


def probe(
    graph: Graph, point: Point, wrt: Sequence[str], suspicions: Sequence[Suspicion], steps: Sequence[int] = SIDE_STEPS
) -> Finding:
    """Decide whether a derivative exists at a suspicious point, and name the cause where it does not.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
    wrt : sequence of str
        One name an order.
    suspicions : sequence of Suspicion
        What `survey` found there.
    steps : sequence of int
        How near to the point to look, as negative powers of two.

    Returns
    -------
    Finding
    """
    return _Probe(graph, point, suspicions, steps).finding(wrt)


def directional(graph: Graph, point: Point, direction: Direction, suspicions: Sequence[Suspicion]) -> Finding:
    """The first derivative along a direction in units of the coordinates' sizes, from both sides."""
    return _Probe(graph, point, suspicions).along(direction, 1)


def curved(graph: Graph, point: Point, gradient: Mapping[str, arb]) -> Finding | None:
    """Whether a gradient fails along a curve into the point, where it fits along every straight line.

    A differentiable function differs from its tangent by less than any part of the distance, on every way to the point.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
    gradient : mapping of str to arb
        The partial derivatives there.

    Returns
    -------
    Finding or None
        None where no curve that was tried shows anything.
    """
    for x, y in islice(permutations(gradient, 2), MOST_PAIRS):
        for side, power in product((1, -1), CURVES):
            ratios = [_off_the_tangent(graph, point, gradient, {x: (1, 1), y: (side, power)}, bits) for bits in SIDE_STEPS]
            if ratios[-1].is_finite() and ratios[-1] > STAYS and 2 * ratios[-1] > ratios[0]:
                way = f"{y} = {'-' * (side < 0)}{x}^{power}, measured from there,"
                message = f"at {_where(point)} the partial derivatives exist, but along {way} the function leaves its tangent plane"
                return Finding("kink", message)
    return None


def _off_the_tangent(
    graph: Graph, point: Point, gradient: Mapping[str, arb], curve: Mapping[str, tuple[int, int]], bits: int
) -> arb:
    """How far the function is off its tangent at one step along a curve, in parts of the distance."""
    longest = max(power for _, power in curve.values())
    with precision(2 * longest * bits + 4 * BITS_TO_SPARE):
        at, step = ball_point(point), arb(2) ** -bits
        moves = {name: side * step**power * scale_of(at[name]) for name, (side, power) in curve.items()}
        there = {name: x + moves.get(name, ZERO) for name, x in at.items()}
        rise = evaluate(graph, there, BALLS) - enclosures(graph, point)[graph.root]
        tangent = sum((gradient[name] * move for name, move in moves.items()), ZERO)
        distance: arb = max((abs(move) for move in moves.values()), key=float)
        ratio: arb = abs(rise - tangent) / distance
        return ratio


class _Probe:
    """Both sides of one point."""

    def __init__(self, graph: Graph, point: Point, suspicions: Sequence[Suspicion], steps: Sequence[int] = SIDE_STEPS) -> None:
        self.graph = graph
        self.steps = steps
        self.point = point
        self.suspicions = suspicions
        self.where = _where(point)

    def finding(self, wrt: Sequence[str]) -> Finding:
        """Is the function defined, and does the derivative exist?"""
        if not enclosures(self.graph, self.point)[self.graph.root].is_finite():
            finding = self.undefined({wrt[0]: 1})
            if finding.reason != "removable" or any(s.certain and s.kind in UNDEFINED for s in self.suspicions):
                return finding
        if len(set(wrt)) == 1:
            return self.along({wrt[0]: 1}, len(wrt))
        if len(wrt) == 2:
            return self.mixed(*wrt)
        message = f"a mixed derivative of order {len(wrt)} could not be decided at {self.where}{self.places()}"
        return Finding("not_smooth_enough", message)

    def along(self, direction: Direction, order: int) -> Finding:
        """Compare the two one-sided derivatives of every order up to the wanted one."""
        limits = [side_limit(self.graph, self.point, side, self.steps) for side in _sides(direction)]
        kinds = [limit.kind for limit in limits]
        if "lost" in kinds:
            return self.lost()
        if "undefined" in kinds:
            return self.edge(direction, limits)
        if kinds != ["finite", "finite"]:
            reason = "pole" if "infinite" in kinds else "no_limit"
            return Finding(reason, f"next to {self.where} the function {self.described(limits)}")
        value = self.value_function(direction)
        there = Limit(value(), ZERO, "finite")
        if not all(_meets(limit, there) for limit in limits):
            below, above = map(_show, limits)
            return Finding(
                "jump", f"the function jumps at {self.where}: {below} on the left, {_show(there)} there, {above} on the right"
            )
        finding = Finding(None, "")
        for k in range(1, order + 1):
            left, right = (side_derivative(self.graph, self.point, side, k, value, self.steps) for side in _sides(direction))
            finding = self.compare(_turned(left, k), right, k, direction)
            if finding.reason is not None:
                break
        return finding

    def across(self, direction: Direction) -> str:
        """Which way the two sides lie, where there is more than one."""
        moving = [name for name, k in direction.items() if k]
        return "" if len(self.point) == 1 else f" along {moving[0]}" if len(moving) == 1 else " in a slanted direction"

    def described(self, limits: Sequence[Limit]) -> str:
        """What the function does on the two sides."""
        below, above = (f"tends to {_show(limit)}" if limit.kind == "finite" else BEHAVIOURS[limit.kind] for limit in limits)
        return f"{below} on both sides" if below == above else f"{below} on the left and {above} on the right"

    def compare(self, left: Limit, right: Limit, order: int, direction: Direction) -> Finding:
        """What the derivatives from the two sides show."""
        where, across = self.where, self.across(direction)
        if "lost" in (left.kind, right.kind):
            return self.lost()
        if left.value is None or right.value is None:
            if order == 1:
                growth = "grows without bound" if "infinite" in (left.kind, right.kind) else "has no limit"
                return Finding(
                    "infinite_slope" if growth[0] == "g" else "no_limit", f"at {where} the slope{across} {growth}{self.places()}"
                )
            return Finding("not_smooth_enough", f"derivative {order} grows without bound at {where}; the lower ones exist")
        if _equal(left, right):
            error = left.error + right.error
            return Finding(None, f"both sides agree at {where}", _snapped((left.value + right.value) / 2, error), error)
        sides = f"{_show(left)} on the left, {_show(right)} on the right"
        if order == 1:
            moving = tuple([name for name, k in direction.items() if k])
            slopes = (nearest(_snapped(left.value, left.error)), nearest(_snapped(right.value, right.error)))
            return Finding("kink", f"at {where} the slope{across} is {sides}", slopes=slopes, moving=moving)
        return Finding("not_smooth_enough", f"derivative {order} jumps at {where}: {sides}; the lower ones exist")

    def edge(self, direction: Direction, limits: Sequence[Limit]) -> Finding:
        """The function is defined at the point and on one side of it at most."""
        inside = [side for side, limit in zip(_sides(direction), limits, strict=True) if limit.kind != "undefined"]
        if not inside:
            return Finding("outside_domain", f"the function is defined at {self.where} but nowhere next to it")
        sided = side_derivative(self.graph, self.point, inside[0], 1, self.value_function(direction))
        if sided.value is None:
            return Finding("infinite_slope", f"at {self.where}, the edge of the domain, the slope grows without bound")
        slope = _show(sided if inside[0] == direction else _turned(sided, 1))
        message = f"{self.where} is the edge of the domain: the one-sided slope is {slope}, a derivative needs both sides"
        return Finding("outside_domain", message)

    def mixed(self, x: str, y: str) -> Finding:
        """A mixed second derivative by polarization, if second derivatives in slanted directions come from one Hessian.

        2*D_xy = D^2 along x+y - D^2 along x - D^2 along y, in units of the coordinates' sizes.
        """
        at = ball_point(self.point)
        steps = [(1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (2, 1)]
        parts: list[Limit] = []
        for a, b in steps:
            finding = self.along({x: a, y: b}, 2)
            if finding.value is None:
                return finding
            unit = unit_of(at, {x: a, y: b}) ** 2
            parts.append(Limit(finding.value * unit, finding.error * unit, "finite"))
        xx, yy, both, *others = (part.value or ZERO for part in parts)
        xy = (both - xx - yy) / 2
        error = sum((part.error for part in parts), ZERO)
        for (a, b), other in zip(steps[3:], others, strict=True):
            expected = Limit(a * a * xx + 2 * a * b * xy + b * b * yy, 8 * error, "finite")
            if not _equal(Limit(other, error, "finite"), expected):
                message = f"at {self.where} the second derivatives in slanted directions do not come from one Hessian"
                return Finding("not_smooth_enough", message)
        units = scale_of(at[x]) * scale_of(at[y])
        return Finding(None, f"both sides agree at {self.where}", _snapped(xy, error) / units, error / units)

    def undefined(self, direction: Direction) -> Finding:
        """The formula has no value at the point: is it a hole, a pole, or the outside of the domain?"""
        where = self.where
        limits = [side_limit(self.graph, self.point, side, self.steps) for side in _sides(direction)]
        kinds = {limit.kind for limit in limits}
        cause = next((s for s in self.suspicions if s.kind in UNDEFINED), None)
        needs = f": {needed(self.graph, cause)}" if cause else ""
        if "lost" in kinds:
            return self.lost()
        if kinds == {"finite"}:
            left, right = limits
            if _equal(left, right):
                limit = f"the limit of the function there{self.across(direction)} is {_show(left)}"
                return Finding("removable", f"the formula is undefined at {where}, but {limit}")
            return Finding("jump", f"the formula is undefined at {where}, and {self.described(limits)}")
        if "undefined" in kinds and (cause is None or cause.kind != "pole"):
            return Finding("outside_domain", f"{where} is outside the real domain{needs}")
        if "unsettled" in kinds:
            return Finding("no_limit", f"the formula is undefined at {where}{needs}; the function {self.described(limits)}")
        return Finding("pole", f"{where} is a pole{needs}; the function {self.described(limits)}")

    def lost(self) -> Finding:
        """Refuse where no precision that is tried leaves enough digits."""
        return Finding(
            "cancellation", f"so many digits cancel at {self.where} that the two sides of the point cannot be told apart"
        )

    def places(self) -> str:
        """The places that the survey suspects, in the formula's own words."""
        worded = (f"{said(self.graph, s.node)} meets {worded_at(self.graph, s)}" for s in self.suspicions[:MOST_PLACES])
        text = "; ".join(dict.fromkeys(worded))
        return f" ({text})" if text else ""

    def value_function(self, direction: Direction) -> Callable[[], arb]:
        """The function's value at the working precision.

        Where a ball around an exact point reaches outside the domain, as `asin(sin(x))` at pi/2 does at every precision, the value
        is taken so near to the point that no digit can tell.
        """

        def value() -> arb:
            found: arb = enclosures(self.graph, self.point)[self.graph.root]
            if found.is_finite():
                return found
            bits = ctx.prec
            with precision(3 * bits):
                at = ball_point(self.point)
                for step in (arb(2) ** -bits, -(arb(2) ** -bits)):
                    found = evaluate(self.graph, moved(at, direction, step), BALLS)
                    if found.is_finite():
                        break
            return found

        return value


def _sides(direction: Direction) -> tuple[Direction, Direction]:
    return {name: -k for name, k in direction.items()}, direction


def _turned(limit: Limit, order: int) -> Limit:
    """A derivative along the opposite direction, turned back."""
    return limit if limit.value is None or order % 2 == 0 else replace(limit, value=-limit.value)


def _meets(limit: Limit, there: Limit) -> bool:
    """Whether a function tends to the value that it has; a step of 1 at 1e20 is a jump."""
    if limit.value is None or there.value is None:
        return False
    room = limit.error + NO_STEP * (abs(limit.value) + abs(there.value))
    return bool(abs(limit.value - there.value) <= room) or bool((limit.value - there.value).contains(0))


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
