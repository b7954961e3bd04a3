"""A trained network as a document of plain JSON types, and back, every key looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from derivkit.data.schema import Schema
from derivkit.data.validate import fields_of, is_finite, refuse, text_of
from derivkit.errors import DataError, DerivkitError
from derivkit.networks.architecture import Architecture
from derivkit.networks.network import Network, Scale
from derivkit.networks.parameters import parts_of
from derivkit.prediction.network import FAMILIES, NetworkModel
from derivkit.prediction.origin import Origin

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.networks.forward import Averages

    Vector = NDArray[np.float64]

KIND = "network"
KEYS = {"architecture", "weights", "averages", "inputs", "target_scale", "penalty", "schema", "origin"}
ARCHITECTURE = {"widths", "activation", "output", "batch_norm", "dropout"}


def to_dict(model: NetworkModel) -> dict[str, Any]:
    """The document of a network; what stands at a file's head is left to the file."""
    network = model.network
    architecture = network.architecture
    return {
        "architecture": {
            "widths": architecture.text, "activation": architecture.activation, "output": architecture.output,
            "batch_norm": architecture.batch_norm, "dropout": architecture.dropout,
        },
        "weights": {part.title: part.of(network.weights).tolist() for part in parts_of(architecture)},
        "averages": [{"mean": mean.tolist(), "variance": variance.tolist()} for mean, variance in network.averages],
        "inputs": _scale(network.inputs),
        "target_scale": _scale(network.target),
        "penalty": {"l1": model.l1, "l2": model.l2},
        "schema": model.schema.to_dict(),
        "origin": model.origin.to_dict(),
    }  # fmt: skip


def _scale(scale: Scale) -> dict[str, Any]:
    return {"center": scale.center.tolist(), "size": scale.size.tolist()}


def from_dict(document: Mapping[str, Any], version: str) -> NetworkModel:
    """The network that `to_dict` wrote.

    Raises
    ------
    DataError
        If a key is absent or holds what it may not; the message names it.
    """
    known = fields_of(document, "", KEYS)
    schema = Schema.from_dict(known["schema"])
    architecture = _architecture(known["architecture"], schema)
    penalty = fields_of(known["penalty"], "penalty", {"l1", "l2"})
    for name, value in penalty.items():
        if not is_finite(value) or value < 0:
            refuse(f"penalty.{name}", value, "a finite number that is not negative")
    network = Network(
        architecture, _weights(known["weights"], architecture), _averages(known["averages"], architecture),
        _scale_from(known["inputs"], "inputs", architecture.widths[0]), _scale_from(known["target_scale"], "target_scale", 1),
        schema.classes,
    )  # fmt: skip
    return NetworkModel(network, schema, float(penalty["l1"]), float(penalty["l2"]), Origin.from_dict(known["origin"], version))


def _architecture(document: object, schema: Schema) -> Architecture:
    known = fields_of(document, "architecture", ARCHITECTURE)
    if not isinstance(known["batch_norm"], bool):
        refuse("architecture.batch_norm", known["batch_norm"], "true or false")
    if not is_finite(known["dropout"]):
        refuse("architecture.dropout", known["dropout"], "a number from 0 to 1")
    output = known["output"]
    if output not in FAMILIES or (output == "identity") != (schema.classes is None):
        refuse("architecture.output", output, "identity" if schema.classes is None else "sigmoid or softmax")
    try:
        found = Architecture.of(
            text_of(known["widths"], "architecture.widths"), activation=text_of(known["activation"], "architecture.activation"),
            batch_norm=known["batch_norm"], dropout=float(known["dropout"]),
        )  # fmt: skip
    except DataError:
        raise
    except DerivkitError as problem:
        raise DataError(f"architecture: {problem.message}") from None
    outputs = len(schema.classes or ()) if output == "softmax" else 1
    two = output != "sigmoid" or len(schema.classes or ()) == 2
    if (found.widths[0], found.widths[-1]) != (len(schema.names), outputs) or not two:
        refuse("architecture.widths", known["widths"], f"{len(schema.names)} inputs and {outputs} outputs, by the schema")
    return found.with_output(output)


def _weights(document: object, architecture: Architecture) -> Vector:
    """All arrays, in the order of the vector."""
    import numpy as np

    parts = parts_of(architecture)
    known = fields_of(document, "weights", {part.title for part in parts})
    return np.concatenate([_array(known[part.title], f"weights.{part.title}", part.shape).ravel() for part in parts])


def _averages(document: object, architecture: Architecture) -> Averages:
    widths = architecture.widths[1:-1] * architecture.batch_norm
    if not isinstance(document, list) or len(document) != len(widths):
        refuse("averages", document, f"a list of {len(widths)}, one entry a normalized layer")
    found = []
    for k, (entry, width) in enumerate(zip(document, widths, strict=True)):
        known = fields_of(entry, f"averages[{k}]", {"mean", "variance"})
        mean, variance = (_array(known[name], f"averages[{k}].{name}", (width,)) for name in ("mean", "variance"))
        if (variance < 0).any():
            refuse(f"averages[{k}].variance", known["variance"], "numbers that are not negative")
        found.append((mean, variance))
    return tuple(found)


def _scale_from(document: object, where: str, count: int) -> Scale:
    known = fields_of(document, where, {"center", "size"})
    center, size = (_array(known[name], f"{where}.{name}", (count,)) for name in ("center", "size"))
    if not (size > 0).all():
        refuse(f"{where}.size", known["size"], "positive numbers")
    return Scale(center, size)


def _array(document: object, where: str, shape: tuple[int, ...]) -> Vector:
    """Finite numbers in nested lists of a shape."""
    import numpy as np

    if not isinstance(document, list) or len(document) != shape[0]:
        refuse(where, document, f"a list of {shape[0]}")
    if len(shape) > 1:
        return np.array([_array(row, f"{where}[{k}]", shape[1:]) for k, row in enumerate(document)])
    for k, value in enumerate(document):
        if not is_finite(value):
            refuse(f"{where}[{k}]", value, "a finite number")
    return np.array(document, dtype=float)
