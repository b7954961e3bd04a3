"""What a self-test of the table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivkit.records import ThreeValued

COUNTED = ("rows", "points", "numbers", "refused", "undecided", "cancelled")
ROUTES = ("floats", "arrays", "symbolic", "tape", "jets", "differences")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One number that is wrong.

    Attributes
    ----------
    row, route, what : str
        The function, the route that stands alone, and which number: "value", "derivative in x", ...
    at : mapping of str to float
    message : str
    """

    row: str
    route: str
    what: str
    at: Mapping[str, float]
    message: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What was seen of a row, or of a group of rows.

    Attributes
    ----------
    name, group : str
    rows, points, numbers : int
        How many values and derivatives were compared, at how many points.
    errors : mapping of str to float
        Route -> the largest relative error that was allowed to pass.
    refused : int
        How many numbers are refused by all: outside the domain, at kinks and jumps.
    undecided : int
        How many could not be told.
    cancelled : int
        How many floats lose digits to cancellation in the rule: more than the tolerance, not more than rounding explains.
    disagreements : tuple of Disagreement
    """

    name: str
    group: str
    rows: int
    points: int
    numbers: int
    errors: Mapping[str, float]
    refused: int
    undecided: int
    cancelled: int
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class SelfTest(ThreeValued):
    """The answer of `selftest`: "agree" or "disagree", by group, in the order of the table."""

    verdict: str
    groups: tuple[Tally, ...]
    seconds: float

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """All of them."""
        return tuple(one for group in self.groups for one in group.disagreements)


def merged(name: str, tallies: list[Tally]) -> Tally:
    """Several rows as one group."""
    counts = {field: sum(getattr(t, field) for t in tallies) for field in COUNTED}
    errors = {route: max(t.errors[route] for t in tallies if route in t.errors) for route in ROUTES if _any(route, tallies)}
    found = tuple(one for t in tallies for one in t.disagreements)
    return Tally(name=name, group=name, errors=errors, disagreements=found, **counts)


def _any(route: str, tallies: list[Tally]) -> bool:
    return any(route in t.errors for t in tallies)
