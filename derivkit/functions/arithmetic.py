"""The arithmetics in which the table's rows can be evaluated: floats, arrays, balls.

An arithmetic turns a row into a callable (`arithmetic.function(row)`), a rational number into one of its numbers
(`arithmetic.number(q)`), and offers every row by name (`arithmetic.cos`), which is how partial derivatives are written.
Two more live upstairs: graph nodes (`expression.arithmetic`) and SymPy's expressions (`symbolic.convert`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any

from derivkit.functions.row import Partial, Row

Number = int | Fraction


@cache
def resolve(path: str) -> Any:
    """Import what a "module:name" path stands for."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


class Arithmetic:
    """Numbers of one kind, and the table's functions of them, by name and by row."""

    def __init__(self) -> None:
        self._functions: dict[Row, Callable[..., Any]] = {}

    def number(self, value: Number) -> Any:
        """The number of this arithmetic that is nearest to a rational one."""
        raise NotImplementedError  # abstract: every arithmetic defines its own

    def build(self, row: Row) -> Callable[..., Any]:
        """Make the callable of a row, once."""
        raise NotImplementedError  # abstract: every arithmetic defines its own

    def function(self, row: Row) -> Callable[..., Any]:
        """The callable of a row."""
        found = self._functions.get(row)
        if found is None:
            found = self._functions[row] = self.build(row)
        return found

    def partial(self, rule: Partial, y: Any, arguments: tuple[Any, ...]) -> Any:
        """A partial derivative at given arguments."""
        return rule(self, y, *arguments)

    def quiet(self) -> AbstractContextManager[Any]:
        """A context in which infinities and NaN come without warnings."""
        return nullcontext()

    def truth(self, condition: Any) -> bool | None:
        """Whether a truth value holds; None where it is not one certain answer (an array, a wide ball, a graph node)."""
        return None

    def __getattr__(self, name: str) -> Any:
        from derivkit.functions import row_named  # here, because the table's rows are made after this module

        if name.startswith("_"):
            raise AttributeError(name)
        row = row_named(name)
        function = self.function(row)
        if not row.arity:
            return function()  # not kept: a constant ball is as narrow as the precision at hand
        setattr(self, name, function)
        return function


class ArrayArithmetic(Arithmetic):
    """NumPy arrays and NumPy floats, with IEEE infinities and NaN."""

    def number(self, value: Number) -> float:
        return nearest_float(value)

    def build(self, row: Row) -> Callable[..., Any]:
        return resolve(row.array)  # type: ignore[no-any-return]  # resolved by name

    def quiet(self) -> AbstractContextManager[Any]:
        import numpy as np

        return np.errstate(all="ignore")


class FloatArithmetic(Arithmetic):
    """Python floats, by `math` where it serves, with the infinities and NaN of IEEE where `math` would raise."""

    def number(self, value: Number) -> float:
        return nearest_float(value)

    def build(self, row: Row) -> Callable[..., float]:
        if row.scalar is None:
            return lambda *arguments: _quietly(ARRAYS.function(row), arguments)
        scalar = resolve(row.scalar)

        def call(*arguments: float) -> float:
            try:
                return scalar(*arguments)  # type: ignore[no-any-return]  # resolved by name
            except (ArithmeticError, ValueError):
                return _quietly(ARRAYS.function(row), arguments)

        return call

    def truth(self, condition: float) -> bool | None:
        return None if condition != condition else bool(condition)

    def partial(self, rule: Partial, y: float, arguments: tuple[float, ...]) -> float:
        try:
            return rule(self, y, *arguments)  # type: ignore[no-any-return]  # a rule of floats gives a float
        except (ArithmeticError, ValueError):
            import numpy as np

            return _quietly(lambda y, *a: rule(ARRAYS, y, *a), (np.float64(y), *arguments))


class BallArithmetic(Arithmetic):
    """Arb's real balls: every result is a midpoint and a radius that encloses the true value."""

    def number(self, value: Number) -> Any:
        from flint import arb, fmpq

        return arb(fmpq(value.numerator, value.denominator))

    def build(self, row: Row) -> Callable[..., Any]:
        from flint import arb

        routine = getattr(arb, row.ball[1:]) if row.ball.startswith(".") else resolve(row.ball)
        if row.ball.startswith("operator:"):
            return routine  # type: ignore[no-any-return]  # resolved by name

        def call(*arguments: Any) -> Any:
            balls = [x if isinstance(x, arb) else arb(x) for x in arguments]
            if not row.choice and any(x.is_nan() for x in balls):
                return arb.nan()  # of which Arb's own steps and angles make ordinary balls
            return routine(*balls)

        return call

    def truth(self, condition: Any) -> bool | None:
        return bool(condition == 1) if condition.is_exact() else None


FLOATS = FloatArithmetic()
ARRAYS = ArrayArithmetic()
BALLS = BallArithmetic()


def nearest_float(value: Number) -> float:
    """The float nearest to a rational number, infinite where it is too large."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _quietly(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    import numpy as np

    with np.errstate(all="ignore"):
        return float(function(*(np.float64(a) for a in arguments)))


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Run balls at a working precision, and put the old one back whatever happens."""
    from flint import ctx

    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before
