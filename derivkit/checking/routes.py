"""The routes to one derivative at one point, each with a bound on its own error.

Three families share nothing but the graph: SymPy's formulas, the table's partial derivatives (tape, jets, and both in ball
arithmetic as an enclosure), and differences of values in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flint import arb, ctx, fmpq

from derivkit import jets
from derivkit.checking.differences import MOST_ORDER, STEP_BITS, central
from derivkit.enclose import FLOAT_BITS, Point, ball_point, float_point
from derivkit.errors import BudgetError, ConversionError, MissingRuleError
from derivkit.evaluate import evaluate, node_values
from derivkit.expression.graph import Graph
from derivkit.expression.stable import stabilize
from derivkit.functions import BALLS, FLOATS, Arithmetic, precision
from derivkit.tape.differentiate import derivative_graph, value_and_gradient

FAMILIES = {"symbolic": "symbolic", "tape": "rules", "jets": "rules", "enclosure": "rules", "differences": "differences"}
ZERO = arb(0)
INFINITE = arb("inf")
SYMBOLIC_DIGITS = 30
FLOAT_SLACK = 64  # a float routine may be this many times less exact than Arb at 53 bits
SMALLEST, LARGEST = arb(2) ** -1020, arb(2) ** 1023  # beyond them floats lose digits, then vanish, or are infinite
Computation = Callable[[Arithmetic, Mapping[str, Any]], Any]
FLOAT_FLOOR = 2.0**-36  # relative error that is granted to any float route: special functions keep 12 digits or so
TAPE_ORDERS = 4  # beyond it the graph of the derivative grows too much; jets go on
TAPE_NODES = 50_000


@dataclass(frozen=True, slots=True)
class Target:
    """One derivative in question: the variables, one an order, and the formula that claims to be it (`symbolic.Formula`)."""

    wrt: tuple[str, ...]
    formula: Any = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one route says.

    Attributes
    ----------
    route : str
    value : arb or None
        The best the route knows, None where it cannot be taken.
    error : arb
        A bound on the error of `value`.
    rounded : arb or None
        What the route's floats give, where it computes in floats.
    rounding : arb
        How far `rounded` may be off by rounding alone.
    scale : arb
        The size of what may have cancelled: a vanishing value is small compared with it.
    note : str or None
    """

    route: str
    value: arb | None
    error: arb = ZERO
    rounded: arb | None = None
    rounding: arb = ZERO
    scale: arb = ZERO
    note: str | None = None


class Routes:
    """All routes to some derivatives of one function, with what they share between points made once."""

    def __init__(self, graph: Graph, targets: Sequence[Target]) -> None:
        self.graph = graph
        self.targets = tuple(targets)
        self._lower: dict[tuple[str, ...], Graph] = {(): self.stable}
        self._swept_at: Point | None = None
        self._swept: dict[tuple[str, ...], dict[str, Measured]] = {}

    @cached_property
    def stable(self) -> Graph:
        """The function in forms that floats survive."""
        return stabilize(self.graph)

    @cached_property
    def expression(self) -> Any:
        """The function as SymPy's expression; None where it is over SymPy's budget."""
        from derivkit.symbolic.convert import to_sympy

        try:
            return to_sympy(self.graph)
        except (BudgetError, ConversionError):
            return None

    def values(self, point: Point, value: arb) -> list[Measured]:
        """The function's own value by SymPy, by the float routines that the tape uses, and by Arb (given, from its enclosure)."""
        floats = self._measured("tape", self.stable, lambda arithmetic, at: evaluate(self.stable, at, arithmetic), point)
        known = floats.rounded if floats.rounding.is_finite() else None
        return [
            _by_sympy(self.expression, point),
            Measured("tape", known, floats.rounding, scale=floats.scale),
            Measured("differences", value if value.is_finite() else None, value.rad(), scale=floats.scale),
        ]

    def derivatives(self, target: Target, point: Point) -> list[Measured]:
        """One derivative at a point, by every route."""
        rules = [self._tape(target, point)]
        if len(set(target.wrt)) == 1:
            rules.append(self._jets(target, point))
        return [self.formula_value(target, point), *rules, _enclosure(rules), self.differences(target, point)]

    def rules_value(self, target: Target, point: Point) -> Measured:
        """What the table's rules say of one derivative at a point: by the tape, or by jets where the order is too high for it."""
        by_tape = self._tape(target, point)
        return self._jets(target, point) if by_tape.value is None and len(set(target.wrt)) == 1 else by_tape

    def formula_value(self, target: Target, point: Point) -> Measured:
        """What a formula from SymPy says at a point by SymPy's evaluation, or as it is written where that differs."""
        formula = target.formula
        if formula is None or formula.route != "symbolic":
            return Measured("symbolic", None, note="no formula from SymPy")
        found = _by_sympy(formula.expression, point)
        written = evaluate(formula.graph, ball_point(point), BALLS)
        if found.value is not None and abs(found.value - written) > found.error + written.rad():
            return replace(found, value=written, error=written.rad())
        return found

    def _tape(self, target: Target, point: Point) -> Measured:
        if len(target.wrt) > TAPE_ORDERS:
            return Measured("tape", None, note=f"the tape goes to order {TAPE_ORDERS}")
        try:
            return self._sweep(target.wrt[:-1], point)[target.wrt[-1]]
        except (BudgetError, MissingRuleError) as error:
            return Measured("tape", None, note=error.message)

    def _sweep(self, first: tuple[str, ...], point: Point) -> dict[str, Measured]:
        """All last partial derivatives of a lower derivative, from one sweep an arithmetic."""
        if self._swept_at is not point:
            self._swept_at, self._swept = point, {}
        if first not in self._swept:
            lower = self._lower_graph(first)
            last = sorted({target.wrt[-1] for target in self.targets if target.wrt[:-1] == first})
            ways = _three_ways(lambda arithmetic, at: value_and_gradient(lower, at, arithmetic, last)[1], point)
            fits = _fits_floats(lower, point)
            self._swept[first] = {name: _measured("tape", *(way[name] for way in ways), fits=fits) for name in last}
        return self._swept[first]

    def _lower_graph(self, wrt: tuple[str, ...]) -> Graph:
        if wrt not in self._lower:
            self._lower[wrt] = derivative_graph(self._lower_graph(wrt[:-1]), wrt[-1:], most_nodes=TAPE_NODES)
        return self._lower[wrt]

    def _jets(self, target: Target, point: Point) -> Measured:
        name, order = target.wrt[0], len(target.wrt)
        try:
            return self._measured(
                "jets", self.stable, lambda arithmetic, at: jets.derivative(self.stable, name, at, order, arithmetic), point, order
            )
        except (BudgetError, MissingRuleError) as error:
            return Measured("jets", None, note=error.message)

    def differences(self, target: Target, point: Point, first_bits: int = STEP_BITS) -> Measured:
        """What differences of values say of one derivative; `first_bits` as for `central`."""
        if len(target.wrt) > MOST_ORDER:
            return Measured("differences", None, note=f"differences go to order {MOST_ORDER}")
        limit = central(self.graph, point, target.wrt, first_bits)
        if limit.value is None:
            lost = "too many digits cancel, or the function changes too fast"
            return Measured("differences", None, note=lost if limit.kind == "lost" else "no steady difference next to the point")
        return Measured("differences", limit.value, limit.error, scale=limit.scale)

    @staticmethod
    def _measured(route: str, graph: Graph, compute: Computation, point: Point, order: int = 1) -> Measured:
        return _measured(route, *_three_ways(compute, point, order), fits=_fits_floats(graph, point))


def _enclosure(rules: Sequence[Measured]) -> Measured:
    """What the table's rules give in ball arithmetic: a proof of how far they can be off, if they are right."""
    found = next((m for m in rules if m.value is not None), rules[0])
    return Measured("enclosure", found.value, found.error, scale=found.scale, note=None if found.value is not None else found.note)


def _by_sympy(expression: Any, point: Point) -> Measured:
    """SymPy's own evaluation of its own expression."""
    from derivkit.symbolic.values import value_at

    if expression is None:
        return Measured("symbolic", None, note="no formula from SymPy")
    found = value_at(expression, point, SYMBOLIC_DIGITS)
    if found is None:
        return Measured("symbolic", None, note="the formula has no value at the point")
    value = arb(fmpq(found.numerator, found.denominator))
    return Measured("symbolic", value, abs(value) * arb(10) ** (2 - SYMBOLIC_DIGITS))


def _three_ways(compute: Computation, point: Point, order: int = 1) -> tuple[Any, Any, Any]:
    """One computation in many bits (the rule itself), in 53-bit balls (to bound its rounding), and in floats (the answer)."""
    with precision(ctx.prec + 8 * order):
        exact = compute(BALLS, ball_point(point))
    with precision(FLOAT_BITS):
        coarse = compute(BALLS, ball_point(point))
    return exact, coarse, compute(FLOATS, float_point(point))


def _fits_floats(graph: Graph, point: Point) -> bool:
    """Whether no intermediate result leaves the range in which floats keep their digits."""
    with precision(FLOAT_BITS):
        balls = node_values(graph, ball_point(point), BALLS)
    return all(
        not ball.is_finite() or ball.contains(0) or SMALLEST < abs(ball) < LARGEST
        for ball in balls
        if not ball.is_exact() or ball != 0
    )


def _measured(route: str, exact: arb, coarse: arb, number: float, *, fits: bool) -> Measured:
    rounded = arb(number)
    if number == 0 and abs(exact) > SMALLEST:  # a coefficient too small for floats, between results that are not
        fits = False
    bounded = fits and coarse.is_finite()
    note = None if fits else "its floats under- or overflow on the way"
    return Measured(
        route,
        exact if exact.is_finite() else None,
        exact.rad(),
        rounded=rounded if rounded.is_finite() else None,
        rounding=(FLOAT_SLACK * coarse.rad() + FLOAT_FLOOR * abs(coarse) + SMALLEST).upper() if bounded else INFINITE,
        scale=(abs(coarse) + coarse.rad() * 2.0**FLOAT_BITS).upper() if coarse.is_finite() else ZERO,
        note=note if exact.is_finite() else "its rules give no number at the point",
    )
