"""Numbers in place of missing ones: the mean or the median of their column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from derivkit.data.moments import Moments
from derivkit.data.schema import Schema
from derivkit.data.words import listed, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.design import Design


def filled(design: Design, training: NDArray[np.bool_] | NDArray[np.int64]) -> Design:
    """The design with its holes filled from some of its rows; the schema remembers with what, for other data.

    Raises
    ------
    DataError
        If a column has no number in these rows.
    """
    import numpy as np

    middle = np.median if design.schema.impute == "median" else np.mean
    matrix, holes = np.array(design.matrix, copy=bool(design.holes) or None), dict(design.holes)
    fills: dict[str, float] = {}
    for name in (variable.name for variable in design.schema.features if not variable.levels):
        k = design.names.index(name)
        unknown = np.zeros(len(matrix), dtype=bool)
        unknown[holes.get(k, [])] = True
        known = matrix[training, k][~unknown[training]]
        if not len(known):
            raise DataError(
                f"the column {shown(name)} holds no value in the rows of the training", hint="leave it out with --features"
            )
        fills[name] = float(middle(known))
        matrix[unknown, k] = fills[name]
    return replace(design, matrix=matrix, schema=design.schema.filled(fills))


def means(schema: Schema, moments: Mapping[str, Moments]) -> dict[str, float]:
    """What stands in for missing numbers, from all rows that are used.

    Raises
    ------
    DataError
        If a column has no number in them.
    """
    numbers = (variable.name for variable in schema.features if not variable.levels)
    return {name: moments[name].mean if moments[name].rows else _refuse(name) for name in numbers}


def _refuse(name: str) -> NoReturn:
    raise DataError(f"the column {shown(name)} holds no value in the rows of the training", hint="leave it out with --features")


def holes_of(matrix: NDArray[np.float64]) -> tuple[tuple[int, NDArray[np.int64]], ...]:
    """The columns that miss numbers, and in which rows."""
    import numpy as np

    found = ((k, np.flatnonzero(np.isnan(matrix[:, k]))) for k in range(matrix.shape[1]))
    return tuple((k, rows) for k, rows in found if len(rows))


def fill_notes(schema: Schema, missing: Mapping[str, int]) -> tuple[str, ...]:
    """What was filled, by column, as one note or none."""
    numbers = (variable.name for variable in schema.features if not variable.levels)
    counts = [f"{shown(name)} ({missing[name]})" for name in numbers if missing[name]]
    return (f"missing numbers filled with the {schema.impute} of the training rows: {listed(counts)}",) if counts else ()
