"""What `check` answers: routes and who agrees with whom, evidence, kinks, and claims judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.expression.printer import to_text
from derivkit.render import document
from derivkit.render.numbers import magnitude, number, point, table
from derivkit.render.page import Layout, Line, Page, Styled, wrapped
from derivkit.render.text import operator, verdict

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph
    from derivkit.records import Agreement, ClaimVerdict, Evidence, GradientClaim, Kink, Verdict

_MARKS = {"agree": ("=", "="), "disagree": ("≠", "x"), "unknown": ("?", "?")}
_DIGITS = 6


def check_document(chains: Sequence[Sequence[str]], answer: Verdict) -> document.Document:
    """The document of `check`."""
    wrt: Any = chains[0] if len(chains) == 1 else [list(chain) for chain in chains]
    return {"wrt": wrt, "check": document.whole_check(answer)}


def claim_document(answer: GradientClaim) -> document.Document:
    """The document of `check --claim`: the worst claim's verdict, and every claim's."""
    worst = answer.worst
    return {"check": document.check(worst.check), **_claim(worst), "claims": [_claim(entry) for entry in answer.entries]}


def _claim(entry: ClaimVerdict) -> document.Document:
    witness, diagnosis = entry.witness, entry.diagnosis
    return {
        "wrt": entry.wrt,
        "claim": document.formula(entry.claim),
        "derivative": document.formula(entry.derivative),
        "verdict": entry.verdict,
        "reason": entry.reason,
        "message": entry.message,
        "proved": entry.proved,
        "points": entry.points,
        "witness": witness
        and {"at": witness.at, "claimed": witness.claimed, "actual": witness.actual, "difference": witness.difference},
        "diagnosis": diagnosis and {"kind": diagnosis.kind, "message": diagnosis.message},
        "taylor_orders": entry.taylor_orders and {"claim": entry.taylor_orders[0], "derivative": entry.taylor_orders[1]},
    }


def checked(graph: Graph, chains: Sequence[Sequence[str]], answer: Verdict, layout: Layout) -> Page:
    """The page of `check`: what each route contributed, who agrees with whom, what can be seen, and the verdict."""
    shown = ", ".join(operator("f", chain, layout, graph.variables) for chain in chains)
    page = wrapped(Styled("f", "title"), f" = {to_text(graph)}, {shown}", layout)
    page += _routes(answer) + _entries(graph, answer, layout) + _agreements(answer.agreements, layout)
    if answer.evidence is not None:
        page += _evidence(answer.evidence)
    page += verdict(answer, layout)
    return [*page, *_kink(answer.kink, layout)] if answer.kink is not None else page


def claimed(graph: Graph, answer: GradientClaim, layout: Layout) -> Page:
    """The page of `check --claim`: each claim beside the derivative, and what was found."""
    page = wrapped(Styled("f", "title"), f" = {to_text(graph)}", layout)
    for entry in sorted(answer.entries, key=lambda entry: ("different", "refused", "equal").index(entry.verdict)):
        name = operator("f", entry.wrt, layout, graph.variables)
        width = max(len(name), len("claim"))
        page += ["", *wrapped(Styled("claim".ljust(width), "title"), f" = {entry.claim.text}", layout)]
        page += wrapped(Styled(name.ljust(width), "title"), f" = {entry.derivative.text}", layout)
        page += ["", *_judged(entry, layout)]
    return page


def _judged(entry: ClaimVerdict, layout: Layout) -> list[Line]:
    """The verdict on one claim, with what may explain it."""
    reason = f" ({entry.reason})" if entry.verdict == "refused" and entry.reason else ""
    label = Styled(f"{entry.verdict}{reason}", "good" if entry.verdict == "equal" else "bad")
    first, *rest = _sentence(f"{label.text} {layout.dash()} {entry.message}", layout)
    page: list[Line] = [(label, first.removeprefix(label.text)), *rest]
    if entry.diagnosis is not None:
        page += _sentence(f"  {entry.diagnosis.kind}: {entry.diagnosis.message}", layout)
    orders = [_power_of_step(order) for order in entry.taylor_orders or () if order is not None]
    if len(orders) == 2:
        page.append(f"  Taylor remainder there: {orders[0]} with the claim, {orders[1]} with the derivative")
    return page


def _sentence(text: str, layout: Layout) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    return wrap(text, layout.width, subsequent_indent=indent, break_on_hyphens=False)


def _routes(answer: Verdict) -> list[Line]:
    if not answer.routes:
        return []
    cells = [
        ["route", *(report.name for report in answer.routes)],
        ["largest relative error", *(magnitude(report.max_relative_error) for report in answer.routes)],
        ["error bound", *(magnitude(report.error_bound) for report in answer.routes)],
        ["worst at", *(report.note or (point(report.worst_at) if report.worst_at else "") for report in answer.routes)],
    ]
    return _titled(table(cells))


def _entries(graph: Graph, answer: Verdict, layout: Layout) -> list[Line]:
    """One line a derivative, where there are several, the worst first."""
    if len(answer.entries) < 2:
        return []
    names = [report.name for report in answer.routes]
    rows = [{report.name: report.max_relative_error for report in entry.routes} for entry in answer.entries]
    cells = [["derivative", *(operator("f", entry.wrt, layout, graph.variables) for entry in answer.entries)]]
    cells += [[name, *(magnitude(row.get(name)) for row in rows)] for name in names]
    return _titled(table(cells))


def _agreements(agreements: Sequence[Agreement], layout: Layout) -> list[Line]:
    """Who agrees with whom, and which routes share nothing."""
    if not agreements:
        return []
    names = list(dict.fromkeys(name for pair in agreements for name in pair.routes))
    marks = {pair.routes: _MARKS[pair.verdict][0 if layout.unicode else 1] for pair in agreements}
    cells = [["", *names[:-1]]]
    cells += [[name, *(marks.get((other, name), "") for other in names[:-1])] for name in names[1:]]
    shared = "; ".join(", ".join(family) + " (one table of rules)" * (len(family) > 1) for family in _families(names, agreements))
    lines = _titled(table([list(column) for column in zip(*cells, strict=True)]))
    return [*lines, *_sentence(f"independent of one another: {shared}", layout)]


def _families(names: Sequence[str], agreements: Sequence[Agreement]) -> list[list[str]]:
    """The routes in groups that share something."""
    independent = {frozenset(pair.routes) for pair in agreements if pair.independent}
    families: list[list[str]] = []
    for name in names:
        own = next((family for family in families if {name, family[0]} not in independent), None)
        families.append([name]) if own is None else own.append(name)
    return families


def _evidence(found: Evidence) -> list[Line]:
    """The Taylor remainder, digits lost, and where the errors of float differences come from."""
    place = f" at {point(found.at)}" if found.at else ""
    page: list[Line] = ["", (Styled(f"evidence{place}", "title"),)]
    if found.taylor_order is not None:
        page.append(f"  Taylor remainder  {_power_of_step(found.taylor_order)}; for a wrong derivative it would be h^1")
    lost = zip(("value", "derivative"), found.digits_lost, strict=True)
    shown = ", ".join(f"{what} {digits:.1f}" for what, digits in lost if digits is not None)
    if shown:
        page.append(f"  digits lost       {shown} of 16, in floats as typed")
    if found.steps:
        cells = [
            ["step", *(f"{step.step:.0e}" for step in found.steps)],
            ["truncation", *(magnitude(step.truncation) for step in found.steps)],
            ["rounding", *(magnitude(step.rounding) for step in found.steps)],
            ["the larger", *("truncation" if step.truncation > step.rounding else "rounding" for step in found.steps)],
        ]
        page += ["  central differences in floats, their relative errors:", *(f"    {line}" for line in table(cells))]
        slopes = zip(("truncation", "rounding"), found.slopes, strict=True)
        followed = ", ".join(f"{what} h^{slope:.1f}" for what, slope in slopes if slope is not None)
        page += [f"    slope of error against step: {followed}"] if followed else []
    return page


def _power_of_step(order: float) -> str:
    """How a remainder falls with the step h."""
    return "0" if math.isinf(order) else f"h^{order:.2f}"


def _kink(kink: Kink, layout: Layout) -> list[Line]:
    """Slopes, what is called a subgradient, and what each framework gives."""
    low, high = (f"{end:.{_DIGITS}g}" for end in kink.interval)
    kind = "subdifferential" if kink.subgradient else "Clarke gradient"
    given = ", ".join(f"{name} {number(value) if value is not None else 'no number'}" for name, value in kink.conventions.items())
    lines = [
        f"slopes           {kink.left:.{_DIGITS}g} on the left, {kink.right:.{_DIGITS}g} on the right",
        f"{kind}  [{low}, {high}]",
        f"conventions      {given}",
    ]
    return ["", *lines]


def _titled(lines: Sequence[str]) -> list[Line]:
    heading, *rows = lines
    return ["", (Styled(heading, "title"),), *rows]
