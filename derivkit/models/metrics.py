"""How good predictions are: for numbers, and for the probability of one of two classes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.models.family import Scored

    Vector = NDArray[np.float64]


def regression(scored: Scored) -> dict[str, float]:
    """R squared, root mean square error and mean absolute error.

    R squared compares with the mean of the response; without an intercept with zero, as R and statsmodels do.
    """
    import numpy as np

    residuals = scored.response - scored.prediction
    null = scored.response - scored.response.mean() if scored.intercept else scored.response
    rss, total = float(residuals @ residuals), float(null @ null)
    return {
        "r_squared": 1 - rss / total if total else math.nan,
        "rmse": math.sqrt(rss / len(residuals)),
        "mae": float(np.abs(residuals).mean()),
    }


def classification(scored: Scored) -> dict[str, float]:
    """Accuracy, log loss and area under the ROC curve of the probability of class 1."""
    chosen = scored.prediction > 0.5
    return {
        "accuracy": float((chosen == scored.response).mean()),
        "log_loss": scored.loss,
        "auc": area_under_curve(scored.response, scored.prediction),
    }


def area_under_curve(response: Vector, prediction: Vector) -> float:
    """The probability that a row of class 1 is predicted above a row of class 0, ties counting one half.

    Parameters
    ----------
    response : array of 0.0 and 1.0, shape (n,)
    prediction : array of float, shape (n,)

    Returns
    -------
    float
        NaN where one class has no rows.

    Examples
    --------
    >>> import numpy as np
    >>> area_under_curve(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.4, 0.4, 0.8]))
    0.875

    References
    ----------
    Hanley and McNeil, Radiology 143 (1982) 29: the Mann-Whitney statistic.
    """
    import numpy as np

    ones = float(response.sum())
    zeros = len(response) - ones
    if not ones or not zeros:
        return math.nan
    _, place, counts = np.unique(prediction, return_inverse=True, return_counts=True)
    mid_rank = np.cumsum(counts) - (counts - 1) / 2
    return float((mid_rank[place] @ response - ones * (ones + 1) / 2) / (ones * zeros))
