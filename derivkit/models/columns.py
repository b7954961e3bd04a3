"""The columns that a model works with: standardized ones, made from the user's block by block, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivkit.data.rank import triangle_of
from derivkit.models.sums import summed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

ROWS_AT_ONCE = 8192  # a block stays in the cache of a processor
WELL_APART = 1e-3  # a column's part outside the span of others, beside which the rounding of squared columns is harmless
FAR_FROM_ZERO = 30.0  # standard deviations: nearer, moving a column after its products are made costs three digits at most
MODERATE = 1e30  # a scale whose squares and their sums stay in the range of doubles
MOST_KEPT = 2_000_000  # numbers of standardized columns that are kept instead of made again


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns with mean 0 and standard deviation 1.

    A large design is never copied: blocks of rows are standardized when they are used.

    Attributes
    ----------
    matrix : array of float, shape (n, p)
        The user's columns.
    intercept : bool
        The first column is the constant, which is left alone and takes up the centers.
    center, scale : array of float, shape (p,)
        A standardized column is (column - center)/scale.
    low, high : array of float, shape (p,)
        The ends of the columns' ranges before that.
    """

    matrix: Held
    intercept: bool
    center: Vector
    scale: Vector
    low: Vector
    high: Vector

    @classmethod
    def of(cls, matrix: Held, *, intercept: bool) -> Columns:
        """The standardized columns of a design; without an intercept they are not centered."""
        import numpy as np

        p = matrix.shape[1]
        return cls(matrix, intercept, np.zeros(p), np.ones(p), np.zeros(p), np.zeros(p)).standardized()

    def standardized(self) -> Columns:
        """The same columns, standardized."""
        import numpy as np

        def first(rows: slice) -> tuple[Vector, _Range]:
            block = self.expanded(self.matrix[rows])
            return block.sum(axis=0), _Range(block.min(axis=0), block.max(axis=0))

        n = len(self)
        sums, ends = summed(first, self.blocks())
        center = sums / n if self.intercept else np.zeros(self.width)
        center[: self.intercept] = 0.0
        largest = np.maximum(ends.high - center, center - ends.low)
        largest[~(largest > 0)] = 1.0

        def second(rows: slice) -> tuple[Vector]:
            rest = (self.expanded(self.matrix[rows]) - center) / largest
            return (np.einsum("ij,ij->j", rest, rest),)

        (squares,) = summed(second, self.blocks())
        scale = largest * np.sqrt(squares / n)
        scale[scale == 0] = 1.0
        return replace(self, center=center, scale=scale, low=ends.low, high=ends.high)

    @property
    def in_memory(self) -> bool:
        """Whether all rows are in memory, or so few that they may be."""
        import numpy as np

        return isinstance(self.matrix, np.ndarray) or len(self) * self.width <= MOST_KEPT

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return int(self.matrix.shape[1])

    @property
    def powers(self) -> tuple[int, ...]:
        """Up to which power every column of the user's goes."""
        return (1,) * int(self.matrix.shape[1])

    def blocks(self) -> Iterator[slice]:
        """Slices that cover the rows."""
        for start in range(0, len(self.matrix), ROWS_AT_ONCE):
            yield slice(start, start + ROWS_AT_ONCE)

    def block(self, rows: slice) -> Matrix:
        """Some rows of the standardized columns."""
        return self._made(rows) if self._kept is None else self._kept[rows]

    def source(self, rows: slice) -> tuple[Matrix, Matrix | None]:
        """Some rows, and a matrix whose product with them from the right makes them standardized; None where they are already.

        So the rows of a large design need not be touched, if its columns lie near enough to 0 to be moved afterwards.
        """
        if self._kept is not None:
            return self._kept[rows], None
        return (self._made(rows), None) if self._mixing is None else (self.matrix[rows], self._mixing)

    @cached_property
    def _mixing(self) -> Matrix | None:
        import numpy as np

        far = np.abs(self.center) > FAR_FROM_ZERO * self.scale
        tiny = (self.scale < 1 / MODERATE) | (self.scale > MODERATE)
        return None if far.any() or tiny.any() else self.back().astype(float)

    def extended(self, rows: slice) -> NDArray[Any]:
        """Some rows in extended precision, where the machine has it: what rounding to doubles does to them is undone."""
        import numpy as np

        return (self.expanded(self.matrix[rows].astype(np.longdouble)) - self.center) / self.scale

    def whole(self) -> Matrix:
        """All rows."""
        return self.block(slice(None))

    @cached_property
    def _kept(self) -> Matrix | None:
        return self._made(slice(None)) if len(self.matrix) * self.width <= MOST_KEPT else None

    def _made(self, rows: slice) -> Matrix:
        block = self.expanded(self.matrix[rows])
        return (block - self.center) / self.scale

    def expanded(self, block: NDArray[Any]) -> NDArray[Any]:
        """The user's columns of some rows, before they are standardized."""
        return block

    def back(self) -> NDArray[Any]:
        """The matrix, shape (p, p), in extended precision, that turns coefficients of these columns into the user's."""
        import numpy as np

        back = np.diag(1 / self.scale.astype(np.longdouble))
        if self.intercept:
            back[0, 1:] = -self.center[1:] / self.scale[1:].astype(np.longdouble)
        return back

    @cached_property
    def triangle(self) -> Matrix:
        """R, shape (p, p), with R^T R the products of the standardized columns with one another."""
        import numpy as np

        def part(rows: slice) -> tuple[Matrix]:
            x, mixed = self.source(rows)
            return (x.T @ x if mixed is None else mixed.T @ (x.T @ x) @ mixed,)

        (products,) = summed(part, self.blocks())
        root = triangle_if_well_apart(products)
        return triangle_by_blocks(map(self.block, self.blocks()), np.zeros((0, self.width))) if root is None else root

    def on(self, matrix: Held) -> Columns:
        """Other rows, standardized as these."""
        return replace(self, matrix=matrix)

    def sample(self, most_rows: int) -> slice:
        """At most so many rows, evenly spread."""
        return slice(None, None, -(-len(self.matrix) // most_rows))


@dataclass(frozen=True, slots=True, eq=False)
class _Range:
    """The smallest and the largest numbers of some rows; the sum of two is the range of both."""

    low: Vector
    high: Vector

    def __add__(self, other: _Range) -> _Range:
        import numpy as np

        return _Range(np.minimum(self.low, other.low), np.maximum(self.high, other.high))


def triangle_if_well_apart(products: Matrix) -> Matrix | None:
    """Cholesky's triangle of a matrix of products, None where columns are so nearly dependent that squaring them costs digits."""
    import numpy as np

    size = np.sqrt(np.abs(products.diagonal()))
    size[size == 0] = 1.0
    try:
        triangle: Matrix = np.linalg.cholesky(products / np.outer(size, size)).T
    except np.linalg.LinAlgError:
        return None
    return triangle * size if triangle.diagonal().min() > WELL_APART else None


def triangle_by_blocks(blocks: Iterable[Matrix], first: Matrix) -> Matrix:
    """The triangle of QR of rows that come block by block, the first ones given: their condition is not squared."""
    import numpy as np

    triangle = first
    for block in blocks:
        triangle = triangle_of(np.vstack([triangle, block]))
    return triangle
