"""A page of text: lines with a few styles, written plainly or, on a terminal, in modest colour."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

PLAIN_WIDTH = 80  # where there is no terminal to ask
Style = Literal["title", "good", "bad", "quiet"]
_RICH_STYLES: dict[Style, str] = {"title": "bold", "good": "bold green", "bad": "bold red", "quiet": "dim"}
Format = Literal["pretty", "text", "latex"]


@dataclass(frozen=True, slots=True)
class Styled:
    """A piece of a line in one style."""

    text: str
    style: Style


Line = str | tuple[str | Styled, ...]
Page = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page is laid out.

    Attributes
    ----------
    format : str
        How formulas are written: "pretty" (typeset, and text to copy), "text" or "latex".
    width : int
        Columns.
    unicode : bool
        Whether characters beyond ASCII can be written.
    """

    format: Format = "pretty"
    width: int = PLAIN_WIDTH
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO, format: Format = "pretty") -> Layout:
        """The layout that suits a stream."""
        width = shutil.get_terminal_size().columns if stream.isatty() else PLAIN_WIDTH
        return cls(format, width, (stream.encoding or "ascii").lower().startswith("utf"))

    def dash(self) -> str:
        """The dash between two parts of a sentence."""
        return "—" if self.unicode else "-"


def plain(line: Line) -> str:
    """A line without its styles."""
    return line if isinstance(line, str) else "".join(part if isinstance(part, str) else part.text for part in line)


def wrapped(label: Styled, text: str, layout: Layout) -> list[Line]:
    """A labelled line that is broken at spaces where it is too wide, so that what is copied from it still reads back.

    Examples
    --------
    >>> lines = wrapped(Styled("f", "title"), " = x + y + z", Layout(width=9))
    >>> [plain(line) for line in lines]
    ['f = x + y', '    + z']
    """
    if layout.format != "pretty":  # for copying by the line
        return [(label, text)]
    indent = " " * (len(label.text) + 3)
    width, line, start = layout.width - len(label.text), "", 0
    lines: list[str] = []
    while len(text) - start > width and (end := _break(text, start + 3 * (not lines), start + width)):
        lines.append(line + text[start:end])
        line, start, width = indent, end + 1, layout.width - len(indent)
    lines.append(line + text[start:])
    return [(label, lines[0]), *lines[1:]]


def _break(text: str, start: int, end: int) -> int:
    """The last space at which a line from `start` can end before `end`, or the first after it; rather before a sign; 0 if none."""
    sign = max(text.rfind(f" {symbol} ", start + 1, end + 3) for symbol in "+-")
    if 2 * sign > start + end:
        return sign
    space = text.rfind(" ", start + 1, end + 1)
    return max(space if space > 0 else text.find(" ", end), 0)


def write(page: Page, stream: TextIO) -> None:
    """Write a page: plainly, unless the stream is a terminal and `NO_COLOR` is not set."""
    if stream.isatty() and not os.environ.get("NO_COLOR"):
        _write_coloured(page, stream)
    else:
        text = "".join(f"{plain(line).rstrip()}\n" for line in page)
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def _write_coloured(page: Page, stream: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in page:
        parts = (line,) if isinstance(line, str) else line
        console.print(Text.assemble(*(p if isinstance(p, str) else (p.text, _RICH_STYLES[p.style]) for p in parts)))


def write_error(page: Page) -> None:
    """Write a page to standard error."""
    write(page, sys.stderr)
