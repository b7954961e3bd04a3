"""A trained network as a document of plain JSON types, and back, every key looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivkit.data.schema import Schema
from derivkit.data.validate import fields_of, is_finite, refuse
from derivkit.prediction.network import NetworkModel
from derivkit.prediction.origin import Origin

KIND = "network"
KEYS = {"network", "penalty", "schema", "origin"}


def to_dict(model: NetworkModel) -> dict[str, Any]:
    """The document of a network; what stands at a file's head is left to the file."""
    from derivkit.networks import keeping

    return {
        "network": keeping.to_dict(model.network),
        "penalty": {"l1": model.l1, "l2": model.l2},
        "schema": model.schema.to_dict(),
        "origin": model.origin.to_dict(),
    }


def from_dict(document: Mapping[str, Any], version: str) -> NetworkModel:
    """The network that `to_dict` wrote.

    Raises
    ------
    DataError
        If a key is absent or holds what it may not; the message names it.
    """
    from derivkit.networks import keeping

    known = fields_of(document, "", KEYS)
    schema = Schema.from_dict(known["schema"])
    network = keeping.from_dict(known["network"], classes=schema.classes)
    if network.architecture.widths[0] != len(schema.names):
        refuse("network.architecture", network.architecture.text, f"a network of {len(schema.names)} inputs, by the schema")
    penalty = fields_of(known["penalty"], "penalty", {"l1", "l2"})
    for name, value in penalty.items():
        if not is_finite(value) or value < 0:
            refuse(f"penalty.{name}", value, "a finite number that is not negative")
    return NetworkModel(network, schema, float(penalty["l1"]), float(penalty["l2"]), Origin.from_dict(known["origin"], version))
