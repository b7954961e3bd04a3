"""Nonlinear least squares: a trust region far from the minimum, Newton steps through QR near it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivkit.optimize.gauss_newton import Tangent, column_norms, polish, within
from derivkit.optimize.minimum import Progress
from derivkit.optimize.squares import Local, Solution, SumOfSquares
from derivkit.optimize.trust_region import bounded_step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FACTOR = 1.0  # the first radius, in lengths of the scaled start
ACCEPTED = 1e-4  # least share of the promised decrease
POOR, GOOD = 0.25, 0.75
SETTLED = 1e-8  # relative decrease, promised and made, below which the minimum is near
TINY = 1e-300
SHORTEST = 1e-15  # a radius, in lengths of the scaled point
ORTHOGONAL = 1e-6  # offset of a minimum
ROUNDING = 1e3  # in units of the problem's noise
DEFINITE = -1e-6  # least relative curvature of a minimum, rounding granted


def minimize(
    problem: SumOfSquares,
    x0: Vector,
    *,
    bounds: tuple[Vector, Vector] | None = None,
    most_iterations: int = 2000,
    progress: Progress | None = None,
) -> Solution:
    """Minimize a sum of squares.

    Parameters
    ----------
    problem : SumOfSquares
    x0 : array of float, shape (p,)
        In the domain of the residuals, within the bounds.
    bounds : (array, array), optional
        Lowest and highest values.
    most_iterations : int
    progress : callable, optional
        Told the number of steps done and the value there.

    Returns
    -------
    Solution

    References
    ----------
    Moré, The Levenberg-Marquardt algorithm: implementation and theory, Lecture Notes in Mathematics 630 (1978) 105; bounds by
    projection as in Kanzow, Yamashita and Fukushima, J. Comput. Appl. Math. 172 (2004) 375; the test of convergence is the
    relative offset of Bates and Watts, Technometrics 23 (1981) 179.
    """
    import numpy as np

    with np.errstate(all="ignore"):  # a point outside the domain is no error: it shortens the step
        return _Walk(problem, x0, bounds, progress).run(most_iterations)


class _Walk:
    """One minimization: the point, the radius, the scales."""

    def __init__(self, problem: SumOfSquares, x0: Vector, bounds: tuple[Vector, Vector] | None, progress: Progress | None) -> None:
        import numpy as np

        self.problem = problem
        self.bounds = bounds or (np.full(len(x0), -np.inf), np.full(len(x0), np.inf))
        self.progress = progress
        self.local = problem.at(x0)
        self.iterations, self.evaluations = 0, 1
        self.scale = column_norms(self.local.jacobian) if self.local.finite else np.ones(len(x0))
        self.radius = FACTOR * (float(np.linalg.norm(self.scale * x0)) or 1.0)

    def run(self, most_iterations: int) -> Solution:
        if not self.local.finite:
            return self._stopped("the start lies outside the domain of the formula")
        while self.iterations < most_iterations:
            before = self.local
            outcome = self._iterate()
            if outcome != "moved" or self._negligible():
                solution = self._polished()
                if solution is not None:
                    return solution
            if self.local is before:
                return self._stopped("no step makes the sum of squares smaller")
        return self._polished() or self._stopped(f"no minimum within {most_iterations:,} iterations")

    def _iterate(self) -> str:
        """Take one step that helps, with as many radii as it needs: "moved", "settled" near a minimum, or "stuck"."""
        import numpy as np

        here, free = self.local, self._free()
        if not free.any():
            return "settled"
        self.scale = np.maximum(self.scale, column_norms(here.jacobian))
        while True:
            there = self._trial(free)
            change = here.jacobian @ (there.x - here.x)
            promised = -float(here.residual @ change + change @ change / 2)
            made = here.value - there.value if there.finite else -math.inf
            share = made / promised if promised > 0 else -math.inf
            self._resize(share, float(np.linalg.norm(self.scale * (there.x - here.x))))
            settled = abs(promised) <= SETTLED * here.value and (abs(made) <= SETTLED * here.value or not there.finite)
            if share > ACCEPTED:
                self.local = there
                self.iterations += 1
                if self.progress is not None:
                    self.progress(self.iterations, there.value)
                return "settled" if settled else "moved"
            if settled or self.radius <= max(SHORTEST * float(np.linalg.norm(self.scale * here.x)), TINY):
                self.iterations += 1
                return "settled" if settled else "stuck"

    def _trial(self, free: NDArray[np.bool_]) -> Local:
        """The point that the linearized problem offers within the radius and the bounds."""
        import numpy as np

        here = self.local
        step, scale = np.zeros(len(here.x)), self.scale[free]
        step[free] = bounded_step(here.jacobian[:, free] / scale, here.residual, self.radius) / scale
        self.evaluations += 1
        return self.problem.at(np.clip(here.x + step, *self.bounds))

    def _resize(self, share: float, length: float) -> None:
        """Trust further where the linearized problem told the decrease well, less far where it did not."""
        if share < POOR:
            self.radius = POOR * min(self.radius, length)
        elif share > GOOD and length > 0.8 * self.radius:
            self.radius *= 2

    def _free(self) -> NDArray[np.bool_]:
        """Parameters that are not held at a bound by the gradient."""
        import numpy as np

        slope = self.local.gradient
        low, high = self.bounds
        return np.asarray(~(((self.local.x <= low) & (slope >= 0)) | ((self.local.x >= high) & (slope <= 0))))

    def _negligible(self) -> bool:
        """Whether the residuals are rounding alone."""
        return self.local.size <= self.problem.noise

    def _polished(self) -> Solution | None:
        """The minimum nearby, if there is one."""
        start = Tangent.at(self.local, self._free())
        tangent, tries = polish(self.problem, start)
        self.evaluations += tries
        if not within(tangent.local.x, self.bounds):
            tangent = start
        self.iterations += bool(tries)
        self.local = tangent.local
        return self._judged(tangent)

    def _judged(self, tangent: Tangent) -> Solution | None:
        """The solution, if it is a minimum."""
        total = self.local.size
        if tangent.size > ORTHOGONAL * total + ROUNDING * self.problem.noise or self._least_curvature(tangent) < DEFINITE:
            return None
        offset = self._offset(tangent)
        reason = f"a change of the parameters could explain no more than {offset:.0e} of the residuals"
        if tangent.size > ORTHOGONAL * total:
            reason = "the residuals are as small as rounding lets them be"
        return Solution(self.local, True, reason, offset, self.iterations, self.evaluations)

    def _least_curvature(self, tangent: Tangent) -> float:
        """The least eigenvalue of the relative curvature; 0 where parameters depend on each other, which the caller looks at."""
        import numpy as np

        if not tangent.free.any():
            return 1.0
        try:
            return float(np.linalg.eigvalsh(tangent.relative_curvature(self.problem.curvature(self.local)))[0])
        except np.linalg.LinAlgError:
            return 0.0

    def _offset(self, tangent: Tangent) -> float:
        total = self.local.size
        return tangent.size / total if total else 0.0

    def _stopped(self, reason: str) -> Solution:
        offset = self._offset(Tangent.at(self.local, self._free())) if self.local.finite else math.nan
        return Solution(self.local, False, reason, offset, self.iterations, self.evaluations)
