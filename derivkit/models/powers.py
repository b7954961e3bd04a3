"""Columns for a polynomial: Chebyshev polynomials of every numeric column, and the way back to powers.

Powers of one column are nearly dependent, Chebyshev polynomials of it, moved to [-1, 1], are not; they span the same space. The way
back is exact: the coefficients of the polynomials are rational numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derivkit.models.columns import Columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.data.held import Held

    Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Powers(Columns):
    """Columns of a polynomial, standardized.

    Attributes
    ----------
    degree : int
    places : tuple of ((float, float) or None)
        For every column of the user's the middle and half of its range; None for one that stays as it is.
    """

    degree: int = 1
    places: tuple[tuple[float, float] | None, ...] = ()

    @classmethod
    def polynomial(cls, matrix: Held, *, intercept: bool, degree: int) -> Powers:
        """The columns of a polynomial; columns with two values, as indicators have, stay as they are."""
        import numpy as np

        plain = Columns.of(matrix, intercept=intercept)
        places = [
            _place(*ends) if k >= intercept and _several(plain, k, *ends) else None
            for k, ends in enumerate(zip(plain.low.tolist(), plain.high.tolist(), strict=True))
        ]
        p = matrix.shape[1] + (degree - 1) * sum(place is not None for place in places)
        unscaled = cls(matrix, intercept, np.zeros(p), np.ones(p), np.zeros(p), np.zeros(p), degree, tuple(places))
        found = unscaled.standardized()
        assert isinstance(found, Powers)  # of its own kind
        return found

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.center)

    @property
    def powers(self) -> tuple[int, ...]:
        """Up to which power every column of the user's goes."""
        return tuple(self.degree if place else 1 for place in self.places)

    def names(self, names: Sequence[str]) -> tuple[str, ...]:
        """What the user's coefficients are called: x, x^2, ..."""
        return power_names(names, self.powers)

    def source(self, rows: slice) -> tuple[Matrix, Matrix | None]:
        """Some rows, standardized."""
        return self.block(rows), None

    def expanded(self, block: NDArray[Any]) -> NDArray[Any]:
        """Chebyshev polynomials of some rows; without an intercept, times the column itself, so that they vanish at 0."""
        import numpy as np

        parts = []
        for column, place in zip(block.T, self.places, strict=True):
            if place is None:
                parts.append(column)
                continue
            t = (column - place[0]) / place[1]
            polynomials = [np.ones_like(t), t]
            while len(polynomials) <= self.degree:
                polynomials.append(2 * t * polynomials[-1] - polynomials[-2])
            parts += polynomials[1 : self.degree + 1] if self.intercept else [column * each for each in polynomials[: self.degree]]
        return np.column_stack(parts)

    def back(self) -> NDArray[Any]:
        """The matrix, in extended precision, that turns coefficients of these columns into coefficients of powers."""
        import numpy as np

        powers, at = np.eye(self.width, dtype=np.longdouble), 0
        for place in self.places:
            if place is None:
                at += 1
                continue
            for k, row in enumerate(_chebyshev(self.degree, *map(Fraction, place))[self.intercept : self.degree + self.intercept]):
                own = row[1:] if self.intercept else row[: self.degree]
                powers[at : at + self.degree, at + k] = [_extended(c) for c in own]
                if self.intercept:
                    powers[0, at + k] = _extended(row[0])
            at += self.degree
        back: NDArray[Any] = powers @ super().back()
        return back


def power_names(names: Sequence[str], powers: Sequence[int]) -> tuple[str, ...]:
    """What columns and their powers are called.

    Examples
    --------
    >>> power_names(["intercept", "x"], [1, 3])
    ('intercept', 'x', 'x^2', 'x^3')
    """
    exponents = [["", *[f"^{k}" for k in range(2, highest + 1)]] for highest in powers]
    return tuple(name + power for name, each in zip(names, exponents, strict=True) for power in each)


def _several(columns: Columns, k: int, low: float, high: float) -> bool:
    """Whether a column has values between the ends of its range."""
    blocks = (columns.matrix[rows][:, k] for rows in columns.blocks())
    return any(((block != low) & (block != high)).any() for block in blocks)


def _place(low: float, high: float) -> tuple[float, float]:
    """The middle and half of a range, in few bits."""
    import numpy as np

    half = 2.0 ** np.ceil(np.log2((high - low) / 2))
    return float(np.round((low + high) / 2 / half * 64) * half / 64), float(half)


def _chebyshev(degree: int, middle: Fraction, half: Fraction) -> list[list[Fraction]]:
    """The coefficients of x^0 ... x^degree in T_k((x - middle)/half), for every k up to the degree (DLMF 18.9.1)."""
    t = [-middle / half, 1 / half]
    rows = [[Fraction(1)], t]
    while len(rows) <= degree:
        rows.append([2 * a - b for a, b in zip(_product(t, rows[-1]), [*rows[-2], Fraction(0), Fraction(0)], strict=True)])
    return [[*row, *[Fraction(0)] * (degree + 1 - len(row))] for row in rows]


def _product(line: list[Fraction], row: list[Fraction]) -> list[Fraction]:
    return [line[0] * a + line[1] * b for a, b in zip([*row, Fraction(0)], [Fraction(0), *row], strict=True)]


def _extended(c: Fraction) -> Any:
    """The nearest number in extended precision, as a sum of two doubles."""
    import numpy as np

    high = float(c)
    return np.longdouble(high) + np.longdouble(float(c - Fraction(high)))
