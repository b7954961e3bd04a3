"""Which columns are used: the target, and the features that explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivkit.data.part import Rows
from derivkit.data.schema import INTERCEPT
from derivkit.data.words import nearest_hint, shown
from derivkit.errors import DataError

TARGET_NAMES = ("y", "target", "label")


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns of a table that are used.

    Attributes
    ----------
    target : str
    features : tuple of str
    notes : tuple of str
        What was assumed.
    """

    target: str
    features: tuple[str, ...]
    notes: tuple[str, ...]


def choose(table: Rows, target: str | None, features: Sequence[str] | None) -> Roles:
    """Take the target as asked for, or a column called y, target or label, or the last one; and as features all others by default.

    Raises
    ------
    DataError
        If a name is not that of a column, is used twice, or is `intercept`, or there is no feature.
    """
    notes = []
    if target is None:
        named = [name for name in TARGET_NAMES if name in table.columns]
        target = named[0] if named else table.columns[-1]
        notes.append(f"the target is {shown(target)}, {'by its name' if named else 'the last column'}")
    chosen = tuple(name for name in table.columns if name != target) if features is None else tuple(features)
    for name in (target, *chosen):
        if name not in table.columns:
            raise DataError(f"{table.name} has no column '{shown(name)}'", hint=nearest_hint(name, table.columns))
        refuse_name(name)
        if chosen.count(name) > 1 or (name in chosen and name == target):
            raise DataError(f"the column {shown(name)} is used twice", hint="name a column once, as target or as feature")
    if not chosen:
        raise DataError(
            "there is no feature besides the target", hint="give two columns or more, separated by commas, semicolons, tabs or bars"
        )
    return Roles(target, chosen, tuple(notes))


def refuse_name(name: str) -> None:
    """Refuse a column that is called as the constant is.

    Raises
    ------
    DataError
        If it is.
    """
    if name == INTERCEPT:
        raise DataError(f"a column is called {INTERCEPT}, as the constant is", hint="rename the column, or leave it out")
