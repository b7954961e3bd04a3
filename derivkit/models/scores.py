"""The metrics of a family, from rows that may come in blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivkit.models.areas import BinnedArea, ExactArea
from derivkit.models.metrics import Classes, Numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.models.family import Family

    Vector = NDArray[np.float64]


class Scores:
    """The metrics of a model, from rows that come in blocks.

    Parameters
    ----------
    family : Family
    classes : sequence or None
    intercept : bool
    in_memory : bool
        Whether something may be kept of every row.

    Attributes
    ----------
    loss, deviance : float
        Sums over the rows, the loss without its constant; a deviance of NaN where the family has none.
    null : float
        The sum of squares that R squared compares with; 0 of classes.
    """

    def __init__(self, family: Family, classes: Sequence[Any] | None, *, intercept: bool, in_memory: bool = True) -> None:
        self.family = family
        self._classes = Classes(classes, ExactArea if in_memory else BinnedArea) if classes else None
        self._numbers = None if classes else Numbers(intercept=intercept)
        self.rows = 0
        self.loss, self.deviance = 0.0, math.nan if family.deviance is None else 0.0

    @property
    def null(self) -> float:
        """The sum of squares that R squared compares with; 0 of classes."""
        return 0.0 if self._numbers is None else self._numbers.null

    def add(self, response: Vector, predicted: NDArray[np.float64], losses: Vector) -> None:
        """Take in rows: what is predicted for them, shape (n,), or (K, n) for classes, and their losses."""
        self.rows += len(response)
        self.loss += float(losses.sum())
        if self._classes is not None:
            self._classes.add(response.astype(int), predicted, losses)
        if self._numbers is not None:
            self._numbers.add(response, predicted)
            if self.family.deviance is not None:
                self.deviance += float(self.family.of_rows(self.family.deviance, y=response, mu=predicted).sum())

    def metrics(self) -> dict[str, Any]:
        """What there is to say."""
        if self._classes is not None:
            return self._classes.metrics()
        assert self._numbers is not None  # one of the two is there
        known = {"loss": self.loss} if math.isnan(self.deviance) else {"mean_deviance": self.deviance}
        return {**self._numbers.metrics(), **{name: total / self.rows for name, total in known.items()}}
