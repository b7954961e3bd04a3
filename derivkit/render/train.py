"""A trained model, for people and for scripts."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.render import comparison, scores
from derivkit.render import document as documents
from derivkit.render.coefficients import coefficients
from derivkit.render.message import columns, printable, sentence
from derivkit.render.numbers import magnitude
from derivkit.render.page import PLAIN_WIDTH, Layout, Line, Page, Styled
from derivkit.render.text import labelled

if TYPE_CHECKING:
    from derivkit.models.inference import Coefficient
    from derivkit.training import TrainResult

MOST_LINES = 4  # of one sentence
SETTINGS = {"tau": "quantile", "delta": "delta", "degree": "degree"}


def document(result: TrainResult) -> dict[str, Any]:
    """The document of `train`."""
    return {
        "model": result.model,
        "family": result.family,
        "link": result.link,
        "loss_of_a_row": result.loss_text,
        "settings": result.settings,
        "target": result.target,
        "classes": result.classes,
        "features": result.features,
        "intercept": result.intercept,
        "l1": result.l1,
        "l2": result.l2,
        "n_rows": result.n_rows,
        "n_dropped": result.n_dropped,
        "test_rows": result.test_rows,
        "validation_rows": result.validation_rows,
        "coefficients": [entry(coefficient) for coefficient in result.coefficients],
        "distribution": result.distribution,
        "errors": result.errors,
        "covariance": result.covariance,
        "correlation": result.correlation,
        "log_likelihood": result.log_likelihood,
        "loss": result.loss,
        "statistics": result.statistics,
        "metrics": result.metrics,
        "folds": result.folds,
        "importance": result.importance,
        "optimizer": result.optimizer,
        "iterations": result.iterations,
        "converged": result.converged,
        "reason": result.reason,
        "hint": result.hint,
        "subgradient": result.subgradient,
        "gradient_check": documents.check(result.gradient_check),
        "compared": comparison.entries(result.compared),
        "notes": result.notes,
    }


def entry(coefficient: Coefficient) -> dict[str, Any]:
    """The document of one coefficient."""
    return {
        "name": coefficient.name,
        "class": coefficient.class_,
        "estimate": coefficient.estimate,
        "standard_error": coefficient.standard_error,
        "z": coefficient.z,
        "p_value": coefficient.p_value,
        "ci95": coefficient.ci95,
    }


def page(result: TrainResult, layout: Layout) -> Page:
    """The page of `train`: what was fitted to what, the coefficients, how good they are, and the gradient's verdict."""
    if result.compared:
        return comparison.page(result.compared, layout, _title(result))
    lines: list[Line] = [*_title(result), ""]
    if result.loss is not None:
        tables = (
            coefficients(result.coefficients, result.target, result.distribution, layout),
            scores.statistics(result, layout), scores.metrics(result, layout),
            scores.classes(result), scores.importance(result),
        )  # fmt: skip
        lines += [line for each in tables if each for line in (*each, "")]
    outcome = Styled("converged", "good") if result.converged else Styled("not converged", "bad")
    steps = f" ({result.iterations} iteration{'s' * (result.iterations != 1)} of {result.optimizer})" if result.iterations else ""
    lines += sentence(outcome.text, result.reason + _optimality(result) + steps, MOST_LINES, outcome)
    if result.hint:
        lines += sentence("hint", result.hint, MOST_LINES, Styled("hint", "title"))
    return [*lines, *labelled("gradient", result.gradient_check, layout)]


def notes(result: TrainResult) -> Page:
    """What was assumed, for standard error: one sentence a note."""
    return [line for note in result.notes for line in sentence("note", note, MOST_LINES, Styled("note", "title"))]


def _optimality(result: TrainResult) -> str:
    return "" if result.subgradient is None else f" but for {magnitude(result.subgradient)}"


def heading(result: TrainResult) -> tuple[str, str]:
    """What was fitted to what, and to which rows with which penalty: two lines of text."""
    return result.title + _subject(result), _rows(result)


def _rows(result: TrainResult) -> str:
    dropped = f", {result.n_dropped:,} dropped" if result.n_dropped else ""
    kept = f", {len(result.test_rows):,} of them for the test" if result.test_rows else ""
    kept += f", {len(result.validation_rows):,} to decide when to stop" if result.validation_rows else ""
    settings = "".join(f", {SETTINGS[name]} {value:g}" for name, value in result.settings.items())
    if result.compared:
        return f"{result.n_rows:,} rows{kept}{dropped}{settings}, {len(result.compared)} strengths of the penalty l2"
    strengths = ", ".join(f"{name} = {value:g}" for name, value in (("l1", result.l1), ("l2", result.l2)) if value)
    return f"{result.n_rows:,} rows{kept}{dropped}{settings}, {f'penalty {strengths}' if strengths else 'no penalty'}"


def _title(result: TrainResult) -> list[Line]:
    lines: list[Line] = [
        (Styled(result.title, "title"), _subject(result)),
        *wrap(_rows(result), PLAIN_WIDTH, break_on_hyphens=False),
    ]
    if result.model == "own":
        lines += sentence("loss of a row", result.loss_text, MOST_LINES)
    return [*lines, *_about_classes(result), *_about_errors(result)]


def _subject(result: TrainResult) -> str:
    """What is explained by what, on what is left of the title's line; at least one feature is named."""
    of, names = f" of {printable(result.target)} on ", [printable(name) for name in result.features]
    for shown in range(len(names), 0, -1):
        more = f" and {len(names) - shown} more" if shown < len(names) else ""
        text = of + ", ".join(names[:shown]) + more
        if columns(result.title + text) <= PLAIN_WIDTH:
            break
    return text


def _about_classes(result: TrainResult) -> list[Line]:
    if not result.classes:
        return []
    target = printable(result.target)
    if result.family != "softmax":
        return [f"the probability of {target} = {printable(str(result.classes[-1]))}"]
    if any(coefficient.class_ == result.classes[0] for coefficient in result.coefficients):
        return [f"the probabilities of {target}: coefficients of all classes sum to zero"]
    return [f"the probabilities of {target}: log odds against {printable(str(result.classes[0]))}"]


def _about_errors(result: TrainResult) -> list[Line]:
    """Where the standard errors come from, where it is not what everybody expects."""
    return [] if result.errors in (None, "from the information matrix") else [f"standard errors: {result.errors}"]
