"""What the commands that read tables share: where the rows come from, and what levels are compared with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import BinaryIO

from derivkit.errors import UsageError


def rows_of(argument: str) -> str | BinaryIO:
    """The path that an argument is, or standard input for "-"."""
    return sys.stdin.buffer if argument == "-" else argument


def levels_of(options: Sequence[str]) -> dict[str, str]:
    """The level by column, of options such as "species=setosa".

    Raises
    ------
    UsageError
        If an option is not of that form, or a column is given twice.
    """
    levels: dict[str, str] = {}
    for option in options:
        column, sign, level = (part.strip() for part in option.partition("="))
        if not (column and sign and level):
            raise UsageError(f"--reference {option} is not COLUMN=LEVEL", hint="as in --reference species=setosa")
        if column in levels:
            raise UsageError(f"--reference names the column {column} twice")
        levels[column] = level
    return levels
