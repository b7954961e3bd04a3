"""The way from inputs to outputs: on plain arrays to predict, on tensors to be differentiated; the same lines for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivkit.networks.architecture import Architecture
from derivkit.networks.parameters import Layer
from derivkit.tape import functional

Averages = tuple[tuple[Any, Any], ...]  # means and variances of each normalized layer, shape (width,)
Mark = Callable[[str, Any], Any]  # told the name of a quantity and its value; gives the value to go on with

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": functional.tanh,
    "relu": functional.relu,
    "sigmoid": functional.sigmoid,
}


def unmarked(name: str, value: Any) -> Any:
    """Go on with the value."""
    return value


def no_averages(architecture: Architecture) -> Averages:
    """Before the first batch: mean 0, variance 1."""
    return tuple((np.zeros(width), np.ones(width)) for width in architecture.widths[1:-1] * architecture.batch_norm)


def forward(
    architecture: Architecture,
    layers: Sequence[Layer],
    averages: Averages,
    x: Any,
    *,
    rng: np.random.Generator | None = None,
    mark: Mark = unmarked,
) -> tuple[Any, Averages]:
    """One pass through all layers.

    Parameters
    ----------
    architecture : Architecture
    layers : sequence of mapping of str to array or Tensor
    averages : Averages
        Of normalized layers, over earlier batches.
    x : array or Tensor, shape (n, inputs)
    rng : numpy.random.Generator, optional
        In training: normalized layers take the mean and the variance of these rows, and dropout leaves units out. Without, running
        averages and all units.
    mark : callable, optional
        Told of "z1" (before the layer bends), "n1" (normalized), "a1" (after), ..., and of the outputs' z.

    Returns
    -------
    z : array or Tensor, shape (n, outputs)
        Before the output's own function.
    averages : Averages
        With these rows, in training.

    Examples
    --------
    >>> architecture = Architecture.of("2-1")
    >>> forward(architecture, [{"W": np.array([[1.0], [2.0]]), "b": np.array([0.5])}], (), np.array([[1.0, 1.0]]))[0]
    array([[3.5]])
    """
    bend, training = _FUNCTIONS[architecture.activation], rng is not None
    after = []
    for k, layer in enumerate(layers, 1):
        z = mark(f"z{k}", functional.linear(x, layer["W"], layer.get("b")))
        if k == len(layers):
            break
        if architecture.batch_norm:
            z, *now = functional.batch_norm(z, layer["gamma"], layer["beta"], *averages[k - 1], training=training)
            after.append((now[0], now[1]))
            z = mark(f"n{k}", z)
        x = mark(f"a{k}", bend(z))
        if architecture.dropout:
            x = functional.dropout(x, architecture.dropout, rng=rng, training=training)
    return z, tuple(after)


def loss_of(architecture: Architecture, z: Any, y: np.ndarray[Any, Any]) -> Any:
    """The mean loss of rows: half the squared error of numbers, minus the logarithm of the true class's probability.

    Parameters
    ----------
    architecture : Architecture
    z : array or Tensor, shape (n, outputs)
    y : array, shape (n,)
        Numbers, or positions of classes.
    """
    if architecture.output == "softmax":
        return functional.softmax_cross_entropy(z, y)
    target = y[:, None]
    if architecture.output == "sigmoid":
        return functional.sigmoid_cross_entropy(z, target)
    return functional.mean_squared_error(z, target) / 2


def outputs_of(architecture: Architecture, z: Any) -> Any:
    """What the last layer's function makes of z: numbers, or probabilities, shape (n, outputs)."""
    if architecture.output == "softmax":
        return functional.softmax(z)
    return functional.sigmoid(z) if architecture.output == "sigmoid" else z


def surprises(architecture: Architecture, z: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Any:
    """Minus the logarithm of the true class's probability in every row, shape (n,)."""
    if architecture.output == "softmax":
        return -functional.log_softmax(z)[np.arange(len(y)), y]
    return functional.softplus(np.where(y == 1, -z[:, 0], z[:, 0]))
