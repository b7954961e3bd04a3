"""Amounts of memory as people write them."""

from __future__ import annotations

import re

from derivkit.errors import UsageError

UNITS = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40,
}  # fmt: skip
_SIZE = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-z]+)\s*", re.ASCII)
LONGEST_SHOWN = 20


def bytes_of(text: str) -> int:
    """The bytes that a size says: 1 MB is a million of them, 1 MiB is 2^20.

    Raises
    ------
    UsageError
        If it is no size, or has no unit.

    Examples
    --------
    >>> bytes_of("500MB"), bytes_of("1.5 GiB")
    (500000000, 1610612736)
    """
    found = _SIZE.fullmatch(text)
    unit = UNITS.get(found[2].upper()) if found else None
    if found is None or unit is None:
        raise UsageError(
            f"--memory {text[:LONGEST_SHOWN]!r} is no amount of memory", hint="a number and a unit: 500MB, 2GB or 1GiB"
        )
    return int(float(found[1]) * unit)
