"""One pass over the rows that settles how they become numbers: kinds, levels, classes, which rows are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.data.cells import Kind, cleaned, numbers_of
from derivkit.data.columns import decide, refuse_identifiers
from derivkit.data.impute import fill_notes
from derivkit.data.part import Part, Rows, without_rows
from derivkit.data.roles import Roles
from derivkit.data.schema import Class, Impute, Schema, Variable, refuse_twice
from derivkit.data.tally import Tally
from derivkit.data.words import listed, nearest_hint, quoted, shown
from derivkit.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Coding:
    """What is asked of a design beside its columns.

    Attributes
    ----------
    intercept : bool
        Whether the first column is the constant.
    classes : bool
        Whether the response is a class and not a number.
    several : bool
        Whether there may be more than two classes.
    impute : "mean", "median" or None
        What stands in for missing numbers; rows without them are left out by default.
    reference : mapping of str to str
        The level of a category that has no column of its own, by column; the first one by default.
    """

    intercept: bool
    classes: bool
    several: bool
    impute: Impute | None
    reference: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass has settled.

    Attributes
    ----------
    schema : Schema
        Without values for missing numbers.
    kinds : mapping of str to str
    tallies : mapping of str to Tally
    n_rows, n_dropped : int
    warnings, notes : tuple of str
    """

    schema: Schema
    kinds: Mapping[str, Kind]
    tallies: Mapping[str, Tally]
    n_rows: int
    n_dropped: int
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def survey(rows: Rows, roles: Roles, coding: Coding) -> Survey:
    """Look at all rows once; twice, where categories miss values and numbers shall not.

    Raises
    ------
    DataError
        If the columns cannot be used as they are.
    """
    fillable = frozenset(roles.features) if coding.impute else frozenset()
    seen = _Seen(roles, fillable, coding).of(rows)
    if not seen.rows:
        raise without_rows(rows.name)
    kinds, notes = _decided(seen, rows)
    words = {name for name in fillable if kinds[name] == "category"}
    if any(seen.tallies[name].missing for name in words):
        seen = _Seen(roles, fillable - words, coding).of(rows)
    if not seen.used:
        raise DataError(f"no row has a value in every column: {seen.missing()}", hint="leave columns out with --features")
    schema = _schema(seen, kinds, roles, coding)
    dropped = seen.rows - seen.used
    warnings = (f"{dropped} of {seen.rows} rows dropped, values missing: {seen.missing()}",) if dropped else ()
    if coding.impute:
        notes += fill_notes(schema, {name: tally.missing for name, tally in seen.tallies.items()})
    return Survey(schema, kinds, seen.tallies, seen.used, dropped, warnings, (*rows.notes, *roles.notes, *notes))


class _Seen:
    """The tallies of the columns that are used, and how many rows are."""

    def __init__(self, roles: Roles, fillable: frozenset[str], coding: Coding) -> None:
        self.names = (*roles.features, roles.target)
        self.fillable = fillable
        self.tallies = {name: Tally(name, values=coding.classes and name == roles.target) for name in self.names}
        self.rows = self.used = 0

    def of(self, rows: Rows) -> _Seen:
        for part in rows.parts(self.names):
            self._add(part)
        return self

    def _add(self, part: Part) -> None:
        cells = [cleaned(part.frame.get_column(name)) for name in self.names]
        complete = _complete(column for column in cells if column.name not in self.fillable)
        for column in cells:
            self.tallies[column.name].add(column, complete, part.first)
        self.rows += part.frame.height
        self.used += part.frame.height if complete is None else int(complete.sum())

    def missing(self) -> str:
        """The columns for which rows are left out: "a (1), b (3)"."""
        counts = ((name, tally.missing) for name, tally in self.tallies.items() if name not in self.fillable)
        return listed(f"{shown(name)} ({count})" for name, count in counts if count)


def _complete(columns: Iterable[pl.Series]) -> NDArray[np.bool_] | None:
    """The rows in which no cell is missing, None for all."""
    import numpy as np

    masks = [column.is_not_null().to_numpy() for column in columns if column.null_count()]
    return np.logical_and.reduce(masks) if masks else None


def _decided(seen: _Seen, rows: Rows) -> tuple[dict[str, Kind], list[str]]:
    kinds: dict[str, Kind] = {}
    notes: list[str] = []
    for name, tally in seen.tallies.items():
        kinds[name], said = decide(tally, rows)
        notes += said
    return kinds, notes


def _schema(seen: _Seen, kinds: Mapping[str, Kind], roles: Roles, coding: Coding) -> Schema:
    for name in coding.reference:
        if name not in roles.features:
            raise DataError(
                f"the reference is that of '{shown(name)}', which is no feature", hint=nearest_hint(name, roles.features)
            )
    variables = tuple(_variable(seen.tallies[name], kinds[name], seen.used, coding.reference.get(name)) for name in roles.features)
    target = seen.tallies[roles.target]
    classes = _classes(target, kinds[roles.target], several=coding.several) if coding.classes else None
    if classes is None:
        _refuse_no_response(target, kinds[roles.target])
    schema = Schema(roles.target, classes, variables, coding.intercept, coding.impute)
    refuse_twice(schema)
    return schema


def _variable(tally: Tally, kind: Kind, rows: int, reference: str | None) -> Variable:
    name = shown(tally.name)
    if kind != "category":
        if reference is not None:
            raise DataError(f"the column {name} holds numbers; only a category has a reference", hint="leave out its --reference")
        return Variable(tally.name)
    refuse_identifiers(tally, rows)
    levels = tuple(sorted(map(str, tally.levels)))
    if len(levels) == 1:
        raise DataError(f"the column {name} is constant: {shown(levels[0])} in every row", hint="leave it out with --features")
    if reference is not None and reference not in levels:
        raise DataError(
            f"the column {name} has no level {quoted(reference)} to be the reference", hint=nearest_hint(reference, levels)
        )
    return Variable(tally.name, levels, levels[0] if reference is None else reference)


def _refuse_no_response(tally: Tally, kind: Kind) -> None:
    name = shown(tally.name)
    if kind == "category":
        raise DataError(f"the target {name} holds words, not numbers", hint="choose another --target, or --model logistic")
    if tally.moments.low == tally.moments.high and tally.moments.rows > 1:
        raise DataError(f"the target {name} is the same in every row: there is nothing to explain")


def _classes(tally: Tally, kind: Kind, *, several: bool) -> tuple[Class, ...]:
    import polars as pl

    name = shown(tally.name)
    if tally.overflow:
        raise DataError(f"the target {name} has very many classes", hint="choose another --target, or --model linear for numbers")
    found: set[str | float] = set(tally.levels)
    if kind != "category":
        found = set(numbers_of(pl.Series(list(tally.levels)), kind))
    levels = tuple(_class(level) for level in sorted(found))
    if several:
        refuse_identifiers(tally, tally.levels.total())
    if len(levels) < 2 or (len(levels) > 2 and not several):
        hint = (
            "--model softmax tells several apart; --model linear is for numbers" if len(levels) > 2 else "choose another --target"
        )
        raise DataError(f"the target {name} has {_counted(levels)}; the model tells two apart", hint=hint)
    return levels


def _counted(levels: tuple[Class, ...]) -> str:
    if len(levels) == 1:
        return f"one class only ({shown(levels[0])})"
    return f"{len(levels)} classes ({listed(map(str, levels), 5)})"


def _class(level: float | str) -> Class:
    return int(level) if isinstance(level, float) and level.is_integer() else level
