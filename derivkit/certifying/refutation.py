"""What refutes a claim, in numbers that refute it as they are shown: a point, and what stands in the claim there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb

from derivkit.certifying.box import Point
from derivkit.certifying.field import Field
from derivkit.certifying.outward import outward, pinned, shown
from derivkit.certifying.search import Finding
from derivkit.expression.graph import Graph


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its text, and its value as a function of the variables."""

    text: str
    field: Field

    @classmethod
    def of(cls, text: str, graph: Graph, names: tuple[str, ...]) -> Side:
        """The side that a graph is."""
        return cls(text, Field(graph, names))

    @property
    def moves(self) -> bool:
        """Whether it is more than a number."""
        return bool(self.field.graph.variables)


def refuted_at(point: Point, values: Mapping[str, arb]) -> Finding:
    """The finding that numbers at a point refute a claim."""
    listed = ", ".join(f"{text} = {shown(value)}" for text, value in values.items())
    return Finding("refuted", "witness", f"at {pinned(point)}, {listed}", point, values)


def refuted_between(point: Point, larger: Side, smaller: Side, gap: Field, *, typed: tuple[Side, ...], strict: bool) -> Finding:
    """The finding that a side is not larger than another; with their difference, where ten digits of both do not tell.

    Parameters
    ----------
    point : mapping of str to End
    larger, smaller : Side
        As claimed.
    gap : Field
        The first less the second.
    typed : tuple of Side
        What is shown, in this order.
    strict : bool
        Whether equal sides refute the claim.
    """
    values = {side.text: side.field.sharp(point) for side in typed}
    sides = [side.field.sharp(point) for side in (larger, smaller)]
    moves = [side.moves for side in (larger, smaller)]
    difference = gap.sharp(point)
    if not sides[1].is_zero() and not _tells(sides, moves, strict=strict):
        values[f"{larger.text} - {_enclosed(smaller.text)}"] = difference
    return refuted_at(point, values)


def _tells(sides: list[arb], moves: list[bool], *, strict: bool) -> bool:
    """Whether floats around both sides, and their first ten digits, show that the first is smaller than the second (or equal)."""
    (_, high), (low, _) = map(outward, sides)
    first, second = (arb(shown(x)) if moving else x for x, moving in zip(sides, moves, strict=True))
    return (high < low and bool(first < second)) or (strict and high <= low and not first > second)


def _enclosed(text: str) -> str:
    """A text that may follow a minus sign."""
    return f"({text})" if set(text) & set("+-") else text
