"""A function to its minimum: the gradient is checked, the methods run, and the best of what they find comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derivkit.errors import PointError, Refusal, UsageError
from derivkit.minimizing.domain import why_undefined
from derivkit.minimizing.function import Code, Function
from derivkit.minimizing.gradient_check import check_gradient
from derivkit.minimizing.result import UNKNOWN_RATE, Curvature, Found, Kind, MinimizeResult, Path
from derivkit.minimizing.run import AUTO, Task, run
from derivkit.minimizing.start import scattered, sensible
from derivkit.minimizing.sweep import sweep_of, swept_methods
from derivkit.minimizing.words import place as shown
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.method import Need
from derivkit.optimize.methods import METHODS
from derivkit.optimize.outcome import Outcome
from derivkit.optimize.settings import LABELS, Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.optimize.minimum import Progress

    Vector = NDArray[np.float64]

MOST_STARTS = 100_000
CLEAR = 1e3  # times how far both minima may be off: two that lie further apart are two
SAME_PLACE = 1e-3  # of how far the starts lie apart
RANKS = (Outcome.CONVERGED, Outcome.STALLED, Outcome.BUDGET)  # what counts more than a lower value; the rest comes last


def minimize(
    function: Function,
    start: Vector | None = None,
    *,
    method: str = AUTO,
    settings: Settings | None = None,
    bounds: Bounds | None = None,
    tolerance: float = 1e-8,
    steps: int | None = None,
    multistart: int = 0,
    seed: int = 0,
    compare: Sequence[str] = (),
    rates: tuple[float, float] | None = None,
    progress: Progress | None = None,
) -> MinimizeResult:
    """Minimize a function; `interface.minimization.minimize` says what the parameters are.

    Raises
    ------
    UsageError
        If a number is out of range, or a method cannot do what is asked.
    PointError
        If no start is given and none is found.
    Refusal
        If the function has no value or no gradient at the start.
    """
    import numpy as np

    d = len(function.variables)
    box = bounds or Bounds(np.full(d, -np.inf), np.full(d, np.inf))
    _require(method, tolerance, steps, compare)
    _require_starts(multistart, seed, compare)
    swept = () if rates is None else swept_methods(method, compare, rates)
    notes: tuple[str, ...] = ()
    if start is None:
        start = sensible(function, (box.low, box.high))
        notes = (f"started from {shown(function.variables, start.tolist())}, as no start was given",)
    elif not np.array_equal(box.nearest(start), start):
        raise PointError("the start lies outside the bounds", hint="choose a start within")
    _require_value(function, start)
    _require_squares(function, (method, *compare))
    check = check_gradient(function, start)
    task = Task(function, box, settings or Settings(), tolerance, steps, check, progress)
    if check.verdict == "disagree":
        return replace(_unused(task, start, method), notes=notes)
    best = _best_of(task, start, compare) if compare else _from_all(task, start, method, multistart, seed)
    sweeps = () if rates is None else tuple(sweep_of(task, start, name, rates, best) for name in swept)
    return replace(best, notes=(*notes, *best.notes), value_at=function.value_at, bounds=bounds, sweeps=sweeps)


def _require(method: str, tolerance: float, steps: int | None, compare: Sequence[str]) -> None:
    if not 0 <= tolerance < 1:
        raise UsageError(f"the tolerance {tolerance:g} must be at least 0 and less than 1")
    if steps is not None and not 1 <= steps <= 10**9:
        raise UsageError(f"{steps:,} steps: the number of steps must be from 1 to 1,000,000,000")
    if compare and method != AUTO:
        raise UsageError(f"methods are compared, and {method} is named besides", hint=f"name it among them: {method},{compare[0]}")
    for name in (method, *compare):
        if name != AUTO and name not in METHODS:
            raise unknown_method(name)


def _require_starts(multistart: int, seed: int, compare: Sequence[str]) -> None:
    if not 0 <= multistart <= MOST_STARTS:
        raise UsageError(f"{multistart:,} starts: their number must be from 0 to {MOST_STARTS:,}")
    if compare and multistart:
        raise UsageError("methods are compared from one start, and several are asked for", hint="ask for one of the two")
    if seed < 0:
        raise UsageError(f"the seed {seed} must not be negative")
    if seed and multistart <= 1:
        raise UsageError("a seed is for several starts, and there is one", hint="ask for several, as by --multistart 20")


def unknown_method(name: str) -> UsageError:
    """The error for a method that the table does not have."""
    from difflib import get_close_matches

    from derivkit.expression.lexer import shortened

    near = get_close_matches(name.lower(), METHODS, 1)
    hint = f"did you mean {near[0]}?" if near else f"the methods are {AUTO}, {', '.join(METHODS)}"
    return UsageError(f"no method is called {shortened(name, 40)!r}", hint=hint)


def _require_value(function: Function, start: Vector) -> None:
    import numpy as np

    if isinstance(function, Code):
        function.require(start)
    value, gradient = function.value_and_gradient(start)
    if not np.isfinite(value) or not np.isfinite(gradient).all():
        raise Refusal(f"there is no way to start: {why_undefined(function, start)}", hint="choose another start")


def _require_squares(function: Function, names: Sequence[str]) -> None:
    """Methods for sums of squares want one."""
    for name in names:
        if name != AUTO and METHODS[name].needs is Need.SQUARES and not hasattr(function, "squares"):
            what = (
                "the function returns no residuals"
                if function.graph is None
                else "the expression is not written as a sum of squares"
            )
            raise UsageError(f"{name} minimizes sums of squares, and {what}", hint="newton takes any smooth function")


def _best_of(task: Task, start: Vector, compare: Sequence[str]) -> MinimizeResult:
    """The best of several methods from one start."""
    names = dict.fromkeys(compare)
    for given in task.settings.given:
        if not any(given in METHODS[name].takes for name in names if name != AUTO):
            raise UsageError(f"none of the methods compared heeds {LABELS[given]}", hint="compare gd or adam, too")
    results = tuple(run(_heeded(task, name), start, name) for name in names)
    return replace(min(results, key=_rank), compared=results)


def _heeded(task: Task, method: str) -> Task:
    """The task with those of the settings that a method heeds."""
    return replace(task, settings=Settings() if method == AUTO else METHODS[method].fitting(task.settings))


def _from_all(task: Task, start: Vector, method: str, multistart: int, seed: int) -> MinimizeResult:
    """The best from one start or from several, the given one first among them."""
    if multistart <= 1:
        return run(task, start, method)
    import numpy as np

    others = scattered(start, (task.bounds.low, task.bounds.high), multistart - 1, seed)
    points = [start, *(x for x in others if np.isfinite(task.function.value(x)))]
    results: list[MinimizeResult] = []
    for k, x in enumerate(points, 1):
        results.append(run(replace(task, progress=None), x, method))
        if task.progress is not None:
            task.progress(k, min(result.value for result in results))
    results.sort(key=_rank)
    skipped = multistart - len(points)
    notes = (f"{skipped} of {multistart} starts lie outside the domain and were left out",) if skipped else ()
    best = results[0]
    return replace(best, starts=tuple(results), minima=_distinct(results), notes=(*best.notes, *notes))


def _rank(result: MinimizeResult) -> tuple[int, float]:
    place = RANKS.index(result.outcome) if result.outcome in RANKS else len(RANKS)
    return place, result.value if result.value == result.value else float("inf")


def _distinct(results: Sequence[MinimizeResult]) -> tuple[Found, ...]:
    """The different minima, of results in order, those in kinks as well."""
    import numpy as np

    spread = np.ptp([result.start for result in results], axis=0)
    found: list[Found] = []
    for result in results:
        if result.outcome is not Outcome.CONVERGED and result.curvature.kind is not Kind.MINIMUM:
            continue
        for k, known in enumerate(found):
            if _is_same(result, known.result, spread):
                found[k] = Found(known.result, known.reached + 1)
                break
        else:
            found.append(Found(result, 1))
    return tuple(found)


def _is_same(one: MinimizeResult, other: MinimizeResult, spread: Vector) -> bool:
    """Whether two minima are one, as far as both are known; where that is not, in parts of how far the starts lie apart."""
    import numpy as np

    off = [result.uncertainty for result in (one, other) if result.uncertainty is not None]
    room = CLEAR * (off[0] + off[1]) if len(off) == 2 else SAME_PLACE * spread
    return bool((np.abs(one.x - other.x) <= room).all())


def _unused(task: Task, start: Vector, method: str) -> MinimizeResult:
    """What is left where the gradient is wrong: the start."""
    import numpy as np

    value, gradient = task.function.value_and_gradient(start)
    path = Path(np.zeros(1, dtype=int), start[None], np.array([value]), np.array([float(np.linalg.norm(gradient))]))
    title = "no method" if method == AUTO else METHODS[method].title
    return MinimizeResult(
        task.function.variables, method, title, start, start, value, gradient, Outcome.STALLED,
        "no step was taken: the gradient at the start is wrong", 0, 1, 1, 0, path,
        Curvature(Kind.UNDECIDED, "nothing was looked at"), UNKNOWN_RATE, task.check, {},
    )  # fmt: skip
