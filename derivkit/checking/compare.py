"""Compare what several routes say of one number: who stands alone, and who confirms whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import isfinite, log10
from typing import Literal

from flint import arb

from derivkit.checking.routes import FAMILIES, SMALLEST, Measured
from derivkit.records import Agreement, EntryReport, RouteReport

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


def _status(x: Measured, y: Measured) -> Literal["agree", "disagree", "unknown"]:
    """What two routes say of each other at one point."""
    if x.value is None or y.value is None:
        return "unknown"
    if not close(x, y) or _floats_are_off(x) or _floats_are_off(y):
        return "disagree"
    return "agree" if is_sharp(x) and is_sharp(y) else "unknown"


@dataclass(slots=True)
class Ledger:
    """The worst that was seen of every route, over all points, for each derivative."""

    worst: dict[tuple[str, ...], dict[str, RouteReport]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pairs: dict[tuple[str, str], Literal["agree", "disagree", "unknown"]] = field(default_factory=dict)

    def record(
        self, measured: Sequence[Measured], reference: arb | None, where: dict[str, float], wrt: tuple[str, ...] = ()
    ) -> None:
        """Keep each route's largest relative error against the reference value, its first note, and who agreed with whom."""
        for x, y in combinations(measured, 2):
            seen = {self.pairs.get((x.route, y.route), "agree"), _status(x, y)}
            self.pairs[x.route, y.route] = "disagree" if "disagree" in seen else "unknown" if "unknown" in seen else "agree"
        for m in measured:
            if m.note is not None:
                self.notes.setdefault(m.route, m.note)
            if reference is None:
                self.notes.setdefault(m.route, "nothing to compare it with")
            elif (number := m.rounded if m.rounded is not None else m.value) is not None:
                self._keep(m, number, reference, where, self.worst.setdefault(wrt, {}))

    @staticmethod
    def _keep(m: Measured, number: arb, reference: arb, where: dict[str, float], worst: dict[str, RouteReport]) -> None:
        size = abs(reference) if abs(reference) > SMALLEST else arb(1)
        error, bound = (float((x / size).mid()) for x in (abs(number - reference), m.error + m.rounding))
        before = worst.get(m.route)
        if before is None or error >= (before.max_relative_error or 0.0):
            note = f"rounding leaves it {_digits(error)} digits there" if LOSS < error <= bound else None
            worst[m.route] = RouteReport(m.route, error, bound, where, note)

    def reports(self) -> tuple[RouteReport, ...]:
        """One report a route that was tried, in a fixed order: its worst over all derivatives."""
        worst: dict[str, RouteReport] = {}
        for report in (report for reports in self.worst.values() for report in reports.values()):
            before = worst.get(report.name)
            if before is None or (report.max_relative_error or 0.0) >= (before.max_relative_error or 0.0):
                worst[report.name] = report
        return self._in_order(worst)

    def entries(self) -> tuple[EntryReport, ...]:
        """The reports of each derivative, the worst first."""
        found = [EntryReport(wrt, self._in_order(reports)) for wrt, reports in self.worst.items() if wrt]
        return tuple(sorted(found, key=lambda entry: -entry.worst))

    def agreements(self) -> tuple[Agreement, ...]:
        """What every two routes say of each other."""
        return tuple([Agreement(pair, status, FAMILIES[pair[0]] != FAMILIES[pair[1]]) for pair, status in self.pairs.items()])

    def _in_order(self, worst: dict[str, RouteReport]) -> tuple[RouteReport, ...]:
        blank = {name: RouteReport(name, None, None, None, note) for name, note in self.notes.items()}
        known = blank | worst
        return tuple([known[name] for name in FAMILIES if name in known])
