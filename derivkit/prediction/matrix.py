"""Estimates and their covariance, read from a document that anybody may have written."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from derivkit.data.validate import fields_of, is_finite, refuse

Covariance = tuple[tuple[float | None, ...], ...]


def covariance_from(document: object, size: int, gaps: Sequence[int] = ()) -> Covariance | None:
    """A square, symmetric matrix of finite numbers, or None.

    Parameters
    ----------
    document : object
    size : int
    gaps : sequence of int
        Rows and columns that hold null.

    Raises
    ------
    DataError
        If it is no such matrix; the message names the entry.
    """
    if document is None:
        return None
    what = f"{size} rows of {size} numbers, or null"
    if not isinstance(document, list) or len(document) != size:
        refuse("covariance", document, what)
    for i, row in enumerate(document):
        if not isinstance(row, list) or len(row) != size:
            refuse(f"covariance[{i}]", row, f"{size} numbers")
        for j, value in enumerate(row):
            where = f"covariance[{i}][{j}]"
            if i in gaps or j in gaps:
                if value is not None:
                    refuse(where, value, "null: the parameter ended at its bound")
            elif not is_finite(value) or (i == j and value < 0):
                refuse(where, value, "a finite number" + ", not negative" * (i == j))
    for i in range(size):
        for j in range(i):
            if not _near(document[i][j], document[j][i]):
                refuse(f"covariance[{i}][{j}]", document[i][j], f"{document[j][i]!r}, as on the other side")
    return tuple(tuple(None if value is None else float(value) for value in row) for row in document)


def _near(a: Any, b: Any) -> bool:
    return bool(a is None or abs(a - b) <= 1e-6 * max(abs(a), abs(b)))


def entries_of(document: object, where: str, count: int) -> list[object]:
    """A list of so many entries, or a `DataError` that says how many there must be."""
    if not isinstance(document, list) or len(document) != count:
        refuse(where, document, f"a list of {count}, one entry a coefficient")
    return document


def estimates_from(
    document: Sequence[object], where: str, keys: Sequence[tuple[str, Any]], covariance: Covariance | None
) -> tuple[float, ...]:
    """The estimates of a list of entries, which must have these names and classes and the standard errors of the covariance.

    Raises
    ------
    DataError
        If an entry is another; the message names it.
    """
    found = []
    for k, (name, class_) in enumerate(keys):
        entry = fields_of(document[k], f"{where}[{k}]", {"name", "class", "estimate", "standard_error"})
        for key, value in (("name", name), ("class", class_)):
            if entry[key] != value:
                refuse(f"{where}[{k}].{key}", entry[key], f"{value!r}, by the schema")
        if not is_finite(entry["estimate"]):
            refuse(f"{where}[{k}].estimate", entry["estimate"], "a finite number")
        variance = None if covariance is None else covariance[k][k]
        error = None if variance is None else sqrt(variance)
        if entry["standard_error"] != error:
            refuse(f"{where}[{k}].standard_error", entry["standard_error"], f"{error!r}, the root of its variance")
        found.append(float(entry["estimate"]))
    return tuple(found)
