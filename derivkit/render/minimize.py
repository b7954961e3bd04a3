"""A minimization, for people and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.expression.printer import to_text
from derivkit.render import document as documents
from derivkit.render import sweep
from derivkit.render.message import columns, printable, sentence
from derivkit.render.numbers import aligned, rounded, table
from derivkit.render.page import Layout, Line, Page, Styled, wrapped
from derivkit.render.terminal.descent import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivkit.expression.graph import Graph
    from derivkit.minimizing.result import Curvature, Found, MinimizeResult, Path

MOST_LINES = 6  # of one sentence
MOST_ROWS = 50  # of variables, and of minima
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
    lines += sentence(result.title, f"from {_listed(result.variables, result.start)}", MOST_LINES)
    lines += ["", *_place(result, layout), "", *_outcome(result), *_curvature_lines(result), *_rate(result), *_cost(result)]
    lines += [*_bounds(result), *_check(result, layout)]
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
    sign = "±" if layout.unicode else "+-"
    names = [*map(printable, result.variables[:MOST_ROWS]), "f"]
    values = aligned([rounded(float(value)) for value in (*result.x[:MOST_ROWS], result.value)])
    doubt = (
        [""] * len(names)
        if result.uncertainty is None
        else [f"  {sign} {one:.0e}" for one in result.uncertainty[:MOST_ROWS]] + [""]
    )
    widest = max(map(columns, names))
    lines: list[Line] = [
        f"{name}{' ' * (widest - columns(name))} = {value}{error}".rstrip()
        for name, value, error in zip(names, values, doubt, strict=True)
    ]
    more = len(result.variables) - MOST_ROWS
    return [*lines[:-1], *([f"... and {more:,} more variables"] if more > 0 else []), lines[-1]]


def _outcome(result: MinimizeResult) -> list[Line]:
    label = Styled(result.outcome.value.replace("_", " "), "good" if result.converged else "bad")
    return sentence(label.text, result.reason, MOST_LINES, label)


def _curvature_lines(result: MinimizeResult) -> list[Line]:
    found = result.curvature
    condition = f" (condition number {found.condition:.4g})" if found.condition is not None and found.condition > 1 else ""
    label = Styled(found.kind.value, "title")
    return sentence(label.text, found.message + condition, MOST_LINES, label)


def _rate(result: MinimizeResult) -> list[Line]:
    rate = result.rate
    if rate.observed == "unknown":
        return []
    told = {"linear": f"linear: the distance shrinks by {rate.factor:.4g} a step"} if rate.factor is not None else {}
    seen = told.get(rate.observed, rate.observed) + (f", of order {rate.order:.3g}" if rate.order else "")
    rest = "; ".join(text for text in (rate.verdict, rate.expected) if text)
    return sentence("rate", seen + (f" ({rest})" if rest else ""), MOST_LINES, Styled("rate", "title"))


def _cost(result: MinimizeResult) -> list[Line]:
    counts = (
        (result.function_evaluations, "value"),
        (result.gradient_evaluations, "gradient"),
        (result.hessian_evaluations, "Hessian"),
    )
    spent = [f"{count:,} {noun}{'s' * (count != 1)}" for count, noun in counts if count]
    steps = f"{result.iterations:,} iteration{'s' * (result.iterations != 1)}"
    return sentence("cost", f"{steps}, {', '.join(spent)}", MOST_LINES, Styled("cost", "title"))


def _bounds(result: MinimizeResult) -> list[Line]:
    held = ", ".join(f"{printable(name)} at its {which} end" for name, which in result.bounds_active.items())
    return sentence("bounds", f"they hold {held}", MOST_LINES, Styled("bounds", "title")) if held else []


def _check(result: MinimizeResult, layout: Layout) -> list[Line]:
    check = result.gradient_check
    cause = f" ({check.reason})" if check.reason else ""
    text = f"{check.verdict}{cause} {layout.dash()} {check.message}"
    return sentence("gradient", text, MOST_LINES, Styled("gradient", "title" if check.verdict == "agree" else "bad"))


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
    return [
        ("steps", [one.iterations for one in results]),
        ("values", [one.function_evaluations for one in results]),
        ("gradients", [one.gradient_evaluations for one in results]),
        ("Hessians", [one.hessian_evaluations for one in results]),
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
