"""A minimization, for people and for scripts."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.expression.printer import to_text
from derivkit.minimizing.result import Kind
from derivkit.render import document as documents
from derivkit.render import sweep
from derivkit.render.message import columns, printable, sentence
from derivkit.render.numbers import aligned, magnitude, rounded, table
from derivkit.render.page import PLAIN_WIDTH, Layout, Line, Page, Style, Styled, wrapped
from derivkit.render.terminal.descent import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivkit.expression.graph import Graph
    from derivkit.minimizing.result import Curvature, Found, MinimizeResult, Path

LABELS = 15  # columns of the labels beside sentences
MOST_LINES = 6  # of one sentence
MOST_ROWS = 20  # of variables, and of minima
FIRST, LAST = 10, 5  # steps of a long trace that are shown
MOST_SHOWN = 3  # variables for which a trace shows the places


def document(graph: Graph, result: MinimizeResult, *, trace: bool) -> dict[str, Any]:
    """The document of `minimize`."""
    return {
        "function": {"text": to_text(graph)},
        **_found(result),
        "start": _at(result, result.start),
        "title": result.title,
        "uncertainty": None if result.uncertainty is None else _at(result, result.uncertainty),
        "curvature": _curvature(result.curvature, result.variables),
        "rate": {
            "observed": result.rate.observed,
            "factor": result.rate.factor,
            "order": result.rate.order,
            "expected": result.rate.expected or None,
            "verdict": result.rate.verdict or None,
        },
        "bounds_active": dict(result.bounds_active),
        "gradient_check": documents.check(result.gradient_check),
        "compared": [_found(one) for one in result.compared],
        "starts": [{"start": _at(one, one.start), **_found(one)} for one in result.starts],
        "minima": [{**_found(found.result), "reached": found.reached} for found in result.minima],
        **({"trace": _steps(result)} if trace else {}),
        "sweep": sweep.document(result.sweeps),
        "notes": result.notes,
    }


def _found(result: MinimizeResult) -> dict[str, Any]:
    """The keys that say what one run found."""
    return {
        "minimum": {"at": result.at, "value": result.value},
        "gradient_norm": result.gradient_norm,
        "method": result.method,
        "iterations": result.iterations,
        "function_evaluations": result.function_evaluations,
        "gradient_evaluations": result.gradient_evaluations,
        "hessian_evaluations": result.hessian_evaluations,
        "converged": result.converged,
        "outcome": result.outcome.value,
        "reason": result.reason,
    }


def _at(result: MinimizeResult, x: Any) -> dict[str, float]:
    return dict(zip(result.variables, map(float, x), strict=True))


def _curvature(found: Curvature, variables: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "message": found.message,
        "eigenvalues": None if found.eigenvalues is None else found.eigenvalues.tolist(),
        "condition": found.condition,
        "direction": None if found.direction is None else dict(zip(variables, found.direction.tolist(), strict=True)),
    }


def _steps(result: MinimizeResult) -> list[dict[str, Any]]:
    path = result.path
    return [
        {
            "step": int(path.step[k]),
            "value": float(path.value[k]),
            "gradient_norm": float(path.gradient_norm[k]),
            "length": length,
            "at": _at(result, path.x[k]),
        }
        for k, length in enumerate(_lengths(path))
    ]


def _lengths(path: Path) -> list[float | None]:
    """How far each place lies from the one before."""
    import numpy as np

    return [None, *np.linalg.norm(np.diff(path.x, axis=0), axis=1).tolist()]


def page(graph: Graph, result: MinimizeResult, layout: Layout, *, trace: bool, draw: bool = False) -> Page:
    """The page of `minimize`: where, how surely, what kind of place, why it stopped there, how fast, at what cost."""
    lines: list[Line] = [*wrapped(Styled("f", "title"), f" = {to_text(graph)}", layout)]
    lines += wrap(
        f"{result.title}, from {_listed(result.variables, result.start)}", PLAIN_WIDTH, max_lines=MOST_LINES, placeholder=" …"
    )
    lines += ["", *_place(result, layout), "", *_judgement(result, layout)]
    if result.compared:
        lines += ["", *_compared(result.compared)]
    if result.starts:
        lines += ["", *_minima(result)]
    if trace:
        lines += ["", *_trace(result)]
    if draw:
        lines += ["", *drawn(result, width=layout.width, unicode=layout.unicode)]
    if result.sweeps:
        lines += ["", *sweep.page(result.sweeps, layout, [one.method for one in result.compared])]
    return lines


def notes(result: MinimizeResult) -> Page:
    """What was assumed, for standard error: one sentence a note."""
    return [line for note in result.notes for line in sentence("note", note, MOST_LINES, Styled("note", "title"))]


def _listed(variables: Sequence[str], x: Any) -> str:
    return ", ".join(f"{name} = {rounded(float(value))}" for name, value in zip(variables, x, strict=True))


def _place(result: MinimizeResult, layout: Layout) -> list[Line]:
    """The place, a variable a line, each as far as it is known, and the value."""
    names = [*map(printable, result.variables[:MOST_ROWS]), "f"]
    values = [rounded(float(value)) for value in (*result.x[:MOST_ROWS], result.value)]
    doubts = [] if result.uncertainty is None else [_doubt(one, layout) for one in result.uncertainty[:MOST_ROWS]]
    width, long = max(map(columns, names)), max(map(len, values))
    lines: list[Line] = [
        f"{name}{' ' * (width - columns(name))} = {value:{long}}{doubt}".rstrip()
        for name, value, doubt in zip_longest(names, values, doubts, fillvalue="")
    ]
    more = len(result.variables) - MOST_ROWS
    return [*lines[:-1], *([f"... and {more:,} more variables"] if more > 0 else []), lines[-1]]


def _doubt(error: float, layout: Layout) -> str:
    return f"  {'±' if layout.unicode else '+-'} {magnitude(error)}"


def _labelled(label: str, text: str, style: Style = "title") -> list[Line]:
    """A sentence beside its label."""
    width = PLAIN_WIDTH - LABELS
    first, *rest = wrap(" ".join(printable(text).split()), width, max_lines=MOST_LINES, placeholder=" …", break_on_hyphens=False)
    return [(Styled(label, style), " " * (LABELS - len(label)) + first), *(" " * LABELS + line for line in rest)]


def _judgement(result: MinimizeResult, layout: Layout) -> list[Line]:
    """Why it stopped, what kind of place it is, how fast it went, at what cost, and whether the gradient can be trusted."""
    lines = _labelled(result.outcome.value.replace("_", " "), result.reason, "good" if result.converged else "bad")
    found = result.curvature
    if found.eigenvalues is not None or found.kind is not Kind.UNDECIDED:
        lines += _labelled(found.kind.value, found.message + _condition(found))
    if result.rate.observed != "unknown":
        lines += _labelled("rate", _rate(result))
    if result.bounds_active:
        held = [f"{printable(name)} at its {which} end" for name, which in result.bounds_active.items()]
        lines += _labelled("bounds", f"they hold {', '.join(held)}")
    return [*lines, *_labelled("cost", _cost(result)), *_check(result, layout)]


def _condition(found: Curvature) -> str:
    return f" (condition number {found.condition:.4g})" if found.condition is not None and found.condition > 1 else ""


def _rate(result: MinimizeResult) -> str:
    rate = result.rate
    seen = rate.observed
    if rate.factor is not None:
        seen += f": a step leaves {rate.factor:.4g} of the distance"
    if rate.order is not None:
        seen += f", of order {rate.order:.2f}"
    return seen + (f", {rate.verdict}" if rate.verdict else "") + (f"; theory says {rate.expected}" if rate.expected else "")


def _cost(result: MinimizeResult) -> str:
    counts = (
        (result.function_evaluations, "value"),
        (result.gradient_evaluations, "gradient"),
        (result.hessian_evaluations, "Hessian"),
    )
    spent = [f"{count:,} {noun}{'s' * (count != 1)}" for count, noun in counts if count]
    return f"{result.iterations:,} iteration{'s' * (result.iterations != 1)}: {', '.join(spent)}"


def _check(result: MinimizeResult, layout: Layout) -> list[Line]:
    check = result.gradient_check
    cause = f" ({check.reason})" if check.reason else ""
    off = "".join(
        f" ({one.name} {magnitude(one.max_relative_error)})" for one in check.routes if one.max_relative_error is not None
    )
    text = f"{check.verdict}{cause} {layout.dash()} {check.message}{off}"
    return _labelled("gradient", text, "title" if check.verdict == "agree" else "bad")


def _compared(results: Sequence[MinimizeResult]) -> list[Line]:
    """One method a line."""
    heading, *rows = table(
        [
            ["method", *(one.method for one in results)],
            ["outcome", *(one.outcome.value.replace("_", " ") for one in results)],
            ["value", *aligned([_short(one.value) for one in results])],
            ["gradient", *(f"{one.gradient_norm:.1e}" for one in results)],
            *([name, *_right(counts, name)] for name, counts in _counts(results)),
        ]
    )
    return [(Styled(heading, "title"),), *rows]


def _counts(results: Sequence[MinimizeResult]) -> list[tuple[str, list[int]]]:
    """Steps and evaluations; gradients have no column where each came with a value, and Hessians none where there are none."""
    values, gradients = ([getattr(one, f"{what}_evaluations") for one in results] for what in ("function", "gradient"))
    hessians = [one.hessian_evaluations for one in results]
    return [
        ("steps", [one.iterations for one in results]),
        ("values", values),
        *([("grads", gradients)] if gradients != values else []),
        *([("Hessians", hessians)] if any(hessians) else []),
    ]


def _right(counts: Sequence[int], heading: str) -> list[str]:
    texts = [f"{count:,}" for count in counts]
    widest = max(len(heading), *map(len, texts))
    return [text.rjust(widest) for text in texts]


def _short(value: float) -> str:
    return f"{value:.7g}"


def _minima(result: MinimizeResult) -> list[Line]:
    """The different minima, the best first, and how many starts led to each."""
    found, total = result.minima, len(result.starts)
    elsewhere = total - sum(one.reached for one in found)
    lines: list[Line] = []
    if found:
        heading, *rows = table(_minima_cells(found[:MOST_ROWS]))
        lines = [(Styled(heading, "title"),), *rows]
    if len(found) > MOST_ROWS:
        lines.append(f"... and {len(found) - MOST_ROWS:,} more")
    said = f"{len(found):,} minim{'um' if len(found) == 1 else 'a'} from {total:,} starts"
    return [*lines, said + (f"; {elsewhere:,} of them reached none" if elsewhere else "")]


def _minima_cells(found: Sequence[Found]) -> list[list[str]]:
    shown = found[0].result.variables[:MOST_SHOWN]
    places = [[name, *aligned([_short(float(one.result.x[k])) for one in found])] for k, name in enumerate(shown)]
    return [
        ["value", *aligned([_short(one.result.value) for one in found])],
        ["starts", *_right([one.reached for one in found], "starts")],
        *places,
    ]


def _trace(result: MinimizeResult) -> list[Line]:
    """The steps, the middle of a long way left out."""
    path, total = result.path, len(result.path)
    kept = list(range(total)) if total <= FIRST + LAST + 1 else [*range(FIRST), *range(total - LAST, total)]
    lengths = _lengths(path)
    cells = [
        ["step", *_right([int(path.step[k]) for k in kept], "step")],
        ["value", *aligned([_short(float(path.value[k])) for k in kept])],
        ["gradient", *(f"{path.gradient_norm[k]:.2e}" for k in kept)],
        ["length", *("" if (length := lengths[k]) is None else f"{length:.2e}" for k in kept)],
    ]
    if len(result.variables) <= MOST_SHOWN:
        cells += [[name, *aligned([_short(float(path.x[k, j])) for k in kept])] for j, name in enumerate(result.variables)]
    heading, *rows = table(cells)
    if len(kept) < total:
        rows.insert(FIRST, f" ...  {total - len(kept):,} steps")
    return [(Styled(heading, "title"),), *rows]
