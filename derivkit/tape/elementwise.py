"""The elementwise operations: NumPy's and SciPy's universal functions, by the table's rows where it has one.

A row whose array routine is a universal function serves that function. What stands here besides is what NumPy and SciPy
spell otherwise than the table, and what has no place in a formula that people type (`square`, `remainder`, `copysign`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import log, pi
from typing import Any

import numpy as np

from derivkit.functions import Row, table
from derivkit.functions.arithmetic import resolve
from derivkit.functions.row import Partial
from derivkit.tape.operation import Elementwise

LN2 = log(2)


@cache
def operation_of(row: Row) -> Elementwise:
    """A row of the table as an operation on arrays."""
    return Elementwise(row.name, resolve(row.array), row.partials)


def of_ufunc(ufunc: Any) -> Elementwise | None:
    """The operation behind a universal function; None if it has no rule."""
    found = ELEMENTWISE.get(ufunc)
    if found is None and getattr(ufunc, "__module__", None) != "numpy" and _scipys() is not None:
        found = ELEMENTWISE.get(ufunc)
    return found


def _rows(package: str) -> dict[Any, Elementwise]:
    found: dict[Any, Elementwise] = {}
    for row in table():
        if row.array.startswith(package) and row.arity:
            routine = resolve(row.array)
            if isinstance(routine, np.ufunc):
                found[routine] = operation_of(row)
    return found


def _ours(ufunc: Any, *partials: Partial | None) -> tuple[Any, Elementwise]:
    return ufunc, Elementwise(ufunc.__name__, ufunc, partials)


def _step(f: Any, y: Any, *args: Any) -> int:
    """Constant between jumps, and 0 at them."""
    return 0


def _same(f: Any, y: Any, *args: Any) -> int:
    return 1


def _won(f: Any, y: Any, x: Any, other: Any) -> Any:
    """1 for the larger (smaller) of two; 1/2 for each of two that are equal, infinities too; 0 for both where the value is NaN."""
    won, tie = y == x, y == other
    if not np.any(won & tie):
        return won
    return np.true_divide(won, tie + np.int8(1), dtype=y.dtype)


def _difference(x: Any, y: Any) -> Any:
    """x - y, and 0 for equal infinities."""
    gap = x - y
    return gap if np.all(np.isfinite(gap)) else np.where(x == y, 0, gap)


def _by_difference(rule: Callable[..., Any]) -> tuple[Partial, Partial]:
    """The partials of a soft maximum, which see only which argument is larger, and by how much."""
    return lambda f, s, x, y: rule(f, _difference(x, y)), lambda f, s, x, y: rule(f, _difference(y, x))


def _power_by_base(f: Any, p: Any, x: Any, y: Any) -> Any:
    """y*x^(y-1), and 0 where the exponent is 0, for x = 0 too; infinite at x = 0 for exponents between 0 and 1."""
    if isinstance(y, int | float):
        return y * f.power(x, y - 1) if y else 0
    return y * np.power(x, np.where(y == 0, 1, y - 1))


def _beside(r: Any, x: Any) -> Any:
    """x/r, and 0 at 0/0."""
    return x / np.where(r == 0, 1, r)


# Where a function has a kink, a jump or no derivative, what stands here is what is returned. At ties the shares of all
# arguments sum to one, and are equal.
ELEMENTWISE: dict[Any, Elementwise] = {
    **_rows("numpy:"),  # abs: 0 at the kink; sqrt, cbrt: infinite at 0; arctan2: NaN at (0, 0)
    **dict(
        (
            _ours(np.power, _power_by_base, lambda f, y, x, e: f.xlogy(y, x)),  # DLMF 4.2.27; by e: NaN for x < 0; -inf at 0^0
            _ours(np.float_power, _power_by_base, lambda f, y, x, e: f.xlogy(y, x)),
            _ours(np.square, lambda f, y, x: f.multiply(2.0, x)),
            _ours(np.positive, _same),
            _ours(np.conjugate, _same),
            _ours(np.reciprocal, lambda f, y, x: -y * y),
            _ours(np.fabs, lambda f, y, x: np.sign(x)),  # 0 at the kink
            _ours(np.exp2, lambda f, y, x: y * LN2),
            _ours(np.deg2rad, lambda f, y, x: pi / 180),
            _ours(np.radians, lambda f, y, x: pi / 180),
            _ours(np.rad2deg, lambda f, y, x: 180 / pi),
            _ours(np.degrees, lambda f, y, x: 180 / pi),
            _ours(np.hypot, lambda f, r, x, y: _beside(r, x), lambda f, r, x, y: _beside(r, y)),  # 0 at the kink (0, 0), as abs
            _ours(np.logaddexp, *_by_difference(lambda f, d: f.sigmoid(d))),  # DLMF 4.7.7; 1/2 each for equal infinities
            _ours(np.logaddexp2, *_by_difference(lambda f, d: f.sigmoid(LN2 * d))),
            _ours(np.maximum, _won, lambda f, m, x, y: _won(f, m, y, x)),  # ties: 1/2 each
            _ours(np.minimum, _won, lambda f, m, x, y: _won(f, m, y, x)),
            _ours(np.fmax, _won, lambda f, m, x, y: _won(f, m, y, x)),  # and 0 for the argument that is NaN
            _ours(np.fmin, _won, lambda f, m, x, y: _won(f, m, y, x)),
            _ours(np.fmod, _same, lambda f, m, x, y: -np.rint((x - m) / y)),  # x - y*trunc(x/y), right of its jumps
            _ours(np.remainder, _same, lambda f, m, x, y: -np.rint((x - m) / y)),  # x - y*floor(x/y)
            _ours(np.copysign, lambda f, y, x, s: np.sign(x) * np.copysign(1, s), _step),  # 0 at the kink x = 0
            _ours(np.ldexp, lambda f, y, x, k: np.ldexp(y.dtype.type(1), k), None),
            _ours(np.heaviside, _step, lambda f, y, x, h: np.equal(x, 0)),
            _ours(np.floor_divide, _step, _step),
            _ours(np.floor, _step),
            _ours(np.ceil, _step),
            _ours(np.trunc, _step),
            _ours(np.rint, _step),
            _ours(np.sign, _step),
        )
    ),
}

# Of values that are not numbers to be differentiated; called on plain arrays.
PLAIN = frozenset(
    (
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.isnan, np.isinf, np.isfinite, np.signbit,
        np.logical_and, np.logical_or, np.logical_not, np.logical_xor,
    )
)  # fmt: skip


@cache
def _scipys() -> dict[Any, Elementwise]:
    """SciPy's special functions, added to the others the first time one is met."""
    from derivkit.tape.special import operations

    found = {**_rows("scipy.special:"), **operations()}
    ELEMENTWISE.update(found)
    return found
