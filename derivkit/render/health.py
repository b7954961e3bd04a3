"""The health of a formula, as a page and as a document."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.errors import DerivkitError
from derivkit.expression.printer import to_text
from derivkit.render.numbers import number, point, rounded, table
from derivkit.render.page import Layout, Line, Page, Styled, wrapped
from derivkit.render.text import operator

if TYPE_CHECKING:
    from derivkit.conditioning.records import Health, Piece, Range, Reading, Rewrite
    from derivkit.expression.graph import Graph
    from derivkit.expression.region import Region

MOST_CONDITIONS = 2  # columns of condition numbers; with more variables, their sum
GOOD = ("healthy", "ill_conditioned")
HAPPENS = {
    "overflow": "{text} overflows",
    "underflow": "{text} underflows",
    "invalid": "{text} is no number",
}


def page(graph: Graph, answer: Health, layout: Layout) -> Page:
    """The page of `health`."""
    lines: list[Line] = [*wrapped(Styled("f", "title"), f" = {to_text(graph)}", layout)]
    if answer.function is not None:
        names = [_name(reading, graph, layout) for reading in answer.readings]
        lines += ["", *_values(answer, names), "", *_digits(answer, graph, names)]
    if answer.pieces:
        lines += ["", *_pieces(answer.pieces, graph, layout)]
    if answer.overflow:
        lines += ["", *(line for found in answer.overflow for line in _range(found, layout))]
    if answer.rewrite is not None or answer.verdict not in (*GOOD, "refused"):
        lines += ["", *_rewrite(answer.rewrite, graph, layout)]
    return [*lines, "", *_verdict(answer, layout)]


def _name(reading: Reading, graph: Graph, layout: Layout) -> str:
    return "f" if reading.wrt is None else operator("f", (reading.wrt,), layout, graph.variables)


def _values(answer: Health, names: list[str]) -> list[Line]:
    where = f"at {point(answer.at)}" if answer.at else "value"
    if answer.points > 1:
        left_out = f"; {answer.refused} more left out, without a value or a derivative" if answer.refused else ""
        where = f"{where}, the worst of {answer.points} points{left_out}"
    widest = max(map(len, names))
    shown = [
        f"  {name.ljust(widest)} = {number(reading.value)}, in doubles {_computed(reading)}"
        for name, reading in zip(names, answer.readings, strict=True)
    ]
    return [(Styled(where, "title"),), *shown]


def _computed(reading: Reading) -> str:
    return "the same" if reading.computed == reading.value else number(reading.computed)


def _digits(answer: Health, graph: Graph, names: list[str]) -> list[Line]:
    readings = answer.readings
    variables = graph.variables
    conditions = (
        [[v if k else f"condition: {v}", *(_condition(r.conditions[v], r) for r in readings)] for k, v in enumerate(variables)]
        if 1 < len(variables) <= MOST_CONDITIONS
        else [["condition", *(_condition(_total(r), r) for r in readings)]]
    )
    columns = [
        ["", *names],
        *conditions,
        ["digits: kept", *(f"{r.kept:.1f}" for r in readings)],
        ["lost to condition", *(f"{r.to_conditioning:.1f}" for r in readings)],
        ["to formula", *(f"{r.to_formula:.1f}" for r in readings)],
    ]
    heading, *rows = table(columns)
    lines: list[Line] = [(Styled(f"  {heading}", "title"),), *(f"  {row}" for row in rows)]
    if not all(r.relative for r in readings):
        lines.append("  *the absolute condition, |f'|: the value is 0")
    lines += [f"  {n} loses them in {r.loss.text}" for n, r in zip(names, readings, strict=True) if r.loss and r.to_formula >= 1]
    return lines


def _total(reading: Reading) -> float:
    return reading.condition if reading.relative else math.fsum(reading.conditions.values())


def _condition(value: float, reading: Reading) -> str:
    return f"{value:.2g}{'' if reading.relative else '*'}"


def _pieces(pieces: tuple[Piece, ...], graph: Graph, layout: Layout) -> list[Line]:
    what = "f" if pieces[0].wrt is None else operator("f", (pieces[0].wrt,), layout, graph.variables)
    columns = [
        ["from", *(rounded(p.low) for p in pieces)],
        ["to", *(rounded(p.high) for p in pieces)],
        ["points", *(str(p.points) for p in pieces)],
        [f"digits of {what} kept", *(f"{p.kept:.1f}" for p in pieces)],
        ["lost to the formula", *(f"{p.to_formula:.1f}" for p in pieces)],
    ]
    if pieces[0].rewritten is not None:
        columns.append(["rewrite keeps", *(f"{p.rewritten:.1f}" for p in pieces if p.rewritten is not None)])
    heading, *rows = table(columns)
    return [(Styled(f"  {heading}", "title"),), *(f"  {row}" for row in rows)]


def _range(found: Range, layout: Layout) -> list[Line]:
    what = HAPPENS[found.loss.kind].format(text=found.loss.text)
    return list(wrap(f"for {_interval(found)}, {what}, though f is an ordinary number", layout.width, subsequent_indent="  "))


def _interval(found: Range) -> str:
    """The doubles of a range, in words: `x >= 709.78`."""
    name, low, high = found.variable, found.low, found.high
    tiny = math.ulp(0.0)
    if low is None:
        return f"every {name}" if high is None else f"{name} <= {number(high)}"
    if high is None:
        return f"{name} >= {number(low)}"
    left = "0 <" if low == tiny else f"{number(low)} <="
    right = "< 0" if high == -tiny else f"<= {number(high)}"
    return f"{left} {name} {right}"


def _rewrite(rewrite: Rewrite | None, graph: Graph, layout: Layout) -> list[Line]:
    if rewrite is None:
        return ["no rewrite is known that is equal and keeps more digits"]
    lines = wrapped(Styled("rewrite", "good"), f" = {to_text(rewrite.graph)}", layout)
    what = "f" if rewrite.wrt is None else operator("f", (rewrite.wrt,), layout, graph.variables)
    gain = f"digits kept of {what}: {rewrite.digits_before:.1f} as typed, {rewrite.digits_after:.1f} rewritten"
    why = "; ".join(rewrite.identities) or "exact arithmetic"
    worse = [operator("f", (name,), layout, graph.variables) for name in rewrite.worse]
    said = [
        gain,
        f"equal by {why}",
        *([f"{', '.join(worse)}, taken of it as it stands, keeps fewer digits somewhere"] if worse else []),
    ]
    indent = "  "
    return [
        *lines,
        *(line for text in said for line in wrap(text, layout.width, initial_indent=indent, subsequent_indent=indent * 2)),
    ]


def _verdict(answer: Health, layout: Layout) -> list[Line]:
    cause = f" ({answer.reason})" if answer.reason else ""
    label = Styled(f"{answer.verdict.replace('_', '-')}{cause}", "good" if answer.verdict in GOOD else "bad")
    text = f"{label.text} {layout.dash()} {answer.message}"
    first, *rest = wrap(text, layout.width, subsequent_indent="  ", break_on_hyphens=False)
    return [(label, first.removeprefix(label.text)), *rest]


def document(answer: Health, region: Region | None = None) -> dict[str, Any]:
    """The document of `health`."""
    return {
        "at": answer.at or {},
        "on": None if region is None else {name: interval.floats for name, interval in region.items()},
        "verdict": answer.verdict,
        "reason": answer.reason,
        "message": answer.message,
        "points": answer.points,
        "refused_points": answer.refused,
        "function": None if answer.function is None else _reading(answer.function),
        "derivative": [{"wrt": reading.wrt, **_reading(reading)} for reading in answer.derivative],
        "overflow": [
            {"variable": r.variable, "low": r.low, "high": r.high, "kind": r.loss.kind, "operation": r.loss.text}
            for r in answer.overflow
        ],
        "rewrite": None if answer.rewrite is None else _rewritten(answer.rewrite),
        "pieces": [
            {
                "of": p.wrt or "f",
                "low": p.low,
                "high": p.high,
                "points": p.points,
                "digits_kept": p.kept,
                "lost_to_formula": p.to_formula,
                "rewrite_keeps": p.rewritten,
            }
            for p in answer.pieces
        ],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "value": reading.value,
        "computed": reading.computed,
        "condition": reading.condition,
        "conditions": reading.conditions,
        "conditions_are": "relative" if reading.relative else "absolute",
        "digits_kept": reading.kept,
        "digits_lost": reading.lost,
        "lost_to_conditioning": reading.to_conditioning,
        "lost_to_formula": reading.to_formula,
        "lost_in": None if reading.loss is None else {"kind": reading.loss.kind, "operation": reading.loss.text},
    }


def _rewritten(rewrite: Rewrite) -> dict[str, Any]:
    return {
        "text": to_text(rewrite.graph),
        "latex": _latex(rewrite.graph),
        "proved_by": "identities",
        "identities": rewrite.identities,
        "of": rewrite.wrt or "f",
        "digits_before": rewrite.digits_before,
        "digits_after": rewrite.digits_after,
        "derivatives_with_fewer_digits": rewrite.worse,
    }


def _latex(graph: Graph) -> str | None:
    """As LaTeX, functions by their own names: SymPy's log(1 + x) for log1p(x) would undo the rewrite."""
    from derivkit.symbolic.convert import to_sympy
    from derivkit.symbolic.formula import Formula

    try:
        return Formula(graph, to_sympy(graph, named=True)).latex
    except DerivkitError:
        return None
