"""Functions of neural networks and of statistics, of tensors and of plain arrays alike.

Values, first and second derivatives stay finite and right where the naive formulas overflow. Losses are means over rows or
elements.
"""

from __future__ import annotations

from derivkit.tape.functional.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, tanh
from derivkit.tape.functional.layers import batch_norm, dropout, layer_norm, linear
from derivkit.tape.functional.losses import (
    binary_cross_entropy_with_logits,
    huber,
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from derivkit.tape.functional.softmax import log_softmax, logsumexp, softmax
from derivkit.tape.functional.statistics import gammaln, lambertw, multigammaln, polygamma

__all__ = [
    "batch_norm",
    "binary_cross_entropy_with_logits",
    "dropout",
    "elu",
    "gammaln",
    "gelu",
    "huber",
    "lambertw",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsumexp",
    "mean_squared_error",
    "multigammaln",
    "polygamma",
    "relu",
    "sigmoid",
    "sigmoid_cross_entropy",
    "silu",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "tanh",
]
