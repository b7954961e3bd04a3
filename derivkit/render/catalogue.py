"""The table of functions, for people and for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from textwrap import wrap
from typing import Any

from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder
from derivkit.expression.names import PIECEWISE
from derivkit.expression.syntax import WHERE
from derivkit.functions import Row, spellings, table
from derivkit.render.page import Layout, Line, Page, Styled

Document = dict[str, Any]


def listed() -> tuple[Row, ...]:
    """What an expression may call: the table, with piecewise for the choice of which it is made."""
    return tuple(_piecewise() if row is WHERE else row for row in table() if row is WHERE or not row.hidden)


def named(name: str) -> tuple[Row, ...]:
    """The rows of one name; none if the table has no such name."""
    return (_piecewise(),) if name == PIECEWISE else tuple(spellings().get(name, {}).values())


def _piecewise() -> Row:
    return replace(WHERE, name=PIECEWISE, title="x where c holds, else ... else y", fold=True, hidden=False)


def document(rows: Sequence[Row]) -> Document:
    """The document of `functions`."""
    return {"functions": [_entry(row) for row in rows]}


def _entry(row: Row) -> Document:
    return {
        "name": row.name,
        "aliases": row.aliases,
        "arguments": row.arguments,
        "any_number_of_arguments": row.fold,
        "title": row.title,
        "group": row.group,
        "domain": [condition.text for condition in row.domain],
        "places": [{"kind": place.kind, "where": place.text} for place in row.places],
        "partials": partials(row),
        "source": row.source,
    }


def page(rows: Sequence[Row], layout: Layout) -> Page:
    """The page of `functions`: one line a function, under headings; a domain that does not fit beside its title stands below it."""
    result: list[Line] = []
    for group, members in groupby(rows, key=lambda row: row.group):
        together = list(members)
        calls = max(len(call(row)) for row in together)
        titles = max((len(row.title) for row in together if row.domain), default=0)
        result += ["", (Styled(group, "title"),)]
        for row in together:
            first = f"  {call(row).ljust(calls)}  {row.title.ljust(titles)}"
            domain = "; ".join(condition.text for condition in row.domain)
            beside = f"{first}  {domain}".rstrip()
            if len(beside) <= layout.width:
                result.append(beside)
            else:
                result += wrap(first.rstrip(), layout.width, subsequent_indent=" " * (calls + 4))
                result += wrap(domain, layout.width, initial_indent=" " * (calls + 6), subsequent_indent=" " * (calls + 6))
    return result[1:]


def detail(rows: Sequence[Row]) -> Page:
    """The page of `functions NAME`: all that the table says of each row with that name."""
    result: list[Line] = []
    for row in rows:
        facts = [
            ("group", row.group),
            ("defined", "; ".join(condition.text for condition in row.domain) or "everywhere"),
            *((place.kind.replace("_", " "), f"at {place.text}") for place in row.places),
            *((f"d/d{name}", text or "no rule") for name, text in zip(row.arguments, partials(row), strict=True)),
            ("source", row.source),
        ]
        widest = max(len(label) for label, _ in facts)
        result += [
            "",
            (Styled(call(row), "title"), f"  {row.title}"),
            *(f"  {label.ljust(widest)}  {text}" for label, text in facts),
        ]
    return result[1:]


def call(row: Row) -> str:
    """How a row is called, with its other names: `asin(x) [arcsin]`."""
    if row.choice:
        return f"{row.name}((x, c), ..., (y, true))"
    arguments = ", ".join((*row.arguments, "...") if row.fold else row.arguments)
    aliases = f" [{', '.join(row.aliases)}]" if row.aliases else ""
    return f"{row.name}({arguments}){aliases}" if row.arity else row.name


def partials(row: Row) -> list[str | None]:
    """The partial derivatives of a row as text: its rules, evaluated on graph nodes and printed."""
    from derivkit.expression.printer import to_text

    builder = Builder()
    arithmetic = GraphArithmetic(builder)
    arguments = tuple(arithmetic.ref(builder.add(name)) for name in row.arguments)
    value = arithmetic.function(row)(*arguments)
    found: list[str | None] = []
    for rule in row.partials:
        derivative = None if rule is None else arithmetic.partial(rule, value, arguments)
        if derivative is None:
            found.append(None)
            continue
        node = derivative if isinstance(derivative, Ref) else arithmetic.number(derivative)
        found.append(to_text(builder.graph([node.id])))
    return found
