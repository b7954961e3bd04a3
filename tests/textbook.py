"""The rules of a textbook for one operation: sum, product, quotient, power, exponential, chain rule."""

from __future__ import annotations

from dataclasses import dataclass

from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.functions import Row


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
