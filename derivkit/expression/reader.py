"""The parser's engine: operators by precedence, brackets and calls on explicit stacks, nodes made as soon as they are complete."""

from __future__ import annotations

from typing import NoReturn

from derivkit.errors import UnknownNameError
from derivkit.expression.calls import Function, call, refuse_arity, refuse_inverse
from derivkit.expression.graph import Head
from derivkit.expression.lexer import GREEK_NAMES, RADICALS, Words
from derivkit.expression.names import PIECEWISE, constants, example_call, functions, instead_of
from derivkit.expression.pieces import PieceReader
from derivkit.expression.stacks import Frame, Piece
from derivkit.expression.syntax import (
    ABS,
    APPLY,
    COMPARISONS,
    DIVIDE,
    EULER,
    EXP,
    INFIX,
    INNER_PRODUCT,
    MEANT,
    MULTIPLY,
    NEGATE,
    OPEN,
    OPENERS,
    POSTFIX,
    PREFIX,
    PRODUCT,
    RADICAL,
    RAISE,
    SUBSCRIPT,
    SYMBOLS,
    is_name,
    is_number,
)
from derivkit.functions import spellings

MOST_IN_NAME = 100  # characters

# what a name written directly after an exponent or the operand of a root sign is told
_OUTSIDE = {
    RAISE: "the exponent: e^2x is read as (e^2)*x; else write e^(2x)",
    RADICAL: "the root: √2x is read as √(2)*x; else write √(2x)",
}


class Reader(PieceReader):
    """One reading of one text; most methods return the next word and whether an operand must follow.

    Attributes
    ----------
    variables : dict of str to int
        The variables, with the word at which each was met first.
    """

    def __init__(self, source: Words) -> None:
        super().__init__(source)
        self.variables: dict[str, int] = {}
        self._leaves: dict[str, int] = {}
        self._bare: frozenset[str] | None = None

    def read(self) -> int:
        """Read all words.

        Returns
        -------
        int
            The node of the whole expression.

        Raises
        ------
        ParseError
            If the words are not an expression.
        """
        words, values, leaves = self.words, self.values, self._leaves
        bindings, pending, infix = self.bindings, self.pending, INFIX
        k = 0
        operand = True
        while True:
            word = words[k]
            if operand:
                node = leaves.get(word)
                if node is None:
                    k, operand = self._operand(k)
                else:
                    values.append(node)
                    operand = False
                    k += 1
                continue
            found = infix.get(word)
            if found is not None:
                binding, limit, row = found
                if bindings[-1] >= limit:
                    self.reduce(limit)
                bindings.append(binding)
                pending.append(row)
                operand = True
                k += 1
            elif word:
                k, operand = self._after(k)
            else:
                return self._end()

    # ---- where a number, a name or an opening bracket must stand

    def _operand(self, k: int) -> tuple[int, bool]:
        word = self.words[k]
        if word in OPENERS:
            self.open(Frame("group" if word == "(" else "bars", OPENERS[word], k, len(self.values)))
            return k + 1, True
        if word == "-":
            self.push(PREFIX, NEGATE)
            return k + 1, True
        if word == "+":
            return k + 1, True
        if word in RADICALS:
            return self._argument(Function(RADICALS[word], k), k + 1, RADICAL)
        if not (is_number(word) or is_name(word)):
            self._refuse_operand(k)
        if self._is_function(k):
            return self._argument(Function(word, k), k + 1)
        if self.words[k + 1] in ("^", "**") and constants().get(word) is EULER:
            self.push(RAISE, EXP)  # at once, or a node for e would be left over
            return k + 2, True
        self.values.append(self._leaf(k))
        return k + 1, False

    def _leaf(self, k: int) -> int:
        """The node of a number, a constant or a variable."""
        word = self.words[k]
        if is_number(word):
            head: Head = self.source.number(k)
        elif word in constants():
            head = constants()[word]
        else:
            head = _normal(word)
            if not head.isidentifier() or head[0] == "_":
                self.fail(f"{self.source.shown(k)} is not a name; names start with a letter", k)
            if len(head) > MOST_IN_NAME:
                self.fail(f"the name {self.source.shown(k)} has {len(head):,} characters; at most {MOST_IN_NAME} are read", k)
            self.variables.setdefault(head, k)
        node = self.builder.add(head)
        if head is not EULER and word not in spellings():  # the next one may be a power or a call
            self._leaves[word] = node
        return node

    def _is_function(self, k: int) -> bool:
        """Whether a word is a function here; the names of Greek letters are functions only where they are called."""
        word = self.words[k]
        return word in functions() or (word in spellings() and self.words[k + 1] == "(")

    def _refuse_operand(self, k: int) -> NoReturn:
        word, shown = self.words[k], self.source.shown(k)
        if not word and k == 0:
            self.fail("the expression is empty", (0, 0), "write one, such as x^2")
        if not word:
            self.fail(f"nothing follows {self.source.shown(k - 1)}", k - 1, "an operand is missing: a number, a name or (")
        if word in MEANT:
            self.fail(f"{shown} means nothing here", k, MEANT[word])
        if word not in SYMBOLS:
            self.fail(f"the character {shown} means nothing in an expression", k)
        before = f"after {self.source.shown(k - 1)}" if k else "at the start"
        self.fail(f"{shown} stands {before}, where a number, a name or ( is expected", k)

    # ---- functions and their arguments

    def _argument(self, function: Function, k: int, binding: int = APPLY) -> tuple[int, bool]:
        """Go on after a function's name, or after its exponent or its base."""
        word = self.words[k]
        if function.name == PIECEWISE:
            return self.first_piece(function, k)
        if word in ("^", "**", SUBSCRIPT) and binding == APPLY:
            return self._modifier(function, k)
        if word == "(":
            if self.words[k + 1] == ")":
                refuse_arity(self.source, function, 0, k + 1)
            self.open(Frame("call", ")", k, len(self.values), function))
            return k + 1, True
        if word in MEANT:
            self._refuse_operand(k)
        shown = self.source.shown(function.place)
        if not (is_number(word) or is_name(word) or word in ("|", "-")):
            self.fail(f"{shown} is a function and lacks its argument", function.place, f"write {example_call(function.name)}")
        if word == "-":
            self.warn("sign", f"{shown} - is read as {function.name} of a negative number")
        count = 1 + (function.subscript is not None)
        if count not in spellings()[function.name]:
            refuse_arity(self.source, function, count, k)
        self.push(binding, function)
        return k, True

    def _modifier(self, function: Function, k: int) -> tuple[int, bool]:
        """Read the exponent of `sin^2(x)`, or the base that LaTeX writes below a logarithm."""
        kind = "subscript" if self.words[k] == SUBSCRIPT else "exponent"
        if self.words[k + 1] == "(":
            self.open(Frame(kind, ")", k + 1, len(self.values), function))
            return k + 2, True
        negative = self.words[k + 1] == "-"
        place = k + 1 + negative
        exponent = self.words[place]
        if exponent in MEANT:
            self._refuse_operand(place)
        if not (is_number(exponent) or is_name(exponent)) or exponent in RADICALS or self._is_function(place):
            self.fail(f"{function.name}^ lacks its exponent", self.source.between(function.place, k), f"write {function.name}^2(x)")
        node = self._leaf(place)
        return self._modified(function, kind, self.builder.add(NEGATE, (node,)) if negative else node, place)

    def _modified(self, function: Function, kind: str, node: int, last: int) -> tuple[int, bool]:
        if kind == "subscript":
            function.subscript = node
        else:
            refuse_inverse(self.builder, self.source, function, node, last)
            function.exponent = node
        return self._argument(function, last + 1)

    # ---- where an operator, a comma or a closing bracket may stand

    def _after(self, k: int) -> tuple[int, bool]:
        word = self.words[k]
        frame = self.frame
        if frame and frame.closer == word:
            return self._close(k)
        if word in POSTFIX:
            if self.words[k - 1] == word:
                self.fail(
                    f"{word}{word} is not in the language",
                    self.source.between(k - 1, k),
                    "write (x!)! for the factorial of a factorial",
                )
            self.values[-1] = self.builder.add(POSTFIX[word], (self.values[-1],))
            return k + 1, False
        if word == ",":
            return self._comma(k)
        if word in COMPARISONS or (word == "and" and isinstance(frame, Piece) and frame.pending):
            return self.compare(k)
        if word == "or" and isinstance(frame, Piece) and frame.pending:
            self.refuse_link(k)
        if is_name(word) or word in OPENERS:
            self._juxtapose(k)
            return k, True
        return self._refuse_after(k)

    def _refuse_after(self, k: int) -> NoReturn:
        word, shown = self.words[k], self.source.shown(k)
        if is_number(word):
            left = self.source.shown(k - 1)
            self.fail(f"the number {shown} follows {left} without an operator", k, f"write {left}*{shown} or {left}^{shown}")
        if word == ")":
            wanted = f"; {self.source.shown(self.frames[-1].place)} is still open" if self.frames else ""
            self.fail(f"this ) closes nothing{wanted}", k)
        if word == "=":
            self.fail("= makes an equation, not an expression", k, "give one side; in the conditions of piecewise write ==")
        if word in MEANT:
            self.fail(f"{shown} means nothing here", k, MEANT[word])
        if word == "." and is_name(self.words[k - 1]):
            self._refuse_prefix(k)
        self.fail(f"the character {shown} means nothing in an expression", k)

    def _refuse_prefix(self, k: int) -> None:
        """Refuse the name of a module before a function or a constant of the language, as in Python."""
        name = self.words[k + 1]
        if name in functions() or name in constants():
            hint = f"write {example_call(name) if name in functions() else name}"
            self.fail(f"names have no prefix like {self.source.shown(k - 1)}.", self.source.between(k - 1, k + 1), hint)

    def _juxtapose(self, k: int) -> None:
        """Two factors side by side are a product; inside the argument of a function without parentheses it stays inside."""
        if self.words[k] == "(" and is_name(self.words[k - 1]):
            self._check_factor(k - 1)
        outside = self._outside(k)
        self.reduce(INNER_PRODUCT)
        if isinstance(self.pending[-1], Function) and not self._is_function(k):
            self.push(INNER_PRODUCT, MULTIPLY)
            return
        if outside is not None:
            self.warn(outside, f"{self.source.shown(k)} stands outside {outside}")
        if self.pending[-1] is DIVIDE:
            self.warn(
                "quotient", f"{self.source.shown(k)} multiplies the quotient before it: 1/2x is read as (1/2)*x; else write 1/(2x)"
            )
        self.reduce(PRODUCT)
        self.push(PRODUCT, MULTIPLY)

    def _outside(self, k: int) -> str | None:
        """What a name stands outside of, though it follows without a space: the exponent in `e^2x`."""
        signed = self.bindings[-1] == PREFIX  # the minus of x^-2
        outside = _OUTSIDE.get(self.bindings[-1 - signed])
        if outside is None or not is_name(self.words[k]) or self.words[k - 1] == ")":
            return None
        return outside if self.source.span(k - 1)[1] == self.source.span(k)[0] else None

    def _check_factor(self, k: int) -> None:
        """A name before a parenthesis is no function here: a product if it is a variable, an error otherwise."""
        name = self.words[k]
        if self._bare is None:
            self._bare = frozenset([w for w, following in zip(self.words, self.words[1:], strict=False) if following != "("])
        if len(name) > 1 and name not in self._bare and name not in GREEK_NAMES and name not in constants():
            self.fail(f"there is no function {self.source.shown(k)}", k, instead_of(name), UnknownNameError)
        self.warn(f"factor {name}", f"{name}(...) is read as the product {name}*(...)")

    # ---- brackets, commas, pieces

    def _close(self, k: int) -> tuple[int, bool]:
        frame = self.close()
        values = self.values
        if isinstance(frame, Piece):
            return self.close_piece(frame, k)
        if frame.kind == "bars":
            values[-1] = self.builder.add(ABS, (values[-1],))
        elif frame.function is not None:
            if frame.kind != "call":
                return self._modified(frame.function, frame.kind, values.pop(), k)
            arguments = values[frame.base :]
            del values[frame.base :]
            values.append(call(self.builder, self.source, frame.function, arguments, k))
        return k + 1, False

    def _comma(self, k: int) -> tuple[int, bool]:
        frame = self.frame
        if isinstance(frame, Piece):
            return self.condition(frame, k)
        if frame is None or frame.kind != "call":
            decimal = self.words[k - 1].isdigit() and self.words[k + 1].isdigit()
            hint = f"decimals take a point: {self.source.shown(k - 1)}.{self.source.shown(k + 1)}" if decimal else None
            self.fail("a comma stands only between the arguments of a function", k, hint)
        self.reduce(OPEN + 1)
        return k + 1, True

    def _end(self) -> int:
        frame = self.frame
        if frame is not None:
            self.fail(f"this {self.source.shown(frame.place)} is never closed", frame.place, f"add a {frame.closer}")
        self.reduce(OPEN + 1)
        (node,) = self.values
        return node


def _normal(name: str) -> str:
    """A name in the one form under which equal names are equal strings."""
    if name.isascii():
        return name
    from unicodedata import normalize

    return normalize("NFC", name)
