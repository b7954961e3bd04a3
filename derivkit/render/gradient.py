"""The verdict on a user's own gradient, for people and for scripts."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.render.message import columns, printable
from derivkit.render.numbers import aligned, magnitude, table
from derivkit.render.page import Layout, Line, Page, Styled

if TYPE_CHECKING:
    from derivkit.blackbox.result import Entry, GradientVerdict

DIGITS = 12  # significant, of claimed and measured values


def document(found: GradientVerdict) -> dict[str, Any]:
    """A verdict as every check has it, and what was measured besides."""
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "message": found.message,
        "hint": found.hint,
        "points": 1,
        "odd_one_out": "gradient" if found.verdict == "disagree" else None,
        "routes": [],
        "size": found.size,
        "tolerance": found.tolerance,
        "resolution": found.resolution,
        "noise": found.noise,
        "remainder_orders": found.remainder,
        "evaluations": found.evaluations,
        "worst": [_entry(entry) for entry in found.worst],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "name": entry.name,
        "claimed": entry.claimed,
        "measured": entry.measured,
        "bound": entry.bound,
    }


def page(found: GradientVerdict, title: str, layout: Layout) -> Page:
    """What was checked, the worst entries, the evidence, the verdict."""
    count = f"{found.size:,} entr{'y' if found.size == 1 else 'ies'}"
    lines: list[Line] = [(Styled(printable(title), "title"), f": a gradient of {count}")]
    if found.worst:
        heading, *rows = table(_cells(found.worst, layout))
        lines += ["", (Styled(heading, "title"),), *rows]
    return [*lines, *_evidence(found, layout), "", *_verdict(found, layout)]


def _cells(worst: tuple[Entry, ...], layout: Layout) -> list[list[str]]:
    titles = [printable(entry.title) for entry in worst]
    widest = max(max(map(columns, titles)), len("entry"))
    return [
        ["entry".ljust(widest), *titles],
        ["claimed", *aligned([f"{entry.claimed:.{DIGITS}g}" for entry in worst])],
        ["measured", *aligned([f"{entry.measured:.{_digits(entry)}g}" for entry in worst])],
        ["within", *(magnitude(entry.bound) for entry in worst)],
    ]


def _digits(entry: Entry) -> int:
    """How many digits of a measured value are known."""
    known = abs(entry.measured) / entry.bound if entry.bound > 0 else math.inf
    return max(1, min(DIGITS, int(math.log10(known)))) if 1 < known < math.inf else 1 if known <= 1 else DIGITS


def _evidence(found: GradientVerdict, layout: Layout) -> list[Line]:
    rows = [
        ("noise of a value", None if found.noise is None else magnitude(found.noise)),
        ("visible error of an entry", None if found.resolution is None else magnitude(found.resolution)),
        ("Taylor remainder of order", ", ".join(f"{order:.2f}" for order in found.remainder) or None),
        ("calls of the function", f"{found.evaluations:,}"),
    ]
    widest = max(len(label) for label, _ in rows)
    return ["", *(f"{label.ljust(widest)}  {value}" for label, value in rows if value is not None)]


def _verdict(found: GradientVerdict, layout: Layout) -> list[Line]:
    cause = f" ({found.reason})" if found.reason else ""
    label = Styled(f"{found.verdict}{cause}", "good" if found.verdict == "agree" else "bad")
    text = f"{label.text} {layout.dash()} {printable(found.message)}"
    first, *rest = wrap(text, layout.width, subsequent_indent="  ", break_on_hyphens=False)
    hint = [] if found.hint is None else wrap(f"hint: {found.hint}", layout.width, subsequent_indent="  ", break_on_hyphens=False)
    return [(label, first.removeprefix(label.text)), *rest, *hint]
