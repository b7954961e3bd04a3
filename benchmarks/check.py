"""How long `check` takes: every first partial of every published expression in tests/corpus, one check each.

Each is a library call in a warm process, once at five points of the function's own domain and once at the corpus's point: SymPy's
derivative and its most readable form, the tape, jets, differences, the verdict with its evidence. Times are the processor's.

    python -m benchmarks.check [--every 1] [--seconds 0.5]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from derivkit import answers
from derivkit.expression.graph import Graph
from derivkit.expression.point import Point
from tests.published import published


@dataclass(frozen=True, slots=True)
class Timed:
    """One check and the seconds that it took."""

    name: str
    wrt: str
    seconds: float
    verdict: str


def timed(name: str, graph: Graph, wrt: str, at: Point | None) -> Timed:
    """Check one partial derivative against the processor's clock."""
    start = time.process_time()
    verdict = answers.check(graph, (wrt,), at=at)
    seconds = time.process_time() - start
    return Timed(name, wrt, seconds, verdict.verdict if verdict.verdict == "agree" else f"{verdict.verdict} ({verdict.reason})")


def table(title: str, checks: Sequence[Timed], slow: float) -> None:
    """Print the middle, the tail and the verdicts, and whatever is slow or does not agree."""
    seconds = sorted(check.seconds for check in checks)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in Counter(check.verdict for check in checks).most_common())
    ninth = seconds[len(seconds) * 9 // 10]
    times = "".join(f"{time * 1e3:>9.1f} ms" for time in (statistics.median(seconds), ninth, seconds[-1]))
    print(f"{title:<18} {len(checks):>6} {times}   {verdicts}")
    for check in sorted(checks, key=lambda check: -check.seconds):
        if check.seconds > slow or check.verdict != "agree":
            print(f"    {check.name}, d/d{check.wrt}: {check.seconds:.2f} s, {check.verdict}")


def main() -> None:
    """Time everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=0.5, help="name the checks that take longer")
    parser.add_argument("--every", type=int, default=1, help="every n-th expression")
    options = parser.parse_args()
    corpus = published()[:: options.every]
    answers.check(corpus[0].graph, corpus[0].graph.variables[:1])  # imports are not counted
    print(f"{'':<18} {'checks':>6} {'median':>13}{'9 in 10':>12}{'worst':>12}   verdicts")
    for title, pointed in (("five points", False), ("one given point", True)):
        table(
            title,
            [
                timed(entry.name, entry.graph, x, entry.points[0] if pointed else None)
                for entry in corpus
                for x in entry.graph.variables
            ],
            options.seconds,
        )


if __name__ == "__main__":
    main()
