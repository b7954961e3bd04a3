"""Both passes of a network written down: every value on the way forward, every adjoint on the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from derivkit import tape
from derivkit.networks.architecture import Architecture
from derivkit.networks.forward import Averages, forward, loss_of, outputs_of
from derivkit.networks.objective import Rows
from derivkit.networks.parameters import arrays_of, layers_of, parts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """An array on the way, and the derivatives of the loss by its entries.

    Attributes
    ----------
    name : str
        "x"; "z1", "n1", "a1", ... of the layers; "W1", "b1", "gamma1", "beta1", ... of weights.
    value, adjoint : array of float
        Signals have shape (rows, width), weights their own.
    """

    name: str
    value: Array
    adjoint: Array


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """The forward and the backward pass of some rows, as the network predicts: without dropout, normalized by running averages.

    Attributes
    ----------
    signals : tuple of Quantity
        From the inputs to the last z.
    weights : tuple of Quantity
    outputs : array of float, shape (n, outputs)
        Numbers, or probabilities.
    target : array, shape (n,)
    loss : float
        The mean over the rows, without a penalty.
    """

    signals: tuple[Quantity, ...]
    weights: tuple[Quantity, ...]
    outputs: Array
    target: NDArray[Any]
    loss: float


def passes(architecture: Architecture, vector: Array, averages: Averages, rows: Rows) -> Passes:
    """Write both passes down.

    The adjoint of a quantity is the derivative by a small number that is added to it: so a zero is added to each, and the tape
    differentiates by the zeros.

    Examples
    --------
    >>> import numpy as np
    >>> found = passes(Architecture.of("1-1"), np.array([2.0, 0.5]), (), Rows(np.array([[3.0]]), np.array([6.0])))
    >>> [(each.name, each.value.item(), each.adjoint.item()) for each in (*found.signals, *found.weights)]
    [('x', 3.0, 1.0), ('z1', 6.5, 0.5), ('W1', 2.0, 1.5), ('b1', 0.5, 0.5)]
    """
    seen: dict[str, Array] = {}
    nothing = _zeros(architecture, len(rows))

    def loss(zeros: dict[str, Any], arrays: Sequence[Any]) -> Any:
        def mark(name: str, value: Any) -> Any:
            moved = value + zeros[name]
            seen[name] = moved.numpy()
            return moved

        z, _ = forward(architecture, layers_of(architecture, arrays), averages, mark("x", rows.x), mark=mark)
        return loss_of(architecture, z, rows.y)

    arrays = arrays_of(architecture, vector)
    value, (signals, weights) = tape.value_and_grad(loss, (0, 1))(nothing, arrays)
    titles = [part.title for part in parts_of(architecture)]
    return Passes(
        tuple(Quantity(name, each, signals[name]) for name, each in seen.items()),
        tuple(Quantity(*each) for each in zip(titles, arrays, weights, strict=True)),
        np.asarray(outputs_of(architecture, seen[f"z{architecture.depth}"])),
        rows.y,
        float(value),
    )


def _zeros(architecture: Architecture, n: int) -> dict[str, Array]:
    zeros = {"x": np.zeros((n, architecture.widths[0]))}
    for k, width in enumerate(architecture.widths[1:], 1):
        hidden = ("n", "a") if architecture.batch_norm else ("a",)
        zeros |= {f"{kind}{k}": np.zeros((n, width)) for kind in ("z", *hidden * (k < architecture.depth))}
    return zeros
