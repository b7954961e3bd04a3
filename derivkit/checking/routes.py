"""The routes to one derivative at one point, each with a bound on its own error.

Three families share nothing but the graph: SymPy's formulas, the table's partial derivatives (tape and jets), and differences of
values in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq

from derivkit import jets
from derivkit.checking.differences import MOST_ORDER, central
from derivkit.enclose import FLOAT_BITS, TRUTH_BITS, Point, ball_point, nearest
from derivkit.errors import BudgetError, ConversionError, MissingRuleError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.stable import stabilize
from derivkit.functions import BALLS, FLOATS, Arithmetic, precision
from derivkit.tape.differentiate import derivative_graph, value_and_gradient

FAMILIES = {"symbolic": "symbolic", "tape": "rules", "jets": "rules", "differences": "differences"}
ZERO = arb(0)
SYMBOLIC_DIGITS = 30
FLOAT_SLACK = 64  # a float routine may be this many times less exact than Arb at 53 bits
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
    note : str or None
    """

    route: str
    value: arb | None
    error: arb = ZERO
    rounded: arb | None = None
    rounding: arb = ZERO
    note: str | None = None


class Routes:
    """All routes to some derivatives of one function, with what they share between points made once."""

    def __init__(self, graph: Graph, targets: Sequence[Target]) -> None:
        self.graph = graph
        self.targets = tuple(targets)
        self._lower: dict[tuple[str, ...], Graph] = {(): self.stable}

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

    def values(self, point: Point) -> list[Measured]:
        """The function's own value, three ways."""
        taken = [_by_sympy(self.expression, point)]
        taken.append(_in_floats("tape", lambda arithmetic, at: evaluate(self.stable, at, arithmetic), point))
        with precision(TRUTH_BITS):
            value = evaluate(self.graph, ball_point(point), BALLS)
            taken.append(Measured("differences", value if value.is_finite() else None, value.rad()))
        return taken

    def derivatives(self, target: Target, point: Point) -> list[Measured]:
        """One derivative at a point, by every route."""
        taken = [self.formula_value(target, point), self._tape(target, point)]
        if len(set(target.wrt)) == 1:
            taken.append(self._jets(target, point))
        taken.append(self._differences(target, point))
        return taken

    def formula_value(self, target: Target, point: Point) -> Measured:
        """What a claimed formula says at a point; nothing where it did not come from SymPy."""
        return _by_sympy(target.formula.expression if target.formula and target.formula.route == "symbolic" else None, point)

    def _tape(self, target: Target, point: Point) -> Measured:
        if len(target.wrt) > TAPE_ORDERS:
            return Measured("tape", None, note=f"the tape goes to order {TAPE_ORDERS}")
        *first, last = target.wrt
        try:
            lower = self._lower_graph(tuple(first))
            return _in_floats("tape", lambda arithmetic, at: value_and_gradient(lower, at, arithmetic, (last,))[1][last], point)
        except (BudgetError, MissingRuleError) as error:
            return Measured("tape", None, note=error.message)

    def _lower_graph(self, wrt: tuple[str, ...]) -> Graph:
        if wrt not in self._lower:
            self._lower[wrt] = derivative_graph(self._lower_graph(wrt[:-1]), wrt[-1:], most_nodes=TAPE_NODES)
        return self._lower[wrt]

    def _jets(self, target: Target, point: Point) -> Measured:
        name, order = target.wrt[0], len(target.wrt)
        try:
            return _in_floats(
                "jets", lambda arithmetic, at: jets.derivative(self.stable, name, at, order, arithmetic), point, order
            )
        except (BudgetError, MissingRuleError) as error:
            return Measured("jets", None, note=error.message)

    def _differences(self, target: Target, point: Point) -> Measured:
        if len(target.wrt) > MOST_ORDER:
            return Measured("differences", None, note=f"differences go to order {MOST_ORDER}")
        limit = central(self.graph, point, target.wrt)
        if limit.value is None:
            return Measured("differences", None, note="the function is undefined next to the point")
        return Measured("differences", limit.value, limit.error)


def _by_sympy(expression: Any, point: Point) -> Measured:
    """SymPy's own evaluation of its own expression."""
    from derivkit.symbolic.values import value_at

    if expression is None:
        return Measured("symbolic", None, note="no formula from SymPy")
    found = value_at(expression, point, SYMBOLIC_DIGITS)
    if found is None:
        return Measured("symbolic", None, note="the formula has no value at the point")
    with precision(TRUTH_BITS):
        value = arb(fmpq(found.numerator, found.denominator))
        return Measured("symbolic", value, abs(value) * arb(10) ** (2 - SYMBOLIC_DIGITS))


def _in_floats(route: str, derivative: Callable[[Arithmetic, Mapping[str, Any]], Any], point: Point, order: int = 1) -> Measured:
    """One route in three precisions: floats for the answer, 53-bit balls to bound its rounding, many bits for the rule itself."""
    with precision(TRUTH_BITS + 8 * order):
        at = ball_point(point)
        exact = derivative(BALLS, at)
        floats = {name: nearest(x) for name, x in at.items()}
    with precision(FLOAT_BITS):
        coarse = derivative(BALLS, ball_point(point))
    number = arb(derivative(FLOATS, floats))
    rounding = FLOAT_SLACK * coarse.rad() + FLOAT_FLOOR * abs(coarse) if coarse.is_finite() else arb("inf")
    return Measured(
        route,
        exact if exact.is_finite() else None,
        exact.rad(),
        rounded=number if number.is_finite() else None,
        rounding=arb(rounding.upper()),
        note=None if exact.is_finite() else "its rules give no number at the point",
    )
