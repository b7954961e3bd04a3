"""What one row of the list of model families holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.functions import ARRAYS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """A model's answers beside the truth, from which metrics are computed.

    Attributes
    ----------
    response, prediction : array of float, shape (n,)
    loss : float
        Mean over the rows, without penalties.
    intercept : bool
    """

    response: Vector
    prediction: Vector
    loss: float
    intercept: bool


@dataclass(frozen=True, slots=True)
class Family:
    """A model family; formulas are texts in derivkit's language, differentiated by its tape.

    Attributes
    ----------
    name : str
        As `--model` takes it.
    title : str
    loss : str
        Of one row, in the linear predictor `eta` and the response `y`.
    prediction : str
        In `eta`.
    start : str
        The best constant `eta`, in the mean `m` of the response.
    log_likelihood : str
        Of all rows, in their number `n` and the mean `loss`.
    dispersion : str
        What the inverse of the summed second derivatives is multiplied by to be the covariance; in `n`, `p` and `loss`.
    distribution : str
        Of estimate / standard error: "t" with n - p degrees of freedom, or "normal".
    classes : bool
        The response is a class.
    metrics : callable
        `Scored` to a dict of numbers.
    source : str
    """

    name: str
    title: str
    loss: str
    prediction: str
    start: str
    log_likelihood: str
    dispersion: str
    distribution: Literal["t", "normal"]
    classes: bool
    metrics: Callable[[Scored], dict[str, float]]
    source: str

    def number(self, formula: str, **at: float) -> float:
        """The value of one of the family's formulas."""
        import numpy as np

        return float(evaluate(parsed(formula), {name: np.float64(value) for name, value in at.items()}, ARRAYS))

    def predict(self, eta: Vector) -> Any:
        """Predictions from linear predictors."""
        return evaluate(parsed(self.prediction), {"eta": eta}, ARRAYS)


@cache
def parsed(formula: str) -> Graph:
    """The graph of a formula, parsed once."""
    from derivkit.expression.parser import parse

    return parse(formula).graph
