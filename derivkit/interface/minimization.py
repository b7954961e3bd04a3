"""`dk.minimize`: formulas and NumPy functions to their minima."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from derivkit.errors import PointError, UsageError
from derivkit.interface.expression import Expression, parse
from derivkit.interface.given import point_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivkit.minimizing.function import Function
    from derivkit.minimizing.result import MinimizeResult
    from derivkit.optimize.bounds import Bounds
    from derivkit.optimize.minimum import Progress
    from derivkit.optimize.schedules import Schedule

    Vector = NDArray[np.float64]

Place = Mapping[str, float | Real] | str | Any  # or an array
Box = Mapping[str, tuple[float | None, float | None]] | str | Any  # or two arrays


def minimize(
    f: Expression | str | Callable[[Any], Any],
    start: Place = None,
    *,
    method: str = "auto",
    lr: float | None = None,
    schedule: str | Schedule | None = None,
    steps: int | None = None,
    tol: float = 1e-8,
    bounds: Box = None,
    multistart: int = 0,
    seed: int = 0,
    compare: Sequence[str] = (),
    sweep_lr: tuple[float, float] | str | None = None,
    squares: bool = False,
    momentum: float | None = None,
    betas: tuple[float, float] | None = None,
    epsilon: float | None = None,
    weight_decay: float | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    progress: Progress | None = None,
) -> MinimizeResult:
    """Minimize a function, and say what was found, how surely, and how it went.

    The gradient is checked at the start against differences of values. Where the method stops, second derivatives, and higher ones
    where these vanish, tell a minimum from a saddle, a maximum, and a flat place.

    Parameters
    ----------
    f : Expression, str or callable
        A formula; or a function of one array written in NumPy, which the tape differentiates.
    start : mapping of str to real number, str, or array_like, optional
        A formula's variables by name, also as text: `"x=-1.2, y=1"`; an array for a NumPy function, which always needs one. By
        default a point of the domain, which the notes name.
    method : str
        A name in `derivkit.optimize.methods.METHODS`, or "auto": a trust region on exact Hessians for few variables, L-BFGS for
        many or within bounds; it goes on from saddles, too.
    lr : float, optional
        The learning rate; the method's own by default, or a search along the line.
    schedule : str or callable, optional
        What becomes of the rate: `"cosine:200"`, or a function of the number of steps that gives a factor.
    steps : int, optional
        At most so many.
    tol : float
        The largest component of the gradient at the end, in its own unit; relative to the start's where that is less than 1.
    bounds : mapping of str to (low, high), str, or a pair of arrays, optional
        None or infinite for an open end; as text `"x=0.., y=-1..1"`.
    multistart : int
        From so many starts: the given one, and others in a Latin hypercube within the bounds or around it.
    seed : int
        Of the starts.
    compare : sequence of str
        Run these methods from the same start; the best is returned, with all of them in `compared`.
    sweep_lr : (float, float) or str, optional
        Try 25 learning rates between these, as text `"1e-4..1"`, for all compared methods that go by a rate, for the method, or for
        gradient descent, each for `steps` steps, 100 by default; what came of them is in `sweeps`.
    squares : bool
        Whether a NumPy function returns residuals, half the sum of whose squares is minimized.
    momentum, betas, epsilon, weight_decay, clip_norm, clip_value : float, optional
        As the method takes them; see `derivkit.optimize.settings.Settings`.
    progress : callable, optional
        Told the number of steps done and the value there.

    Returns
    -------
    MinimizeResult

    Raises
    ------
    ParseError
        If the text is not an expression.
    UsageError
        If there is nothing to minimize by, a name or a number is out of range, or the method cannot do what is asked.
    PointError
        If start or bounds do not fit the variables.
    Refusal
        If the function has no value or no gradient at the start.

    Examples
    --------
    >>> import derivkit as dk
    >>> found = dk.minimize("100*(y - x^2)^2 + (1 - x)^2", "x=-1.2, y=1")
    >>> found.converged, {name: round(x, 6) for name, x in found.at.items()}
    (True, {'x': 1.0, 'y': 1.0})
    >>> import numpy as np
    >>> dk.minimize(lambda x: np.sum((x - 3) ** 2), np.zeros(2)).x.round(6)
    array([3., 3.])
    """
    from derivkit.minimizing.minimize import minimize as minimized
    from derivkit.optimize.settings import Settings

    function, x0 = _function(f, start, squares=squares)
    settings = Settings.of(
        schedule, rate=lr, momentum=momentum, betas=betas, epsilon=epsilon, weight_decay=weight_decay, clip_norm=clip_norm,
        clip_value=clip_value,
    )  # fmt: skip
    return minimized(
        function,
        x0,
        method=method,
        settings=settings,
        bounds=_bounds(bounds, function.variables),
        tolerance=tol,
        steps=steps,
        multistart=multistart,
        seed=seed,
        compare=(compare,) if isinstance(compare, str) else tuple(compare),
        rates=_rates(sweep_lr),
        progress=progress,
    )


def _rates(given: tuple[float, float] | str | None) -> tuple[float, float] | None:
    """The ends of a sweep."""
    if not isinstance(given, str):
        return given
    from derivkit.expression.region import parse_interval
    from derivkit.minimizing.sweep import EXAMPLE

    return parse_interval(given, "the learning rates", example=EXAMPLE).floats


def _function(f: Expression | str | Callable[[Any], Any], start: Place, *, squares: bool) -> tuple[Function, Vector | None]:
    """What is minimized, and where from."""
    import numpy as np

    from derivkit.minimizing.function import Code, Formula, Squares

    if isinstance(f, str):
        f = parse(f)
    if isinstance(f, Expression):
        if not f.variables:
            raise UsageError("the expression has no variable: there is nothing to minimize by")
        return Formula(f.graph), None if start is None else _named(start, f.variables)
    if not callable(f):
        raise UsageError(f"what is minimized is an expression, a text or a function, not {type(f).__name__}")
    if start is None or isinstance(start, str | Mapping):
        raise PointError("a NumPy function needs a start that is an array", hint="give start=np.zeros(3), for example")
    x = _numbers(start)
    if not np.isfinite(x).all() or not x.size:
        raise PointError("the start must be an array of finite numbers, at least one")
    return (Squares if squares else Code)(f, x.shape), x.reshape(-1)


def _numbers(start: Any) -> Vector:
    """An array of real numbers of one's own."""
    import numpy as np

    try:
        return np.array(start, dtype=float)
    except (TypeError, ValueError) as problem:
        raise PointError(f"the start is no array of real numbers: {problem}") from None


def _named(start: Place, variables: tuple[str, ...]) -> Vector:
    """A start by name, or as an array in the order of the variables."""
    import numpy as np

    from derivkit.evaluate import evaluate
    from derivkit.expression.point import check_point

    if not isinstance(start, str | Mapping):
        x = _numbers(start).reshape(-1)
        if len(x) != len(variables) or not np.isfinite(x).all():
            raise PointError(
                f"the start must hold {len(variables)} finite numbers", hint=f"in this order: {', '.join(variables[:10])}"
            )
        return x
    point = point_of(start) or {}
    check_point(point, variables)
    return np.array([evaluate(point[name], {}) for name in variables])


def _bounds(given: Box, variables: tuple[str, ...]) -> Bounds | None:
    """Bounds by name, as text, or as two arrays."""
    if given is None:
        return None
    import numpy as np

    from derivkit.expression.bounds import parse_bounds
    from derivkit.optimize.bounds import Bounds

    if isinstance(given, str):
        given = parse_bounds(given)
    if isinstance(given, Mapping):
        strange = next((name for name in given if name not in variables), None)
        if strange is not None:
            raise PointError(f"{strange} is not a variable of the expression", hint=f"its variables: {', '.join(variables[:10])}")
        ends = [_ends(name, given.get(name, (None, None))) for name in variables]
        return Bounds(np.array([low for low, _ in ends]), np.array([high for _, high in ends]))
    try:
        low, high = (np.broadcast_to(np.asarray(end, dtype=float), len(variables)).copy() for end in given)
    except (TypeError, ValueError):
        raise PointError(
            f"bounds are two arrays of {len(variables)} numbers, or numbers", hint="give the lower ones first"
        ) from None
    if not (low < high).all():
        raise PointError("each lower bound must be less than the upper one")
    return Bounds(low, high)


def _ends(name: str, ends: Any) -> tuple[float, float]:
    try:
        low, high = (infinite if end is None else float(end) for end, infinite in zip(ends, (-math.inf, math.inf), strict=True))
    except (TypeError, ValueError):
        raise PointError(f"{name} needs two bounds", hint=f'write {{"{name}": (0, None)}}') from None
    if not low < high:
        raise PointError(f"the bounds of {name} are not in order", hint="give the lower one first")
    return low, high
