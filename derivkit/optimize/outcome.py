"""How a minimization can end."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What stopped a minimizer; its sentence travels beside it."""

    CONVERGED = "converged"
    """A minimum, by the test that the sentence names."""
    SADDLE = "saddle"
    """The gradient vanishes, and the function falls along a direction that the second derivatives give."""
    MAXIMUM = "maximum"
    """The gradient vanishes, and the function falls along every direction."""
    DIVERGED = "diverged"
    """The steps run away, each further than the last: the learning rate is too large."""
    STALLED = "stalled"
    """The gradient does not vanish, and no step makes the value smaller."""
    FLAT = "flat"
    """The gradient vanishes as everything around does: nothing tells where to go."""
    OUT_OF_DOMAIN = "out_of_domain"
    """The function is undefined at the start, or where the steps lead."""
    UNBOUNDED = "unbounded"
    """The value falls without end: there is no minimum."""
    BUDGET = "budget"
    """The iterations are used up."""


LOST = (Outcome.DIVERGED, Outcome.UNBOUNDED, Outcome.OUT_OF_DOMAIN)  # where a method ends is nowhere near a minimum
