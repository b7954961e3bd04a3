"""Compare what several routes say of one number: who stands alone, and who confirms whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, log10

from flint import arb

from derivkit.checking.routes import FAMILIES, SMALLEST, Measured
from derivkit.records import RouteReport

FINE = arb(2) ** -80  # the relative room that is always granted between two values
LOSS = 1e-8  # a float route with a larger relative error has lost half of its digits
CONFIRMS = 2.0**-16  # a route whose own relative error is larger confirms nothing
NO_FLOAT = arb(2) ** -1075
NOBODY = "nobody"  # the odd one out where there is no majority


def odd_one_out(measured: Sequence[Measured]) -> str | None:
    """The route that disagrees with the others.

    Parameters
    ----------
    measured : sequence of Measured

    Returns
    -------
    str or None
        A route's name; `NOBODY` where they disagree without a majority of families; None where all agree.
    """
    for m in measured:
        if _floats_are_off(m):
            return m.route
    known = [m for m in measured if m.value is not None]
    against = {m.route: len({FAMILIES[other.route] for other in known if not close(m, other)}) for m in known}
    worst = max(against.values(), default=0)
    if worst == 0:
        return None
    candidates = [route for route, count in against.items() if count == worst]
    if len({FAMILIES[route] for route in candidates}) == 1 and len({FAMILIES[m.route] for m in known}) > 2:
        return candidates[0]
    return NOBODY


def _floats_are_off(m: Measured) -> bool:
    """Whether a route's floats are further from its own exact value than rounding explains."""
    if m.value is None or m.rounded is None or not m.rounding.is_finite():
        return False
    return bool(abs(m.rounded - m.value) > m.rounding + m.error)


def close(x: Measured, y: Measured) -> bool:
    """Whether two values agree within the errors they state; a value that is missing agrees with nothing."""
    if x.value is None or y.value is None:
        return False
    gap = x.value - y.value
    return bool(gap.contains(0)) or not abs(gap) > x.error + y.error + FINE * (abs(x.value) + abs(y.value)) + NO_FLOAT


def confirming_families(measured: Sequence[Measured]) -> set[str]:
    """The independent families that know the number well enough to confirm another."""
    return {FAMILIES[m.route] for m in measured if is_sharp(m)}


def is_sharp(m: Measured) -> bool:
    """Whether a route knows its number: relative to the number, or, where it vanishes, to what cancelled in it."""
    if m.value is None:
        return False
    if abs(m.value) + m.error < NO_FLOAT:  # no float can tell it from zero
        return True
    return bool(m.error == 0) or bool(m.error <= CONFIRMS * abs(m.value)) or bool(m.error <= FINE * m.scale)


def best_value(measured: Sequence[Measured], without: str | None = None) -> arb | None:
    """The value whose own error is smallest, leaving out a route that stands alone; None where nobody is trusted."""
    if without == NOBODY:
        return None
    known = [m for m in measured if m.value is not None and (without is None or FAMILIES[m.route] != FAMILIES[without])]
    return min(known, key=lambda m: float(m.error.upper()), default=Measured("", None)).value


def _digits(error: float) -> int:
    return max(0, int(-log10(error))) if isfinite(error) else 0


@dataclass(slots=True)
class Ledger:
    """The worst that was seen of every route, over all points and derivatives."""

    worst: dict[str, RouteReport] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def record(self, measured: Sequence[Measured], reference: arb | None, where: dict[str, float]) -> None:
        """Keep each route's largest relative error against the reference value, and its first note."""
        for m in measured:
            if m.note is not None:
                self.notes.setdefault(m.route, m.note)
            number = m.rounded if m.rounded is not None else m.value
            if reference is None:
                self.notes.setdefault(m.route, "nothing to compare it with")
            if number is None or reference is None:
                continue
            size = abs(reference) if abs(reference) > SMALLEST else arb(1)
            error, bound = (float((x / size).mid()) for x in (abs(number - reference), m.error + m.rounding))
            before = self.worst.get(m.route)
            if before is None or error >= (before.max_relative_error or 0.0):
                note = f"rounding leaves it {_digits(error)} digits there" if LOSS < error <= bound else None
                self.worst[m.route] = RouteReport(m.route, error, bound, where, note)

    def reports(self) -> tuple[RouteReport, ...]:
        """One report a route that was tried, in a fixed order."""
        blank = {name: RouteReport(name, None, None, None, note) for name, note in self.notes.items()}
        return tuple(
            (self.worst | {n: b for n, b in blank.items() if n not in self.worst})[name]
            for name in FAMILIES
            if name in self.worst or name in blank
        )
