"""The elementwise operations: NumPy's and SciPy's universal functions, by the table's rows where it has one.

A row whose array routine is a universal function serves that function. What stands here besides is what NumPy and SciPy
spell otherwise than the table, and what has no place in a formula that people type (`square`, `remainder`, `copysign`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from derivkit.functions import Row, row_named, table
from derivkit.functions.arithmetic import resolve
from derivkit.tape.operation import Elementwise


@cache
def operation_of(row: Row) -> Elementwise:
    """A row of the table as an operation on arrays."""
    return Elementwise(row.name, resolve(row.array), row.partials)


def of_ufunc(ufunc: Any) -> Elementwise | None:
    """The operation behind a universal function; None if it has no rule."""
    found = ELEMENTWISE.get(ufunc)
    if found is None and getattr(ufunc, "__module__", None) != "numpy" and _scipys() is not None:
        found = ELEMENTWISE.get(ufunc)
    return found


def _rows(package: str) -> dict[Any, Elementwise]:
    found: dict[Any, Elementwise] = {}
    for row in table():
        if row.array.startswith(package) and row.arity:
            routine = resolve(row.array)
            if isinstance(routine, np.ufunc):
                found[routine] = operation_of(row)
    return found


def _as(ufunc: Any, name: str) -> tuple[Any, Elementwise]:
    """A universal function that has the derivatives of a row."""
    return ufunc, Elementwise(ufunc.__name__, ufunc, row_named(name).partials)


def _ours(ufunc: Any, *partials: Callable[..., Any] | None) -> tuple[Any, Elementwise]:
    return ufunc, Elementwise(ufunc.__name__, ufunc, partials)


ELEMENTWISE: dict[Any, Elementwise] = {
    **_rows("numpy:"),
    **dict(
        (
            _as(np.power, "power"),
            _as(np.float_power, "power"),
            _ours(np.square, lambda f, y, x: 2 * x),
            _ours(np.positive, lambda f, y, x: 1),
        )
    ),
}

# Of values that are not numbers to be differentiated; called on plain arrays.
PLAIN = frozenset(
    (
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.isnan, np.isinf, np.isfinite, np.signbit,
        np.logical_and, np.logical_or, np.logical_not, np.logical_xor,
    )
)  # fmt: skip


@cache
def _scipys() -> dict[Any, Elementwise]:
    """SciPy's special functions, added to the others the first time one is met."""
    from derivkit.tape.special import operations

    found = {**_rows("scipy.special:"), **operations()}
    ELEMENTWISE.update(found)
    return found
