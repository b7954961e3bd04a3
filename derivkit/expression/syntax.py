"""What the symbols of the language mean and how tightly they bind, as the table's operators say."""

from __future__ import annotations

from derivkit.functions import Row, row_named, table

MULTIPLY, DIVIDE, POWER, NEGATE, EULER = map(row_named, ("multiply", "divide", "power", "negate", "e"))
EXP, ABS, WHERE, UNDEFINED, NOT_EQUAL = map(row_named, ("exp", "abs", "where", "undefined", "not_equal"))


def binding(row: Row) -> int:
    """How tightly a row's operator binds."""
    assert row.operator is not None  # only rows with a symbol are asked
    return row.operator.precedence


def _symbols(fix: str) -> dict[str, Row]:
    return {row.operator.symbol: row for row in table() if row.operator and row.operator.fix == fix}


POSTFIX = _symbols("postfix")
COMPARISONS = {symbol: row for symbol, row in _symbols("infix").items() if row.boolean}
# symbol -> (how tightly it binds, the least that is carried out before it, row)
INFIX = {
    symbol: (binding(row), binding(row) + bool(row.operator and row.operator.right), row)
    for symbol, row in (_symbols("infix") | {"**": POWER}).items()
    if not row.boolean
}
OPENERS = {"(": ")", "|": "|"}
SYMBOLS = frozenset({*INFIX, *COMPARISONS, *POSTFIX, *OPENERS, ")", ",", "="})
SUBSCRIPT = "\\_"  # between a function and its second argument, from LaTeX only: no word of plain text has two such characters
OTHERWISE = frozenset({"true", "True", "else", "otherwise"})
MEANT = {
    "[": "brackets are round here: (",
    "]": "brackets are round here: )",
    "{": "brackets are round here: (; LaTeX is read with --latex",
    "}": "brackets are round here: ); LaTeX is read with --latex",
    "\\": "LaTeX is read with --latex",
    "#": "a file given as @FILE holds one expression and no comments",
    ";": "give one expression",
    "%": "write /100",
}

OPEN = 0  # a bracket: nothing looks through it
SUM = binding(row_named("add"))
PRODUCT = binding(MULTIPLY)
APPLY = PRODUCT + 1  # a function without parentheses: sin 2x
INNER_PRODUCT = PRODUCT + 2  # a product inside its argument
PREFIX = binding(NEGATE)
RADICAL = binding(POWER) - 1  # a root sign takes a power, but no product
RAISE = binding(POWER)
ATOM = 100  # more tightly than any operator


def is_number(word: str) -> bool:
    """Whether a word is a decimal literal."""
    return word[:1].isdigit() or (word[:1] == "." and len(word) > 1)


def is_name(word: str) -> bool:
    """Whether a word is a name, or a root sign, which stands for one."""
    return word[:1].isalpha() or word[:1] > "\x7f" or word[:1] == "_"
