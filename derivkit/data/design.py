"""From a table to the design matrix: which columns, which rows, and what words become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivkit.data.coding import coded
from derivkit.data.framed import Framed
from derivkit.data.impute import filled, holes_of
from derivkit.data.roles import choose, refuse_name
from derivkit.data.schema import INTERCEPT, Impute, Schema, Variable
from derivkit.data.survey import Coding, Survey, survey
from derivkit.data.table import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Holes = tuple[tuple[int, NDArray[np.int64]], ...]

__all__ = ["INTERCEPT", "Design", "build_design"]

MOST_COPIED = 2_000_000  # numbers: more are left where they are, if they can be


@dataclass(frozen=True)
class Design:
    """What a model is fitted to; n rows without missing values, p columns.

    Attributes
    ----------
    target : str
    features : tuple of str
        The table's columns.
    names : tuple of str, length p
        The matrix's columns: the intercept first, categories as "species=versicolor".
    matrix : array of float, shape (n, p), or what stands for one
    response : array of float, shape (n,), or what stands for one
        For classes, the position in `classes`.
    classes : tuple of (int, float or str), or None
        Sorted; None for a numeric response.
    intercept : bool
        The first column of the matrix is the constant.
    n_dropped : int
    warnings, notes : tuple of str
    schema : Schema
        How to code other rows in the same way.
    rows : array of int, shape (n,)
        The table's rows that are used, the first is 1.
    holes : tuple of (int, array of int)
        Columns of the matrix, and their rows, that hold a number in place of a missing one.
    """

    target: str
    features: tuple[str, ...]
    names: tuple[str, ...]
    matrix: Held
    response: Held
    classes: tuple[int | float | str, ...] | None
    intercept: bool
    n_dropped: int
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    schema: Schema
    rows: NDArray[np.int64] | Held
    holes: Holes = ()

    @classmethod
    def of_arrays(
        cls, x: NDArray[Any], y: NDArray[Any], names: Sequence[str], *, intercept: bool, classes: Sequence[Any] | None = None
    ) -> Design:
        """The design of numbers that are in memory already.

        Parameters
        ----------
        x : array, shape (n, number of features)
            Finite.
        y : array, shape (n,)
            Finite; with `classes`, the position in them.
        names : sequence of str
            Of the features.
        intercept : bool
            Whether the first column is the constant.
        classes : sequence of (int, float or str), optional
            Sorted.

        Raises
        ------
        DataError
            If a feature is called as the constant is.

        Examples
        --------
        >>> import numpy as np
        >>> Design.of_arrays(np.array([[2.0], [3.0]]), np.array([0.0, 1.0]), ["size"], intercept=True).matrix
        array([[1., 2.],
               [1., 3.]])
        """
        import numpy as np

        for name in names:
            refuse_name(name)
        schema = Schema("y", None if classes is None else tuple(classes), tuple(map(Variable, names)), intercept)
        n = len(y)
        matrix = np.hstack([np.ones((n, int(intercept))), x])
        return cls(
            schema.target, schema.columns, schema.names, matrix, np.array(y, dtype=float), schema.classes, intercept, 0, (), (),
            schema, np.arange(1, n + 1),
        )  # fmt: skip

    def refilled(self, training: NDArray[np.bool_] | NDArray[np.int64]) -> Design:
        """The design with missing numbers filled from some of its rows only, so that a test's rows tell nothing of themselves.

        Parameters
        ----------
        training : array of bool, shape (n,), or of int
            The rows from which means or medians are taken.

        Raises
        ------
        DataError
            If a column has no number in these rows.
        """
        return filled(self, training) if self.holes else self


def build_design(
    table: Table,
    *,
    target: str | None,
    features: Sequence[str] | None,
    intercept: bool,
    classes: bool,
    several: bool = False,
    impute: Impute | None = None,
    reference: Mapping[str, str] | None = None,
) -> Design:
    """Choose the columns, drop the rows with missing values or fill them, and code what is left.

    Parameters
    ----------
    table : Table
    target : str, optional
        Else a column called y, target or label, else the last one.
    features : sequence of str, optional
        All other columns by default.
    intercept : bool
        Whether the first column is the constant.
    classes : bool
        Whether the response is a class and not a number.
    several : bool
        Whether there may be more than two classes.
    impute : "mean" or "median", optional
        What stands in for a missing number of a feature. A missing category or target is never made up: such rows are dropped.
    reference : mapping of str to str, optional
        The level of a category that the others are compared with; the first sorted one by default.

    Raises
    ------
    DataError
        If a name is wrong, or the columns cannot be used as they are.

    Examples
    --------
    >>> from derivkit.data.table import read_table
    >>> table = read_table({"size": [1.0, 2.0, None], "colour": ["red", "blue", "blue"], "y": [3.0, 5.0, 4.0]})
    >>> design = build_design(table, target="y", features=None, intercept=True, classes=False)
    >>> design.names, design.matrix.tolist(), design.warnings
    (('intercept', 'size', 'colour=red'), [[1.0, 1.0, 1.0], [1.0, 2.0, 0.0]], ('1 of 3 rows dropped, values missing: size (1)',))
    """
    import numpy as np

    coding = Coding(intercept, classes, several, impute, reference or {})
    found = survey(table, choose(table, target, features), coding)
    schema = found.schema
    large = found.n_rows * len(schema.names) > MOST_COPIED
    if large and not found.n_dropped and impute is None and all(map(_of_floats(table), schema.columns)):
        return _framed(table, found)
    matrix, response = np.empty((found.n_rows, len(schema.names))), np.empty(found.n_rows)
    rows = np.empty(found.n_rows, dtype=np.int64)
    end = 0
    for block in coded(schema, table, found.kinds):
        kept = slice(None) if block.complete.all() else block.complete
        at = slice(end, end := end + int(block.complete.sum()))
        matrix[at], rows[at] = block.matrix[kept], block.first + 1 + np.flatnonzero(block.complete)
        response[at] = block.response[kept]  # type: ignore[index]  # it was asked for
    holes = holes_of(matrix) if impute else ()
    design = _design(found, matrix, response, rows, holes)
    return filled(design, np.arange(len(rows))) if impute else design


def _design(found: Survey, matrix: Held, response: Held, rows: NDArray[np.int64], holes: Holes = ()) -> Design:
    schema = found.schema
    return Design(
        schema.target, schema.columns, schema.names, matrix, response, schema.classes, schema.intercept, found.n_dropped,
        found.warnings, found.notes, schema, rows, holes,
    )  # fmt: skip


def _of_floats(table: Table) -> Callable[[str], bool]:
    import polars as pl

    return lambda name: table.frame.schema[name] == pl.Float64


def _framed(table: Table, found: Survey) -> Design:
    """The design of a table of floats that misses nothing: its matrix are the table's own columns."""
    import numpy as np

    schema = found.schema
    blocks = coded(replace(schema, features=()), table, found.kinds)
    response = np.concatenate([block.response for block in blocks])
    matrix = Framed(table.frame.select(schema.columns), constant=schema.intercept)
    return _design(found, matrix, response, np.arange(1, found.n_rows + 1))
