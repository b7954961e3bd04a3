"""How good a fitted model is: on rows, over folds, and by feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.models.metrics import classification, regression
from derivkit.training.fitting import Fitted, fitted, problem_of
from derivkit.training.options import Spec
from derivkit.training.splits import folds, order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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

    matrix: Matrix
    response: Vector

    def rows(self, chosen: Rows) -> Sample:
        """Some of the rows."""
        return Sample(self.matrix[chosen], self.response[chosen])


def metrics(found: Fitted, sample: Sample, classes: Sequence[Any] | None) -> dict[str, Any]:
    """The metrics of a fitted model on some rows."""
    eta = found.eta(found.problem.columns.on(sample.matrix))
    return metrics_of(found, eta, sample.response, classes)


def metrics_of(found: Fitted, eta: Matrix, response: Vector, classes: Sequence[Any] | None) -> dict[str, Any]:
    """The same from linear predictors, shape (B, n)."""
    predicted = found.predicted(eta)
    if classes:
        return classification(response.astype(int), predicted, float(found.losses(eta, response).mean()), classes)
    family = found.problem.spec.family
    scores = regression(response, predicted, intercept=found.problem.spec.intercept)
    if family.deviance is None:
        return {**scores, "loss": float(found.losses(eta, response).mean())}
    return {**scores, "mean_deviance": float(family.of_rows(family.deviance, y=response, mu=predicted).mean())}


def over_folds(
    spec: Spec, sample: Sample, names: Sequence[str], classes: Sequence[Any] | None, count: int, seed: int
) -> Mapping[str, Any] | int:
    """Means and standard deviations of the metrics over folds, each predicted by a model of the others.

    Returns
    -------
    mapping, or int
        The number, from 1, of a fold without a model.
    """
    import numpy as np

    n = len(sample.response)
    scores: list[Mapping[str, float]] = []
    for k, part in enumerate(folds(n, count, seed, strata=sample.response.astype(int) if classes else None), 1):
        others = sample.rows(np.setdiff1d(np.arange(n), part))
        found = fitted(problem_of(spec, others.matrix, others.response, names, classes))
        if not found.minimum.converged:
            return k
        own = metrics(found, sample.rows(part), classes)
        scores.append({name: value for name, value in own.items() if isinstance(value, float)})
    table = {name: np.array([score[name] for score in scores]) for name in scores[0]}
    return {
        "count": count,
        "mean": {name: float(values.mean()) for name, values in table.items()},
        "sd": {name: float(values.std(ddof=1)) for name, values in table.items()},
    }


def importance_of(
    found: Fitted, sample: Sample, names: Sequence[str], features: Sequence[str], seed: int
) -> tuple[Mapping[str, Any], ...]:
    """By how much the mean loss grows when the values of one feature change places among the rows.

    Parameters
    ----------
    found : Fitted
    sample : Sample
    names : sequence of str
        Of the matrix's columns.
    features : sequence of str
    seed : int

    References
    ----------
    Breiman, Random forests, Machine Learning 45 (2001) 5, section 10; Fisher, Rudin and Dominici, J. Mach. Learn. Res. 20 (2019)
    177.
    """
    import numpy as np

    def loss(matrix: Matrix) -> float:
        return float(found.losses(found.eta(found.problem.columns.on(matrix)), sample.response).mean())

    base, n = loss(sample.matrix), len(sample.response)
    entries = []
    for feature in features:
        own = [k for k, name in enumerate(names) if name == feature or name.startswith(f"{feature}=")]
        grown = []
        for repeat in range(REPEATS):
            moved = sample.matrix.copy()
            moved[:, own] = sample.matrix[order(n, seed + repeat)][:, own]
            grown.append(loss(moved) - base)
        entries.append({"feature": feature, "mean": float(np.mean(grown)), "sd": float(np.std(grown, ddof=1))})
    return tuple(sorted(entries, key=lambda entry: -entry["mean"]))
