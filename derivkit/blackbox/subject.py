"""The user's function as a function of one vector: called on copies, counted, and within a time."""

from __future__ import annotations

import math
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from derivkit.blackbox.argument import Argument, Misfit
from derivkit.blackbox.kinds import bits_of, plain
from derivkit.errors import DerivkitError

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Array


class OutOfTime(Exception):
    """The check has used up its time."""


class Subject:
    """A function of the point, as a function of the point's vector.

    Parameters
    ----------
    fun : callable
    argument : Argument
    args : sequence
    kwargs : mapping
        Handed on to every call.
    seconds : float
        How long the check may take.

    Attributes
    ----------
    fun : callable
    evaluations : int
        How often the function was called.
    bits : int
        Binary digits in which it works; those of the point, until `first` has seen a value.
    """

    def __init__(
        self, fun: Callable[..., Any], argument: Argument, args: Sequence[Any], kwargs: Mapping[str, Any], seconds: float
    ) -> None:
        self.argument = argument
        self.bits = argument.bits
        self.evaluations = 0
        self.fun = fun
        self._args, self._kwargs = tuple(args), dict(kwargs)
        self._end = monotonic() + seconds

    def with_function(self, fun: Callable[..., Any]) -> Subject:
        """Another function of the same point, within the same time."""
        return Subject(fun, self.argument, self._args, self._kwargs, self._end - monotonic())

    def call(self, code: Callable[..., Any], vector: Array) -> tuple[Any, int | None]:
        """Call user code with a copy of the point.

        Returns
        -------
        answer : Any
        changed : int or None
            An entry of the copy that it changed.
        """
        import numpy as np

        handed = self.argument.handed(vector)
        before = self.argument.read(handed).copy()
        answer = code(handed, *self._args, **self._kwargs)
        after = self.argument.read(handed)
        same = before.shape == after.shape and np.array_equal(before, after, equal_nan=True)
        return answer, None if same else int(np.argmax(before != after)) if before.shape == after.shape else 0

    def first(self, vector: Array) -> tuple[float, int | None]:
        """The value at the point itself, and an entry that the function changed; errors are the caller's.

        Raises
        ------
        Misfit
            If the value is not one real number.
        """
        self.evaluations += 1
        answer, changed = self.call(self.fun, vector)
        self.bits = min(self.bits, bits_of(answer)) if not isinstance(answer, complex) else self.bits
        return _number(answer), changed

    def value(self, vector: Array) -> float:
        """The value anywhere; NaN where the function has none or raises.

        Raises
        ------
        OutOfTime
            If the time is up.
        DerivkitError
            From a program that is gone.
        """
        if monotonic() > self._end:
            raise OutOfTime
        self.evaluations += 1
        try:
            return _number(self.fun(self.argument.handed(vector), *self._args, **self._kwargs))
        except DerivkitError:  # a program that went away
            raise
        except Exception:  # whatever a user's function raises beside its point: it has no value there
            return math.nan


def _number(answer: Any) -> float:
    if isinstance(answer, float):
        return float(answer)
    array = plain(answer)
    if array.size != 1:
        raise Misfit("wrong_shape", f"the function's value has the shape {array.shape}: it must be one number")
    if array.dtype.kind not in "fiub" and "float" not in str(array.dtype):
        raise Misfit("wrong_dtype", f"the function's value is of type {array.dtype}: it must be a real number")
    return float(array.reshape(()))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Warnings of user code unheard, and what it may change in the process put back: random numbers, NumPy's way with errors."""
    import numpy as np

    python, numpy = random.getstate(), np.random.get_state()
    torch = sys.modules.get("torch")
    state = None if torch is None else torch.get_rng_state()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if torch is not None:
            torch.set_rng_state(state)
