"""What a person may choose of a method."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from derivkit.errors import UsageError
from derivkit.optimize.schedules import Schedule, constant, parse_schedule

MOMENTUM = 0.9  # of methods that have one, where none is given

LABELS = {
    "rate": "the learning rate",
    "schedule": "a schedule",
    "momentum": "the momentum",
    "betas": "each of the betas",
    "epsilon": "epsilon",
    "weight_decay": "the weight decay",
    "clip_norm": "the norm to clip at",
    "clip_value": "the value to clip at",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a method goes about it; None is the method's own choice.

    Attributes
    ----------
    rate : float or None
        The learning rate. By default each method's own: descents that can promise a decrease search along the line, the others take
        the rate of their row in `methods.METHODS`.
    schedule : Schedule
        What becomes of the rate.
    momentum : float or None
        How much of the sum of past gradients is kept at a step.
    betas : (float, float) or None
        How much of the running means of the gradient and of its square is kept at a step.
    epsilon : float or None
        Added to the sizes that gradients are divided by.
    weight_decay : float or None
        The factor of |x|²/2, added to what is minimized; of adamw the part of x that is taken off at a step of length 1.
    clip_norm, clip_value : float or None
        The longest gradient, and the largest component, that a step may follow.

    Raises
    ------
    UsageError
        If a number is not in its range.

    Examples
    --------
    >>> Settings(rate=0.1, clip_norm=1.0).given
    ('rate', 'clip_norm')
    """

    rate: float | None = None
    schedule: Schedule = constant
    momentum: float | None = None
    betas: tuple[float, float] | None = None
    epsilon: float | None = None
    weight_decay: float | None = None
    clip_norm: float | None = None
    clip_value: float | None = None

    @classmethod
    def of(cls, schedule: Schedule | str | None = None, **chosen: Any) -> Settings:
        """Settings with a schedule that may still be text.

        Raises
        ------
        UsageError
            If the schedule cannot be read, or a number is not in its range.

        Examples
        --------
        >>> Settings.of("step:30,0.5", rate=0.1).schedule(60)
        0.25
        """
        plan = constant if schedule is None else parse_schedule(schedule) if isinstance(schedule, str) else schedule
        return cls(schedule=plan, **chosen)

    def __post_init__(self) -> None:
        for name in ("rate", "epsilon", "clip_norm", "clip_value"):
            _require(name, [getattr(self, name)], lambda number: 0 < number < math.inf, "positive")
        _require("weight_decay", [self.weight_decay], lambda number: 0 <= number < math.inf, "not negative")
        _require("momentum", [self.momentum], lambda number: 0 <= number < 1, "at least 0 and below 1")
        _require("betas", self.betas or (), lambda number: 0 <= number < 1, "at least 0 and below 1")

    @property
    def kept(self) -> float:
        """The momentum, the usual one where none was chosen."""
        return MOMENTUM if self.momentum is None else self.momentum

    @property
    def given(self) -> tuple[str, ...]:
        """Names of what was chosen."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) != field.default)


def _require(name: str, numbers: Iterable[float | None], holds: Callable[[float], bool], wanted: str) -> None:
    for number in numbers:
        if number is not None and not holds(number):
            raise UsageError(f"{LABELS[name]} must be {wanted}, and {number:g} is given")
