"""A program in any language as a function with a gradient: points in, values and gradients out, as lines of JSON."""

from __future__ import annotations

import json
import math
import shlex
import subprocess
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import Any

from derivkit.errors import DataError, UsageError

SECONDS = 30.0  # that a program may take for one answer
GRACE = 1.0  # seconds that it has to end by itself
_SHOWN = 60  # characters of a bad answer in a message
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Program:
    """One process that answers every line `{"x": [...]}` with a line `{"value": 1.5, "gradient": [...]}`.

    It is run without a shell. Where the function has no value, it answers with `null` or "NaN". It is a context manager, which ends
    the process.

    Parameters
    ----------
    command : str
        The program and its arguments, quoted as for a shell.
    seconds : float
        How long one answer may take.

    Raises
    ------
    UsageError
        If it cannot be started.
    """

    def __init__(self, command: str, *, seconds: float = SECONDS) -> None:
        try:
            words = shlex.split(command)
        except ValueError as problem:
            raise UsageError(f"--command {command}: {problem}") from None
        if not words:
            raise UsageError("--command names nothing to run", hint='write --command "python gradient.py"')
        try:
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        except OSError as problem:
            raise UsageError(f"cannot run {words[0]}: {problem.strerror or problem}") from None
        self._seconds = seconds
        self._last: tuple[str, dict[str, Any]] | None = None
        self._lines: Queue[str | None] = Queue()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError):  # it may be gone already
            self._process.stdin.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(GRACE)
        self._process.stdout.close()

    def value(self, x: Any) -> float:
        """The function's value at a point.

        Raises
        ------
        DataError
            If the program is gone, is late, or answers something else than asked.
        """
        found = _number(self._ask(x)["value"])
        if found is None:
            raise DataError('the program\'s answer is not usable: "value" must be a number')
        return found

    def gradient(self, x: Any) -> Any:
        """The gradient at a point; raises as `value`."""
        import numpy as np

        answer = self._ask(x)
        if "gradient" not in answer:
            raise DataError('the program\'s answer lacks "gradient"')
        return _mapped(answer["gradient"], lambda item: np.array(item, dtype=np.float64))

    def _ask(self, x: Any) -> dict[str, Any]:
        question = json.dumps({"x": _plain(x)})
        if self._last is None or self._last[0] != question:
            self._last = question, self._answer(question)
        return self._last[1]

    def _answer(self, question: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._gone() from None
        try:
            line = self._lines.get(timeout=self._seconds)
        except Empty:
            raise DataError(
                f"the program did not answer within {self._seconds:g} s", hint="flush its output after every line"
            ) from None
        if line is None:
            raise self._gone()
        return _read(line)

    def _gone(self) -> DataError:
        try:
            status: int | str = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            status = "unknown"
        return DataError(f"the program ended (status {status}) before it answered", hint="it must read lines until its input ends")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                if line.strip():
                    self._lines.put(line)
        except (OSError, ValueError):  # no UTF-8, or closed
            pass
        self._lines.put(None)


def _read(line: str) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or "value" not in answer:
        shown = line.strip() if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
        raise DataError(f"the program answered {shown}", hint='it must answer {"value": 1.5, "gradient": [...]}')
    return answer


def _plain(x: Any) -> Any:
    if isinstance(x, dict):
        return {key: _plain(item) for key, item in x.items()}
    return x.tolist() if hasattr(x, "tolist") else x


def _number(item: Any) -> float | None:
    if item is None or item in _WORDS:
        return _WORDS.get(item, math.nan)
    return float(item) if isinstance(item, int | float) and not isinstance(item, bool) else None


def _mapped(item: Any, make: Callable[[Any], Any]) -> Any:
    if isinstance(item, dict):
        return {key: _mapped(part, make) for key, part in item.items()}
    try:
        return make(_numbers(item))
    except (ValueError, TypeError):
        raise DataError('the program\'s answer is not usable: "gradient" must be an array of numbers') from None


def _numbers(item: Any) -> Any:
    if isinstance(item, list):
        return [_numbers(part) for part in item]
    found = _number(item)
    if found is None:
        raise TypeError
    return found
