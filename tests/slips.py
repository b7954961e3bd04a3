"""The usual slips in differentiating: what people write instead of a textbook's rule for one operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derivkit.expression.arithmetic import Ref
from tests.textbook import Step, correct

SINES = {"sin", "cos"}
ANGLES = {"sin", "cos", "tan", "sec", "csc", "cot"}

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
