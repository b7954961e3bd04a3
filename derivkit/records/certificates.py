"""What is proved: of functions on regions, and of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from derivkit.records.verdicts import ThreeValued

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point that refutes a claim, or one at which it could not be decided.

    Attributes
    ----------
    at : mapping of str to float
    exact : mapping of str to str
        The same as exact numbers, in derivkit's language; empty where the point is only as near to a pole as numbers come.
    values : mapping of str to (float, float)
        What stands in the claim, enclosed.
    """

    at: Mapping[str, float]
    exact: Mapping[str, str]
    values: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class Certificate(ThreeValued):
    """What is known of a function on a whole region.

    Attributes
    ----------
    claim : str or None
        None where nothing was claimed: then whether the function is defined everywhere, and `facts` say more.
    verdict : str
        "proved", "refuted" or "undecided".
    reason : str or None
        The cause, of what is not proved: "witness", "pole", "outside_domain", "kink", "jump", "infinite_slope", "touching",
        "count", "budget", "lost", ...
    message : str
        One sentence for people.
    boxes : int
        How many boxes were looked at.
    witness : Counterexample or None
    roots : tuple of (float, float), or None
        Bounds on every zero that was found, where they were asked for; each holds exactly one.
    range : (float, float), or None
        Bounds on all values, where nothing was claimed.
    facts : tuple of Certificate
        What else could be said, where nothing was claimed.
    """

    claim: str | None
    verdict: Literal["proved", "refuted", "undecided"]
    reason: str | None
    message: str
    boxes: int
    witness: Counterexample | None = None
    roots: tuple[Bounds, ...] | None = None
    range: Bounds | None = None
    facts: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Proved bounds on a number.

    Attributes
    ----------
    low, high : float
        The number lies between them.
    error : float
        It lies no further than this from the value that is shown.
    """

    low: float
    high: float
    error: float
