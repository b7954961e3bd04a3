"""What there is to say of a fitted model: errors of its coefficients, likelihood, and the statistics made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivkit.models import covariance
from derivkit.models.inference import Coefficient, coefficients
from derivkit.models.scores import Scores
from derivkit.training.fitting import Fitted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.models.family import Family

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

PERFECT = 1e-20  # a squared residual this small beside the response's square is rounding
NAMES = {
    "information": "from the information matrix",
    "huber": "Huber's, from the spread of the residuals",
    "kernel": "from the density of the residuals, by a kernel",
    "sandwich": "the sandwich of the rows' own gradients",
}
WITHOUT = ("a row alone decides its own prediction, which HC3 cannot judge", "too few rows around this quantile")
ROBUST = "robust to unequal variances (HC3)"


@dataclass(frozen=True, eq=False)
class Report:
    """A fitted model's coefficients and statistics; attributes as those of `TrainResult`."""

    coefficients: tuple[Coefficient, ...]
    errors: str | None
    covariance: tuple[tuple[float, ...], ...] | None
    statistics: dict[str, float | None]
    log_likelihood: float | None
    loss: float
    metrics: dict[str, Any]
    warnings: tuple[str, ...]


def report(found: Fitted, classes: Any) -> Report:
    """What there is to say of a fitted model."""
    problem, spec = found.problem, found.problem.spec
    facts = _Facts(found, classes)
    matrix, warnings = _covariance(found, facts)
    n, p = facts.n, facts.p
    degrees = n - p if spec.family.distribution == "t" else None
    known = matrix is not None
    errors = [math.sqrt(matrix[k, k]) for k in range(p)] if matrix is not None else None
    return Report(
        coefficients=coefficients(problem.keys, found.user.ravel().tolist(), errors, degrees),
        errors=(ROBUST if spec.robust else NAMES[spec.family.errors]) if known else None,
        covariance=tuple(map(tuple, matrix.tolist())) if matrix is not None else None,
        statistics=_statistics(facts, p),
        log_likelihood=facts.log_likelihood,
        loss=facts.loss + spec.penalty.of(found.user[:, problem.columns.intercept :]),
        metrics=facts.scores.metrics(),
        warnings=tuple(warnings),
    )


class _Facts:
    """Sums over the rows of a fitted model, all of one pass."""

    def __init__(self, found: Fitted, classes: Any) -> None:
        import numpy as np

        self.found, self.problem, self.family = found, found.problem, found.problem.spec.family
        self.n, self.p = len(self.problem.response), len(found.w)
        intercept = self.problem.spec.intercept
        self.scores = Scores(self.family, classes, intercept=intercept, in_memory=self.problem.columns.in_memory)
        self.null = Scores(self.family, None, intercept=intercept)  # of the best constant
        self._pearson = self._constant = self._log_y = 0.0
        for rows in self.problem.columns.blocks():
            self._add(rows)
        penalty = self.problem.objective.penalty @ found.minimum.x
        added = float(penalty @ penalty) / 2 + float(self.problem.weights @ np.abs(found.minimum.x))
        self.loss = found.minimum.value - added + self._constant / self.n
        self.dispersion = self._dispersion() if self.family.dispersed else 1.0
        self.log_likelihood = self._log_likelihood(self.loss)

    def _add(self, rows: slice) -> None:
        import numpy as np

        response, eta = self.problem.response[rows], self.found.eta(self.problem.columns, rows)
        predicted = self.found.predicted(eta)
        self.scores.add(response, predicted, self.found.losses(eta, response))
        if not self.problem.classes:
            constant = np.full((1, len(response)), self._null_eta)
            self.null.add(response, self.found.predicted(constant), self.found.losses(constant, response))
        self._constant += _constants(self.family, response)
        if self.family.dispersed and self.family.variance != "1":
            variance = self.family.of_rows(self.family.variance, mu=predicted)
            self._pearson += float(((response - predicted) ** 2 / variance).sum())
        if self.family.response == "positive":
            self._log_y += float(np.log(response).sum())

    @cached_property
    def _null_eta(self) -> float:
        return self.family.number(self.family.start, m=self.problem.moments.mean)

    def _dispersion(self) -> float:
        """Pearson's: squared residuals in units of the variance, over the degrees of freedom."""
        if self.n <= self.p:
            return math.nan
        if self.family.variance == "1":  # from the loss, which may be known in more digits
            return 2 * self.n * self.loss / (self.n - self.p)
        return self._pearson / (self.n - self.p)

    def _log_likelihood(self, loss: float) -> float | None:
        if self.family.log_likelihood is None:
            return None
        at = {"n": self.n, "loss": loss, "phi": self.dispersion, "log_y": self._log_y / self.n}
        return self.family.number(self.family.log_likelihood, **at)

    @property
    def null_loss(self) -> float:
        """The mean loss of the best constant."""
        import numpy as np

        if self.problem.classes:
            shares = self.problem.counts / self.n
            return -float(shares @ np.log(shares))
        return (self._constant + self.null.loss) / self.n

    @property
    def deviances(self) -> tuple[float, float] | None:
        """Of all rows, and of the best constant; None where the family has none."""
        if self.problem.classes:
            return 2 * self.n * self.loss, 2 * self.n * self.null_loss
        return None if self.family.deviance is None else (self.scores.deviance, self.null.deviance)


def _constants(family: Family, response: Vector) -> float:
    """The sum of what the loss has beyond its part with eta; counts repeat, so that few values are computed, as floats."""
    import numpy as np

    from derivkit.evaluate import evaluate
    from derivkit.models.family import parsed

    if family.constant == "0":
        return 0.0
    values, counts = np.unique(response, return_counts=True)
    graph = parsed(family.constant)
    return float(sum(evaluate(graph, {"y": y}) * count for y, count in zip(values.tolist(), counts.tolist(), strict=True)))


def _statistics(facts: _Facts, p: int) -> dict[str, float | None]:
    """The usual numbers; the information criteria count coefficients, not the dispersion, as statsmodels'.

    Where coefficients are held back there are none that count them: they are not worth one each.
    """
    n, family, likelihood = facts.n, facts.family, facts.log_likelihood
    free = not facts.problem.spec.held_back
    found: dict[str, float | None] = {"degrees_of_freedom": n - p if free else None}
    if likelihood is not None and free:
        found |= {"aic": 2 * p - 2 * likelihood, "bic": p * math.log(n) - 2 * likelihood}
    if facts.deviances is not None:
        found |= dict(zip(("deviance", "null_deviance"), facts.deviances, strict=True))
    if family.dispersed and free:
        found["dispersion"] = facts.dispersion
    if family.name == "linear" and free:
        found |= {"residual_sd": math.sqrt(facts.dispersion), "r_squared_adjusted": _adjusted(facts)}
    if likelihood is not None and not family.dispersed:
        found["r_squared_mcfadden"] = 1 - facts.loss / facts.null_loss if facts.null_loss else math.nan
    if family.scaled:
        found["scale"] = facts.problem.scale
    return found


def _adjusted(facts: _Facts) -> float:
    """R squared with both variances freed of the degrees that they use."""
    variance = facts.scores.null / (facts.n - facts.problem.spec.intercept) if facts.n > 1 else math.nan
    return 1 - facts.dispersion / variance if variance else math.nan


def _covariance(found: Fitted, facts: _Facts) -> tuple[Matrix | None, list[str]]:
    """The covariance of the coefficients, and what is to be warned of."""
    problem, spec = found.problem, found.problem.spec
    if spec.penalty:
        return None, ["no standard errors: the penalty biases the coefficients, so their spread is not their error"]
    if spec.held_back:
        return None, ["no standard errors: training that stops early ends before the minimum, for which they are"]
    if facts.n <= facts.p:
        return None, [f"no standard errors: {facts.p} coefficients leave no degree of freedom in {facts.n} rows"]
    if not found.minimum.converged:
        return None, []
    warnings = []
    squares = spec.family.name == "linear" or spec.family.scaled
    if squares and facts.loss <= PERFECT * problem.moments.mean_square:
        warnings.append("the fit is perfect up to rounding: standard errors and tests mean nothing")
    matrix = _estimated(found, facts)
    if matrix is None:
        warnings.append(f"no standard errors: {WITHOUT[spec.family.errors == 'kernel']}")
    return matrix, warnings


def _estimated(found: Fitted, facts: _Facts) -> Matrix | None:
    objective, w, family = found.problem.objective, found.minimum.x, found.problem.spec.family
    if family.errors == "kernel":
        import numpy as np

        response, columns = np.asarray(found.problem.response), found.problem.columns
        eta = np.concatenate([found.eta(columns, rows)[0] for rows in columns.blocks()])
        return covariance.of_quantile(objective, response - eta, response, found.problem.spec.settings["tau"])
    if found.problem.spec.robust or family.errors == "sandwich":
        return covariance.robust(objective, w, leverage=found.problem.spec.robust)
    if family.errors == "huber":
        return covariance.of_huber(objective, w)
    mean = None if family.classes or family.variance == "1" else family.predict
    return covariance.from_information(objective, w, facts.dispersion, mean)
