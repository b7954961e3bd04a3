"""Deadlines: they interrupt, nest, and give the alarm back."""

from __future__ import annotations

import gc
import signal
import threading
import time

import pytest

from derivkit.budget import deadline, patience
from derivkit.errors import BudgetError


def spin(seconds: float) -> None:
    """Keep Python busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_block_within_its_budget_is_left_alone():
    with deadline(60) as clock:
        total = sum(range(100))
    assert 4950 == total
    assert 0 < clock.left <= 60


def test_a_block_over_its_budget_is_interrupted_with_a_line_that_says_so():
    started = time.monotonic()
    with (
        pytest.raises(BudgetError, match=r"the factorization takes longer than 0\.05 seconds"),
        deadline(0.05, "the factorization"),
    ):
        spin(30)
    assert time.monotonic() - started < 15


def test_the_alarm_is_off_afterwards_and_the_handler_is_restored():
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(BudgetError), deadline(0.02):
        spin(30)
    assert before == signal.getsignal(signal.SIGALRM)
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_an_earlier_outer_deadline_counts_inside_a_later_one():
    started = time.monotonic()
    with pytest.raises(BudgetError, match="outer"), deadline(0.05, "outer"), deadline(60, "inner"):
        spin(30)
    assert time.monotonic() - started < 15


def test_an_outer_deadline_survives_an_inner_one_that_is_caught():
    with pytest.raises(BudgetError, match="outer"), deadline(0.2, "outer"):
        with pytest.raises(BudgetError, match="inner"), deadline(0.02, "inner"):
            spin(30)
        spin(30)


def test_a_swallowed_alarm_rings_again():
    with pytest.raises(BudgetError), deadline(0.02):
        try:
            spin(30)
        except BudgetError:
            spin(30)


def test_an_alarm_of_the_callers_own_rings_later():
    rung = []
    previous = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(BudgetError), deadline(0.02):
            spin(30)
        spin(0.2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert [signal.SIGALRM] == rung


def test_an_alarm_of_the_callers_own_that_rings_first_does_not_replace_the_deadline():
    rung = []
    previous = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(BudgetError, match="the sum"), deadline(0.1, "the sum"):
            spin(30)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert [signal.SIGALRM] == rung


def test_a_callers_repeated_alarm_goes_on_during_and_after_the_block():
    rung = []
    previous = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        with pytest.raises(BudgetError), deadline(0.2):
            spin(30)
        during = len(rung)
        spin(0.2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert 0 < during < len(rung)


def test_an_error_of_the_callers_own_alarm_leaves_the_block():
    def ring(number, frame):
        raise InterruptedError("the caller's")

    previous = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(InterruptedError, match="the caller's"), deadline(20):
            spin(30)
        assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)
        assert signal.getsignal(signal.SIGALRM) is ring
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def in_thread(work) -> list[BaseException]:
    """Run something in another thread; what it raised."""
    raised = []

    def run() -> None:
        try:
            work()
        except BudgetError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised


def test_in_another_thread_the_block_is_refused_at_its_end():
    def work() -> None:
        with deadline(0.01):
            spin(0.03)

    assert [BudgetError] == [type(error) for error in in_thread(work)]


def test_in_another_thread_a_check_refuses_at_once():
    reached = []

    def work() -> None:
        with deadline(0.01) as clock:
            spin(0.03)
            clock.check()
            reached.append("the end")

    assert 1 == len(in_thread(work))
    assert [] == reached


def test_patience_ends_without_an_error():
    reached = []
    with patience(0.02):
        reached.append("the beginning")
        spin(30)
        reached.append("the end")
    assert ["the beginning"] == reached


def test_patience_does_not_swallow_somebody_elses_budget():
    with pytest.raises(BudgetError, match="outer"), deadline(0.02, "outer"), patience(60):
        spin(30)


def test_an_alarm_in_a_callback_of_the_collector_is_not_lost() -> None:
    def slow(phase: str, info: object) -> None:
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass

    gc.callbacks.append(slow)
    try:
        with pytest.raises(BudgetError), deadline(0.1):
            gc.collect()  # an error raised inside the callback would only be printed
            while True:
                pass
    finally:
        gc.callbacks.remove(slow)
