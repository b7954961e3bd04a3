"""From a minimum to estimates with standard errors, tests and intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from derivkit.fitting.inference import hc3_covariance, leverage, loss_covariance, plain_covariance
from derivkit.fitting.problem import Problem
from derivkit.fitting.profile import BetterFit, profile_interval
from derivkit.fitting.result import Parameter
from derivkit.models.inference import reach, tested
from derivkit.optimize.gauss_newton import Tangent
from derivkit.optimize.squares import Solution

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

Errors = Literal["least_squares", "sigma", "hc3", "sandwich"]
WHOLE_LEVERAGE = 1 - 1e-10  # a row that sets its own fitted value


@dataclass(frozen=True, eq=False)
class Estimates:
    """What is known of the parameters.

    Attributes
    ----------
    parameters : tuple of Parameter
    covariance : array of float, shape (p, p), or None
        NaN for parameters at a bound.
    distribution : str
        "t" or "normal".
    warnings : list of str
    """

    parameters: tuple[Parameter, ...]
    covariance: Matrix | None
    distribution: Literal["t", "normal"]
    warnings: list[str] = field(default_factory=list)

    @property
    def at_bound(self) -> list[str]:
        """Names of parameters at a bound."""
        return [parameter.name for parameter in self.parameters if parameter.at_bound]


def estimate(
    problem: Problem, solution: Solution, residual: Vector, bounds: tuple[Vector, Vector], errors: Errors, *, profile: bool
) -> Estimates:
    """Estimates with what can be said of their errors.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    residual : array of float, shape (n,)
        Weighted.
    bounds : (array, array)
    errors : str
        Where standard errors come from.
    profile : bool
        Whether profile intervals are wanted.
    """
    import numpy as np

    x = solution.local.x
    held = (x <= bounds[0]) | (x >= bounds[1])
    tangent = Tangent.at(solution.local, ~held)
    dof = len(residual) - int((~held).sum())
    distribution: Literal["t", "normal"] = "t" if errors in ("least_squares", "hc3") else "normal"
    blank = tuple(
        Parameter(name, value, at_bound=at) for name, value, at in zip(problem.parameters, x.tolist(), held.tolist(), strict=True)
    )
    warnings = [
        f"{name} ended at its bound, and has no standard error; those of the others take it as given" for name in _named(blank)
    ]
    why = _why_not(tangent, solution, dof, errors)
    if why is not None:
        return Estimates(blank, None, distribution, [*warnings, *why])
    variance = 1.0 if errors == "sigma" else float(residual @ residual) / max(dof, 1)
    part = _covariance(problem, tangent, variance, errors)
    covariance = np.full((len(x), len(x)), math.nan)
    covariance[np.ix_(~held, ~held)] = part
    degrees = dof if distribution == "t" else None
    wide = reach(degrees)
    deviations = np.sqrt(np.diag(covariance)).tolist()
    found = [_tested(parameter, error, wide, degrees) for parameter, error in zip(blank, deviations, strict=True)]
    if profile:
        found, lower = _profiled(problem, solution, found, covariance, variance, wide, bounds)
        warnings += lower
    return Estimates(tuple(found), covariance, distribution, warnings)


def _tested(parameter: Parameter, error: float, wide: float, degrees: int | None) -> Parameter:
    """A parameter with its standard error, the test against zero and the interval."""
    if parameter.at_bound:
        return parameter
    z, p, interval = tested(parameter.estimate or 0.0, error, wide, degrees)
    return replace(parameter, standard_error=error, z=z, p_value=p, ci95=interval)


def _named(parameters: Sequence[Parameter]) -> list[str]:
    return [parameter.name for parameter in parameters if parameter.at_bound]


def _why_not(tangent: Tangent, solution: Solution, dof: int, errors: Errors) -> list[str] | None:
    """Why there are no standard errors; None if there are."""
    if not tangent.free.any() or not solution.converged:
        return []
    if not dof and errors != "sigma":
        return ["no standard errors: there are as many parameters as rows"]
    if errors == "hc3" and float(leverage(tangent).max()) >= WHOLE_LEVERAGE:
        return ["no standard errors: a row sets its own fitted value, which HC3 cannot weigh"]
    return None


def _covariance(problem: Problem, tangent: Tangent, variance: float, errors: Errors) -> Matrix:
    if errors == "hc3":
        return hc3_covariance(tangent)
    if errors == "sandwich":
        return loss_covariance(problem, tangent)
    return plain_covariance(tangent, variance)


def _profiled(
    problem: Problem,
    solution: Solution,
    parameters: Sequence[Parameter],
    covariance: Matrix,
    variance: float,
    wide: float,
    bounds: tuple[Vector, Vector],
) -> tuple[list[Parameter], list[str]]:
    """The parameters with profile intervals, and a warning where a better fit turned up on the way."""
    import numpy as np

    if any(parameter.at_bound for parameter in parameters):
        return list(parameters), ["no profile intervals: a parameter ended at its bound"]
    found = []
    with np.errstate(all="ignore"):
        for k, parameter in enumerate(parameters):
            try:
                interval = profile_interval(problem, solution.local, covariance, k, variance=variance, wide=wide, bounds=bounds)
            except BetterFit as better:
                return list(parameters), [
                    f"a better fit lies elsewhere, with {parameter.name} near {better.args[0]:.6g}: start there"
                ]
            found.append(replace(parameter, profile95=interval))
    return found, []
