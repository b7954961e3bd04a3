"""What is done to a gradient before a first-order descent sees it, and to the direction after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.optimize.loop import Descent, Place

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector


@dataclass(frozen=True, slots=True)
class Transformed:
    """A descent that is shown another gradient.

    Attributes
    ----------
    descent : Descent
    amount : float
        How far the gradient is changed: a bound or a factor.
    """

    descent: Descent
    amount: float

    def start(self, x: Vector) -> Any:
        """What the descent remembers."""
        return self.descent.start(x)

    def direction(self, place: Place, memory: Any) -> tuple[Any, Any]:
        """The descent's, for the other gradient."""
        return self.descent.direction(Place(place.x, place.value, self.gradient(place)), memory)

    def gradient(self, place: Place) -> Vector:
        """The other gradient."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Clipped(Transformed):
    """Of a gradient that is longer than the amount, its direction and that length.

    References
    ----------
    Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML (2013), algorithm 1.
    """

    def gradient(self, place: Place) -> Vector:
        """No longer than the amount."""
        import numpy as np

        length = float(np.linalg.norm(place.gradient))
        return place.gradient * (self.amount / length) if length > self.amount else place.gradient


@dataclass(frozen=True, slots=True)
class ClippedByValue(Transformed):
    """No component larger than the amount; so the direction changes too."""

    def gradient(self, place: Place) -> Vector:
        """Every component between minus the amount and the amount."""
        return place.gradient.clip(-self.amount, self.amount)


@dataclass(frozen=True, slots=True)
class Decayed(Transformed):
    """The gradient with that of amount*|x|²/2 added: a penalty that the descent's sizes and momentum see as well."""

    def gradient(self, place: Place) -> Vector:
        """With the penalty's."""
        return place.gradient + self.amount * place.x


@dataclass(frozen=True, slots=True)
class DecayedApart(Transformed):
    """The same part of every component taken off at a step, beside what the descent does.

    References
    ----------
    Loshchilov and Hutter, Decoupled weight decay regularization, ICLR (2019), algorithm 2.
    """

    def direction(self, place: Place, memory: Any) -> tuple[Any, Any]:
        """The descent's, less the amount times x."""
        direction, memory = self.descent.direction(place, memory)
        return direction - self.amount * place.x, memory
