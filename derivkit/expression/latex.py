r"""From LaTeX to the words of plain notation: `\frac{a}{b}` arrives as `((a)/(b))`, so that one parser reads both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from derivkit.errors import ParseError
from derivkit.expression.lexer import GREEK, GREEK_NAMES, Span, Words, shortened
from derivkit.expression.names import PIECEWISE, functions, nearest
from derivkit.expression.syntax import OTHERWISE, SUBSCRIPT, is_name
from derivkit.functions import spellings

_TOKEN = re.compile(r"[ \t\r\n~]*(\\[A-Za-z]+|\\[^A-Za-z]|[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[^ \t\r\n~])")
_DOLLARS = re.compile(r"\s*(\$\$?|\\\(|\\\[)(.*?)(\$\$?|\\\)|\\\])\s*", re.DOTALL)
_BRACED = re.compile(r"\s*\*?\s*\{\s*([^{}]*?)\s*\}")
_CALLED = re.compile(r"\s*(?:\{\s*)?(?:\\left\s*|\\[bB]igg?l?\s*)?\(")
_POWER_CALLED = re.compile(r"\s*\^\s*(?:\{[^{}]*\}|\w)\s*(?:\\left\s*)?\(")

_D = r"\{\s*(?:d|\\(?:mathrm|text|operatorname)\s*\{\s*d\s*\})\s*"
_RAISED = r"(?:\^\s*(?:\w|\{\s*\w+\s*\})\s*)?"
_VARIABLE = r"(?:[A-Za-z]|\\[A-Za-z]+)\s*(?:_\s*(?:\w|\{\s*\w+\s*\})\s*)?"
_DERIVATIVE = re.compile(rf"\s*{_D}{_RAISED}(?:{_VARIABLE}(?:\([^(){{}}]*\)\s*)?)?\}}\s*{_D}{_VARIABLE}{_RAISED}\}}")
_WITHOUT = "write a function without integrals, sums and limits"
_DIFFERENTIATE = "write the function itself and use --wrt and --order"
_OPERATORS = {
    **dict.fromkeys(("partial", "prime", "nabla"), _DIFFERENTIATE),
    **dict.fromkeys(("int", "iint", "iiint", "oint", "sum", "prod", "lim", "limsup", "liminf"), _WITHOUT),
}

_WORDS = {
    **dict.fromkeys(("cdot", "times", "ast"), ("*",)),
    "div": ("/",),
    **dict.fromkeys(("le", "leq", "leqslant"), ("<=",)),
    **dict.fromkeys(("ge", "geq", "geqslant"), (">=",)),
    **dict.fromkeys(("ne", "neq"), ("!=",)),
    "lt": ("<",),
    "gt": (">",),
    **dict.fromkeys(("wedge", "land"), ("and",)),
    **dict.fromkeys(("vert", "mid", "|"), ("|",)),
    **dict.fromkeys(("{", "lbrace", "lbrack"), ("(",)),
    **dict.fromkeys(("}", "rbrace", "rbrack", "rvert", "rfloor", "rceil"), (")",)),
    "lvert": ("abs", "("),
    "lfloor": ("floor", "("),
    "lceil": ("ceil", "("),
}
_DELIMITERS = {"[": ("(",), "]": (")",), "<": ("(",), ">": (")",)}
_TWO = {  # macros of two arguments: what stands before, between and after them
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), (("(", "("), (")", "/", "("), (")", ")"))),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), (("binomial", "("), (",",), (")",))),
}
_SIZES = "big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr"
_SILENT = frozenset((*",;:! ", "quad", "qquad", "thinspace", "displaystyle", "textstyle", "limits", *_SIZES.split(" ")))
_UPRIGHT = frozenset({"mathrm", "operatorname", "text", "textrm", "mathit", "mathbf", "mathsf", "mbox"})
_LINKS = frozenset({"for", "if", "when", ""})  # words before a condition
_VARIANTS = {f"var{name}": name for name in ("epsilon", "theta", "phi", "rho", "sigma", "pi", "kappa")}
_LETTERS = {"Gamma": "gamma", "zeta": "zeta"}  # the Greek letters that name a function in LaTeX too, where ( follows


def read_latex(text: str, start: int, end: int) -> Words:
    r"""The words of a part of a text in LaTeX.

    Parameters
    ----------
    text : str
    start, end : int
        The part, in code points; spans refer to the whole text.

    Raises
    ------
    ParseError
        If a macro or a character means nothing in the language, or braces do not match.
    BudgetError
        If there are too many words.

    Examples
    --------
    >>> text = r"\frac{1}{2}\sin^2 x"
    >>> " ".join(read_latex(text, 0, len(text)).words)
    '( ( 1 ) / ( 2 ) ) sin ^ ( 2 ) x '
    """
    inside = _DOLLARS.fullmatch(text, start, end)
    if inside:
        start, end = inside.span(2)
    return _Translator(text, start, end).words()


class _Translator:
    """One text on its way to words.

    `_open` holds the open braces and index brackets: what closes each, where it stands, and the words to write there; if these are
    several tuples, another argument of the same macro follows each but the last.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._tokens = [(match.group(1), match.span(1)) for match in _TOKEN.finditer(text, start, end)]
        self._written: list[str] = []
        self._spans: list[Span] = []
        self._open: list[tuple[str, Span, Sequence[tuple[str, ...]]]] = []

    def words(self) -> Words:
        """Translate everything."""
        k = 0
        while k < len(self._tokens):
            k = self._token(k)
        if self._open:
            closer, span, _ = self._open[-1]
            self._fail("this bracket is never closed", span, f"add a {closer}")
        written, spans = _undoubled(self._written, self._spans)
        return Words(self._text, [*written, ""], lambda: spans)

    def _fail(self, message: str, span: Span, hint: str | None = None) -> NoReturn:
        raise ParseError(message, hint=hint, text=self._text, span=span)

    def _write(self, words: Sequence[str], span: Span) -> None:
        self._written += words
        self._spans += [span] * len(words)

    def _token(self, k: int) -> int:
        """Translate the token at k; where to go on."""
        token, span = self._tokens[k]
        if token[0] == "\\":
            return self._macro(k)
        if token in ("}", "]") and self._open and self._open[-1][0] == token:
            _, _, closings = self._open.pop()
            return self._closed(closings, k + 1, span)
        if token == "}":
            self._fail("this } closes nothing", span)
        if token == "{":
            self._write("(", span)
            self._open.append(("}", span, ((")",),)))
        elif token == "^":
            self._refuse_digits(k + 1, token)
            self._write(("^", "("), span)
            return self._argument(((")",),), k + 1, span)
        elif token == "_":
            return self._subscript(k)
        elif token == "&":
            if self._written[-1:] == [","]:
                self._written.pop()
                self._spans.pop()
            self._write(",", span)
        elif token > "\x7f" and token not in GREEK:
            self._fail(f"the character {token} means nothing in LaTeX", span)
        else:
            self._write(_DELIMITERS.get(token, (GREEK.get(token, token),)) if token in "[]" else (GREEK.get(token, token),), span)
        return k + 1

    def _argument(self, closings: Sequence[tuple[str, ...]], k: int, span: Span) -> int:
        """Read the argument of a macro: a group in braces, or the one token that TeX would take."""
        if k == len(self._tokens):
            self._fail("an argument is missing here", span)
        token, here = self._tokens[k]
        if token == "{":
            self._open.append(("}", here, closings))
            return k + 1
        if token[0].isdigit() and len(token) > 1:  # TeX takes one digit
            self._tokens[k] = (token[1:], (here[0] + 1, here[1]))
            self._write(token[0], (here[0], here[0] + 1))
            return self._closed(closings, k, here)
        if token[0] == "\\" and (token[1:] in _TWO or token[1:] in ("sqrt", "left", "begin", *_UPRIGHT)):
            self._fail(f"{token} needs braces around it here", here, f"write {{{token} ...}}")
        return self._closed(closings, self._token(k), here)

    def _closed(self, closings: Sequence[tuple[str, ...]], k: int, span: Span) -> int:
        self._write(closings[0], span)
        return self._argument(closings[1:], k, span) if len(closings) > 1 else k

    def _macro(self, k: int) -> int:
        token, span = self._tokens[k]
        name = token[1:]
        name = _VARIANTS.get(name, name)
        if name in ("left", "right"):
            return self._delimiter(k + 1, name, span)
        if name in _TWO:
            derivative = _DERIVATIVE.match(self._text, span[1])
            if derivative:
                self._refuse_operator((span[0], derivative.end()), _DIFFERENTIATE)
            before, *closings = _TWO[name]
            self._write(before, span)
            return self._argument(closings, k + 1, span)
        if name == "sqrt":
            return self._root(k, span)
        if name in _UPRIGHT or name in ("begin", "end"):
            return self._named(k, name)
        if name == "\\":
            follows = self._tokens[k + 1][0] if k + 1 < len(self._tokens) else ""
            self._write(() if follows == "\\end" else (")", ",", "("), span)
        elif name in _WORDS:
            self._write(_WORDS[name], span)
        elif name in GREEK_NAMES:
            self._greek(name, span)
        elif name in functions():
            self._write((name,), span)
        elif name in _OPERATORS:
            self._refuse_operator(span, _OPERATORS[name])
        elif name not in _SILENT:
            meant = nearest(name, (*functions(), *GREEK_NAMES, *_WORDS, *_TWO, "sqrt"))
            hint = "infinity is not a real number" if name == "infty" else f"did you mean \\{meant}?" if meant else None
            self._fail(f"the macro {token[:40]} is not in the language", span, hint)
        return k + 1

    def _refuse_operator(self, span: Span, hint: str) -> NoReturn:
        shown = shortened(self._text[slice(*span)])
        self._fail(f"{shown} is an operator; derivkit reads the function, not what is done to it", span, hint)

    def _delimiter(self, k: int, side: str, span: Span) -> int:
        if k == len(self._tokens):
            self._fail(f"\\{side} lacks its bracket", span)
        token, here = self._tokens[k]
        if token in ("|", "\\vert", "\\lvert", "\\rvert"):
            self._write(("abs", "(") if side == "left" else (")",), here)
        elif token in _DELIMITERS or token in "()":
            self._write(_DELIMITERS.get(token, (token,)), here)
        elif token[0] == "\\" and _WORDS.get(token[1:], ("",))[-1] in ("(", ")"):
            self._write(_WORDS[token[1:]], here)
        else:
            self._fail(
                f"\\{side}{token[:40]} is not a bracket of the language", (span[0], here[1]), f"write \\{side}( or \\{side}|"
            )
        return k + 1

    def _greek(self, name: str, span: Span) -> None:
        """A Greek letter is a variable, but for the few that name a function where a parenthesis follows."""
        called = _CALLED.match(self._text, span[1]) is not None
        if name in _LETTERS and _POWER_CALLED.match(self._text, span[1]):
            self._fail(f"the power of \\{name} could be a function's or a variable's", span, f"write \\{name}(x)^2")
        if called and name in _LETTERS:
            self._write((_LETTERS[name],), span)
        else:
            self._write((name, "*") if called and name in spellings() else (name,), span)

    def _root(self, k: int, span: Span) -> int:
        if k + 1 < len(self._tokens) and self._tokens[k + 1][0] == "[":
            self._write(("root", SUBSCRIPT, "("), span)
            self._open.append(("]", self._tokens[k + 1][1], ((")", "("), (")",))))
            return k + 2
        self._write(("sqrt", "("), span)
        return self._argument(((")",),), k + 1, span)

    def _named(self, k: int, macro: str) -> int:
        """A macro whose argument is a word: a name, a word between a value and its condition, an environment."""
        span = self._tokens[k][1]
        braced = _BRACED.match(self._text, span[1])
        if braced is None:
            self._fail(f"\\{macro} needs a word in braces", span)
        word = braced.group(1).replace("\\_", "_")
        span = (span[0], braced.end())
        if macro in ("begin", "end"):
            if word != "cases":
                self._fail(f"the environment {word[:40]} is not in the language", span, "pieces stand in \\begin{cases}")
            self._write((PIECEWISE, "(", "(") if macro == "begin" else (")", ")"), span)
        elif word in OTHERWISE:
            self._write(("otherwise",), span)
        elif word not in _LINKS:
            if not word.replace("_", "").isalnum() or not word.isascii() or word[0].isdigit():
                self._fail(f"{word[:40]} is not a name", span, "names hold letters, digits and underscores")
            self._write((word,), span)
        while k < len(self._tokens) and self._tokens[k][1][1] <= braced.end():
            k += 1
        return k

    def _subscript(self, k: int) -> int:
        """The rest of a name, or the base of a logarithm."""
        span = self._tokens[k][1]
        before = self._written[-1] if self._written else ""
        if before in functions() and {1, 2} <= spellings().get(before, {}).keys():
            self._write((SUBSCRIPT, "("), span)
            return self._argument(((")",),), k + 1, span)
        if not is_name(before) or before in functions():
            self._fail("a subscript follows no name", span, "write names like x_1")
        self._refuse_digits(k + 1, "_")
        pieces: list[str] = []
        depth = 0
        while k + 1 < len(self._tokens) and not (pieces and depth == 0):
            k += 1
            token, here = self._tokens[k]
            name = _VARIANTS.get(token[1:], token[1:])
            if token in "{}":
                depth += 1 if token == "{" else -1
            elif (token[0] == "\\" and name in GREEK_NAMES) or (token.isalnum() and token.isascii()):
                pieces.append(name if token[0] == "\\" else token)
            elif name not in _UPRIGHT:
                break
        if not pieces or depth:
            self._fail("a subscript holds letters and digits", (span[0], self._tokens[k][1][1]), "write names like x_1 or x_{12}")
        self._written[-1] = "_".join((before, "".join(pieces)))
        self._spans[-1] = (self._spans[-1][0], here[1])
        return k + 1

    def _refuse_digits(self, k: int, sign: str) -> None:
        """Refuse a number of several digits where TeX takes one: hardly anybody means `x^10` to be x¹0."""
        token, span = self._tokens[k] if k < len(self._tokens) else ("", (0, 0))
        if len(token) > 1 and token[0].isdigit():
            self._fail(f"{sign}{token[:20]} raises or lowers only the first digit in LaTeX", span, f"write {sign}{{{token[:20]}}}")


def _undoubled(words: list[str], spans: list[Span]) -> tuple[list[str], list[Span]]:
    r"""Without the outer of two pairs of parentheses around the same words: `f{\left(x, y\right)}` has its arguments in two."""
    matching: dict[int, int] = {}
    stack: list[int] = []
    for k, word in enumerate(words):
        if word == "(":
            stack.append(k)
        elif word == ")" and stack:
            matching[stack.pop()] = k
    drop = {
        place
        for k, end in matching.items()
        if words[k + 1] == "(" and matching.get(k + 1) == end - 1 and words[k - 1 : k] != [PIECEWISE]
        for place in (k, end)
    }
    kept = [k for k in range(len(words)) if k not in drop]
    return [words[k] for k in kept], [spans[k] for k in kept]
