"""Training on arrays that are in memory already, without a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.data.design import Design
from derivkit.models.response import check_response
from derivkit.training.options import Spec
from derivkit.training.result import TrainResult
from derivkit.training.sample import Sample
from derivkit.training.trainer import Trainer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trained:
    """What training on arrays answers.

    Attributes
    ----------
    result : TrainResult
    coefficients : array of float, shape (B, p), or None
        Of every linear predictor, the intercept first, where the minimizer stopped: also where `result.converged` is False and the
        result names no estimates. None where it never started or ran away.
    """

    result: TrainResult
    coefficients: Matrix | None


def train_arrays(
    spec: Spec, x: NDArray[Any], y: NDArray[Any], names: Sequence[str], classes: Sequence[Any] | None = None
) -> Trained:
    """Fit a model to arrays, as `train` does to a table.

    Parameters
    ----------
    spec : Spec
    x : array, shape (n, number of features)
        Finite.
    y : array, shape (n,)
        Finite; with `classes`, the position in them.
    names : sequence of str
        Of the features.
    classes : sequence of (int, float or str), optional
        Sorted, each taken by a row.

    Raises
    ------
    DataError
        If the arrays do not determine the coefficients, or the family cannot explain the response.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.models.solve import Method
    >>> from derivkit.training.options import spec_of
    >>> spec = spec_of("linear", None, {}, intercept=True, robust=False, method=Method())
    >>> train_arrays(spec, np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 6.0]), ["x"]).coefficients
    array([[-2. ,  2.5]])
    """
    design = Design.of_arrays(x, y, names, intercept=spec.intercept, classes=classes)
    check_response(spec.family.response, design.target, design.response, design.rows)
    trainer = Trainer(spec, design, Sample.of(design, None))
    result = trainer.run(None)
    return Trained(result, None if trainer.reached is None else trainer.reached.user)
