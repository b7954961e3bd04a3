"""A schema from a document that anybody may have written: every key is looked at before it is used."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from derivkit.data.words import quoted
from derivkit.errors import DataError


def schema_fields(document: object) -> dict[str, Any]:
    """The fields of a schema, features as mappings of the fields of a variable.

    Raises
    ------
    DataError
        If a key is absent or holds what it may not; the message names it.
    """
    known = fields_of(document, "schema", {"target", "classes", "features", "intercept", "impute"})
    features = known["features"]
    if not isinstance(features, list):
        refuse("schema.features", features, "a list")
    if not isinstance(known["intercept"], bool):
        refuse("schema.intercept", known["intercept"], "true or false")
    if known["impute"] not in (None, "mean", "median"):
        refuse("schema.impute", known["impute"], "mean, median or null")
    return {
        "target": text_of(known["target"], "schema.target"),
        "classes": _classes(known["classes"]),
        "features": [_variable(feature, f"schema.features[{k}]") for k, feature in enumerate(features)],
        "intercept": known["intercept"],
        "impute": known["impute"],
    }


def _variable(document: object, where: str) -> dict[str, Any]:
    kind = document.get("kind") if isinstance(document, Mapping) else None
    if kind not in ("number", "category"):
        refuse(f"{where}.kind", kind, "number or category")
    if kind == "number":
        known = fields_of(document, where, {"name", "kind", "fill"})
        fill = known["fill"]
        if fill is not None and not is_finite(fill):
            refuse(f"{where}.fill", fill, "a finite number or null")
        return {"name": text_of(known["name"], f"{where}.name"), "fill": None if fill is None else float(fill)}
    known = fields_of(document, where, {"name", "kind", "levels", "reference"})
    levels = known["levels"]
    if not isinstance(levels, list) or len(levels) < 2 or not all(isinstance(level, str) for level in levels):
        refuse(f"{where}.levels", levels, "a list of two words or more")
    if sorted(set(levels)) != levels:
        refuse(f"{where}.levels", levels, "sorted, each level once")
    if known["reference"] not in levels:
        refuse(f"{where}.reference", known["reference"], "one of the levels")
    return {"name": text_of(known["name"], f"{where}.name"), "levels": tuple(levels), "reference": known["reference"]}


def _classes(classes: object) -> tuple[int | float | str, ...] | None:
    if classes is None:
        return None
    if not isinstance(classes, list) or len(classes) < 2:
        refuse("schema.classes", classes, "a list of two or more, or null")
    if not (all(isinstance(level, str) for level in classes) or all(map(is_finite, classes))):
        refuse("schema.classes", classes, "all words or all finite numbers")
    if sorted(set(classes)) != classes:
        refuse("schema.classes", classes, "sorted, each class once")
    return tuple(classes)


def fields_of(document: object, where: str, keys: set[str]) -> Mapping[str, Any]:
    """An object with exactly these keys, or a `DataError` that names the one that is absent or not known."""
    if not isinstance(document, Mapping):
        refuse(where, document, "an object")
    for key in sorted(keys - set(document)):
        raise DataError(f"{where}.{key} is absent" if where else f"{key} is absent")
    for key in sorted(set(document) - keys, key=str):
        raise DataError(f"{where or 'the file'} has a key {quoted(key)} that is not known")
    return document


def text_of(value: object, where: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        refuse(where, value, "a text that is not empty")
    return value


def is_finite(value: object) -> bool:
    """Whether a value is a finite number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def refuse(where: str, found: object, allowed: str) -> NoReturn:
    """Raise the `DataError` that says what a key holds, and what it may."""
    raise DataError(f"{where} is {quoted(found)}; it must be {allowed}")
