"""Hostile and enormous input ends in a clear line, within seconds and under 1 GiB, in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

SECONDS = 10
PEAK = 2**30  # bytes


def run(arguments: list[str | bytes], stdin: bytes = b"") -> tuple[int, str, str, float, int]:
    """Status, output, errors, seconds and the largest resident memory of a command in a process of its own."""
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run([sys.executable, "-m", "derivkit", *arguments], input=stdin, capture_output=True, timeout=60)
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024
    return done.returncode, done.stdout.decode(), done.stderr.decode(), time.perf_counter() - start, peak


MEGABYTE = b"sin(x)+" * (2**20 // 7) + b"1"
CASES: dict[str, tuple[list[str | bytes], bytes, set[int]]] = {
    "code": (["diff", "__import__('os').system('x')"], b"", {2}),
    "attribute": (["diff", "x.__class__"], b"", {2}),
    "tower": (["diff", "9^9^9^9", "--wrt", "x"], b"", {0, 3}),
    "tower_at_x": (["diff", "x^9^9^9^9", "--at", "x=2"], b"", {3}),
    "factorial": (["diff", "factorial(10^9)*x"], b"", {0, 3}),
    "nested": (["diff", "-"], b"(" * 100_000 + b"x" + b")" * 100_000, {0, 2, 3}),
    "nested_calls": (["diff", "-"], b"sin(" * 100_000 + b"x" + b")" * 100_000, {0, 2, 3}),
    "unclosed": (["diff", "-"], b"(" * 100_000, {2, 3}),
    "megabyte": (["diff", "-"], MEGABYTE, {0, 3}),
    "order": (["diff", "sin(x)", "--order", "1000000"], b"", {3}),
    "order_large": (["diff", "sin(x)*exp(x^2)", "--order", "10000"], b"", {0, 3}),
    "control": (["diff", "x\x07+\x1b[2J1"], b"", {2}),
    "bidirectional": (["diff", "x\u202e+1"], b"", {2}),
    "invalid_utf8": (["diff", b"x+\xff\xfe"], b"", {2}),
    "invalid_utf8_input": (["diff", "-"], b"x+\xff\xfe", {2}),
    "endless_file": (["diff", "@/dev/zero"], b"", {2, 3}),
    "zeros": (["diff", "-"], b"\0" * 1000, {2}),
    "long_number": (["diff", "-"], b"x*" + b"9" * 500_000, {0, 2, 3}),
    "huge_exponent": (["diff", "x*1e999999999"], b"", {0, 2, 3}),
    "many_names": (["grad", "-"], b"+".join(b"x%d^2" % k for k in range(20_000)), {0, 3}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_in_a_clear_line(name: str) -> None:
    arguments, stdin, allowed = CASES[name]
    status, output, errors, seconds, peak = run(arguments, stdin)
    assert status in allowed
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
