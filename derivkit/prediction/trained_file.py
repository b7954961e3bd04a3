"""A trained model as a document of plain JSON types, and back, every key looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from derivkit import __version__
from derivkit.data.schema import Schema
from derivkit.data.validate import fields_of, is_finite, refuse, text_of
from derivkit.data.words import quoted
from derivkit.errors import DataError, DerivkitError
from derivkit.models import Family, family_named
from derivkit.models.named import MODELS, OWN, own_family
from derivkit.prediction.matrix import covariance_from, entries_of, estimates_from
from derivkit.prediction.origin import Origin
from derivkit.prediction.trained import TrainedModel

if TYPE_CHECKING:
    from derivkit.models.inference import Coefficient

KIND = "trained"
KEYS = {
    "model", "family", "link", "loss", "settings", "penalty", "formula", "schema", "powers", "coefficients", "errors",
    "covariance", "degrees_of_freedom", "dispersion", "scale", "origin",
}  # fmt: skip
HIGHEST_POWER = 30


def to_dict(model: TrainedModel) -> dict[str, Any]:
    """The document of a model; what stands at a file's head is left to the file."""
    return {
        "model": model.model,
        "family": model.family.name,
        "link": model.family.link,
        "loss": model.family.loss,
        "settings": dict(model.settings),
        "penalty": {"l1": model.l1, "l2": model.l2},
        "formula": model.formulas.texts(),
        "schema": model.schema.to_dict(),
        "powers": dict(model.powers),
        "coefficients": [_entry(coefficient) for coefficient in model.coefficients],
        "errors": model.errors,
        "covariance": None if model.covariance is None else [list(row) for row in model.covariance],
        "degrees_of_freedom": model.degrees,
        "dispersion": model.dispersion,
        "scale": model.scale,
        "origin": model.origin.to_dict(),
    }


def _entry(coefficient: Coefficient) -> dict[str, Any]:
    return {
        "name": coefficient.name,
        "class": coefficient.class_,
        "estimate": coefficient.estimate,
        "standard_error": coefficient.standard_error,
    }


def from_dict(document: Mapping[str, Any], version: str) -> TrainedModel:
    """The model that `to_dict` wrote.

    Raises
    ------
    DataError
        If a key is absent or holds what it may not; the message names it.
    """
    known = fields_of(document, "", KEYS)
    name, family = _family(known)
    schema = Schema.from_dict(known["schema"])
    if family.classes != (schema.classes is not None):
        refuse("schema.classes", schema.classes, "a list of classes" if family.classes else "null: the model is of numbers")
    if family.response == "two classes" and len(schema.classes or ()) != 2:
        refuse("schema.classes", schema.classes, "a list of two classes")
    penalty = _numbers(known["penalty"], "penalty", {"l1", "l2"})
    settings = _numbers(known["settings"], "settings", {*family.settings, *["degree"] * (name == "polynomial")})
    powers = _powers(known["powers"], schema)
    bare = TrainedModel(
        model=name, family=family, settings=settings, l1=penalty["l1"], l2=penalty["l2"], schema=schema, powers=powers,
        blocks=_blocks(known["coefficients"], family, schema), estimates=(), errors=None, covariance=None,
        degrees=_degrees(known["degrees_of_freedom"], family), dispersion=_optional(known, "dispersion"),
        scale=_positive(known, "scale"), origin=Origin.from_dict(known["origin"], version),
    )  # fmt: skip
    return _with_estimates(bare, known)


def _with_estimates(bare: TrainedModel, known: Mapping[str, Any]) -> TrainedModel:
    keys = [(name, block) for block in bare.blocks for name in bare.names]
    entries = entries_of(known["coefficients"], "coefficients", len(keys))
    covariance = covariance_from(known["covariance"], len(keys))
    estimates = estimates_from(entries, "coefficients", keys, covariance)
    errors = None if known["errors"] is None else text_of(known["errors"], "errors")
    model = replace(bare, estimates=estimates, covariance=covariance, errors=errors)  # type: ignore[arg-type]  # no None here
    if known["formula"] != model.formulas.texts() and bare.origin.version == __version__:  # another version may choose other words
        raise DataError(
            "formula is not what the coefficients say", hint="the model is its coefficients: change those, or train again"
        )
    return model


def _family(known: Mapping[str, Any]) -> tuple[str, Family]:
    """The name of the model and its family, which must have the loss that is said."""
    name = text_of(known["model"], "model")
    if name not in (*MODELS, OWN.family):
        refuse("model", name, f"one of {', '.join(MODELS)} or {OWN.family}")
    text = text_of(known["loss"], "loss")
    try:
        family = own_family(text) if name == OWN.family else family_named(MODELS[name].family)
    except DerivkitError as problem:
        raise DataError(f"loss: {problem.message}") from None
    for key in ("loss", "link"):
        if known[key] != getattr(family, key):
            refuse(key, known[key], f"{quoted(getattr(family, key))} for {name}")
    if known["family"] != family.name:
        refuse("family", known["family"], f"{family.name} for {name}")
    return name, family


def _blocks(coefficients: object, family: Family, schema: Schema) -> tuple[Any, ...]:
    """What the linear predictors belong to: nothing, all classes but the first, or all."""
    if family.response != "classes":
        return (None,)
    classes = schema.classes or ()
    first = coefficients[0] if isinstance(coefficients, list) and coefficients else None
    free = isinstance(first, Mapping) and first.get("class") == classes[0]
    return classes[0 if free else 1 :]


def _powers(document: object, schema: Schema) -> dict[str, int]:
    if not isinstance(document, Mapping):
        refuse("powers", document, "an object")
    columns = {variable.name for variable in schema.features if not variable.levels}
    for name, power in document.items():
        if name not in columns:
            raise DataError(f"powers has a key {quoted(name)} that is no column of numbers")
        if not isinstance(power, int) or isinstance(power, bool) or not 2 <= power <= HIGHEST_POWER:
            refuse(f"powers.{name}", power, f"a whole number from 2 to {HIGHEST_POWER}")
    return dict(document)


def _numbers(document: object, where: str, keys: set[str]) -> dict[str, float]:
    known = fields_of(document, where, keys)
    for key, value in known.items():
        if not is_finite(value) or value < 0:
            refuse(f"{where}.{key}", value, "a finite number that is not negative")
    return dict(known)


def _degrees(value: object, family: Family) -> int | None:
    if family.distribution == "normal":
        if value is not None:
            refuse("degrees_of_freedom", value, f"null for {family.name}, whose distribution is normal")
        return None
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        refuse("degrees_of_freedom", value, "a positive whole number or null")
    return value


def _optional(known: Mapping[str, Any], key: str) -> float | None:
    value = known[key]
    if value is None:
        return None
    if not is_finite(value) or value < 0:
        refuse(key, value, "a finite number that is not negative, or null")
    return float(value)


def _positive(known: Mapping[str, Any], key: str) -> float:
    value = known[key]
    if not is_finite(value) or value <= 0:
        refuse(key, value, "a positive number")
    return float(value)
