"""Where the text of an expression comes from: the argument itself, standard input or a file, read within bounds."""

from __future__ import annotations

import sys
from typing import BinaryIO

from derivkit.errors import BudgetError, FileError, ForbiddenCharacterError

LONGEST_BYTES = 4 * 2**20  # what is read at most of a file or of standard input


def read_expression(argument: str) -> str:
    """The text that an argument stands for.

    Parameters
    ----------
    argument : str
        The text itself, "-" for standard input, or "@" and the name of a file.

    Returns
    -------
    str
        Without the line ends at its end.

    Raises
    ------
    FileError
        If the file cannot be read or is not UTF-8.
    BudgetError
        If it is longer than 4 MiB.
    ForbiddenCharacterError
        If the argument holds bytes that are not UTF-8.
    """
    if argument == "-":
        return _decoded(_bounded(sys.stdin.buffer, "standard input"), "standard input")
    if argument.startswith("@"):
        return _from_file(argument[1:])
    return _valid(argument)


def _from_file(name: str) -> str:
    if not name:
        raise FileError("@ stands without the name of a file", hint="write @FILE, or - for standard input")
    try:
        with open(name, "rb") as stream:
            return _decoded(_bounded(stream, name), name)
    except OSError as problem:
        raise FileError(f"cannot read {name}: {problem.strerror or problem}") from None
    except ValueError:  # a NUL in the name
        raise FileError(f"cannot read {name}: not the name of a file") from None


def _bounded(stream: BinaryIO, name: str) -> bytes:
    data = stream.read(LONGEST_BYTES + 1)
    if len(data) > LONGEST_BYTES:
        raise BudgetError(f"{name} holds more than {LONGEST_BYTES // 2**20} MiB; an expression may not")
    return data


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise FileError(f"{name} is not UTF-8 text: byte {data[problem.start]:#04x} at offset {problem.start}") from None


def _valid(argument: str) -> str:
    """The argument, unless it holds a byte that Python could only smuggle in as a lone surrogate."""
    try:
        argument.encode()
    except UnicodeEncodeError as problem:
        byte, span = ord(argument[problem.start]) & 0xFF, (problem.start, problem.start + 1)
        raise ForbiddenCharacterError(f"byte {byte:#04x} is not UTF-8 text", text=argument, span=span) from None
    return argument
