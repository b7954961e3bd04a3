"""What a minimization found, how it went, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.sweep import Sweep
    from derivkit.optimize.bounds import Bounds
    from derivkit.records import Verdict

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The places that a method went through, the start included; a long way is thinned, and then step tells which are kept.

    Attributes
    ----------
    step : array of int, shape (places,)
        How many steps had been done; 0, 1, 2, ... unless the way is thinned.
    x : array of float, shape (places, d)
    value : array of float, shape (places,)
    gradient_norm : array of float, shape (places,)
        Euclidean.
    """

    step: NDArray[np.int64]
    x: Matrix
    value: Vector
    gradient_norm: Vector

    def __len__(self) -> int:
        return len(self.value)


class Kind(StrEnum):
    """What a place with a vanishing gradient is."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    SADDLE = "saddle"
    """The function falls along a direction: at a saddle, at an inflection."""
    FLAT = "flat"
    """All derivatives that were looked at vanish, and the values around are the same; or the slope fades, and goes on."""
    UNDECIDED = "undecided"
    """The second derivatives are singular, or were not computed, and higher ones did not decide."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """The second derivatives where a method stopped.

    Attributes
    ----------
    kind : Kind
    message : str
        One sentence: by what that is known.
    eigenvalues : array of float, shape (d,), or None
        Of the Hessian, increasing; None where it was not computed.
    condition : float or None
        The largest over the smallest, where all are positive.
    direction : array of float, shape (d,), or None
        Of unit length, along which the function falls; at saddles and maxima.
    """

    kind: Kind
    message: str
    eigenvalues: Vector | None = None
    condition: float | None = None
    direction: Vector | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a method approached the place where it stopped.

    Attributes
    ----------
    observed : str
        "linear", "superlinear", "quadratic", "sublinear", or "unknown" where the steps are too few or too irregular.
    factor : float or None
        Of the distance (else the gradient) that is left after a step, about, where it is linear.
    order : float or None
        The exponent q of error' ~ error^q, where it is clearly more than 1.
    expected : str
        One sentence: what theory expects of the method here, with the condition number where it matters; may be empty.
    verdict : str
        Observed against expected: "as expected", "slower, because ...", or empty where there is nothing to compare.
    """

    observed: str
    factor: float | None
    order: float | None
    expected: str
    verdict: str = ""


UNKNOWN_RATE = Rate("unknown", None, None, "")


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One of several minima: the best result that reached it, and how many starts did."""

    result: MinimizeResult
    reached: int


@dataclass(frozen=True, eq=False)
class MinimizeResult:
    """Where a method stopped, and why.

    Attributes
    ----------
    variables : tuple of str
        Names of the components of x.
    method, title : str
        As in the table of methods.
    start, x, gradient : array of float, shape (d,)
    value : float
    outcome : Outcome
    reason : str
        One sentence, whether it converged or not.
    iterations : int
    function_evaluations, gradient_evaluations, hessian_evaluations : int
        Every call counted, those of searches too; a product of the Hessian and a vector counts as a Hessian.
    path : Path
    curvature : Curvature
    rate : Rate
    gradient_check : Verdict
        Of the gradient at the start, before the first step.
    bounds_active : mapping of str to "lower" or "upper"
        The variables that a bound holds.
    uncertainty : array of float, shape (d,), or None
        How far the point with a vanishing gradient may lie from x: the Newton step, and rounding; None without a regular Hessian.
    compared : tuple of MinimizeResult
        Each method's result from the same start, in the order asked for; this one is the best of them.
    starts : tuple of MinimizeResult
        What was found from every start, the best first, where several were asked for.
    minima : tuple of Found
        The different minima among them, the best first.
    value_at : callable or None
        From points of shape (d, n) to values of shape (n,), NaN outside the domain; for pictures.
    warnings, notes : tuple of str
    bounds : Bounds or None
        Of x.
    sweeps : tuple of Sweep
        What became of other learning rates, a sweep a method, where that was asked for.
    """

    variables: tuple[str, ...]
    method: str
    title: str
    start: Vector
    x: Vector
    value: float
    gradient: Vector
    outcome: Outcome
    reason: str
    iterations: int
    function_evaluations: int
    gradient_evaluations: int
    hessian_evaluations: int
    path: Path
    curvature: Curvature
    rate: Rate
    gradient_check: Verdict
    bounds_active: Mapping[str, str]
    uncertainty: Vector | None = None
    compared: tuple[MinimizeResult, ...] = ()
    starts: tuple[MinimizeResult, ...] = ()
    minima: tuple[Found, ...] = ()
    value_at: Callable[[Matrix], Vector] | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bounds: Bounds | None = None
    sweeps: tuple[Sweep, ...] = ()

    @property
    def at(self) -> dict[str, float]:
        """The place, by name."""
        return dict(zip(self.variables, map(float, self.x), strict=True))

    @property
    def converged(self) -> bool:
        """Whether it is a minimum, as far as the method and the second derivatives can tell."""
        return self.outcome is Outcome.CONVERGED

    @property
    def gradient_norm(self) -> float:
        """Euclidean, at x."""
        import numpy as np

        return float(np.linalg.norm(self.gradient))
