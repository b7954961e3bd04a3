"""From a table and an equation to numbers: which names are columns, which rows are used, what residuals are weighted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from derivkit.data.columns import Column, number_column
from derivkit.data.table import Table
from derivkit.data.words import listed, nearest_hint, shown
from derivkit.errors import DataError, UsageError
from derivkit.evaluate import evaluate
from derivkit.expression.equation import Equation
from derivkit.expression.names import constants, nearest
from derivkit.expression.point import variable_name
from derivkit.expression.printer import to_text
from derivkit.functions import ARRAYS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Names:
    """The names of an equation, told apart.

    Attributes
    ----------
    columns : mapping of str to str
        Which column of the table a variable is.
    parameters : tuple of str
        Sorted, as variables of expressions are: b1, b2, b10.
    warnings : tuple of str
    """

    columns: Mapping[str, str]
    parameters: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """What a formula is fitted to; n rows.

    Attributes
    ----------
    columns : mapping of str to array of float, shape (n,)
        By the names of the formula.
    response : array of float, shape (n,)
        Values of the left side.
    weight : array of float, shape (n,)
        What residuals are multiplied by.
    weighting : str
        "none", "sigma" or "weights": where the weight comes from.
    places : array of int, shape (n,)
        Which rows of the table they are, counted from 0.
    n_dropped : int
    warnings, notes : tuple of str
    """

    columns: Mapping[str, Vector]
    response: Vector
    weight: Vector
    weighting: Literal["none", "sigma", "weights"]
    places: NDArray[np.int_]
    n_dropped: int
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def tell_apart(equation: Equation, table: Table) -> Names:
    """Which names of an equation are columns of the table, and which are parameters.

    Raises
    ------
    DataError
        If a quoted name or one on the left is no column, the right side holds no column or no parameter.
    """
    columns = {name: column for name in equation.places if (column := column_of(name, table.columns)) is not None}
    for name in (*equation.left.variables, *equation.right.variables):
        if name not in columns and (name.startswith("`") or name in equation.left.variables):
            raise _no_column(equation, table, name)
    if not equation.left.variables:
        raise DataError(
            "the left side holds no column", hint="write y = ...", text=equation.text, span=(0, equation.text.index("="))
        )
    used = set(equation.right.variables)
    parameters = tuple(name for name in equation.right.variables if name not in columns)
    if not parameters:
        names = listed(columns[name] for name in equation.right.variables)
        raise DataError(f"the formula has no parameter: {names or 'nothing'} stands on the right", hint="write y = a*x + b")
    if not used & set(columns) and len(parameters) > 1:
        raise _columnless(equation, table, parameters)
    return Names(columns, parameters, tuple(_doubtful(equation, table, parameters)))


def column_of(name: str, columns: Sequence[str]) -> str | None:
    """Which column a variable of an equation is; None for a parameter.

    Examples
    --------
    >>> column_of("`dose (mg)`", ["dose (mg)"]), column_of("theta", ["θ"]), column_of("a", ["x"])
    ('dose (mg)', 'θ', None)
    """
    if name.startswith("`"):
        return name[1:-1] if name[1:-1] in columns else None
    if name in columns:
        return name
    return next((column for column in columns if not column.isascii() and variable_name(column) == name), None)


def _no_column(equation: Equation, table: Table, name: str) -> DataError:
    plain = name.strip("`")
    message = f"{table.name} has no column '{shown(plain)}'"
    return DataError(message, hint=nearest_hint(plain, table.columns), text=equation.text, span=equation.places[name])


def _columnless(equation: Equation, table: Table, parameters: Sequence[str]) -> DataError:
    meant = next((column for name in parameters if (column := nearest(name, table.columns)) is not None), None)
    hint = f"did you mean {shown(meant)}?" if meant else f"there are {listed(table.columns)}"
    span = (equation.text.index("=") + 1, len(equation.text))
    return DataError(f"the right side holds no column: {listed(parameters)} are none", hint=hint, text=equation.text, span=span)


def _doubtful(equation: Equation, table: Table, parameters: Sequence[str]) -> list[str]:
    """Names that may have been meant as columns."""
    folded = {column.lower(): column for column in table.columns}
    found = [f"{name} is a parameter; the column is {shown(folded[name.lower()])}" for name in parameters if name.lower() in folded]
    heads = {*equation.left.heads, *equation.right.heads}
    return found + [
        f"{name} is the constant; for the column write `{name}`"
        for name, row in constants().items()
        if row in heads and name in table.columns and f"`{name}`" not in equation.places
    ]


def read_rows(table: Table, equation: Equation, names: Names, *, sigma: str | None, weights: str | None) -> Rows:
    """Take the columns that a formula needs, and the rows that are whole.

    Parameters
    ----------
    table : Table
    equation : Equation
    names : Names
    sigma, weights : str, optional
        Columns: known standard errors of the rows, or what their squared residuals are multiplied by.

    Raises
    ------
    UsageError
        If both sigma and weights are given.
    DataError
        If a column holds no numbers, no row is whole, or the left side has no value in a row.
    """
    import numpy as np

    if sigma is not None and weights is not None:
        raise UsageError("sigma and weights are given both", hint="give one: sigma is 1/sqrt(weight) where errors are known")
    special = sigma if weights is None else weights
    if special is not None and special not in table.columns:
        raise DataError(f"{table.name} has no column '{shown(special)}'", hint=nearest_hint(special, table.columns))
    needed = dict.fromkeys([*names.columns.values(), *([] if special is None else [special])])
    columns = {name: number_column(table, name) for name in needed}
    missing = np.logical_or.reduce([column.missing for column in columns.values()])
    weight = _weight(table, columns, ~missing, sigma, weights)
    keep = ~missing & (weight > 0)
    if not keep.any():
        raise DataError(f"no row can be used: {_missing(columns) or 'every weight is 0'}", hint="fill the columns, or use others")
    places = np.flatnonzero(keep)
    chosen = {name: columns[column].numbers[keep] for name, column in names.columns.items()}  # type: ignore[index]  # numbers all
    return Rows(
        columns=chosen,
        response=_response(table, equation, chosen, places),
        weight=weight[keep],
        weighting="sigma" if sigma is not None else "weights" if weights is not None else "none",
        places=places,
        n_dropped=int((~keep).sum()),
        warnings=tuple(_dropped(columns, missing, weight)),
        notes=(*table.notes, *(note for column in columns.values() for note in column.notes)),
    )


def _weight(
    table: Table, columns: Mapping[str, Column], whole: NDArray[np.bool_], sigma: str | None, weights: str | None
) -> Vector:
    """What residuals are multiplied by; 0 for rows that do not count."""
    import numpy as np

    if sigma is None and weights is None:
        return np.ones(len(whole))
    name = sigma if weights is None else weights
    given = columns[name].numbers  # type: ignore[index]  # one of the two is there
    assert given is not None
    wrong = np.flatnonzero(whole & ((given <= 0) if weights is None else (given < 0)))
    if len(wrong):
        what = "an error that is not positive" if weights is None else "a negative weight"
        raise DataError(f"the column {shown(name)} holds {what} in {table.place(wrong[0])}", hint="correct the cell")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole, 1 / given if weights is None else np.sqrt(given), 0.0))


def _missing(columns: Mapping[str, Column]) -> str:
    counts = [(name, int(column.missing.sum())) for name, column in columns.items()]
    counted = listed(f"{shown(name)} ({count})" for name, count in counts if count)
    return f"values missing: {counted}" if counted else ""


def _dropped(columns: Mapping[str, Column], missing: NDArray[np.bool_], weight: Vector) -> list[str]:
    found = [f"{int(missing.sum())} of {len(missing)} rows dropped, {_missing(columns)}"] if missing.any() else []
    idle = int(((weight == 0) & ~missing).sum())
    return found + ([f"{idle} of {len(missing)} rows dropped, their weight is 0"] if idle else [])


def _response(table: Table, equation: Equation, columns: Mapping[str, Vector], places: NDArray[np.int_]) -> Vector:
    import numpy as np

    response = np.array(evaluate(equation.left, columns, ARRAYS), dtype=float)
    wrong = np.flatnonzero(~np.isfinite(response))
    if len(wrong):
        left = to_text(equation.left)
        raise DataError(
            f"{shown(left)} is not a finite number in {table.place(places[wrong[0]])}", hint="leave the row out, or correct it"
        )
    return response
