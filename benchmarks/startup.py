"""How long a command takes from nothing, beside what it stands on.

Each pair runs in turn in fresh processes, so that both see the same machine; the figure is the median of the ratios.

    python benchmarks/startup.py [--runs N] [--margin M]

Exits with 1 where a ratio is more than M times what is allowed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

DERIVKIT = str(Path(sys.executable).with_name("derivkit"))
SYMPY = "from sympy import *; x=symbols('x'); print(diff(sin(x)*exp(x),x,2))"
DIFF = [DERIVKIT, "diff", "sin(x)*exp(x)", "--order", "2"]
PAIRS = (
    ("derivkit --help", [DERIVKIT, "--help"], [sys.executable, "-c", "import typer, rich.console"], 1.3),
    ("derivkit diff, checked", DIFF, [sys.executable, "-c", SYMPY], 1.25),
    ("  beside --no-check", DIFF, [*DIFF, "--no-check"], 1.5),
)


def seconds(command: list[str]) -> float:
    """How long one run of a command takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
    return time.perf_counter() - start


def measure(command: list[str], peer: list[str], runs: int) -> tuple[float, float, float]:
    """Median seconds of a command and of its peer, and the median of their ratios."""
    seconds(command), seconds(peer)  # once for the caches of the disk and of bytecode
    pairs = [(seconds(command), seconds(peer)) for _ in range(runs)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(a / b for a, b in pairs)


def main() -> None:
    """Measure every pair and print a table."""
    parser = argparse.ArgumentParser(description="Start-up times beside what they stand on.")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--margin", type=float, default=1.0, help="times the allowed ratio that is still let through")
    given = parser.parse_args()
    missed: list[str] = []
    print(f"{'command':24}{'ours':>8}{'peer':>8}{'ratio':>7}{'allowed':>9}")
    for name, command, peer, allowed in PAIRS:
        ours, theirs, ratio = measure(command, peer, given.runs)
        print(f"{name:24}{ours * 1e3:5.0f} ms{theirs * 1e3:5.0f} ms{ratio:7.2f}{allowed:9.2f}")
        if ratio > given.margin * allowed:
            missed.append(f"{name}: {ratio:.2f} is more than {given.margin:g} times {allowed}")
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
