"""Claims as text: `f' > 0`, `increasing`, `lipschitz 3`, `one root`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from derivkit.errors import DerivkitError, ParseError
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import Span, refuse_text, shortened
from derivkit.expression.names import nearest
from derivkit.expression.parser import parse_part
from derivkit.expression.point import constant_in

SHAPES = {  # a word -> what it claims; both of a pair are not strict: a constant is increasing and decreasing
    "increasing": "increasing",
    "nondecreasing": "increasing",
    "decreasing": "decreasing",
    "nonincreasing": "decreasing",
    "monotone": "monotone",
    "monotonic": "monotone",
    "convex": "convex",
    "concave": "concave",
    "defined": "defined",
}
COUNTS = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
ALLOWED = "a claim compares (f' > 0, 1 <= f <= 2), or is one of: " + ", ".join(
    [*dict.fromkeys(SHAPES.values()), "lipschitz 3", "one root"]
)
MOST_ORDER = 6

_COMPARISON = re.compile(r"<=|>=|==|!=|[<>≤≥=≠]")
_ROOTS = re.compile(r"\s*(?:exactly\s+)?(\w+)\s+(?:roots?|zeros?)\s*")
_LIPSCHITZ = re.compile(r"\s*(?:\d+-)?lipschitz\b")
_WORD_BEFORE = re.compile(r"[\w.]+$")
_MARK = re.compile(
    r"(?:[d∂]\^?(?P<above>\d*)f/[d∂](?P<name>[^\W\d]\w*?)(?:\^?(?P<below>\d+))?(?!\w)"
    r"|f(?:\^\((?P<order>\d+)\)|(?P<primes>['′]+)|(?!\w)))(?P<of>\(\s*[^\W\d]\w*\s*\))?"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One side is larger than another, or as large; f and its derivatives stand in both as variables.

    Attributes
    ----------
    larger, smaller : Graph
    texts : mapping of str to Graph
        Both sides as they were typed.
    strict : bool
        Whether both may not be equal.
    """

    larger: Graph
    smaller: Graph
    texts: Mapping[str, Graph]
    strict: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of a function f on a region.

    Attributes
    ----------
    kind : str
        "compare", "roots", "lipschitz", or a word of `SHAPES`.
    text : str
        As given.
    comparisons : tuple of Comparison
        All must hold.
    marks : mapping of str to tuple of str
        The variables that stand for f and its derivatives -> by what it is differentiated, in turn.
    count : int
        Of roots.
    bound : Graph or None
        The Lipschitz constant.
    """

    kind: str
    text: str
    comparisons: tuple[Comparison, ...] = ()
    marks: Mapping[str, tuple[str, ...]] | None = None
    count: int = 0
    bound: Graph | None = None


def parse_claim(text: str, names: Sequence[str]) -> Claim:
    """Read a claim.

    Parameters
    ----------
    text : str
    names : sequence of str
        The variables of the region.

    Returns
    -------
    Claim

    Raises
    ------
    ParseError
        If it is no claim, with the span of what is wrong.

    Examples
    --------
    >>> parse_claim("f' > -x", ["x"]).kind, parse_claim("two roots", ["x"]).count
    ('compare', 2)
    """
    refuse_text(text)
    word = " ".join(text.split()).lower()
    if word in SHAPES:
        return Claim(SHAPES[word], text)
    lipschitz = _LIPSCHITZ.match(text.lower())
    if lipschitz:
        return Claim("lipschitz", text, bound=_bound(text, lipschitz.end()))
    roots = _ROOTS.fullmatch(text.lower())
    if roots:
        return Claim("roots", text, count=_count(text, roots))
    cuts = [match for match in _COMPARISON.finditer(text) if _depth(text, match.start()) == 0]
    if not cuts:
        _refuse_word(text, word)
    return _comparisons(text, cuts, names)


def _refuse_word(text: str, word: str) -> NoReturn:
    meant = nearest(word, list(SHAPES))
    span = (len(text) - len(text.lstrip()), max(len(text.rstrip()), 1)) if text.strip() else (0, 0)
    shown = f"{shortened(text.strip())} is no claim" if text.strip() else "the claim is empty"
    raise ParseError(f"{shown}: {ALLOWED}", hint=f"did you mean {meant}?" if meant else "write f' > 0", text=text, span=span)


def _bound(text: str, start: int) -> Graph:
    if not text[start:].strip():
        raise ParseError("lipschitz lacks its constant", hint="write lipschitz 3", text=text, span=(0, len(text)))
    return constant_in(text, "lipschitz", (start, len(text)))


def _count(text: str, match: re.Match[str]) -> int:
    given = match[1]
    if given in COUNTS or (given.isdecimal() and len(given) < 4):
        return COUNTS[given] if given in COUNTS else int(given)
    raise ParseError(
        f"{shortened(given)} is no number of roots", hint="write no root, one root or 3 roots", text=text, span=match.span(1)
    )


def _depth(text: str, place: int) -> int:
    return text.count("(", 0, place) - text.count(")", 0, place)


def _comparisons(text: str, cuts: Sequence[re.Match[str]], names: Sequence[str]) -> Claim:
    for cut in cuts:
        if cut[0] in ("=", "==", "!=", "≠"):
            hint = "f != 0 is written: no root" if cut[0] in ("!=", "≠") else "write <= or >="
            raise ParseError(f"{cut[0]} is not compared here", hint=hint, text=text, span=cut.span())
    if len(cuts) > 2:
        raise ParseError("a claim has at most two comparisons", hint="write 1 <= f <= 2", text=text, span=cuts[2].span())
    marked, marks = _marked(text, names)
    places = [0, *(place for cut in cuts for place in cut.span()), len(text)]
    sides = [_side(text, marked, (places[k], places[k + 1]), names, marks) for k in range(0, len(places), 2)]
    if not marks:
        raise ParseError("the claim says nothing of f", hint="write f for the function: f > 0", text=text, span=(0, len(text)))
    found = []
    for k, cut in enumerate(cuts):
        texts = {text[places[j] : places[j + 1]].strip(): sides[j // 2] for j in (2 * k, 2 * k + 2)}
        larger, smaller = sides[k : k + 2] if cut[0][0] in ">≥" else (sides[k + 1], sides[k])
        found.append(Comparison(larger, smaller, texts, strict=cut[0] in "<>"))
    return Claim("compare", text, tuple(found), marks)


def _marked(text: str, names: Sequence[str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The text with names of the same length in place of f', df/dx, ..., so that spans stay as they are."""
    letter = next(letter for letter in "FGHQUVW" if not any(name.startswith(letter) for name in names))
    marks: dict[str, tuple[str, ...]] = {}

    def replaced(match: re.Match[str]) -> str:
        word = _WORD_BEFORE.search(text, 0, match.start())
        if word and not word[0].isdecimal():  # the end of a name; 2f' is a product
            return match[0]
        wrt = _wrt(text, match, names)
        length = len(match[0])
        known = next((name for name, chain in marks.items() if chain == wrt and len(name) <= length), None)
        if known is None:
            known = "f" if not wrt else letter + "_" * max(length - 2 - len(str(len(marks))) + 1, 0) + str(len(marks))
            marks[known] = wrt
        return known.ljust(length)

    return _MARK.sub(replaced, text), marks


def _wrt(text: str, match: re.Match[str], names: Sequence[str]) -> tuple[str, ...]:
    """By what a mark differentiates, in turn."""
    if "f" in names:
        raise ParseError(
            "f is a variable here, and cannot name the function", hint="rename the variable", text=text, span=match.span()
        )
    name, order = match["name"], int(match["order"] or len(match["primes"] or ""))
    if name:
        order = int(match["below"] or 1)
        if name not in names or order != int(match["above"] or 1):
            wrong = f"{name} is not a variable of the region" if name not in names else "the orders above and below differ"
            raise ParseError(wrong, hint=f"write df/d{names[0]} or d2f/d{names[0]}2", text=text, span=match.span())
    elif order and len(names) > 1:
        raise ParseError(
            f"{match[0].strip()} says not by which variable", hint=f"write df/d{names[0]}", text=text, span=match.span()
        )
    if order > MOST_ORDER:
        raise ParseError(f"a derivative of order {order} is more than {MOST_ORDER}", text=text, span=match.span())
    return (name or names[0],) * order


def _side(text: str, marked: str, span: Span, names: Sequence[str], marks: Mapping[str, tuple[str, ...]]) -> Graph:
    """One side of a comparison; errors show the text as given."""
    if not text[slice(*span)].strip():
        place = (max(span[0] - 1, 0), min(span[1] + 1, len(text)))
        raise ParseError("a comparison lacks a side", hint="write f' > 0", text=text, span=place)
    try:
        graph = parse_part(marked, *span).graph
    except DerivkitError as problem:
        problem.text = text
        raise
    strange = next((name for name in graph.variables if name not in names and name not in marks), None)
    if strange is not None:
        start = text.find(strange, *span)
        raise ParseError(
            f"{shortened(strange)} is not a variable of the region",
            hint=f"the variables are {', '.join(names[:6])}",
            text=text,
            span=(start, start + len(strange)) if start >= 0 else span,
        )
    return graph
