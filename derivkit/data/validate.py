"""A schema from a document that anybody may have written: every key is looked at before it is used."""

from __future__ import annotations

import math
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
    known = _object(document, "schema", {"target", "classes", "features", "intercept", "impute"})
    features = known["features"]
    if not isinstance(features, list):
        _refuse("schema.features", features, "a list")
    if not isinstance(known["intercept"], bool):
        _refuse("schema.intercept", known["intercept"], "true or false")
    if known["impute"] not in (None, "mean", "median"):
        _refuse("schema.impute", known["impute"], "mean, median or null")
    return {
        "target": _text(known["target"], "schema.target"),
        "classes": _classes(known["classes"]),
        "features": [_variable(feature, f"schema.features[{k}]") for k, feature in enumerate(features)],
        "intercept": known["intercept"],
        "impute": known["impute"],
    }


def _variable(document: object, where: str) -> dict[str, Any]:
    kind = document.get("kind") if isinstance(document, Mapping) else None
    if kind not in ("number", "category"):
        _refuse(f"{where}.kind", kind, "number or category")
    if kind == "number":
        known = _object(document, where, {"name", "kind", "fill"})
        fill = known["fill"]
        if fill is not None and not _finite(fill):
            _refuse(f"{where}.fill", fill, "a finite number or null")
        return {"name": _text(known["name"], f"{where}.name"), "fill": None if fill is None else float(fill)}
    known = _object(document, where, {"name", "kind", "levels", "reference"})
    levels = known["levels"]
    if not isinstance(levels, list) or len(levels) < 2 or not all(isinstance(level, str) for level in levels):
        _refuse(f"{where}.levels", levels, "a list of two words or more")
    if sorted(set(levels)) != levels:
        _refuse(f"{where}.levels", levels, "sorted, each level once")
    if known["reference"] not in levels:
        _refuse(f"{where}.reference", known["reference"], "one of the levels")
    return {"name": _text(known["name"], f"{where}.name"), "levels": tuple(levels), "reference": known["reference"]}


def _classes(classes: object) -> tuple[int | float | str, ...] | None:
    if classes is None:
        return None
    if not isinstance(classes, list) or len(classes) < 2:
        _refuse("schema.classes", classes, "a list of two or more, or null")
    if not (all(isinstance(level, str) for level in classes) or all(map(_finite, classes))):
        _refuse("schema.classes", classes, "all words or all finite numbers")
    if sorted(set(classes)) != classes:
        _refuse("schema.classes", classes, "sorted, each class once")
    return tuple(classes)


def _object(document: object, where: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        _refuse(where, document, "an object")
    for key in sorted(keys - set(document)):
        raise DataError(f"{where}.{key} is absent")
    for key in sorted(set(document) - keys, key=str):
        raise DataError(f"{where} has a key {quoted(key)} that is not known")
    return document


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        _refuse(where, value, "a text that is not empty")
    return value


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refuse(where: str, found: object, allowed: str) -> NoReturn:
    raise DataError(f"{where} is {quoted(found)}; it must be {allowed}")
