"""Hostile and enormous input ends in a clear line, within seconds and under 1 GiB, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Timer

import pytest

SECONDS = 30  # a wide margin: every case ends within one on a free core
PEAK = 2**30  # bytes
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


def run(arguments: list[str | bytes], stdin: bytes = b"") -> tuple[int, str, str, float, int]:
    """Status, output, errors, seconds and the largest resident memory of a command in a process of its own."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "derivkit", *arguments], stdin=given, stdout=output, stderr=errors)
        limit = Timer(4 * SECONDS, process.kill)
        limit.start()
        _, status, usage = os.wait4(process.pid, 0)  # the usage of this child alone
        seconds = time.perf_counter() - start
        limit.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (output, errors):
            stream.seek(0)
            texts.append(stream.read().decode())
    return process.returncode, texts[0], texts[1], seconds, usage.ru_maxrss * _UNIT


MEGABYTE = b"sin(x)+" * (2**20 // 7) + b"1"
CASES: dict[str, tuple[list[str | bytes], bytes, int]] = {
    "code": (["diff", "__import__('os').system('x')"], b"", 2),
    "attribute": (["diff", "x.__class__"], b"", 2),
    "tower": (["diff", "9^9^9^9", "--wrt", "x"], b"", 3),
    "tower_at_x": (["diff", "x^9^9^9^9", "--at", "x=2"], b"", 3),
    "factorial": (["diff", "factorial(10^9)*x"], b"", 3),
    "nested": (["diff", "-"], b"(" * 100_000 + b"x" + b")" * 100_000, 0),
    "nested_calls": (["diff", "-"], b"sin(" * 100_000 + b"x" + b")" * 100_000, 3),
    "nested_calls_graph": (["graph", "-"], b"sin(" * 100_000 + b"x" + b")" * 100_000, 0),
    "nested_calls_drawing": (["graph", "-", "-o", "/none/out.svg"], b"sin(" * 100_000 + b"x" + b")" * 100_000, 3),
    "nested_calls_tape": (["tape", "-", "--at", "x=1"], b"sin(" * 100_000 + b"x" + b")" * 100_000, 0),
    "unclosed": (["diff", "-"], b"(" * 100_000, 2),
    "megabyte": (["diff", "-"], MEGABYTE, 3),
    "order": (["diff", "sin(x)", "--order", "1000000"], b"", 3),
    "order_large": (["diff", "sin(x)*exp(x^2)", "--order", "10000"], b"", 3),
    "control": (["diff", "x\x07+\x1b[2J1"], b"", 2),
    "bidirectional": (["diff", "x\u202e+1"], b"", 2),
    "invalid_utf8": (["diff", b"x+\xff\xfe"], b"", 2),
    "invalid_utf8_input": (["diff", "-"], b"x+\xff\xfe", 2),
    "endless_file": (["diff", "@/dev/zero"], b"", 3),
    "zeros": (["diff", "-"], b"\0" * 1000, 2),
    "long_number": (["diff", "-"], b"x*" + b"9" * 500_000, 3),
    "huge_exponent": (["diff", "x*1e999999999"], b"", 3),
    "many_names": (["grad", "-"], b"+".join(b"x%d^2" % k for k in range(20_000)), 3),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_in_a_clear_line(name: str) -> None:
    arguments, stdin, expected = CASES[name]
    status, output, errors, seconds, peak = run(arguments, stdin)
    assert expected == status, errors
    assert "Traceback" not in errors
    assert "a mistake inside derivkit" not in errors
    assert "\x1b" not in errors and "\u202e" not in errors and "\x07" not in errors
    assert len(errors.splitlines()) < 8
    assert bool(output) or errors.startswith("error: ")
    assert seconds < SECONDS
    assert peak < PEAK


def test_no_code_in_a_text_runs(tmp_path: Path) -> None:
    target = tmp_path / "made"
    for text in (f"__import__('os').system('touch {target}')", f"open('{target}','w')", f"exec(\"open('{target}','w')\")"):
        assert 2 == run(["diff", text])[0]
    assert not target.exists()
