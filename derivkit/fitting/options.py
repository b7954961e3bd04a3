"""What is said about parameters, checked against the formula: starts, bounds, fixed values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, TypeVar

from derivkit.data.words import nearest_hint, shown
from derivkit.errors import UsageError
from derivkit.expression.point import variable_name
from derivkit.fitting.rows import Names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

T = TypeVar("T")
Interval = tuple[float | None, float | None]


@dataclass(frozen=True, eq=False)
class Given:
    """What a user says about parameters.

    Attributes
    ----------
    free : tuple of str
        Parameters that are fitted.
    start, fixed : mapping of str to float
    low, high : array of float, shape (p,)
        Of the free ones.
    """

    free: tuple[str, ...]
    start: Mapping[str, float]
    fixed: Mapping[str, float]
    low: Vector
    high: Vector

    @property
    def bounds(self) -> tuple[Vector, Vector]:
        """Lowest and highest values."""
        return self.low, self.high


def read_given(
    names: Names, start: Mapping[str, float] | None, fix: Mapping[str, float] | None, bounds: Mapping[str, Interval] | None
) -> Given:
    """Check names and values.

    Raises
    ------
    UsageError
        If a name is no parameter of the formula, a value no finite number, a start beyond its bounds, or nothing is left to fit.
    """
    import numpy as np

    starts = {name: _number(name, x) for name, x in _known(names, start, "start").items()}
    fixed = {name: _number(name, x) for name, x in _known(names, fix, "fix").items()}
    limits = {name: _ends(name, pair) for name, pair in _known(names, bounds, "bounds").items()}
    for name in fixed:
        if name in starts or name in limits:
            raise UsageError(f"{name} is fixed and has a {'start' if name in starts else 'bound'}", hint="say one of the two")
    free = tuple(name for name in names.parameters if name not in fixed)
    if not free:
        raise UsageError("every parameter is fixed: there is nothing to fit", hint="leave one out of fix")
    low, high = (np.array([limits.get(name, (-math.inf, math.inf))[end] for name in free]) for end in (0, 1))
    for k, name in enumerate(free):
        if name in starts and not low[k] <= starts[name] <= high[k]:
            raise UsageError(f"the start {name} = {starts[name]:g} lies beyond its bounds", hint="move the start or the bounds")
    return Given(free, starts, fixed, low, high)


def _known(names: Names, given: Mapping[str, T] | None, what: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for raw, value in (given or {}).items():
        name = variable_name(raw) or raw
        if name in names.columns:
            raise UsageError(f"{what}: {shown(raw)} is a column, not a parameter", hint=_listed(names.parameters))
        if name not in names.parameters:
            raise UsageError(f"{what}: the formula has no parameter {shown(raw)}", hint=nearest_hint(name, names.parameters))
        if name in found:
            raise UsageError(f"{what}: {shown(raw)} is given twice")
        found[name] = value
    return found


def _listed(parameters: Sequence[str]) -> str:
    return f"the parameters are {', '.join(parameters)}"


def _number(name: str, value: object) -> float:
    if not isinstance(value, Real) or not math.isfinite(value):
        raise UsageError(f"the value of {name} is not a finite number", hint="give a finite real number")
    return float(value)


def _ends(name: str, pair: Interval) -> tuple[float, float]:
    low, high = (infinite if end is None else float(end) for end, infinite in zip(pair, (-math.inf, math.inf), strict=True))
    if not low < high:
        raise UsageError(f"the bounds of {name} are not in order", hint="give the lower one first")
    return low, high
