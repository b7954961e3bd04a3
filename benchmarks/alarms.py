"""False alarms: right gradients of random functions, sizes and scales through `check_gradient`, and the same with one entry spoilt.

Gradients are typed from calculus. Each function is taken at f(x / s) with x of size s, times a factor, beside a constant now and
then; some points have entries of very different sizes, some gradients are the claimed numbers only.

    python -m benchmarks.alarms [--count N] [--seed N] [--most SIZE]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
from scipy.special import expit, logsumexp, softmax

import derivkit as dk
from derivkit.blackbox.result import GradientVerdict

SCALES = 8  # powers of ten, up and down
ERROR = 1e-3  # of the spoilt entry


def _chain(z: Any) -> Any:
    return np.sum(100 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2)


def _chain_gradient(z: Any) -> Any:
    gradient = np.zeros_like(z)
    off = z[1:] - z[:-1] ** 2
    gradient[:-1] = -400 * z[:-1] * off - 2 * (1 - z[:-1])
    gradient[1:] += 200 * off
    return gradient


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sum of sines": (lambda z: np.sum(np.sin(z)), np.cos),
    "sum of squares": (lambda z: z @ z / 2, lambda z: z),
    "mean of exponentials": (lambda z: np.mean(np.exp(z / 3)), lambda z: np.exp(z / 3) / 3 / z.size),
    "logistic loss": (lambda z: np.sum(np.logaddexp(0, -z)), lambda z: -expit(-z)),
    "log of a sum": (logsumexp, softmax),
    "norm": (lambda z: np.sqrt(1 + z @ z), lambda z: z / np.sqrt(1 + z @ z)),
    "gaussian": (lambda z: np.exp(-(z @ z) / z.size), lambda z: -2 * z / z.size * np.exp(-(z @ z) / z.size)),
    "chain of valleys": (_chain, _chain_gradient),
    "quartic": (lambda z: np.sum(z**4 - 3 * z**2), lambda z: 4 * z**3 - 6 * z),
    "rational": (lambda z: np.sum(z / (1 + z * z)), lambda z: (1 - z * z) / (1 + z * z) ** 2),
    "absolute values": (lambda z: np.sum(np.abs(z)), np.sign),
    "hinges": (lambda z: np.sum(np.maximum(z, 0) ** 2), lambda z: 2 * np.maximum(z, 0)),
    "powers": (lambda z: np.sum(np.abs(z) ** 1.5), lambda z: 1.5 * np.sqrt(np.abs(z)) * np.sign(z)),
    "fast wave": (lambda z: np.sum(np.cos(40 * z)), lambda z: -40 * np.sin(40 * z)),
    "steep steps": (lambda z: np.sum(np.tanh(200 * z)), lambda z: 200 / np.cosh(np.minimum(np.abs(200 * z), 300)) ** 2),
    "neighbours": (lambda z: np.sum(z[1:] * z[:-1]), lambda z: np.append(z[1:], 0) + np.insert(z[:-1], 0, 0)),
    "logarithms": (lambda z: np.sum(np.log(np.abs(z) + 1e-3)), lambda z: np.sign(z) / (np.abs(z) + 1e-3)),
    "square of a sum": (lambda z: np.sum(z) ** 2 / z.size, lambda z: 2 * np.sum(z) / z.size + 0 * z),
}


def drawn(generator: np.random.Generator, most: int) -> tuple[str, Callable[[Any], Any], Callable[[Any], Any], Any]:
    """A function, its gradient and a point, all at random."""
    name = str(generator.choice(list(FUNCTIONS)))
    inner, slope = FUNCTIONS[name]
    size = int(min(10 ** generator.uniform(0, np.log10(most)), most))
    scale, factor = 10.0 ** generator.uniform(-SCALES, SCALES, 2)
    shift = float(generator.choice([0.0, 0.0, factor]))
    z = generator.normal(size=size)
    if generator.random() < 0.2:
        z *= 10.0 ** generator.uniform(-3, 1, size)

    def fun(x: Any) -> Any:
        return factor * inner(x / scale) + shift

    def gradient(x: Any) -> Any:
        return factor / scale * slope(x / scale)

    return f"{name}, {size:,} entries, scale {scale:.0e}, times {factor:.0e}, plus {shift:.0e}", fun, gradient, scale * z


def main(count: int, seed: int, most: int) -> None:
    """The counts of verdicts, and every one that is wrong."""
    generator = np.random.default_rng(seed)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    most_calls, start = 0, process_time()
    for k in range(count):
        name, fun, gradient, x = drawn(generator, most)
        found = dk.check_gradient(fun, gradient if k % 4 else gradient(x), x, seed=k)
        right[_verdict(found)] += 1
        most_calls = max(most_calls, found.evaluations)
        if found.verdict == "disagree":
            print(f"false alarm: {name}: {found.message}")
        if found.resolution is None:  # the gradient vanishes beside the function's changes
            continue
        claimed = gradient(x)
        entry = int(np.argmax(np.abs(claimed * x)))
        claimed[entry] *= 1 + ERROR
        found = dk.check_gradient(fun, claimed, x, seed=k)
        named = found.verdict == "disagree" and any(entry == _place(worst.index) for worst in found.worst)
        wrong["named" if named else _verdict(found)] += 1
        most_calls = max(most_calls, found.evaluations)
        if found.verdict == "agree":
            print(f"missed: {name}: {found.message}")
    print(f"{count} right gradients: {_listed(right)}")
    print(f"those that do not vanish, one entry off by {ERROR:g}: {_listed(wrong)}")
    print(f"at most {most_calls:,} calls, {process_time() - start:.0f} s of processor")


def _verdict(found: GradientVerdict) -> str:
    return found.verdict if found.reason is None else f"{found.verdict} ({found.reason})"


def _place(index: str) -> int:
    return int(index.partition("[")[2].rstrip("]") or 0)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.most_common())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=100_000, help="entries of the longest gradients")
    options = parser.parse_args()
    with np.errstate(all="ignore"):
        main(options.count, options.seed, options.most)
