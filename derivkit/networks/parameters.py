"""All weights of a network as one vector, and the arrays and names that lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Any

from derivkit.networks.architecture import Architecture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Layer = dict[str, Any]  # W of shape (in, out) and b of shape (out,), or gamma and beta; arrays or tensors


@dataclass(frozen=True, slots=True)
class Part:
    """One array of a network, and where it lies in the vector.

    Attributes
    ----------
    kind : str
        "W" or "b"; of a normalized layer "gamma" or "beta".
    layer : int
        From 1.
    shape : tuple of int
    start : int
    """

    kind: str
    layer: int
    shape: tuple[int, ...]
    start: int

    @property
    def title(self) -> str:
        """ "W1"."""
        return f"{self.kind}{self.layer}"

    @property
    def place(self) -> slice:
        """Where it lies."""
        return slice(self.start, self.start + prod(self.shape))

    def of(self, vector: Vector) -> Vector:
        """The array, a view of the vector."""
        return vector[self.place].reshape(self.shape)

    @property
    def names(self) -> tuple[str, ...]:
        """Of its entries, counted from 1: W1[2,3] leads from input 2 to unit 3 of layer 1."""
        places = product(*(range(1, length + 1) for length in self.shape))
        return tuple(f"{self.title}[{','.join(map(str, place))}]" for place in places)


@cache
def parts_of(architecture: Architecture) -> tuple[Part, ...]:
    """The arrays of a network, layer by layer.

    A normalized layer has no bias: the mean of the batch would take it away again (Ioffe and Szegedy, arXiv:1502.03167, section
    3.2); beta stands in for it.

    Examples
    --------
    >>> [(part.title, part.shape) for part in parts_of(Architecture.of("2-3-1"))]
    [('W1', (2, 3)), ('b1', (3,)), ('W2', (3, 1)), ('b2', (1,))]
    """
    parts: list[Part] = []
    start = 0
    for layer, (fed, width) in enumerate(pairwise(architecture.widths), 1):
        normalized = architecture.batch_norm and layer < architecture.depth
        for kind in ("W", "gamma", "beta") if normalized else ("W", "b"):
            parts.append(Part(kind, layer, (fed, width) if kind == "W" else (width,), start))
            start = parts[-1].place.stop
    return tuple(parts)


def size_of(architecture: Architecture) -> int:
    """How many weights there are, biases and the like included."""
    return int(parts_of(architecture)[-1].place.stop)


def names_of(architecture: Architecture) -> list[str]:
    """The weights' names, in the order of the vector."""
    return [name for part in parts_of(architecture) for name in part.names]


@cache
def penalized(architecture: Architecture) -> NDArray[np.bool_]:
    """Which weights a penalty counts: all but biases, gamma and beta; not to be written into."""
    import numpy as np

    mask = np.zeros(size_of(architecture), dtype=bool)
    for part in parts_of(architecture):
        mask[part.place] = part.kind == "W"
    mask.flags.writeable = False
    return mask


def arrays_of(architecture: Architecture, vector: Vector) -> list[Vector]:
    """The arrays of a vector, one a part."""
    return [part.of(vector) for part in parts_of(architecture)]


def layers_of(architecture: Architecture, arrays: Sequence[Any]) -> list[Layer]:
    """Arrays or tensors, one a part, sorted into layers."""
    layers: list[Layer] = [{} for _ in range(architecture.depth)]
    for part, array in zip(parts_of(architecture), arrays, strict=True):
        layers[part.layer - 1][part.kind] = array
    return layers
