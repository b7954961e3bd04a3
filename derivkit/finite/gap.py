"""How far a claimed derivative lies from one by differences, and what that says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

SAME = 1e-6  # a relative gap below this is rounding, whatever the bound says
TOO_VAGUE = 1e-4  # differences with a relative bound above this settle nothing


@dataclass(frozen=True, slots=True)
class Gap:
    """One derivative by two routes; errors are relative to its size, or to that of the whole gradient.

    Attributes
    ----------
    name : str
        Which derivative, or which route to it.
    error, bound : float
        The gap, and the bound on the differences' own error.
    at : mapping of str to float

    Examples
    --------
    >>> Gap("tape", error=1e-3, bound=1e-9, at={"x": 1.0}).wrong, Gap("tape", error=1e-3, bound=1e-2, at={"x": 1.0}).vague
    (True, True)
    """

    name: str
    error: float
    bound: float
    at: Mapping[str, float]

    @property
    def vague(self) -> bool:
        """Whether the differences settle nothing."""
        return not self.bound <= TOO_VAGUE

    @property
    def wrong(self) -> bool:
        """Whether the routes are further apart than the differences' bound; NaN is."""
        return not self.vague and not self.error - self.bound <= SAME

    @property
    def badness(self) -> tuple[bool, float]:
        """A key by which the worst gap is the largest."""
        return not math.isfinite(self.error), self.error
