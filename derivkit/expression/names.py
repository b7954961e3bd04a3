"""What a name in a text may be: a function, a constant or a variable; and what was meant where it is none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache

from derivkit.expression.lexer import GREEK_NAMES
from derivkit.functions import Row, spellings, table

PIECEWISE = "piecewise"
_USUAL = frozenset({"x", "y", "z", "pi"}) | GREEK_NAMES  # read as an argument even if they stand nowhere else
_LONGEST_COMPARED = 40  # a longer name has no nearest one worth the time


@cache
def constants() -> dict[str, Row]:
    """The names that stand for numbers."""
    return {name: row for row in table() if not row.arity and not row.hidden for name in (row.name, *row.aliases)}


@cache
def functions() -> frozenset[str]:
    """The names that are functions wherever they stand; those of Greek letters are functions only where they are called."""
    return frozenset((*spellings(), PIECEWISE)) - GREEK_NAMES


def is_variable_name(name: str) -> bool:
    """Whether a name can be a variable: letters, digits and underscores after a letter, and nothing that has a meaning already."""
    return name.isidentifier() and name[0] != "_" and name not in constants() and name not in functions()


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that looks most like a name."""
    if len(name) > _LONGEST_COMPARED:
        return None
    from difflib import get_close_matches

    by_folded = {candidate.lower(): candidate for candidate in candidates}
    found = get_close_matches(name.lower(), by_folded, 1, 0.6)
    return by_folded[found[0]] if found else None


def arity_text(name: str) -> str:
    """How many arguments a function takes, in words."""
    rows = spellings()[name]
    counts = " or ".join(str(arity) for arity in sorted(rows))
    if any(row.fold for row in rows.values()):
        return f"{counts} or more arguments"
    return f"{counts} argument{'' if counts == '1' else 's'}"


def example_call(name: str) -> str:
    """A call of a function as its row spells the arguments."""
    if name == PIECEWISE:
        return f"{name}((x, x > 0), (0, true))"
    row = next(iter(spellings()[name].values()))
    return f"{name}({', '.join(row.arguments)})"


def inverse_of(name: str) -> str | None:
    """The name under which the table has a function's inverse."""
    return f"a{name}" if f"a{name}" in spellings() else None


@cache
def _glued() -> re.Pattern[str]:
    applied = [name for name in functions() if name != PIECEWISE and 1 in spellings()[name]]
    return re.compile(rf"({'|'.join(sorted(applied, key=len, reverse=True))})(.+)")


def glued_call(name: str, names: Collection[str]) -> str | None:
    """The call that a name like `sinx` most likely stands for."""
    match = _glued().fullmatch(name)
    if match is None:
        return None
    function, rest = match.groups()
    meant = rest in names or rest in _USUAL or re.fullmatch(r"[0-9]+[A-Za-z]", rest) is not None
    return f"{function}({rest})" if meant else None


def glued_products(names: Collection[str], stands: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Names like `xy` whose letters stand in the expression too, with the products they may have been meant as."""
    for name in names:
        if not name.isalpha() or not 2 <= len(name) <= 4 or name in GREEK_NAMES:
            continue
        present = [stands(letter) for letter in name]
        if all(present) or (len(name) == 2 and any(present)):
            yield name, "*".join(name)
