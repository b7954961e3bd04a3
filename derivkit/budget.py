"""Time budgets: a block of code that may not run longer than so many seconds."""

from __future__ import annotations

import gc
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from derivkit.errors import BudgetError

_REPEAT = 0.25  # seconds after which the alarm rings again, should somebody have swallowed the first one
_WEAK = ("weakref", "_weakrefset")  # modules whose callbacks run while something is thrown away
_SOON = 1e-3  # seconds until the alarm rings again where an error would be lost
_SHORTEST = 1e-6  # seconds: a timer that is set to 0 is off


class Clock:
    """How much of a budget is left; made by `deadline`."""

    def __init__(self, seconds: float, what: str) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._what = what

    @property
    def left(self) -> float:
        """Seconds left; negative once the budget is spent."""
        return self._end - time.monotonic()

    def check(self) -> None:
        """Raise BudgetError if the budget is spent."""
        if self.left < 0:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raise the BudgetError of this budget."""
        raise BudgetError(
            f"{self._what} takes longer than {self._seconds:g} seconds", hint="ask for less: a lower order or a shorter expression"
        )


@contextmanager
def deadline(seconds: float, what: str = "the computation") -> Iterator[Clock]:
    """Let a block run no longer than so many seconds.

    In the main thread of a system with interval timers the block is interrupted wherever it is, except inside one long call of
    C code. Elsewhere nothing interrupts it: it is refused when it calls `Clock.check`, or at its end. Of nested deadlines the
    earliest counts, and an alarm that somebody else had set rings when it would have.

    Parameters
    ----------
    seconds : float
    what : str
        What is being done, as the beginning of the message.

    Yields
    ------
    Clock
        Tells the seconds left.

    Raises
    ------
    BudgetError
        If the block takes longer.

    Examples
    --------
    >>> with deadline(10, "the sum") as clock:
    ...     total = sum(range(10))
    >>> 0 < clock.left <= 10
    True
    """
    clock = Clock(seconds, what)
    if not _can_interrupt():
        yield clock
        clock.check()
        return
    waiting, interval = signal.getitimer(signal.ITIMER_REAL)
    previous = signal.getsignal(signal.SIGALRM)
    if waiting and isinstance(previous, _Alarm) and previous.clock.left <= seconds:  # a deadline of ours that rings first
        yield clock
        clock.check()
        return
    alarm = _Alarm(clock, previous, waiting, interval)
    try:
        signal.signal(signal.SIGALRM, alarm)
        alarm.set()
        yield clock
        clock.check()
    finally:
        alarm.give_back()


@contextmanager
def patience(seconds: float) -> Iterator[Clock]:
    """Let a block run for so many seconds and then leave it, without an error; parameters as for `deadline`.

    Examples
    --------
    >>> found = []
    >>> with patience(10):
    ...     found.append(1)
    >>> found
    [1]
    """
    clock = Clock(seconds, "the block")
    try:
        with deadline(seconds):
            yield clock
    except BudgetError:
        if clock.left > 0:  # somebody else's budget
            raise


def _can_interrupt() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _would_be_lost(frame: Any) -> bool:
    """Whether Python would swallow an error here: in a finalizer, or in a callback of a weak reference or of the collector."""
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code in callbacks or code.co_name == "__del__" or frame.f_globals.get("__name__") in _WEAK:
            return True
        frame = frame.f_back
    return False


class _Alarm:
    """Our signal handler: it ends the block in time, and rings for whoever had the alarm before."""

    def __init__(self, clock: Clock, previous: Any, waiting: float, interval: float) -> None:
        self.clock = clock
        self.previous = previous
        self.interval = interval
        self.theirs = time.monotonic() + waiting if waiting else math.inf  # when the other alarm is due

    def __call__(self, number: int, frame: Any) -> None:
        if time.monotonic() >= self.theirs:
            self.theirs = self.theirs + self.interval if self.interval else math.inf
            self.ring(number, frame)
        if _would_be_lost(frame):
            signal.setitimer(signal.ITIMER_REAL, _SOON, _REPEAT)
            return
        self.clock.check()
        self.set()

    def set(self) -> None:
        """Ask for the next signal."""
        wait = min(self.clock.left, self.theirs - time.monotonic())
        signal.setitimer(signal.ITIMER_REAL, max(wait, _SHORTEST), _REPEAT)

    def ring(self, number: int, frame: Any) -> None:
        """Do what the other alarm would have done."""
        if callable(self.previous):
            self.previous(number, frame)
        elif self.previous == signal.SIG_DFL:  # ends the process
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def give_back(self) -> None:
        """Leave the alarm to whoever had it, with the time that is left to them."""
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            # None was set by C code and is unknown to Python
            signal.signal(signal.SIGALRM, signal.SIG_DFL if self.previous is None else self.previous)
            if self.theirs < math.inf:
                signal.setitimer(signal.ITIMER_REAL, max(self.theirs - time.monotonic(), _SHORTEST), self.interval)
