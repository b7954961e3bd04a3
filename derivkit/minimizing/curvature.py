"""What kind of place a point with a vanishing gradient is: by eigenvalues of the Hessian, and where these are too near 0 by more.

Eigenvalues decide where the Hessian keeps their signs as far as the point may be off. Elsewhere higher derivatives along the
directions of the small ones do (`ways`); and what is said to fall is tried.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivkit.errors import DerivkitError
from derivkit.minimizing import taylor
from derivkit.minimizing.function import Function
from derivkit.minimizing.newton_steps import MOST_VARIABLES
from derivkit.minimizing.result import Curvature, Kind
from derivkit.minimizing.ways import EPSILON, FURTHER, HIGHEST, Spectrum, Way, to_the_bottom, ways
from derivkit.minimizing.words import direction as shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.bounds import Bounds

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

MOST_WAYS = 30  # for which Taylor coefficients are computed
STEPS = (*(2.0**-k for k in range(0, 46, 3)), 8.0)  # parts of the point's size at which a fall is tried
NEAR = STEPS[1:6]  # at which a level way is tried
BEYOND = (8.0, 64.0)  # Newton steps: the gradient turns round before, if a minimum is near
CLEAR = 64.0  # of the distance by which the place may be off: lower values beyond that show a fall
NEARLY = 1e-4  # of x: a Newton step over which third derivatives tell how the second ones change
FADED = 2.0**-960  # a value so small that a slope of 0 further on may have been lost to underflow
LEVEL = 1e-12  # a difference of values, relative to their size, that is none
TO_THE_MINIMUM = 4.0  # times what a Newton step promises: how much lower the minimum itself may be, if that is one of higher order
ALIKE = "the values around are the same"


def curvature(function: Function, x: Vector, free: NDArray[np.bool_] | None = None, bounds: Bounds | None = None) -> Curvature:
    """What kind of place x is, in the variables that no bound holds.

    Parameters
    ----------
    function : Function
    x : array of float, shape (d,)
        Where the gradient vanishes, as far as the method could tell.
    free : array of bool, shape (d,), optional
        All by default.
    bounds : Bounds, optional
        Beyond which nothing is said to fall.

    Returns
    -------
    Curvature

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.minimizing.function import Formula
    >>> def kind(text, *x):
    ...     return curvature(Formula(parse(text).graph), np.array(x)).kind.value
    >>> kind("x^2 - y^2", 0.0, 0.0), kind("x^4", 0.0), kind("x^3", 0.0), kind("(y-x^2)*(y-3*x^2)", 0.0, 0.0)
    ('saddle', 'minimum', 'saddle', 'saddle')
    """
    import numpy as np

    free = np.ones(len(x), dtype=bool) if free is None else free
    if not free.any():
        return Curvature(Kind.MINIMUM, "bounds hold every variable")
    if len(x) > MOST_VARIABLES:
        return Curvature(Kind.UNDECIDED, f"the Hessian was not computed: there are {len(x):,} variables")
    try:
        hessian = function.hessian(x)
    except (DerivkitError, NotImplementedError, TypeError) as problem:
        return Curvature(Kind.UNDECIDED, f"there is no Hessian: {problem}")
    if not np.isfinite(hessian).all():
        return Curvature(Kind.UNDECIDED, "the second derivatives are not finite there")
    try:
        return _Place(function, x, free, (hessian + hessian.T) / 2, bounds).judged()
    except np.linalg.LinAlgError:
        return Curvature(Kind.UNDECIDED, "the second derivatives are too large to be taken apart")


class _Place:
    """One point, with the Hessian of its free variables taken apart."""

    def __init__(self, function: Function, x: Vector, free: NDArray[np.bool_], hessian: Matrix, bounds: Bounds | None) -> None:
        import numpy as np

        self.function, self.x, self.free, self.hessian, self.bounds = function, x, free, hessian, bounds
        self.spectrum = Spectrum.of(hessian, free)
        self.eigenvalues = np.linalg.eigvalsh(hessian[np.ix_(free, free)]).astype(float)
        self.value, gradient = function.value_and_gradient(x)
        self.exact = self._without_rounding()
        slopes = self.spectrum.vectors.T @ gradient if self.exact is None else self.exact[:, 1]
        clear = np.abs(self.spectrum.values) > self.spectrum.noise  # the others are rounding
        shares = slopes[clear] / self.spectrum.values[clear]
        self.parts = -self.spectrum.vectors[:, clear] * shares  # of the Newton step, one a column
        self.newton = self.parts.sum(axis=1)
        self.promised = max(float(slopes[clear] @ shares) / 2, 0.0)
        self._unseen = max(LEVEL * abs(self.value), TO_THE_MINIMUM * self.promised)  # a fall that tells nothing

    def judged(self) -> Curvature:
        """By eigenvalues, by higher derivatives, or by values alone."""
        if self._is_sharp():
            found = [
                Way(v, 0 * v, 2, 1 if value > 0 else -1)
                for v, value in zip(self.spectrum.vectors.T, self.spectrum.values, strict=True)
            ]
        elif (beyond := self._falls_on()) is not None:
            return beyond
        elif self.function.graph is None or len(self.spectrum.values) > MOST_WAYS:
            return self._by_values()
        else:
            found = ways(self.function, self.x, self.spectrum, self.newton)
        if any(way.falls for way in found):
            return self._falling(found)
        if any(way.level for way in found):
            return self._level(found)
        regular = all(way.order == 2 for way in found) and self.eigenvalues[0] > 0
        condition = float(self.eigenvalues[-1] / self.eigenvalues[0]) if regular else None
        return Curvature(Kind.MINIMUM, self._why_minimum(found), self.eigenvalues, condition)

    def _without_rounding(self) -> Matrix | None:
        """Taylor coefficients to t^3 along each eigenvector, one a row, where the function is a formula of few variables."""
        import numpy as np

        if self.function.graph is None or len(self.spectrum.values) > MOST_WAYS:
            return None
        found = [taylor.coefficients(self.function, self.x, v, order=3) for v in self.spectrum.vectors.T]
        return None if any(c is None for c in found) else np.array(found)

    def _is_sharp(self) -> bool:
        """Whether the eigenvalues keep their signs as far as the place may be off."""
        import numpy as np

        least = float(np.abs(self.spectrum.values).min())
        if least <= self.spectrum.noise:
            return False
        if self._is_near():
            return True
        unit, places = self.spectrum.unit, [self.x + many * self.newton for many in FURTHER]
        changes = [(self.function.hessian(x) - self.hessian) * unit * unit[:, None] for x in places]
        return bool(np.isfinite(changes).all()) and all(float(np.linalg.norm(change, 2)) < least / 2 for change in changes)

    def _is_near(self) -> bool:
        """Whether the place is off by little, and third derivatives change no sign over that: no other Hessian is needed."""
        step, size = (self._length(self.spectrum.scaled(v)) for v in (self.newton, self.x))
        if self.exact is None or step > NEARLY * size:
            return False
        off = FURTHER[-1] * (step + EPSILON * size)
        return bool((6 * abs(self.exact[:, 3]) * off < abs(self.exact[:, 2])).all())

    def _falls_on(self) -> Curvature | None:
        """Where the gradient fades and no minimum is near: it points the same way further along the Newton step, or its parts."""
        for step in (self.newton, *self.parts.T):
            length = self._length(step)
            fall = self._further_fall(step) if length else 0.0
            if fall > max(LEVEL * abs(self.value), self.promised):
                unit = step / length
                told = f"along {shown(unit.tolist())} it falls on, by {fall:.3g} over a distance of {BEYOND[-1] * length:.3g}"
                return Curvature(Kind.FLAT, f"the slope fades, and no minimum is near: {told}", self.eigenvalues, None, unit)
        return None

    def _further_fall(self, step: Vector) -> float:
        """How much lower the value is many steps on, if it falls all the way; else 0."""
        import numpy as np

        places = [self.function.value_and_gradient(self.x + many * step) for many in BEYOND]
        faded = abs(self.value) < FADED
        for value, gradient in places:
            slope = float(gradient @ step)
            if not np.isfinite(value) or not (slope < 0 or (faded and slope == 0)):
                return 0.0
        if self._beyond(self.x + BEYOND[-1] * step):
            return 0.0
        return self.value - places[-1][0]

    def _falling(self, found: list[Way]) -> Curvature:
        falling = [way for way in found if way.falls]
        tried = next((seen for way in falling if (seen := self._fall(way)) is not None), None)
        if tried is None and self.bounds is not None:
            message = f"{self._why_falling(found, falling)}; within the bounds no lower value was found"
            return Curvature(Kind.UNDECIDED, message, self.eigenvalues)
        if tried is None:
            message = f"{self._why_falling(found, falling)}; rounding hides how the function falls"
            return Curvature(Kind.SADDLE, message, self.eigenvalues)
        every = all(way.falls and not way.order % 2 for way in found)
        kind = Kind.MAXIMUM if every else Kind.SADDLE
        unit, said = tried
        return Curvature(kind, f"{self._why_falling(found, falling)}; {said}", self.eigenvalues, None, unit)

    def _why_falling(self, found: list[Way], falling: list[Way]) -> str:
        if all(way.order > 2 for way in falling):
            return f"the second derivative vanishes in a direction, and derivative {falling[0].order} decides"
        negative, d = sum(way.order == 2 for way in falling), len(self.eigenvalues)
        if d == 1:
            return f"the second derivative is negative: {self.eigenvalues[0]:.4g}"
        low, high = self.eigenvalues[0], self.eigenvalues[-1]
        which = (
            f"all {d} eigenvalues of the Hessian are"
            if negative == d
            else f"{negative} of {d} eigenvalues of the Hessian {'is' if negative == 1 else 'are'}"
        )
        return f"{which} negative; they go from {low:.4g} to {high:.4g}"

    def _fall(self, way: Way, least: float = 0.0) -> tuple[Vector, str] | None:
        """A direction in which a lower value was found, further off than `least`, and the sentence that says so."""
        import numpy as np

        for part in STEPS:
            for side in (1.0, -1.0):
                step = way.step(side * part * max(self._length(self.x), 1.0) / self._length(way.v))
                length = float(np.linalg.norm(step))
                fall = self.value - self.function.value(self.x + step)
                if length > least and self._unseen < fall < math.inf and not self._beyond(self.x + step):
                    unit = step / length
                    return unit, f"along {shown(unit.tolist())} the function falls, by {fall:.3g} over a distance of {length:.3g}"
        return None

    def _beyond(self, x: Vector) -> bool:
        return self.bounds is not None and bool((self.bounds.nearest(x) != x).any())

    def _size(self, v: Vector) -> float:
        """A length along v over which a function may change: the point's own."""
        import numpy as np

        return (float(np.linalg.norm(self.x)) or 1.0) / float(np.linalg.norm(v))

    def _level(self, found: list[Way]) -> Curvature:
        """Along some ways the derivatives decide nothing: are the values the same there?"""
        level = [way for way in found if way.level]
        unit = shown((level[0].v / self._length(level[0].v)).tolist())
        if not all(map(self._is_level, level)):
            message = f"no derivative up to order {HIGHEST} decides along {unit}, where the values are not the same"
            down = next((v for v in map(self._one_sided, level) if v is not None), None)
            if down is None:
                return Curvature(Kind.UNDECIDED, message, self.eigenvalues)
            told = f"at all distances that were tried, the function falls along {shown(down.tolist())}, and rises the other way"
            return Curvature(Kind.SADDLE, f"{message}; {told}", self.eigenvalues, None, down)
        if len(level) == len(found) and self.free.all():
            return Curvature(Kind.FLAT, f"all derivatives vanish, and {ALIKE}", self.eigenvalues)
        message = f"no single point: on a way that leaves along {unit} the values stay the same, in other directions they rise"
        return Curvature(Kind.MINIMUM, message, self.eigenvalues)

    def _one_sided(self, way: Way) -> Vector | None:
        """The side to which values fall at all distances, if they rise to the other side: so they do where an odd power leads."""
        unit, size = way.v / self._length(way.v), max(self._length(self.x), 1.0)
        distances = [part * size for part in (STEPS[-1], *STEPS[:6]) if part * size > CLEAR * self._length(self.newton)]
        for side in (1.0, -1.0) if len(distances) > 1 else ():
            changes = [[self.function.value(self.x + s * t * unit) - self.value for s in (side, -side)] for t in distances]
            if all(there < -self._unseen and back > self._unseen for there, back in changes):
                return side * unit
        return None

    def _by_values(self) -> Curvature:
        """Where no more than two derivatives are at hand, and the second is too near 0."""
        small = [
            Way(v, 0 * v, 0, 0) for v, value in zip(self.spectrum.vectors.T, self.spectrum.values, strict=True) if value < 1e-3
        ]
        if len(small) == len(self.spectrum.values) and not self.hessian.any() and all(map(self._is_level, small)):
            return Curvature(Kind.FLAT, f"two derivatives vanish, and {ALIKE}", self.eigenvalues)
        least = CLEAR * self._length(self.newton)
        tried = next((seen for way in small if (seen := self._fall(way, least)) is not None), None)
        if tried is not None:
            return Curvature(Kind.SADDLE, f"the Hessian is nearly singular, and {tried[1]}", self.eigenvalues, None, tried[0])
        message = "the Hessian is nearly singular, and no lower value was found along its smallest eigenvectors"
        return Curvature(Kind.UNDECIDED, message, self.eigenvalues)

    def _is_level(self, way: Way) -> bool:
        """Whether values on both sides, taken back to the bottom across the way, are the same."""
        curved, bottom = (
            float(abs(self.spectrum.values).max()) / 2,
            self.function.value(to_the_bottom(self.function, self.spectrum, self.x)),
        )
        for part in NEAR if self.hessian.any() else NEAR[2:]:
            for side in (1.0, -1.0):
                t = side * part * self._size(way.v)
                room = LEVEL * (abs(self.value) + curved * (t * self._length(self.spectrum.scaled(way.v))) ** 2)
                if not abs(self.function.value(to_the_bottom(self.function, self.spectrum, self.x + way.step(t))) - bottom) <= room:
                    return False
        return True

    def _length(self, v: Vector) -> float:
        return math.hypot(*v.tolist())  # no square of which overflows

    def _why_minimum(self, found: list[Way]) -> str:
        high, d = max(way.order for way in found), len(self.eigenvalues)
        if high > 2:
            looked = sum(way.order > 2 for way in found)
            many = f", in {looked} directions that were looked at," if len(found) > d else ""
            return f"the second derivative vanishes in a direction, and derivative {high}{many} is positive: it rises to both sides"
        if d == 1:
            return f"the second derivative is positive: {self.eigenvalues[0]:.4g}"
        which = "both" if d == 2 else f"all {d}"
        return f"{which} eigenvalues of the Hessian are positive, from {self.eigenvalues[0]:.4g} to {self.eigenvalues[-1]:.4g}"
