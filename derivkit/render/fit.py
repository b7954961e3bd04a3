"""A fitted formula, for people and for scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from derivkit.render import document as documents
from derivkit.render.message import columns, printable, sentence
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Page, Styled
from derivkit.render.text import labelled

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph
    from derivkit.fitting.result import FitResult

MOST_LINES = 4  # of one sentence
TIGHT = 0.99  # correlation of estimates that is worth a line
SYMBOLS = {"t": "t", "normal": "z"}
WEIGHTINGS = {"sigma": "residuals in units of their known errors", "weights": "weighted"}
ERRORS = {"hc3": "standard errors by HC3", "sandwich": "standard errors by the sandwich of M-estimates"}


def document(result: FitResult) -> dict[str, Any]:
    """The document of `fit`."""
    scores = ("rss", "residual_sd", "dof", "r_squared", "adjusted_r_squared", "log_likelihood", "aic", "bic")
    estimates = dict(zip((p.name for p in result.parameters), result.start.x.tolist(), strict=True))
    return {
        "model": {**_formula(result.equation.right), "equation": result.equation.text.strip()},
        "response": _formula(result.equation.left),
        "parameters": [asdict(parameter) for parameter in result.parameters],
        "fixed": dict(result.fixed),
        "distribution": result.distribution,
        "covariance": _listed(result.covariance),
        "correlation": _listed(result.correlation),
        **{name: getattr(result, name) for name in scores},
        "n_rows": result.n_rows,
        "n_dropped": result.n_dropped,
        "columns": result.names,
        "loss": result.loss,
        "loss_scale": result.loss_scale,
        "weighting": result.weighting,
        "errors": result.errors,
        "start": {"origin": result.start.origin, "tries": result.start.tries, "values": estimates},
        "iterations": result.iterations,
        "evaluations": result.evaluations,
        "converged": result.converged,
        "reason": result.reason,
        "hint": result.hint,
        "gradient_check": documents.check(result.gradient_check),
        "notes": result.notes,
    }


def _listed(matrix: Any) -> list[list[float]] | None:
    return None if matrix is None else matrix.tolist()


def _formula(graph: Graph) -> dict[str, Any]:
    """Text and LaTeX of one side; SymPy is loaded here, for documents alone."""
    from derivkit.symbolic.convert import to_sympy
    from derivkit.symbolic.formula import Formula

    return documents.formula(Formula(graph, to_sympy(graph)))


def page(result: FitResult, layout: Layout) -> Page:
    """The page of `fit`: the formula, the estimates, how good they are, how it ended, and the gradient's verdict."""
    formula, rows = heading(result)
    lines: list[Line] = [(Styled(formula, "title"),), rows, ""]
    if result.rss is not None:
        lines += [*_estimates(result), "", *_scores(result, layout), ""]
    outcome = Styled("converged", "good") if result.converged else Styled("not converged", "bad")
    steps = f" ({result.iterations:,} iteration{'s' * (result.iterations != 1)})" if result.iterations else ""
    lines += sentence(outcome.text, result.reason + steps, MOST_LINES, outcome)
    if result.hint:
        lines += sentence("hint", result.hint, MOST_LINES, Styled("hint", "title"))
    return [*lines, *labelled("gradient", result.gradient_check, layout)]


def notes(result: FitResult) -> Page:
    """What was assumed, for standard error: one sentence a note."""
    return [line for note in result.notes for line in sentence("note", note, MOST_LINES, Styled("note", "title"))]


def heading(result: FitResult) -> tuple[str, str]:
    """The formula, and to which rows it was fitted in which way: two lines of text."""
    dropped = f", {result.n_dropped:,} dropped" if result.n_dropped else ""
    said = [
        *([f"{result.loss} loss from {result.loss_scale:g} on"] if result.loss != "linear" else []),
        *([WEIGHTINGS[result.weighting]] if result.weighting in WEIGHTINGS else []),
        *([ERRORS[result.errors]] if result.errors in ERRORS else []),
        *(f"{name} = {value:g} fixed" for name, value in result.fixed.items()),
    ]
    rows = f"{result.n_rows:,} row{'s' * (result.n_rows != 1)}{dropped}"
    return printable(result.equation.text.strip()), ", ".join([rows, *said])


def _estimates(result: FitResult) -> list[Line]:
    found = result.parameters
    cells = [["estimate", *aligned([_number(p.estimate, ".6g") for p in found])]]
    if any(p.standard_error is not None for p in found):
        cells += [
            ["std error", *aligned([_number(p.standard_error, ".4g") for p in found])],
            [SYMBOLS[result.distribution], *aligned([_number(p.z, ".2f") for p in found])],
            ["p", *aligned([_number(p.p_value, ".2g") for p in found])],
            *_interval("95 % from", [p.ci95 for p in found]),
        ]
    lines = _named_rows([printable(p.name) for p in found], cells)
    if any(p.profile95 for p in found):
        profile = _interval("profile 95 % from", [p.profile95 for p in found])
        lines += ["", *_named_rows([printable(p.name) for p in found], profile)]
    return lines


def _interval(heading: str, ends: Sequence[tuple[float, float] | None]) -> list[list[str]]:
    low, high = ([_number(None if pair is None else pair[end], ".4g") for pair in ends] for end in (0, 1))
    return [[heading, *aligned(low)], ["to", *aligned(high)]]


def _named_rows(names: Sequence[str], cells: Sequence[Sequence[str]]) -> list[Line]:
    heading, *rows = table(cells)
    widest = max(map(columns, names))
    lines: list[Line] = [(Styled(" " * (widest + 2) + heading, "title"),)]
    return lines + [name + " " * (widest - columns(name) + 2) + row for name, row in zip(names, rows, strict=True)]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None or math.isnan(value) else format(value, form)


def _scores(result: FitResult, layout: Layout) -> list[Line]:
    """Two columns of scores, and estimates that are hard to tell apart."""
    total = "chi-square" if result.weighting == "sigma" else "rss"
    square = "R²" if layout.unicode else "R squared"
    left = [("residual sd", result.residual_sd, ".6g"), (square, result.r_squared, ".6f"), (total, result.rss, ".6g")]
    right = [("log-likelihood", result.log_likelihood, ".6g"), ("AIC", result.aic, ".6g"), ("BIC", result.bic, ".6g")]
    labels = [_labelled(pairs) for pairs in (left, right)]
    lines: list[Line] = ["    ".join(pair).rstrip() for pair in zip(*labels, strict=True)]
    lines.append(f"{result.dof:,} degree{'s' * (result.dof != 1)} of freedom")
    return lines + _tight(result)


def _labelled(pairs: Sequence[tuple[str, float | None, str]]) -> list[str]:
    widest = max(len(label) for label, _, _ in pairs)
    values = aligned([_number(value, form) for _, value, form in pairs])
    return [f"{label.ljust(widest)}  {value}" for (label, _, _), value in zip(pairs, values, strict=True)]


def _tight(result: FitResult) -> list[Line]:
    """The pair of estimates that go together most closely, if they nearly do."""
    matrix = result.correlation
    if matrix is None:
        return []
    names = [p.name for p in result.parameters]
    pairs = [(abs(matrix[i, j]), matrix[i, j], names[i], names[j]) for i in range(len(names)) for j in range(i)]
    worst = max(pairs, default=(0.0, 0.0, "", ""), key=lambda pair: pair[0] if pair[0] == pair[0] else -1.0)
    return [f"{worst[3]} and {worst[2]} are correlated: {worst[1]:.5f}"] if worst[0] > TIGHT else []
