"""In which range of a variable a formula leaves the doubles, though its value is an ordinary number there.

Each variable moves over the doubles with the others held; where the formula fails at one place and not at the next, bisection over
the doubles between them finds the last one that fails. What is reported was seen at both ends of the range and in between, not
proved for every double in it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from flint import arb

from derivkit.conditioning.blame import LARGEST, SMALLEST, Sight, departure, relative_error
from derivkit.conditioning.measure import At, node_balls, node_floats
from derivkit.conditioning.records import Loss, Range
from derivkit.expression.graph import Graph
from derivkit.functions import precision

LOOKS = (128, 1280, 5120)
DECADES = (-300, -200, -160, -120, -60, -30, -16, -8, -4, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12, 16, 30, 60, 100, 120, 160, 200, 300)
WRONG = 0.5  # a relative error that leaves no digit
WORK = 60_000  # nodes times places

FINE, UNKNOWN, LOST, ELSEWHERE = "fine", "unknown", "lost", "elsewhere"


@dataclass(frozen=True, slots=True)
class State:
    """What happens at one place.

    Attributes
    ----------
    kind : str
        "fine", "unknown" (outside the domain, or itself beyond doubles), "lost" (to cancellation), "elsewhere" (in an operation
        that the variable does not move), or how the formula fails.
    loss : Loss or None
        The operation that fails.
    lost_truth : bool
        Whether not even the truth can be enclosed there.
    """

    kind: str
    loss: Loss | None = None
    lost_truth: bool = False


def ranges(graph: Graph, at: At, within: dict[str, tuple[float, float]] | None = None) -> tuple[Range, ...]:
    """The ranges in which a formula over- or underflows on the way to an ordinary number.

    Parameters
    ----------
    graph : Graph
    at : mapping of str to float
        What the other variables are held at.
    within : dict of str to (float, float), optional
        Where to look; the doubles up to 1e300 by default.

    Returns
    -------
    tuple of Range

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> for found in ranges(parse("log(1 + exp(x))").graph, {"x": 1.0}):
    ...     print(found.variable, found.low, found.high, found.loss.text)
    x 709.7827128933841 None exp(x)
    """
    count = 2 * len(DECADES) + 1
    names = graph.variables[: max(1, WORK // (count * len(graph)))]
    return tuple(found for name in names for found in _Line(graph, at, name, (within or {}).get(name)).found())


class _Line:
    """One variable that moves."""

    def __init__(self, graph: Graph, at: At, name: str, within: tuple[float, float] | None) -> None:
        self.graph, self.at, self.name = graph, at, name
        self.moving = graph.depends_on([name])
        self.low, self.high = within or (-math.inf, math.inf)

    def found(self) -> Iterator[Range]:
        """The ranges, from the lowest."""
        places = self._places()
        states = [self._state(x) for x in places]
        kinds = [self._kind(states, k) for k in range(len(places))]
        start = 0
        for kind, run in groupby(kinds):
            size = len(list(run))
            first, last = start, start + size - 1
            start += size
            loss = next((s.loss for s in states[first : last + 1] if s.loss is not None), None)
            if loss is None or (
                kind == "underflow" and LOST in kinds[max(first - 1, 0) : last + 2]
            ):  # nothing was left to underflow
                continue
            low = None if first == 0 else self._edge(places[first], places[first - 1], kind)
            high = None if last == len(places) - 1 else self._edge(places[last], places[last + 1], kind)
            yield Range(self.name, low, high, loss)

    def _places(self) -> list[float]:
        sizes = [float(f"1e{k}") for k in DECADES]
        wanted = {0.0, self.at[self.name], *sizes, *(-x for x in sizes), self.low, self.high}
        return sorted(x for x in wanted if self.low <= x <= self.high and math.isfinite(x))

    @staticmethod
    def _kind(states: list[State], k: int) -> str:
        """A place whose truth is lost is like the nearest one, towards 0, at which it is known."""
        if not states[k].lost_truth:
            return states[k].kind
        middle = len(states) // 2
        inner = range(k, middle, -1) if k > middle else range(k, middle)
        return next((states[j].kind for j in inner if not states[j].lost_truth), UNKNOWN)

    def _state(self, x: float) -> State:
        at = {**self.at, self.name: x}
        floats = node_floats(self.graph, at)
        root = self.graph.root
        for bits in LOOKS:
            with precision(bits):
                balls = node_balls(self.graph, at)
            if balls[root].rel_accuracy_bits() >= 53:
                break
        truth = balls[root]
        if not truth.is_finite() or truth.contains(0):
            return State(UNKNOWN, lost_truth=not math.isfinite(floats[root]))
        if not _is_ordinary(truth):
            return State(UNKNOWN)
        if relative_error(floats[root], truth) < WRONG:
            return State(FINE)
        loss = departure(Sight(self.graph, floats, balls), root)
        if loss is None:
            return State(LOST)
        return State(loss.kind, loss) if self.moving[loss.node] else State(ELSEWHERE)

    def _edge(self, inside: float, outside: float, kind: str) -> float:
        """The last double, from a place where the formula fails towards one where it does not, at which it fails."""
        fails, other = _ordinal(inside), _ordinal(outside)
        while abs(fails - other) > 1:
            middle = (fails + other) // 2
            if self._state(_double(middle)).kind == kind:
                fails = middle
            else:
                other = middle
        return _double(fails)


def _is_ordinary(truth: arb) -> bool:
    return bool(abs(truth) >= SMALLEST) and bool(abs(truth) <= LARGEST)


def _ordinal(x: float) -> int:
    """The place of a double among all doubles, 0 at 0."""
    (bits,) = struct.unpack("<q", struct.pack("<d", abs(x)))
    return -int(bits) if x < 0 else int(bits)


def _double(ordinal: int) -> float:
    (x,) = struct.unpack("<d", struct.pack("<q", abs(ordinal)))
    return -float(x) if ordinal < 0 else float(x)
