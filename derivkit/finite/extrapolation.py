"""From samples around a point to one derivative at one step, with its errors told apart."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from operator import mul
from statistics import median

from derivkit.finite.samples import Samples
from derivkit.finite.stencil import Stencil

EPSILON = sys.float_info.epsilon
SMALLEST = math.ulp(0.0)
CLOSEST = 6  # the distances at which noise is told from the function
STEADILY = 4  # distances over which the function's features are seen to die out
STEADY = 0.8  # what dies out at least so fast from one distance to the next is no noise
SET_ASIDE = 2  # changes that may be a feature of the function where its values are coarse
NOISE_FACTOR = 4.0  # from the median of some differences of noise to a bound on noise
GAP_FACTOR = 4.0  # a residual must exceed what noise and truncation explain by this much to count
NEXT_FACTOR = 4.0  # how much the unsettled next derivative may say about the slopes on the two sides
NOISY = 64.0  # noise above so many roundings is more than rounding
DROWNED = 4.0  # changes under so many levels of noise show nothing
SLOWEST = 0.8  # extrapolation that converges more slowly than this is taken to converge like it
UNCONVERGED = 32.0  # changes falling by r, as those of x|x| by 3/4, leave out this times (r / (1 - r))^2 of the last


@dataclass(frozen=True, slots=True)
class Fit:
    """A derivative extrapolated from one step.

    Attributes
    ----------
    value : float
    truncation : float
        How much the last level of extrapolation changed, in this derivative and, as half of the samples says nothing about it, in
        the next one.
    rounding : float
        The noise of the samples, carried through the weights.
    gap : float
        What the samples closer to the point than the step say against the value.
    exponent : int
        The step is two to this power.
    drowned : bool
        Whether the function, noisy beyond its rounding, changes by no more than its noise over the whole stencil.
    slow : bool
        Whether the truncation falls like a low power of the step, as where a higher derivative jumps.
    """

    value: float
    truncation: float
    rounding: float
    gap: float
    exponent: int
    drowned: bool = False
    slow: bool = False

    @property
    def error(self) -> float:
        """A bound on the whole error."""
        return self.truncation + self.rounding + self.gap + EPSILON * abs(self.value)

    @property
    def too_long(self) -> bool:
        """Whether a shorter step would do better: rounding is the smaller part of the error."""
        return self.truncation + self.gap > self.rounding

    def improves(self, other: Fit) -> bool:
        """Whether this fit has the smaller error and does not contradict the other."""
        return self.error < other.error and abs(self.value - other.value) <= self.error + other.error


def fit(
    samples: Samples, stencil: Stencil, exponent: int, order: int, scan: Sequence[float], noise: float | None = None
) -> Fit | None:
    """Extrapolate one derivative from the samples of a stencil with step 2^exponent.

    Parameters
    ----------
    samples : Samples
    stencil : Stencil
    exponent : int
    order : int
    scan : sequence of float
        Distances from the point, descending, at which the function is sampled too: those under the step test the fit.
    noise : float, optional
        The noise of a value; measured by default.

    Returns
    -------
    Fit or None
        None if the function lacks a value at one of the points, or the numbers leave the floats.
    """
    step = math.ldexp(1.0, exponent)
    values: list[float] = []
    for offset in reversed(stencil.offsets):  # the outermost first: it is the one that leaves the domain
        value = samples(offset * step)
        if value is None:
            return None
        values.insert(0, value)
    changes = [value - values[0] for value in values]
    residuals = _residuals(samples, stencil, step, changes, scan)
    level = _noise_level(residuals) if noise is None else noise
    noises = _noises(samples, stencil, step, values, level)
    truncation = _unsettled(stencil, order, changes, noises)
    if len(stencil.sides) > 1:
        truncation += NEXT_FACTOR * _unsettled(stencil, order + 1, changes, noises)
    rounding = _weigh([abs(w) for w in stencil.weights(order)], noises)
    gap = max((_gap(residual, noises, order) for residual in residuals), default=0.0)
    if not any(changes):
        gap = _coarseness(samples, scan, order)
    try:
        value, truncation, rounding = (
            math.ldexp(part, -order * exponent) for part in (_weigh(stencil.weights(order), changes), truncation, rounding)
        )
    except OverflowError:
        return None
    span = max(abs(change) for change in changes)
    drowned = noise is None and span < DROWNED * level and level > NOISY * EPSILON * max(abs(value) for value in values)
    result = Fit(value, truncation, rounding, gap, exponent, drowned)
    return result if math.isfinite(result.value) and not math.isnan(result.error) else None


def _coarseness(samples: Samples, scan: Sequence[float], order: int) -> float:
    """How large a derivative can hide behind values that do not change near the point, but do at some distance."""
    middle = samples(0.0)
    for distance in reversed(scan):
        values = (samples(distance), samples(-distance))
        change = max((abs(value - middle) for value in values if value is not None and middle is not None), default=0.0)
        if change:
            return _slope(change, distance, order)
    return 0.0


def _unsettled(stencil: Stencil, order: int, changes: Sequence[float], noises: Sequence[float]) -> float:
    """How much the last level changed a derivative, times what a slowly converging sequence of levels may still add.

    Nothing, where the change is no more than noise.
    """
    weights = [stencil.weights(order, left_out) for left_out in (0, 1, 2)]
    last, before, first = (_weigh(w, changes) for w in weights)
    change, earlier = abs(last - before), abs(before - first)
    if change <= _weigh([abs(a - b) for a, b in zip_longest(weights[0], weights[1], fillvalue=0.0)], noises):
        return 0.0
    ratio = min(change / earlier, SLOWEST) if earlier else 0.0
    return change * (1 + UNCONVERGED * (ratio / (1 - ratio)) ** 2)


@dataclass(frozen=True, slots=True)
class _Residual:
    """What a sample close to the point says against the interpolation."""

    place: float
    change: float
    size: float
    wavering: float
    shares: Sequence[float]


def _weigh(weights: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum(map(mul, weights, values))


def _residuals(samples: Samples, stencil: Stencil, step: float, changes: Sequence[float], scan: Sequence[float]) -> list[_Residual]:
    middle = samples(0.0)
    assert middle is not None  # there is no fit without a value at the point
    found = []
    for side in stencil.sides:
        for distance in scan:
            value = samples(side * distance) if distance < step else None
            if value is not None:
                shares = stencil.shares(side * distance / step)
                predicted = _weigh(shares, changes)
                wavering = abs(predicted - _weigh(stencil.shares(side * distance / step, 1), changes))
                found.append(_Residual(side * distance, value - middle, value - middle - predicted, wavering, shares))
    return found


def _noise_level(residuals: Sequence[_Residual]) -> float:
    """The noise of a value, from how it differs from the interpolation at the closest distances.

    There the function has no features left, so that what changes from one distance to the next is noise, unless it dies out
    steadily towards the point. Values too coarse to change at all there show their noise at the distances where they do. (The idea
    is that of Moré and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011) 1292, on the samples that are there
    already.)
    """
    level = 0.0
    for side in (1, -1):
        near = [r for r in residuals if r.place * side > 0]
        steps = [abs(a.size - b.size) for a, b in pairwise(near)]
        if steps:
            closest = steps[1 - CLOSEST :]
            steady = all(b < STEADY * a for a, b in pairwise(closest[-STEADILY:]))
            level = max(level, closest[-1] if steady else NOISE_FACTOR * median(closest))
            if not near[-1].change:
                coarse = next((abs(r.change) for r in reversed(near) if r.change), 0.0)
                level = max(level, min(coarse, NOISE_FACTOR * sorted(steps)[-min(len(steps), SET_ASIDE + 1)]))
    return level


def _noises(samples: Samples, stencil: Stencil, step: float, values: Sequence[float], level: float) -> list[float]:
    """A bound on the error of every sample: its own rounding or the measured level, and the rounding of its place."""
    noises = []
    for k, (offset, value) in enumerate(zip(stencil.offsets, values, strict=True)):
        inner = stencil.inner(k)
        slip = abs(samples.slip(offset * step))
        slope = abs(value - values[inner]) / (abs(offset - stencil.offsets[inner]) * step) if slip else 0.0
        noises.append(max(level, EPSILON * abs(value), SMALLEST) + slip * slope)
    return noises


def _gap(residual: _Residual, noises: Sequence[float], order: int) -> float:
    """The change of the derivative that would explain a residual beyond noise and truncation."""
    unexplained = abs(residual.size) - GAP_FACTOR * (noises[0] + residual.wavering)
    if unexplained > 0:
        unexplained -= GAP_FACTOR * _weigh([abs(share) for share in residual.shares], noises)
    return _slope(abs(residual.size), abs(residual.place), order) if unexplained > 0 else 0.0


def _slope(change: float, distance: float, order: int) -> float:
    """The derivative that changes the function by so much over a distance."""
    try:
        return math.factorial(order) * change / distance**order
    except (OverflowError, ZeroDivisionError):
        return math.inf
