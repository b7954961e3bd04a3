"""What becomes of a learning rate: a factor for every step."""

from __future__ import annotations

from collections.abc import Callable

Schedule = Callable[[int], float]  # from the number of steps already taken to a factor


def constant(step: int) -> float:
    """The same rate for ever."""
    return 1.0
