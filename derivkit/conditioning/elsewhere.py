"""Whether a rewrite does harm far from where it was measured: at large and tiny numbers, their ratios, and in between."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice, product
from random import Random

from flint import arb

from derivkit.conditioning.blame import LARGEST, relative_error
from derivkit.conditioning.measure import DIGITS, At, Formula, kept, node_floats

SIZES = (1e-300, 1e-20, 1e-8, 0.3, 1.0, 2.0, 30.0, 700.0, 800.0, 1e10, 1e200)
LINE = tuple(side * size for size in SIZES for side in (1, -1))
NEAR = (1e-12, 1e-6, 1e-3, 0.1)  # how close two variables may be, or one and the reciprocal of another, relative to them
MOST = 120  # places
ENOUGH = DIGITS - 2  # a rewrite that keeps so many digits does no harm where the formula kept more
WORSE = 1.0  # digits
EXPLAINED = 3.0  # digits that a large condition number excuses, at most


def does_harm(other: Formula, formula: Formula) -> bool:
    """Whether a rewrite's value has fewer digits than the formula's somewhere, and fewer than conditioning explains.

    Parameters
    ----------
    other : Formula
        The rewrite.
    formula : Formula

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> typed, far, fine = (Formula(parse(text).graph) for text in ("1 - cos(x)", "x^2/2 - x^4/24", "2*sin(x/2)^2"))
    >>> does_harm(far, typed), does_harm(fine, typed)
    (True, False)
    """
    return any(_is_worse(other, formula, at) for at in islice(_places(formula.variables), MOST))


def _places(names: tuple[str, ...]) -> Iterator[At]:
    """Places of all sizes, the same in every run: extremes, then any."""
    random = Random(0)
    extremes = list(product(LINE, repeat=len(names))) if len(names) < 3 else []
    for values in extremes if len(names) == 1 else random.sample(extremes, min(len(extremes), MOST // 2)):
        yield dict(zip(names, values, strict=True))
    while names:
        at = {name: _any(random) for name in names}
        if len(names) > 1 and random.random() < 0.4:
            first, second = random.sample(names, 2)
            at[second] = at[first] ** random.choice((1, -1)) * (1 + random.choice(NEAR))
        yield at


def _any(random: Random) -> float:
    """A number of any size, most often an ordinary one."""
    decades = random.choice((1, 3, 20, 200))
    return random.choice((1, -1)) * math.pow(10, random.uniform(-decades, decades))


def _is_worse(other: Formula, formula: Formula, at: At) -> bool:
    truth, *slopes = formula.truths(at)
    if not truth.is_finite() or not abs(truth) <= LARGEST:
        return False
    before, after = (kept(relative_error(node_floats(f.graph, at)[f.graph.root], truth)) for f in (formula, other))
    if after >= ENOUGH or after > before - WORSE:
        return False
    return DIGITS - after > WORSE + min(EXPLAINED, _conditioning(truth, slopes, at))


def _conditioning(truth: arb, slopes: list[arb], at: At) -> float:
    """The digits that rounding the variables costs."""
    if truth.contains(0):
        return math.inf
    moved = [abs(slope * arb(x) / truth).mid() for slope, x in zip(slopes, at.values(), strict=True) if slope.is_finite()]
    return max(0.0, math.log10(math.fsum(map(float, moved)) or 1.0))
