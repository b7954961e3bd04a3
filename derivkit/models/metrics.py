"""How good predictions are: for numbers, and for the probabilities of classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.models.family import Family

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

BINS = 10  # of a calibration table


def scores(
    family: Family,
    response: Vector,
    predicted: NDArray[np.float64],
    losses: Callable[[], Vector],
    *,
    classes: Sequence[Any] | None,
    intercept: bool,
) -> dict[str, Any]:
    """The metrics of a family: of numbers, with its deviance or its loss; of classes.

    Parameters
    ----------
    family : Family
    response : array of float, shape (n,)
        For classes, the number of the class.
    predicted : array of float, shape (n,), or (K, n) for classes
        Means; probabilities.
    losses : callable
        Makes the loss of every row, shape (n,).
    classes : sequence, length K, or None
    intercept : bool
    """
    if classes:
        return classification(response.astype(int), predicted, float(losses().mean()), classes)
    found = regression(response, predicted, intercept=intercept)
    if family.deviance is None:
        return {**found, "loss": float(losses().mean())}
    return {**found, "mean_deviance": float(family.of_rows(family.deviance, y=response, mu=predicted).mean())}


def regression(response: Vector, prediction: Vector, *, intercept: bool) -> dict[str, float]:
    """R squared, root mean square error and mean absolute error.

    R squared compares with the mean of the response; without an intercept with zero, as R and statsmodels do.

    Examples
    --------
    >>> import numpy as np
    >>> regression(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]), intercept=True)["r_squared"]
    0.5
    """
    import numpy as np

    residuals = response - prediction
    null = response - response.mean() if intercept else response
    rss, total = float(residuals @ residuals), float(null @ null)
    return {
        "r_squared": 1 - rss / total if total else math.nan,
        "rmse": math.sqrt(rss / len(residuals)),
        "mae": float(np.abs(residuals).mean()),
    }


def classification(truth: NDArray[np.int64], probabilities: Matrix, loss: float, classes: Sequence[Any]) -> dict[str, Any]:
    """Accuracy, log loss, area under the ROC curve, and tables: confusion, each class, calibration.

    Parameters
    ----------
    truth : array of int, shape (n,)
        Positions in `classes`.
    probabilities : array of float, shape (K, n)
    loss : float
        The mean of minus the logarithm of the true class's probability.
    classes : sequence, length K

    Returns
    -------
    dict
        `confusion[i][j]`: rows of class i that are taken for class j. `auc`: of the last of two classes; of more, the mean over
        classes, each against the rest.
    """
    import numpy as np

    k = len(classes)
    chosen = (probabilities[1] > 0.5).astype(int) if k == 2 else probabilities.argmax(axis=0)
    confusion = np.bincount(k * truth + chosen, minlength=k * k).reshape(k, k)
    areas = [area_under_curve((truth == c).astype(float), probabilities[c]) for c in ([1] if k == 2 else range(k))]
    # of two classes the probability of the last; of more, of the one that is chosen
    certainty, right = (probabilities[1], truth == 1) if k == 2 else (probabilities.max(axis=0), chosen == truth)
    return {
        "accuracy": float((chosen == truth).mean()),
        "log_loss": loss,
        "auc": sum(areas) / len(areas),
        "confusion": confusion.tolist(),
        "per_class": [_one_class(confusion, c, label) for c, label in enumerate(classes)],
        "calibration": calibration(certainty, right),
    }


def _one_class(confusion: NDArray[np.int64], c: int, label: Any) -> Mapping[str, Any]:
    """Precision, recall and F1; NaN where they divide by nothing."""
    hit, chosen, rows = int(confusion[c, c]), int(confusion[:, c].sum()), int(confusion[c].sum())
    return {
        "class": label,
        "precision": hit / chosen if chosen else math.nan,
        "recall": hit / rows if rows else math.nan,
        "f1": 2 * hit / (chosen + rows) if chosen + rows else math.nan,
        "rows": rows,
    }


def calibration(probability: Vector, right: NDArray[np.bool_]) -> list[Mapping[str, float]]:
    """Mean probability and observed share, in bins of equal width; empty bins are left out.

    Examples
    --------
    >>> import numpy as np
    >>> calibration(np.array([0.25, 0.5, 0.5]), np.array([False, True, False]))[1]
    {'from': 0.5, 'to': 0.6, 'rows': 2, 'predicted': 0.5, 'observed': 0.5}
    """
    import numpy as np

    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    rows = np.bincount(place, minlength=BINS).tolist()
    said, seen = (np.bincount(place, weights=part, minlength=BINS).tolist() for part in (probability, right.astype(float)))
    return [
        {
            "from": b / BINS,
            "to": (b + 1) / BINS,
            "rows": int(rows[b]),
            "predicted": said[b] / rows[b],
            "observed": seen[b] / rows[b],
        }
        for b in range(BINS)
        if rows[b]
    ]


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
