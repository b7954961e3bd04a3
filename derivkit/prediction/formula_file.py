"""A fitted formula as a document of plain JSON types, and back, every key looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivkit.data.validate import fields_of, is_finite, refuse, text_of
from derivkit.data.words import quoted
from derivkit.errors import DataError, DerivkitError
from derivkit.expression.equation import Equation, parse_equation
from derivkit.prediction.formula import FormulaModel
from derivkit.prediction.matrix import covariance_from, entries_of, estimates_from
from derivkit.prediction.origin import Origin

KIND = "formula"
KEYS = {
    "formula", "columns", "parameters", "at_bound", "fixed", "covariance", "residual_sd", "degrees_of_freedom", "weighting",
    "errors", "loss", "loss_scale", "origin",
}  # fmt: skip
CHOICES = {
    "weighting": ("none", "sigma", "weights"),
    "errors": ("least_squares", "sigma", "hc3", "sandwich"),
    "loss": ("linear", "soft_l1", "huber", "cauchy"),
}


def to_dict(model: FormulaModel) -> dict[str, Any]:
    """The document of a formula; what stands at a file's head is left to the file."""
    return {
        "formula": model.equation.text.strip(),
        "columns": dict(model.columns),
        "parameters": [
            {"name": c.name, "class": None, "estimate": c.estimate, "standard_error": c.standard_error} for c in model.coefficients
        ],
        "at_bound": list(model.at_bound),
        "fixed": dict(model.fixed),
        "covariance": None if model.covariance is None else [list(row) for row in model.covariance],
        "residual_sd": model.residual_sd,
        "degrees_of_freedom": model.degrees,
        "weighting": model.weighting,
        "errors": model.errors,
        "loss": model.loss,
        "loss_scale": model.loss_scale,
        "origin": model.origin.to_dict(),
    }


def from_dict(document: Mapping[str, Any], version: str) -> FormulaModel:
    """The formula that `to_dict` wrote.

    Raises
    ------
    DataError
        If a key is absent or holds what it may not; the message names it.
    """
    known = fields_of(document, "", KEYS)
    equation = _equation(known["formula"])
    columns, fixed = _columns(known["columns"], equation), _fixed(known["fixed"], equation)
    names = tuple(name for name in equation.right.variables if name not in columns and name not in fixed)
    if not names:
        raise DataError("formula has no parameter that was fitted")
    entries, held = entries_of(known["parameters"], "parameters", len(names)), known["at_bound"]
    if not isinstance(held, list) or not all(name in names for name in held):
        refuse("at_bound", held, f"a list of parameters: {', '.join(names)}")
    covariance = covariance_from(known["covariance"], len(names), [names.index(name) for name in held])
    for key, allowed in CHOICES.items():
        if known[key] not in allowed:
            refuse(key, known[key], f"one of {', '.join(allowed)}")
    for key in ("residual_sd", "loss_scale"):
        value = known[key]
        if not (is_finite(value) and value >= 0) and not (key == "residual_sd" and value is None):
            refuse(key, value, "a finite number that is not negative")
    degrees = known["degrees_of_freedom"]
    if degrees is not None and (not isinstance(degrees, int) or isinstance(degrees, bool) or degrees < 1):
        refuse("degrees_of_freedom", degrees, "a positive whole number or null")
    return FormulaModel(
        equation=equation, columns=columns, names=names,
        estimates=estimates_from(entries, "parameters", [(name, None) for name in names], covariance),
        at_bound=tuple(held), fixed=fixed, covariance=covariance, residual_sd=known["residual_sd"], degrees=degrees,
        weighting=known["weighting"], errors=known["errors"], loss=known["loss"], loss_scale=float(known["loss_scale"]),
        origin=Origin.from_dict(known["origin"], version),
    )  # fmt: skip


def _equation(text: object) -> Equation:
    try:
        return parse_equation(text_of(text, "formula"))
    except DataError:
        raise
    except DerivkitError as problem:
        raise DataError(f"formula: {problem.message}") from None


def _columns(document: object, equation: Equation) -> dict[str, str]:
    """Which columns variables are: all of the left side's, and some of the right's."""
    if not isinstance(document, Mapping):
        refuse("columns", document, "an object")
    used = {*equation.left.variables, *equation.right.variables}
    for name, column in document.items():
        if name not in used:
            raise DataError(f"columns has a key {quoted(name)} that the formula lacks")
        text_of(column, f"columns.{name}")
    for name in equation.left.variables:
        if name not in document:
            raise DataError(f"columns.{name} is absent")
    return dict(document)


def _fixed(document: object, equation: Equation) -> dict[str, float]:
    if not isinstance(document, Mapping):
        refuse("fixed", document, "an object")
    for name, value in document.items():
        if name not in equation.right.variables:
            raise DataError(f"fixed has a key {quoted(name)} that the right side of the formula lacks")
        if not is_finite(value):
            refuse(f"fixed.{name}", value, "a finite number")
    return {name: float(value) for name, value in document.items()}
