"""A search that trusts a model of the function within a radius, and learns from every step how far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from derivkit.optimize.limits import Limits, cornered
from derivkit.optimize.loop import Place, evaluated
from derivkit.optimize.searches import rounding, usable

if TYPE_CHECKING:
    from derivkit.optimize.minimum import ValueAndGradient, Vector

ACCEPTED = 1e-4  # least share of the promised decrease
POOR, GOOD = 0.25, 0.75  # shares below and above which the radius changes
SMALLER, LARGER = 0.25, 2.0
FULL = 0.8  # of the radius: a shorter step does not ask for a longer one
SHORTEST = 1e-16  # a step, in parts of x
MOST_TRIES = 60
SMALLEST = 1e-150  # a radius: its square is a number still
NEARLY = 1e3  # times rounding: where a search promises more to begin with, and fails, slopes are not believed either


class Offer(NamedTuple):
    """What a model says of a radius: a step, the decrease that it promises, and its length as the model measures it."""

    step: Vector
    promised: float
    length: float


class Model(Protocol):
    """The function around a place."""

    @property
    def first(self) -> float:
        """The radius to begin with, where nothing was learned yet."""

    def __call__(self, radius: float) -> Offer:
        """The step that promises most within the radius."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a region remembers."""

    radius: float
    limits: Limits


@dataclass(frozen=True, slots=True)
class Region:
    """Steps of a model, taken where they bring a part of what they promise; the radius follows that part.

    Near the minimum, where both are rounding, the slopes at both ends tell what was made.

    Attributes
    ----------
    scale : float
        The size of value that matters.

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), algorithm 4.1; Conn, Gould and Toint, Trust-Region Methods (2000), section
    17.4.2, for rounding.
    """

    scale: float

    def start(self) -> None:
        """Nothing is known of radii."""

    def step(self, function: ValueAndGradient, place: Place, direction: Model, memory: Trust | None) -> tuple[Place, int, Trust]:
        """The first step, of smaller and smaller radii, that brings enough."""
        trust = memory or Trust(direction.first, Limits.around(place, self.scale))
        offer = first = direction(trust.radius)
        near = NEARLY * rounding(place, self.scale) >= first.promised
        radius, evaluations, edge = trust.radius, 0, False
        while True:
            there = evaluated(function, place.x + offer.step)
            evaluations += 1
            trust.limits.watch(there.value, evaluations)
            share = self._share(place, there, offer, near)
            if share < POOR:
                radius = SMALLER * min(radius, offer.length)
            elif share > GOOD and offer.length > FULL * radius:
                radius *= LARGER
            if share > ACCEPTED:
                return there, evaluations, Trust(radius, trust.limits)
            edge = edge or not usable(there)
            if evaluations == MOST_TRIES or radius < SMALLEST or _too_short(place.x, offer.step):
                raise cornered(function, place, first.promised, evaluations, edge=edge)
            offer = direction(radius)

    def _share(self, place: Place, there: Place, offer: Offer, near: bool) -> float:
        """How much of the promised decrease was made."""
        if not usable(there) or not offer.promised > 0:
            return -math.inf
        made, unseen = place.value - there.value, rounding(place, self.scale)
        if near and offer.promised <= unseen and abs(made) <= unseen:
            made = -float((place.gradient + there.gradient) @ (there.x - place.x)) / 2
        return made / offer.promised


def _too_short(x: Vector, step: Vector) -> bool:
    """Whether a step is rounding of x in every component."""
    import numpy as np

    return bool((np.abs(step) <= SHORTEST * np.abs(x)).all())
