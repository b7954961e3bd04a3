"""Values of the rows that neither `math`, `operator`, NumPy nor SciPy offers under one name.

The names of one-float routines are plain; those that also take arrays say so.
"""

from __future__ import annotations

import math
from typing import Any

HALF_WAY = 0.5  # the unit step's value at its jump, as in DLMF 1.16.13


def pi() -> float:
    """The float nearest to pi."""
    return math.pi


def e() -> float:
    """The float nearest to e."""
    return math.e


def undefined() -> float:
    """NaN."""
    return math.nan


def choose(condition: float, x: float, y: float) -> float:
    """`x` where the condition holds, else `y`."""
    return x if condition else y


def maximum(x: float, y: float) -> float:
    """The larger of two floats; NaN if either is."""
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller of two floats; NaN if either is."""
    return x if x <= y or x != x else y


def sign(x: float) -> float:
    """-1, 0 or 1; NaN of NaN."""
    return x if x != x else float((x > 0) - (x < 0))


def heaviside(x: float) -> float:
    """The unit step, one half at 0."""
    return x if x != x else HALF_WAY if x == 0 else float(x > 0)


def floor(x: float) -> float:
    """The largest integer not above `x`, as a float."""
    return float(math.floor(x))


def ceil(x: float) -> float:
    """The smallest integer not below `x`, as a float."""
    return float(math.ceil(x))


def heaviside_array(x: Any) -> Any:
    """The unit step of an array."""
    import numpy as np

    return np.heaviside(x, HALF_WAY)


def power(x: Any, y: Any) -> Any:
    """Powers of arrays; whole exponents go through without complex numbers or integer overflow."""
    import numpy as np

    return np.power(np.asarray(x, dtype=float), y)


def _array_comparison(name: str) -> Any:
    def compare(x: Any, y: Any) -> Any:
        import numpy as np

        return np.where(np.isnan(x) | np.isnan(y), np.nan, getattr(np, name)(x, y))

    compare.__doc__ = f"numpy.{name} as 1.0 or 0.0, NaN where either side is."
    return compare


less = _array_comparison("less")
less_equal = _array_comparison("less_equal")
greater = _array_comparison("greater")
greater_equal = _array_comparison("greater_equal")
equal = _array_comparison("equal")
not_equal = _array_comparison("not_equal")
