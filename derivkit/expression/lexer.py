"""From text to words: numbers, names and symbols, each of which can be found again in the text.

Whatever was typed, the parser gets the words of plain ASCII notation: `x²` arrives as `x`, `^`, `(`, `2`, `)`. Where a word stands
in the text is worked out only when an error or a warning needs it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction

from derivkit.errors import BudgetError, DerivkitError, ForbiddenCharacterError, ParseError

Span = tuple[int, int]

MOST_CHARACTERS = 4 * 2**20
MOST_WORDS = 1_500_000
MOST_DIGITS = 4000
RADICALS = {"√": "sqrt", "∛": "cbrt"}
_GREEK_SPELLED = """
α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi ο omicron π pi ρ rho
ς sigma σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega
"""
GREEK: dict[str, str] = dict(re.findall(r"(\w) (\w+)", _GREEK_SPELLED))
GREEK |= {letter.upper(): name.capitalize() for letter, name in GREEK.items() if letter != "ς"}
GREEK_NAMES = frozenset(GREEK.values())

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
# Letters, _ and all beyond ASCII (sorted out before), said by what they are not: such a class compiles twenty times faster.
_NAME = r"[^\x00-@\[-^`{-\x7f][^\x00-/:-@\[-^`{-\x7f]*"
_WORD = re.compile(rf"[ \t\r\n]*([√∛]|{_NAME}|{_NUMBER}|\*\*|[<>=]=|!(?===)|!=|[^ \t\r\n])")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˣʸᵃᵇᵏᵐᵗ", "0123456789+-()nixyabkmt", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_PIECE = re.compile(f"[\x00-\x7f]+|[{''.join(_RAISED)}]+|[{''.join(_LOWERED)}]+|.")
_LEADING_NUMBER = re.compile(_NUMBER)
_SYMBOLS = {
    **dict.fromkeys("·×⋅∙∗•", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("−‐‑–", "-"),
    **dict(zip("≤≥≠∧∣", ("<=", ">=", "!=", " and ", "|"), strict=True)),
    **dict(zip("⌊⌋⌈⌉", (" floor(", ")", " ceil(", ")"), strict=True)),
    **{sign: f" {sign} " for sign in RADICALS},
}


class Words:
    """The words of one expression, and where they stand.

    Attributes
    ----------
    text : str
        As given; spans refer to it.
    words : list of str
        Closed by "", which stands for the end.
    """

    def __init__(self, text: str, words: list[str], locate: Callable[[], list[Span]]) -> None:
        self.text = text
        self.words = words
        self._locate = locate
        self._spans: list[Span] | None = None
        if len(words) > MOST_WORDS:
            raise BudgetError(f"the text holds {len(words):,} numbers, names and symbols; at most {MOST_WORDS:,} are read")

    def span(self, k: int) -> Span:
        """Where word `k` stands; the end stands where the last word does."""
        if self._spans is None:
            self._spans = self._locate()
        return self._spans[min(k, len(self._spans) - 1)] if self._spans else (0, 0)

    def between(self, first: int, last: int) -> Span:
        """From the start of one word to the end of another."""
        return self.span(first)[0], max(self.span(first)[1], self.span(last)[1])

    def shown(self, k: int) -> str:
        """Word `k` as it was typed, shortened."""
        start, end = self.span(k)
        return shortened(self.text[start:end])

    def number(self, k: int) -> int | Fraction:
        """The exact value of word `k`, a decimal literal."""
        mantissa, _, exponent = self.words[k].lower().partition("e")
        whole, _, decimals = mantissa.partition(".")
        too_long = len(mantissa) > MOST_DIGITS or len(exponent) > len(str(MOST_DIGITS)) + 1
        power = 0 if too_long else int(exponent or 0) - len(decimals)
        if too_long or len(whole) + abs(power) > MOST_DIGITS:
            raise self.error(
                BudgetError, f"the number {self.shown(k)} has too many digits; at most {MOST_DIGITS:,} are read", self.span(k)
            )
        value = int(whole + decimals)
        if power >= 0:
            return value * int(10**power)
        fraction = Fraction(value, 10**-power)
        return fraction.numerator if fraction.denominator == 1 else fraction

    def error(self, kind: type[DerivkitError], message: str, span: Span, hint: str | None = None) -> DerivkitError:
        """An error that lies in this text."""
        return kind(message, hint=hint, text=self.text, span=span)


def shortened(text: str, most: int = 40) -> str:
    """A piece of text that is fit for a message."""
    return text if len(text) <= most else text[: most - 3] + "..."


def refuse_text(text: str) -> None:
    """Refuse a text that is too long or holds what could play tricks on a terminal or a reader.

    Raises
    ------
    BudgetError
        If it is longer than 4 MiB.
    ForbiddenCharacterError
        If it holds control, format (bidirectional, zero-width), private or unassigned characters; the error's own text has a
        replacement character in their places.
    """
    if len(text) > MOST_CHARACTERS:
        raise BudgetError(f"the text holds {len(text):,} characters; at most {MOST_CHARACTERS:,} are read")
    bad = set(_CONTROL.findall(text))
    if not text.isascii():
        from unicodedata import category

        bad |= {c for c in set(text) if c > "\x7f" and (category(c)[0] == "C" or category(c) in ("Zl", "Zp"))}
    if bad:
        place = min(text.index(c) for c in bad)
        raise ForbiddenCharacterError(
            f"the character U+{ord(text[place]):04X} at position {place + 1} is a control or formatting character",
            hint="delete it, or type the expression again",
            text=text.translate(dict.fromkeys(map(ord, bad), "\ufffd")),
            span=(place, place + 1),
        )


def read_words(text: str, start: int, end: int) -> Words:
    """The words of a part of a text in plain notation.

    Parameters
    ----------
    text : str
    start, end : int
        The part, in code points; spans refer to the whole text.

    Raises
    ------
    ParseError
        If a character means nothing in the language.
    BudgetError
        If there are too many words.
    """
    if text.isascii():
        words = _WORD.findall(text, start, end)
        return Words(text, [*words, ""], lambda: [match.span(1) for match in _WORD.finditer(text, start, end)])
    plain, old, new = _translate(text, start, end)

    def locate() -> list[Span]:
        return [_source(match.span(1), text, old, new) for match in _WORD.finditer(plain)]

    return Words(text, [*_WORD.findall(plain), ""], locate)


def _source(span: Span, text: str, old: array[int], new: array[int]) -> Span:
    """Where a stretch of the translated text stood: letter by letter in pieces of ASCII, which are copied, else as a whole."""
    first, last = (bisect_right(new, place) - 1 for place in (span[0], span[1] - 1))
    start = old[first] + (span[0] - new[first] if text[old[first]] < "\x80" else 0)
    end = old[last] + span[1] - new[last] if text[old[last]] < "\x80" else old[last + 1]
    return start, end


def _translate(text: str, start: int, end: int) -> tuple[str, array[int], array[int]]:
    """The text in ASCII and letters; where its pieces started before (and the end), and where they start now."""
    pieces: list[str] = []
    old, new = array("q"), array("q")
    length = 0
    in_name = False  # whether a letter written next would lengthen a name
    after_greek = False
    for match in _PIECE.finditer(text, start, end):
        given = match.group()
        piece = given if given[0] < "\x80" else _translated(given, in_name, text, match.span())
        greek = given[0] > "\x7f" and piece in GREEK_NAMES
        if (greek and in_name) or (after_greek and piece[0].isalpha()):  # a Greek letter is a name of its own
            pieces.append(" ")
            length += 1
        pieces.append(piece)
        old.append(match.start())
        new.append(length)
        length += len(piece)
        in_name = _ends_in_name(piece, in_name)
        after_greek = greek
    old.append(end)
    return "".join(pieces), old, new


def _ends_in_name(piece: str, in_name: bool) -> bool:
    """Whether the text ends inside a name, given whether it did before this piece."""
    start = len(piece)
    while start and (piece[start - 1].isalnum() or piece[start - 1] in "_" or piece[start - 1] > "\x7f"):
        start -= 1
    if start == 0 and in_name:
        return True
    number = _LEADING_NUMBER.match(piece, start)
    return (number.end() if number else start) < len(piece)


def _translated(given: str, in_name: bool, text: str, span: Span) -> str:
    """What stands for a piece that is not ASCII."""
    if given[0] in _RAISED:
        return f"^({''.join([_RAISED[c] for c in given])})"
    if given[0] in _LOWERED:
        if not in_name:
            raise ParseError(f"the subscript {given[:20]} follows no name", text=text, span=span)
        return "".join([_LOWERED[c] for c in given])
    if given in _SYMBOLS:
        return _SYMBOLS[given]
    if given in GREEK:
        return GREEK[given]
    from unicodedata import category, decomposition, normalize

    plain = normalize("NFKC", given)
    kind = category(given)
    form = decomposition(given)
    if plain in GREEK:
        return GREEK[plain]
    if kind == "Zs":
        return " "
    if form.startswith("<fraction>") and not plain.endswith("⁄") and not text[max(span[0] - 1, 0)].isdigit():  # 2½ is no product
        return "({}/{})".format(*plain.split("⁄"))
    if form.startswith("<sub>") and in_name and plain.isidentifier():
        return "_" + plain
    is_letter = kind[0] == "L" and plain.isidentifier() and not form.startswith(("<sub>", "<super>"))
    if is_letter or kind in ("Mn", "Mc") or (kind == "Nd" and plain.isascii()):
        return plain
    hint = "infinity is not a real number" if given == "∞" else None
    raise ParseError(f"the character {given} means nothing here", hint=hint, text=text, span=span)
