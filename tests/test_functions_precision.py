"""Working precisions of balls: put back whatever happens, and kept apart between threads."""

from __future__ import annotations

import threading

import pytest
from flint import arb, ctx

from derivkit.functions import BALLS, precision
from derivkit.functions.arithmetic import series_length

ROUNDS = 200


def test_the_old_precision_comes_back():
    before = ctx.prec
    with precision(100):
        with precision(300):
            assert 300 == ctx.prec
        with pytest.raises(ZeroDivisionError), precision(400):
            raise ZeroDivisionError
        assert 100 == ctx.prec
    assert before == ctx.prec


def test_long_series_leave_their_length_as_it_was():
    before = ctx.cap
    with precision(100):
        value = BALLS.zetaderivative(arb(30), arb(2)) / arb(30).fac()
    assert abs(value - 1) < 1e-20  # by DLMF 25.2.4 it is (-1)^n n!/(s - 1)^(n + 1) and a bounded rest
    with pytest.raises(ZeroDivisionError), series_length(before + 7):
        raise ZeroDivisionError
    assert before == ctx.cap


def test_threads_at_different_precisions_do_not_disturb_each_other():
    """While one thread waits in the middle of its precision for the other to begin, that one must not."""
    before = ctx.prec, ctx.cap
    seen: dict[int, set[tuple[int, bool]]] = {}

    def work(bits: int) -> None:
        seen[bits] = set()
        for k in range(ROUNDS):
            with precision(bits):
                pi = BALLS.pi
                BALLS.zetaderivative(arb(12 + bits % 7), arb(2) + k)
                narrow = abs(BALLS.log(pi + k).rel_accuracy_bits() - bits) < 12
                seen[bits].add((ctx.prec, narrow))

    threads = [threading.Thread(target=work, args=(bits,)) for bits in (64, 150, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {bits: {(bits, True)} for bits in (64, 150, 400)} == seen
    assert before == (ctx.prec, ctx.cap)


def test_a_thread_waits_until_the_precision_is_free():
    entered, found = threading.Event(), []

    def other() -> None:
        with precision(500):
            entered.set()
            found.append(ctx.prec)

    thread = threading.Thread(target=other)
    with precision(80):
        thread.start()
        assert not entered.wait(0.05)
        assert 80 == ctx.prec
    thread.join()
    assert found == [500]
