"""From a table to the design matrix: which columns, which rows, and what words become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.data.columns import Column, read_column, refuse_identifiers
from derivkit.data.table import Table
from derivkit.data.words import listed, nearest_hint, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INTERCEPT = "intercept"
TARGET_NAMES = ("y", "target", "label")


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
    matrix : array of float, shape (n, p)
    response : array of float, shape (n,)
        For classes, the position in `classes`.
    classes : tuple of (int, float or str), or None
        Sorted; None for a numeric response.
    intercept : bool
        The first column of the matrix is the constant.
    n_dropped : int
    warnings, notes : tuple of str
    rows : array of int, shape (n,)
        The table's rows that are used, the first is 1.
    """

    target: str
    features: tuple[str, ...]
    names: tuple[str, ...]
    matrix: NDArray[np.float64]
    response: NDArray[np.float64]
    classes: tuple[int | float | str, ...] | None
    intercept: bool
    n_dropped: int
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    rows: NDArray[np.int64]


def build_design(
    table: Table, *, target: str | None, features: Sequence[str] | None, intercept: bool, classes: bool, several: bool = False
) -> Design:
    """Choose the columns, drop the rows with missing values, and code what is left.

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

    Raises
    ------
    DataError
        If a name is wrong, or the columns cannot be used as they are.
    """
    import numpy as np

    target, chosen, notes = _choose(table, target, features)
    columns = [read_column(table, name) for name in (*chosen, target)]
    keep = ~np.logical_or.reduce([column.missing for column in columns])
    if not keep.any():
        raise DataError(
            f"no row has a value in every column: {_missing_by_column(columns)}", hint="leave columns out with --features"
        )
    response, levels = _response(columns[-1], keep, classes, several)
    n = len(response)
    names, parts = ([INTERCEPT], [np.ones(n)]) if intercept else ([], [])
    for column in columns[:-1]:
        for name, values in _coded(column, keep):
            if name in names:
                raise DataError(f"two columns of the design would be called {shown(name)}", hint="rename the column of the file")
            names.append(name)
            parts.append(values)
    n_dropped = len(keep) - n
    warnings = [f"{n_dropped} of {len(keep)} rows dropped, values missing: {_missing_by_column(columns)}"] if n_dropped else []
    notes += [note for column in columns for note in column.notes]
    matrix = np.column_stack(parts)
    return Design(
        target, chosen, tuple(names), matrix, response, levels, intercept, n_dropped, tuple(warnings), (*table.notes, *notes),
        np.flatnonzero(keep) + 1,
    )  # fmt: skip


def _choose(table: Table, target: str | None, features: Sequence[str] | None) -> tuple[str, tuple[str, ...], list[str]]:
    notes = []
    if target is None:
        named = [name for name in TARGET_NAMES if name in table.columns]
        target = named[0] if named else table.columns[-1]
        notes.append(f"the target is {shown(target)}, {'by its name' if named else 'the last column'}")
    chosen = tuple(name for name in table.columns if name != target) if features is None else tuple(features)
    for name in (target, *chosen):
        if name not in table.columns:
            raise DataError(f"{table.name} has no column '{shown(name)}'", hint=nearest_hint(name, table.columns))
        if name == INTERCEPT:
            raise DataError(f"a column is called {INTERCEPT}, as the constant is", hint="rename the column, or leave it out")
        if chosen.count(name) > 1 or (name in chosen and name == target):
            raise DataError(f"the column {shown(name)} is used twice", hint="name a column once, as target or as feature")
    if not chosen:
        raise DataError("there is no feature besides the target", hint="give a table with at least two columns")
    return target, chosen, notes


def _missing_by_column(columns: Sequence[Column]) -> str:
    counts = [(column.name, int(column.missing.sum())) for column in columns]
    return listed(f"{shown(name)} ({count})" for name, count in counts if count)


def _response(
    column: Column, keep: NDArray[np.bool_], classes: bool, several: bool
) -> tuple[NDArray[np.float64], tuple[int | float | str, ...] | None]:
    import numpy as np

    name = shown(column.name)
    if not classes:
        if column.numbers is None:
            raise DataError(f"the target {name} holds words, not numbers", hint="choose another --target, or --model logistic")
        response = column.numbers[keep]
        if len(response) > 1 and np.ptp(response) == 0:
            raise DataError(f"the target {name} is the same in every row: there is nothing to explain")
        return response, None
    values = column.words[keep].astype(str) if column.numbers is None else column.numbers[keep]  # type: ignore[index]  # one of the two is there
    levels, codes = np.unique(values, return_inverse=True)
    if several:
        refuse_identifiers(column.name, levels.astype(str).tolist(), len(codes))
    if len(levels) < 2 or (len(levels) > 2 and not several):
        hint = (
            "choose another --target" if len(levels) < 2 else "--model softmax tells several apart; --model linear is for numbers"
        )
        raise DataError(f"the target {name} has {_counted(levels)}; the model tells two apart", hint=hint)
    return codes.astype(float), tuple(_class(level) for level in levels.tolist())


def _counted(levels: Any) -> str:
    if len(levels) == 1:
        return f"one class only ({shown(_class(levels.tolist()[0]))})"
    return f"{len(levels)} classes ({listed((str(_class(level)) for level in levels.tolist()), 5)})"


def _class(level: float | str) -> int | float | str:
    return int(level) if isinstance(level, float) and level.is_integer() else level


def _coded(column: Column, keep: NDArray[np.bool_]) -> list[tuple[str, NDArray[np.float64]]]:
    """The design's columns of one feature: itself, or one indicator a level after the first."""
    import numpy as np

    if column.numbers is not None:
        return [(column.name, column.numbers[keep])]
    levels, codes = np.unique(column.words[keep].astype(str), return_inverse=True)  # type: ignore[index]  # words where no numbers
    refuse_identifiers(column.name, levels.tolist(), len(codes))
    if len(levels) == 1:
        raise DataError(
            f"the column {shown(column.name)} is constant: {shown(levels[0])} in every row", hint="leave it out with --features"
        )
    return [(f"{column.name}={level}", (codes == k).astype(float)) for k, level in enumerate(levels.tolist()) if k]
