"""From the rows of a part to rows of a design, by a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.data.cells import Kind, as_words, cleaned, numbers_of
from derivkit.data.columns import decide
from derivkit.data.part import Part, Rows
from derivkit.data.schema import Schema, Variable
from derivkit.data.tally import Tally
from derivkit.data.words import nearest_hint, quoted, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a design, as many and in the same order as those they were made from.

    Attributes
    ----------
    first : int
        The first of the rows, from 0.
    matrix : array of float, shape (n, p)
        NaN where a value is missing and nothing stands in for it.
    response : array of float, shape (n,), or None
        For classes, the position among them; NaN where missing. None if it was not asked for.
    complete : array of bool, shape (n,)
        The rows that miss nothing but numbers for which something stands in.
    """

    first: int
    matrix: NDArray[np.float64]
    response: NDArray[np.float64] | None
    complete: NDArray[np.bool_]


def design_blocks(schema: Schema, rows: Rows, *, response: bool = False) -> Iterator[Block]:
    """Code rows as the schema says: columns are found by name, others ignored, and every row keeps its place.

    Parameters
    ----------
    schema : Schema
    rows : Rows
        A table, or a file that is read in parts.
    response : bool
        Whether the target is coded too.

    Raises
    ------
    DataError
        If a column is absent or holds what it may not, or a category or class is not known; the message names column and row.
    """
    names = (*schema.columns, *[schema.target] * response)
    for name in names:
        if name not in rows.columns:
            raise DataError(f"{rows.name} has no column '{shown(name)}'", hint=nearest_hint(name, rows.columns))
    words = schema.word_columns.intersection(names)
    rows = rows.with_words(words)
    kinds: dict[str, Kind] = dict.fromkeys(words, "category")
    kinds.update(_number_kinds(rows, [name for name in names if name not in words]))
    return coded(schema, rows, kinds, response=response)


def coded(schema: Schema, rows: Rows, kinds: Mapping[str, Kind], *, response: bool = True) -> Iterator[Block]:
    """The blocks of rows whose columns are of kinds that are known."""
    for part in rows.parts([*schema.columns, *[schema.target] * response]):
        yield _Coder(schema, rows, kinds, part).block(response=response)


def joined(blocks: Iterable[Block]) -> Block:
    """All rows as one block."""
    import numpy as np

    parts = list(blocks)
    if len(parts) == 1:
        return parts[0]
    responses = [part.response for part in parts if part.response is not None]
    matrix, complete = np.concatenate([part.matrix for part in parts]), np.concatenate([part.complete for part in parts])
    return Block(parts[0].first, matrix, np.concatenate(responses) if responses else None, complete)


def _number_kinds(rows: Rows, names: list[str]) -> dict[str, Kind]:
    tallies = [Tally(name) for name in names]
    for part in rows.parts(names) if names else ():
        for tally in tallies:
            tally.add(cleaned(part.frame.get_column(tally.name)), None, part.first)
    kinds: dict[str, Kind] = {}
    for tally in tallies:
        kinds[tally.name] = decide(tally, rows)[0] if tally.given else "number"
        if kinds[tally.name] == "category":
            row, cell = tally.stray or (0, "")
            raise DataError(
                f"the column {shown(tally.name)} holds words, as {quoted(cell)} in {rows.place(row)}; the model takes numbers there"
            )
    return kinds


@dataclass(frozen=True, slots=True)
class _Coder:
    """One part on its way to a block."""

    schema: Schema
    rows: Rows
    kinds: Mapping[str, Kind]
    part: Part

    def block(self, *, response: bool) -> Block:
        import numpy as np

        schema, height = self.schema, self.part.frame.height
        cells = {name: cleaned(self.part.frame.get_column(name)) for name in self.part.frame.columns}
        needed = [v.name for v in schema.features if v.levels or schema.impute is None] + [schema.target] * response
        complete = np.ones(height, dtype=bool)
        for name in needed:
            if cells[name].null_count():
                complete &= cells[name].is_not_null().to_numpy()
        matrix = np.empty((height, len(schema.names)))
        matrix[:, : schema.intercept] = 1.0
        at = int(schema.intercept)
        for variable in schema.features:
            width = len(variable.names)
            self._fill(matrix[:, at : at + width], variable, cells[variable.name], complete)
            at += width
        return Block(self.part.first, matrix, self._response(cells[schema.target], complete) if response else None, complete)

    def _fill(self, place: NDArray[np.float64], variable: Variable, cells: pl.Series, complete: NDArray[np.bool_]) -> None:
        import numpy as np

        if not variable.levels:
            values = numbers_of(cells, self.kinds[variable.name])
            place[:, 0] = (values if variable.fill is None else values.fill_nan(variable.fill)).to_numpy()
            return
        codes = self._positions(cells, variable.levels, complete, "category")
        own = [variable.levels.index(level) for level in variable.coded]
        place[:] = codes[:, None] == np.array(own)
        place[np.isnan(codes)] = np.nan

    def _response(self, cells: pl.Series, complete: NDArray[np.bool_]) -> NDArray[np.float64]:
        import numpy as np

        classes, kind = self.schema.classes, self.kinds[self.schema.target]
        if classes is not None and kind == "category":
            return self._positions(cells, tuple(map(str, classes)), complete, "class")
        values: NDArray[np.float64] = numbers_of(cells, kind).to_numpy()
        if classes is None:
            return values
        numbers = np.array(classes, dtype=float)
        codes = np.searchsorted(numbers, values).clip(max=len(numbers) - 1)
        unknown = (numbers[codes] != values) & ~np.isnan(values)
        if unknown.any():
            raise self._unknown(cells, int(unknown.argmax()), tuple(map(str, classes)), "class")
        return np.where(np.isnan(values), np.nan, codes)

    def _positions(self, cells: pl.Series, levels: tuple[str, ...], complete: NDArray[np.bool_], what: str) -> NDArray[np.float64]:
        """Where each word stands among the levels, NaN if it is missing."""
        import polars as pl

        words = as_words(cells)
        codes = words.replace_strict(list(levels), list(range(len(levels))), default=None, return_dtype=pl.Float64)
        if codes.null_count() != words.null_count():
            unknown = (codes.is_null() & words.is_not_null()).to_numpy() & complete
            if unknown.any():
                raise self._unknown(words, int(unknown.argmax()), levels, what)
        found: NDArray[np.float64] = codes.fill_null(float("nan")).to_numpy()
        return found

    def _unknown(self, cells: pl.Series, row: int, levels: tuple[str, ...], what: str) -> DataError:
        cell = as_words(cells)[row]
        return DataError(
            f"the column {shown(cells.name)} holds {quoted(cell)} in {self.rows.place(self.part.first + row)}, a {what} that the "
            "model does not know",
            hint=nearest_hint(str(cell), levels),
        )
