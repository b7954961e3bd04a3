"""First-order methods beside PyTorch's optimizers on the CPU: the same steps to 1e-12, time per step, and memory.

    python benchmarks/optimizers.py [--size 1000000] [--steps 30] [--rounds 9]

Tools take turns, so that all see the same machine; figures are medians over the rounds, ratios the medians of the rounds' ratios.
A step is all that turns a gradient into new parameters: ours makes a new array of them, PyTorch's are written over. PyTorch has as
many threads as there are cores. Exits with 1 where derivkit's Adam is slower than PyTorch's default by more than --margin.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from derivkit.optimize.loop import Place
from derivkit.optimize.methods import METHODS
from derivkit.optimize.settings import Settings

SGD, ADAM = torch.optim.SGD, torch.optim.Adam
# our name and settings, and PyTorch's class and options: the same method
PAIRS: tuple[tuple[str, dict[str, Any], type[torch.optim.Optimizer], dict[str, Any]], ...] = (
    ("gd", {}, SGD, {}),
    ("gd", {"weight_decay": 0.1}, SGD, {"weight_decay": 0.1}),
    ("momentum", {"momentum": 0.8}, SGD, {"momentum": 0.8}),
    ("nesterov", {}, SGD, {"momentum": 0.9, "nesterov": True}),
    ("adagrad", {}, torch.optim.Adagrad, {}),
    ("rmsprop", {}, torch.optim.RMSprop, {}),
    ("adam", {}, ADAM, {}),
    ("adam", {"betas": (0.7, 0.95), "epsilon": 1e-3, "weight_decay": 0.01}, ADAM, {"betas": (0.7, 0.95), "eps": 1e-3, "weight_decay": 0.01}),
    ("adamw", {}, torch.optim.AdamW, {}),
    ("nadam", {}, torch.optim.NAdam, {}),
    ("amsgrad", {}, ADAM, {"amsgrad": True}),
)  # fmt: skip
TIMED = (("momentum", SGD, {"momentum": 0.9}), ("rmsprop", torch.optim.RMSprop, {}), ("adam", ADAM, {}))
RATE = 0.01


def slope(x: Any) -> Any:
    """The gradient of Rosenbrock's function of many variables."""
    lower, upper = x[:-1], x[1:]
    gradient = np.zeros_like(x)
    gradient[:-1] += -4 * lower * (upper - lower**2) - 2 * (1 - lower)
    gradient[1:] += 2 * (upper - lower**2)
    return gradient


def furthest(name: str, chosen: Mapping[str, Any], kind: Any, options: Mapping[str, Any], steps: int = 300) -> float:
    """How far our steps are from PyTorch's, at most, relative to the largest parameter."""
    settings = Settings(rate=RATE, **chosen)
    x = np.linspace(-1.5, 1.5, 10)
    descent, search = METHODS[name].descent_for(settings, None), METHODS[name].search_for(settings, 1.0)
    memory, pace, place = descent.start(x), search.start(), Place(x, 0.0, slope(x))
    leaf = torch.tensor(x, requires_grad=True)
    peer = kind([leaf], lr=RATE, **options)
    worst = 0.0
    for _ in range(steps):
        direction, memory = descent.direction(place, memory)
        place, _, pace = search.step(lambda x: (0.0, slope(x)), place, direction, pace)
        leaf.grad = torch.tensor(slope(leaf.detach().numpy()))
        peer.step()
        theirs = leaf.detach().numpy()
        worst = max(worst, float(np.abs(place.x - theirs).max() / np.abs(theirs).max()))
    return worst


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


def seconds(step: Callable[[], object], steps: int) -> float:
    """A step, about."""
    began = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - began) / steps


def show_equality() -> None:
    """The gap to PyTorch, method by method."""
    print("300 steps on Rosenbrock's function of 10 variables: the largest gap to PyTorch's")
    for name, chosen, kind, options in PAIRS:
        print(f"    {name:10}{furthest(name, chosen, kind, options):10.1e}   {chosen or ''}")


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
            ratios = [statistics.median(row["derivkit"] / row[tool] for row in table) for tool in tools if tool != "derivkit"]
            times = "".join(f"{statistics.median(row[tool] for row in table) * 1e3:9.2f} ms" for tool in tools)
            print(f"    {name:10}{np.dtype(dtype).name:10}{times:48}   {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
            if name == "adam" and dtype is np.float64:
                bar = ratios[0]
    return bar


def show_memory(size: int) -> None:
    """Bytes that Adam keeps between steps, and those of the parameters."""
    x = np.zeros(size)
    memory = METHODS["adam"].descent_for(Settings(), None).start(x)
    kept = sum(array.nbytes for array in (*memory.arrays, memory.direction))
    print(
        f"\nAdam keeps {kept / x.nbytes:.0f} arrays of the parameters' size (PyTorch 2, and a gradient), and makes 1 a step, the new parameters"
    )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--margin", type=float, default=1.0)
    options = parser.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    show_equality()
    bar = show_times(options.size, options.steps, options.rounds)
    show_memory(options.size)
    return int(bar > options.margin)


if __name__ == "__main__":
    sys.exit(main())
