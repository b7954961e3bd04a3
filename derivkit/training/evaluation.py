"""How good a fitted model is: on rows, over folds, and by feature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivkit.data.design import Design
from derivkit.data.split import folds, shuffled
from derivkit.errors import DataError
from derivkit.models.areas import BinnedArea, ExactArea
from derivkit.models.metrics import Classes, Numbers
from derivkit.models.sums import summed
from derivkit.training.fitting import Fitted, fitted, problem_of
from derivkit.training.options import Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Rows = NDArray[np.int64]

REPEATS = 5  # of an importance


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows of a design.

    Attributes
    ----------
    matrix : array of float, shape (n, p)
    response : array of float, shape (n,)
        For classes, the number of the class.
    """

    matrix: Held
    response: Held

    @classmethod
    def of(cls, design: Design, rows: Rows | None) -> Sample:
        """Some rows of a design; all, and no copy of them, without `rows`."""
        import numpy as np

        if rows is None:
            return cls(design.matrix, design.response)
        return cls(np.asarray(design.matrix)[rows], np.asarray(design.response)[rows])


class Scores:
    """The metrics of a fitted model, from rows that come in blocks.

    Parameters
    ----------
    found : Fitted
    classes : sequence or None
    in_memory : bool
        Whether something may be kept of every row.

    Attributes
    ----------
    loss, deviance : float
        Sums over the rows, the loss without its constant; a deviance of NaN where the family has none.
    null : float
        The sum of squares that R squared compares with; 0 of classes.
    """

    def __init__(self, found: Fitted, classes: Sequence[Any] | None, *, in_memory: bool) -> None:
        self.found = found
        self._classes = Classes(classes, ExactArea if in_memory else BinnedArea) if classes else None
        self._numbers = None if classes else Numbers(intercept=found.problem.spec.intercept)
        self.rows = 0
        self.loss, self.deviance = 0.0, math.nan if found.problem.spec.family.deviance is None else 0.0

    @property
    def null(self) -> float:
        """The sum of squares that R squared compares with; 0 of classes."""
        return 0.0 if self._numbers is None else self._numbers.null

    def add(self, eta: Matrix, response: Vector, predicted: Matrix) -> None:
        """Take in rows: their linear predictors, shape (B, n), and what these predict."""
        losses, family = self.found.losses(eta, response), self.found.problem.spec.family
        self.rows += len(response)
        self.loss += float(losses.sum())
        if self._classes is not None:
            self._classes.add(response.astype(int), predicted, losses)
        if self._numbers is not None:
            self._numbers.add(response, predicted)
            if family.deviance is not None:
                self.deviance += float(family.of_rows(family.deviance, y=response, mu=predicted).sum())

    def metrics(self) -> dict[str, Any]:
        """What there is to say."""
        if self._classes is not None:
            return self._classes.metrics()
        assert self._numbers is not None  # one of the two is there
        known = {"loss": self.loss} if math.isnan(self.deviance) else {"mean_deviance": self.deviance}
        return {**self._numbers.metrics(), **{name: total / self.rows for name, total in known.items()}}


def metrics(found: Fitted, sample: Sample, classes: Sequence[Any] | None) -> dict[str, Any]:
    """The metrics of a fitted model on some rows."""
    columns = found.problem.columns.on(sample.matrix)
    scores = Scores(found, classes, in_memory=columns.in_memory)
    for rows in columns.blocks():
        eta = found.eta(columns, rows)
        scores.add(eta, sample.response[rows], found.predicted(eta))
    return scores.metrics()


def over_folds(spec: Spec, design: Design, rows: Rows | None, count: int, seed: int) -> Mapping[str, Any] | int:
    """Means and standard deviations of the metrics over folds, each predicted by a model of the others.

    Parameters
    ----------
    spec : Spec
    design : Design
    rows : array of int, or None
        Of the design, that are dealt out; None for all.
    count, seed : int

    Returns
    -------
    mapping, or int
        The number, from 1, of a fold without a model.
    """
    import numpy as np

    response = np.asarray(design.response)
    design = replace(design, matrix=np.asarray(design.matrix))
    rows = np.arange(len(response)) if rows is None else rows
    dealt = folds(len(rows), count, seed, classes=response[rows] if design.classes else None)
    scores: list[Mapping[str, float]] = []
    for k in range(count):
        filled = design.refilled(rows[dealt != k])
        others = Sample.of(filled, rows[dealt != k])
        found = _model_of(spec, others, design)
        if found is None:
            return k + 1
        own = metrics(found, Sample.of(filled, rows[dealt == k]), design.classes)
        scores.append({name: value for name, value in own.items() if isinstance(value, float)})
    table = {name: np.array([score[name] for score in scores]) for name in scores[0]}
    return {
        "count": count,
        "mean": {name: float(values.mean()) for name, values in table.items()},
        "sd": {name: float(values.std(ddof=1)) for name, values in table.items()},
    }


def _model_of(spec: Spec, sample: Sample, design: Design) -> Fitted | None:
    """The model of some rows; None where they do not determine one."""
    import numpy as np

    if design.classes and len(set(np.asarray(sample.response).tolist())) < len(design.classes):
        return None
    try:
        found = fitted(problem_of(spec, sample.matrix, sample.response, design.names, design.classes))
    except DataError:
        return None
    return found if found.minimum.converged else None


def importance_of(found: Fitted, sample: Sample, design: Design, seed: int) -> tuple[Mapping[str, Any], ...]:
    """By how much the mean loss grows when the values of one feature change places among the rows.

    Parameters
    ----------
    found : Fitted
    sample : Sample
    design : Design
        Whose features they are.
    seed : int

    References
    ----------
    Breiman, Random forests, Machine Learning 45 (2001) 5, section 10; Fisher, Rudin and Dominici, J. Mach. Learn. Res. 20 (2019)
    177.
    """
    import numpy as np

    def loss(matrix: Matrix) -> float:
        columns = found.problem.columns.on(matrix)
        (total,) = summed(
            lambda rows: (float(found.losses(found.eta(columns, rows), sample.response[rows]).sum()),), columns.blocks()
        )
        return float(total) / n

    whole, n = np.asarray(sample.matrix), len(sample.response)
    base = loss(whole)
    entries = []
    for feature in design.features:
        own = [k for k, name in enumerate(design.names) if name == feature or name.startswith(f"{feature}=")]
        grown = []
        for repeat in range(REPEATS):
            moved = whole.copy()
            moved[:, own] = whole[shuffled(n, seed + repeat)][:, own]
            grown.append(loss(moved) - base)
        entries.append({"feature": feature, "mean": float(np.mean(grown)), "sd": float(np.std(grown, ddof=1))})
    return tuple(sorted(entries, key=lambda entry: -entry["mean"]))
