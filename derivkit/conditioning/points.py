"""Where a formula is measured over a region: near its ends, near 0 and near roots, where digits are lost, and evenly in between."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random

Ends = Mapping[str, tuple[float, float]]
At = dict[str, float]
Function = Callable[[At], float]

MOST_POINTS = 160
EVEN = 12
DECADES = (1, 2, 3, 4, 6, 8, 10, 12, 14, 15)  # how near to an end or to 0, as negative powers of ten of the width
BESIDE = (0.0, 1e-12, 1e-8, 1e-4)  # how near to a root, relative to it
NEAR = (1e-12, 1e-8, 1e-4)  # how close two variables may be, relative to them
WIDE = 1e3  # an interval whose ends differ by more is covered decade by decade
PARTS = (1e-12, 1e-8, 1e-4, 1e-2)  # where an interval that holds 0 is divided, relative to its longest half
PIECES = 5


def samples(ends: Ends, function: Function) -> list[At]:
    """Points of a region at which a formula is likely to fail, the same in every run.

    Parameters
    ----------
    ends : mapping of str to (float, float)
    function : callable
        The function in doubles, in whose sign changes roots are looked for.

    Returns
    -------
    list of dict of str to float
        At most 160.

    Examples
    --------
    >>> found = samples({"x": (0.0, 2.0)}, lambda at: at["x"] - 1.5)
    >>> {0.0, 5e-324, 1.5, 2.0} <= {at["x"] for at in found}
    True
    """
    middle = {name: low / 2 + high / 2 for name, (low, high) in ends.items()}
    lines = {name: _line(*interval, lambda x, name=name: function({**middle, name: x})) for name, interval in ends.items()}  # type: ignore[misc]  # the default binds the name
    moving = [name for name, line in lines.items() if len(line) > 1]
    if len(moving) > 1:
        return _combined(ends, lines, moving)
    return [{**middle, name: x} for name in moving for x in lines[name]][:MOST_POINTS] or [middle]


def _combined(ends: Ends, lines: Mapping[str, Sequence[float]], moving: Sequence[str]) -> list[At]:
    """Points of several variables: random combinations, and pairs of variables that are nearly equal."""
    random = Random(0)
    found: list[At] = []
    while len(found) < MOST_POINTS:
        at = {name: random.choice(line) for name, line in lines.items()}
        if len(found) % 2:
            first, second = random.sample(moving, 2)
            low, high = ends[second]
            at[second] = min(max(at[first] * (1 + random.choice(NEAR)), low), high)
        found.append(at)
    return list({tuple(at.items()): at for at in found}.values())


def _line(low: float, high: float, function: Callable[[float], float]) -> list[float]:
    """Places in one interval, in order."""
    if low == high:
        return [low]
    width = high - low
    places = {low, high, math.nextafter(low, high), math.nextafter(high, low)}
    places |= {low + width * k / EVEN for k in range(1, EVEN)}
    places |= {low + width * 10.0**-k for k in DECADES} | {high - width * 10.0**-k for k in DECADES}
    if low <= 0 <= high:
        places |= {0.0} | {side * 10.0**-k for side in (low, high) for k in (*DECADES, 30, 100, 200)}
    elif abs(high) > WIDE * abs(low) or abs(low) > WIDE * abs(high):
        places |= {low * (high / low) ** (k / (2 * EVEN)) for k in range(2 * EVEN)}
    inside = sorted(x for x in places if low <= x <= high)
    return sorted({*inside, *(x for x in _beside_roots(inside, function) if low <= x <= high)})


def _beside_roots(places: Sequence[float], function: Callable[[float], float]) -> Iterator[float]:
    values = [function(x) for x in places]
    for (a, f), (b, g) in pairwise(zip(places, values, strict=True)):
        if f * g < 0:
            root = _root(a, b, f, function)
            yield from (root * (1 + side * gap) for gap in BESIDE for side in (-1, 1))


def _root(a: float, b: float, f: float, function: Callable[[float], float]) -> float:
    """A double next to a change of sign, by bisection."""
    while a < (middle := a / 2 + b / 2) < b:
        value = function(middle)
        if value == 0 or value != value:
            return middle
        a, b = (middle, b) if value * f > 0 else (a, middle)
    return a


def pieces(low: float, high: float) -> list[tuple[float, float]]:
    """The parts of an interval for which digits are told apart: finer near 0 where it holds 0, or spans many decades.

    Examples
    --------
    >>> pieces(0.0, 10.0)
    [(0.0, 1e-11), (1e-11, 1e-07), (1e-07, 0.001), (0.001, 0.1), (0.1, 10.0)]
    >>> pieces(1.0, 2.0)[0]
    (1.0, 1.2)
    """
    size = max(abs(low), abs(high))
    if low <= 0 <= high or size > WIDE * min(abs(low), abs(high)):
        inner = [size * part for part in PARTS]
        cuts = {low, high, *(x for part in inner for x in (part, -part) if low < x < high)}
    else:
        cuts = {low, high, *(low + (high - low) * k / PIECES for k in range(1, PIECES))}
    return list(pairwise(sorted(cuts)))
