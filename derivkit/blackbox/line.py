"""The function along one line through the point: its slope there, measured and claimed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit import finite
from derivkit.blackbox.contract import Claim
from derivkit.blackbox.kinds import DOUBLE_BITS, rounded, total
from derivkit.blackbox.subject import Subject
from derivkit.finite.stencil import CENTRAL

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Array

ROUNDINGS = 8.0  # of an entry that a right gradient may have
WAVERINGS = 4.0  # from a gradient's changes between neighbouring points to a bound on its own rounding
QUIET = 16.0  # changes under so many grains may be none
WIDE = 4.0  # the longest step, in scales: what changes only far away is easily taken for noise
NEAR = 0.25  # the same for narrow numbers, whose rounding grows with the values
SPARE_BITS = 10  # narrow numbers leave the search too little room between the point's size and its rounding
WEIGHTS = 2.7  # the sum of the weights of a difference, their signs left out
COARSE = 2.0**10  # times the rounding of a value: a function whose smallest change is larger goes in steps
SURE = 4.0  # times a bound: bounds are estimates, and a gap among many may be just beyond its own
LEVEL = 2.0**-8  # of the scale: farther than half precision is coarse
PLAIN = 1e-3  # bound, as a part of a difference that is beyond doubt
BLOCK = 8192  # entries that are moved at a time: what one pass over them writes is still in the cache in the next
MOST_WAVERING = 1e-2  # of the tolerance: more is not taken for rounding


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative along a line.

    Attributes
    ----------
    claimed, measured : float
        NaN where nothing was measured.
    bound : float
        On the difference of the two if the claim is right.
    step : float
    """

    claimed: float
    measured: float
    bound: float
    step: float

    def over(self, scale: float) -> Slope:
        """The slope in a variable in which the line's step of 1 is `scale` long."""
        return Slope(self.claimed / scale, self.measured / scale, self.bound / scale, self.step * scale)

    @property
    def gap(self) -> float:
        """By how much the measured slope is larger than the claimed one."""
        return self.measured - self.claimed

    @property
    def differs(self) -> bool:
        """Whether the two differ by more than everything that was measured can explain."""
        return abs(self.gap) > self.bound

    @property
    def sure(self) -> bool:
        """Whether the two differ by so much that no second measurement is needed."""
        return abs(self.gap) > SURE * self.bound

    @property
    def plain(self) -> bool:
        """Whether the difference is so plain that the function must have a slope."""
        return self.bound <= PLAIN * abs(self.gap)


class Line:
    """The function of t whose values are f(x + t v).

    Places are rounded to the numbers in which the function works, and what the claim says of that rounding is taken off again; so
    it costs no accuracy where the claim is right, not even in float32.

    Parameters
    ----------
    subject : Subject
    claim : Claim
    support : slice or ndarray of int
        The entries that move.
    direction : ndarray of float64
        How far each of them moves while t goes from 0 to 1.
    tolerance : float
        That of the check.
    grain : float
        By how much values differ at least if they differ, as far as that is known.
    """

    def __init__(
        self, subject: Subject, claim: Claim, support: Any, direction: Array, tolerance: float, grain: float = 0.0
    ) -> None:
        import numpy as np

        self.direction = direction
        self._subject, self._claim, self._tolerance = subject, claim, tolerance
        self._support = support
        self._start = subject.argument.vector[support]
        gradient = claim.gradient[support]
        self._gradient: Array = np.where(np.isfinite(gradient), gradient, 0.0)
        terms = self._gradient * direction
        self.claimed = total(terms)
        self._allowed = _rounding(terms, claim.wavering[support] * direction, subject.bits, tolerance)
        deeper = DOUBLE_BITS - subject.bits - SPARE_BITS if subject.bits < DOUBLE_BITS else 0
        self._origin = 2.0**deeper if self._start.any() else 0.0  # the search goes down to the floats next to it
        self._known: dict[float, float] = {0.0: claim.value}
        self._moved = np.empty_like(direction)  # used again: new memory takes as long as sums
        self._grain = max(grain, self.rounding * abs(claim.value))

    def __call__(self, t: float) -> float:
        """The value at x + t v."""
        if t not in self._known:
            self._known[t] = self._value(t)
        return self._known[t]

    def _value(self, t: float) -> float:
        import numpy as np

        slipped, moves = 0.0, False
        for first in range(0, len(self._moved), BLOCK):
            block = slice(first, first + BLOCK)
            start, place = self._start[block], self._moved[block]
            step = self.direction[block] * t
            np.add(start, step, out=place)
            place[:] = rounded(place, self._subject.bits)
            slip = place - start
            moves = moves or bool(slip.any())
            slip -= step
            slipped += float(slip @ self._gradient[block])
        value = self._subject.value(self._place(self._moved))
        if moves and value == self._known[0.0] and self.grain > COARSE * self.rounding * abs(value):
            return value  # a plateau of a coarse function: it does not hear of the move, let alone of its rounding
        return value - slipped

    def _place(self, moved: Array) -> Array:
        if len(moved) == len(self._subject.argument.vector):
            return moved
        place = self._subject.argument.vector.copy()
        place[self._support] = moved
        return place

    def part(self, group: slice) -> Line:
        """The same direction with only some of its entries moving: the slopes of parts add up to that of the whole."""
        support = group if isinstance(self._support, slice) else self._support[group]
        return Line(self._subject, self._claim, support, self.direction[group], self._tolerance, self._grain)

    def slope(self) -> Slope:
        """From both sides of the point, or from the one on which the function has values."""
        found = self._slope(-math.inf, math.inf, NEAR if self._subject.bits < DOUBLE_BITS else WIDE)
        return self._level() or found

    def alone(self) -> Slope:
        """Of a single entry, from values at its own floats: no claim is needed to take the rounding of places off again."""
        import numpy as np

        size = float(self.direction[0])
        found = finite.derivative(lambda x: self._subject.value(self._place(np.array([x]))), float(self._start[0]), scale=abs(size))
        return Slope(self.claimed, found.value * size, abs(found.error * size) + self._allowed, abs(found.step / size))

    def _level(self) -> Slope | None:
        """A slope of zero that is claimed to be zero, where the function is constant far beyond any rounding of its own."""
        middle = self(0.0)
        if self._gradient.any() or any(value != middle for t, value in self._known.items() if abs(t) <= LEVEL):
            return None
        return Slope(0.0, 0.0, self.rounding * abs(middle) / LEVEL, LEVEL)

    def far_slope(self) -> Slope:
        """The same from any distance, for functions that change over much longer ones than the size of the point tells."""
        return self._slope(-math.inf, math.inf, None)

    def side(self, sign: int) -> Slope:
        """From one side only: 1 or -1."""
        return self._slope(0.0, math.inf, WIDE) if sign > 0 else self._slope(-math.inf, 0.0, WIDE)

    def _slope(self, low: float, high: float, longest: float | None) -> Slope:
        origin, domain = self._origin, (self._origin + low, self._origin + high)
        found = finite.derivative(lambda place: self(place - origin), origin, scale=1.0, domain=domain, longest=longest)
        return Slope(self.claimed, found.value, found.error + self._unseen(found.step) + self._allowed, found.step)

    def _unseen(self, step: float) -> float:
        """The slope that differences at a step cannot see, because the function's values are coarser than they know."""
        if not step > 0:
            return 0.0
        reach = min(CENTRAL.reach * step, 1.0)
        near = [value for t, value in self._known.items() if abs(t) <= reach and math.isfinite(value)]
        coarse = QUIET * self._grain
        hidden = coarse / reach if max(abs(value - self(0.0)) for value in near) < coarse else 0.0
        narrow = self.rounding * max(map(abs, near)) / step if self._subject.bits < DOUBLE_BITS else 0.0
        return hidden + WEIGHTS * narrow

    @property
    def grain(self) -> float:
        """The smallest change that a sample shows."""
        return min(
            (abs(value - self(0.0)) for value in self._known.values() if value != self(0.0) and math.isfinite(value)), default=0.0
        )

    @property
    def closest(self) -> float:
        """The smallest step that moves every entry, about."""
        return 2.0 ** (3 - self._subject.bits)

    @property
    def rounding(self) -> float:
        """The relative rounding of the function's numbers."""
        return 2.0**-self._subject.bits

    @property
    def at_edge(self) -> bool:
        """Whether the function lacks values right beside the point; asked only where it lacks some at all."""
        missing = not all(map(math.isfinite, self._known.values()))
        return missing and not all(math.isfinite(self(side * self.closest)) for side in (-1, 1))

    @property
    def samples(self) -> dict[float, float]:
        """All values so far, by t."""
        return self._known


def _rounding(terms: Array, wavering: Array, bits: int, tolerance: float) -> float:
    """How far the claimed slope may be off where the gradient is right but for its rounding."""
    import numpy as np

    most = MOST_WAVERING * tolerance * np.abs(terms).max(initial=0.0)
    own = np.minimum(WAVERINGS * np.abs(wavering), most) + ROUNDINGS * 2.0**-bits * np.abs(terms)
    largest = float(own.max(initial=0.0))
    return largest * math.sqrt(float(np.square(own / largest).sum())) if largest else 0.0
