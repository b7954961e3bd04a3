"""Compiled programs beside what people use: CasADi, SymPy's lambdify, numexpr, Numba, JAX and PyTorch, in the same run.

    python benchmarks/program.py                 # every part, a few minutes; pip install -e ".[bench,peers]" for the peers
    python benchmarks/program.py --part text     # one of: text, nodes, points, ratio
    python benchmarks/program.py --small         # a few seconds, for CI

Peers that are not installed are named and left out. Sources: Griewank, On automatic differentiation, in Mathematical Programming
(1989), section 4 (Helmholtz energy); Speelpenning, Compiling fast partial derivatives (1980) (the product).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from helmholtz import helmholtz
from program_peers import CASADI, POINTS, missing

import derivkit as dk

# Expressions of three variables in (0, 2).
EXPRESSIONS = {
    "polynomial": "(1-x)^2 + 100*(y-x^2)^2 + (1-y)^2 + 100*(z-y^2)^2",
    "trigonometric": "x^2*y + sin(x*y)*exp(z)",
    "logs and roots": "sqrt(x^2+y^2+z^2)*log(1+x^2*y^2) + sqrt(x*z+3)",
    "quotients": "(x*y+z)/(1+x^2+y^2+z^2) - x/(1+y*z)",
    "soft steps": "log(1+exp(x*y-z)) + 1/(1+exp(-x)) + tanh(y*z)",
}
EXPONENTS = (3, 4, 5, 6)


def product(n: int) -> str:
    """Speelpenning's product."""
    return "*".join(f"x{k}" for k in range(1, n + 1))


def waves(nodes: int) -> str:
    """A sum that has about so many nodes."""
    random = Random(1)
    return "+".join(f"{random.randrange(10**5)}sin({random.randrange(10**5)}x{k % 100})" for k in range(nodes // 6))


def mixture(n: int) -> Any:
    """A point at which the Helmholtz energy is defined."""
    return np.linspace(0.5, 1.5, n) / n


def best(function: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Seconds of the fastest call, and what it gives."""
    seconds, found = np.inf, None
    for _ in range(times):
        start = time.perf_counter()
        found = function()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds, found


def text_to_gradient(small: bool) -> None:
    """From the text to the gradient's value at one point, building included."""
    print("text to gradient value, building included (ms); CasADi's SX builds the same formula in three ways")
    print("  formula            derivkit  of which parsing" + "".join(f"{name:>20s}" for name in CASADI))
    sizes = (10,) if small else (50, 150)
    cases = [(f"Helmholtz n={n}", helmholtz(n), mixture(n), n) for n in sizes]
    factors = 100 if small else 1000
    cases.append((f"product n={factors}", product(factors), np.linspace(0.9, 1.1, factors), factors))
    for name, text, point, n in cases:
        times = 20 if n == factors else 5
        parsing, _ = best(partial(dk.parse, text), times)
        ours, (_, gradient) = best(partial(_ours, text, point), times)
        line = f"  {name:18s}{1e3 * ours:9.1f}{1e3 * parsing:18.1f}"
        for build in CASADI.values():
            found = build(name.split()[0], n, text, point)
            if found is None:
                line += f"{'-':>20s}"
                continue
            theirs, (_, expected) = best(found, 2 if n >= 150 and n != factors else 5)
            assert np.allclose(expected, gradient, rtol=1e-9), name
            line += f"{1e3 * theirs:11.1f} ({ours / theirs:5.2f})"
        print(line, flush=True)
    print("  in parentheses: derivkit's time over CasADi's; 'text' and 'loops' build from scalars, as derivkit does")


def _ours(text: str, point: Any) -> Any:
    return dk.parse(text).compile().at(point)


def time_per_node(small: bool) -> None:
    """Building and one run, over the number of nodes; each size in a fresh process."""
    print("processor time per node (µs), parsing left out and included, and memory per node (bytes)")
    for shape in ("waves", "product"):
        figures = []
        for exponent in EXPONENTS[: 2 if small else 4]:
            call = [sys.executable, __file__, "--measure", shape, str(10**exponent)]
            without, everything, memory, nodes = map(
                float, subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
            )
            figures.append((without, everything))
            print(f"  {shape:8s} {int(nodes):9,} nodes {1e6 * without:7.2f} {1e6 * everything:7.2f} {memory:9.0f}", flush=True)
        for k, what in enumerate(("without parsing", "with parsing")):
            values = [figure[k] for figure in figures]
            print(f"  {shape:8s} largest over smallest, {what}: {max(values) / min(values):.2f}")


def measure(shape: str, nodes: int) -> None:
    """One size, in a process of its own: seconds per node, bytes per node."""
    text = waves(nodes) if shape == "waves" else product(nodes // 2)
    dk.parse("sin(x)*x").compile()(x=1.0)
    times, memory, size = [], 0.0, 1
    for _ in range(max(3, min(50, 10**5 // nodes))):
        before = peak()
        start = time.process_time()  # of this process alone: runs of seconds would count what else the machine does
        f = dk.parse(text)
        parsed = time.process_time()
        size = len(f.graph)
        f.compile().at(np.ones(len(f.variables)))
        times.append((time.process_time() - parsed, time.process_time() - start))
        memory = memory or peak() - before
    print(min(t[0] for t in times) / size, min(t[1] for t in times) / size, memory / size, size)


def peak() -> float:
    """The most bytes that this process has held so far; NaN where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def at_many_points(small: bool) -> None:
    """Value and gradient of expressions of three variables."""
    n = 10**4 if small else 10**6
    print(f"value and gradient at {n:,} points (ms), both cores; ratio: to the fastest peer; compile: what backend c takes once")
    columns = list(np.random.default_rng(0).uniform(0.1, 2, (3, n)))
    print(f"  {'expression':15s}" + "".join(f"{name:>10s}" for name in (*OURS, *POINTS, "ratio", "ratio c", "compile c")))
    for name, text in EXPRESSIONS.items():
        compiling, times = _in_turn(text, columns, 3 if small else 20)
        fastest = min([seconds for peer, seconds in times.items() if peer in POINTS])
        ratios = [times[one] / fastest for one in OURS]
        figures = [1e3 * t for t in times.values()] + ratios + [1e3 * compiling]
        print(f"  {name:15s}" + "".join(f"{figure:10.2f}" for figure in figures), flush=True)


OURS = {"derivkit": "numpy", "backend c": "c"}


def _in_turn(text: str, columns: list[Any], rounds: int) -> tuple[float, dict[str, float]]:
    """Seconds that the C backend takes to compile, and of every tool's fastest call.

    The tools take turns, so that a busy machine slows all of them, in a new order each time: who comes after whom decides whose
    results find memory that the system has at hand, which is half of the time where there is little to compute.
    """
    f, at = dk.parse(text), dict(zip("xyz", columns, strict=True))
    compiling, _ = best(partial(f.compile, backend="c"), 1)
    calls = {name: partial(f.compile(backend=backend), **at) for name, backend in OURS.items()}
    calls |= {peer: make(text, columns) for peer, make in POINTS.items()}
    value, gradient = calls["derivkit"]()
    for peer, call in calls.items():
        found = call() if peer in POINTS else (call()[0], *call()[1])
        for right, given in zip([value, *gradient], found, strict=True):
            assert np.allclose(np.asarray(given), right, rtol=1e-7, atol=1e-7), (text, peer)
    times = dict.fromkeys(calls, np.inf)
    random = Random(1)
    for _ in range(rounds):
        for peer in random.sample(list(calls), len(calls)):
            times[peer] = min(times[peer], best(calls[peer], 2)[0])
    return compiling, times


def gradient_over_function(small: bool) -> None:
    """How many times the function the gradient takes, function included; at most 4 is asked for."""
    n = 10**3 if small else 10**5
    print(f"value and gradient over value alone, Helmholtz: at one point (ms), at {n:,} points (ms)")
    for d in (10,) if small else (10, 50, 150):
        f = dk.parse(helmholtz(d))
        value, gradient = f.compile(0), f.compile(1)
        figures = []
        for point, times in ((mixture(d), 200), (np.repeat(mixture(d)[:, None], n, axis=1), 3)):
            slow, fast = np.inf, np.inf
            for _ in range(3):
                slow = min(slow, best(partial(gradient.at, point), times)[0])
                fast = min(fast, best(partial(value.at, point), times)[0])
            figures.append(f"{1e3 * slow:9.3f} / {1e3 * fast:8.3f} = {slow / fast:4.2f}")
        print(f"  n={d:4d} {figures[0]}   {figures[1]}", flush=True)


PARTS = {"text": text_to_gradient, "nodes": time_per_node, "points": at_many_points, "ratio": gradient_over_function}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--small", action="store_true", help="a few seconds")
    arguments.add_argument("--part", choices=PARTS, action="append", help="only this part")
    arguments.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure:
        measure(given.measure[0], int(given.measure[1]))
        return
    absent = [name for name in missing() if find_spec(name) is None]
    if absent:
        print("not installed:", ", ".join(absent))
    for part in given.part or PARTS:
        PARTS[part](given.small)


if __name__ == "__main__":
    main()
