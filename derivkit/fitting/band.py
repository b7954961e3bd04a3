"""The curve of a fitted formula with its band, where there is one column to draw it over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.fitting.problem import Problem
from derivkit.fitting.result import FitResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_POINTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The fitted formula over its only column.

    Attributes
    ----------
    name : str
        Of the column, as the formula has it.
    x, y : array of float, shape (m,)
        y is NaN where the formula is undefined.
    low, high : array of float, shape (m,), or None
        Where the curve lies with 95 % confidence, point by point; None where the errors of the parameters are not known.
    """

    name: str
    x: Vector
    y: Vector
    low: Vector | None
    high: Vector | None


def curve_of(result: FitResult) -> Curve | None:
    """The curve of a fit over the data's range; None where the right side has no column, several, or no fit.

    The band is the formula's value plus and minus the quantile times sqrt(j C j^T), with the exact gradient j in the parameters and
    their covariance C.

    Examples
    --------
    >>> import derivkit as dk
    >>> curve = curve_of(dk.fit("y = a + b*x", {"x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 1.0, 2.0, 4.0]}))
    >>> curve.name, float(curve.y[0]).__round__(6)
    ('x', -0.2)

    References
    ----------
    Seber and Wild, Nonlinear Regression (1989), section 5.1.
    """
    import numpy as np

    right = result.equation.right
    names = [name for name in right.variables if name in result.columns]
    if len(names) != 1 or result.fitted is None:
        return None
    x = _grid(result.columns[names[0]])
    values = {names[0]: x, **result.fixed}
    moving = tuple(p.name for p in result.parameters)
    problem = Problem(right, moving, values, np.zeros(len(x)), np.ones(len(x)))
    estimates = np.array([p.estimate for p in result.parameters])
    with np.errstate(all="ignore"):
        y, slopes = problem.model(estimates)
    half = _half_width(result, slopes)
    y = np.where(np.isfinite(y), y, np.nan)
    return Curve(names[0], x, y, None if half is None else y - half, None if half is None else y + half)


def _grid(column: Vector) -> Vector:
    """Even steps over the range, and the data's own places, where a curve may be steep."""
    import numpy as np

    own = np.unique(column)
    even = np.linspace(own[0], own[-1], MOST_POINTS)
    return np.union1d(even, own) if len(own) <= MOST_POINTS else even


def _half_width(result: FitResult, slopes: NDArray[np.float64]) -> Vector | None:
    import numpy as np

    if result.covariance is None or (wide := _quantile(result)) is None:
        return None
    covariance = np.nan_to_num(result.covariance, nan=0.0)  # at a bound: held there
    return np.asarray(wide * np.sqrt(np.maximum(np.einsum("np,pq,nq->n", slopes, covariance, slopes), 0.0)))


def _quantile(result: FitResult) -> float | None:
    """What the intervals of the parameters multiply standard errors by."""
    for p in result.parameters:
        if p.ci95 is not None and p.standard_error:
            return (p.ci95[1] - p.ci95[0]) / (2 * p.standard_error)
    return None
