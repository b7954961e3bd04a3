"""What a person may choose of a method."""

from __future__ import annotations

from dataclasses import dataclass

from derivkit.optimize.schedules import Schedule, constant


@dataclass(frozen=True, slots=True)
class Settings:
    """How a method goes about it.

    Attributes
    ----------
    rate : float or None
        The learning rate. By default each method's own: descents that can promise a decrease search along the line, the others take
        the rate of their row in `methods.METHODS`.
    schedule : Schedule
        What becomes of the rate.
    """

    rate: float | None = None
    schedule: Schedule = constant
