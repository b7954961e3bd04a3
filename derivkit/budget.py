"""Time budgets: a block of code that may not run longer than so many seconds."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from derivkit.errors import BudgetError

_REPEAT = 0.25  # seconds after which the alarm rings again, should somebody have swallowed the first one


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
    if 0 < waiting <= seconds:  # the alarm that is set already rings first
        yield clock
        return
    previous = signal.signal(signal.SIGALRM, lambda number, frame: clock.refuse())
    started = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6), _REPEAT)
        yield clock
    finally:
        _restore(previous, waiting, interval, started)


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


def _restore(previous: Any, waiting: float, interval: float, started: float) -> None:
    """Give the alarm back to whoever had it, with the time that is left to them."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL if previous is None else previous)  # None: set by C code, unknown to Python
        if waiting:
            signal.setitimer(signal.ITIMER_REAL, max(waiting - (time.monotonic() - started), 1e-6), interval)
