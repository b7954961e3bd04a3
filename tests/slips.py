"""The usual slips in differentiating: a differentiator by the rules of a textbook, and what people write instead of each rule.

The differentiator walks a graph from its variables to its output, as one does on paper. A *slip* replaces one rule at one node, so
that every wrong derivative is known to be wrong in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derivkit.errors import MissingRuleError
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import Row

SINES = {"sin", "cos"}
ANGLES = {"sin", "cos", "tan", "sec", "csc", "cot"}
TINY = Fraction(1, 10**9)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on the way: its arguments, its value and the derivatives of its arguments.

    Attributes
    ----------
    f : GraphArithmetic
    row : Row
    y : Ref
        The value of the operation itself.
    u : tuple of Ref
    du : tuple of Ref
        Zero for an argument that does not depend on the variable.
    """

    f: GraphArithmetic
    row: Row
    y: Ref
    u: tuple[Ref, ...]
    du: tuple[Ref, ...]

    @property
    def moving(self) -> tuple[bool, ...]:
        """Which arguments depend on the variable."""
        return tuple(d.value != 0 for d in self.du)

    def shape(self, *names: str) -> bool:
        """Whether the operation is one of these and something in it moves."""
        return self.row.name in names and any(self.moving)


def correct(step: Step) -> Ref:
    """The derivative of an operation as textbooks write it: sum, product, quotient, power, exponential, chain rule."""
    f, u, du = step.f, step.u, step.du
    match step.row.name:
        case "add":
            return du[0] + du[1]
        case "subtract":
            return du[0] - du[1]
        case "negate":
            return -du[0]
        case "multiply":
            return du[0] * u[1] + u[0] * du[1]
        case "divide":
            return (du[0] * u[1] - u[0] * du[1]) / u[1] ** 2 if step.moving[1] else du[0] / u[1]
        case "power":
            return _power(step)
        case _:
            total = f.number(0)
            for k, slope in enumerate(du):
                if step.moving[k]:
                    total = total + f.partial(step.row.partial(k), step.y, u) * slope
            return total


def _power(step: Step) -> Ref:
    f, (u, v), (du, dv) = step.f, step.u, step.du
    match step.moving:
        case (True, False):
            return v * u ** (v - 1) * du
        case (False, True):
            return step.y * f.log(u) * dv
        case (True, True):
            return step.y * (dv * f.log(u) + v * du / u)
        case _:
            return f.number(0)


# kind of the slip -> what may be written for the derivative of an operation, nothing where the slip cannot be made there
Wrong = Callable[[Step], Iterator[Ref]]


def _lost_inner(step: Step) -> Iterator[Ref]:
    """The outer derivative alone."""
    outer_of = [k for k, moves in enumerate(step.moving) if moves]
    chained = step.row.operator is None or step.row.name == "power"
    if chained and len(outer_of) == 1 and step.du[outer_of[0]].value != 1:
        alone = tuple(step.f.number(1 if k == outer_of[0] else 0) for k in range(len(step.u)))
        yield correct(Step(step.f, step.row, step.y, step.u, alone))


def _sign(step: Step) -> Iterator[Ref]:
    """One sign the other way round."""
    if step.shape("subtract"):
        yield step.du[0] + step.du[1]
    elif step.shape("add"):
        yield step.du[0] - step.du[1]
    elif any(step.moving):
        yield -correct(step)


def _power_off_by_one(step: Step) -> Iterator[Ref]:
    """The old exponent kept, or lowered twice, or brought down too late."""
    if step.shape("power") and not step.moving[1]:
        (u, v), du = step.u, step.du[0]
        yield v * u**v * du
        yield v * u ** (v - 2) * du
        yield (v - 1) * u ** (v - 1) * du
    if step.shape("sqrt"):
        yield step.y / 2 * step.du[0]


def _product_rule(step: Step) -> Iterator[Ref]:
    """The product of the derivatives, one half of the rule, or a minus in it."""
    if step.shape("multiply") and all(step.moving):
        (u, v), (du, dv) = step.u, step.du
        yield du * dv
        yield du * v
        yield u * dv
        yield du * v - u * dv
        yield u * dv - du * v


def _quotient_rule(step: Step) -> Iterator[Ref]:
    """Swapped, without the square, with a plus, one half of it, or the quotient of the derivatives."""
    if step.shape("divide") and all(step.moving):
        (u, v), (du, dv) = step.u, step.du
        yield (u * dv - du * v) / v**2
        yield (du * v - u * dv) / v
        yield (du * v + u * dv) / v**2
        yield du * v - u * dv
        yield du / v
        yield -u * dv / v**2
        yield du / dv
    elif step.shape("divide") and step.moving[1]:
        yield -step.u[0] * step.du[1] / step.u[1]


def _missing_constant(step: Step) -> Iterator[Ref]:
    """A constant factor dropped."""
    if step.shape("multiply") and step.moving.count(True) == 1:
        yield step.du[0] if step.moving[0] else step.du[1]
    if step.shape("divide") and not step.moving[1]:
        yield step.du[0]
    if step.shape("power") and not step.moving[1]:
        yield step.u[0] ** (step.u[1] - 1) * step.du[0]
    if step.shape("power") and not step.moving[0]:
        yield step.y * step.du[1]
    if step.shape("divide") and not step.moving[0]:
        yield -step.du[1] / step.u[1] ** 2
    if step.shape("sqrt"):
        yield step.du[0] / step.y
    if step.shape("log2", "log10"):
        yield step.du[0] / step.u[0]


def _sin_cos(step: Step) -> Iterator[Ref]:
    """The sine kept, or the cosine, with either sign."""
    if step.row.name in SINES and any(step.moving):
        yield step.y * step.du[0]
        if step.row.name == "cos":
            yield -step.y * step.du[0]


def _power_rule_on_exponential(step: Step) -> Iterator[Ref]:
    """x a^(x-1) for a^x."""
    if step.shape("exp"):
        yield step.u[0] * step.f.exp(step.u[0] - 1) * step.du[0]
        yield step.u[0] * step.f.exp(step.u[0] - 1)
    if step.shape("power") and step.moving[1] and not step.moving[0]:
        yield step.u[1] * step.u[0] ** (step.u[1] - 1) * step.du[1]
        yield step.u[1] * step.u[0] ** (step.u[1] - 1)


def _constant_kept(step: Step) -> Iterator[Ref]:
    """A constant term that is still there."""
    if step.shape("add", "subtract") and not all(step.moving):
        kept = 0 if step.moving[1] else 1
        yield correct(step) + (step.u[kept] if kept == 0 or step.row.name == "add" else -step.u[kept])


def _constant_as_variable(step: Step) -> Iterator[Ref]:
    """A moving base or exponent taken for a constant."""
    if step.shape("power") and all(step.moving):
        (u, v), (du, dv) = step.u, step.du
        yield v * u ** (v - 1) * du
        yield step.y * step.f.log(u) * dv


def _degrees_for_radians(step: Step) -> Iterator[Ref]:
    """The derivative of a sine of degrees."""
    if step.row.name in ANGLES and any(step.moving):
        yield correct(step) * step.f.pi / 180


def _dropped_term(step: Step) -> Iterator[Ref]:
    """One term of a sum forgotten."""
    if step.shape("add", "subtract") and all(step.moving):
        yield step.du[0]
        yield step.du[1] if step.row.name == "add" else -step.du[1]


RULES: dict[str, Wrong] = {
    "lost_inner": _lost_inner,
    "sign": _sign,
    "power_off_by_one": _power_off_by_one,
    "product_rule": _product_rule,
    "quotient_rule": _quotient_rule,
    "missing_constant": _missing_constant,
    "sin_cos": _sin_cos,
    "power_rule_on_exponential": _power_rule_on_exponential,
    "degrees_for_radians": _degrees_for_radians,
    "dropped_term": _dropped_term,
    "constant_kept": _constant_kept,
    "constant_as_variable": _constant_as_variable,
}
FACTORS = {"factor": (2, Fraction(1, 2)), "small_factor": (1 + TINY, 1 - Fraction(1, 10**6))}
COEFFICIENTS: tuple[Callable[[Any], Any], ...] = (lambda c: c + 1, lambda c: c * (1 + TINY))


class Differentiator:
    """Derivatives of one graph with respect to one variable: the right one and the wrong ones, all in one new graph.

    Parameters
    ----------
    graph : Graph
        With one output.
    wrt : str
    """

    def __init__(self, graph: Graph, wrt: str) -> None:
        self.graph = graph
        self.wrt = wrt
        self.f = GraphArithmetic(Builder.of(graph))
        self._nodes = [self.f.ref(node) for node in range(len(graph))]
        self._right = self._slopes(self.wrt)
        self.right = self._right[graph.root]

    def wrong(self) -> Iterator[tuple[str, Ref]]:
        """Every slip: its kind, and the whole derivative that it leads to."""
        for node, head in enumerate(self.graph.heads):
            if isinstance(head, Row) and head.arity:
                for kind, rule in RULES.items():
                    for slope in rule(self._step(node, self._right)):
                        yield kind, self._slopes(self.wrt, {node: slope})[self.graph.root]
            elif head != self.wrt and node not in self._exponents():
                with suppress(MissingRuleError):  # the order of a Bessel function
                    yield "constant_as_variable", self._slopes(self.wrt, {node: self.f.number(1)})[self.graph.root]
        yield "not_differentiated", self._nodes[self.graph.root]
        for kind, factors in FACTORS.items():
            for factor in factors:
                yield kind, self.right * factor
        for other in self.graph.variables:
            if other != self.wrt:
                with suppress(MissingRuleError):
                    yield "wrong_variable", self._slopes(other)[self.graph.root]
        yield from self._changed()

    def _slopes(self, wrt: str, given: dict[int, Ref] | None = None) -> list[Ref]:
        """The derivatives of all nodes, some of them given."""
        found: list[Ref] = []
        for node, head in enumerate(self.graph.heads):
            if given and node in given:
                found.append(given[node])
            elif isinstance(head, Row) and head.arity:
                step = self._step(node, found)
                found.append(correct(step) if any(step.moving) else self.f.number(0))
            else:
                found.append(self.f.number(int(head == wrt)))
        return found

    def _step(self, node: int, slopes: list[Ref]) -> Step:
        head, inputs = self.graph.heads[node], self.graph.inputs[node]
        assert isinstance(head, Row)
        return Step(self.f, head, self._nodes[node], tuple(self._nodes[i] for i in inputs), tuple(slopes[i] for i in inputs))

    def _exponents(self) -> set[int]:
        pairs = zip(self.graph.heads, self.graph.inputs, strict=True)
        return {inputs[1] for head, inputs in pairs if isinstance(head, Row) and head.name == "power"}

    def _changed(self) -> Iterator[tuple[str, Ref]]:
        """The right derivative with one number in it changed, or one variable read as another."""
        right = self.f.builder.graph([self.right.id])
        for node, head in enumerate(right.heads):
            if isinstance(head, str):
                for other in self.graph.variables:
                    if other != head:
                        yield "variable_swapped", self._with(right, node, other)
            elif not isinstance(head, Row):
                for change in COEFFICIENTS:
                    number = Fraction(change(Fraction(head)))
                    yield "coefficient", self._with(right, node, number.numerator if number.denominator == 1 else number)

    def _with(self, right: Graph, place: int, head: Any) -> Ref:
        """The right derivative with one leaf replaced."""
        builder, ids = self.f.builder, []
        for node, (old, inputs) in enumerate(zip(right.heads, right.inputs, strict=True)):
            ids.append(builder.add(head if node == place else old, tuple(ids[i] for i in inputs)))
        return self.f.ref(ids[-1])
