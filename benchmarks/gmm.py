"""The gradient of ADBench's Gaussian mixture model, written in plain NumPy code, beside HIPS autograd, PyTorch and JAX.

    python benchmarks/gmm.py            # the four sizes
    python benchmarks/gmm.py --small    # the two smallest, for CI
    python benchmarks/gmm.py --memory   # and the memory of derivkit's backward sweep beside the saved forward values

Peers that are not installed are left out, and said so. Times are medians over rounds in which every tool takes its turn.

Source: Srajer, Kukelova and Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some problems in
computer vision and machine learning, Optimization Methods and Software 33 (2018), section 4.1.
"""

from __future__ import annotations

import argparse
import importlib
import math
import statistics
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from derivkit import tape
from derivkit.tape.calls import Call
from derivkit.tape.reverse import pull_back

SIZES = ((1, 2, 2), (1000, 10, 5), (1000, 20, 25), (10000, 10, 25))  # n, d, k
WISHART_GAMMA, WISHART_M = 1.0, 0

Arrays = tuple[Any, ...]


def lower_places(d: int) -> Any:
    """For each entry of a lower triangle its place in [0, entries below the diagonal column by column]."""
    places = np.zeros((d, d), dtype=int)
    column, row = np.triu_indices(d, 1)
    places[row, column] = np.arange(1, len(row) + 1)
    return places


def problem(n: int, d: int, k: int) -> tuple[Arrays, Any, Any]:
    """The parameters (alphas, means, icf), the data, and where the entries of the triangles stand."""
    random = np.random.default_rng(n + d + k)
    parameters = (random.normal(size=k), random.uniform(size=(k, d)), random.normal(size=(k, d * (d + 1) // 2)))
    return parameters, random.normal(size=(n, d)), lower_places(d)


def objective(np: Any, alphas: Any, means: Any, icf: Any, x: Any, places: Any) -> Any:
    """The log-likelihood with a Wishart prior, up to a constant; `np` is NumPy or what stands for it."""
    n, d = x.shape
    diagonal, below = np.exp(icf[:, :d]), icf[:, d:]
    logs = np.sum(icf[:, :d], axis=1)
    padded = np.concatenate((np.zeros((icf.shape[0], 1)), below), axis=1)
    lower = padded[:, places]
    centered = x[:, None, :] - means
    scaled = diagonal * centered + np.einsum("kij,nkj->nki", lower, centered)
    inner = alphas + logs - 0.5 * np.sum(scaled**2, axis=2)
    likelihood = np.sum(logsumexp(np, inner)) - n * logsumexp(np, alphas)
    prior = 0.5 * WISHART_GAMMA**2 * (np.sum(diagonal**2) + np.sum(below**2)) - WISHART_M * np.sum(logs)
    return likelihood - n * d * 0.5 * math.log(2 * math.pi) + prior


def logsumexp(np: Any, x: Any) -> Any:
    """Along the last axis."""
    largest = np.max(x, axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(x - largest), axis=-1)) + largest[..., 0]


def with_derivkit(parameters: Arrays, x: Any, places: Any) -> Callable[[], Arrays]:
    gradient = tape.grad(lambda *p: objective(np, *p, x, places), argnum=(0, 1, 2))
    return lambda: gradient(*parameters)  # type: ignore[no-any-return]


def with_autograd(parameters: Arrays, x: Any, places: Any) -> Callable[[], Arrays]:
    import autograd
    import autograd.numpy as anp

    gradient = autograd.grad(lambda p: objective(anp, *p, x, places))
    return lambda: gradient(parameters)  # type: ignore[no-any-return]


def with_torch(parameters: Arrays, x: Any, places: Any) -> Callable[[], Arrays]:
    import torch

    leaves = [torch.tensor(p, requires_grad=True) for p in parameters]
    data, index = torch.tensor(x), torch.tensor(places)

    def value(alphas: Any, means: Any, icf: Any) -> Any:
        n, d = data.shape
        diagonal, below = torch.exp(icf[:, :d]), icf[:, d:]
        logs = icf[:, :d].sum(1)
        padded = torch.cat((torch.zeros((icf.shape[0], 1), dtype=icf.dtype), below), 1)
        lower = padded[:, index]
        centered = data[:, None, :] - means
        scaled = diagonal * centered + torch.einsum("kij,nkj->nki", lower, centered)
        inner = alphas + logs - 0.5 * (scaled**2).sum(2)
        likelihood = torch.logsumexp(inner, 1).sum() - n * torch.logsumexp(alphas, 0)
        prior = 0.5 * WISHART_GAMMA**2 * ((diagonal**2).sum() + (below**2).sum()) - WISHART_M * logs.sum()
        return likelihood - n * d * 0.5 * math.log(2 * math.pi) + prior

    return lambda: tuple(g.numpy() for g in torch.autograd.grad(value(*leaves), leaves))


def with_jax(parameters: Arrays, x: Any, places: Any) -> Callable[[], Arrays]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    data = jnp.asarray(x)
    gradient = jax.jit(jax.grad(lambda p: objective(jnp, *p, data, places)))
    given = tuple(jnp.asarray(p) for p in parameters)
    return lambda: tuple(np.asarray(g) for g in jax.block_until_ready(gradient(given)))


BARS = {"autograd": 0.5, "torch": 1.0}  # the part of a peer's time that derivkit may take
TOOLS = {"derivkit": with_derivkit, "autograd": with_autograd, "torch": with_torch, "jax jit": with_jax}


def installed() -> dict[str, Any]:
    """The tools that can be imported; the others are named."""
    found = {}
    for name, make in TOOLS.items():
        try:
            importlib.import_module(name.partition(" ")[0])
        except ImportError:
            print(f"{name} is not installed and is left out")
        else:
            found[name] = make
    return found


def measure(runs: dict[str, Callable[[], Arrays]], seconds: float) -> dict[str, float]:
    """The median time of each tool over rounds; in each, every tool runs for a hundredth of a second or once."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times["derivkit"]) < 5:
        for name, run in runs.items():
            times[name].append(burst(run))
    return {name: statistics.median(series) for name, series in times.items()}


def burst(run: Callable[[], Arrays]) -> float:
    """The time of one call, over as many as a hundredth of a second holds."""
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < 0.01:
        run()
        calls += 1
    return (time.perf_counter() - start) / calls


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description="ADBench's Gaussian mixture in plain NumPy code.")
    parser.add_argument("--small", action="store_true", help="the two smallest sizes")
    parser.add_argument("--seconds", type=float, default=8.0, help="for each size")
    parser.add_argument("--margin", type=float, default=1.0, help="times slower than a bar that is still let through")
    parser.add_argument("--memory", action="store_true", help="the memory of derivkit's backward sweep instead of times")
    given = parser.parse_args()
    if given.memory:
        print(f"{'n x d x k':16}{'forward values':>16}{'backward at most':>18}   ratio, at most 1.5")
        for size in SIZES[1:]:
            saved, most = memory(size)
            print(f"{'x'.join(map(str, size)):16}{saved / 1e6:13.2f} MB{most / 1e6:15.2f} MB   {most / saved:.2f}")
        return
    tools, missed = installed(), []
    print(f"{'n x d x k':16}" + "".join(f"{name:>12}" for name in tools) + "   derivkit / each")
    for size in SIZES[:2] if given.small else SIZES:
        runs = {name: make(*problem(*size)) for name, make in tools.items()}
        compare({name: run() for name, run in runs.items()})
        took = measure(runs, given.seconds)
        ratios = ", ".join(f"{name} {took['derivkit'] / t:.2f}" for name, t in took.items() if name != "derivkit")
        print(f"{'x'.join(map(str, size)):16}" + "".join(f"{t * 1e3:9.3f} ms" for t in took.values()) + f"   {ratios}")
        missed += [
            f"{size}: {name}" for name, bar in BARS.items() if name in took and took["derivkit"] > given.margin * bar * took[name]
        ]
    if missed:
        sys.exit(f"missed by more than {given.margin:g} times: {'; '.join(missed)}")


def memory(size: tuple[int, int, int]) -> tuple[float, float]:
    """Bytes held after the forward pass, and at most in the backward sweep, in a thread without spare arrays."""
    parameters, x, places = problem(*size)
    found: list[int] = []

    def measured() -> None:
        tracemalloc.start()
        with Call(lambda *p: objective(np, *p, x, places), parameters, {}, (0, 1, 2)) as call:
            trace = call.trace()
            found.append(tracemalloc.get_traced_memory()[0])
            tracemalloc.reset_peak()
            pull_back(trace, call.taken(), keep=False)
            found.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    thread = threading.Thread(target=measured)
    thread.start()
    thread.join()
    return found[0], found[1]


def compare(gradients: dict[str, Arrays]) -> None:
    """Stop if the tools do not agree."""
    mine = gradients["derivkit"]
    for name, theirs in gradients.items():
        for a, b in zip(mine, theirs, strict=True):
            if not np.allclose(a, b, rtol=1e-8, atol=1e-8 * np.abs(b).max()):
                raise SystemExit(f"derivkit and {name} differ by {np.abs(a - b).max():.1e}")


if __name__ == "__main__":
    main()
