"""A fitted formula: columns and parameters, estimates and their covariance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

from derivkit.data.columns import Column, number_column
from derivkit.data.table import Data, Table, read_table
from derivkit.data.words import nearest_hint, shown
from derivkit.errors import DataError, Refusal
from derivkit.evaluate import evaluate
from derivkit.expression.equation import Equation
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.printer import to_text
from derivkit.functions import ARRAYS
from derivkit.models.inference import Coefficient, coefficients, reach
from derivkit.models.metrics import Numbers
from derivkit.prediction.answers import Class, Evaluation, Interval, Predictions, by, without
from derivkit.prediction.keeping import Keeping
from derivkit.prediction.origin import Origin
from derivkit.prediction.spread import deviations
from derivkit.prediction.wording import Output, safe_names
from derivkit.program.program import Program, compile_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class FormulaModel(Keeping):
    """What `fit` found, ready to be used and to be kept in a file.

    Attributes
    ----------
    equation : Equation
    columns : mapping of str to str
        Which column of a table a variable is.
    names : tuple of str
        The parameters that were fitted.
    estimates : tuple of float
        In their order.
    at_bound : tuple of str
        Parameters that ended at a bound.
    fixed : mapping of str to float
        Parameters that were held.
    covariance : tuple of tuple of (float or None), or None
        In the order of `names`; None for those at a bound.
    residual_sd : float or None
    degrees : int or None
        Of freedom of Student's t; None for the normal distribution.
    weighting : str
        "none", "sigma" or "weights".
    errors : str
        Where the covariance comes from: "least_squares", "sigma", "hc3" or "sandwich".
    loss : str
    loss_scale : float
    origin : Origin
    """

    equation: Equation
    columns: Mapping[str, str]
    names: tuple[str, ...]
    estimates: tuple[float, ...]
    at_bound: tuple[str, ...]
    fixed: Mapping[str, float]
    covariance: tuple[tuple[float | None, ...], ...] | None
    residual_sd: float | None
    degrees: int | None
    weighting: str
    errors: str
    loss: str
    loss_scale: float
    origin: Origin

    model = "fit"

    @property
    def title(self) -> str:
        """What kind of model it is."""
        return "fit"

    @property
    def target(self) -> str:
        """The left side."""
        return to_text(self.equation.left)

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """The estimates with their errors, tests and intervals; those at a bound without."""
        keys = [(name, None) for name in self.names]
        if self.covariance is None:
            return coefficients(keys, self.estimates, None, self.degrees)
        variances = [self.covariance[k][k] for k in range(len(keys))]
        found = coefficients(keys, self.estimates, [sqrt(v or 0.0) for v in variances], self.degrees)
        return tuple(Coefficient(c.name, None, c.estimate) if v is None else c for c, v in zip(found, variances, strict=True))

    def predict(self, data: Data, *, interval: bool = False) -> Predictions:
        """Predict the left side for the rows of a table; columns are found by name.

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
            If a column is absent or holds what it may not.
        Refusal
            If there is no honest interval.
        """
        import numpy as np

        if interval:
            self._refuse_without_covariance()
        table = read_table(data)
        columns, missing, warnings = self._taken(table, self.equation.right.variables)
        predicted, slopes = self._model(columns, len(missing))
        undefined = ~np.isfinite(predicted) & ~missing
        predicted = np.where(np.isfinite(predicted), predicted, np.nan)
        if undefined.any():
            place = table.place(int(undefined.argmax()))
            warnings += (f"{int(undefined.sum())} of {len(missing)} rows without a prediction: no finite value, first in {place}",)
        ends: dict[Class | None, tuple[Vector, Vector]] = {None: self._ends(predicted, slopes)} if interval else {}
        return Predictions(
            self.equation.text.strip(), self.target, predicted, {}, ends, self.interval if interval else None, warnings
        )

    def evaluate(self, data: Data) -> Evaluation:
        """How near the formula comes to the left side on the rows of a table.

        Parameters
        ----------
        data : path, binary stream, or mapping of str to sequence

        Raises
        ------
        FileError
            If the file cannot be read.
        DataError
            If a column is absent or holds what it may not, no row is whole, or a side has no value in a row.
        """
        import numpy as np

        table = read_table(data)
        variables = (*self.equation.left.variables, *self.equation.right.variables)
        columns, missing, warnings = self._taken(table, variables, what="dropped")
        kept = np.flatnonzero(~missing)
        if not len(kept):
            raise DataError(f"no row can be used: {warnings[0]}")
        columns = {name: values[kept] for name, values in columns.items()}
        response = np.array(evaluate(self.equation.left, columns, ARRAYS), dtype=float)
        predicted = self._model(columns, len(kept))[0]
        for side, values in ((self.target, response), (to_text(self.equation.right), predicted)):
            wrong = np.flatnonzero(~np.isfinite(values))
            if len(wrong):
                raise DataError(
                    f"{shown(side)} is not a finite number in {table.place(int(kept[wrong[0]]))}", hint="leave the row out"
                )
        numbers, n = Numbers(intercept=True), len(kept)
        numbers.add(response, predicted)
        return Evaluation(self.equation.text.strip(), self.target, None, n, len(missing) - n, numbers.metrics(), warnings)

    @property
    def interval(self) -> Interval:
        """What intervals of its predictions would be."""
        if self._predicts_values:
            return Interval("prediction", f"the delta method, the residuals' spread and {by(self.degrees)}")
        return Interval("mean", f"the delta method and {by(self.degrees)}")

    @property
    def _predicts_values(self) -> bool:
        """Whether the spread of single values is known: that of residuals with one variance."""
        return self.errors == "least_squares" and self.weighting == "none" and self.residual_sd is not None

    def _refuse_without_covariance(self) -> None:
        if self.at_bound:
            raise Refusal(
                f"no interval: {self.at_bound[0]} ended at its bound, so that its error is not known", hint="leave --interval out"
            )
        if self.covariance is None:
            raise Refusal("no interval: the fit has no standard errors", hint="fit to more rows, or leave --interval out")

    def _ends(self, predicted: Vector, slopes: Matrix) -> tuple[Vector, Vector]:
        import numpy as np

        variance = deviations(slopes, np.array(self.covariance, dtype=float)) ** 2
        if self._predicts_values:
            variance = variance + (self.residual_sd or 0.0) ** 2
        reached = reach(self.degrees) * np.sqrt(variance)
        return predicted - reached, predicted + reached

    @cached_property
    def _program(self) -> Program:
        return compile_graph(self.equation.right, 1, wrt=self.names)

    def _model(self, columns: Mapping[str, Vector], n: int) -> tuple[Vector, Matrix]:
        """Values of the right side, shape (n,), and slopes by the parameters, shape (n, p)."""
        import numpy as np

        own = {name: values for name, values in columns.items() if name in self.equation.right.variables}
        value, slopes = self._program(**own, **dict(zip(self.names, self.estimates, strict=True)), **self.fixed)
        if not own:
            slopes = np.asarray(slopes)[:, None]
        return np.array(np.broadcast_to(value, n)), np.broadcast_to(slopes, (len(self.names), n)).T

    def _taken(
        self, table: Table, variables: tuple[str, ...], what: str = "without a prediction"
    ) -> tuple[dict[str, Vector], NDArray[np.bool_], tuple[str, ...]]:
        """The columns that variables stand for, the rows that miss a value, and a warning about them."""
        import numpy as np

        wanted = {name: self.columns[name] for name in variables if name in self.columns}
        for each in wanted.values():
            if each not in table.columns:
                raise DataError(f"{table.name} has no column '{shown(each)}'", hint=nearest_hint(each, table.columns))
        taken: dict[str, Column] = {name: number_column(table, column) for name, column in wanted.items()}
        n = table.frame.height
        missing = np.zeros(n, dtype=bool)
        for column in taken.values():
            missing |= column.missing
        counts = {column.name: int(column.missing.sum()) for column in taken.values()}
        numbers: dict[str, Any] = {name: column.numbers for name, column in taken.items()}
        return numbers, missing, without(int(missing.sum()), n, what, counts)

    @cached_property
    def variables(self) -> dict[str, str]:
        """The names that formulas have for variables, those in backticks too."""
        return safe_names([*self.columns, *self.names, *self.fixed])

    def legend(self) -> dict[str, str]:
        """What formulas' names stand for, where it is not the column of that name."""
        return {
            self.variables[name]: f"the column {column}" for name, column in self.columns.items() if self.variables[name] != column
        }

    def outputs(self) -> list[Output]:
        """The right side, its parameters as numbers."""
        values = {**dict(zip(self.names, self.estimates, strict=True)), **self.fixed}
        whole = _settled(self.equation.right, values, self.variables)
        return [Output(self.target, None, to_text(self.equation.right), whole)]


def _settled(graph: Graph, values: Mapping[str, float], names: Mapping[str, str]) -> Graph:
    """A graph with numbers for some variables, exactly as they are written in decimals, and other names for the rest."""
    builder, ids = Builder(), list[int]()
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        if isinstance(head, str):
            new: Any = _exactly(values[head]) if head in values else names.get(head, head)
        else:
            new = head
        ids.append(builder.add(new, tuple(ids[i] for i in inputs)))
    return builder.graph([ids[graph.root]])


def _exactly(value: float) -> int | Fraction:
    """The rational number that a float is written as."""
    exact = Fraction(repr(value))
    return exact.numerator if exact.denominator == 1 else exact
