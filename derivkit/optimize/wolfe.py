"""A search that finds where a line is nearly level, lower than it began, however far that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.limits import Limits, cornered
from derivkit.optimize.loop import Place, Stuck, evaluated
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.searches import SUFFICIENT_DECREASE, Pace, rounding, usable

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

MOST_TRIES = 120
LEAST_EXPANSION, MOST_EXPANSION = 2.0, 10.0  # times the last length, while the line still falls
MARGIN = 0.05  # of an interval: where no trial is put, because it would shorten it by too little
PATIENCE = 8  # trials in an interval, after which every other one halves it
INWARDS = 0.1  # of a first length that leads out of the domain
CLOSED = 1e-14  # relative length of an interval that is used up
STEEPER = 1e-2  # of what the way brought, promised by a rest of no length


@dataclass(frozen=True, slots=True)
class End:
    """A place on the line: how far along it is, and the slope along it there."""

    length: float
    place: Place
    slope: float

    @property
    def usable(self) -> bool:
        """Whether the function and its gradient are defined there."""
        return usable(self.place) and math.isfinite(self.slope)


@dataclass(frozen=True, slots=True)
class Wolfe:
    """A length at which the value is lower by a part of what the slope promises, and the slope a part of what it was.

    Both conditions grant the value its rounding, so that near a minimum the slopes decide. The length is bracketed: trials lengthen
    while the line falls, and then cubic interpolation, or that of slopes, narrows the interval.

    Attributes
    ----------
    scale : float
        The size of value that matters.
    flatness : float
        The part of the slope that may be left.
    natural : bool
        Whether every search begins at 1: that is the length of Newton's and quasi-Newton steps. Else it begins where the last one
        ended, in proportion of the slopes.

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), conditions 3.7, algorithms 3.5 and 3.6, equations 3.59 and 3.60; Hager and
    Zhang, A new conjugate gradient method with guaranteed descent, SIAM J. Optim. 16 (2005) 170, section 4, for rounding.
    """

    scale: float
    flatness: float = 0.9
    natural: bool = True

    def start(self) -> None:
        """Nothing is known of lengths."""

    def step(self, function: ValueAndGradient, place: Place, direction: Vector, memory: Pace | None) -> tuple[Place, int, Pace]:
        """As far as both conditions ask."""
        line = _Line(function, place, direction, memory.limits if memory else Limits.around(place, self.scale))
        if not line.start.slope < 0:
            raise cornered(function, place, abs(line.start.slope), 0, edge=False)
        end = self._searched(line, self._first(line, memory))
        return end.place, line.evaluations, Pace(0, end.length, line.start.slope, line.limits)

    def _first(self, line: _Line, memory: Pace | None) -> float:
        import numpy as np

        if self.natural:
            return 1.0
        if memory is None:
            return 1 / float(np.linalg.norm(line.direction))
        return memory.length * min(memory.slope / line.start.slope, MOST_EXPANSION)

    def _searched(self, line: _Line, first: float) -> End:
        low, high, length = line.start, None, first
        allowed = rounding(line.start.place, self.scale)
        for tries in range(MOST_TRIES):
            end = line.at(length)
            enough = end.place.value <= line.start.place.value + SUFFICIENT_DECREASE * length * line.start.slope + allowed
            if end.usable and enough and abs(end.slope) <= -self.flatness * line.start.slope:
                return end
            if end.usable and enough and end.slope < 0:
                low = end
            else:
                high = end
            if high is not None and high.length - low.length <= CLOSED * high.length:
                break
            length = _further(line.start, low) if high is None else _between(low, high, allowed, tries)
        return self._settled(line, low, high, first)

    def _settled(self, line: _Line, low: End, high: End | None, first: float) -> End:
        """The lower end of an interval that is used up, or of a line that falls on and on; if that is no progress, why.

        Does the line fall without end towards the edge of the domain? What the slope promises for the rest of the way is compared
        with what the whole way brought. The rest shrinks to rounding: if the value has a limit there, so does the promise, as for
        sqrt; for log it does not shrink at all.
        """
        edge = high is not None and not high.usable
        brought, unseen = line.start.place.value - low.place.value, rounding(line.start.place, self.scale)
        if high is not None and edge and -low.slope * (high.length - low.length) > max(STEEPER * brought, unseen):
            reason = "the value falls ever more steeply, towards a place where the function is undefined"
            raise Stuck(Outcome.UNBOUNDED, reason, line.evaluations)
        if brought > (unseen if edge else 0):
            return low
        raise cornered(line.function, line.start.place, -first * line.start.slope / 2, line.evaluations, edge=edge)


class _Line:
    """The function along a direction."""

    def __init__(self, function: ValueAndGradient, place: Place, direction: Vector, limits: Limits) -> None:
        self.function, self.direction, self.limits = function, direction, limits
        self.start = End(0.0, place, float(place.gradient @ direction))
        self.evaluations = 0

    def at(self, length: float) -> End:
        """So far along."""
        import numpy as np

        place = evaluated(self.function, self.start.place.x + length * self.direction)
        self.evaluations += 1
        self.limits.watch(place.value, self.evaluations)
        with np.errstate(all="ignore"):
            return End(length, place, float(place.gradient @ self.direction))


def _further(start: End, low: End) -> float:
    """Where the line would be level if its slope changed evenly, but neither much nearer nor much further than the last trial."""
    change = low.slope - start.slope
    level = low.length * -start.slope / change if change > 0 else math.inf
    return min(max(level, LEAST_EXPANSION * low.length), MOST_EXPANSION * low.length)


def _between(low: End, high: End, allowed: float, tries: int) -> float:
    """A length between two ends: of the minimum of a cubic, or where slopes meet 0, kept off both ends."""
    width = high.length - low.length
    if not high.usable:
        return low.length + (width / 2 if low.length else INWARDS * width)
    if tries > PATIENCE and tries % 2:
        return low.length + width / 2
    if abs(high.place.value - low.place.value) > 10 * allowed:
        part = _cubic(low, high, width)
    else:
        part = low.slope / (low.slope - high.slope) if high.slope > 0 else 0.5
    return low.length + width * min(max(part, MARGIN), 1 - MARGIN)


def _cubic(low: End, high: End, width: float) -> float:
    """Where the cubic with both values and slopes is least, as a part of the interval (Nocedal and Wright, equation 3.59)."""
    first = low.slope + high.slope - 3 * (high.place.value - low.place.value) / width
    square = first * first - low.slope * high.slope
    if not 0 <= square < math.inf:
        return 0.5
    second = math.sqrt(square)
    divisor = high.slope - low.slope + 2 * second
    return 1 - (high.slope + second - first) / divisor if divisor else 0.5
