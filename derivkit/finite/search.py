"""The walk over steps: from the scale of the point to the step at which a derivative is known best.

Sources: Richardson, The deferred approach to the limit, Phil. Trans. R. Soc. A 226 (1927) 299; Ridders, Accurate computation of
F'(x) and F'(x)F''(x), Adv. Eng. Software 4 (1982) 75; Gill, Murray, Saunders and Wright, Computing forward-difference intervals for
numerical optimization, SIAM J. Sci. Stat. Comput. 4 (1983) 310.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import replace

from derivkit.finite.extrapolation import EPSILON, Fit, fit
from derivkit.finite.samples import Samples
from derivkit.finite.stencil import CENTRAL, SIDES, Stencil
from derivkit.records import Estimate

MOST_ORDER = 4
SCAN = 4  # scales are scanned in steps of 2^4
DEPTH = 52  # the closest samples lie 2^52 times closer than the point is to 0: at the next floats
DEPTH_AT_ZERO = 72
BELOW = 4  # steps are longer than the closest samples, which test them, by this power of a stencil's reach
HEIGHT = 48  # the longest step is 2^48 times the scale
LEAST_EXPONENT = -1074  # of the smallest float
LONGEST_STRIDE = 256
PREDICTABLE = 0.05
SETTLED = 128 * EPSILON  # relative error at which no other step is tried
UNSETTLED = 1e-3  # relative truncation that is no convergence, if a longer step had no more
SLOW, FAST = 4.0, 8.0  # powers of the step: truncation falls like a higher one where the function is smooth, or at once
LEAST_POWER = 0.4  # truncation that falls like a lower one settles nothing
ONE_SIDED = 16.0  # roundings that a slope of one side may lose besides
HIDDEN = 16.0  # truncation that falls slowly may hide under so many roundings
POOR = 1e-8  # relative error at which a stencil that the domain cramps is not good enough


def derivative(
    function: Callable[[float], float],
    x: float,
    *,
    order: int = 1,
    scale: float | None = None,
    domain: tuple[float, float] | None = None,
    noise: float | None = None,
    longest: float | None = None,
) -> Estimate:
    """A derivative of any function of one float, with a bound on its error, from the function's values alone.

    Parameters
    ----------
    function : callable
        From float to float. NaN and infinities mean "outside the domain there", as do ValueError and ArithmeticError away from
        the point; at the point itself, and all others anywhere, errors are the caller's.
    x : float
        The point.
    order : int
        1 to 4.
    scale : float, optional
        The length over which the function changes; |x| by default, or 1 at 0. It is only where the search starts.
    domain : (float, float), optional
        A closed interval outside of which the function is not to be called. At its ends derivatives are one-sided.
    noise : float, optional
        A bound on the error of one value; measured by default.
    longest : float, optional
        The longest step; samples lie up to eight times as far from the point. 2^48 scales by default.

    Returns
    -------
    Estimate
        Value NaN and error infinite where nothing can be said; a kink or a jump at the point shows as a large error.

    Raises
    ------
    ValueError
        If the order is not 1 to 4, or the point is not a finite number.
    ValueError, ArithmeticError
        From the function at the point itself.

    Examples
    --------
    >>> import math
    >>> estimate = derivative(math.log, 0.001)
    >>> abs(estimate.value - 1000) <= estimate.error < 1e-9
    True
    """
    if order not in range(1, MOST_ORDER + 1):
        raise ValueError(f"order {order} was asked for: differences go from 1 to {MOST_ORDER}")
    if not math.isfinite(x):
        raise ValueError(f"the point {x} is not a finite number")
    samples = Samples(function, float(x), domain)
    if samples(0.0) is None:
        return Estimate(math.nan, math.inf, math.nan, samples.evaluations)
    search = _Search(samples, order, scale, noise, longest)
    best = search.best()
    if best is None:
        return Estimate(math.nan, math.inf, math.nan, samples.evaluations)
    error = math.inf if best.drowned else best.error
    return Estimate(best.value, error, math.ldexp(1.0, best.exponent), samples.evaluations)


class _Search:
    def __init__(self, samples: Samples, order: int, scale: float | None, noise: float | None, longest: float | None) -> None:
        self.samples = samples
        self.order = order
        self.noise = noise
        self.unsettled: dict[Stencil, dict[int, float]] = {}  # errors far above the rounding, by the exponent of the step
        x = samples.x
        self.top = math.frexp(scale or abs(x) or 1.0)[1] - 1
        self.longest = max(self.top, 0) + HEIGHT if longest is None else math.frexp(longest)[1] - 1
        lowest = math.frexp(x)[1] - 1 - DEPTH if x else self.top - DEPTH_AT_ZERO
        self.lowest = max(lowest, LEAST_EXPONENT)
        self.scan = [math.ldexp(1.0, e) for e in range(self.top, self.lowest - 1, -SCAN)]

    def best(self) -> Fit | None:
        """The central fit; where the domain cramps or forbids it, the best fit that does not contradict it.

        Where it settles slowly, the two sides may do so faster, and one slope stands for both if they agree.
        """
        found, cramped = self._search(CENTRAL)
        if found is not None and found.slow and found.error < math.inf:
            return self._of_both_sides(found)
        if found is not None and not (cramped and POOR * abs(found.value) < found.error < math.inf):
            return found
        for side in (1, -1):
            other, _ = self._search(SIDES[side])
            if found is None or (other is not None and other.improves(found)):
                found = other
        return found

    def _of_both_sides(self, central: Fit) -> Fit:
        right, left = (self._search(SIDES[side])[0] for side in (1, -1))
        if right is None or left is None or not abs(right.value - left.value) <= right.error + left.error:
            return central
        worse = max(right, left, key=lambda fit: fit.error)
        value, apart = (right.value + left.value) / 2, abs(right.value - left.value) / 2
        middle = replace(worse, value=value, gap=worse.gap + apart + ONE_SIDED * EPSILON * abs(value))
        return middle if middle.improves(central) else central

    def _search(self, stencil: Stencil) -> tuple[Fit | None, bool]:
        """Down from the largest predictable scale until rounding rules, then up while that helps.

        Returns the best fit, and whether longer steps were cut off by the edge of the domain.
        """
        start = self._start(stencil)
        if start is None:
            return None, False
        best, cramped = self._down(stencil, start - stencil.reach.bit_length() + 1)
        if best is not None and math.isfinite(best.error):
            best, cramped = self._up(stencil, best, cramped)
        return best, cramped

    def _down(self, stencil: Stencil, exponent: int) -> tuple[Fit | None, bool]:
        """Shorten the step until rounding rules."""
        best: Fit | None = None
        found: Fit | None = None
        grows = best_grows = False
        while exponent >= self._shortest(stencil):
            longer, found = found, self._fit(stencil, exponent)
            if found is not None:
                if longer is not None:
                    left = found.error if grows else found.truncation
                    falling = 2.0 ** (LEAST_POWER * (found.exponent - longer.exponent))
                    grows = left > max(UNSETTLED * abs(found.value), falling * longer.truncation)
                if best is None or found.error < best.error:
                    best, best_grows = found, grows
                if not found.too_long:
                    break
            exponent -= _descent(found, len(stencil.offsets) - 1)
        else:
            best_grows = grows
        if best is not None and best_grows:  # even the shortest steps settle no better: there is no such derivative
            best = replace(best, gap=math.inf)
        return best, found is None

    def _up(self, stencil: Stencil, best: Fit, cramped: bool) -> tuple[Fit, bool]:
        """Lengthen the step in strides while that helps, and shorten it again where a stride went too far."""
        stride = min(SCAN, self.longest - best.exponent)
        while stride > 0 and not self._settled(best):
            found = self._fit(stencil, best.exponent + stride)
            cramped = found is None
            if found is not None and found.improves(best):
                best = found
                stride = min(2 * stride, LONGEST_STRIDE, self.longest - best.exponent)
            else:
                stride //= 2
        again, _ = self._down(stencil, best.exponent - 1) if best.too_long else (None, False)
        return again if again is not None and again.error < best.error else best, cramped

    def _settled(self, best: Fit) -> bool:
        return best.error <= max(SETTLED * abs(best.value), sys.float_info.min)

    def _fit(self, stencil: Stencil, exponent: int) -> Fit | None:
        found = fit(self.samples, stencil, exponent, self.order, self.scan, self.noise)
        return None if found is None else self._slowed(stencil, found)

    def _slowed(self, stencil: Stencil, found: Fit) -> Fit:
        """The fit with the truncation that its rounding may hide, where longer steps show that it falls slowly."""
        known = self.unsettled.setdefault(stencil, {})
        left = found.truncation + found.gap
        longer = sorted(exponent for exponent in known if exponent > found.exponent)[:3]
        if left > HIDDEN * found.rounding:
            known[found.exponent] = left
        if len(longer) < 2:
            return found
        near, far = longer[0], longer[-1]
        before = math.log2(known[far] / known[near]) / (far - near)
        now = math.log2(known[near] / max(left + HIDDEN * found.rounding, sys.float_info.min)) / (near - found.exponent)
        slow = before < SLOW and now < FAST
        return replace(found, rounding=HIDDEN * found.rounding, slow=True) if slow else found

    def _shortest(self, stencil: Stencil) -> int:
        return self.lowest + BELOW * stencil.reach.bit_length()

    def _start(self, stencil: Stencil) -> int | None:
        """The largest scale at which the function foretells itself at a smaller one, or has values at all.

        Scales that leave no room for a step are none: there noise foretells itself by chance.
        """
        sides, shortest, possible = stencil.sides, self._shortest(stencil) + stencil.reach.bit_length() - 1, None
        for k, distance in enumerate(self.scan[:-2]):
            if any(self.samples(side * distance) is None for side in sides):
                continue
            exponent = self.top - SCAN * k
            possible = exponent if possible is None else possible
            if exponent < shortest:
                break
            if self._predictable(sides, self.scan[k : k + 3]):
                return exponent
        return possible

    def _predictable(self, sides: tuple[int, ...], distances: list[float]) -> bool:
        places = [side * distance for distance in distances for side in sides]
        values = [self.samples(place) for place in places]
        middle = self.samples(0.0)
        if middle is None or any(value is None for value in values):
            return False
        changes = [value - middle for value in values if value is not None]
        size = max(abs(change) for change in changes[len(sides) : 2 * len(sides)])
        nodes = [0.0, *places[: -len(sides)]]
        known = [0.0, *changes[: -len(sides)]]
        for place, change in zip(places[-len(sides) :], changes[-len(sides) :], strict=True):
            if not abs(_interpolate(nodes, known, place) - change) <= PREDICTABLE * size:
                return False
        return True


def _interpolate(nodes: list[float], values: list[float], place: float) -> float:
    """Neville's scheme."""
    column = list(values)
    for width in range(1, len(nodes)):
        for i in range(len(nodes) - width):
            column[i] = column[i + 1] + (column[i] - column[i + 1]) * (place - nodes[i + width]) / (nodes[i] - nodes[i + width])
    return column[0]


def _descent(found: Fit | None, degree: int) -> int:
    """By how many powers of two to shorten the step, so that truncation falls to the size of rounding."""
    if found is None:
        return 1
    if found.gap > found.truncation or found.rounding == 0:
        return SCAN
    return max(1, min(SCAN, math.ceil(math.log2(found.truncation / found.rounding) / degree)))
