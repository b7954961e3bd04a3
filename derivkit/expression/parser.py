"""From text to an expression graph: the door to the lexers and the reader."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivkit.errors import ParseError, UnknownNameError
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import read_words, refuse_text, shortened
from derivkit.expression.names import as_product, glued_call, glued_products
from derivkit.expression.reader import Reader

_SEPARATOR = re.compile(r"(?<!\\);")  # LaTeX spaces with \;


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


def parse_many(text: str, *, latex: bool | None = None) -> list[Parsed]:
    """Read expressions with semicolons between them; parameters and errors as for `parse`, spans refer to the whole text.

    Examples
    --------
    >>> [part.text for part in parse_many("r*cos(t); r*sin(t)")]
    ['r*cos(t)', 'r*sin(t)']
    """
    refuse_text(text)
    cuts = [match.start() for match in _SEPARATOR.finditer(text)]
    parts = zip([0, *[cut + 1 for cut in cuts]], [*cuts, len(text)], strict=True)
    parsed: list[Parsed] = []
    for start, end in parts:
        if not text[start:end].strip():
            raise ParseError(
                "an expression is missing beside a semicolon" if cuts else "the expression is empty",
                text=text,
                span=(max(start - 1, 0), end) if cuts else (0, 0),
            )
        parsed.append(parse_part(text, start, end, latex=latex))
    return parsed


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
