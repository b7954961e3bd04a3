"""What a programming language must say of itself for programs to be written in it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from derivkit.codegen.program import Logic
from derivkit.functions import Row

if TYPE_CHECKING:
    from derivkit.codegen.source import Helper, Source

CHOICE, OR, AND, NOT, COMPARISON, NEGATIVE, POWER, ATOM = 1, 5, 6, 8, 10, 25, 40, 100  # as in functions.operators
WIDTH = 100  # of a line
ABOUT = "Points, what 50-digit arithmetic gives there, and a tolerance: 8 times what rounding may cost, and 4 ulps."
_WORD = re.compile(r"\w+")


class Text(NamedTuple):
    """A piece of source text, and how tightly its outermost operator binds."""

    text: str
    level: int = ATOM

    def within(self, level: int) -> str:
        """The text, in parentheses where its operator binds less tightly than a level."""
        return self.text if self.level >= level else f"({self.text})"


class Assignment(NamedTuple):
    """A temporary and its value."""

    name: str
    text: str


class Branch(NamedTuple):
    """Temporaries that are computed only where a condition holds, or only where it does not."""

    condition: str
    then: list[Statement]
    otherwise: list[Statement]


Statement = Assignment | Branch


class Language(ABC):
    """One target language.

    Attributes
    ----------
    name, title, extension : str
        What a user types, what people call it, how its files end.
    run : str
        The command that runs the self-test of "{file}".
    note : str
        What a reader should know.
    reserved : frozenset of str
        Words that no name may be.
    tells_case_apart : bool
        Whether x and X are two names.
    raises : bool
        Whether functions fail outside their domain, so that a branch that is not taken must not be computed.
    spaces_products : bool
        Whether the language's formatter writes `a * b`.
    prefix : str
        Before the names of helper functions; "{name}" in it is the function's own name.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    extension: ClassVar[str]
    run: ClassVar[str]
    note: ClassVar[str] = ""
    reserved: ClassVar[frozenset[str]]
    tells_case_apart: ClassVar[bool] = True
    raises: ClassVar[bool] = False
    spaces_products: ClassVar[bool] = False
    prefix: ClassVar[str] = ""
    line_comment: ClassVar[str] = "// "
    symbols: ClassVar[dict[str, str]] = {}
    logic: ClassVar[dict[Logic, str]] = {Logic.NOT: "!", Logic.AND: " && ", Logic.OR: " || "}
    true: ClassVar[str] = "true"
    false: ClassVar[str] = "false"
    nan: ClassVar[str] = "NaN"

    def native(self, row: Row) -> str:
        """How the language says a function of the table; empty where it cannot."""
        return row.code.others.get(self.name, row.code.name)

    def number(self, value: float) -> Text:
        """A double that is not negative, to the last bit."""
        return Text(self.nan if value != value else repr(value))

    def call(self, name: str, arguments: Sequence[Text], native: bool) -> Text:
        """A call of a function of the language's library or of a helper."""
        return Text(f"{name}({', '.join(argument.text for argument in arguments)})")

    def choose(self, condition: Text, x: Text, y: Text) -> Text:
        """One of two values."""
        return Text(f"{condition.within(CHOICE + 1)} ? {x.within(CHOICE + 1)} : {y.text}", CHOICE)

    def connect(self, logic: Logic, operands: Sequence[Text]) -> Text:
        """Truth values together."""
        if logic is Logic.NOT:
            return Text(f"{self.logic[logic]}({operands[0].text})", NOT)
        level = {Logic.AND: AND, Logic.OR: OR}[logic]
        first, second = operands
        left = first.within(level if first.level == level else COMPARISON)
        return Text(f"{left}{self.logic[logic]}{second.within(COMPARISON)}", level)

    def statements(self, statements: Sequence[Statement], indent: str) -> list[str]:
        """The lines of a body's temporaries."""
        lines: list[str] = []
        for one in statements:
            lines += [indent + self.assign(one)] if isinstance(one, Assignment) else self.branch(one, indent)
        return lines

    def assign(self, assignment: Assignment) -> str:
        """The line that gives a temporary its value."""
        return f"{assignment.name} = {assignment.text}"

    def branch(self, branch: Branch, indent: str) -> list[str]:
        """The lines of a branch, which only bodies in a language that `raises` have."""
        raise NotImplementedError  # those languages define it

    def comment(self, lines: Sequence[str]) -> list[str]:
        """Lines of comment; no text in them can end it, since every line is one of its own and none ends in a backslash."""
        return [f"{self.line_comment}{line}".rstrip().rstrip("\\") for line in lines]

    def opening(self, source: Source) -> list[str]:
        """The comment at the head of a file, and the functions that the language lacks."""
        return [*self.comment(source.head), "", *(line for helper in source.helpers for line in self.helper(helper))]

    @abstractmethod
    def helper(self, helper: Helper) -> list[str]:
        """The lines of a function that the language lacks."""

    @abstractmethod
    def file(self, source: Source) -> str:
        """The whole text."""


def called(text: str) -> bool:
    """Whether a spelling is a name to call, with dots in it."""
    return all(_WORD.fullmatch(part) for part in text.split(".")) if text else False


def needs_name(row: Row) -> bool:
    """Whether a row is written as a function, and not by an operator or a choice."""
    return row.arity > 0 and not row.choice and (row.operator is None or bool(row.code.name or row.code.formula))


def listed(items: Iterable[str], indent: str) -> list[str]:
    """Items with commas between them, on as few lines as fit; no comma at the end."""
    return wrap(", ".join(items), WIDTH - len(indent), initial_indent=indent, subsequent_indent=indent) or [indent]


def bracketed(opening: str, items: Iterable[str], closing: str, indent: str) -> list[str]:
    """Items in brackets: on one line if they fit."""
    given = list(items)
    line = f"{indent}{opening}{', '.join(given)}{closing}"
    return [line] if len(line) <= WIDTH else [indent + opening, *listed(given, f"{indent}    "), indent + closing]


def call_of(name: str, items: Sequence[str]) -> str:
    """A call, or the head of a definition."""
    return f"{name}({', '.join(items)})"
