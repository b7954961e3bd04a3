"""From text to an expression graph: the door to the lexers and the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivkit.errors import ParseError, UnknownNameError
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import Span, read_words, refuse_text, shortened
from derivkit.expression.names import as_product, glued_call, glued_products
from derivkit.expression.reader import Reader

_DELIMITER = re.compile(r"(?<!\\)[][(){},;]")  # LaTeX spaces with \; and \,


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression that has been read.

    Attributes
    ----------
    graph : Graph
        With one output.
    warnings : tuple of str
        What was read in a way that may not have been meant.
    text : str
        The text of this expression.
    """

    graph: Graph
    warnings: tuple[str, ...]
    text: str


def parse(text: str, *, latex: bool | None = None) -> Parsed:
    r"""Read an expression.

    Parameters
    ----------
    text : str
    latex : bool, optional
        Whether the text is LaTeX; by default it is if it starts with a backslash or a dollar sign.

    Returns
    -------
    Parsed

    Raises
    ------
    ParseError
        If the text is not an expression; with the span of what is wrong.
    BudgetError
        If it is longer than 4 MiB, or one of its numbers than 4,000 digits.

    Examples
    --------
    >>> parse("2x sin(x)").graph == parse(r"2x\sin{x}", latex=True).graph
    True
    """
    refuse_text(text)
    return parse_part(text, 0, len(text), latex=latex)


def parse_many(text: str, *, latex: bool | None = None, separators: str = ";") -> list[Parsed]:
    """Read expressions with semicolons between them; parameters and errors as for `parse`, spans refer to the whole text.

    Parameters
    ----------
    separators : str
        The characters between two expressions; commas are none inside parentheses.

    Examples
    --------
    >>> [part.text for part in parse_many("r*cos(t); r*sin(t)")]
    ['r*cos(t)', 'r*sin(t)']
    >>> [part.text for part in parse_many("max(x, y), 2", separators=",;")]
    ['max(x, y)', '2']
    """
    refuse_text(text)
    spans = list(parts(text, separators))
    parsed: list[Parsed] = []
    for start, end in spans:
        if not text[start:end].strip():
            raise ParseError(
                "an expression is missing beside a separator" if len(spans) > 1 else "the expression is empty",
                text=text,
                span=(max(start - 1, 0), end) if len(spans) > 1 else (0, 0),
            )
        parsed.append(parse_part(text, start, end, latex=latex))
    return parsed


def parts(text: str, separators: str) -> Iterator[Span]:
    """The parts of a text between separators; a comma counts only where it stands in no parentheses.

    Examples
    --------
    >>> list(parts("f(x, y), 2", ","))
    [(0, 7), (8, 10)]
    """
    depth = start = 0
    for match in _DELIMITER.finditer(text):
        character = match.group()
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character in separators and (character != "," or depth <= 0):
            yield start, match.start()
            start = match.end()
    yield start, len(text)


def parse_part(text: str, start: int, end: int, *, latex: bool | None = None) -> Parsed:
    """Read the expression in a part of a text whose characters have been checked; spans refer to the whole text."""
    given = text[start:end].strip()
    if latex is None:
        latex = given.startswith(("\\", "$"))
    if latex:
        from derivkit.expression.latex import read_latex

        words = read_latex(text, start, end)
    else:
        words = read_words(text, start, end)
    reader = Reader(words)
    root = reader.read()
    names = reader.variables
    for name, place in names.items():
        meant = glued_call(name, names)
        if meant is not None:
            hint = f"write {shortened(meant)}; a variable needs another name"
            raise words.error(
                UnknownNameError, f"{words.shown(place)} is a function and its argument in one name", words.span(place), hint
            )
    for name in glued_products(names, names.__contains__):
        reader.warn(f"name {name}", as_product(name))
    return Parsed(reader.builder.graph([root]), tuple(reader.warnings.values()), given)
