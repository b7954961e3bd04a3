"""How many zeros a function of one variable has on an interval, and where.

A box on which the slope keeps its sign holds at most one zero, and holds one exactly if the signs at its ends differ; the interval
Newton operator narrows it (Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 8).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import arb

from derivkit.certifying.box import Box, End
from derivkit.certifying.field import Field
from derivkit.certifying.search import Boxes, Budget
from derivkit.certifying.sign import FIRST_TAYLOR, TOUCHING_DEPTHS
from derivkit.certifying.touching import nonnegative_from_an_end, touching_points

MOST_NARROWINGS = 100


@dataclass(slots=True)
class Roots:
    """What is known about the zeros of a function.

    Attributes
    ----------
    exact : list of End
        Zeros that are exact numbers.
    enclosed : list of arb
        Balls that hold exactly one zero each.
    stuck : list of (Box, str)
        Boxes that may hold others.
    """

    exact: list[End] = field(default_factory=list)
    enclosed: list[arb] = field(default_factory=list)
    stuck: list[tuple[Box, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many zeros are certain."""
        return len(self.exact) + len(self.enclosed)

    @property
    def intervals(self) -> list[arb]:
        """A ball around every zero, in order."""
        return sorted([*(end.ball for end in self.exact), *self.enclosed], key=float)

    def meet(self, end: End) -> None:
        """Note an exact zero, which two boxes may share."""
        if not any(end.same(known) for known in self.exact):
            self.exact.append(end)


def find_roots(goal: Field, whole: Box, budget: Budget, found: Roots) -> None:
    """Isolate all zeros of a function on an interval.

    Parameters
    ----------
    goal : Field
        Of one variable.
    whole : Box
    budget : Budget
    found : Roots
        Filled with what is found, also where the budget ends the search.

    Raises
    ------
    Spent
        If the budget is.
    """
    boxes = Boxes(whole, budget)
    for box in boxes:
        _look_at(goal, box, boxes, found)
        found.stuck = boxes.stuck


def _look_at(goal: Field, box: Box, boxes: Boxes, found: Roots) -> None:
    reading = goal.read(box)
    if not reading.defined:
        boxes.cut(box, "lost")
        return
    gradient = goal.gradient(reading)
    low, high = goal.bounds(box, reading, gradient)
    if low > 0 or high < 0:
        return
    name = box.names[0]
    if gradient is not None and gradient[name] != 0:
        _on_monotone(goal, box, gradient[name], boxes, found)
    elif box.depth >= FIRST_TAYLOR and any(nonnegative_from_an_end(goal, box, sign=s, strict=True) for s in (1, -1)):
        for end in box.ends[0]:
            if goal.sign({name: end}) == 0:
                found.meet(end)
    else:
        touching = touching_points(goal, box) if box.depth in TOUCHING_DEPTHS else ()
        exact = next((e for e in touching if _inside(e, box) and goal.sign({name: e}) == 0), None)
        if exact is None:
            boxes.cut(box, "touching" if reading.unbroken else "jump")
        else:
            boxes.add(*box.cut(0, exact))


def _inside(end: End, box: Box) -> bool:
    return not any(end.same(other) for other in box.ends[0])


def _on_monotone(goal: Field, box: Box, slope: arb, boxes: Boxes, found: Roots) -> None:
    """At most one zero: the signs at the ends tell."""
    name = box.names[0]
    signs = [goal.sign({name: end}) for end in box.ends[0]]
    for end, sign in zip(box.ends[0], signs, strict=True):
        if sign == 0:
            found.meet(end)
    if None in signs:
        boxes.cut(box, "touching")
    elif signs[0] == -(signs[1] or 0) != 0:
        found.enclosed.append(_narrowed(goal, box, slope))


def _narrowed(goal: Field, box: Box, slope: arb) -> arb:
    """The only zero in a box, by interval Newton steps as long as they help."""
    name = box.names[0]
    ball = box.balls()[name]
    for _ in range(MOST_NARROWINGS):
        middle = ball.mid()
        step = middle - goal.value({name: End(middle)}) / slope
        if not step.is_finite() or not step.overlaps(ball):
            break
        narrowed = step.intersection(ball)
        if not narrowed.rad() < ball.rad() * 0.9:
            break
        ball = narrowed
        values = goal.read(Box(box.names, ((End(ball.lower()), End(ball.upper())),)))
        gradient = goal.gradient(values)
        if gradient is not None and gradient[name] != 0:
            slope = gradient[name]
    return ball
