"""First-order methods beside PyTorch's optimizers on the CPU: the same steps to 1e-12, time per step, and memory.

    python benchmarks/optimizers.py [--size 1000000] [--steps 30] [--rounds 9]

Tools take turns, so that all see the same machine. Times are those of the fastest step, ratios that of the fastest steps and, in
brackets, the median of the rounds' ratios: the second says what a busy machine makes of it. A step is all that turns a gradient
into new parameters: ours makes a new array of them, PyTorch's are written over. PyTorch has as many threads as there are cores.

Exits with 1 where derivkit's Adam is slower than PyTorch's default by more than --margin, in both ratios, or where a step differs
from PyTorch's by more than 1e-12.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from derivkit.optimize.loop import Place
from derivkit.optimize.methods import METHODS, minimize
from derivkit.optimize.settings import Settings

SGD, ADAM = torch.optim.SGD, torch.optim.Adam
CHOSEN = {"betas": (0.7, 0.95), "weight_decay": 0.01}
# our name and settings, and PyTorch's class and options: the same method
PAIRS: tuple[tuple[str, dict[str, Any], type[torch.optim.Optimizer], dict[str, Any]], ...] = (
    ("gd", {}, SGD, {}),
    ("gd", {"weight_decay": 0.1}, SGD, {"weight_decay": 0.1}),
    ("momentum", {"momentum": 0.8}, SGD, {"momentum": 0.8}),
    ("nesterov", {}, SGD, {"momentum": 0.9, "nesterov": True}),
    ("adagrad", {}, torch.optim.Adagrad, {}),
    ("rmsprop", {}, torch.optim.RMSprop, {}),
    ("adam", {}, ADAM, {}),
    ("adam", CHOSEN | {"epsilon": 1e-3}, ADAM, CHOSEN | {"eps": 1e-3}),
    ("adamw", {}, torch.optim.AdamW, {}),
    ("nadam", {}, torch.optim.NAdam, {}),
    ("amsgrad", {}, ADAM, {"amsgrad": True}),
)  # fmt: skip
TIMED = (("momentum", SGD, {"momentum": 0.9}), ("rmsprop", torch.optim.RMSprop, {}), ("adam", ADAM, {}))
RATE = 0.01
SAME = 1e-12


def start(size: int = 10) -> Any:
    """Where all begin."""
    return np.linspace(-1.5, 1.5, size)


def slope(x: Any) -> Any:
    """The gradient of the sum of k*x_k^2/2 + x_k^4/4: convex, so that rounding does not grow from step to step."""
    return np.arange(1, len(x) + 1) * x + x**3


def our_path(name: str, chosen: Mapping[str, Any], steps: int) -> list[Any]:
    """The places after every step of ours."""
    places: list[Any] = []
    minimize(
        lambda x: (0.0, slope(x)), start(), method=name, settings=Settings(rate=RATE, **chosen), scale=1.0, tolerance=0.0,
        most_iterations=steps, watch=lambda step, place: places.append(place.x) if step else None,
    )  # fmt: skip
    return places


def their_path(kind: Any, options: Mapping[str, Any], steps: int) -> list[Any]:
    """The places after every step of PyTorch's."""
    leaf = torch.tensor(start(), requires_grad=True)
    peer, places = kind([leaf], lr=RATE, **options), []
    for _ in range(steps):
        leaf.grad = torch.tensor(slope(leaf.detach().numpy()))
        peer.step()
        places.append(leaf.detach().numpy().copy())
    return places


def furthest(name: str, chosen: Mapping[str, Any], kind: Any, options: Mapping[str, Any], steps: int = 300) -> float:
    """How far our steps are from PyTorch's, at most, relative to the largest parameter of the start."""
    pairs = zip(our_path(name, chosen, steps), their_path(kind, options, steps), strict=True)
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs) / float(start().max())


def record(path: Path) -> None:
    """Write PyTorch's first ten steps, against which the suite tests ours where PyTorch is not installed."""
    steps = [
        {"method": name, "settings": chosen, "x": [x.tolist() for x in their_path(kind, options, 10)]}
        for name, chosen, kind, options in PAIRS
    ]
    document = {"source": f"torch {torch.__version__}, benchmarks/optimizers.py --record", "rate": RATE, "paths": steps}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")


def ours(name: str, x: Any, gradient: Any) -> Callable[[], object]:
    """A step of ours."""
    row = METHODS[name]
    settings = Settings(rate=RATE)
    descent, search = row.descent_for(settings, None), row.search_for(settings, 1.0)
    place, memory, pace = Place(x.copy(), 0.0, gradient), descent.start(x), search.start()

    def step() -> None:
        nonlocal place, memory, pace
        direction, memory = descent.direction(place, memory)
        place, _, pace = search.step(lambda x: (0.0, gradient), place, direction, pace)

    return step


def theirs(kind: Any, x: Any, gradient: Any, **options: Any) -> Callable[[], object]:
    """A step of PyTorch's."""
    leaf = torch.tensor(x, requires_grad=True)
    leaf.grad = torch.tensor(gradient)
    return kind([leaf], lr=RATE, **options).step  # type: ignore[no-any-return]  # PyTorch's stubs


def seconds(step: Callable[[], object], steps: int) -> list[float]:
    """Of every step."""
    times = []
    for _ in range(steps):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return times


def show_equality() -> float:
    """The gap to PyTorch, method by method; the largest."""
    print("300 steps on a convex function of 10 variables: the largest gap to PyTorch's")
    worst = 0.0
    for name, chosen, kind, options in PAIRS:
        gap = furthest(name, chosen, kind, options)
        worst = max(worst, gap)
        print(f"    {name:10}{gap:10.1e}   {', '.join(f'{key} {value}' for key, value in chosen.items())}".rstrip())
    return worst


def show_times(size: int, steps: int, rounds: int) -> float:
    """Times of a step; the ratio of Adam in double precision to PyTorch's default."""
    rng, bar = np.random.default_rng(0), 0.0
    print(f"\n{size:,} parameters{'derivkit':>22}{'default':>12}{'foreach':>12}{'fused':>12}   derivkit / each")
    for dtype in (np.float64, np.float32):
        x, gradient = (rng.standard_normal(size).astype(dtype) for _ in range(2))
        for name, kind, options in TIMED:
            tools = {
                "derivkit": ours(name, x, gradient),
                "default": theirs(kind, x, gradient, **options),
                "foreach": theirs(kind, x, gradient, foreach=True, **options),
            }
            if kind is not torch.optim.RMSprop:  # has no fused variant
                tools["fused"] = theirs(kind, x, gradient, fused=True, **options)
            for step in tools.values():
                seconds(step, 3)
            table = [{tool: seconds(step, steps) for tool, step in tools.items()} for _ in range(rounds)]
            best = {tool: min(min(row[tool]) for row in table) for tool in tools}
            usual = {tool: statistics.median(sum(row["derivkit"]) / sum(row[tool]) for row in table) for tool in tools}
            times = "".join(f"{best[tool] * 1e3:9.2f} ms" for tool in tools)
            ratios = [f"{best['derivkit'] / best[tool]:.2f} ({usual[tool]:.2f})" for tool in tools if tool != "derivkit"]
            print(f"    {name:10}{np.dtype(dtype).name:10}{times:48}   {', '.join(ratios)}")
            if name == "adam" and dtype is np.float64:
                bar = min(best["derivkit"] / best["default"], usual["default"])
    return bar


def show_memory(size: int) -> None:
    """Bytes that Adam keeps between steps, and those of the parameters."""
    x = np.zeros(size)
    memory = METHODS["adam"].descent_for(Settings(), None).start(x)
    kept = sum(array.nbytes for array in (*memory.arrays, memory.direction))
    print(
        f"\nAdam keeps {kept / x.nbytes:.0f} arrays of the parameters' size (PyTorch 2), and makes one a step, the new parameters"
    )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--margin", type=float, default=1.0)
    parser.add_argument("--record", type=Path, help="write PyTorch's first steps to a file, for the tests")
    options = parser.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    torch.set_default_dtype(torch.float64)  # or NAdam's running product has half the digits
    if options.record:
        record(options.record)
        return 0
    gap = show_equality()
    bar = show_times(options.size, options.steps, options.rounds)
    show_memory(options.size)
    return int(bar > options.margin or gap > SAME)


if __name__ == "__main__":
    sys.exit(main())
