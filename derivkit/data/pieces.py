"""A text file piece by piece: whole records, in UTF-8, with plain line ends, in memory that does not grow with the file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivkit.data.sniff import Dialect
from derivkit.data.source import Source
from derivkit.errors import DataError

PIECE_BYTES = 8 * 2**20
LONGEST_RECORD = 128 * 2**20  # bytes
_BOM = codecs.BOM_UTF8
_BLANK_LINE = re.compile(b"\n[ \n]")  # or one that begins with a space


class NotUtf8(Exception):
    """A file whose beginning was UTF-8 holds other bytes further down."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole records of a text file, its header left out.

    Attributes
    ----------
    text : bytes
        UTF-8 with plain line ends; blank lines are still there.
    line : int
        The file's line on which it begins, from 1.
    """

    text: bytes
    line: int


def pieces(source: Source, dialect: Dialect) -> Iterator[Piece]:
    """Cut a text file into pieces of about 8 MiB.

    Raises
    ------
    NotUtf8
        If that is the dialect's encoding, and not the file's.
    DataError
        If a record is too long to be one.
    """
    line = 1
    waiting_for_header = dialect.header
    for text in _whole_records(source, dialect):
        rest = text
        if waiting_for_header:
            head = _header_end(text)
            waiting_for_header = not head
            line, rest = line + text.count(b"\n", 0, head), text[head:]
        if rest:
            yield Piece(rest, line)
        line += rest.count(b"\n")


def records(piece: Piece) -> Iterator[tuple[int, bytes]]:
    """The file line and the text of every record that is not blank."""
    held: list[bytes] = []
    quoted = False
    for line, text in enumerate(piece.text.split(b"\n"), start=piece.line):
        if held or text.strip(b" "):
            held.append(text)
        quoted ^= bool(text.count(b'"') & 1)
        if held and not quoted:
            yield line + 1 - len(held), b"\n".join(held)
            held = []
    if held:
        yield piece.line + piece.text.count(b"\n") + 1 - len(held), b"\n".join(held)


def record_count(piece: Piece) -> int:
    """How many records are not blank."""
    if b'"' in piece.text:
        return sum(1 for _ in records(piece))
    text = without_blank_lines(piece.text)
    return text.count(b"\n") + (not text.endswith(b"\n") and bool(text))


def without_blank_lines(text: bytes) -> bytes:
    """The text without lines of nothing or of spaces; those inside quotes stay."""
    if not (text.startswith((b"\n", b" ")) or _BLANK_LINE.search(text)):
        return text
    kept = [record for _, record in records(Piece(text, 1))]
    return b"\n".join([*kept, b""]) if kept else b""


def _whole_records(source: Source, dialect: Dialect) -> Iterator[bytes]:
    """Blocks of text that end with a record."""
    rest = b""
    for block in _plain_blocks(source, dialect.encoding):
        end = _last_record_end(rest, block)
        if not end:
            rest += block
            if len(rest) > LONGEST_RECORD:
                raise DataError(f"{source.name} holds a record longer than 128 MiB", hint="look for an unclosed double quote")
            continue
        yield b"".join((rest, memoryview(block)[:end]))
        rest = block[end:]
    if rest:
        yield rest


def _last_record_end(rest: bytes, block: bytes) -> int:
    """Behind the last line end of a block that is not inside quotes; 0 if there is none."""
    end = block.rfind(b"\n") + 1
    if b'"' not in block and b'"' not in rest:
        return end
    quotes = rest.count(b'"') + block.count(b'"', 0, end)
    while end and quotes & 1:
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(b'"', before, end)
        end = before
    return end


def _header_end(text: bytes) -> int:
    """Behind the first record that is not blank; 0 if there is none."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start) + 1 or len(text)
        while text.count(b'"', start, end) & 1 and end < len(text):
            end = text.find(b"\n", end) + 1 or len(text)
        if text[start:end].strip(b" \n"):
            return end
        start = end
    return 0


def _plain_blocks(source: Source, encoding: str) -> Iterator[bytes]:
    """Decoded blocks with plain line ends."""
    held = b""  # a carriage return whose newline may come with the next block
    for block in _utf8_blocks(source, encoding):
        if not held and b"\r" not in block:
            yield block
            continue
        text = held + block
        held = text[-1:] if text.endswith(b"\r") else b""
        yield text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if held:
        yield b"\n"


def _utf8_blocks(source: Source, encoding: str) -> Iterator[bytes]:
    with source.opened() as stream:
        if encoding != "utf-8-sig":
            yield from _recoded(source, encoding, iter(lambda: stream.read(PIECE_BYTES), b""))
            return
        held = b""  # a character cut in the middle
        first = True
        while block := stream.read(PIECE_BYTES):
            block = block.removeprefix(_BOM) if first else block
            first = False
            if not held and block.isascii():
                yield block
                continue
            text = held + block
            end = _checked(text)
            held = text[end:]
            yield text[:end]
        if held:
            raise NotUtf8


def _checked(text: bytes) -> int:
    """Where the last whole character ends."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            raise NotUtf8 from None
        return error.start
    return len(text)


def _recoded(source: Source, encoding: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
