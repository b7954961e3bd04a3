"""Model files: plain JSON, read without running anything, written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from derivkit import __version__
from derivkit.data.source import source_of
from derivkit.data.validate import refuse, text_of
from derivkit.data.words import quoted
from derivkit.errors import DataError, DerivkitError
from derivkit.prediction import formula_file, network_file, trained_file
from derivkit.prediction.formula import FormulaModel
from derivkit.prediction.network import NetworkModel
from derivkit.prediction.trained import TrainedModel
from derivkit.saving import save

Model = TrainedModel | FormulaModel | NetworkModel

FORMAT = "derivkit model"
FORMAT_VERSION = 1
_NUMBERS = re.compile(r"\[\n\s+(?:(?:-?\d[^\s,]*|null),\n\s+)*(?:-?\d[^\s,]*|null)\n\s+\]")  # a list of them, a line each
LARGEST = 256 * 2**20  # bytes of a file


def save_model(model: Model, path: str | Path) -> None:
    """Write a model to a file; on any failure the old file stays whole.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    kind, body = _body(model)
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "derivkit": __version__, "kind": kind}
    text = json.dumps({**head, **body}, indent=2, allow_nan=False, ensure_ascii=False)
    save(str(path), _NUMBERS.sub(lambda found: " ".join(found[0].split()).replace("[ ", "[").replace(" ]", "]"), text) + "\n")


def _body(model: Model) -> tuple[str, dict[str, Any]]:
    """What kind of model it is, and its document."""
    if isinstance(model, TrainedModel):
        return trained_file.KIND, trained_file.to_dict(model)
    if isinstance(model, NetworkModel):
        return network_file.KIND, network_file.to_dict(model)
    return formula_file.KIND, formula_file.to_dict(model)


def load(path: str | Path) -> Model:
    """Read a model from a file that `--save` or `save` wrote.

    Nothing in the file is run: it holds names, texts in derivkit's own language, and numbers, and every key is looked at.

    Parameters
    ----------
    path : path

    Returns
    -------
    TrainedModel, FormulaModel or NetworkModel

    Raises
    ------
    FileError
        If the file cannot be read.
    DataError
        If it is no model file, of another version, or a key is absent or holds what it may not; the message names the key.

    Examples
    --------
    >>> import derivkit as dk
    >>> model = dk.load("samples/model.json")
    >>> model.target, model.names
    ('distress', ('intercept', 'temperature'))
    >>> [round(p, 3) for p in model.predict({"temperature": [31, 80]}).probabilities[1].tolist()]
    [1.0, 0.028]
    """
    source = source_of(path)
    with source.opened() as stream:
        raw = stream.read(LARGEST + 1)
    try:
        return _model(_parsed(raw))
    except DataError as problem:
        raise DataError(f"{source.name}: {problem.message}", hint=problem.hint) from None
    except DerivkitError as problem:
        raise DataError(f"{source.name}: {problem.message}") from None


def _parsed(raw: bytes) -> Any:
    hint = "give a file that --save wrote"
    if len(raw) > LARGEST:
        raise DataError(f"the file is larger than {LARGEST // 2**20} MB, which no model is", hint=hint)
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_object)
    except json.JSONDecodeError as problem:
        raise DataError(
            f"not a model file: line {problem.lineno}, column {problem.colno} is not JSON ({problem.msg.lower()})", hint=hint
        ) from None
    except RecursionError:
        raise DataError("not a model file: it is nested too deeply", hint=hint) from None
    except ValueError as problem:  # bytes that are no text, digits without end
        what = "it is not UTF-8 text" if isinstance(problem, UnicodeDecodeError) else "a number in it has too many digits"
        raise DataError(f"not a model file: {what}", hint=hint) from None


def _no_number(text: str) -> NoReturn:
    raise DataError(f"not a model file: {text} is not a number that JSON has", hint="train the model again")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DataError(f"the key {quoted(key)} stands twice in one object")
        found[key] = value
    return found


def _model(document: Any) -> Model:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DataError(f"not a model file: its format is not {FORMAT!r}", hint="give a file that --save wrote")
    if document.get("format_version") != FORMAT_VERSION:
        refuse("format_version", document.get("format_version"), f"{FORMAT_VERSION}, the version that this derivkit reads")
    version = text_of(document.get("derivkit"), "derivkit")
    body = {key: value for key, value in document.items() if key not in ("format", "format_version", "derivkit", "kind")}
    kind = document.get("kind")
    read: dict[Any, Callable[[Mapping[str, Any], str], Model]] = {
        module.KIND: module.from_dict for module in (trained_file, formula_file, network_file)
    }
    if kind not in read:
        refuse("kind", kind, f"one of {', '.join(read)}")
    return read[kind](body, version)
