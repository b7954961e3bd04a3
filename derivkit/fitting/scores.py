"""How good a fit is: sums of squares, likelihood, information criteria."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """As `FitResult` has them."""

    rss: float
    residual_sd: float | None
    dof: int
    r_squared: float
    adjusted_r_squared: float | None
    log_likelihood: float | None
    aic: float | None
    bic: float | None


def score(residual: Vector, response: Vector, weight: Vector, parameters: int, *, known: bool, likelihood: bool) -> Scores:
    """Scores of a fit by least squares.

    Parameters
    ----------
    residual, response, weight : array of float, shape (n,)
        Weighted residuals; what residuals were multiplied by.
    parameters : int
    known : bool
        Weights are the inverses of known errors: the variance is no parameter.
    likelihood : bool
        Whether the residuals are taken as normal.
    """
    import numpy as np

    n, dof = len(residual), len(residual) - parameters
    rss = math.fsum((residual * residual).tolist())
    mean = float(np.average(response, weights=weight**2))
    total = math.fsum(((response - mean) ** 2 * weight**2).tolist())
    r_squared = 1 - rss / total if total else math.nan
    adjusted = 1 - (1 - r_squared) * (n - 1) / dof if dof else None
    log_likelihood = _log_likelihood(rss, weight, known=known) if likelihood else None
    count = parameters + (not known)
    return Scores(
        rss=rss,
        residual_sd=math.sqrt(rss / dof) if dof else None,
        dof=dof,
        r_squared=r_squared,
        adjusted_r_squared=adjusted,
        log_likelihood=log_likelihood,
        aic=None if log_likelihood is None else 2 * count - 2 * log_likelihood,
        bic=None if log_likelihood is None else count * math.log(n) - 2 * log_likelihood,
    )


def _log_likelihood(rss: float, weight: Vector, *, known: bool) -> float:
    """Of normal residuals with variances v/weight^2: v is 1 where errors are known, and rss/n where it is estimated."""
    import numpy as np

    n, logs = len(weight), float(np.log(weight).sum())
    if known:
        return logs - (n * math.log(2 * math.pi) + rss) / 2
    return logs - n / 2 * (math.log(2 * math.pi * rss / n) + 1) if rss else math.inf
