"""Which columns of a design matrix say nothing new: constant ones, copies, and exact linear combinations of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.data.words import listed, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A column whose part outside the span of those before it is smaller than this, relative to its own size, is dependent.
# Sums of decimals read as doubles leave about 1e-16 times the offset of the columns; the worst honest data stay far above.
SMALLEST_NEW_PART = 1e-11
SMALLEST_SHARE = 1e-8  # of the largest: below, a partner takes no part
MOST_TERMS = 6  # of a formula in a message
MOST_TOLD = 3  # dependencies in a message


@dataclass(frozen=True, slots=True)
class Dependency:
    """A column that is a linear combination of others, in the user's units.

    Attributes
    ----------
    name : str
    constant : float
    shares : mapping of str to float
        The factor of every column that takes part.

    Examples
    --------
    >>> print(Dependency("c", 0.0, {"a": 2.0, "b": -1.0}))
    c is an exact linear combination of a, b: c = 2*a - b
    >>> print(Dependency("b", 0.0, {"a": 1.0}))
    b is a duplicate of a
    """

    name: str
    constant: float
    shares: Mapping[str, float]

    @property
    def duplicate(self) -> bool:
        """The same numbers as another column's, to about ten digits."""
        return not self.constant and [_rounded(share) for share in self.shares.values()] == ["1"]

    @property
    def formula(self) -> str:
        """The combination: "c = 2*a - b + 3"."""
        terms = [(share, "*" + shown(name)) for name, share in self.shares.items()]
        if self.constant or not terms:
            terms.append((self.constant, ""))
        written = [_term(share, name) for share, name in terms[:MOST_TERMS]]
        text = " ".join([*written, *["+ ..."] * (len(terms) > MOST_TERMS)])
        return f"{shown(self.name)} = {text[2:] if text.startswith('+') else '-' + text[2:]}"

    def __str__(self) -> str:
        if self.duplicate:
            return f"{shown(self.name)} is a duplicate of {listed(self.shares)}"
        return f"{shown(self.name)} is an exact linear combination of {listed(self.shares)}: {self.formula}"


def triangle_of(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The triangle R of a QR factorization: R^T R = X^T X, without squaring the condition of X."""
    import numpy as np

    return np.asarray(np.linalg.qr(matrix, mode="r"))


def dependencies(matrix: NDArray[np.float64], names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For every column that is a linear combination of the ones before it, its name and theirs.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
        Columns of about one size; a column of zeros depends on nothing else. A triangle of its QR factorization does as well.
    names : tuple of str, length p

    Returns
    -------
    list of tuple of str
        The dependent column first.

    Examples
    --------
    >>> import numpy as np
    >>> dependencies(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), ("a", "b"))
    [('b', 'a')]
    """
    return [(names[k], *(names[j] for j in shares)) for k, shares in _dependent(triangle_of(matrix))]


def relations(
    matrix: NDArray[np.float64], names: tuple[str, ...], *, center: NDArray[np.float64], scale: NDArray[np.float64], intercept: bool
) -> list[Dependency]:
    """Every column that is a linear combination of the ones before it, and of which.

    Parameters
    ----------
    matrix : array of float, shape (n, p)
        The standardized columns, (column - center)/scale, or a triangle of their QR factorization.
    names : tuple of str, length p
    center, scale : array of float, shape (p,)
    intercept : bool
        The first column is the constant, neither centered nor scaled.

    Examples
    --------
    >>> import numpy as np
    >>> celsius = np.array([-1.0, 0.0, 1.0])
    >>> matrix = np.column_stack([np.ones(3), celsius, celsius])
    >>> center, scale = np.array([0, 20, 68.0]), np.array([1, 5, 9.0])
    >>> [found] = relations(matrix, ("intercept", "C", "F"), center=center, scale=scale, intercept=True)
    >>> found.formula
    'F = 1.8*C + 32'
    """
    found = []
    for k, shares in _dependent(triangle_of(matrix)):
        own = {j: scale[k] * share / scale[j] for j, share in shares.items() if j or not intercept}
        parts = [center[k], scale[k] * shares.get(0, 0.0) * intercept, *(-factor * center[j] for j, factor in own.items())]
        constant = float(sum(parts))
        if abs(constant) <= SMALLEST_SHARE * max(scale[k], *map(abs, parts)):
            constant = 0.0
        found.append(Dependency(names[k], constant, {names[j]: float(factor) for j, factor in own.items()}))
    return found


def told(found: list[Dependency]) -> str:
    """The first dependencies, in words."""
    more = len(found) - MOST_TOLD
    return "; ".join([*map(str, found[:MOST_TOLD]), *[f"and {more} more"] * (more > 0)])


def _dependent(triangle: NDArray[np.float64]) -> list[tuple[int, dict[int, float]]]:
    """The columns that depend on earlier ones, with the shares of these; the triangle has the inner products of the matrix."""
    import numpy as np

    kept: list[int] = []
    basis: list[Any] = []
    found: list[tuple[int, dict[int, float]]] = []
    for k in range(triangle.shape[1]):
        column = triangle[:, k]
        rest = column.copy()
        for _ in range(2):  # twice is enough (Giraud and Langou, 2005)
            for direction in basis:
                rest -= (direction @ rest) * direction
        size = np.linalg.norm(rest)
        if size > SMALLEST_NEW_PART * np.linalg.norm(column):
            kept.append(k)
            basis.append(rest / size)
            continue
        shares = np.linalg.lstsq(triangle[:, kept], column, rcond=None)[0] if kept else np.zeros(0)
        least = SMALLEST_SHARE * np.abs(shares).max(initial=0.0)
        found.append((k, {j: float(share) for j, share in zip(kept, shares, strict=True) if abs(share) > least}))
    return found


def _rounded(value: float) -> str:
    return f"{value:.9g}" if abs(value - round(value)) < 1e-6 else f"{value:.6g}"


def _term(share: float, name: str) -> str:
    size = _rounded(abs(share))
    text = name.removeprefix("*") if size == "1" and name else size + name
    return f"{'-' if share < 0 else '+'} {text}"
