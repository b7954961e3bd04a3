"""How well coefficients are known: standard errors, test statistics, intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from derivkit.models.student import two_sided, upper_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One estimated number of a model.

    Attributes
    ----------
    name : str
    class_ : int, float, str or None
        The class it belongs to, in models with a block of coefficients a class.
    estimate : float or None
        None where there is none: training stopped, or no finite one exists.
    standard_error, z, p_value : float or None
        `z` is estimate / standard error, also where it is Student's t.
    ci95 : (float, float) or None
    """

    name: str
    class_: int | float | str | None
    estimate: float | None
    standard_error: float | None = None
    z: float | None = None
    p_value: float | None = None
    ci95: tuple[float, float] | None = None


def coefficients(
    keys: Sequence[tuple[str, int | float | str | None]],
    estimates: Sequence[float],
    errors: Sequence[float] | None,
    degrees: int | None,
) -> tuple[Coefficient, ...]:
    """Coefficients with their tests against zero and 95 % intervals.

    Parameters
    ----------
    keys : sequence of (name, class or None), length P
    estimates, errors : sequences of float, length P
        `errors` None: no tests and no intervals.
    degrees : int or None
        Of Student's t; None for the normal distribution.
    """
    if errors is None:
        return tuple(Coefficient(*key, estimate) for key, estimate in zip(keys, estimates, strict=True))
    wide = reach(degrees)
    found = []
    for key, estimate, error in zip(keys, estimates, errors, strict=True):
        z, p, interval = tested(estimate, error, wide, degrees)
        found.append(Coefficient(*key, estimate, error, z, p, interval))
    return tuple(found)


def reach(degrees: int | None) -> float:
    """How many standard errors a 95 % interval reaches to either side: of Student's t, or of the normal distribution."""
    return NormalDist().inv_cdf((1 + LEVEL) / 2) if degrees is None else upper_quantile(LEVEL, degrees)


def tested(estimate: float, error: float, wide: float, degrees: int | None) -> tuple[float, float, tuple[float, float]]:
    """The test of an estimate against zero, its p-value, and the interval that reaches `wide` standard errors."""
    z = estimate / error if error else math.copysign(math.inf, estimate) if estimate else math.nan
    p = math.erfc(abs(z) / math.sqrt(2)) if degrees is None else two_sided(z, degrees)
    return z, p, (estimate - wide * error, estimate + wide * error)
