"""The self-test of the table, as a page and as a document."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.render.numbers import magnitude, point, table
from derivkit.render.page import Layout, Line, Page, Styled
from derivkit.selftest.records import ROUTES, merged

if TYPE_CHECKING:
    from derivkit.selftest.records import Disagreement, SelfTest, Tally

HEADINGS = {"floats": "floats", "arrays": "arrays", "symbolic": "symb.", "tape": "tape", "jets": "jets", "differences": "diff."}


def page(answer: SelfTest, layout: Layout) -> Page:
    """The page of `selftest`."""
    every = [*answer.groups, merged("all", list(answer.groups))] if len(answer.groups) > 1 else list(answer.groups)
    columns = [
        ["group", *(tally.name for tally in every)],
        ["rows", *(str(tally.rows) for tally in every)],
        ["numbers", *(str(tally.numbers) for tally in every)],
        *([HEADINGS[route], *(magnitude(tally.errors.get(route)) for tally in every)] for route in ROUTES),
    ]
    heading, *rows = table(columns)
    total = every[-1]
    lines: list[Line] = [(Styled(heading, "title"),), *rows, ""]
    lines.append(f"largest relative errors; {total.numbers} values and derivatives at {total.points} points")
    lines.append(
        f"refused (outside the domain, at kinks): {total.refused}; undecided: {total.undecided}; cancelled: {total.cancelled}"
    )
    for one in answer.disagreements:
        lines += ["", *_disagreement(one, layout)]
    count = len(answer.disagreements)
    label = Styled(answer.verdict, "bad" if count else "good")
    said = f"{count} disagreement{'s' * (count != 1)}" if count else "every route of every row"
    return [*lines, "", (label, f" {layout.dash()} {said}, in {answer.seconds:.0f} s")]


def _disagreement(one: Disagreement, layout: Layout) -> list[Line]:
    text = f"{one.row}, {one.what}: {one.route} at {point(one.at)}: {one.message}"
    first, *rest = wrap(text, layout.width, subsequent_indent="  ", break_on_hyphens=False)
    return [(Styled(first, "bad"),), *rest]


def document(answer: SelfTest) -> dict[str, Any]:
    """The document of `selftest`."""
    return {
        "verdict": answer.verdict,
        "seconds": answer.seconds,
        "groups": [_tally(tally) for tally in answer.groups],
        "disagreements": [
            {"function": one.row, "route": one.route, "what": one.what, "at": one.at, "message": one.message}
            for one in answer.disagreements
        ],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "group": tally.name,
        "rows": tally.rows,
        "points": tally.points,
        "numbers": tally.numbers,
        "max_relative_errors": {route: tally.errors.get(route) for route in ROUTES},
        "refused": tally.refused,
        "undecided": tally.undecided,
        "cancelled": tally.cancelled,
        "disagreements": len(tally.disagreements),
    }
