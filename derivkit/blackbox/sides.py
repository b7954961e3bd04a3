"""Where a slope cannot be measured: what the two sides of the point say."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Literal

from derivkit.blackbox.line import Line, Slope

STRIDE = 4.0  # distances from the point grow by this factor
NEAR = 0.25  # of the scale: what is farther off says nothing of the point
DISTANCES = 8  # the closest ones, at which a jump is a constant
CONSTANT = 0.1  # relative change of a jump over those distances
VISIBLE = 16.0  # a change must exceed the noise by this factor
LIKE = 0.25  # relative difference of changes of slope that are the same
LEAST_POWER = 0.9  # a change that goes to zero like a smaller power of the distance has an infinite slope
RUN = 5  # distances over which the power must hold
STEADY = 0.05

Kind = Literal["kink", "jump", "infinite_slope", "outside_domain"]


@dataclass(frozen=True, slots=True)
class Sides:
    """What was found at the point along one line.

    Attributes
    ----------
    kind : str
        "kink", "jump", "infinite_slope" or "outside_domain".
    left, right : Slope
    present : (bool, bool)
        Whether the function has values on the left and on the right.
    """

    kind: Kind
    left: Slope
    right: Slope
    present: tuple[bool, bool] = (True, True)

    def over(self, scale: float) -> Sides:
        """The same for a variable in which the line's step of 1 is `scale` long."""
        return replace(self, left=self.left.over(scale), right=self.right.over(scale))

    @property
    def contradicted(self) -> bool:
        """Whether the claimed slope lies outside of what is between the slopes of the two sides, where there are two."""
        slopes = [slope for slope in (self.left, self.right) if math.isfinite(slope.bound)]
        if self.kind not in ("kink", "outside_domain") or not slopes:
            return False
        low = min(slope.measured - slope.bound for slope in slopes)
        high = max(slope.measured + slope.bound for slope in slopes)
        return not low <= slopes[0].claimed <= high

    def describe(self) -> str:
        """The two slopes, for a sentence."""
        if self.kind == "jump":
            return "the function jumps"
        if self.kind == "infinite_slope":
            return "the slope is infinite"
        if self.kind == "outside_domain":
            if not any(self.present):
                return "the function has no values next to the point"
            side, slope = ("right", self.right) if self.present[1] else ("left", self.left)
            known = f", where the slope is {slope.measured:.6g}" if math.isfinite(slope.bound) else ""
            return f"the function has values on the {side} only{known}"
        return f"the slope is {self.left.measured:.6g} on the left, {self.right.measured:.6g} on the right"


def sides_of(line: Line, noise: float) -> Sides | None:
    """A kink, a jump, an infinite slope or an edge of the domain at the point; None where nothing of the kind is seen.

    Parameters
    ----------
    line : Line
    noise : float
        Of one value.
    """
    left, right = line.side(-1), line.side(1)
    near = [t for t in (line.closest * STRIDE**k for k in range(DISTANCES)) if t <= NEAR]
    present = (all(math.isfinite(line(-t)) for t in near), all(math.isfinite(line(t)) for t in near))
    if not all(present):
        return Sides("outside_domain", left, right, present)
    visible = VISIBLE * noise
    if any(_jumps(line, sign, near, visible) for sign in (-1, 1)):
        return Sides("jump", left, right)
    if any(_is_infinite(line, sign, visible) for sign in (-1, 1)):
        return Sides("infinite_slope", left, right)
    if abs(right.measured - left.measured) > right.bound + left.bound and _bends(line, right.measured - left.measured, visible):
        return Sides("kink", left, right)
    return None


def _changes(line: Line, sign: int, distances: list[float]) -> list[float]:
    return [line(sign * t) - line(0.0) for t in distances]


def _bends(line: Line, bend: float, visible: float) -> bool:
    """Whether the slope changes by so much however close one comes, as long as the change stands above the noise."""
    steps = [line.closest * STRIDE**k for k in range(math.ceil(math.log(1 / line.closest, STRIDE)))]
    found = ((t, line(t) + line(-t) - 2 * line(0.0)) for t in steps)
    seen = list(islice((change / t for t, change in found if abs(change) > visible), RUN))
    return len(seen) == RUN and all(abs(change - bend) <= LIKE * abs(bend) for change in seen)


def _jumps(line: Line, sign: int, near: list[float], visible: float) -> bool:
    """Whether the change is the same however close one comes."""
    changes = _changes(line, sign, near)
    middle = sum(changes) / len(changes)
    return max(changes) - min(changes) <= CONSTANT * abs(middle) and abs(middle) > visible


def _is_infinite(line: Line, sign: int, visible: float) -> bool:
    """Whether changes go to zero like a power of the distance below one, to the closest distances."""
    distances = [t for t in (line.closest * STRIDE ** (k + 2) for k in range(RUN + 1)) if t <= NEAR]
    changes = [abs(change) for change in _changes(line, sign, distances)]
    if len(changes) < RUN + 1 or not all(math.isfinite(change) and change > visible for change in changes):
        return False
    powers = [math.log(b / a, STRIDE) for a, b in pairwise(changes)]
    return max(powers) < LEAST_POWER and max(powers) - min(powers) < STEADY
