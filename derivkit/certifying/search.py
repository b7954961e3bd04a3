"""How much a proof may cost, and what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flint import arb

from derivkit.budget import Clock
from derivkit.certifying.box import Box, Point

MOST_STUCK = 24  # boxes that cannot be decided before a proof is given up
NARROWEST = 2.0**-34  # a box is cut no further below this part of the region


class Spent(Exception):  # a signal, not an error
    """The budget of boxes or of time is spent."""


class Budget:
    """Boxes and seconds that are left.

    Parameters
    ----------
    boxes : int
    seconds : float
    """

    def __init__(self, boxes: int, seconds: float) -> None:
        self.most = boxes
        self.used = 0
        self.clock = Clock(seconds, "the proof")
        self.late = False

    def spend(self) -> None:
        """Count one box.

        Raises
        ------
        Spent
            If there is none left.
        """
        self.late = self.clock.left < 0
        if self.used >= self.most or self.late:
            raise Spent
        self.used += 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one question.

    Attributes
    ----------
    verdict : str
        "proved", "refuted" or "undecided".
    reason : str or None
        The cause, of what is not proved.
    message : str
        One sentence.
    point : mapping of str to End, or None
        Where it is refuted, or could not be decided.
    values : mapping of str to arb
        What the point's numbers are.
    exact : bool
        Whether the point is exact, and not only near one that is no simple number.
    others : tuple of points
        Further places that could not be decided.
    """

    verdict: Literal["proved", "refuted", "undecided"]
    reason: str | None = None
    message: str = ""
    point: Point | None = None
    values: Mapping[str, arb] | None = None
    exact: bool = True
    others: tuple[Point, ...] = ()


PROVED = Finding("proved")


class Boxes:
    """The boxes of one proof that are not decided yet: cut, set aside, or given up.

    Attributes
    ----------
    stuck : list of (Box, str)
        Boxes that were set aside, each with the reason.
    """

    def __init__(self, whole: Box, budget: Budget) -> None:
        self.whole = whole
        self.budget = budget
        self.stuck: list[tuple[Box, str]] = []
        self._waiting = [whole]
        self._widths = [max(float(whole.width(k)), 1e-300) for k in range(len(whole.names))]

    def __iter__(self) -> Iterator[Box]:
        """The boxes in turn, as long as the budget lasts and not too many are stuck."""
        while self._waiting and len(self.stuck) < MOST_STUCK:
            box = self._waiting.pop()
            self.budget.spend()
            yield box

    def add(self, *boxes: Box) -> None:
        """Look at these boxes as well, at the first one next."""
        self._waiting.extend(reversed(boxes))

    def cut(self, box: Box, reason: str, scores: Mapping[str, float] | None = None) -> None:
        """Cut a box across the variable with the largest score, the widest by default; set it aside where it is too narrow."""
        shares = [float(box.width(k)) / whole for k, whole in enumerate(self._widths)]
        open_ = [k for k, share in enumerate(shares) if share > NARROWEST and not box.is_narrow(k)]
        if not open_:
            self.stuck.append((box, reason))
            return
        weigh = {k: shares[k] if scores is None else scores[box.names[k]] for k in open_}
        self.add(*box.cut(max(open_, key=lambda k: (weigh[k], shares[k]))))
