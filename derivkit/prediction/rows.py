"""What models of coded columns share: predictions for the rows of a table, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from derivkit.data.schema import Schema
from derivkit.data.table import Data, read_table
from derivkit.errors import DataError
from derivkit.models.response import check_response
from derivkit.models.scores import Scores
from derivkit.prediction.answers import Class, Evaluation, Interval, Predictions, without
from derivkit.prediction.keeping import Keeping
from derivkit.prediction.link import Link

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


class Coded(Protocol):
    """A model of coded columns: linear predictors of a design, and what they say."""

    @property
    def model(self) -> str:
        """As `--model` named it."""

    @property
    def schema(self) -> Schema:
        """How rows are coded."""

    @property
    def link(self) -> Link:
        """From linear predictors to predictions."""

    @property
    def interval(self) -> Interval:
        """What intervals of its predictions would be; a `Refusal` where there are none."""

    @property
    def loss_settings(self) -> Mapping[str, float]:
        """The numbers in the loss of a row."""

    @property
    def centered(self) -> bool:
        """Whether it has a constant: then R² compares it with the mean, else with 0."""

    def eta(self, matrix: Matrix) -> Matrix:
        """Linear predictors of a design, shape (B, n)."""

    def ends(self, matrix: Matrix, eta: Matrix) -> dict[Class | None, tuple[Vector, Vector]]:
        """The ends of intervals."""


class OfRows(Keeping):
    """A model of coded columns, asked of tables."""

    __slots__ = ()

    def predict(self: Coded, data: Data, *, interval: bool = False) -> Predictions:
        """Predict for the rows of a table; columns are found by name.

        Parameters
        ----------
        data : path, binary stream, or mapping of str to sequence
        interval : bool
            Whether to say how far predictions may be off.

        Raises
        ------
        FileError
            If the file cannot be read.
        DataError
            If a column is absent or holds what it may not, or a category is not known.
        Refusal
            If there is no honest interval.
        """
        kind = self.interval if interval else None
        table = read_table(data)
        matrix = self.schema.design(table).matrix
        eta = self.eta(matrix)
        predicted = self.link.means(eta)
        missed = int(_nan(eta).sum())
        return Predictions(
            model=self.model,
            target=self.schema.target,
            prediction=self.link.chosen(predicted) if self.schema.classes else predicted[0],
            probabilities=dict(zip(self.schema.classes, predicted, strict=True)) if self.schema.classes else {},
            ends=self.ends(matrix, eta) if interval else {},
            interval=kind,
            warnings=without(missed, len(matrix), "without a prediction", _missing(self.schema, matrix)),
        )

    def evaluate(self: Coded, data: Data) -> Evaluation:
        """How good the model is on the rows of a table that has the target too.

        Parameters
        ----------
        data : path, binary stream, or mapping of str to sequence

        Raises
        ------
        FileError
            If the file cannot be read.
        DataError
            If a column is absent or holds what it may not, a category or class is not known, or no row is whole.
        """
        import numpy as np

        table = read_table(data)
        block = self.schema.design(table, response=True)
        assert block.response is not None  # it was asked for
        kept = block.complete & ~_nan(block.matrix.T) & ~np.isnan(block.response)
        n, response = int(kept.sum()), block.response[kept]
        missing = {**_missing(self.schema, block.matrix), self.schema.target: int(np.isnan(block.response).sum())}
        dropped = without(len(kept) - n, len(kept), "dropped", missing)
        if not n:
            raise DataError(f"no row can be used: {dropped[0]}")
        check_response(self.link.family.response, self.schema.target, response, np.flatnonzero(kept) + 1)
        eta = self.eta(block.matrix[kept])
        predicted = self.link.means(eta)
        losses = self.link.losses(eta, response, self.loss_settings)
        scores = Scores(self.link.family, self.schema.classes, intercept=self.centered)
        scores.add(response, predicted if self.schema.classes else predicted[0], losses)
        return Evaluation(self.model, self.schema.target, self.schema.classes, n, len(kept) - n, scores.metrics(), dropped)


def _missing(schema: Schema, matrix: Matrix) -> dict[str, int]:
    """By feature, how many rows miss it."""
    import numpy as np

    counts, at = {}, int(schema.intercept)
    for variable in schema.features:
        counts[variable.name] = int(np.isnan(matrix[:, at]).sum())
        at += len(variable.names)
    return counts


def _nan(rows: NDArray[Any]) -> NDArray[np.bool_]:
    import numpy as np

    return np.asarray(np.isnan(rows).any(axis=0))
