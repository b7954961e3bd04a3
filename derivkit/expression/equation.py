"""Equations between columns and parameters: `left = right`, names that are not identifiers in backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from derivkit.errors import DerivkitError, ParseError
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.lexer import Span, read_words, refuse_text
from derivkit.expression.parser import parse_part
from derivkit.expression.point import variable_name

_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")
_QUOTED = re.compile(r"`([^`]*)`")
_HINT = "write y = a*x + b"
# Letters of the runic script stand for the names in backticks while the text is read: nobody writes formulas in them.
_RUNES = [chr(code) for code in range(0x16A0, 0x16EB)]


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sides that should be equal.

    Attributes
    ----------
    text : str
        As given.
    left, right : Graph
        Variables that are no plain names keep their backticks.
    warnings : tuple of str
    places : mapping of str to (int, int)
        Where each variable stands first.
    """

    text: str
    left: Graph
    right: Graph
    warnings: tuple[str, ...]
    places: Mapping[str, Span]


def parse_equation(text: str) -> Equation:
    """Read an equation.

    Parameters
    ----------
    text : str
        Two expressions with one equals sign between them.

    Returns
    -------
    Equation

    Raises
    ------
    ParseError
        If there is not one equals sign, a backtick is left open, or a side is not an expression; spans refer to the whole text.

    Examples
    --------
    >>> equation = parse_equation("log(y) = a*`dose (mg)` + b")
    >>> equation.left.variables, equation.right.variables
    (('y',), ('`dose (mg)`', 'a', 'b'))
    """
    refuse_text(text)
    quotes = _Quotes(text)
    sign = _equals_sign(text, quotes.masked)
    parts = ((0, sign), (sign + 1, len(text)))
    for place, (start, end) in zip(("before", "after"), parts, strict=True):
        if not text[start:end].strip():
            raise ParseError(f"nothing stands {place} the equals sign", hint=_HINT, text=text, span=(sign, sign + 1))
    with quotes.restoring():
        sides = [parse_part(quotes.masked, *part) for part in parts]
    warnings = tuple(quotes.restored(warning) for side in sides for warning in side.warnings)
    left, right = (quotes.renamed(side.graph) for side in sides)
    return Equation(text, left, right, warnings, {**_places(quotes.masked, parts), **quotes.places})


def _equals_sign(text: str, masked: str) -> int:
    signs = [match.start() for match in _EQUALS.finditer(masked)]
    if len(signs) == 1:
        return signs[0]
    if signs:
        raise ParseError("the formula has more than one equals sign", hint=_HINT, text=text, span=(signs[1], signs[1] + 1))
    tilde = masked.find("~")
    span = (tilde, tilde + 1) if tilde >= 0 else (0, len(text))
    raise ParseError("the formula has no equals sign", hint=_HINT, text=text, span=span)


class _Quotes:
    """The names in backticks of a text, and letters that stand for them while it is read.

    Attributes
    ----------
    masked : str
        The text with a letter and blanks in place of every such name, of the same length, so that spans stay true.
    names : dict of str to str
        What the letters stand for.
    places : dict of str to (int, int)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: dict[str, str] = {}
        self.places: dict[str, Span] = {}
        for place, character in enumerate(_QUOTED.sub(lambda match: " " * len(match[0]), text)):
            if character in _RUNES:
                raise ParseError(f"the character {character} means nothing here", text=text, span=(place, place + 1))
        self.masked = _QUOTED.sub(self._letter, text)
        if "`" in self.masked:
            place = self.masked.index("`")
            raise ParseError("this backtick is never closed", hint="write `name of the column`", text=text, span=(place, place + 1))

    def _letter(self, match: re.Match[str]) -> str:
        if not match[1].strip():
            raise ParseError("there is no name between the backticks", text=self.text, span=match.span())
        name = match[1] if variable_name(match[1]) == match[1] else match[0]
        letter = next((letter for letter, known in self.names.items() if known == name), None)
        if letter is None:
            if len(self.names) == len(_RUNES):
                raise ParseError(f"more than {len(_RUNES)} names stand in backticks", text=self.text, span=match.span())
            letter = _RUNES[len(self.names)]
            self.names[letter] = name
            self.places[name] = match.span()
        return f" {letter}".ljust(len(match[0]))

    def restored(self, message: str) -> str:
        """A message with the names in place of the letters."""
        for letter, name in self.names.items():
            message = message.replace(letter, name)
        return message

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """Let errors speak of the text as it was given."""
        try:
            yield
        except DerivkitError as problem:
            problem.text = self.text
            problem.message = self.restored(problem.message)
            problem.hint = problem.hint and self.restored(problem.hint)
            problem.args = (problem.message,)
            raise

    def renamed(self, graph: Graph) -> Graph:
        """A graph with the names in place of the letters."""
        builder, ids = Builder(), list[int]()
        for head, inputs in zip(graph.heads, graph.inputs, strict=True):
            ids.append(builder.add(self.names.get(head, head) if isinstance(head, str) else head, tuple(ids[i] for i in inputs)))
        return builder.graph([ids[graph.root]])


def _places(masked: str, parts: tuple[Span, Span]) -> dict[str, Span]:
    """Where every plain name stands first."""
    places: dict[str, Span] = {}
    for part in parts:
        words = read_words(masked, *part)
        for k, word in enumerate(words.words[:-1]):
            name = None if word in _RUNES else variable_name(word)
            if name is not None:
                places.setdefault(name, words.span(k))
    return places
