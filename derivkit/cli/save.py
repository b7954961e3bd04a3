"""Writing a file: whole or not at all. Devices and pipes are written to, never replaced."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EACCES
from pathlib import Path
from tempfile import mkstemp

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
    if not path:
        raise FileError("the name of the file to write is empty")
    data = text.encode("utf-8", "replace")
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            Path(path).write_bytes(data)
            return
        target = Path(os.path.realpath(path))
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
        _replace(target, data)
    except OSError as problem:
        raise FileError(f"cannot write {shortened(path, _LONGEST)}: {problem.strerror or problem}") from None
    except ValueError:  # a NUL in the name
        raise FileError(f"cannot write {shortened(path, _LONGEST)}: not the name of a file") from None


def _replace(target: Path, data: bytes) -> None:
    handle, name = mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, _mode(target))
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _mode(target: Path) -> int:
    """The permissions of the old file, or those of any new one."""
    if target.exists():
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
