"""Finite differences beside numdifftools and SciPy: twenty functions, orders 1 to 4.

The truth comes from mpmath at 50 digits. Errors are relative to the larger of the derivative's sizes at the point and at 1.1 times
it, because one derivative vanishes at its point. SciPy's `derivative` knows first orders only. Evaluations are counted in numbers,
not in calls, as the peers call with arrays.

    python benchmarks/differences.py [--small]
    python -m benchmarks.differences --random       the thousand random cases of tests/test_finite_coverage.py
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import mpmath
import numdifftools
import numpy as np
import scipy.differentiate
import scipy.special

from derivkit import finite

NUMPY = SimpleNamespace(
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "asin", "tanh", "cosh", "sinh")},
    gamma=scipy.special.gamma,
    erf=scipy.special.erf,
    besselj=scipy.special.jv,
)
DIGITS = 50
FUNCTIONS: dict[str, tuple[Callable[[Any, Any], Any], float]] = {
    "exp(x) at 1": (lambda m, x: m.exp(x), 1.0),
    "exp(x) at 1e-6": (lambda m, x: m.exp(x), 1e-6),
    "sin(x) at 0.7": (lambda m, x: m.sin(x), 0.7),
    "sin(1e6 x) at 1": (lambda m, x: m.sin(1e6 * x), 1.0),
    "log(x) at 0.001": (lambda m, x: m.log(x), 0.001),
    "log(x) at 1e6": (lambda m, x: m.log(x), 1e6),
    "sqrt(x) at 1e-6": (lambda m, x: m.sqrt(x), 1e-6),
    "atan(1e4 x) at 1e-4": (lambda m, x: m.atan(1e4 * x), 1e-4),
    "tanh(100 (x - 1)) at 1.003": (lambda m, x: m.tanh(100 * (x - 1)), 1.003),
    "tan(x) at 1.57": (lambda m, x: m.tan(x), 1.57),
    "1/x at 0.01": (lambda m, x: 1 / x, 0.01),
    "x^2.5 at 3": (lambda m, x: x**2.5, 3.0),
    "x^4 - 3x^3 + 2 at 0.5": (lambda m, x: x**4 - 3 * x**3 + 2, 0.5),
    "asin(x) at 0.999": (lambda m, x: m.asin(x), 0.999),
    "1/(1 + 25x^2) at 0.3": (lambda m, x: 1 / (1 + 25 * x * x), 0.3),
    "exp(-x^2) at 1.2": (lambda m, x: m.exp(-x * x), 1.2),
    "exp(sin(3x))/(2 + cos(x)) at 0.4": (lambda m, x: m.exp(m.sin(3 * x)) / (2 + m.cos(x)), 0.4),
    "gamma(x) at 4.5": (lambda m, x: m.gamma(x), 4.5),
    "erf(x) at 0.3": (lambda m, x: m.erf(x), 0.3),
    "J0(x) at 5": (lambda m, x: m.besselj(0, x), 5.0),
}


@dataclass
class Score:
    """What one tool said about one derivative."""

    relative_error: float
    covered: bool
    evaluations: int
    seconds: float


class Counted:
    """A function of floats or arrays that counts the numbers it is called with."""

    def __init__(self, formula: Callable[[Any, Any], Any]) -> None:
        self.formula = formula
        self.evaluations = 0

    def __call__(self, x: Any) -> Any:
        self.evaluations += np.size(x)
        return self.formula(NUMPY, x)


def ours(function: Counted, x: float, order: int) -> tuple[float, float]:
    """Value and stated error by derivkit."""
    estimate = finite.derivative(function, x, order=order)
    return estimate.value, estimate.error


def by_numdifftools(function: Counted, x: float, order: int) -> tuple[float, float]:
    """Value and stated error by numdifftools."""
    result = numdifftools.Derivative(function, n=order, full_output=True)(x)
    return float(result.estimate), float(result.error_estimate)


def by_scipy(function: Counted, x: float, order: int) -> tuple[float, float]:
    """Value and stated error by SciPy."""
    result = scipy.differentiate.derivative(function, x)
    return float(result.df), float(result.error)


TOOLS = {"derivkit": (ours, 4), "numdifftools": (by_numdifftools, 4), "scipy": (by_scipy, 1)}


def exact(name: str, order: int, factor: float = 1.0) -> Any:
    """The derivative at a multiple of a function's point, to 50 digits."""
    formula, x = FUNCTIONS[name]
    with mpmath.workdps(DIGITS):
        place = mpmath.mpf(x) * factor
        return mpmath.taylor(lambda t: formula(mpmath, t), place, order)[order] * math.factorial(order)


def score(tool: Callable[..., tuple[float, float]], name: str, order: int, repeats: int) -> Score:
    """Run one tool on one derivative."""
    formula, x = FUNCTIONS[name]
    function = Counted(formula)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the peers warn where their steps leave the domain
        value, stated = tool(function, x, order)
        evaluations = function.evaluations
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            tool(function, x, order)
            times.append(time.perf_counter() - start)
    truth, nearby = exact(name, order), exact(name, order, 1.1)
    error = abs(value - truth)
    rounding = np.finfo(float).eps * abs(truth)
    return Score(
        float(error / max(abs(truth), abs(nearby))), bool(error <= stated + rounding), evaluations, statistics.median(times)
    )


def line(order: int, name: str, scores: list[Score], reference: list[Score]) -> str:
    """One line of the table."""
    errors = [s.relative_error for s in scores]
    said = sorted(error for error in errors if not math.isnan(error))
    covered = sum(s.covered for s in scores)
    evaluations = statistics.median(s.evaluations for s in scores)
    ratio = statistics.median(s.seconds / r.seconds for s, r in zip(scores, reference, strict=True))
    return (
        f"{order:>5}  {name:14}{statistics.median(said):>10.1e}{said[-1]:>10.1e}{len(errors) - len(said):>6}"
        f"{f'{covered}/{len(scores)}':>9}{evaluations:>8.0f}{ratio:>8.2f}"
    )


def compare(names: list[str], repeats: int) -> None:
    """Print the table of all tools."""
    print(f"{'order':>5}  {'tool':14}{'median':>10}{'worst':>10}{'NaN':>6}{'in bound':>9}{'calls':>8}{'time':>8}")
    for order in range(1, 5):
        scores = {
            tool: [score(run, name, order, repeats) for name in names] for tool, (run, most) in TOOLS.items() if order <= most
        }
        for tool, found in scores.items():
            print(line(order, tool, found, scores["derivkit"]))


def cover() -> None:
    """Print how often the bound of derivkit holds at random, and how wide it is."""
    from tests.test_finite_coverage import draw  # here, because it is found from the project's root only

    cases = list(draw())
    print(f"{'order':>5}{'cases':>7}{'in bound':>10}{'median':>10}{'bound/error':>13}")
    for order in range(1, 5):
        mine = [case for case in cases if case.order == order]
        error = statistics.median(float(case.error / abs(case.truth)) for case in mine if case.truth)
        over = statistics.median(case.estimate.error / case.error for case in mine if case.error)
        print(f"{order:>5}{len(mine):>7}{sum(case.holds for case in mine):>10}{error:>10.1e}{over:>13.0f}")


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description="Finite differences beside numdifftools and SciPy.")
    parser.add_argument("--small", action="store_true", help="five functions, one timing")
    parser.add_argument("--random", action="store_true", help="the bound of derivkit on a thousand random cases")
    options = parser.parse_args()
    if options.random:
        cover()
    elif options.small:
        compare(list(FUNCTIONS)[::4], 1)
    else:
        compare(list(FUNCTIONS), 7)


if __name__ == "__main__":
    main()
