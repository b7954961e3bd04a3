"""Ways out of a place where the gradient vanishes: does the function rise along them, or fall?

The first Taylor coefficient along a way that cannot be 0, as far as the place is known, decides: an even power with a positive sign
rises to both sides. Where the Hessian has no curvature along v the way bends, as far as the curved directions let it, so that what
is looked at is the lowest way: x + t v + t^2 s, with s the minimum of the quadratic that the curved directions see (the reduction
of Lyapunov and Schmidt; Golubitsky and Schaeffer, Singularities and Groups in Bifurcation Theory I (1985), chapter I, section 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.minimizing import taylor
from derivkit.minimizing.function import Function

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

EPSILON = 2.0**-52
ROUNDING = 64.0  # of the scaled Hessian's eigenvalues, in units of EPSILON and the number of variables
SMALL = 1e-12  # of what a Taylor coefficient adds over the point's size, beside what others add: rounding of the direction
AROUND = (2.0, 16.0, 128.0, 1024.0)  # times the distance by which the place may be off: where slopes are compared
HIGHEST = 6  # order that decides: what those beyond add must be known
WIDE = 4.0  # how many times the estimated distance along a way a place may be off
FURTHER = (
    3.0,
    8.0,
)  # Newton steps from the place to where derivatives are looked at, too: they lead to minima of order 4, and beyond
BENT = 5  # orders to which an arc is the lowest way: beyond, t^3 would have to bend, too
PROBES = 6  # directions in which a null space of several dimensions is looked at
SEED = 0
CURVED = 1e-6  # of the largest eigenvalue: a direction with curvature
NEWTON_STEPS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """x + t v + t^2 s, and the coefficient that leads: t^order with this sign; order 0 where none can be told from 0."""

    v: Vector
    s: Vector
    order: int
    sign: int

    @property
    def rises(self) -> bool:
        """To both sides."""
        return self.order > 0 and self.order % 2 == 0 and self.sign > 0

    @property
    def falls(self) -> bool:
        """To one side at least."""
        return self.order > 0 and not self.rises

    @property
    def level(self) -> bool:
        """As far as the coefficients tell."""
        return self.order == 0

    def step(self, t: float) -> Vector:
        """What is added to x; it falls where t is positive, if it falls at all."""
        side = -1.0 if self.order % 2 and self.sign > 0 else 1.0
        return side * t * self.v + t * t * self.s


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The Hessian in units of the variables in which its diagonal is 1.

    Attributes
    ----------
    unit : array of float, shape (d,)
        Of the free variables; 0 for those that a bound holds.
    values : array of float, shape (k,)
        Eigenvalues, increasing; of the same signs as the Hessian's own (Sylvester's law of inertia).
    vectors : array of float, shape (d, k)
        One a column, in the variables' own units.
    """

    unit: Vector
    values: Vector
    vectors: Matrix

    @classmethod
    def of(cls, hessian: Matrix, free: NDArray[np.bool_]) -> Spectrum:
        """Of the free variables' part of a Hessian, shape (d, d)."""
        import numpy as np

        part = hessian[np.ix_(free, free)]
        diagonal, rows = np.abs(np.diag(part)), np.abs(part).max(axis=1)
        size = np.where(diagonal > EPSILON * rows, diagonal, rows)
        unit = np.zeros(len(free))
        unit[free] = 1 / np.sqrt(np.where(size > 0, size, 1.0))
        values, vectors = np.linalg.eigh(part * unit[free] * unit[free, None])
        whole = np.zeros((len(free), len(values)))
        whole[free] = unit[free, None] * vectors
        return cls(unit, values, whole)

    @property
    def noise(self) -> float:
        """Below which an eigenvalue is rounding."""
        return ROUNDING * len(self.unit) * EPSILON * float(abs(self.values).max(initial=0.0))

    def scaled(self, v: Vector) -> Vector:
        """A direction in the scaled variables."""
        import numpy as np

        return np.divide(v, self.unit, out=np.zeros(len(v)), where=self.unit > 0)


def ways(function: Function, x: Vector, spectrum: Spectrum, newton: Vector) -> list[Way]:
    """One way along each eigenvector, and some more where several have no curvature.

    Parameters
    ----------
    function : Function
        A formula.
    x : array of float, shape (d,)
    spectrum : Spectrum
    newton : array of float, shape (d,)
        The Newton step from there.

    Returns
    -------
    list of Way
    """
    return _Ways(function, x, spectrum, newton).all()


def to_the_bottom(function: Function, spectrum: Spectrum, x: Vector) -> Vector:
    """Where a few Newton steps in the curved directions lead from a point.

    Parameters
    ----------
    function : Function
    spectrum : Spectrum
    x : array of float, shape (d,)

    Returns
    -------
    array of float, shape (d,)
    """
    import numpy as np

    across = spectrum.vectors[:, spectrum.values > CURVED * spectrum.values[-1]]
    for _ in range(NEWTON_STEPS if across.size else 0):
        gradient, hessian = function.value_and_gradient(x)[1], function.hessian(x)
        if not np.isfinite(hessian).all() or not np.isfinite(gradient).all():
            break
        x = x - across @ np.linalg.lstsq(across.T @ hessian @ across, across.T @ gradient)[0]
    return x


class _Ways:
    def __init__(self, function: Function, x: Vector, spectrum: Spectrum, newton: Vector) -> None:
        self.function, self.x, self.spectrum = function, x, spectrum
        self.beyond = x + FURTHER[-1] * newton if newton.any() else None

    def all(self) -> list[Way]:
        import numpy as np

        columns = list(self.spectrum.vectors.T)
        tables = [self._coefficients(v) for v in columns]
        sizes = np.max(np.abs(tables), axis=0)[2:]
        straight = [self._way(v, None, c, sizes) for v, c in zip(columns, tables, strict=True)]
        null = [k for k, way in enumerate(straight) if way.order != 2]
        curved = [k for k, way in enumerate(straight) if way.order == 2]
        if not null:
            return straight
        mixtures = [*np.eye(len(null))]
        if len(null) > 1:
            mixtures += [*np.random.default_rng(SEED).standard_normal((PROBES, len(null)))]
        third = {k: tables[k][3] for k in curved}
        found = [straight[k] for k in curved]
        for mixture in mixtures:
            v = self.spectrum.vectors[:, null] @ mixture / np.linalg.norm(mixture)
            s = self._bend(v, third) if curved else None
            way = self._way(v, s, self._coefficients(v, s), sizes)
            found.append(Way(v, way.s, 0, 0) if curved and way.rises and way.order > BENT else way)
        return found

    def _bend(self, v: Vector, third: dict[int, float]) -> Vector:
        """Where the curved directions have their minimum, of what third derivatives make of t^2: -H^+ T(v, v, .)/2.

        T(v, v, w) = c3(v + w) - c3(v - w) - 2 c3(w), of coefficients c3 along straight ways.
        """
        s = 0 * v
        for k, own in third.items():
            w = self.spectrum.vectors[:, k]
            mixed = self._third(v + w) - self._third(v - w) - 2 * own
            s = s - w * mixed / (2 * self.spectrum.values[k])
        return s

    def _third(self, v: Vector) -> float:
        """The coefficient of t^3 along a straight way."""
        found = taylor.coefficients(self.function, self.x, v, order=3)
        return 0.0 if found is None else found[3]

    def _coefficients(self, v: Vector, s: Vector | None = None, x: Vector | None = None) -> Vector:
        import numpy as np

        found = taylor.coefficients(self.function, self.x if x is None else x, v, s)
        return np.zeros(taylor.ORDER + 1) if found is None else np.array(found)

    def _way(self, v: Vector, s: Vector | None, c: Vector, sizes: Vector) -> Way:
        """With the first coefficient that cannot be 0 within the distance by which the place may be off."""
        import numpy as np

        blur, length = self._blur(v, c), np.float64(np.linalg.norm(self.x) or 1.0) / np.linalg.norm(v)
        other = c if self.beyond is None else self._coefficients(v, s, self.beyond)
        for k in range(2, HIGHEST + 1):
            doubt = sum(math.comb(j, k) * abs(c[j]) * blur ** (j - k) for j in range(k + 1, len(c)))
            doubt += abs(other[k] - c[k])
            rounding = SMALL * max(size * length ** (j - k) for j, size in enumerate(sizes, 2))
            if abs(c[k]) > doubt + (self.spectrum.noise if k == 2 else rounding):
                found = Way(v, 0 * v if s is None else s, k, int(math.copysign(1, c[k])))
                return Way(found.v, found.s, 0, 0) if k % 2 and self._turns(found, float(blur)) else found
        return Way(v, 0 * v if s is None else s, 0, 0)

    def _turns(self, way: Way, blur: float) -> bool:
        """Whether the slope along a way turns from falling to rising near the place, which no odd power does."""
        for many in AROUND if blur else ():
            before, after = (self._slope(way, side * many * blur) for side in (-1.0, 1.0))
            if before < 0 < after:
                return True
        return False

    def _slope(self, way: Way, t: float) -> float:
        tangent = way.v + 2 * t * way.s
        return float(self.function.value_and_gradient(self.x + t * way.v + t * t * way.s)[1] @ tangent)

    def _blur(self, v: Vector, c: Vector) -> np.floating:
        """How far along the way the gradient may vanish: what its slope there and rounding of the place leave open."""
        import numpy as np

        roots = [(abs(c[1]) / (k * abs(c[k]))) ** (1 / (k - 1)) for k in range(2, len(c)) if c[k]]
        scaled = self.spectrum.scaled(v)
        rounding = EPSILON * float(np.abs(scaled) @ np.abs(self.spectrum.scaled(self.x))) / float(scaled @ scaled)
        return np.float64(WIDE * min(roots, default=0.0) + rounding)
