"""Writing a file: whole or not at all. Devices and pipes are written to, never replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EISDIR, ENOENT
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from derivkit.errors import FileError
from derivkit.expression.lexer import shortened

_LONGEST = 150  # characters of a name in a message


def save(path: str, text: str) -> None:
    """Write a text to a file in UTF-8, in place of what the file held; on any failure the old file stays whole.

    Parameters
    ----------
    path : str
        A link is followed; a device or a pipe, such as /dev/null, is written to.
    text : str

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    with writing(path) as stream:
        stream.write(text.encode("utf-8", "replace"))


def require_folder(path: str) -> None:
    """See, before work that takes long, that a file can be written there.

    Raises
    ------
    FileError
        If the folder does not exist or takes no files, or the path is a folder.
    """
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    reason = EISDIR if os.path.isdir(target) else ENOENT if not os.path.isdir(folder) else EACCES
    device = os.path.exists(target) and not os.path.isfile(target)
    if reason != EACCES or not (device or os.access(folder, os.W_OK)):
        raise FileError(f"cannot write {shortened(path, _LONGEST)}: {os.strerror(reason)}")


@contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A stream of bytes that takes the place of a file once all of them are on the disk.

    Until then the old file stays as it is: an exception inside, a full disk, a kill or a power cut leave it whole. After a kill
    a temporary file, whose name begins with a dot, may be left beside it.

    Parameters
    ----------
    path : str
        A link is followed; a device or a pipe, such as /dev/null, is written to.

    Yields
    ------
    BinaryIO

    Raises
    ------
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> with writing("/dev/null") as stream:
    ...     stream.write(b"prediction")
    10
    """
    if not path:
        raise FileError("the name of the file to write is empty")
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as stream:
                yield stream
            return
        target = Path(os.path.realpath(path))
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
        with _replacing(target) as stream:
            yield stream
    except OSError as problem:
        raise FileError(f"cannot write {shortened(path, _LONGEST)}: {problem.strerror or problem}") from None
    except ValueError as problem:  # a NUL in the name
        if "\0" not in path:
            raise
        raise FileError(f"cannot write {shortened(path, _LONGEST)}: not the name of a file") from problem


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    handle, name = mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    try:
        with open(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, _mode(target))
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Have the new name itself on the disk, where the system knows how."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode(target: Path) -> int:
    """The permissions of the old file, or those of any new one."""
    if target.exists():
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
