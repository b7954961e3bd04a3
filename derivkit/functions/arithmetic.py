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
from threading import RLock
from typing import Any

from derivkit.functions.row import Partial, Row

Number = int | Fraction
_FLINT = RLock()  # held while FLINT's settings differ from what they were


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
        """The nearest float, which arrays broadcast."""
        return nearest_float(value)

    def build(self, row: Row) -> Callable[..., Any]:
        """The row's array routine as it is."""
        return resolve(row.array)  # type: ignore[no-any-return]  # resolved by name

    def quiet(self) -> AbstractContextManager[Any]:
        """NumPy without its warnings."""
        import numpy as np

        return np.errstate(all="ignore")


class FloatArithmetic(Arithmetic):
    """Python floats, by `math` where it serves, with the infinities and NaN of IEEE where `math` would raise."""

    def number(self, value: Number) -> float:
        """The nearest float, infinite where the number is too large."""
        return nearest_float(value)

    def build(self, row: Row) -> Callable[..., float]:
        """The row's routine for one float; its array routine where there is none, or where that one raises."""
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
        """Whether the condition holds; None of NaN."""
        return None if condition != condition else bool(condition)

    def partial(self, rule: Partial, y: float, arguments: tuple[float, ...]) -> float:
        """A partial derivative, by the arrays' rules where floats raise."""
        try:
            return rule(self, y, *arguments)  # type: ignore[no-any-return]  # a rule of floats gives a float
        except (ArithmeticError, ValueError):
            import numpy as np

            return _quietly(lambda y, *a: rule(ARRAYS, y, *a), (np.float64(y), *arguments))


class BallArithmetic(Arithmetic):
    """Arb's real balls: every result is a midpoint and a radius that encloses the true value."""

    def number(self, value: Number) -> Any:
        """A ball around a rational number, exact where the working precision holds it."""
        from flint import arb, fmpq

        return arb(fmpq(value.numerator, value.denominator))

    def build(self, row: Row) -> Callable[..., Any]:
        """The row's ball routine, of balls and of exact numbers; a NaN ball of a NaN ball."""
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
        """Whether the condition certainly holds or certainly fails; None of a ball that may be both, and of NaN."""
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
    """Run balls at a working precision, and put the old one back whatever happens.

    FLINT's settings belong to the process, not to the thread: one thread at a time may be in here, as often as it likes; the others
    wait. Balls that are computed outside of it have whatever precision is at hand.

    Parameters
    ----------
    bits : int

    Examples
    --------
    >>> from derivkit.functions import BALLS
    >>> with precision(100):
    ...     BALLS.pi.rel_accuracy_bits() >= 98
    True
    """
    with _flint_setting("prec", bits):
        yield


@contextmanager
def series_length(terms: int) -> Iterator[None]:
    """Let FLINT's power series have so many terms, under the same lock as `precision`."""
    with _flint_setting("cap", terms):
        yield


@contextmanager
def _flint_setting(name: str, value: int) -> Iterator[None]:
    from flint import ctx

    with _FLINT:
        before = getattr(ctx, name)
        try:
            setattr(ctx, name, value)
            yield
        finally:
            setattr(ctx, name, before)
