"""How well coefficients are known: standard errors, test statistics, intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One estimated number of a model.

    Attributes
    ----------
    name : str
    class_ : int, float, str or None
        The class it belongs to, in models with a block of coefficients a class.
    estimate : float or None
        None where there is none: training stopped, or no finite one exists.
    standard_error, z, p_value : float or None
        `z` is estimate / standard error, also where it is Student's t.
    ci95 : (float, float) or None
    """

    name: str
    class_: int | float | str | None
    estimate: float | None
    standard_error: float | None = None
    z: float | None = None
    p_value: float | None = None
    ci95: tuple[float, float] | None = None


def standard_errors(root: NDArray[np.float64], back: NDArray[np.float64], dispersion: float) -> NDArray[np.float64]:
    """Square roots of the covariance's diagonal, in the user's units.

    Parameters
    ----------
    root : array of float, shape (p, p)
        R, with R^T R the summed second derivatives.
    back : array of float, shape (p, p)
        From standardized columns to the user's.
    dispersion : float

    Returns
    -------
    array of float, shape (p,)
    """
    import numpy as np

    spread = np.linalg.solve(root.T, back.T)  # (back R^-1)^T
    errors: NDArray[np.float64] = np.sqrt(dispersion * (spread**2).sum(axis=0))
    return errors


def coefficients(
    names: Sequence[str], estimates: Sequence[float], errors: Sequence[float] | None, degrees: int | None
) -> tuple[Coefficient, ...]:
    """Coefficients with their tests against zero and 95 % intervals.

    Parameters
    ----------
    names, estimates, errors : sequences of length p
        `errors` None: no tests and no intervals.
    degrees : int or None
        Of Student's t; None for the normal distribution.
    """
    if errors is None:
        return tuple(Coefficient(name, None, estimate) for name, estimate in zip(names, estimates, strict=True))
    wide = _quantile(degrees)
    found = []
    for name, estimate, error in zip(names, estimates, errors, strict=True):
        z = estimate / error if error else math.copysign(math.inf, estimate) if estimate else math.nan
        interval = (estimate - wide * error, estimate + wide * error)
        found.append(Coefficient(name, None, estimate, error, z, _two_sided(z, degrees), interval))
    return tuple(found)


def _quantile(degrees: int | None) -> float:
    upper = (1 + LEVEL) / 2
    if degrees is None:
        return NormalDist().inv_cdf(upper)
    from scipy.special import stdtrit

    return float(stdtrit(degrees, upper))


def _two_sided(z: float, degrees: int | None) -> float:
    if degrees is None:
        return math.erfc(abs(z) / math.sqrt(2))
    from scipy.special import stdtr

    return 2 * float(stdtr(degrees, -abs(z)))
