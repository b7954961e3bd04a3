"""A network as plain JSON types, and back from a document that anybody may have written: every key is looked at first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from derivkit.data.validate import fields_of, is_finite, refuse, text_of
from derivkit.errors import DataError, DerivkitError
from derivkit.networks.architecture import ACTIVATIONS, Architecture, Output
from derivkit.networks.network import Network, Scale
from derivkit.networks.parameters import size_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

KEYS = {"architecture", "activation", "output", "batch_norm", "weights", "averages", "inputs", "target"}


def to_dict(network: Network) -> dict[str, Any]:
    """What is needed to predict, but for the classes' names; dropout is not, since predictions know nothing of it.

    Examples
    --------
    >>> network = Network.untrained(Architecture.of("1-1"), seed=0)
    >>> sorted(to_dict(network))
    ['activation', 'architecture', 'averages', 'batch_norm', 'inputs', 'output', 'target', 'weights']
    >>> from_dict(to_dict(network)).predict([[2.0]]) == network.predict([[2.0]])
    array([ True])
    """
    architecture = network.architecture
    return {
        "architecture": architecture.text,
        "activation": architecture.activation,
        "output": architecture.output,
        "batch_norm": architecture.batch_norm,
        "weights": network.weights.tolist(),
        "averages": [{"mean": mean.tolist(), "variance": variance.tolist()} for mean, variance in network.averages],
        "inputs": _scale_to_dict(network.inputs),
        "target": _scale_to_dict(network.target),
    }


def _scale_to_dict(scale: Scale) -> dict[str, Any]:
    return {"center": scale.center.tolist(), "size": scale.size.tolist()}


def from_dict(document: object, where: str = "network", *, classes: Sequence[Any] | None = None) -> Network:
    """The network of a document.

    Parameters
    ----------
    document : object
    where : str
        What the document is called in messages.
    classes : sequence, optional
        Sorted; None for numbers.

    Raises
    ------
    DataError
        If a key is absent or holds what it may not; the message names it.
    """
    known = fields_of(document, where, KEYS)
    architecture = _architecture(known, where)
    wanted = "identity" if classes is None else "softmax" if architecture.widths[-1] > 1 else "sigmoid"
    if architecture.output != wanted or (classes is not None and len(classes) != max(architecture.widths[-1], 2)):
        refuse(f"{where}.output", architecture.output, f"{wanted}, with one output a class, or one for two")
    hidden = architecture.widths[1:-1] * architecture.batch_norm
    averages = known["averages"]
    if not isinstance(averages, list) or len(averages) != len(hidden):
        refuse(f"{where}.averages", averages, f"a list of {len(hidden)}, one entry a normalized layer")
    return Network(
        architecture,
        _numbers(known["weights"], f"{where}.weights", size_of(architecture)),
        tuple(_average(each, f"{where}.averages[{k}]", hidden[k]) for k, each in enumerate(averages)),
        _scale(known["inputs"], f"{where}.inputs", architecture.widths[0]),
        _scale(known["target"], f"{where}.target", 1),
        None if classes is None else tuple(classes),
    )


def _architecture(known: Any, where: str) -> Architecture:
    for key, allowed in (("activation", ACTIVATIONS), ("output", get_args(Output))):
        if known[key] not in allowed:
            refuse(f"{where}.{key}", known[key], " or ".join(allowed))
    if not isinstance(known["batch_norm"], bool):
        refuse(f"{where}.batch_norm", known["batch_norm"], "true or false")
    text = text_of(known["architecture"], f"{where}.architecture")
    try:
        found = Architecture.of(text, activation=known["activation"], batch_norm=known["batch_norm"])
    except DerivkitError as problem:
        raise DataError(f"{where}.architecture: {problem.message}") from None
    return found.with_output(known["output"])


def _average(document: object, where: str, width: int) -> tuple[Vector, Vector]:
    known = fields_of(document, where, {"mean", "variance"})
    variance = _numbers(known["variance"], f"{where}.variance", width)
    if (variance < 0).any():
        refuse(f"{where}.variance", float(variance.min()), "not negative")
    return _numbers(known["mean"], f"{where}.mean", width), variance


def _scale(document: object, where: str, count: int) -> Scale:
    known = fields_of(document, where, {"center", "size"})
    size = _numbers(known["size"], f"{where}.size", count)
    if not (size > 0).all():
        refuse(f"{where}.size", float(size.min()), "positive")
    return Scale(_numbers(known["center"], f"{where}.center", count), size)


def _numbers(document: object, where: str, count: int) -> Vector:
    if not isinstance(document, list) or len(document) != count or not all(map(is_finite, document)):
        refuse(where, document, f"a list of {count} finite numbers")
    return np.array(document, dtype=float)
