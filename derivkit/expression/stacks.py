"""What the parser remembers while it reads: values, operators that wait for their right side, open brackets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from derivkit.errors import DerivkitError, ParseError
from derivkit.expression.calls import Function, call
from derivkit.expression.graph import Builder
from derivkit.expression.lexer import Span, Words
from derivkit.expression.syntax import EULER, EXP, OPEN, POWER
from derivkit.functions import Row

_MOST_WARNINGS = 10


@dataclass(slots=True)
class Frame:
    """An open bracket.

    Attributes
    ----------
    kind : str
        "group", "bars", "call", "exponent" or "subscript" (of a function), "pieces" (of piecewise), "piece".
    closer : str
    place : int
        Which word opened it.
    base : int
        How many values lay on the stack then.
    function : Function, optional
        To which the bracket belongs.
    """

    kind: str
    closer: str
    place: int
    base: int
    function: Function | None = None


@dataclass(slots=True)
class Piece(Frame):
    """The bracket around one piece of a piecewise: its value, its conditions so far, and a comparison that lacks its right side."""

    value: int | None = None
    conditions: list[int] = field(default_factory=list)
    pending: tuple[Row, int] | None = None


class Stacks:
    """The state of one reading.

    Attributes
    ----------
    source : Words
    builder : Builder
    warnings : dict of str to str
        What was read in a way that may not have been meant, one of a kind.
    values : list of int
        Nodes that wait to become inputs.
    bindings, pending : list
        Operators, functions and brackets (None) that wait, and how tightly each binds.
    frames : list of Frame
        The open brackets.
    """

    def __init__(self, source: Words) -> None:
        self.source = source
        self.words = source.words
        self.builder = Builder()
        self.warnings: dict[str, str] = {}
        self.values: list[int] = []
        self.bindings: list[int] = [OPEN]
        self.pending: list[Row | Function | None] = [None]
        self.frames: list[Frame] = []

    def push(self, binding: int, waiting: Row | Function | None) -> None:
        """Let an operator or a function wait for what follows."""
        self.bindings.append(binding)
        self.pending.append(waiting)

    def reduce(self, limit: int) -> None:
        """Carry out what binds at least as tightly as a limit."""
        values, bindings, pending = self.values, self.bindings, self.pending
        add = self.builder.add
        while bindings[-1] >= limit:
            bindings.pop()
            row = pending.pop()
            if type(row) is not Row:
                assert isinstance(row, Function)  # brackets bind less tightly than any limit
                values[-1] = call(self.builder, self.source, row, [values[-1]], row.place)
            elif row.arity == 1:
                values[-1] = add(row, (values[-1],))
            else:
                right = values.pop()
                left = values[-1]
                if row is POWER and self.builder.heads[left] is EULER:
                    values[-1] = add(EXP, (right,))
                else:
                    values[-1] = add(row, (left, right))

    def open(self, frame: Frame) -> None:
        """Open a bracket."""
        self.push(OPEN, None)
        self.frames.append(frame)

    def close(self) -> Frame:
        """Carry out what waits inside the innermost bracket, and take the bracket away."""
        self.reduce(OPEN + 1)
        self.bindings.pop()
        self.pending.pop()
        return self.frames.pop()

    @property
    def frame(self) -> Frame | None:
        """The innermost bracket."""
        return self.frames[-1] if self.frames else None

    def warn(self, key: str, message: str) -> None:
        """Note a warning, the first of its kind."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.setdefault(key, message)

    def fail(self, message: str, place: Span | int, hint: str | None = None, kind: type[DerivkitError] = ParseError) -> NoReturn:
        """Raise an error at a word or a span."""
        raise self.source.error(kind, message, self.source.span(place) if isinstance(place, int) else place, hint)
