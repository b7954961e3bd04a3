"""A program at many points: blocks that stay in the cache, registers that are used again, and all cores.

Every step is one pass of a NumPy loop over a block, into a register of the block's length or straight into the results. NumPy lets
go of Python's lock in such a pass, so that threads run beside each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from threading import Lock
from typing import Any

import numpy as np

from derivkit.expression.arithmetic import MULTIPLY, POWER
from derivkit.functions import ARRAYS, Row, row_named
from derivkit.program.angles import sine_and_cosine
from derivkit.program.steps import Steps
from derivkit.program.terms import Terms

MEMORY = 1 << 26  # bytes that the rows of a block may take; in a small program they stay in the cache all the same
SHORTEST, LONGEST = 256, 65536  # points in a block
ALONE = 8192  # points in a block below which one thread is as fast as several, for the reason below
SHARE = 32768  # points from which another thread pays: in shorter passes, threads wait for Python's lock most of the time
SIN, COS = row_named("sin"), row_named("cos")

# A routine that writes into its last argument, and the getter of its arguments.
Call = tuple[Callable[..., Any], Callable[..., Any]]


class Blocks:
    """The steps of a program, ready to be run on arrays.

    Parameters
    ----------
    terms : Terms
    outputs : sequence of int
        The nodes that are asked for.
    variables : sequence of str
    """

    def __init__(self, terms: Terms, outputs: Sequence[int], variables: Sequence[str]) -> None:
        steps = Steps(terms, outputs).in_depth()
        rows = _Rows(steps, variables, len(outputs))
        self._constants = [np.array(value) for value in steps.constants]
        self._calls = list(rows.calls(steps))
        self._registers = rows.count
        self._longest = max(SHORTEST, min(LONGEST, MEMORY // (8 * (rows.count + len(variables) + len(outputs)))))
        self._idle: list[Any] = []  # registers that nobody uses at the moment

    def run(self, columns: Sequence[Any], results: Sequence[Any]) -> None:
        """Compute all outputs, as `program.Runner.run` says."""
        n = len(results[0])
        threads = max(1, min(cores(), n // SHARE)) if self._longest >= ALONE else 1
        count = threads * -(-n // (threads * self._longest))  # as many for every thread
        blocks = _Blocks(n, -(-n // max(1, count)))
        if threads == 1:
            self._work(columns, results, blocks)
            return
        with ThreadPoolExecutor(threads - 1) as pool:
            others = [pool.submit(self._work, columns, results, blocks) for _ in range(threads - 1)]
            self._work(columns, results, blocks)
            for other in others:
                other.result()

    def _work(self, columns: Sequence[Any], results: Sequence[Any], blocks: _Blocks) -> None:
        """Compute blocks until there are no more."""
        registers = self._take()
        if registers is None or registers.shape[1] < blocks.length:
            registers = np.empty((self._registers, blocks.length))
        with np.errstate(all="ignore"):
            for points in blocks:
                values = [x[points] if x.ndim else x for x in columns]
                values += [row[points] for row in results]
                values += self._constants
                values += list(registers[:, : points.stop - points.start])
                for routine, arguments in self._calls:
                    routine(*arguments(values))
        self._idle.append(registers)

    def _take(self) -> Any:
        """Registers that nobody uses at the moment, if there are any."""
        try:
            return self._idle.pop()
        except IndexError:
            return None


class _Blocks:
    """Slices of `n` points, each given out once, to whichever thread asks first."""

    def __init__(self, n: int, length: int) -> None:
        self.n = n
        self.length = length
        self._starts = iter(range(0, n, max(1, length)))
        self._lock = Lock()

    def __iter__(self) -> Iterator[slice]:
        return self

    def __next__(self) -> slice:
        with self._lock:
            start = next(self._starts)
        return slice(start, min(start + self.length, self.n))


class _Rows:
    """Where values lie in a block: variables, results, constants, and registers, which are used again after a last use."""

    def __init__(self, steps: Steps, variables: Sequence[str], outputs: int) -> None:
        self.count = 0  # of registers
        self._free: list[int] = []
        self._last = _last_uses(steps)
        self._first = len(variables) + outputs + len(steps.constants)
        self._rows = [-1] * steps.size
        for k, name in enumerate(variables):
            if name in steps.inputs:
                self._rows[steps.inputs[name]] = k
        for k, slot in enumerate(steps.constants.values()):
            self._rows[slot] = len(variables) + outputs + k
        self._results: dict[int, int] = {}
        self._copies: list[tuple[int, int]] = []
        known = set(steps.inputs.values()) | set(steps.constants.values())
        for k, slot in enumerate(steps.outputs):
            if slot in known or slot in self._results:
                self._copies.append((slot, len(variables) + k))
            else:
                self._results[slot] = len(variables) + k

    def calls(self, steps: Steps) -> Iterator[Call]:
        """The routines in order."""
        constants = {slot: value for value, slot in steps.constants.items()}
        pairs = _sines_and_cosines(steps)
        for k, (out, row, inputs) in enumerate(steps.steps):
            arguments = [self._rows[i] for i in inputs]
            both = pairs.get(inputs[0]) if row in (SIN, COS) else None
            if both is not None:
                if self._rows[out] < 0:  # the first of the two; neither may overwrite the angle
                    for one in both:
                        self._place(one)
                    yield sine_and_cosine, itemgetter(arguments[0], *[self._rows[one] for one in both])
                self._release(k, inputs)
                continue
            self._release(k, inputs)
            self._place(out)
            routine, arguments = _routine(row, arguments, constants.get(inputs[-1]))  # type: ignore[arg-type]  # every step is a row
            yield routine, itemgetter(*arguments, self._rows[out])
        for slot, copy in self._copies:
            yield np.positive, itemgetter(self._rows[slot], copy)

    def _release(self, k: int, inputs: tuple[int, ...]) -> None:
        """Let the registers go that step `k` is the last to use."""
        for i in set(inputs):
            if self._last[i] == k and self._rows[i] >= self._first:
                self._free.append(self._rows[i])

    def _place(self, value: int) -> None:
        """Find a row for a value: that of its result, a register that is free, or a new one."""
        if value in self._results:
            self._rows[value] = self._results[value]
        elif self._free:
            self._rows[value] = self._free.pop()
        else:
            self._rows[value] = self._first + self.count
            self.count += 1


def _sines_and_cosines(steps: Steps) -> dict[int, tuple[int, int]]:
    """The values of which both are taken: the angle, with its sine and its cosine."""
    sines = {inputs[0]: out for out, row, inputs in steps.steps if row is SIN}
    return {inputs[0]: (sines[inputs[0]], out) for out, row, inputs in steps.steps if row is COS and inputs[0] in sines}


def _last_uses(steps: Steps) -> list[int]:
    """For every value, the last step that uses it."""
    last = [-1] * steps.size
    for k, (_, _, inputs) in enumerate(steps.steps):
        for i in inputs:
            last[i] = k
    return last


def _routine(row: Row, arguments: list[int], constant: float | None) -> tuple[Callable[..., Any], list[int]]:
    """What computes a row of some arguments, the last of which may be a constant, into an array."""
    if row is MULTIPLY and arguments[0] == arguments[1]:
        return np.square, arguments[:1]
    if row is POWER and constant is not None and constant == constant:
        return np.power, arguments
    function = ARRAYS.function(row)
    if function in (np.maximum, np.minimum):
        return _named(function), arguments
    return function if isinstance(function, np.ufunc) else _into(function), arguments


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    """A routine whose output NumPy takes by name only."""
    return lambda x, y, out: function(x, y, out=out)


def _into(function: Callable[..., Any]) -> Callable[..., None]:
    def call(*arguments: Any) -> None:
        arguments[-1][...] = function(*arguments[:-1])

    return call


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
