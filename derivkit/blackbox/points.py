"""The point of a check from a file or from text: .npy, .json, .csv, or JSON as it stands."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from derivkit.blackbox.argument import Argument
from derivkit.errors import FileError, PointError

SUFFIXES = (".npy", ".json", ".csv")


@dataclass(frozen=True, slots=True)
class Place:
    """A point.

    Attributes
    ----------
    x : Any
        An array, or a dict or list of arrays.
    names : tuple of str, or None
        Of the entries, from the head of a CSV file.
    """

    x: Any
    names: tuple[str, ...] | None = None


def read_point(text: str) -> Place:
    """The point that a text stands for.

    Parameters
    ----------
    text : str
        The name of a file: `.npy`; `.json`, an array, or an object of arrays; `.csv`, one row of numbers below a row of names, or
        one number a line below a name or none. Or JSON itself: `[1, 2, 3]`.

    Returns
    -------
    Place

    Raises
    ------
    FileError
        If the file cannot be read.
    PointError
        If it holds something else.

    Examples
    --------
    >>> read_point("[1, 2.5]").x
    array([1. , 2.5])
    """
    place = _read(text)
    try:
        Argument(place.x, place.names)
    except (TypeError, ValueError) as problem:
        raise PointError(f"--at {text}: {problem}") from None
    return place


def _read(text: str) -> Place:
    if text.lstrip()[:1] in ("[", "{"):
        return Place(_from_json(text, "--at"))
    suffix = PurePath(text).suffix.lower()
    if suffix not in SUFFIXES:
        hint = 'write --at FILE.npy, FILE.json or FILE.csv, or the numbers: --at "[1, 2, 3]"'
        raise PointError(f"--at {text}: the point of your own code is a file or a list of numbers", hint=hint)
    try:
        with open(text, "rb") as stream:
            data = stream.read()
    except OSError as problem:
        raise FileError(f"cannot read {text}: {problem.strerror or problem}") from None
    except ValueError:  # a NUL in the name
        raise FileError(f"cannot read {text}: not the name of a file") from None
    if suffix == ".npy":
        return Place(_from_npy(data, text))
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileError(f"{text} is not UTF-8 text: byte {data[problem.start]:#04x} at offset {problem.start}") from None
    return Place(_from_json(content, text)) if suffix == ".json" else _from_csv(content, text)


def _from_npy(data: bytes, name: str) -> Any:
    import numpy as np

    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        raise FileError(f"{name} is not an array in NumPy's format") from None
    if array.dtype.kind not in "fiu":
        raise PointError(f"{name} holds {array.dtype}: real numbers are wanted")
    return array


def _from_json(content: str, name: str) -> Any:
    try:
        found = json.loads(content, object_pairs_hook=lambda pairs: _object(pairs, name))
    except (ValueError, RecursionError) as problem:
        raise PointError(f"{name} is not JSON: {problem}", hint='write numbers in brackets: "[1, 2, 3]"') from None
    if isinstance(found, dict) and list(found) == ["x"]:
        found = found["x"]
    return _arrays(found, name)


def _object(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    found = dict(pairs)
    twice = next((key for k, (key, _) in enumerate(pairs) if key in [other for other, _ in pairs[:k]]), None)
    if twice is not None:
        raise PointError(f'{name} gives "{twice}" twice')
    return found


def _arrays(found: Any, name: str) -> Any:
    import numpy as np

    if isinstance(found, dict):
        return {key: _arrays(item, f"{name}, {key}") for key, item in found.items()}
    try:
        array = np.array(found)
    except ValueError:
        raise PointError(f"{name}: the rows of an array must be of one length") from None
    if array.dtype.kind not in "fiu":
        raise PointError(f"{name}: an array of numbers is wanted")
    return array.astype(np.float64)


def _from_csv(content: str, name: str) -> Place:
    import numpy as np

    rows = [row for row in csv.reader(io.StringIO(content)) if any(cell.strip() for cell in row)]
    if not rows:
        raise PointError(f"{name} is empty")
    head = None if _is_number(rows[0][0]) else tuple(cell.strip() for cell in rows[0])
    body = rows if head is None else rows[1:]
    if len(body) == 1:
        numbers, names = body[0], head
    elif all(len(row) == 1 for row in body):
        numbers, names = [row[0] for row in body], None
    else:
        hint = "write one row of numbers below one of names, or one number a line"
        raise PointError(f"{name} holds {len(body)} rows of {len(rows[0])} columns: a point is one row or one column", hint=hint)
    if names is not None and len(names) != len(numbers):
        raise PointError(f"{name} has {len(names)} names and {len(numbers)} numbers")
    for place, cell in enumerate(numbers, start=1):
        if not _is_number(cell):
            raise PointError(f"{name}: number {place} of the point reads {cell.strip() or 'nothing'}")
    return Place(np.array([float(cell) for cell in numbers]), names)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
