"""How good predictions are, for numbers and for the probabilities of classes: sums over rows, which may come in blocks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.data.moments import Moments
from derivkit.models.areas import BinnedArea, ExactArea

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

BINS = 10  # of a calibration table


class Numbers:
    """R squared, root mean square error and mean absolute error of predicted numbers.

    R squared compares with the mean of the response; without an intercept with zero, as R and statsmodels do.

    Examples
    --------
    >>> import numpy as np
    >>> scores = Numbers(intercept=True)
    >>> scores.add(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    >>> scores.metrics()["r_squared"]
    0.5
    """

    def __init__(self, *, intercept: bool) -> None:
        self.intercept = intercept
        self.response = Moments()
        self._squares = self._absolutes = 0.0

    @property
    def null(self) -> float:
        """The sum of squares that R squared compares with."""
        response = self.response
        return response.squares if self.intercept else response.squares + response.rows * response.mean**2

    def add(self, response: Vector, prediction: Vector) -> None:
        """Take in rows."""
        import numpy as np

        residuals = response - prediction
        self.response.add(response)
        self._squares += float(residuals @ residuals)
        self._absolutes += float(np.abs(residuals).sum())

    def metrics(self) -> dict[str, float]:
        """What there is to say."""
        n = self.response.rows
        return {
            "r_squared": 1 - self._squares / self.null if self.null else math.nan,
            "rmse": math.sqrt(self._squares / n),
            "mae": self._absolutes / n,
        }


class Classes:
    """Accuracy, log loss, area under the ROC curve, and tables: confusion, each class, calibration.

    Parameters
    ----------
    classes : sequence, length K
    area : callable
        Makes what counts the area under a curve.
    """

    def __init__(self, classes: Sequence[Any], area: Callable[[], ExactArea | BinnedArea] = ExactArea) -> None:
        import numpy as np

        k = len(classes)
        self.classes = classes
        self._confusion = np.zeros((k, k), dtype=np.int64)
        self._areas = {c: area() for c in ([1] if k == 2 else range(k))}
        self._calibration = Calibration()
        self._loss = 0.0

    def add(self, truth: NDArray[np.int64], probabilities: Matrix, losses: Vector) -> None:
        """Take in rows.

        Parameters
        ----------
        truth : array of int, shape (n,)
            Positions in `classes`.
        probabilities : array of float, shape (K, n)
        losses : array of float, shape (n,)
            Minus the logarithm of the true class's probability.
        """
        import numpy as np

        k = len(self.classes)
        chosen = (probabilities[1] > 0.5).astype(int) if k == 2 else probabilities.argmax(axis=0)
        self._confusion += np.bincount(k * truth + chosen, minlength=k * k).reshape(k, k)
        for c, area in self._areas.items():
            area.add(truth == c, probabilities[c])
        # of two classes the probability of the last; of more, of the one that is chosen
        certainty, right = (probabilities[1], truth == 1) if k == 2 else (probabilities.max(axis=0), chosen == truth)
        self._calibration.add(certainty, right)
        self._loss += float(losses.sum())

    def metrics(self) -> dict[str, Any]:
        """What there is to say.

        `confusion[i][j]`: rows of class i that are taken for class j. `auc`: of the last of two classes; of more, the mean over
        classes, each against the rest; with a bound on its error, `auc_error`, where that is not 0.
        """
        import numpy as np

        n = int(self._confusion.sum())
        areas, errors = np.mean([area.area() for area in self._areas.values()], axis=0).tolist()
        return {
            "accuracy": int(self._confusion.trace()) / n,
            "log_loss": self._loss / n,
            "auc": areas,
            **({"auc_error": errors} if errors else {}),
            "confusion": self._confusion.tolist(),
            "per_class": [_one_class(self._confusion, c, label) for c, label in enumerate(self.classes)],
            "calibration": self._calibration.table(),
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


class Calibration:
    """Mean probability and observed share, in bins of equal width; empty bins are left out.

    Examples
    --------
    >>> import numpy as np
    >>> calibration = Calibration()
    >>> calibration.add(np.array([0.25, 0.5, 0.5]), np.array([False, True, False]))
    >>> calibration.table()[1]
    {'from': 0.5, 'to': 0.6, 'rows': 2, 'predicted': 0.5, 'observed': 0.5}
    """

    def __init__(self) -> None:
        import numpy as np

        self._sums = np.zeros((3, BINS))

    def add(self, probability: Vector, right: NDArray[np.bool_]) -> None:
        """Take in rows: a probability, and whether what it is of came true."""
        import numpy as np

        place = np.minimum((probability * BINS).astype(int), BINS - 1)
        for k, part in enumerate((None, probability, right.astype(float))):
            self._sums[k] += np.bincount(place, weights=part, minlength=BINS)

    def table(self) -> list[Mapping[str, float]]:
        """One row a bin."""
        return [
            {"from": b / BINS, "to": (b + 1) / BINS, "rows": int(rows), "predicted": said / rows, "observed": seen / rows}
            for b, (rows, said, seen) in enumerate(self._sums.T.tolist())
            if rows
        ]
