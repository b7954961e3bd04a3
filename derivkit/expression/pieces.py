"""The pieces of piecewise((value, condition), ...): the only place where comparisons may stand."""

from __future__ import annotations

from typing import NoReturn

from derivkit.expression.calls import Function
from derivkit.expression.lexer import Words
from derivkit.expression.names import PIECEWISE, example_call
from derivkit.expression.stacks import Frame, Piece, Stacks
from derivkit.expression.syntax import COMPARISONS, OPEN, OTHERWISE, UNDEFINED, WHERE, is_name

_HINT = f"write {example_call(PIECEWISE)}"


class PieceReader(Stacks):
    """The part of the reader that reads pieces; each method returns the next word and whether an operand must follow."""

    def __init__(self, source: Words) -> None:
        super().__init__(source)
        self._pieces: list[list[tuple[int, list[int]]]] = []  # of every open piecewise: values and conditions

    def first_piece(self, function: Function, k: int) -> tuple[int, bool]:
        """Go on after the name."""
        if self.words[k] != "(" or self.words[k + 1] != "(":
            self.fail("piecewise needs pieces in parentheses", function.place, _HINT)
        self.open(Frame("pieces", ")", k, len(self.values), function))
        self.open(Piece("piece", ")", k + 1, len(self.values)))
        self._pieces.append([])
        return k + 2, True

    def condition(self, piece: Piece, k: int) -> tuple[int, bool]:
        """Go on at the comma between the value and the condition."""
        if piece.value is not None:
            self.fail("a piece has two parts, a value and a condition", k, _HINT)
        self.reduce(OPEN + 1)
        piece.value = self.values.pop()
        if self.words[k + 1] == "not" and (is_name(self.words[k + 2]) or self.words[k + 2] == "("):
            self.refuse_link(k + 1)
        if self.words[k + 1] in OTHERWISE and self.words[k + 2] == ")":
            self.close()
            return self._next_piece(piece, k + 2)
        return k + 1, True

    def compare(self, k: int) -> tuple[int, bool]:
        """Go on at a comparison, or at the `and` after one; `a < b < c` is `a < b and b < c`."""
        piece = self.frame
        if not isinstance(piece, Piece) or piece.value is None:
            self.fail(f"the comparison {self.source.shown(k)} stands outside the conditions of piecewise", k, _HINT)
        self.reduce(OPEN + 1)
        side = self._compared(piece)
        row = COMPARISONS.get(self.words[k])
        piece.pending = None if row is None else (row, side)
        return k + 1, True

    def refuse_link(self, k: int) -> NoReturn:
        """Raise the error of a condition with `or` or `not`."""
        self.fail(f"{self.words[k]} is not in the language; conditions are joined by and", k, "write a piece for each case")

    def close_piece(self, piece: Piece, k: int) -> tuple[int, bool]:
        """Go on at the parenthesis that closes a piece with a comparison."""
        if piece.pending is None:
            missing = "a comma and a condition" if piece.value is None else "a comparison in its condition"
            self.fail(f"this piece lacks {missing}", self.source.between(piece.place, k), _HINT)
        self._compared(piece)
        return self._next_piece(piece, k)

    def _compared(self, piece: Piece) -> int:
        """The right side of a comparison that waits, and the left side of the next one."""
        side = self.values.pop()
        if piece.pending:
            row, left = piece.pending
            piece.conditions.append(self.builder.add(row, (left, side)))
        return side

    def _next_piece(self, piece: Piece, k: int) -> tuple[int, bool]:
        """Go on at the parenthesis that closes any piece: another one follows, or the end of all."""
        assert piece.value is not None  # a piece is closed only after its comma
        self._pieces[-1].append((piece.value, piece.conditions))
        if self.words[k + 1] == "," and self.words[k + 2] == "(":
            self.open(Piece("piece", ")", k + 2, len(self.values)))
            return k + 3, True
        if self.words[k + 1] != ")":
            self.fail("a piece is followed by a comma and another piece, or by )", k + bool(self.words[k + 1]), _HINT)
        self.close()
        self.values.append(self._choose(self._pieces.pop()))
        return k + 2, False

    def _choose(self, pieces: list[tuple[int, list[int]]]) -> int:
        add = self.builder.add
        last = next((n for n, (_, conditions) in enumerate(pieces) if not conditions), None)
        if last is not None and last + 1 < len(pieces):
            self.warn("unreachable", "the pieces after the condition true are never reached")
        node = add(UNDEFINED) if last is None else pieces[last][0]
        for value, conditions in reversed(pieces[:last]):
            rest = node
            node = value
            for condition in reversed(conditions):
                node = add(WHERE, (condition, node, rest))
        return node
