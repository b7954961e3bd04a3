"""What a drawing of a graph says, whatever draws it: boxes with lines of text, and arrows with numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from derivkit.records import TapeNode
from derivkit.render.message import printable, shortened
from derivkit.render.numbers import number, point

if TYPE_CHECKING:
    from derivkit.records import GraphAnswer, Step

_LONGEST_LINE = 28  # characters of one line in a box
_LONGEST_TITLE = 90
_DIGITS = 5  # significant, of a number in a drawing; a tooltip has all

Kind = Literal["variable", "constant", "operation"]


@dataclass(frozen=True, slots=True)
class Box:
    """A node: `v2 = v0^v1` and, at a point, its value and adjoint; `whole` has them in full."""

    name: str
    kind: Kind
    lines: tuple[str, ...]
    whole: str
    output: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a box to one that uses it; at a point with the local partial derivative, if one is needed."""

    source: int
    target: int
    label: str | None = None
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """Boxes in the order of a calculation, arrows in the order of their targets, and a title of a line or two."""

    title: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    valued: bool


def figure(answer: GraphAnswer) -> Figure:
    """The drawing of an answer of `derivkit.answers.graph`; a constant is drawn at every node that uses it."""
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    places: dict[int, int] = {}  # of nodes among the boxes
    drawn = Counter[int]()  # how often each constant is

    def place(step: Step) -> int:
        if step.id not in places:
            boxes.append(_box(step, drawn[step.id]))
            drawn[step.id] += 1
        return places.get(step.id, len(boxes) - 1)

    root = answer.nodes[-1]
    for step in answer.nodes:
        sources = [place(answer.nodes[source]) for source in step.inputs]
        arrows += [_arrow(step, k, source, len(boxes)) for k, source in enumerate(sources)]
        if step is root or step.operation != "constant":
            places[step.id] = place(step)
    boxes[-1] = replace(boxes[-1], output=True)
    title = [f"f = {answer.expression}", *([f"at {point(answer.tape.at)}"] if answer.tape and answer.tape.at else [])]
    lines = tuple(shortened(printable(line), _LONGEST_TITLE) for line in title)
    return Figure(lines, tuple(boxes), tuple(arrows), answer.tape is not None)


def _box(step: Step, copy: int) -> Box:
    name = f"v{step.id}"
    first = printable(f"{name} = {step.text}")
    lines, whole = [shortened(first, _LONGEST_LINE)], [first]
    known = step.operation == "constant" and step.text[:1].isdigit()  # says its value already
    if isinstance(step, TapeNode) and not known:
        for label, value in (("value", step.value), ("adjoint", step.adjoint)):
            if value is not None:
                lines.append(f"{label} {_short(value)}")
                whole.append(f"{label} {number(value)}")
    kind: Kind = "operation" if step.inputs else "variable" if step.operation == "variable" else "constant"
    return Box(f"{name}_{copy}" if copy else name, kind, tuple(lines), ", ".join(whole))


def _arrow(step: Step, k: int, source: int, target: int) -> Arrow:
    partial = step.partials[k] if isinstance(step, TapeNode) else None
    if partial is None:
        return Arrow(source, target)
    return Arrow(source, target, _short(partial), f"∂v{step.id}/∂v{step.inputs[k]} = {number(partial)}")


def _short(value: float) -> str:
    return f"{value:.{_DIGITS}g}"
