"""What one row of the list of model families holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.functions import ARRAYS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Response = Literal["numbers", "not negative", "positive", "two classes", "classes"]
Errors = Literal["information", "huber", "kernel", "sandwich"]


@dataclass(frozen=True, slots=True)
class Family:
    """A model family; formulas are texts in derivkit's language, differentiated by its engine.

    Attributes
    ----------
    name : str
        As `--model` takes it.
    title : str
    link : str
        What the linear predictor is of the mean, in words.
    loss : str
        Of one row, in the linear predictor `eta`, the response `y` and the family's `settings`.
    prediction : str
        In `eta`.
    start : str
        The best constant `eta`, in the mean `m` of the response; a good one where the best has no formula.
    source : str
    constant : str
        What minus the log-likelihood of a row has beyond `loss`, in `y` alone.
    deviance : str or None
        Of one row, in `y` and the prediction `mu`; None where there is no likelihood.
    variance : str
        Of the response, in `mu`, up to the dispersion.
    dispersed : bool
        Whether the dispersion is estimated, by Pearson's statistic, instead of 1.
    log_likelihood : str or None
        Of all rows, in their number `n`, the mean `loss` with its constant, the dispersion `phi` and the mean `log_y` of log(y).
    distribution : str
        Of estimate / standard error: "t" with n - p degrees of freedom, or "normal".
    response : str
        What the target must hold.
    errors : str
        Where standard errors come from: the "information" matrix, or what the family has instead of a likelihood.
    curved : bool
        Whether the loss has a second derivative to work with.
    scaled : bool
        Whether `delta` is in units of the residuals' own scale.
    settings : mapping of str to float
        Numbers in the loss that the user may set, with their defaults.
    """

    name: str
    title: str
    link: str
    loss: str
    prediction: str
    start: str
    source: str
    constant: str = "0"
    deviance: str | None = None
    variance: str = "1"
    dispersed: bool = False
    log_likelihood: str | None = None
    distribution: Literal["t", "normal"] = "normal"
    response: Response = "numbers"
    errors: Errors = "information"
    curved: bool = True
    scaled: bool = False
    settings: Mapping[str, float] = field(default_factory=dict)

    @property
    def classes(self) -> bool:
        """Whether the response is a class."""
        return self.response in ("two classes", "classes")

    def number(self, formula: str, **at: float) -> float:
        """The value of one of the family's formulas."""
        import numpy as np

        return float(evaluate(parsed(formula), {name: np.float64(value) for name, value in at.items()}, ARRAYS))

    def of_rows(self, formula: str, **at: Any) -> Any:
        """The values of one of the family's formulas, for every row."""
        import numpy as np

        shape = np.broadcast_shapes(*[np.shape(x) for x in at.values()])
        return np.broadcast_to(evaluate(parsed(formula), at, ARRAYS), shape)

    def predict(self, eta: Vector) -> Any:
        """Predictions from linear predictors."""
        return evaluate(parsed(self.prediction), {"eta": eta}, ARRAYS)


@cache
def parsed(formula: str) -> Graph:
    """The graph of a formula in its stable form, made once."""
    from derivkit.expression.parser import parse
    from derivkit.expression.stable import stabilize

    return stabilize(parse(formula).graph)
