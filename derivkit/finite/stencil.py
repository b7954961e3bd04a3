"""Where a function is sampled around a point, and the weights that make a derivative of the samples.

Sources: Fornberg, Generation of finite difference formulas on arbitrarily spaced grids, Math. Comp. 51 (1988) 699-706; Berrut and
Trefethen, Barycentric Lagrange interpolation, SIAM Review 46 (2004) 501-517, eq. (4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import prod

CENTRAL_LEVELS = 8  # pairs of points: the rounding of a fourth derivative hardly falls with more
SIDE_LEVELS = 12


@dataclass(frozen=True)
class Stencil:
    """Offsets from the point in units of the step, and the interpolation through them.

    Interpolating through the points of all levels is Richardson's extrapolation of the differences over every level; leaving out
    the outermost level gives the entry before it in the extrapolation's table.

    Attributes
    ----------
    offsets : tuple of int
        The point itself first, then outwards, level by level.
    group : int
        Points a level: two for a central stencil, one for a one-sided one.
    """

    offsets: tuple[int, ...]
    group: int

    @cached_property
    def reach(self) -> int:
        """The distance of the outermost point."""
        return max(abs(offset) for offset in self.offsets)

    @cached_property
    def sides(self) -> tuple[int, ...]:
        """The sides on which there are points: 1, -1 or both."""
        return tuple(1 if offset > 0 else -1 for offset in self.offsets[1 : self.group + 1])

    def inner(self, k: int) -> int:
        """The position of the next point towards the middle."""
        return max(0, k - self.group)

    @cache  # noqa: B019 - a stencil is a constant, made twice in a process
    def weights(self, order: int, left_out: int = 0) -> tuple[float, ...]:
        """The weights of a derivative at the point, for a step of one.

        Parameters
        ----------
        order : int
        left_out : int
            How many of the outermost levels to do without.

        Returns
        -------
        tuple of float
            One weight an offset that is used.
        """
        return fornberg(self.offsets[: len(self.offsets) - left_out * self.group], order)

    @cache  # noqa: B019 - as above; steps are powers of two, so that few places come up
    def shares(self, place: float, left_out: int = 0) -> tuple[float, ...]:
        """How much each sample counts in the interpolated value at a place between the offsets (in units of the step)."""
        offsets = self.offsets[: len(self.offsets) - left_out * self.group]
        pulls = [1.0 / (prod(o - other for other in offsets if other != o) * (place - o)) for o in offsets]
        total = sum(pulls)
        return tuple(pull / total for pull in pulls)


def fornberg(offsets: tuple[int, ...], order: int) -> tuple[float, ...]:
    """The weights of a derivative at 0 of the polynomial through samples at the offsets, the floats nearest to the exact ones.

    Examples
    --------
    >>> fornberg((0, 1, -1), 2)
    (-2.0, 1.0, 1.0)
    """
    weights = [[Fraction(0)] * len(offsets) for _ in range(order + 1)]
    weights[0][0] = Fraction(1)
    scale = Fraction(1)
    for i in range(1, len(offsets)):
        highest = min(i, order)
        spread = Fraction(prod(offsets[i] - other for other in offsets[:i]))
        before = [row[i - 1] for row in weights]
        for j in range(i):
            gap = offsets[i] - offsets[j]
            for m in range(highest, -1, -1):
                lower = m * weights[m - 1][j] if m else 0
                weights[m][j] = (offsets[i] * weights[m][j] - lower) / gap
        for m in range(highest, -1, -1):
            lower = m * before[m - 1] if m else 0
            weights[m][i] = scale / spread * (lower - offsets[i - 1] * before[m])
        scale = spread
    return tuple(float(weight) for weight in weights[order])


def central(levels: int = CENTRAL_LEVELS) -> Stencil:
    """Pairs of points at 1, 2, ..., levels steps on both sides."""
    return Stencil((0, *(side * k for k in range(1, levels + 1) for side in (1, -1))), 2)


def one_sided(side: int, levels: int = SIDE_LEVELS) -> Stencil:
    """Points at 1, 4, 9, ..., levels^2 steps on one side (+1 or -1), closer together near the point, where it pays (Chebyshev)."""
    return Stencil((0, *(side * k * k for k in range(1, levels + 1))), 1)


CENTRAL = central()
SIDES = {side: one_sided(side) for side in (1, -1)}
