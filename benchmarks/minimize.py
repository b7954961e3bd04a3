"""Published problems of minimization from their standard starts: derivkit beside scipy.optimize.minimize.

    python -m benchmarks.minimize              # all problems of tests/minima.py
    python -m benchmarks.minimize --small      # some of two variables, with a bar, for CI

Every tool calls the same compiled programs of derivkit, through wrappers that count. Evaluations are values + gradients + d times
Hessians of d variables: a Hessian counts as much as it would cost by differences of gradients. derivkit's look at the curvature is
counted too; its check of the gradient, in ball arithmetic, and higher derivatives show in the seconds only. Of SciPy, "differences"
gets values only, and "exact" gradients and, for trust-ncg, Hessians; with SciPy's defaults and, "tight", with gtol 1e-8 and
iterations without end. Seconds are of the processor. What is solved `tests/minima_reached.py` says, for all alike; in parentheses
stands what was spent in vain.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import minimize

import derivkit as dk
from derivkit.minimizing import minimize as minimizing
from derivkit.minimizing.function import Formula
from tests.minima import PROBLEMS, Problem
from tests.minima_reached import place, solved

SMALL = ("rosenbrock", "freudenstein_roth", "beale", "himmelblau", "branin", "brkmcc", "zangwill_2", "mccormick")


class Case(Formula):
    """A problem as counted functions of arrays."""

    def __init__(self, problem: Problem) -> None:
        self.counts = [0, 0, 0]
        super().__init__(dk.parse(problem.text).graph)
        self.problem = problem
        self.start = place(problem, problem.start)
        self.value(self.start), self.value_and_gradient(self.start), self.hessian(self.start)  # compiled

    def value(self, x: Any) -> float:
        self.counts[0] += 1
        return super().value(x)

    def gradient(self, x: Any) -> Any:
        self.counts[1] += 1
        return super().value_and_gradient(x)[1]

    def value_and_gradient(self, x: Any) -> tuple[float, Any]:
        self.counts[0] += 1
        self.counts[1] += 1
        return super().value_and_gradient(x)

    def hessian(self, x: Any) -> Any:
        self.counts[2] += 1
        return super().hessian(x)

    def solved(self, x: Any) -> bool:
        """Whether a place is as low as a published minimum."""
        return solved(self.problem, super().value(x))


@dataclass(frozen=True, slots=True)
class Run:
    """How one tool did on one problem."""

    solved: bool
    evaluations: int
    seconds: float


Tool = Callable[[Case], Any]  # to the place where it stopped
TIGHT: dict[str, dict[str, Any]] = {
    "BFGS": {"gtol": 1e-8, "maxiter": 100_000},
    "L-BFGS-B": {"gtol": 1e-8, "ftol": 1e-16, "maxiter": 100_000, "maxfun": 1_000_000},
    "trust-ncg": {"gtol": 1e-8, "maxiter": 100_000},
}


def scipy(method: str, derivatives: str, options: dict[str, Any], case: Case) -> Any:
    """SciPy's minimizer; its own differences, where it is not told derivatives."""
    known: dict[str, Any] = {"jac": case.gradient} if derivatives == "exact" else {}
    if method == "trust-ncg":
        known["hess"] = case.hessian
    return minimize(case.value, case.start, method=method, options=options, **known).x


def derivkit(method: str, case: Case) -> Any:
    """derivkit's minimizer with its defaults."""
    return minimizing.minimize(case, case.start, method=method).x


DERIVKIT: dict[tuple[str, ...], Tool] = {
    ("derivkit", method): partial(derivkit, method) for method in ("auto", "bfgs", "lbfgs", "newton")
}
SCIPY: dict[tuple[str, ...], Tool] = {
    (method, derivatives, "tight" if options else "default"): partial(scipy, method, derivatives, options)
    for method in TIGHT
    for derivatives in ("differences", "exact")
    for options in ({}, TIGHT[method])
    if (method, derivatives) != ("trust-ncg", "differences")  # it takes gradients
}
TOOLS = DERIVKIT | SCIPY
WIDTH = 12
COMPARED = ("fewer evaluations", "as many", "more", "only derivkit solves it", "only SciPy solves it", "nobody solves it")


def run(tool: Tool, case: Case) -> Run:
    """One tool on one problem."""
    case.counts = [0, 0, 0]
    begin = time.process_time()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            x = tool(case)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            x = None
        seconds = time.process_time() - begin
        values, gradients, hessians = case.counts
        return Run(x is not None and case.solved(x), values + gradients + len(case.start) * hessians, seconds)


def compare(problems: list[Problem]) -> dict[str, dict[tuple[str, ...], Run]]:
    """All tools on all problems, with the table as it grows."""
    for line in range(3):
        print(" " * 26 + "".join(f"{label[line] if line < len(label) else '':>{WIDTH}}" for label in TOOLS))
    table: dict[str, dict[tuple[str, ...], Run]] = {}
    for problem in problems:
        case = Case(problem)
        row = table[problem.name] = {label: run(tool, case) for label, tool in TOOLS.items()}
        cells = (f"{found.evaluations}" if found.solved else f"({found.evaluations})" for found in row.values())
        print(f"{problem.name:23}{len(case.start):3}" + "".join(f"{cell:>{WIDTH}}" for cell in cells), flush=True)
    return table


def summary(table: dict[str, dict[tuple[str, ...], Run]]) -> None:
    """What each tool solved, and at what cost."""
    print(f"\n{'':32}{f'solved of {len(table)}':>14}{'evaluations':>14}{'seconds':>10}")
    for label in TOOLS:
        runs = [row[label] for row in table.values()]
        spent, seconds = sum(found.evaluations for found in runs), sum(found.seconds for found in runs)
        print(f"{' '.join(label):32}{sum(found.solved for found in runs):14}{spent:14,}{seconds:10.2f}")


def fewer(table: dict[str, dict[tuple[str, ...], Run]], method: str) -> None:
    """On how many problems a method of derivkit needs less than the best of SciPy's runs, by what these know."""
    for derivatives in ("differences", "exact"):
        counts = dict.fromkeys(COMPARED, 0)
        for row in table.values():
            ours = row["derivkit", method]
            theirs = [found.evaluations for label, found in row.items() if label[1] == derivatives and found.solved]
            if not ours.solved or not theirs:
                counts["only derivkit solves it" if ours.solved else "only SciPy solves it" if theirs else "nobody solves it"] += 1
            else:
                gap = ours.evaluations - min(theirs)
                counts["fewer evaluations" if gap < 0 else "more" if gap else "as many"] += 1
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        print(f"derivkit {method} beside the best of SciPy's runs with {derivatives}: {said}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--small", action="store_true", help="some problems of two variables, with a bar")
    small = arguments.parse_args().small
    table = compare([problem for problem in PROBLEMS if not small or problem.name in SMALL])
    summary(table)
    for method in ("auto", "bfgs"):
        fewer(table, method)
    if small and not all(row["derivkit", "auto"].solved for row in table.values()):
        raise SystemExit("derivkit does not solve all of the small problems")


if __name__ == "__main__":
    main()
