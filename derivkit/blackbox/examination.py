"""The course of a check: random directions first, then only as many entries as it takes."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from derivkit.blackbox import words
from derivkit.blackbox.contract import Claim
from derivkit.blackbox.coverage import Coverage
from derivkit.blackbox.evidence import noise_of, remainder_orders
from derivkit.blackbox.kinds import DOUBLE_BITS
from derivkit.blackbox.line import Line, Slope
from derivkit.blackbox.patterns import Reading, pattern_of
from derivkit.blackbox.result import Concluded, Entry
from derivkit.blackbox.search import blamed, quick_bend, quick_gap
from derivkit.blackbox.sides import Sides, sides_of
from derivkit.blackbox.subject import OutOfTime, Subject
from derivkit.finite.samples import LARGEST

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Indices

DIRECTIONS = 3
MANY = 100_000  # entries, beyond which there are fewer directions, and fewer entries are named
SHORTEST = 0.5  # of an entry's scale: how far it moves at least
FEW = 64  # so many entries may be looked at one by one
WORST = 10  # entries that are named at most
WORST_OF_MANY = 3
MORE = 8  # directions in which a claim must be a subgradient
BEND = 2.0**-26  # step for the change of slope at a kink, as a part of the scale
NEGLIGIBLE = 3e-4  # of the whole difference is not searched for
MOST_KINKS = 512  # that are set aside
KINKED_ENOUGH = 0.05  # of the whole change of slope is no part of it


class Examination:
    """One claim about one function at one point.

    Parameters
    ----------
    subject : Subject
    claim : Claim
    tolerance : float
    seed : int
    """

    def __init__(self, subject: Subject, claim: Claim, tolerance: float, seed: int) -> None:
        import numpy as np

        self._subject = subject
        self._claim = claim
        self._tolerance = tolerance
        self._scale = subject.argument.scale
        self._random = np.random.default_rng(seed)
        self._coverage = Coverage(claim.gradient, self._scale, tolerance)
        self._all = np.arange(self._scale.size)
        self._readings: list[Reading] = []
        self._first: Line | None = None
        self._noise: float | None = None
        self._grain = 0.0
        self._measured: dict[int, tuple[Entry, Slope]] = {}

    def conclude(self) -> NoReturn:
        """Go on until there is a verdict.

        Raises
        ------
        Concluded
            Always.
        OutOfTime
            If the time was up first.
        """
        self._require_finite()
        self._require_representable()
        lines = self._directions()
        doubtful = [line for line, reading in zip(lines, self._readings, strict=True) if reading.slope.differs]
        plain = any(reading.slope.plain for reading in self._readings)
        if not plain and (doubtful or len(self._coverage.unseen)):
            self._require_smooth((doubtful or lines)[0], self._all)
        if doubtful:
            self._accuse(doubtful)
        self._refine()
        unseen = self._coverage.unseen
        if len(unseen):
            raise Concluded("refused", "noise", *self._too_noisy(unseen))
        coverage, directions = self._coverage, len(self._readings)
        raise Concluded("agree", None, words.agreement(self._scale.size, directions, coverage.resolution, coverage.overlooked))

    def evidence(self) -> dict[str, Any]:
        """What was measured besides the verdict."""
        orders = () if self._first is None or self._noise is None else remainder_orders(self._first, self._noise)
        return {
            "tolerance": self._tolerance,
            "resolution": None if self._first is None else self._coverage.resolution,
            "noise": self._noise,
            "remainder": orders,
        }

    def _directions(self) -> list[Line]:
        """Slopes along random directions in which every entry moves."""
        size = self._scale.size
        count = 1 if size == 1 else DIRECTIONS if size <= MANY else DIRECTIONS - 1
        lines = [self._line(self._all) for _ in range(count)]
        for line in lines:
            slope = line.slope()
            if line.at_edge:
                self._require_smooth(line, self._all)
            self._readings.append(Reading(line.direction, slope))
            if self._first is None:
                self._first, self._noise, self._grain = line, noise_of(line), line.grain
            self._coverage.note(self._all, line.direction, slope.bound)
        near = [value for line in lines for t, value in line.samples.items() if abs(t) <= 1 and math.isfinite(value)]
        self._coverage.settle(max(near) - min(near), 2.0**-self._subject.bits)
        return lines

    def _line(self, support: Indices) -> Line:
        """A line along which the entries of a group move by random parts of their scales, at least by half."""
        scale = self._scale[support]
        if len(support) == 1:
            direction = scale
        else:
            direction = scale * self._random.choice([-1.0, 1.0], scale.size) * self._random.uniform(SHORTEST, 1.0, scale.size)
        moving: Any = slice(None) if len(support) == self._scale.size else support
        return Line(self._subject, self._claim, moving, direction, self._tolerance, self._grain)

    def _look(self, support: Indices) -> tuple[Line, Slope]:
        """The slope along a line through a group, from farther away where that shows more of a claim that holds nearby."""
        line = self._line(support)
        slope = line.slope()
        if not slope.differs and slope.claimed and not self._shows(support, line, slope):
            far = line.far_slope()
            slope = slope if far.differs or not far.bound < slope.bound else far
        self._coverage.note(support, line.direction, slope.bound)
        return line, slope

    def _shows(self, support: Indices, line: Line, slope: Slope) -> bool:
        scale = self._scale[support]
        return bool((slope.bound * (scale / abs(line.direction)) <= self._coverage.needed[support]).all())

    def _entry(self, k: int) -> tuple[Line, Entry]:
        """One entry, measured alone."""
        import numpy as np

        line, slope = self._look(np.array([k]))
        if not math.isfinite(slope.bound) and self._subject.bits == DOUBLE_BITS:  # a wild claim spoils what it corrects
            slope = line.alone()
        scale = float(self._scale[k])
        argument, claimed = self._subject.argument, float(self._claim.gradient[k])
        entry = Entry(argument.label(k), argument.name(k), claimed, slope.measured / scale, slope.bound / scale)
        self._measured[k] = entry, slope
        return line, entry

    def _require_finite(self) -> None:
        """Where the claim is not finite, the function's own slope says whether it should be."""
        import numpy as np

        missing = np.flatnonzero(~np.isfinite(self._claim.gradient))
        if not len(missing):
            return
        line, entry = self._entry(int(missing[0]))
        if math.isfinite(entry.bound) and abs(entry.measured) > entry.bound:
            raise Concluded("disagree", "not_finite", words.wrong([entry], len(missing), all_known=True), worst=(entry,))
        found = self._sides(line)
        if found is not None:
            raise Concluded("refused", found.kind, f"{words.sides(found, entry.title)}; the gradient claims {entry.claimed}")
        raise Concluded("disagree", "not_finite", f"the gradient claims {entry.claimed} at {entry.title}", worst=(entry,))

    def _require_representable(self) -> None:
        """Where the function's values or changes leave the floats, nothing can be measured."""
        if self._coverage.underflows(self._claim.gradient):
            message = "what the claimed slopes change over the size of the point underflows"
            raise Concluded("refused", "underflow", message, hint="scale the point and the function")
        if abs(self._claim.value) > LARGEST:
            message = f"the function's value, {self._claim.value:g}, is at the end of the floats: differences of it overflow"
            raise Concluded("refused", "overflow", message, hint="scale the function")

    def _require_smooth(self, line: Line, support: Indices) -> None:
        """See whether the function has a slope along a line at all, and where not, what can still be said of the claim."""
        found = self._sides(line)
        if found is None:
            return
        if found.kind == "kink":
            self._kinked(line, found, support)
        title, found = self._located(found, support)
        if found.contradicted:
            raise Concluded("disagree", "wrong_gradient", f"{words.sides(found, title)}; {words.contradiction(found)}")
        raise Concluded("refused", found.kind, words.sides(found, title))

    def _sides(self, line: Line) -> Sides | None:
        return sides_of(line, self._noise or 0.0)

    def _alone(self, k: int) -> Sides | None:
        """What is found along one entry, in units of that entry."""
        import numpy as np

        found = self._sides(self._line(np.array([k])))
        return None if found is None else found.over(float(self._scale[k]))

    def _located(self, found: Sides, support: Indices) -> tuple[str | None, Sides]:
        """The first entry along which the same is found alone; the line itself where there are too many to try, or none."""
        for k in support.tolist() if len(support) <= FEW else ():
            alone = self._alone(k)
            if alone is not None and alone.kind == found.kind:
                return self._title(k), alone
        return None, found

    def _title(self, k: int) -> str:
        argument = self._subject.argument
        return Entry(argument.label(k), argument.name(k), 0.0, 0.0, 0.0).title

    def _kinked(self, line: Line, found: Sides, support: Indices) -> NoReturn:
        """At a kink a claim is wrong outside of the slopes on the two sides, in any direction; else it is a subgradient."""
        import numpy as np

        bend = abs(found.right.measured - found.left.measured)
        kinks = self._kinked_entries(support, bend)
        first = kinks[: FEW if len(support) <= FEW else self._most()]
        looked: list[tuple[str | None, Sides | None]] = [(self._title(k), self._alone(k)) for k in first]
        looked.append((None, found))
        looked += [(None, self._sides(self._line(support))) for _ in range(MORE if 1 < len(support) <= FEW else 0)]
        shown = [(title, sides) for title, sides in looked if sides is not None and sides.kind == "kink"]
        for title, sides in shown:
            if sides.contradicted:
                raise Concluded("disagree", "wrong_gradient", f"{words.sides(sides, title)}; {words.contradiction(sides)}")
        rest = np.setdiff1d(support, np.array(kinks, dtype=int))
        if kinks and len(rest):
            other, slope = self._look(rest)
            if slope.differs and self._sides(other) is None:
                self._accuse([other], rest)
        title, sides = shown[0]
        raise Concluded("refused", "kink", words.subgradient(sides, title, len(kinks), at_least=len(kinks) == MOST_KINKS))

    def _kinked_entries(self, support: Indices, bend: float) -> list[int]:
        """The entries of a group along which the slope changes most."""
        step = max(BEND, 2.0 ** (-self._subject.bits / 2))
        least = KINKED_ENOUGH * bend / min(len(support), FEW)
        found = blamed(len(support), lambda group: quick_bend(self._line(support[group]), step), least, MOST_KINKS)
        return [int(k) for k in support[found]]

    def _most(self) -> int:
        return WORST if self._scale.size <= MANY else WORST_OF_MANY

    def _accuse(self, doubtful: list[Line], support: Indices | None = None) -> None:
        """Find the entries that are wrong; a doubt that no entry and no other direction confirms is taken for noise."""
        entries = self._all if support is None else support
        line = doubtful[0]
        slope = line.slope()
        pattern = pattern_of(self._subject.argument.leaves, self._claim.gradient, self._readings) if support is None else None
        with suppress(OutOfTime):  # then what was found so far must do
            for k in self._suspects(entries, line, pattern):
                self._entry(k)
        wrong = [k for k, (_, own) in self._measured.items() if own.differs]
        sure = any(self._measured[k][1].sure for k in wrong)
        others = 0 if sure else self._confirmed(slope, support)
        if not sure and not (others and any(line.slope().sure for line in doubtful)):
            self._coverage.seen[entries] += abs(slope.gap)
            return
        if not wrong and len(entries) == len(self._measured) == len(self._all) > 1:
            self._require_linear(doubtful[0], slope)
        wrong.sort(key=self._harm, reverse=True)
        worst = tuple(self._measured[k][0] for k in wrong[:WORST])
        measured = [entry for entry, _ in self._measured.values()] if len(self._measured) == len(self._all) else []
        message = words.wrong(worst, len(wrong), all_known=bool(measured)) if worst else words.wrong_direction(slope, others)
        raise Concluded("disagree", "wrong_gradient", message, hint=pattern or words.suspicion(worst, measured), worst=worst)

    def _confirmed(self, slope: Slope, support: Indices | None) -> int:
        """Along how many other directions a doubt shows; none, if there is one along which it should and does not."""
        if support is None:
            others = [reading.slope for reading in self._readings if reading.slope != slope]
        else:
            others = [self._line(support).slope() for _ in range(DIRECTIONS - 1)]
        able = [other for other in others if other.bound < abs(slope.gap)]
        return len(able) if all(other.differs for other in able) else 0

    def _require_linear(self, line: Line, slope: Slope) -> None:
        """Slopes along the entries add up to those along other directions, where there is a derivative."""
        parts = [(entry, float(line.direction[k])) for k, (entry, _) in self._measured.items()]
        along = math.fsum(entry.measured * size for entry, size in parts)
        if abs(along - slope.measured) > slope.bound + math.fsum(entry.bound * abs(size) for entry, size in parts):
            raise Concluded("refused", "kink", words.not_linear(slope, along))

    def _suspects(self, entries: Indices, line: Line, pattern: str | None) -> list[int]:
        """The entries to measure one by one."""
        if len(entries) <= FEW:
            return [int(k) for k in entries]
        if pattern is not None:  # everything is wrong: the largest entries show it best
            return [int(k) for k in self._coverage.weights.argsort()[: -WORST_OF_MANY - 1 : -1]]
        slope = line.slope()
        least = max(slope.bound / 2, NEGLIGIBLE * abs(slope.gap))
        found = blamed(
            len(entries), lambda group: quick_gap(line.part(group), slope.step, least), least, self._most(), whole=slope.gap
        )
        return [int(k) for k in entries[found]]

    def _harm(self, k: int) -> float:
        entry = self._measured[k][0]
        return abs(entry.claimed - entry.measured) * float(self._scale[k])

    def _refine(self) -> None:
        """Look at groups of entries of like size, and at single ones, where directions with all of them did not show enough."""
        for _ in range(2):
            unseen = self._coverage.unseen
            single = len(unseen) <= FEW
            groups = [unseen[k : k + 1] for k in range(len(unseen))] if single else self._coverage.decades(unseen)
            for group in groups:
                line, slope = self._look(group)
                hidden = len(self._coverage.unseen) and not (self._coverage.seen[group] <= self._coverage.needed[group]).all()
                if slope.differs or hidden:
                    self._require_smooth(line, group)
                if slope.differs:
                    self._accuse([line], group)
            if single:
                return

    def _too_noisy(self, unseen: Indices) -> tuple[str]:
        coverage = self._coverage
        with_size = coverage.seen[unseen] / coverage.weights[unseen]
        k = int(unseen[with_size.argmax()])
        return (words.noisy(self._title(k), float(with_size.max()), len(unseen), self._noise, self._tolerance),)
