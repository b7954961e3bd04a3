"""Where training starts: random weights that neither blow signals up nor let them die out on their way through the layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivkit.networks.architecture import Architecture
from derivkit.networks.parameters import Part, parts_of, size_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

START, BATCHES, DROPOUT = range(3)  # what is random, each with numbers of its own, so that one does not change with another


def generator(seed: int, use: int) -> np.random.Generator:
    """The random numbers of one use."""
    import numpy as np

    return np.random.default_rng([seed, use])


def initial(architecture: Architecture, seed: int) -> Vector:
    """Random weights; biases and beta 0, gamma 1.

    For relu normal with variance 2/in: He, Zhang, Ren and Sun, Delving deep into rectifiers (2015), equation 10. For tanh, and into
    the outputs, uniform on ±sqrt(6/(in + out)): Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks (2010), equation 16; for sigmoid, which is tanh at half the argument and half as high, four times as wide.

    Returns
    -------
    array of float, shape (number of weights,)

    Examples
    --------
    >>> initial(Architecture.of("2-1"), 0).round(3).tolist() == initial(Architecture.of("2-1"), 0).round(3).tolist()
    True
    """
    import numpy as np

    random = generator(seed, START)
    vector = np.zeros(size_of(architecture))
    for part in parts_of(architecture):
        if part.kind == "W":
            vector[part.place] = _weights(architecture, part, random).ravel()
        elif part.kind == "gamma":
            vector[part.place] = 1.0
    return vector


def _weights(architecture: Architecture, part: Part, random: np.random.Generator) -> Vector:
    fed, width = part.shape
    hidden = part.layer < architecture.depth
    if hidden and architecture.activation == "relu":
        return random.normal(0.0, math.sqrt(2 / fed), part.shape)
    reach = math.sqrt(6 / (fed + width)) * (4 if hidden and architecture.activation == "sigmoid" else 1)
    return random.uniform(-reach, reach, part.shape)
