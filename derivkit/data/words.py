"""What single cells say: a number, nothing, or a word; and how they may be shown in a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MISSING = ("", "na", "n/a", "nan", "null", "none", "?")
LONGEST_SHOWN = 40

# Patterns that Python and Polars read alike.
DECIMAL_COMMA = r"^[+-]?(\d+,\d*|,\d+|\d+)([eE][+-]?\d+)?$"
THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+$"
INVISIBLE = r"[\p{C}\p{Zl}\p{Zp}]"
_GROUP = "[,.'’ \u00a0\u202f]"
DECORATED = (  # a number with separators of thousands, a sign of percent or of a currency
    rf"^[+-]?\s*[$€£¥₹]?\s*[+-]?(\d{{1,3}}({_GROUP}\d{{3}})+([.,]\d+)?|\d+([.,]\d*)?|[.,]\d+)\s*[%$€£¥₹]?$"
)

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE | re.ASCII)
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?( ?[ap]m)?"
_DATE = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}([T ].*)?|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}( .*)?|{_CLOCK}"
    rf"|\d{{1,2}}[- .]+{_MONTH}[- .,]+\d{{2,4}}( .*)?|{_MONTH}[ .]+\d{{1,2}},? +\d{{2,4}}( .*)?",
    re.IGNORECASE | re.ASCII,
)


def is_missing(cell: str) -> bool:
    """Whether a cell stands for "no value", in any case and with blanks around it."""
    return cell.strip().lower() in MISSING


def is_number(cell: str) -> bool:
    """Whether a cell reads as one number, with a decimal point or comma."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def is_date(cell: str) -> bool:
    """Whether a cell reads as a date or a time of the day."""
    return _DATE.fullmatch(cell) is not None


def is_plain(text: str) -> bool:
    """Whether a text holds no control, bidirectional or other invisible character."""
    return not any(unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") for c in text)


def shown(text: object) -> str:
    """A name, a cell or a path as it may stand in a message: invisible characters escaped, long texts cut."""
    full = str(text)
    safe = full if is_plain(full) else ascii(full)[1:-1]
    return safe if len(safe) <= LONGEST_SHOWN * 2 else safe[:LONGEST_SHOWN] + "..." + safe[-LONGEST_SHOWN // 2 :]


def quoted(cell: object) -> str:
    """A cell in quotes, as it may stand in a message."""
    return shown(repr(cell))


def listed(names: Iterable[str], most: int = 6) -> str:
    """Names for a message: "a, b and 7 more"."""
    names = [shown(name) for name in names]
    head = ", ".join(names[:most])
    return head if len(names) <= most else f"{head} and {len(names) - most} more"


def nearest_hint(name: str, names: Iterable[str]) -> str:
    """A hint that offers the nearest of the names, or all of them."""
    from difflib import get_close_matches

    names = list(names)
    near = get_close_matches(name, names, n=1)
    return f"did you mean {shown(near[0])}?" if near else f"there are {listed(names)}"
