"""One method from one start, to a result that says what was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivkit.errors import DerivkitError
from derivkit.minimizing import rate as rates
from derivkit.minimizing.counted import Counted
from derivkit.minimizing.diverging import cure
from derivkit.minimizing.domain import why_undefined
from derivkit.minimizing.function import Function
from derivkit.minimizing.newton_steps import newton_step, polish
from derivkit.minimizing.result import UNKNOWN_RATE, Curvature, Kind, MinimizeResult, Rate
from derivkit.minimizing.settle import Settled, settle
from derivkit.minimizing.track import Track
from derivkit.minimizing.words import place as shown
from derivkit.optimize import methods
from derivkit.optimize.loop import Place
from derivkit.optimize.method import Need
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.settings import LABELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.result import Path
    from derivkit.optimize.bounds import Bounds
    from derivkit.optimize.minimum import Minimum, Progress
    from derivkit.optimize.settings import Settings
    from derivkit.records import Verdict

    Vector = NDArray[np.float64]

AUTO = "auto"
EXACT, BOUNDED, MANY = "trust-exact", "newton", "lbfgs"  # what auto takes: alone, with bounds, of many variables
STEPPING = ("gd", "momentum", "adam")  # where something is chosen of a method: the first that heeds it
MOST_EXACT = 100  # variables for which a Hessian a step is cheap
STEPS, FIXED_STEPS = 2_000, 10_000  # by default: of methods that search, and of those that go by a rate
ESCAPES, FADING = 20, 3  # from saddles and the like, and from places where the slope fades
MOST_NOTES = 3  # of them
ON_AND_ON = "the slope fades on and on along the way, and no minimum was found"
PLACES = {Outcome.SADDLE: "", Outcome.MAXIMUM: "", Outcome.FLAT: " place"}
PARTS = tuple(4.0**-k for k in range(-1, 20))  # of the point's size: how far a saddle is left


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is the same for every run.

    Attributes
    ----------
    function : Function
    bounds : Bounds
    settings : Settings
    tolerance : float
    steps : int or None
        At most; None for the method's own default.
    check : Verdict
        Of the gradient, at the first start.
    progress : callable, optional
    """

    function: Function
    bounds: Bounds
    settings: Settings
    tolerance: float
    steps: int | None
    check: Verdict
    progress: Progress | None = None


def run(task: Task, start: Vector, method: str) -> MinimizeResult:
    """Minimize by one method; `auto` chooses one, and goes on from saddles.

    Parameters
    ----------
    task : Task
    start : array of float, shape (d,)
        In the domain, within the bounds.
    method : str
        A name in `methods.METHODS`, or "auto".

    Returns
    -------
    MinimizeResult
    """
    import numpy as np

    with np.errstate(all="ignore"):  # a point outside the domain is no error
        return _Run(task, start, method).result()


class _Run:
    def __init__(self, task: Task, start: Vector, method: str) -> None:
        import numpy as np

        self.task, self.start = task, task.bounds.nearest(start)
        self.auto = method == AUTO and not task.settings.given
        self.counted = Counted(task.function)
        self.notes: list[str] = []
        self.method = self._chosen() if method == AUTO else method
        self.row = methods.METHODS[self.method]
        self.settings = task.settings
        fixed = (self.settings.rate or self.row.rate) is not None
        self.most = task.steps or (FIXED_STEPS if fixed else STEPS)
        self.track = Track(task.progress)
        self.value, gradient = self.counted.value_and_gradient(self.start)
        self.limit = task.tolerance * min(1.0, float(np.abs(gradient).max(initial=0.0)) or 1.0)
        self.iterations = 0

    def _chosen(self) -> str:
        """The method that auto takes."""

        bounds, d, given = self.task.bounds, len(self.start), self.task.settings.given
        if given:
            fit = next((name for name in STEPPING if set(given) <= set(methods.METHODS[name].takes)), STEPPING[0])
            self.notes.append(f"went by {methods.METHODS[fit].title}, as {LABELS[given[0]]} is given")
            return fit
        if bounds.any or d > MOST_EXACT:
            return BOUNDED if bounds.any and d <= MOST_EXACT else MANY
        try:
            self.counted.hessian(self.start)
        except (DerivkitError, NotImplementedError, TypeError):
            return MANY
        return EXACT

    def result(self) -> MinimizeResult:
        found = self._descended(self.start)
        settled = self._settled(found)
        left: list[str] = []
        while self.auto and len(left) < ESCAPES and left.count(Outcome.FLAT) < FADING:
            lower = self._below(found, settled)
            if lower is None:
                break
            left.append(settled.outcome)
            if len(left) <= MOST_NOTES:
                self.notes.append(f"went on from a {settled.outcome}{PLACES[settled.outcome]} at {self._shown(found.x)}")
            found = self._descended(lower)
            settled = self._settled(found)
        free = self.task.bounds.free(Place(found.x, found.value, found.gradient)).all()
        unclear = settled.outcome is Outcome.CONVERGED and settled.curvature.condition is None
        if Outcome.FLAT in left and free and (unclear or settled.outcome is Outcome.FLAT):
            settled = replace(settled, outcome=Outcome.FLAT, curvature=Curvature(Kind.FLAT, ON_AND_ON))
        return self._told(found, settled)

    def _descended(self, start: Vector) -> Minimum:
        """Where the method leads, Newton's last steps included where it has Hessians."""
        value = abs(self.value) or 1.0
        found = methods.minimize(
            self.counted,
            start,
            method=self.method,
            settings=self.settings,
            bounds=self._bounds(),
            scale=value,
            tolerance=self.limit / value,
            most_iterations=max(self.most - self.iterations, 0),
            watch=self.track,
        )
        self.iterations += found.iterations
        self._count()
        if found.outcome not in (Outcome.CONVERGED, Outcome.STALLED) or not (self.auto or self.row.needs is Need.HESSIAN):
            return found
        if len(start) > MOST_EXACT:
            return found
        place, taken = polish(
            self.counted, Place(found.x, found.value, found.gradient), self.task.bounds, watch=self.track, steps=found.iterations
        )
        self.iterations += taken
        self._count()
        return replace(found, x=place.x, value=place.value, gradient=place.gradient)

    def _count(self) -> None:
        """What the method has spent up to here; looking at the last place is no cost of its."""
        self.spent = (self.counted.functions, self.counted.gradients, self.counted.hessians)

    def _bounds(self) -> Bounds | None:
        return self.task.bounds if self.task.bounds.any else None

    def _settled(self, found: Minimum) -> Settled:
        """With the words for what only the function can tell."""
        settled = settle(self.counted, found, self.task.bounds, self.limit)
        if settled.outcome is Outcome.OUT_OF_DOMAIN and self.counted.lost is not None:
            return replace(settled, reason=f"{found.reason}: {why_undefined(self.task.function, self.counted.lost)}")
        if settled.outcome is Outcome.DIVERGED:
            known = cure(self.task.function, self.start, self.method, self.settings, self.task.bounds)
            return replace(settled, reason=f"{found.reason}; {known}")
        if settled.outcome is Outcome.UNBOUNDED:
            return replace(settled, reason=f"{found.reason}; at {self._shown(found.x)} it is {found.value:.3g}")
        return settled

    def _shown(self, x: Vector) -> str:
        return shown(self.task.function.variables, x.tolist())

    def _below(self, found: Minimum, settled: Settled) -> Vector | None:
        """A lower place beside a saddle or a maximum."""
        import numpy as np

        v = settled.curvature.direction
        if settled.outcome not in PLACES or v is None or self.iterations >= self.most:
            return None
        size = max(float(np.linalg.norm(found.x)), 1.0)
        tried = [self.task.bounds.nearest(found.x + part * size * v) for part in PARTS]
        values = [self.counted.value(x) for x in tried]
        finite = [value if np.isfinite(value) else np.inf for value in values]
        best = int(np.argmin(finite))
        return tried[best] if finite[best] < found.value else None

    def _told(self, found: Minimum, settled: Settled) -> MinimizeResult:
        place = Place(found.x, found.value, found.gradient)
        path = self.track.path(place, self.iterations)
        return MinimizeResult(
            variables=self.task.function.variables,
            method=self.method,
            title=self.row.title,
            start=self.start,
            x=found.x,
            value=float(found.value),
            gradient=found.gradient,
            outcome=settled.outcome,
            reason=settled.reason,
            iterations=self.iterations,
            function_evaluations=self.spent[0],
            gradient_evaluations=self.spent[1],
            hessian_evaluations=self.spent[2],
            path=path,
            curvature=settled.curvature,
            rate=self._rate(path, settled, found),
            gradient_check=self.task.check,
            bounds_active=self._active(place),
            uncertainty=settled.uncertainty,
            notes=tuple(self.notes),
        )

    def _active(self, place: Place) -> dict[str, str]:
        """Which bounds hold which variables."""
        held = ~self.task.bounds.free(place)
        names = zip(self.task.function.variables, held, place.x <= self.task.bounds.low, strict=True)
        return {name: "lower" if low else "upper" for name, is_held, low in names if is_held}

    def _rate(self, path: Path, settled: Settled, found: Minimum) -> Rate:
        if settled.outcome is not Outcome.CONVERGED or self._active(Place(found.x, found.value, found.gradient)):
            return UNKNOWN_RATE  # the way along a bound is another function's
        condition = settled.curvature.condition
        step = self._to_the_minimum(found) if condition is not None else 0.0
        given = self.settings.rate or self.row.rate
        kind, factor, order = rates.observed(path, found.x + step, vague=condition is None, fixed=given is not None)
        eigenvalues = settled.curvature.eigenvalues if condition is not None else None
        expected, limit = rates.expected(self.row, eigenvalues, given, self.settings.kept)
        return Rate(kind, factor, order, expected, rates.verdict(self.row, kind, factor, limit, singular=condition is None))

    def _to_the_minimum(self, found: Minimum) -> Vector | float:
        """The Newton step from the last place, which methods without second derivatives leave."""
        place = Place(found.x, found.value, found.gradient)
        step = newton_step(self.counted, place, self.task.bounds.free(place))
        return 0.0 if step is None else step[0]
