"""A trained model of rows: a family's loss, coded columns, coefficients in the user's units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING

from derivkit.data.schema import Schema
from derivkit.errors import Refusal
from derivkit.models.family import Family
from derivkit.models.inference import Coefficient, coefficients, reach
from derivkit.models.named import MODELS
from derivkit.models.powers import power_names
from derivkit.prediction.answers import Class, Interval, by
from derivkit.prediction.formulas import Formulas
from derivkit.prediction.link import Link
from derivkit.prediction.origin import Origin
from derivkit.prediction.rows import OfRows
from derivkit.prediction.spread import deviations
from derivkit.prediction.wording import Output

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class TrainedModel(OfRows):
    """What `train` found, ready to be used and to be kept in a file.

    Attributes
    ----------
    model : str
        As `--model` named it; "own" for a user's loss.
    family : Family
    settings : mapping of str to float
        `tau`, `delta` (in units of the residuals' scale) or `degree`, where the model has them.
    l1, l2 : float
        The penalty.
    schema : Schema
        How rows are coded.
    powers : mapping of str to int
        Columns of the design that go beyond the first power, and how far.
    blocks : tuple of (class or None)
        What every linear predictor belongs to.
    estimates : tuple of float
        The coefficients, block by block, the intercept first.
    errors : str or None
        Where the covariance comes from.
    covariance : tuple of tuple of float, or None
        Of the estimates, in their order.
    degrees : int or None
        Of freedom of Student's t; None for the normal distribution.
    dispersion : float or None
        The variance of the residuals, where the model is linear and estimates it.
    scale : float
        Of the residuals, where the loss is in units of it; else 1.
    origin : Origin
    """

    model: str
    family: Family
    settings: Mapping[str, float]
    l1: float
    l2: float
    schema: Schema
    powers: Mapping[str, int]
    blocks: tuple[Class | None, ...]
    estimates: tuple[float, ...]
    errors: str | None
    covariance: tuple[tuple[float, ...], ...] | None
    degrees: int | None
    dispersion: float | None
    scale: float
    origin: Origin

    @property
    def title(self) -> str:
        """What kind of model it is."""
        named = MODELS.get(self.model)
        return (named and named.title) or self.family.title

    @property
    def target(self) -> str:
        """The column that is explained."""
        return self.schema.target

    @property
    def names(self) -> tuple[str, ...]:
        """What the coefficients of one linear predictor are called."""
        return power_names(self.schema.names, [self.powers.get(name, 1) for name in self.schema.names])

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """The coefficients with their errors, tests and intervals."""
        keys = [(name, block) for block in self.blocks for name in self.names]
        errors = None if self.covariance is None else [sqrt(self.covariance[k][k]) for k in range(len(keys))]
        return coefficients(keys, self.estimates, errors, self.degrees)

    @property
    def centered(self) -> bool:
        """Whether it has a constant: then R² compares it with the mean, else with 0."""
        return self.schema.intercept

    @cached_property
    def link(self) -> Link:
        """From linear predictors to predictions."""
        return Link(self.family, self.schema.classes, self.blocks)

    @property
    def interval(self) -> Interval:
        """What intervals of its predictions are.

        Raises
        ------
        Refusal
            If there is no honest one.
        """
        self._refuse_without_covariance()
        if self._predicts_values:
            return Interval("prediction", by(self.degrees))
        if self.schema.classes:
            return Interval("probability", f"the delta method on the log odds and {by(self.degrees)}")
        if self.family.link == "log":
            return Interval("mean", f"the delta method on the logarithm and {by(self.degrees)}")
        quantities = {"linear": "mean", "quantile": "quantile"}
        return Interval(quantities.get(self.family.name, "fitted"), by(self.degrees))  # type: ignore[arg-type]  # two of its words

    @property
    def _predicts_values(self) -> bool:
        """Whether the spread of single values is known: that of residuals with one variance."""
        return self.family.name == "linear" and self.dispersion is not None and "HC3" not in (self.errors or "")

    def _refuse_without_covariance(self) -> None:
        if self.covariance is not None:
            return
        if self.l1 or self.l2:
            raise Refusal(
                "no interval: the penalty biases the coefficients, so that their spread is not their error",
                hint="train without a penalty, or leave --interval out",
            )
        raise Refusal("no interval: the model has no standard errors", hint="train on more rows, or leave --interval out")

    def ends(self, matrix: Matrix, eta: Matrix) -> dict[Class | None, tuple[Vector, Vector]]:
        """The ends of intervals."""
        import numpy as np

        expanded = self._expanded(matrix)

        covariance, wide = np.array(self.covariance), reach(self.degrees)
        if self._predicts_values:
            sd = np.sqrt(deviations(expanded, covariance) ** 2 + (self.dispersion or 0.0))
            return {None: (eta[0] - wide * sd, eta[0] + wide * sd)}
        found: dict[Class | None, tuple[Vector, Vector]] = {}
        for label, middle, slopes in self.link.linked(eta):
            gradient = (slopes.T[:, :, None] * expanded[:, None, :]).reshape(len(expanded), -1)
            reached = wide * deviations(gradient, covariance)
            found[label] = (self.link.inverse(middle - reached), self.link.inverse(middle + reached))
        return found

    def eta(self, matrix: Matrix) -> Matrix:
        """Linear predictors of a design, shape (B, n)."""
        import numpy as np

        weights: Matrix = np.array(self.estimates).reshape(len(self.blocks), -1)
        with np.errstate(all="ignore"):
            return np.asarray(weights @ self._expanded(matrix).T)

    def _expanded(self, matrix: Matrix) -> Matrix:
        """The columns of the design and their powers."""
        import numpy as np

        if not self.powers:
            return matrix
        parts = [
            matrix[:, k, None] ** np.arange(1, self.powers.get(name, 1) + 1, dtype=float)
            for k, name in enumerate(self.schema.names)
        ]
        return np.hstack(parts)

    @property
    def loss_settings(self) -> dict[str, float]:
        """The numbers in the loss, those in units of the residuals' scale made whole."""
        return {name: self.settings[name] * (self.scale if name == "delta" else 1.0) for name in self.family.settings}

    @cached_property
    def formulas(self) -> Formulas:
        """What the model says, as text."""
        p = len(self.names)
        weights = tuple(self.estimates[k * p : (k + 1) * p] for k in range(len(self.blocks)))
        return Formulas(self.schema, self.powers, self.link, weights)

    def legend(self) -> dict[str, str]:
        """What formulas' names stand for, where it is not the column of that name."""
        return self.formulas.legend()

    def outputs(self) -> list[Output]:
        """What the model gives, as formulas of columns: the prediction, or the probability of every class."""
        return self.formulas.outputs()
