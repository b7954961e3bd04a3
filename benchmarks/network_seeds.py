"""How many seeds learn: xor by 2-3-1, and spirals by 2-16-16-2, with default settings and for each activation.

python benchmarks/network_seeds.py [SEEDS]
"""

from __future__ import annotations

import sys
from time import perf_counter

from derivkit.networks import train_network
from derivkit.networks.architecture import ACTIVATIONS

CASES = (("2-3-1", "xor", "train", 1.0), ("2-16-16-2", "spiral", "test", 0.95))


def main() -> None:
    """Print a table."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print(f"seeds 0 to {seeds - 1}      activation   learned   least accuracy   seconds each")
    for widths, data, part, enough in CASES:
        for activation in ACTIVATIONS:
            begun = perf_counter()
            found = [train_network(widths, data, activation=activation, seed=seed).metrics[part] for seed in range(seeds)]
            seconds = (perf_counter() - begun) / seeds
            scores = [metrics["accuracy"] for metrics in found if metrics]
            learned = sum(score >= enough for score in scores)
            print(
                f"{widths:10} {data:8} {activation:10} {learned:3} of {seeds:3}   {min(scores):14.3f} {seconds:14.2f}", flush=True
            )


if __name__ == "__main__":
    main()
