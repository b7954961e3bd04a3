"""What training answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from derivkit.data.schema import INTERCEPT, Schema
from derivkit.errors import UsageError
from derivkit.models.inference import Coefficient
from derivkit.records import Verdict

if TYPE_CHECKING:
    from derivkit.prediction import TrainedModel
    from derivkit.training.diagnostics import Diagnostics

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class TrainResult:
    """A trained model, or why there is none.

    Attributes
    ----------
    model : str
        As `--model` named it; "own" for a user's loss.
    title : str
    family : str
    link : str
    loss_text : str
        The loss of one row, in derivkit's language.
    settings : mapping of str to float
        `tau`, `delta` (in units of the residuals' scale) or `degree`, where the model has them.
    target : str
    classes : tuple or None
        Sorted; a model of two gives the probability of the last.
    features : tuple of str
    intercept : bool
    schema : Schema
        How rows are coded.
    powers : mapping of str to int
        Columns of the design that go beyond the first power, and how far.
    l1, l2 : float
    n_rows, n_dropped : int
        Rows that were used, those for the test included, and others; together the table's rows.
    test_rows : tuple of int
        The table's rows, from 1, that were kept for the test.
    validation_rows : tuple of int
        Those that decided when to stop.
    coefficients : tuple of Coefficient
        In the user's units, the intercept first; class by class where there are several.
    distribution : str
        "t" or "normal".
    errors : str or None
        Where the standard errors come from; None without.
    covariance : tuple of tuple of float, or None
        Of the coefficients, in their order.
    statistics : mapping of str to float or None
        log-likelihood's kin: aic, bic, deviance, dispersion, residual_sd, r_squared_adjusted, r_squared_mcfadden, ...
    log_likelihood : float or None
        Without the penalty.
    loss : float or None
        The objective at its minimum: mean loss plus penalty.
    metrics : mapping
        "train" and "test": mappings or None.
    folds : mapping or None
        "count", and "mean" and "sd" of every metric over the folds' own test rows.
    importance : tuple of mapping
        By feature: how much the loss grows when the feature's values change places, "mean" and "sd" over repeats.
    optimizer : str
    iterations : int
    converged : bool
    reason : str
        How it ended, in one sentence.
    hint : str or None
        What to do where it did not converge.
    subgradient : float or None
        With l1: how far 0 lies from the subdifferential of the objective, in the worst coefficient of standardized columns.
    gradient_check : Verdict
    warnings, notes : tuple of str
    options : mapping
        What was asked for besides the model: seed, test, folds, robust, optimizer and others.
    compared : tuple of TrainResult
        One for every strength of the penalty, where several were asked for; this one's first.
    diagnostics : Diagnostics or None
        What pictures are drawn from, if asked for.
    """

    model: str
    title: str
    family: str
    link: str
    loss_text: str
    settings: Mapping[str, float]
    target: str
    classes: tuple[int | float | str, ...] | None
    features: tuple[str, ...]
    intercept: bool
    schema: Schema
    powers: Mapping[str, int]
    l1: float
    l2: float
    n_rows: int
    n_dropped: int
    test_rows: tuple[int, ...]
    coefficients: tuple[Coefficient, ...]
    distribution: Literal["t", "normal"]
    optimizer: str
    iterations: int
    converged: bool
    reason: str
    hint: str | None
    gradient_check: Verdict
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    errors: str | None = None
    covariance: Matrix | None = None
    statistics: Mapping[str, float | None] = field(default_factory=dict)
    log_likelihood: float | None = None
    loss: float | None = None
    metrics: Mapping[str, Mapping[str, Any] | None] = field(default_factory=lambda: {"train": None, "test": None})
    folds: Mapping[str, Any] | None = None
    importance: tuple[Mapping[str, Any], ...] = ()
    subgradient: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    compared: tuple[TrainResult, ...] = field(default=(), repr=False)
    validation_rows: tuple[int, ...] = ()
    diagnostics: Diagnostics | None = field(default=None, compare=False, repr=False)

    def penalizes(self, name: str) -> bool:
        """Whether a penalty counts the coefficients of this name."""
        return not (self.intercept and name == INTERCEPT)

    @property
    def correlation(self) -> Matrix | None:
        """Of the coefficients, in their order; None without a covariance."""
        if self.covariance is None:
            return None
        sd = [self.covariance[k][k] ** 0.5 for k in range(len(self.covariance))]
        return tuple(
            tuple(c / (a * b) if a * b else c for c, b in zip(row, sd, strict=True))
            for row, a in zip(self.covariance, sd, strict=True)
        )

    def to_model(self) -> TrainedModel:
        """The model by itself: to predict with, to judge on other rows, to keep in a file.

        Raises
        ------
        UsageError
            If there is none, because training did not converge.
        """
        from derivkit import __version__
        from derivkit.models import family_named
        from derivkit.models.named import OWN, own_family
        from derivkit.prediction import TrainedModel
        from derivkit.prediction.origin import Origin, checked, plain

        if not self.converged:
            raise UsageError(f"there is no model: {self.reason}", hint=self.hint)
        statistics = self.statistics
        degrees = statistics.get("degrees_of_freedom") if self.distribution == "t" else None
        dispersion = statistics.get("dispersion") if self.family == "linear" else None
        finite = self.covariance is not None and all(math.isfinite(c) for row in self.covariance for c in row)
        return TrainedModel(
            model=self.model,
            family=own_family(self.loss_text) if self.model == OWN.family else family_named(self.family),
            settings=dict(self.settings), l1=self.l1, l2=self.l2, schema=self.schema, powers=dict(self.powers),
            blocks=tuple(dict.fromkeys(c.class_ for c in self.coefficients)),
            estimates=tuple(c.estimate or 0.0 for c in self.coefficients),
            errors=self.errors if finite else None, covariance=self.covariance if finite else None,
            degrees=int(degrees) if degrees and degrees > 0 else None,
            dispersion=dispersion if finite else None, scale=statistics.get("scale") or 1.0,
            origin=Origin(
                __version__, self.n_rows, self.n_dropped, len(self.test_rows), self.iterations, self.reason, plain(self.options),
                checked(self.gradient_check),
            ),
        )  # fmt: skip

    def save(self, path: str | Path) -> None:
        """Keep the model in a file of plain JSON; on any failure the old file stays whole.

        Raises
        ------
        UsageError
            If there is no model, because training did not converge.
        FileError
            If the file cannot be written.
        """
        from derivkit.prediction.file import save_model

        save_model(self.to_model(), path)
