"""Whether a function is nonnegative, or positive, on a whole region."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import arb

from derivkit.certifying.box import Box, End, Point
from derivkit.certifying.field import Field, Reading
from derivkit.certifying.hessian import Hessian, semidefinite
from derivkit.certifying.outward import decimal, spelled_exactly
from derivkit.certifying.positivity import possible_signs
from derivkit.certifying.search import PROVED, Boxes, Budget, Finding
from derivkit.certifying.touching import landmark, nonnegative_from_an_end, touching_points
from derivkit.errors import MissingRuleError
from derivkit.tape.differentiate import gradient_graph

Obstacle = Callable[[Box], str | None]  # why a claim means nothing on a box, or cannot be told there; None where it can
FIRST_TAYLOR = 2  # cuts after which Taylor's theorem is tried
NEGATIVE, NOT_POSITIVE = frozenset({-1}), frozenset({-1, 0})
PLAIN_DIGITS = (3, 6, 10, 17)
BOWL_DEPTHS = frozenset({0, 6, 12})
TOUCHING_DEPTHS = frozenset({4, 8, 12, 16, 24})  # numbers of cuts after which exact points are looked for


def nothing(box: Box) -> str | None:
    """No obstacle anywhere."""
    return None


def never(box: Box) -> bool:
    """No other proof for any box."""
    return False


def prove_sign(
    goal: Field,
    whole: Box,
    budget: Budget,
    *,
    strict: bool,
    obstacle: Obstacle = nothing,
    unfit: Obstacle = nothing,
    settled: Callable[[Box], bool] = never,
) -> Finding:
    """Whether a function is >= 0 (or > 0) on a box.

    Parameters
    ----------
    goal : Field
    whole : Box
    budget : Budget
    strict : bool
        Whether 0 is too little.
    obstacle : callable, optional
        Says where the sign of the goal would be no evidence.
    unfit : callable, optional
        Says at which points it would refute nothing: where a slope is a convention.
    settled : callable, optional
        Whether what is to be shown is known of a box for another reason.

    Returns
    -------
    Finding
        Refuted with a point at which the function certainly has the wrong sign.

    Raises
    ------
    Spent
        If the budget is.
    """
    boxes = Boxes(whole, budget)
    search = _Search(goal, boxes, strict, obstacle, unfit)
    for box in boxes:
        if settled(box):
            continue
        point = search.look_at(box)
        if point is not None:
            return Finding("refuted", "witness", "", search.plain(point))
    if boxes.stuck:
        places = [landmark(box) for box, _ in boxes.stuck]
        return Finding("undecided", boxes.stuck[0][1], "", places[0], others=tuple(places[1:]))
    return PROVED


class _Search:
    def __init__(self, goal: Field, boxes: Boxes, strict: bool, obstacle: Obstacle, unfit: Obstacle) -> None:
        self.goal = goal
        self.boxes = boxes
        self.strict = strict
        self.obstacle = obstacle
        self.unfit = unfit

    def look_at(self, box: Box) -> Point | None:
        """Decide a box or cut it; a point at which the sign is wrong, if one is met."""
        goal = self.goal
        reading = goal.read(box)
        reason = self.obstacle(box)
        if reason is not None or not reading.defined:
            self.boxes.cut(box, reason or _why(reading.beyond))
            return self.violated(box.middle())
        gradient = goal.gradient(reading)
        low, _ = goal.bounds(box, reading, gradient)
        if low > 0 or (low >= 0 and not self.strict) or self.by_rules(reading):
            return None
        found = self.violated(box.middle())
        if found is not None:
            return found
        if len(box.names) == 1 and box.depth >= FIRST_TAYLOR:
            return self.look_closely(box)
        if gradient is not None and (lowest := _lowest_corner(box, gradient)) is not None:
            sign = goal.sign(lowest)
            if sign is not None and (sign > 0 or (sign == 0 and not self.strict)):
                return None
        if len(box.names) > 1 and box.depth in BOWL_DEPTHS and reading.value.contains(0) and self.is_bowl(box, reading):
            return None
        self.boxes.cut(box, "touching", None if gradient is None else _smear(box, gradient))
        return self.at_corners(box) if box.depth == 0 else None

    def by_rules(self, reading: Reading) -> bool:
        """Whether the rules of signs allow no wrong one."""
        return not possible_signs(self.goal.graph, reading.nodes) & (NOT_POSITIVE if self.strict else NEGATIVE)

    def look_closely(self, box: Box) -> Point | None:
        """A box of one variable on which the sign may be wrong, or be 0 at one point."""
        goal, name = self.goal, box.names[0]
        if not self.strict and all(goal.sign({name: end}) == 0 for end in box.ends[0]) and goal.vanishes_everywhere:
            return None
        if nonnegative_from_an_end(goal, box, strict=self.strict):
            return next((p for end in box.ends[0] if (p := self.wrong_at(end, name)) is not None), None)
        if box.depth in TOUCHING_DEPTHS:
            for end in touching_points(goal, box):
                found = self.wrong_at(end, name)
                if found is not None:
                    return found
                if goal.sign({name: end}) == 0:
                    self.boxes.add(*box.cut(0, end))
                    return None
        self.boxes.cut(box, "touching")
        return None

    def is_bowl(self, box: Box, reading: Reading) -> bool:
        """Whether the function is convex on a box, and stationary and not too low at a point of simple numbers."""
        goal, names = self.goal, box.names
        point = landmark(box)
        sign = goal.sign(point)
        if reading.rough or sign is None or sign < self.strict:
            return False
        try:
            slopes = gradient_graph(goal.graph, names)
            matrix = Hessian(goal.graph, names).on(box)
        except MissingRuleError:
            return False
        flat = all(Field(slopes.output(k), names).sign(point) == 0 for k in range(len(names)))
        return flat and matrix is not None and semidefinite(matrix)

    def wrong_at(self, end: End, name: str) -> Point | None:
        """The point, if the sign is wrong there by exact arithmetic."""
        point = {name: end}
        sign = self.goal.sign(point)
        wrong = sign is not None and (sign < 0 or (sign == 0 and self.strict))
        return point if wrong and self.refutes(point) else None

    def at_corners(self, box: Box) -> Point | None:
        """A corner at which the sign is wrong; asked once, of the whole region."""
        for high in (False, True):
            found = self.violated(box.corner(dict.fromkeys(box.names, high)))
            if found is not None:
                return found
        return None

    def violated(self, point: Point) -> Point | None:
        """The point, if balls prove that the sign is wrong there."""
        value = self.goal.value(point)
        wrong = value < 0 or (self.strict and value <= 0)
        return point if wrong and self.goal.read(only(point)).defined and self.refutes(point) else None

    def plain(self, point: Point) -> Point:
        """A point of decimal numbers nearby at which the sign is wrong too, where the one that was met has too many digits."""
        if all(spelled_exactly(end) for end in point.values()):
            return point
        for digits in PLAIN_DIGITS:
            near = {name: decimal(end, digits) for name, end in point.items()}
            sign = self.goal.sign(near) if self.boxes.whole.holds(near) else None
            wrong = sign is not None and (sign < 0 or (sign == 0 and self.strict))
            if wrong and self.goal.read(only(near)).defined and self.refutes(near):
                return near
        return point

    def refutes(self, point: Point) -> bool:
        """Whether a wrong sign at a point is evidence."""
        spot = only(point)
        return self.obstacle(spot) is None and self.unfit(spot) is None


def only(point: Point) -> Box:
    """A point as a box."""
    return Box(tuple(point), tuple((end, end) for end in point.values()))


def _why(beyond: tuple[object, ...]) -> str:
    return str(getattr(beyond[0], "kind", "")) if beyond else "lost"


def _lowest_corner(box: Box, gradient: Mapping[str, arb]) -> Point | None:
    """The corner with the lowest value of a function that is monotone in every variable."""
    if not all(slope >= 0 or slope <= 0 for slope in gradient.values()):
        return None
    return box.corner({name: not slope >= 0 for name, slope in gradient.items()})


def _smear(box: Box, gradient: Mapping[str, arb]) -> dict[str, float]:
    """How much of the function's spread each variable makes (Kearfott's maximal smear)."""
    return {name: float(gradient[name].abs_upper() * box.width(k)) for k, name in enumerate(box.names)}
