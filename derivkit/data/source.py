"""Where bytes come from: a file, or a stream that was copied so that it can be read more than once."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast
from weakref import finalize

from derivkit.data.words import shown
from derivkit.errors import DataError, FileError

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Source:
    """A regular file, and what it is called in messages.

    Attributes
    ----------
    path : Path
    name : str
        As it was given, or "standard input".
    magic : bytes
        Its first four bytes.
    copied : bool
        The file is a copy of a stream, and goes with the source.
    """

    path: Path
    name: str
    magic: bytes
    copied: bool = False

    @property
    def compressed(self) -> bool:
        """By gzip."""
        return self.magic.startswith(GZIP_MAGIC)

    @property
    def parquet(self) -> bool:
        """Whether it begins as Parquet files do."""
        return self.magic == PARQUET_MAGIC

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes from the start, unpacked.

        Raises
        ------
        FileError
            If they cannot be read.
        DataError
            If they should be gzip's and are not.
        """
        try:
            with self.path.open("rb") as stream:
                yield cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if self.compressed else stream
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise DataError(f"{self.name} is not a sound gzip file: {error}") from None
        except OSError as error:
            raise _unreadable(self.name, error) from None


def source_of(data: str | Path | BinaryIO) -> Source:
    """The file at a path, or a stream's bytes.

    Parameters
    ----------
    data : path or binary stream
        A stream is copied to a temporary file to its end.

    Raises
    ------
    FileError
        If there is no such file, or it is not a regular one.
    """
    if not isinstance(data, str | Path):
        return _copied(data)
    path, name = Path(data), shown(data)
    try:
        if path.is_dir():
            raise FileError(f"{name} is a directory", hint="give a file")
        if not path.exists():
            raise FileError(f"there is no file {name}")
        if not path.is_file():
            raise FileError(f"{name} is not a regular file", hint="give a CSV file, or - for standard input")
        with path.open("rb") as file:
            return Source(path, name, file.read(len(PARQUET_MAGIC)))
    except OSError as error:
        raise _unreadable(name, error) from None


def _copied(stream: BinaryIO) -> Source:
    from shutil import copyfileobj
    from tempfile import NamedTemporaryFile

    name = "standard input" if getattr(stream, "name", None) in ("<stdin>", 0) else "the stream"
    try:
        copy = NamedTemporaryFile(prefix="derivkit-")  # noqa: SIM115  # closed, and gone, with the source
        copyfileobj(stream, copy)
        copy.seek(0)
        source = Source(Path(copy.name), name, copy.read(len(PARQUET_MAGIC)), copied=True)
    except OSError as error:
        raise _unreadable(name, error) from None
    finalize(source, copy.close)
    return source


def _unreadable(name: str, error: OSError) -> FileError:
    return FileError(f"cannot read {name}: {shown(error.strerror or error)}")
