"""How fast text becomes a graph, and a graph text: megabytes a second for texts of several shapes.

    python benchmarks/parse.py [--margin M] [--small]

The figures are the best of three runs on a megabyte of text; --small takes a quarter of one. Exits with 1 where parsing is more
than M times slower than the bar.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable

from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text

SIZE, SMALL = 1_000_000, 250_000  # bytes, about
BEST_OF = 3
BAR = 0.5  # MB a second, for parsing


def long_sum(size: int) -> str:
    """A sum of products of numbers, variables and calls, all different."""
    pick = random.Random(0)
    terms: list[str] = []
    length = 0
    while length < size:
        k = pick.randrange(200)
        terms.append(f"{pick.uniform(0, 10):.3f}*x{k}^2*sin(y{k} - {pick.randrange(100)})*(1 + z{k})")
        length += len(terms[-1]) + 3
    return " + ".join(terms)


SHAPES: dict[str, Callable[[int], str]] = {
    "sum of products": long_sum,
    "dense, x*y+2*z": lambda size: "+".join(f"x{k % 50}*y{k % 70}-{k % 9}*z{k % 30}" for k in range(size // 11)),
    "numbers, all different": lambda size: "+".join(f"{k}.5" for k in range(size // 8)),
    "names, all different": lambda size: "+".join(f"v{k}" for k in range(size // 8)),
    "implicit products": lambda size: "+".join(f"{k} sin(x) y^2" for k in range(size // 17)),
    "nested calls": lambda size: "sin(" * (size // 5) + "x" + ")" * (size // 5),
    "nested parentheses": lambda size: "(" * (size // 2) + "x" + ")" * (size // 2),
    "exponentials": lambda size: "+".join(f"e^(-{k}*t)" for k in range(size // 12)),
    "Greek": lambda size: "+".join(f"α{k}·θ²" for k in range(size // 9)),
    "LaTeX": lambda size: "+".join(rf"\frac{{{k}}}{{x_{{{k % 9}}}}}\sin\left(y\right)" for k in range(size // 40)),
}


def seconds(run: Callable[[], object]) -> float:
    """The best time of a few runs."""
    times: list[float] = []
    for _ in range(BEST_OF):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print one line a shape."""
    parser = argparse.ArgumentParser(description="How fast text becomes a graph, and a graph text.")
    parser.add_argument("--margin", type=float, default=1.0, help="times slower than the bar that is still let through")
    parser.add_argument("--small", action="store_true", help="shorter texts")
    options = parser.parse_args()
    margin = options.margin
    missed: list[str] = []
    print(f"{'shape':<24}{'MB':>6}{'nodes':>9}{'parse MB/s':>12}{'print MB/s':>12}")
    for name, make in SHAPES.items():
        text = make(SMALL if options.small else SIZE)
        graph = parse(text).graph
        megabytes = len(text.encode()) / 1e6
        reading = megabytes / seconds(lambda text=text: parse(text))
        printed = len(to_text(graph, most=10**8)) / 1e6
        writing = printed / seconds(lambda graph=graph: to_text(graph, most=10**8))
        print(f"{name:<24}{megabytes:>6.2f}{len(graph):>9}{reading:>12.2f}{writing:>12.2f}")
        if reading * margin < BAR:
            missed.append(f"{name}: {reading:.2f} MB/s is less than {BAR} MB/s by more than {margin:g} times")
    print(f"the bar for parsing: {BAR} MB/s")
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
