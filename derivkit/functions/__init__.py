"""The table of functions: one row each, and nothing else in the project names a function.

Adding a function is adding a row to one of the modules listed in `MODULES`; the parser, SymPy's conversion, the tape, the jets, the
enclosures, the documentation and the tests all read it from here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from derivkit.functions.arithmetic import ARRAYS, BALLS, FLOATS, Arithmetic, precision
from derivkit.functions.row import Condition, Operator, Place, Row

__all__ = [
    "ARRAYS",
    "BALLS",
    "FLOATS",
    "Arithmetic",
    "Condition",
    "Operator",
    "Place",
    "Row",
    "precision",
    "row_named",
    "row_of",
    "spellings",
    "table",
]

MODULES = ("operators", "elementary", "trigonometric", "special", "cylinder")


@cache
def table() -> tuple[Row, ...]:
    """Every row, in the order in which people read them.

    Returns
    -------
    tuple of Row

    Examples
    --------
    >>> from derivkit.functions import table
    >>> [row.name for row in table() if row.group == "hyperbolic"][:3]
    ['sinh', 'cosh', 'tanh']
    """
    modules = [import_module(f"derivkit.functions.{name}") for name in MODULES]
    return tuple(row for module in modules for row in module.ROWS)


@cache
def spellings() -> dict[str, dict[int, Row]]:
    """What a user may type before "(": name or alias -> arity -> row."""
    names: dict[str, dict[int, Row]] = {}
    for row in table():
        if not row.hidden and row.arity:
            for name in (row.name, *row.aliases):
                rows = names.setdefault(name, {})
                if row.arity in rows:
                    raise ValueError(f"two rows are spelled {name} with {row.arity} arguments")
                rows[row.arity] = row
    return names


@cache
def _by_name() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in table():
        rows.setdefault(row.name, row)
    return rows


def row_named(name: str) -> Row:
    """The row of a name as partials write it; of two arities, the one that stands first.

    Raises
    ------
    AttributeError
        If no row has that name.
    """
    try:
        return _by_name()[name]
    except KeyError:
        raise AttributeError(f"the table has no function {name!r}") from None


def row_of(name: str, arity: int) -> Row:
    """The row of a name with so many arguments.

    Raises
    ------
    LookupError
        If there is none.
    """
    for row in table():
        if (row.name, row.arity) == (name, arity):
            return row
    raise LookupError(f"the table has no function {name!r} of {arity}")
