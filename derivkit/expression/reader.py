"""The parser's engine: operators by precedence, brackets and calls on explicit stacks, nodes made as soon as they are complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from derivkit.errors import DerivkitError, ParseError, UnknownNameError
from derivkit.expression.calls import Function, call, refuse_arity, refuse_inverse
from derivkit.expression.graph import Builder, Head
from derivkit.expression.lexer import GREEK_NAMES, RADICALS, Span, Words, shortened
from derivkit.expression.names import PIECEWISE, constants, example_call, functions, nearest
from derivkit.functions import Row, row_named, spellings, table

_MOST_WARNINGS = 10
_OTHERWISE = frozenset({"true", "True", "else", "otherwise"})

_MULTIPLY, _DIVIDE, _POWER, _NEGATE, _E = map(row_named, ("multiply", "divide", "power", "negate", "e"))
_EXP, _ABS, _WHERE, _UNDEFINED = map(row_named, ("exp", "abs", "where", "undefined"))
_SYMBOLS = {row.operator.symbol: row for row in table() if row.operator and row.operator.fix == "infix"} | {"**": _POWER}
_COMPARISONS = {symbol: row for symbol, row in _SYMBOLS.items() if row.boolean}
_POSTFIX = {row.operator.symbol: row for row in table() if row.operator and row.operator.fix == "postfix"}


def _precedence(row: Row) -> int:
    assert row.operator is not None  # only rows with a symbol are asked
    return row.operator.precedence


# symbol -> (how tightly it binds, what must bind less tightly to wait for it, row)
_INFIX = {
    symbol: (_precedence(row), _precedence(row) + bool(row.operator and row.operator.right), row)
    for symbol, row in _SYMBOLS.items()
    if not row.boolean
}
_PRODUCT, _PREFIX, _RAISE = _precedence(_MULTIPLY), _precedence(_NEGATE), _precedence(_POWER)
_APPLY = _PRODUCT + 1  # a function without parentheses: sin 2x
_INNER_PRODUCT = _PRODUCT + 2  # a product inside its argument
_RADICAL = _RAISE - 1  # a root sign takes a power, but no product
_OPEN = 0  # a bracket: nothing looks through it
_OPENERS = {"(": ("group", ")"), "|": ("bars", "|")}
_MEANT = {
    "[": "brackets are round here: (",
    "]": "brackets are round here: )",
    "{": "brackets are round here: (",
    ";": "give one expression",
}
_KNOWN = {*_SYMBOLS, *_POSTFIX, *_OPENERS, ")", ",", "="}


@dataclass(slots=True)
class _Frame:
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
    """

    kind: str
    closer: str
    place: int
    base: int
    function: Function | None = None
    value: int | None = None  # of a piece
    pending: tuple[Row, int] | None = None  # a comparison that waits for its right side
    conditions: list[int] = field(default_factory=list)
    pieces: list[tuple[int, list[int]]] = field(default_factory=list)


class Reader:
    """One reading of one text.

    Attributes
    ----------
    builder : Builder
    warnings : dict of str to str
        What was read in a way that may not have been meant, one of a kind.
    variables : dict of str to int
        The variables, with the word at which each was met first.
    """

    def __init__(self, words: Words) -> None:
        self.source = words
        self.words = words.words
        self.builder = Builder()
        self.warnings: dict[str, str] = {}
        self.variables: dict[str, int] = {}
        self._values: list[int] = []
        self._bindings: list[int] = [_OPEN]
        self._pending: list[Row | Function | None] = [None]
        self._frames: list[_Frame] = []
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
        words, values, leaves = self.words, self._values, self._leaves
        bindings, pending, infix = self._bindings, self._pending, _INFIX
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
                    self._reduce(limit)
                bindings.append(binding)
                pending.append(row)
                operand = True
                k += 1
            elif word:
                k, operand = self._after(k)
            else:
                return self._end()

    def _reduce(self, limit: int) -> None:
        """Carry out what binds at least as tightly as a limit."""
        values, bindings, pending = self._values, self._bindings, self._pending
        add = self.builder.add
        while bindings[-1] >= limit:
            bindings.pop()
            row = pending.pop()
            if type(row) is not Row:
                assert isinstance(row, Function)  # brackets bind at 0, below every limit
                values[-1] = call(self.builder, self.source, row, [values[-1]], row.place)
            elif row.arity == 1:
                values[-1] = add(row, (values[-1],))
            else:
                right = values.pop()
                left = values[-1]
                if row is _POWER and self.builder.heads[left] is _E:
                    values[-1] = add(_EXP, (right,))
                else:
                    values[-1] = add(row, (left, right))

    def _push(self, binding: int, row: Row | Function | None) -> None:
        self._bindings.append(binding)
        self._pending.append(row)

    def _open(self, kind: str, place: int, closer: str = ")", function: Function | None = None) -> None:
        self._push(_OPEN, None)
        self._frames.append(_Frame(kind, closer, place, len(self._values), function))

    def _fail(self, message: str, span: Span | int, hint: str | None = None, kind: type[DerivkitError] = ParseError) -> NoReturn:
        raise self.source.error(kind, message, self.source.span(span) if isinstance(span, int) else span, hint)

    # ---- where a number, a name or an opening bracket must stand

    def _operand(self, k: int) -> tuple[int, bool]:
        word = self.words[k]
        if word in _OPENERS:
            kind, closer = _OPENERS[word]
            self._open(kind, k, closer)
            return k + 1, True
        if word == "-":
            self._push(_PREFIX, _NEGATE)
            return k + 1, True
        if word == "+":
            return k + 1, True
        if _is_number(word):
            self._values.append(self._leaf(word, self.source.number(k)))
            return k + 1, False
        if _is_name(word):
            return self._name(k)
        return self._refuse_operand(k)

    def _leaf(self, word: str, head: Head) -> int:
        node = self._leaves[word] = self.builder.add(head)
        return node

    def _name(self, k: int) -> tuple[int, bool]:
        word = self.words[k]
        if word in RADICALS:
            return self._argument(Function(RADICALS[word], k), k + 1, _RADICAL)
        if self._is_function(k):
            return self._argument(Function(word, k), k + 1)
        if word in constants():
            node = self._leaf(word, constants()[word])
        else:
            name = _normal(word)
            if not name.isidentifier() or name[0] == "_":
                self._fail(f"{self.source.shown(k)} is not a name; names start with a letter", k)
            self.variables.setdefault(name, k)
            node = self.builder.add(name)
            if word not in spellings():  # else the next one may be a call
                self._leaves[word] = node
        self._values.append(node)
        return k + 1, False

    def _is_function(self, k: int) -> bool:
        """Whether a word is a function here; the names of Greek letters are functions only where they are called."""
        word = self.words[k]
        return word in functions() or (word in spellings() and self.words[k + 1] == "(")

    def _refuse_operand(self, k: int) -> NoReturn:
        word, shown = self.words[k], self.source.shown(k)
        if not word and k == 0:
            self._fail("the expression is empty", (0, 0), "write one, such as x^2")
        if not word:
            self._fail(f"nothing follows {self.source.shown(k - 1)}", k - 1, "an operand is missing: a number, a name or (")
        if word in _MEANT:
            self._fail(f"{shown} means nothing here", k, _MEANT[word])
        if word not in _KNOWN:
            self._fail(f"the character {shown} means nothing in an expression", k)
        before = f"after {self.source.shown(k - 1)}" if k else "at the start"
        self._fail(f"{shown} stands {before}, where a number, a name or ( is expected", k)

    # ---- functions and their arguments

    def _argument(self, function: Function, k: int, binding: int = _APPLY) -> tuple[int, bool]:
        """Go on after a function's name, or after its exponent or its base."""
        word = self.words[k]
        if function.name == PIECEWISE:
            return self._first_piece(function, k)
        if word in ("^", "**", "_") and binding == _APPLY:
            return self._modifier(function, k)
        if word == "(":
            if self.words[k + 1] == ")":
                refuse_arity(self.source, function, 0, k + 1)
            self._open("call", k, ")", function)
            return k + 1, True
        shown = self.source.shown(function.place)
        if not (_is_number(word) or _is_name(word) or word in ("|", "-")):
            self._fail(f"{shown} is a function and lacks its argument", function.place, f"write {example_call(function.name)}")
        if word == "-":
            self.warn("sign", f"{shown} - is read as {function.name} of a negative number")
        count = 1 + (function.subscript is not None)
        if count not in spellings()[function.name]:
            refuse_arity(self.source, function, count, k)
        self._push(binding, function)
        return k, True

    def _modifier(self, function: Function, k: int) -> tuple[int, bool]:
        """Read the exponent of `sin^2(x)`, or the base that LaTeX writes below a logarithm."""
        kind = "subscript" if self.words[k] == "_" else "exponent"
        if self.words[k + 1] == "(":
            self._open(kind, k + 1, ")", function)
            return k + 2, True
        negative = self.words[k + 1] == "-"
        place = k + 1 + negative
        if not _is_number(self.words[place]) and (not _is_name(self.words[place]) or self._is_function(place)):
            self._fail(
                f"{function.name}^ lacks its exponent", self.source.between(function.place, k), f"write {function.name}^2(x)"
            )
        self._operand(place)
        node = self._values.pop()
        return self._modified(function, kind, self.builder.add(_NEGATE, (node,)) if negative else node, place)

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
        frame = self._frames[-1] if self._frames else None
        if frame and frame.closer == word:
            return self._close(k)
        if word in _POSTFIX:
            if self.words[k - 1] == word:
                self._fail(f"{word}{word} is not in the language", (k - 1, k), "write (x!)! for the factorial of a factorial")
            self._values[-1] = self.builder.add(_POSTFIX[word], (self._values[-1],))
            return k + 1, False
        if word == ",":
            return self._comma(k)
        if word in _COMPARISONS or (word == "and" and frame and frame.pending):
            return self._compare(k)
        if _is_name(word) or word in _OPENERS:
            self._juxtapose(k)
            return k, True
        return self._refuse_after(k)

    def _refuse_after(self, k: int) -> NoReturn:
        word, shown = self.words[k], self.source.shown(k)
        if _is_number(word):
            left = self.source.shown(k - 1)
            self._fail(f"the number {shown} follows {left} without an operator", k, f"write {left}*{shown} or {left}^{shown}")
        if word == ")":
            wanted = f"; {self.source.shown(self._frames[-1].place)} is still open" if self._frames else ""
            self._fail(f"this ) closes nothing{wanted}", k)
        if word == "=":
            self._fail("= makes an equation, not an expression", k, "give one side; in the conditions of piecewise write ==")
        if word in _MEANT:
            self._fail(f"{shown} means nothing here", k, _MEANT[word])
        self._fail(f"the character {shown} means nothing in an expression", k)

    def _juxtapose(self, k: int) -> None:
        """Two factors side by side are a product; inside the argument of a function without parentheses it stays inside."""
        if self.words[k] == "(" and _is_name(self.words[k - 1]):
            self._check_factor(k - 1)
        tight = self._bindings[-1] in (_RAISE, _RADICAL) and self.source.span(k - 1)[1] == self.source.span(k)[0]
        raised = self._pending[-1] if tight and self.words[k - 1] != ")" and _is_name(self.words[k]) else None
        self._reduce(_INNER_PRODUCT)
        if isinstance(self._pending[-1], Function) and not self._is_function(k):
            self._push(_INNER_PRODUCT, _MULTIPLY)
            return
        left, right = self.source.shown(k - 1), self.source.shown(k)
        if raised is not None:
            sign = "^" if raised is _POWER else "√"
            self.warn("power", f"{sign}{left}{right} is read as {sign}({left})*{right}")
        if self._pending[-1] is _DIVIDE:
            self.warn("quotient", f"{right} multiplies the quotient before it: 1/2x is read as (1/2)*x; for the other write 1/(2x)")
        self._reduce(_PRODUCT)
        self._push(_PRODUCT, _MULTIPLY)

    def _check_factor(self, k: int) -> None:
        """A name before a parenthesis is no function here: a product if it is a variable, an error otherwise."""
        name = self.words[k]
        if self._bare is None:
            self._bare = frozenset([w for w, following in zip(self.words, self.words[1:], strict=False) if following != "("])
        if len(name) > 1 and name not in self._bare and name not in GREEK_NAMES and name not in constants():
            meant = nearest(name, (*spellings(), PIECEWISE))
            hint = f"did you mean {meant}?" if meant else f"for a product write {shortened(name)}*(...)"
            self._fail(f"there is no function {self.source.shown(k)}", k, hint, UnknownNameError)
        self.warn(f"factor {name}", f"{name}(...) is read as the product {name}*(...)")

    def warn(self, key: str, message: str) -> None:
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.setdefault(key, message)

    # ---- brackets, commas, pieces

    def _close(self, k: int) -> tuple[int, bool]:
        self._reduce(_OPEN + 1)
        self._bindings.pop()
        self._pending.pop()
        frame = self._frames.pop()
        values = self._values
        if frame.kind == "piece":
            return self._close_piece(frame, k)
        if frame.kind == "bars":
            values[-1] = self.builder.add(_ABS, (values[-1],))
        elif frame.function is not None:
            if frame.kind != "call":
                return self._modified(frame.function, frame.kind, values.pop(), k)
            arguments = values[frame.base :]
            del values[frame.base :]
            values.append(call(self.builder, self.source, frame.function, arguments, k))
        return k + 1, False

    def _comma(self, k: int) -> tuple[int, bool]:
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.kind not in ("call", "piece"):
            decimal = self.words[k - 1].isdigit() and self.words[k + 1].isdigit()
            hint = f"decimals take a point: {self.source.shown(k - 1)}.{self.source.shown(k + 1)}" if decimal else None
            self._fail("a comma stands only between the arguments of a function", k, hint)
        self._reduce(_OPEN + 1)
        if frame.kind == "call":
            return k + 1, True
        if frame.value is not None:
            self._fail("a piece has two parts: a value and a condition", k, f"write {example_call(PIECEWISE)}")
        frame.value = self._values.pop()
        if self.words[k + 1] in _OTHERWISE and self.words[k + 2] == ")":
            self._bindings.pop()
            self._pending.pop()
            return self._next_piece(self._frames.pop(), k + 2)
        return k + 1, True

    def _compare(self, k: int) -> tuple[int, bool]:
        """A comparison, or the `and` after one, in the condition of a piece; `a < b < c` is `a < b and b < c`."""
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.kind != "piece" or frame.value is None:
            self._fail(
                f"the comparison {self.source.shown(k)} stands outside a condition of piecewise",
                k,
                f"write {example_call(PIECEWISE)}",
            )
        self._reduce(_OPEN + 1)
        side = self._values.pop()
        if frame.pending:
            frame.conditions.append(self.builder.add(frame.pending[0], (frame.pending[1], side)))
        row = _COMPARISONS.get(self.words[k])
        frame.pending = None if row is None else (row, side)
        return k + 1, True

    def _first_piece(self, function: Function, k: int) -> tuple[int, bool]:
        if self.words[k] != "(" or self.words[k + 1] != "(":
            self._fail("piecewise needs its pieces in parentheses", function.place, f"write {example_call(PIECEWISE)}")
        self._open("pieces", k)
        self._open("piece", k + 1)
        return k + 2, True

    def _close_piece(self, frame: _Frame, k: int) -> tuple[int, bool]:
        if frame.pending is None:
            hint = f"write {example_call(PIECEWISE)}"
            self._fail(
                "a piece of piecewise needs a value, a comma and a comparison or true", self.source.between(frame.place, k), hint
            )
        row, left = frame.pending
        frame.conditions.append(self.builder.add(row, (left, self._values.pop())))
        return self._next_piece(frame, k)

    def _next_piece(self, frame: _Frame, k: int) -> tuple[int, bool]:
        """Go on after the parenthesis that closes a piece: another piece, or the end of all."""
        whole = self._frames[-1]
        assert frame.value is not None  # a piece is closed only after its comma
        whole.pieces.append((frame.value, frame.conditions))
        if self.words[k + 1] == "," and self.words[k + 2] == "(":
            self._open("piece", k + 2)
            return k + 3, True
        if self.words[k + 1] != ")":
            self._fail("a piece is followed by a comma and another piece, or by )", min(k + 1, len(self.words) - 2))
        self._frames.pop()
        self._bindings.pop()
        self._pending.pop()
        self._values.append(self._choose(whole.pieces))
        return k + 2, False

    def _choose(self, pieces: list[tuple[int, list[int]]]) -> int:
        add = self.builder.add
        last = next((n for n, (_, conditions) in enumerate(pieces) if not conditions), None)
        if last is not None and last + 1 < len(pieces):
            self.warn("unreachable", "the pieces after the condition true are never reached")
        node = add(_UNDEFINED) if last is None else pieces[last][0]
        for value, conditions in reversed(pieces[:last]):
            rest = node
            node = value
            for condition in reversed(conditions):
                node = add(_WHERE, (condition, node, rest))
        return node

    def _end(self) -> int:
        if self._frames:
            frame = self._frames[-1]
            self._fail(f"this {self.source.shown(frame.place)} is never closed", frame.place, f"add a {frame.closer}")
        self._reduce(_OPEN + 1)
        (node,) = self._values
        return node


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or (word[:1] == "." and len(word) > 1)


def _is_name(word: str) -> bool:
    return word[:1].isalpha() or word[:1] > "\x7f" or (word[:1] == "_" and word != "_")


def _normal(name: str) -> str:
    """A name in the one form under which equal names are equal strings."""
    if name.isascii():
        return name
    from unicodedata import normalize

    return normalize("NFC", name)
