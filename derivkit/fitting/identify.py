"""Parameters that the data cannot tell apart, and what is determined instead: "only a*b is"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from derivkit.fitting.problem import EPSILON, Problem
from derivkit.optimize.gauss_newton import Tangent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

DEPENDENT = 1e-11  # smallest against largest singular value of a Jacobian with columns of one length
TAKES_PART = 1e-6  # share of a parameter in a direction
NEGLIGIBLE = 1e-3  # a parameter this small beside what would change the values by much is as good as 0
WHOLE = 1e-6  # a number this near to a simple fraction is one
SIMPLEST = 6  # largest denominator and numerator
NEAR = 0.3  # relative distance of the points that are looked at
POINTS = 4
MOST_NAMED = 6  # parameters for which all ways to combine them are tried
SEED = 1


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Parameters that can change without changing the fit.

    Attributes
    ----------
    parameters : tuple of str
    directions : int
        In how many independent ways.
    everywhere : bool
        Also near the point that was asked about, so that the formula, or the columns, are the cause, and not the values.
    combinations : tuple of str
        What of them is determined, as formulas; empty if nothing is, or if no simple formula says it.
    """

    parameters: tuple[str, ...]
    directions: int
    everywhere: bool
    combinations: tuple[str, ...]

    @property
    def message(self) -> str:
        """One sentence."""
        names = _and(self.parameters)
        if self.directions == len(self.parameters):
            return f"the fit is the same for every value of {names}"
        if self.combinations:
            verb = "is" if len(self.combinations) == 1 else "are"
            return f"{names} cannot be told apart: only {_and(self.combinations)} {verb} determined"
        return f"{names} cannot be told apart: they can change together without changing the fit"


def undetermined(problem: Problem, x: Vector) -> Undetermined | None:
    """The parameters that the data cannot tell apart at a point; None if they can.

    Parameters
    ----------
    problem : Problem
    x : array of float, shape (p,)

    Returns
    -------
    Undetermined or None
    """
    import numpy as np

    with np.errstate(all="ignore"):
        here = _flat(problem, x)
        if here is None or not here.count:
            return None
        rng = np.random.default_rng(SEED)
        points = [x + NEAR * rng.uniform(-1.0, 1.0, len(x)) * here.reach for _ in range(POINTS)]
        nearby = [flat for point in points if (flat := _flat(problem, point)) is not None]
        everywhere = bool(nearby) and all(flat.count == here.count for flat in nearby)
        involved = (nearby[0] if everywhere else here).involved
        names = tuple(problem.parameters[k] for k in involved)
        combinations = _combinations(names, involved, nearby) if everywhere else ()
        return Undetermined(names, here.count, everywhere, combinations)


@dataclass(frozen=True, eq=False)
class _Flat:
    """Directions in which nothing changes, at a point.

    Attributes
    ----------
    x : array of float, shape (p,)
    directions : array of float, shape (p, d)
        Of parameters in units of `scale`.
    scale : array of float, shape (p,)
        Lengths of the Jacobian's columns.
    reach : array of float, shape (p,)
        By how much parameters must change to change the values by much.
    """

    x: Vector
    directions: Matrix
    scale: Vector
    reach: Vector

    @property
    def count(self) -> int:
        return int(self.directions.shape[1])

    @property
    def involved(self) -> list[int]:
        """The parameters that take part."""
        import numpy as np

        return np.flatnonzero(np.abs(self.directions).max(axis=1) > TAKES_PART).tolist()

    @property
    def moves(self) -> Matrix:
        """The directions in the parameters' own units."""
        return self.directions / self.scale[:, None]


def _flat(problem: Problem, x: Vector) -> _Flat | None:
    """What is flat at a point; None outside the domain."""
    import numpy as np

    local = problem.at(x)
    if not local.finite:
        return None
    tangent = Tangent.at(local)
    _, sizes, axes = np.linalg.svd(tangent.triangle)
    flat = axes[sizes <= DEPENDENT * max(float(sizes[0]), 1e-300)].T
    whole = problem.noise / EPSILON / tangent.scale
    reach = np.where(np.abs(x) > NEGLIGIBLE * whole, np.abs(x), whole)
    return _Flat(x, flat, tangent.scale, np.where(reach > 0, reach, 1.0))


def _combinations(names: Sequence[str], involved: list[int], nearby: Sequence[_Flat]) -> tuple[str, ...]:
    """Products of powers, sums, or both, that the directions leave as they are at every point."""
    import numpy as np

    for logarithmic in _kinds(len(names)):
        found = []
        for flat in nearby:
            moved = flat.moves[involved] / np.where(logarithmic, flat.x[involved], 1.0)[:, None]
            found.append(_simple(_complement(moved)))
        if found[0] is not None and found[0] and all(other == found[0] for other in found):
            return tuple(_written(names, row, logarithmic) for row in found[0])
    return ()


def _kinds(count: int) -> Iterator[tuple[bool, ...]]:
    """Which parameters are taken by their logarithms: all or none first."""
    yield (True,) * count
    yield (False,) * count
    if count <= MOST_NAMED:
        for kinds in product((True, False), repeat=count):
            if len(set(kinds)) > 1:
                yield kinds


def _complement(space: Matrix) -> Matrix:
    """What is orthogonal to the columns, in reduced row echelon form."""
    import numpy as np

    left, sizes, _ = np.linalg.svd(space / np.linalg.norm(space, axis=0))
    rank = int((sizes > TAKES_PART).sum())
    rows = left[:, rank:].T.copy()
    column = 0
    for k in range(len(rows)):
        while column < rows.shape[1] and np.abs(rows[k:, column]).max() < TAKES_PART:
            column += 1
        if column == rows.shape[1]:
            return rows[:k]
        pivot = k + int(np.abs(rows[k:, column]).argmax())
        rows[[k, pivot]] = rows[[pivot, k]]
        rows[k] /= rows[k, column]
        for other in range(len(rows)):
            if other != k:
                rows[other] -= rows[other, column] * rows[k]
        column += 1
    return rows


def _simple(rows: Matrix) -> list[tuple[Fraction, ...]] | None:
    """The rows as simple fractions; None if they are not."""
    found = []
    for row in rows.tolist():
        fractions = tuple(Fraction(value).limit_denominator(SIMPLEST) for value in row)
        if any(abs(float(f) - value) > WHOLE or abs(f) > SIMPLEST for f, value in zip(fractions, row, strict=True)):
            return None
        found.append(fractions)
    return found


def _written(names: Sequence[str], row: Sequence[Fraction], logarithmic: Sequence[bool]) -> str:
    """A product of powers, times the exponential of a sum; or the sum alone."""
    powers = [(name, f) for name, f, log in zip(names, row, logarithmic, strict=True) if f and log]
    terms = [(name, f) for name, f, log in zip(names, row, logarithmic, strict=True) if f and not log]
    text = "".join(_factor(name, f, first=not k) for k, (name, f) in enumerate(powers))
    total = "".join(_term(name, f, first=not k) for k, (name, f) in enumerate(terms))
    if not text:
        return total
    return f"{text}*exp({total})" if total else text


def _factor(name: str, power: Fraction, *, first: bool) -> str:
    sign = "" if first and power > 0 else "1/" if first else "*" if power > 0 else "/"
    size = abs(power)
    return f"{sign}{name}" if size == 1 else f"{sign}{name}^{size}" if size.denominator == 1 else f"{sign}{name}^({size})"


def _term(name: str, weight: Fraction, *, first: bool) -> str:
    sign = ("" if weight > 0 else "-") if first else (" + " if weight > 0 else " - ")
    size = abs(weight)
    return f"{sign}{name}" if size == 1 else f"{sign}{size}*{name}" if size.denominator == 1 else f"{sign}{name}*({size})"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
