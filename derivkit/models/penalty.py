"""Penalties on the coefficients in the user's units, as they look in the model's own columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivkit.models.columns import Columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Penalty:
    """l1 times the sum of absolute coefficients + l2/2 times the sum of their squares, the intercept left out.

    Examples
    --------
    >>> str(Penalty(l2=0.5)), bool(Penalty())
    ('l2 = 0.5', False)
    """

    l1: float = 0.0
    l2: float = 0.0

    def __bool__(self) -> bool:
        return self.l1 > 0 or self.l2 > 0

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value:g}" for name, value in (("l1", self.l1), ("l2", self.l2)) if value)

    def of(self, coefficients: NDArray[np.float64]) -> float:
        """What it adds to the loss, of the user's coefficients without the intercept."""
        import numpy as np

        return self.l1 * float(np.abs(coefficients).sum()) + self.l2 * float((coefficients**2).sum()) / 2

    def root(self, columns: Columns, blocks: int, *, gauge: bool) -> NDArray[np.float64]:
        """The matrix whose product with the model's coefficients has the squared penalty as half its squared length.

        Parameters
        ----------
        columns : Columns
        blocks : int
            Linear predictors.
        gauge : bool
            Whether the loss is the same when all intercepts grow alike; their sum is then held at 0.

        Returns
        -------
        array of float, shape (q, P)
        """
        import numpy as np

        with np.errstate(all="ignore"):
            one = (np.sqrt(self.l2) * columns.back()[columns.intercept :]).astype(float)
        root = np.kron(np.eye(blocks), one) if self.l2 else np.zeros((0, blocks * columns.width))
        if gauge and columns.intercept:
            row = np.zeros((blocks, columns.width))
            row[:, 0] = 1.0
            root = np.vstack([root, row.ravel()])
        return root

    def weights(self, columns: Columns, blocks: int) -> NDArray[np.float64]:
        """Of the absolute values of the model's coefficients, shape (P,); columns must not be mixed by the way back."""
        import numpy as np

        weights = self.l1 / columns.scale
        weights[: columns.intercept] = 0.0
        return np.tile(weights, blocks)
