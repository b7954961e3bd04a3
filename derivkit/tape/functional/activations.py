"""Functions that are applied to every element alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.arithmetic import TENSORS
from derivkit.tape.build import as_array
from derivkit.tape.operation import Elementwise
from derivkit.tape.tensor import apply

# The table's function, with a partial derivative that takes one pass instead of several.
RELU = Elementwise("relu", lambda x: np.maximum(x, 0), (lambda f, y, x: np.greater(x, 0),))
LEAKY_RELU = Elementwise(
    "leaky_relu",
    lambda x, slope: np.where(x > 0, x, slope * x),
    (lambda f, y, x, slope: np.where(np.greater(x, 0), 1.0, slope), lambda f, y, x, slope: np.minimum(x, 0)),
)
ELU = Elementwise(
    "elu",
    lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
    (
        lambda f, y, x, alpha: np.where(np.greater(x, 0), 1.0, alpha * np.exp(np.minimum(x, 0))),
        lambda f, y, x, alpha: np.expm1(np.minimum(x, 0)),
    ),
)
GELU = Elementwise(
    "gelu",
    lambda x: x * TENSORS.normcdf(x),
    (lambda f, y, x: f.normcdf(x) + x * f.normpdf(x),),
)


def relu(x: Any) -> Any:
    """max(x, 0), with the derivative 0 at 0.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import relu
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return apply(RELU, (as_array(x),))


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """x where it is positive, `negative_slope` x elsewhere; the slope is taken at 0.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import leaky_relu
    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.01,  2.  ])
    """
    return apply(LEAKY_RELU, (as_array(x), negative_slope))


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, `alpha` (exp(x) - 1) elsewhere (Clevert, Unterthiner and Hochreiter, arXiv:1511.07289).

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import elu
    >>> elu(np.array([0.0, 2.0]))
    array([0., 2.])
    """
    return apply(ELU, (as_array(x), alpha))


def sigmoid(x: Any) -> Any:
    """1/(1 + exp(-x)).

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import sigmoid
    >>> sigmoid(np.array([-1e4, 0.0]))
    array([0. , 0.5])
    """
    return TENSORS.sigmoid(as_array(x))


def silu(x: Any) -> Any:
    """x sigmoid(x), called swish too.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import silu
    >>> silu(np.array([0.0, 1e4]))
    array([    0., 10000.])
    """
    return as_array(x) * sigmoid(x)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)).

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import softplus
    >>> softplus(np.array([-1e4, 1e4]))
    array([    0., 10000.])
    """
    return TENSORS.softplus(as_array(x))


def gelu(x: Any, approximate: str = "none") -> Any:
    """x times the normal distribution function (Hendrycks and Gimpel, arXiv:1606.08415).

    Parameters
    ----------
    x : array_like
    approximate : str
        'none', or 'tanh' for the authors' formula x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))/2.

    Raises
    ------
    ValueError
        If `approximate` is neither.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import gelu
    >>> gelu(np.array([-1e4, 0.0, 1e4]))
    array([   -0.,     0., 10000.])
    """
    x = as_array(x)
    if approximate == "none":
        return apply(GELU, (x,))
    if approximate != "tanh":
        raise ValueError(f"gelu: approximate={approximate!r} is neither 'none' nor 'tanh'")
    return x * sigmoid(2 * float(np.sqrt(2 / np.pi)) * (x + 0.044715 * x * x * x))  # (1 + tanh(u))/2 = sigmoid(2u)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent, `numpy.tanh`.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.tape.functional import tanh
    >>> tanh(np.array([0.0, 1e4]))
    array([0., 1.])
    """
    return np.tanh(as_array(x))
