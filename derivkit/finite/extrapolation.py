"""From samples around a point to one derivative at one step, with its errors told apart."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from derivkit.finite.samples import Samples
from derivkit.finite.stencil import Stencil

EPSILON = sys.float_info.epsilon
SET_ASIDE = 2  # differences of residuals that may be a feature of the function; all others are taken for noise
NOISE_FACTOR = 2.0  # from the third largest of some ten differences to a bound
GAP_FACTOR = 4.0  # a residual must exceed what noise and truncation explain by this much to count


@dataclass(frozen=True, slots=True)
class Fit:
    """A derivative extrapolated from one step.

    Attributes
    ----------
    value : float
    truncation : float
        How much the last level of extrapolation changed, in this derivative and, as half of the samples says nothing about it, in the
        next one.
    rounding : float
        The noise of the samples, carried through the weights.
    gap : float
        What the samples closer to the point than the step say against the value.
    exponent : int
        The step is two to this power.
    """

    value: float
    truncation: float
    rounding: float
    gap: float
    exponent: int

    @property
    def error(self) -> float:
        """A bound on the whole error."""
        return self.truncation + self.rounding + self.gap + EPSILON * abs(self.value)


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
    for offset in stencil.offsets:
        value = samples(offset * step)
        if value is None:
            return None
        values.append(value)
    changes = [value - values[0] for value in values]
    residuals = _residuals(samples, stencil, step, changes, scan)
    level = _noise_level(residuals) if noise is None else noise
    noises = _noises(samples, stencil, step, values, level)
    try:
        found = [math.ldexp(_weigh(stencil.weights(order, k), changes), -order * exponent) for k in (0, 1)]
        truncation = abs(found[0] - found[1])
        rounding = math.ldexp(_weigh([abs(w) for w in stencil.weights(order)], noises), -order * exponent)
        if stencil.group > 1:
            higher = [_weigh(stencil.weights(order + 1, k), changes) for k in (0, 1)]
            truncation += math.ldexp(abs(higher[0] - higher[1]), -order * exponent)
    except OverflowError:
        return None
    gap = max((_gap(residual, noises, order) for residual in residuals), default=0.0)
    result = Fit(found[0], truncation, rounding, gap, exponent)
    return result if math.isfinite(result.value) and not math.isnan(result.error) else None


@dataclass(frozen=True, slots=True)
class _Residual:
    """What a sample close to the point says against the interpolation."""

    place: float
    size: float
    wavering: float
    shares: Sequence[float]


def _weigh(weights: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum([w * v for w, v in zip(weights, values, strict=False)])


def _residuals(samples: Samples, stencil: Stencil, step: float, changes: Sequence[float], scan: Sequence[float]) -> list[_Residual]:
    middle = samples(0.0)
    assert middle is not None  # there is no fit without a value at the point
    found = []
    for side in (1, -1) if stencil.group > 1 else (int(math.copysign(1, stencil.offsets[1])),):
        for distance in scan:
            value = samples(side * distance) if distance < step else None
            if value is not None:
                shares = stencil.shares(side * distance / step)
                predicted = _weigh(shares, changes)
                wavering = abs(predicted - _weigh(stencil.shares(side * distance / step, 1), changes))
                found.append(_Residual(side * distance, value - middle - predicted, wavering, shares))
    return found


def _noise_level(residuals: Sequence[_Residual]) -> float:
    """The noise of a value, from how residuals differ between neighbouring distances.

    Features of the function change them once or twice; noise changes them everywhere (the idea of Moré and Wild, Estimating
    computational noise, SIAM J. Sci. Comput. 33 (2011) 1292, on the samples that are there already).
    """
    level = 0.0
    for side in (1, -1):
        sizes = [r.size for r in residuals if r.place * side > 0]
        changes = sorted((abs(a - b) for a, b in zip(sizes, sizes[1:], strict=False)), reverse=True)
        if len(changes) > SET_ASIDE:
            level = max(level, NOISE_FACTOR * changes[SET_ASIDE])
    return level


def _noises(samples: Samples, stencil: Stencil, step: float, values: Sequence[float], level: float) -> list[float]:
    """A bound on the error of every sample: its own rounding or the measured level, and the rounding of its place."""
    noises = []
    for k, (offset, value) in enumerate(zip(stencil.offsets, values, strict=True)):
        inner = stencil.inner(k)
        slip = abs(samples.slip(offset * step))
        slope = abs(value - values[inner]) / (abs(offset - stencil.offsets[inner]) * step) if slip else 0.0
        noises.append(max(level, EPSILON * abs(value)) + slip * slope)
    return noises


def _gap(residual: _Residual, noises: Sequence[float], order: int) -> float:
    """The change of the derivative that would explain a residual beyond noise and truncation."""
    noise = noises[0] + _weigh([abs(share) for share in residual.shares], noises)
    excess = abs(residual.size) - GAP_FACTOR * (noise + residual.wavering)
    if excess <= 0:
        return 0.0
    try:
        return math.factorial(order) * excess / abs(residual.place) ** order
    except (OverflowError, ZeroDivisionError):
        return math.inf
