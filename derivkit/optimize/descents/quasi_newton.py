"""Directions from second derivatives that the gradients of past places tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.optimize.loop import Place

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Vector

CURVED = 1e-12  # least cosine of the angle between a step and what it did to the gradient


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A step and what it did to the gradient; they tell of the second derivatives where the function curves upwards."""

    step: Vector
    change: Vector
    product: float

    @classmethod
    def between(cls, before: Place, after: Place) -> Pair | None:
        """The pair of two places; None where it tells nothing, or of a curve downwards."""
        import numpy as np

        step, change = after.x - before.x, after.gradient - before.gradient
        product = float(step @ change)
        sizes = float(np.linalg.norm(step)) * float(np.linalg.norm(change))
        return cls(step, change, product) if product > CURVED * sizes else None

    @property
    def scale(self) -> float:
        """The size of the inverse second derivatives along the step (Nocedal and Wright, equation 6.20)."""
        return self.product / float(self.change @ self.change)


def unit_step(place: Place) -> Vector:
    """Against the gradient, with length 1: a first step of variables of about unit size."""
    import numpy as np

    return -place.gradient / (float(np.linalg.norm(place.gradient)) or 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What BFGS remembers: the last place, and the inverse Hessian as it seems; None before the first step."""

    place: Place | None = None
    inverse: Vector | None = None


@dataclass(frozen=True, slots=True)
class BFGS:
    """Newton's direction with an inverse Hessian that is built up from steps and what they did to the gradient.

    A pair that tells of no curvature upwards is left out, so that the matrix stays positive definite.

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), algorithm 6.1, equations 6.17 and 6.20.
    """

    def start(self, x: Vector) -> Built:
        """No place, no curvature."""
        return Built()

    def direction(self, place: Place, memory: Built) -> tuple[Vector, Built]:
        """Minus the inverse Hessian times the gradient."""
        inverse = memory.inverse
        pair = None if memory.place is None else Pair.between(memory.place, place)
        if pair is not None:
            inverse = _updated(inverse, pair)
        if inverse is None:
            return unit_step(place), Built(place)
        direction = -(inverse @ place.gradient)
        if not direction @ place.gradient < 0:  # rounding got the better of the matrix
            return unit_step(place), Built(place)
        return direction, Built(place, inverse)


def _updated(inverse: Vector | None, pair: Pair) -> Vector:
    """The inverse Hessian that agrees with one more pair."""
    import numpy as np

    before = pair.scale * np.eye(len(pair.step)) if inverse is None else inverse
    along = before @ pair.change
    once = np.outer(along, pair.step) / pair.product
    twice = (1 + float(pair.change @ along) / pair.product) / pair.product
    return np.asarray(before - once - once.T + twice * np.outer(pair.step, pair.step))


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """What L-BFGS remembers: the last place, and the last pairs, the oldest first."""

    place: Place | None = None
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class LBFGS:
    """BFGS that remembers the last pairs in place of a matrix.

    Attributes
    ----------
    most : int
        Pairs remembered.

    References
    ----------
    Nocedal, Updating quasi-Newton matrices with limited storage, Math. Comput. 35 (1980) 773; Nocedal and Wright, Numerical
    Optimization (2006), algorithm 7.4.
    """

    most: int = 10

    def start(self, x: Vector) -> Recent:
        """No place, no pairs."""
        return Recent()

    def direction(self, place: Place, memory: Recent) -> tuple[Vector, Recent]:
        """Minus the inverse Hessian times the gradient, by two loops over the pairs."""
        pair = None if memory.place is None else Pair.between(memory.place, place)
        pairs = memory.pairs if pair is None else (*memory.pairs, pair)[-self.most :]
        direction = _two_loops(place.gradient, pairs) if pairs else unit_step(place)
        if not direction @ place.gradient < 0:
            return unit_step(place), Recent(place)
        return direction, Recent(place, pairs)


def _two_loops(gradient: Vector, pairs: tuple[Pair, ...]) -> Vector:
    direction = -gradient
    shares = []
    for pair in reversed(pairs):
        shares.append(float(pair.step @ direction) / pair.product)
        direction -= shares[-1] * pair.change
    direction *= pairs[-1].scale
    for pair, share in zip(pairs, reversed(shares), strict=True):
        direction += (share - float(pair.change @ direction) / pair.product) * pair.step
    return direction
