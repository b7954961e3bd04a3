"""What a name in a text may be: a function, a constant or a variable; and what was meant where it is none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache

from derivkit.expression.lexer import GREEK_NAMES, shortened
from derivkit.functions import Row, spellings, table

PIECEWISE = "piecewise"
_EXAMPLE = f"{PIECEWISE}((x, x > 0), (0, true))"
_USUAL = frozenset({"x", "y", "z", "pi"}) | GREEK_NAMES  # read as an argument even if they stand nowhere else
_NOT_HERE = {  # what other languages call like a function
    **dict.fromkeys(("if", "If", "IF", "iif", "ifelse", "cases"), f"write {_EXAMPLE}"),
    **dict.fromkeys(("sum", "Sum"), "write the terms with + between them"),
    **dict.fromkeys(("prod", "product", "Product"), "write the factors with * between them"),
    **dict.fromkeys(("int", "integrate", "integral", "Integral"), "integrals are not in the language"),
    **dict.fromkeys(("lim", "limit", "Limit"), "limits are not in the language"),
    **dict.fromkeys(("diff", "deriv", "derivative", "Derivative"), "write the function itself and use --wrt and --order"),
}
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


def instead_of(name: str) -> str:
    """What to write instead of a call of a function that the language lacks."""
    if name in _NOT_HERE:
        return _NOT_HERE[name]
    meant = nearest(name, (*spellings(), PIECEWISE))
    return f"did you mean {meant}?" if meant else f"for a product write {shortened(name)}*(...)"


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
        return _EXAMPLE
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


def glued(variables: Iterable[str], name: str) -> str | None:
    """The variable of two or three letters of which a wanted name is one, as x is of `xy`; None if there is none.

    Examples
    --------
    >>> glued(["theta", "x_1", "xy"], "x"), glued(["theta", "x_1", "pi"], "t")
    ('xy', None)
    """
    if len(name) != 1:
        return None
    return next((one for one in variables if _is_run(one) and len(one) <= 3 and name in one), None)


def as_product(name: str) -> str:
    """The sentence for a variable like `xy` that may have been meant as a product."""
    return f"{name} is one variable; for a product write {'*'.join(name)}"


def glued_products(names: Collection[str], stands: Callable[[str], bool]) -> Iterator[str]:
    """Names like `xy` whose letters stand in the expression too."""
    for name in names:
        if not _is_run(name) or len(name) > 4:
            continue
        present = [stands(letter) for letter in name]
        if all(present) or (len(name) == 2 and any(present)):
            yield name


def _is_run(name: str) -> bool:
    """Whether a name is a run of letters that may be names of their own."""
    return name.isalpha() and len(name) > 1 and name not in GREEK_NAMES
