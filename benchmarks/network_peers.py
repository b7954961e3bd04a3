"""Training a network beside PyTorch: the same start, batches and optimizer; how far the weights differ, and the time.

    python benchmarks/network_peers.py [--numbers]

`--numbers` prints what tests/test_networks.py holds of PyTorch instead.
"""

from __future__ import annotations

import os
import sys
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from derivkit.networks import Architecture, Network, Recipe
from derivkit.networks.made import made
from derivkit.networks.network import Scale
from derivkit.networks.parameters import arrays_of, layers_of
from derivkit.networks.training import Batches, Parts, train
from derivkit.optimize.settings import Settings

RATE, L2, REPEATS = 0.02, 1e-3, 3
THREADS = int(os.environ.get("OPENBLAS_NUM_THREADS", "2"))  # of both
CASES = (("2-3-1", 4, 500), ("2-16-16-2", 300, 40), ("2-64-64-2", 1000, 10), ("2-256-256-2", 4000, 2))


def torch_training(start: Network, x: Any, y: Any, recipe: Recipe) -> tuple[Any, float]:
    """Weights after the training by PyTorch, in derivkit's order, and the seconds that it took."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    torch.set_num_threads(THREADS)
    arrays = [torch.tensor(array, requires_grad=True) for array in arrays_of(start.architecture, start.weights)]
    layers = layers_of(start.architecture, arrays)
    optimizer = torch.optim.Adam(arrays, lr=recipe.settings.rate or 0.0)
    batches = Batches(start.rows(x, y), recipe)
    begun = perf_counter()
    for _ in range(recipe.rounds(len(y)) * batches.count):
        rows = batches.following()
        a = torch.tensor(rows.x)
        for layer in layers[:-1]:
            a = torch.tanh(a @ layer["W"] + layer["b"])
        z = a @ layers[-1]["W"] + layers[-1]["b"]
        target = torch.tensor(rows.y)
        loss = cross_entropy(z, target) if z.shape[1] > 1 else binary_cross_entropy_with_logits(z[:, 0], target.double())
        loss = loss + recipe.l2 / 2 * sum((layer["W"] ** 2).sum() for layer in layers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    seconds = perf_counter() - begun
    return np.concatenate([array.detach().numpy().ravel() for array in arrays]), seconds


def compare(widths: str, rows: int, epochs: int) -> str:
    """One line: how far the weights are apart, and both times a step."""
    columns = made("xor" if rows == 4 else "spiral", rows=rows)
    x, y = np.array([columns["x1"], columns["x2"]]).T, np.array(columns["y"])
    architecture = Architecture.of(widths)
    architecture = architecture.with_output("sigmoid" if architecture.widths[-1] == 1 else "softmax")
    start = Network.untrained(architecture, seed=0, inputs=Scale.of(x), classes=[0, 1])
    recipe = Recipe("adam", Settings(rate=RATE), epochs=epochs, l2=L2)
    times: dict[str, list[float]] = {"derivkit": [], "torch": []}
    for _ in range(REPEATS):
        begun = perf_counter()
        found = train(start, Parts(start.rows(x, y)), recipe)
        times["derivkit"].append((perf_counter() - begun) / found.steps)
        weights, seconds = torch_training(start, x, y, recipe)
        times["torch"].append(seconds / found.steps)
    assert found.network is not None
    apart = float(np.abs(weights - found.network.weights).max())
    ours, theirs = (1e3 * median(times[name]) for name in ("derivkit", "torch"))
    return f"{widths:12} {rows:6,} {found.steps:6,} {apart:10.1e} {ours:9.3f} ms {theirs:9.3f} ms {ours / theirs:8.2f}"


def numbers() -> None:
    """What the tests hold: the case is described there."""
    import torch

    k = np.arange(1.0, 14.0)
    x = np.stack([np.sin(np.arange(8.0)), np.cos(2 * np.arange(8.0))], axis=1)
    y = np.array([0, 1, 1, 0, 1, 0, 0, 1])
    architecture = Architecture.of("2-3-1").with_output("sigmoid")
    start = Network.untrained(architecture, seed=0, classes=[0, 1]).trained(np.sin(k), ())
    weights, _ = torch_training(start, x, y, Recipe("adam", Settings(rate=0.05), epochs=10, l2=0.01))
    z = start.trained(weights, ()).z(x)
    print(torch.__version__, weights.tolist())
    print(torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(z[:, 0]), torch.tensor(y).double()).item())


def main() -> None:
    """Print a table."""
    if "--numbers" in sys.argv:
        numbers()
        return
    print("network        rows  steps    apart     derivkit / step   torch / step    ratio")
    for case in CASES:
        print(compare(*case))


if __name__ == "__main__":
    main()
