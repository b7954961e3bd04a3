"""The sentences of verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivkit.blackbox.line import Slope
    from derivkit.blackbox.result import Entry
    from derivkit.blackbox.sides import Sides

SAME = 1e-6  # relative difference of numbers that people would call the same


def agreement(size: int, directions: int, resolution: float | None, overlooked: int) -> str:
    """Of a gradient that is right."""
    what = "the only entry agrees" if size == 1 else f"all {size:,} entries agree"
    seen = "" if resolution is None else f"; an error of {resolution:.0e} of an entry would have been seen"
    small = f", but for {overlooked:,} that are too small to be seen" if overlooked else ""
    return f"{what} with differences along {directions} direction{'s' * (directions != 1)}{seen}{small}"


def wrong(worst: Sequence[Entry], count: int, *, all_known: bool) -> str:
    """Of a gradient with so many wrong entries, or at least so many where not all were looked at."""
    first = worst[0]
    size = max(abs(first.measured), abs(first.claimed))
    off = abs(first.claimed - first.measured)
    relative = f", off by {off / size:.1e} of its size" if math.isfinite(off) and off < 0.1 * size else ""
    known = "" if all_known else "at least "
    others = f" ({known}{count - 1:,} more entr{'y is' if count == 2 else 'ies are'} wrong)" if count > 1 else ""
    digits = _apart(first.claimed, first.measured)
    shown = f"claimed {first.claimed:.{digits}g}, measured {first.measured:.{digits}g}"
    return f"the gradient is wrong at {first.title}: {shown} ± {first.bound:.0e}{relative}{others}"


def wrong_direction(slope: Slope, others: int) -> str:
    """Of a gradient that is wrong along directions, but at no entry by enough to be named."""
    digits = _apart(slope.claimed, slope.measured)
    return (
        f"along a random direction the slope is measured as {slope.measured:.{digits}g} ± {slope.bound:.0e}, claimed "
        f"{slope.claimed:.{digits}g}; the difference is {slope.gap:.1e}, and there is one along {others} other "
        f"direction{'s' * (others != 1)}; no single entry shows it"
    )


def _apart(one: float, other: float) -> int:
    """How many digits show the difference of two numbers."""
    size, off = max(abs(one), abs(other)), abs(one - other)
    return 6 if not math.isfinite(off) or off > 1e-4 * size else min(17, 3 + math.ceil(-math.log10(off / size)))


def sides(found: Sides, title: str | None) -> str:
    """Of a point where there is no slope."""
    where = "along a random direction" if title is None else f"along {title}"
    return f"{where} {found.describe()}"


def contradiction(found: Sides) -> str:
    """Of a claim that no slope at the point supports."""
    return f"the claimed slope, {found.left.claimed:.6g}, {'lies outside' if found.kind == 'kink' else 'is another'}"


def subgradient(found: Sides, title: str | None, count: int) -> str:
    """Of a claim at a kink that lies between the slopes of the two sides."""
    others = f" ({count - 1} more entr{'y has a kink' if count == 2 else 'ies have kinks'})" if count > 1 else ""
    return f"{sides(found, title)}{others}; there is no derivative, and the claim, {found.left.claimed:.6g}, is a subgradient"


def noisy(title: str, resolution: float, count: int, noise: float | None, tolerance: float) -> str:
    """Of a gradient that the function's noise hides."""
    others = f", and {count - 1:,} more" if count > 1 else ""
    size = "" if noise is None or not noise > 0 else f" (about {noise:.0e} a value)"
    visible = f"an error under {resolution:.0e} of it" if math.isfinite(resolution) and resolution < 1 else "even a wrong sign"
    return f"{title}{others} cannot be checked to {tolerance:g}: {visible} would be hidden under the function's own noise{size}"


def suspicion(worst: Sequence[Entry], measured: Sequence[Entry]) -> str | None:
    """What kind of mistake the wrong entries look like; `measured` holds all entries, or none where not all were measured."""
    claims, truths = sorted(entry.claimed for entry in measured), sorted(entry.measured for entry in measured)
    if len(worst) > 1 and measured and _same(claims, truths):
        return "the right numbers stand in the wrong places"
    if worst and all(entry.claimed == 0 for entry in worst):
        return "these entries are claimed to be 0: is the function cut off from them somewhere?"
    return factor(worst[0].measured / worst[0].claimed) if worst and worst[0].claimed else None


def factor(ratio: float) -> str | None:
    """A ratio of measured to claimed that people know."""
    known = {-1.0: "the sign is reversed", 2.0: "a factor of 2 is missing", 0.5: "there is a factor of 2 too many"}
    known |= {math.pi / 180: "degrees stand for radians", 180 / math.pi: "radians stand for degrees"}
    return next((text for value, text in known.items() if _same([ratio], [value])), None)


def _same(some: Sequence[float], others: Sequence[float]) -> bool:
    size = max(map(abs, others))
    return all(abs(a - b) <= SAME * size for a, b in zip(some, others, strict=True))
