"""Errors, warnings and notes for people: short, with a caret under what is meant, and never a raw control character."""

from __future__ import annotations

import textwrap
import unicodedata

from derivkit.errors import DerivkitError
from derivkit.render.page import PLAIN_WIDTH, Line, Page, Styled

LONGEST_INPUT = 1000  # characters of a given text that a JSON document repeats
_MESSAGE_LINES = 3
_HINT_LINES = 2
_GLUE = "\xa0"  # keeps a label and a long first word, such as a path, on one line
_WINDOW = 60  # columns of the given text that are shown around the caret
_BEFORE = 24  # of them before the caret
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def printable(text: str) -> str:
    """The text with control, bidirectional, unassigned and lone surrogate characters written as escapes.

    Examples
    --------
    >>> from derivkit.render.message import printable
    >>> print(printable("a\\x1b[31mb"))
    a\\x1b[31mb
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _safe(character) else _escaped(character) for character in text)


def _safe(character: str) -> bool:
    return unicodedata.category(character) not in _UNSAFE


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def shortened(text: str, longest: int = LONGEST_INPUT) -> str:
    """The text, cut at `longest` characters.

    A cut text ends with an ellipsis, which counts.
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def columns(text: str) -> int:
    """How many columns of a terminal a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def sentence(label: str, text: str, most_lines: int, style: Styled | None = None) -> list[Line]:
    """A labelled sentence, wrapped at 80 columns and cut after `most_lines`."""
    whole = f"{label}:{_GLUE}{' '.join(printable(text).split())}"
    wrapped = textwrap.wrap(whole, PLAIN_WIDTH, max_lines=most_lines, placeholder=" …", break_on_hyphens=False)
    wrapped[0] = wrapped[0].replace(_GLUE, " ", 1)
    first: Line = wrapped[0] if style is None else (style, wrapped[0][len(style.text) :])
    return [first, *wrapped[1:]]


def caret(text: str, span: tuple[int, int]) -> list[str]:
    """Two lines: the text around a span, and carets under the span.

    Examples
    --------
    >>> from derivkit.render.message import caret
    >>> print("\\n".join(caret("x + sinn(x)", (4, 8))))
      x + sinn(x)
          ^^^^
    """
    start, end = span[0], max(span[1], span[0] + 1)
    pieces = [c if _safe(c) else _escaped(c) for c in text[max(0, start - _BEFORE) : start + _WINDOW]]
    first = max(0, start - _BEFORE)
    before = start - first
    while sum(map(columns, pieces[:before])) > _BEFORE:  # escapes are wider than what they stand for
        del pieces[0]
        first, before = first + 1, before - 1
    shown, under = ("…", " ") if first else ("", "")
    for place, piece in enumerate(pieces, first):
        if columns(shown) + columns(piece) > _WINDOW:
            shown += "…"
            break
        shown += piece
        under += ("^" if start <= place < end else " ") * columns(piece)
    return ["  " + shown, "  " + (under.rstrip() if start < len(text) else under + "^")]


def error_page(error: DerivkitError) -> Page:
    """What a person reads of an error: at most seven lines of 80 columns."""
    page = sentence("error", error.message, _MESSAGE_LINES, Styled("error", "bad"))
    if error.text and error.span is not None:
        page += caret(error.text, error.span)
    if error.hint:
        page += sentence("hint", error.hint, _HINT_LINES, Styled("hint", "title"))
    return page


def warning_page(warnings: tuple[str, ...]) -> Page:
    """One sentence a warning."""
    return [line for text in warnings for line in sentence("warning", text, _MESSAGE_LINES, Styled("warning", "title"))]
