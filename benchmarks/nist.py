"""NIST's nonlinear problems from both starts: correct digits beside SciPy and lmfit.

    python benchmarks/nist.py [--free]

Digits are minus the logarithm of the largest relative error, of estimates and of standard errors; a run that fails has none. All
tools get the same start and their defaults; "exact LS" is SciPy's `least_squares` on derivkit's derivatives. `--free` leaves the
starts out, which derivkit alone does not need, and compares sums of squares. lmfit is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import curve_fit, least_squares

import derivkit as dk
from derivkit.expression.equation import parse_equation

PROBLEMS = json.loads((Path(__file__).parents[1] / "tests" / "data" / "nist_strd.json").read_text(encoding="utf-8"))["problems"]
LEAST = {"Lanczos1": 2.5}  # its residuals are at rounding level
Answer = tuple[list[float], list[float]]


def digits(found: list[float], certified: Mapping[str, float]) -> float:
    """How many digits the worst number has right, from 0 to 11."""
    worst = max(abs(x - true) / abs(true) for x, true in zip(found, certified.values(), strict=True))
    return 0.0 if math.isnan(worst) else min(11.0, max(0.0, -math.log10(max(worst, 1e-16))))


class Case:
    """One problem as functions of arrays."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        self.data = {name: np.array([row[k] for row in problem["rows"]]) for k, name in enumerate(problem["columns"])}
        self.names = list(problem["certified"])
        equation = parse_equation(problem["model"])
        left, right = dk.Expression(equation.left), dk.Expression(equation.right)
        self.y = left(**{name: self.data[name] for name in left.variables})
        self.columns = {name: self.data[name] for name in right.variables if name in self.data}
        self.right = right
        self.program = right.compile()

    def values(self, _: Any, *parameters: float) -> Any:
        """The formula's values."""
        return self.right(**self.columns, **dict(zip(self.names, parameters, strict=True)))

    def slopes(self, parameters: Any) -> Any:
        """Their exact derivatives."""
        _, slopes = self.program(**self.columns, **dict(zip(self.names, parameters, strict=True)))
        rows = [self.program.wrt.index(name) for name in self.names]
        return slopes[rows].T

    def by_derivkit(self, start: Mapping[str, float] | None) -> Answer:
        result = dk.fit(self.problem["model"], self.data, start=start)
        return [p.estimate for p in result.parameters], [p.standard_error or math.nan for p in result.parameters]

    def by_curve_fit(self, start: Mapping[str, float]) -> Answer:
        found, covariance = curve_fit(self.values, None, self.y, list(start.values()), maxfev=100_000)
        return list(found), list(np.sqrt(np.diag(covariance)))

    def by_least_squares(self, start: Mapping[str, float]) -> Answer:
        found = least_squares(
            lambda p: self.values(None, *p) - self.y, list(start.values()), jac=self.slopes, x_scale="jac", max_nfev=100_000
        )
        variance = 2 * found.cost / (len(self.y) - len(self.names))
        return list(found.x), list(np.sqrt(variance * np.diag(np.linalg.inv(found.jac.T @ found.jac))))

    def by_lmfit(self, start: Mapping[str, float]) -> Answer:
        import lmfit

        parameters = lmfit.create_params(**start)
        found = lmfit.minimize(lambda p: self.values(None, *p.valuesdict().values()) - self.y, parameters)
        values = [found.params[name] for name in self.names]
        return [p.value for p in values], [p.stderr or math.nan for p in values]


TOOLS: dict[str, Callable[[Case, Mapping[str, float]], Answer]] = {
    "derivkit": Case.by_derivkit,
    "curve_fit": Case.by_curve_fit,
    "exact LS": Case.by_least_squares,
    **({"lmfit": Case.by_lmfit} if find_spec("lmfit") else {}),
}


def run(tool: str, case: Case, start: Mapping[str, float]) -> tuple[float, float]:
    """Digits of estimates and of standard errors."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found, errors = TOOLS[tool](case, start)
        return digits(found, case.problem["certified"]), digits(errors, case.problem["standard_error"])
    except (ArithmeticError, RuntimeError, ValueError, TypeError, np.linalg.LinAlgError):
        return 0.0, 0.0


def compare() -> bool:
    """Print the table of all tools; whether derivkit reaches the bars."""
    print(f"{'':18}" + "".join(f"{tool:>15}" for tool in TOOLS))
    table: dict[str, list[tuple[float, float]]] = {tool: [] for tool in TOOLS}
    reached = True
    for problem in PROBLEMS:
        case = Case(problem)
        for start in ("start_1", "start_2"):
            for tool in TOOLS:
                table[tool].append(run(tool, case, problem[start]))
            line = "".join(f"{table[tool][-1][0]:9.1f}{table[tool][-1][1]:6.1f}" for tool in TOOLS)
            print(f"{problem['name']:10}{start:8}{line}")
            found = table["derivkit"][-1]
            reached &= found[0] >= 8 and found[1] >= LEAST.get(problem["name"], 7)
    for least in (4, 6, 8, 10):
        counts = (sum(pair[0] >= least for pair in table[tool]) for tool in TOOLS)
        print(f"runs of {2 * len(PROBLEMS)} with {least:2} digits" + "".join(f"{count:9}      " for count in counts).rstrip()[2:])
    return reached


def free() -> None:
    """Print how near derivkit comes to the certified sums of squares without a start."""
    found = 0
    for problem in PROBLEMS:
        result = dk.fit(problem["model"], Case(problem).data)
        share = math.nan if result.rss is None else result.rss / problem["residual_sum_of_squares"]
        found += share < 1 + 1e-6
        print(f"{problem['name']:10}{share:12.6f}  {'converged' if result.converged else result.reason[:60]}")
    print(f"{found} of {len(PROBLEMS)} found")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--free", action="store_true", help="without starts")
    if parser.parse_args().free:
        free()
    elif not compare():
        sys.exit("derivkit has fewer than 8 digits in estimates or 7 in standard errors somewhere")


if __name__ == "__main__":
    main()
