"""The health of a formula: at a point, or over a region at the worst of its points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derivkit.checking.probe import probe
from derivkit.checking.sampling import constant
from derivkit.checking.survey import survey
from derivkit.conditioning.blame import LARGEST
from derivkit.conditioning.measure import At, Formula, node_balls
from derivkit.conditioning.points import pieces, samples
from derivkit.conditioning.ranges import ranges
from derivkit.conditioning.records import Health, Piece, Range, Reading
from derivkit.conditioning.rewrite import Candidate, Measured, best, described
from derivkit.conditioning.words import message_of
from derivkit.enclose import TRUTH_BITS, Point, enclosures, float_point
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.region import Region
from derivkit.functions import precision

LOST = 3.0  # digits: a formula that loses more than it must is not healthy
LARGE = 1e8  # a condition number that costs half of the digits
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is nothing to measure at a point."""

    reason: str
    message: str


def health_at(graph: Graph, point: Point) -> Health:
    """How well a formula and its derivatives are computed in doubles at a point, which is rounded to doubles first.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph

    Returns
    -------
    Health

    Raises
    ------
    BudgetError
        If there are too many variables or operations.
    MissingRuleError
        If a derivative with respect to an argument without a rule is needed.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.point import parse_point
    >>> health_at(parse("1 - cos(x)").graph, parse_point("x=1e-8")).verdict
    'cancellation'
    """
    formula = Formula(graph)
    at = float_point(point)
    refused = _refused(formula, point) or _refused(formula, _exact(at))
    readings = None if refused else formula.readings(at)
    if readings is None or (refused := _too_large(readings)):
        assert refused is not None
        return Health(REFUSED, refused.reason, refused.message, at, overflow=ranges(graph, at), points=0, refused=1)
    return _judged(formula, at, [at], [readings], best(formula, [at], [readings]), ranges(graph, at))


def health_on(graph: Graph, region: Region) -> Health:
    """The same over a region: at the worst of points near its ends, near 0 and near roots, and evenly in between.

    Parameters and errors are those of `health_at`, with an interval for each variable.
    """
    formula = Formula(graph)
    ends = {name: interval.floats for name, interval in region.items()}
    points: list[At] = []
    measured: list[tuple[Reading, ...]] = []
    causes: list[tuple[At, Refused]] = []
    for at in formula.affordable(samples(ends, lambda at: evaluate(graph, at))):
        refused = _suspect(formula, at)
        readings = None if refused else formula.readings(at)
        refused = refused if readings is None else _too_large(readings)
        if readings is None or refused:
            causes.append((at, refused or Refused("", "")))
        else:
            points.append(at)
            measured.append(readings)
    if not points:
        at, refused = causes[0]
        refused = _refused(formula, _exact(at)) or refused
        return Health(REFUSED, refused.reason, refused.message, at, points=0, refused=len(causes))
    candidate = best(formula, points, measured)
    worst = _worst(measured, candidate)
    found = _judged(formula, points[worst], points, measured, candidate, ranges(graph, points[worst], ends))
    return replace(found, refused=len(causes), pieces=_pieces(ends, points, measured, candidate))


def _exact(at: At) -> Point:
    return {name: constant(Fraction(x)) for name, x in at.items()}


def _refused(formula: Formula, point: Point) -> Refused | None:
    """What is wrong with a point, by both of its sides where the table only suspects something."""
    with precision(TRUTH_BITS):
        values = enclosures(formula.graph, point)
        suspicions = survey(formula.graph, values, formula.variables)
        if not suspicions and values[formula.graph.root].is_finite():
            return None
        for name in formula.variables:
            finding = probe(formula.graph, point, (name,), suspicions)
            if finding.reason is not None:
                return Refused(finding.reason, finding.message)
    if values[formula.graph.root].is_finite():
        return None
    return Refused("outside_domain", "the formula has no value")


def _suspect(formula: Formula, at: At) -> Refused | None:
    """Whether a point is left out of a region: where the table suspects that there is no value or no derivative."""
    with precision(TRUTH_BITS):
        values = node_balls(formula.graph, at)
        found = survey(formula.graph, values, formula.variables)
    if found:
        return Refused(found[0].kind, found[0].text)
    return None if values[formula.graph.root].is_finite() else Refused("outside_domain", "the formula has no value")


def _too_large(readings: Sequence[Reading]) -> Refused | None:
    for reading in readings:
        if not abs(reading.value) <= LARGEST:
            what = "the value" if reading.wrt is None else f"the derivative in {reading.wrt}"
            return Refused("overflow", f"{what} itself is larger than any double")
    return None


def _owed(readings: Sequence[Reading], row: Sequence[float] | None) -> list[float]:
    """Digits that need not be lost: more than conditioning explains, or kept by an equal formula."""
    avoidable = [reading.to_formula for reading in readings]
    return avoidable if row is None else [max(a, c - r.kept) for a, c, r in zip(avoidable, row, readings, strict=True)]


def _rows(measured: Measured, candidate: Candidate | None) -> Sequence[Sequence[float] | None]:
    return [None] * len(measured) if candidate is None else candidate.kept


def _worst(measured: Measured, candidate: Candidate | None) -> int:
    """The point that shows most: where most digits are lost in vain, or else the condition is largest."""

    rows = _rows(measured, candidate)

    def key(k: int) -> tuple[float, float]:
        owed = max(_owed(measured[k], rows[k]))
        condition = max(reading.condition for reading in measured[k])
        return (round(owed, 1), abs(measured[k][0].value)) if owed >= LOST else (0.0, condition)

    return max(range(len(measured)), key=key)


def _judged(
    formula: Formula,
    at: At,
    points: Sequence[At],
    measured: Measured,
    candidate: Candidate | None,
    found: tuple[Range, ...],
) -> Health:
    """The health at one of the points."""
    place = points.index(at)
    row = None if candidate is None else candidate.kept[place]
    readings = tuple(
        replace(reading, to_formula=owed, to_conditioning=reading.lost - owed)
        for reading, owed in zip(formula.explained(at, measured[place]), _owed(measured[place], row), strict=True)
    )
    verdict, reading = _verdict(readings)
    rewrite = None if candidate is None else described(candidate, measured)
    message = message_of(verdict, reading, readings, rewrite)
    return Health(verdict, None, message, at, readings[0], readings[1:], found, rewrite, points=len(points))


def _verdict(readings: Sequence[Reading]) -> tuple[str, Reading]:
    """One word, and the number that stands behind it: the function first."""
    for group in (readings[:1], readings[1:]):
        worst = max(group, key=lambda reading: reading.to_formula, default=None)
        if worst is not None and worst.to_formula >= LOST:
            return worst.loss.kind if worst.loss else "amplification", worst
    worst = max(readings, key=lambda reading: reading.condition if reading.condition < math.inf else 0.0)
    return ("ill_conditioned" if worst.condition >= LARGE else "healthy"), worst


def _pieces(
    ends: dict[str, tuple[float, float]], points: Sequence[At], measured: Measured, candidate: Candidate | None
) -> tuple[Piece, ...]:
    moving = [name for name, (low, high) in ends.items() if low < high]
    if len(moving) != 1:
        return ()
    (name,) = moving
    low, high = ends[name]
    owed = [_owed(readings, row) for readings, row in zip(measured, _rows(measured, candidate), strict=True)]
    k = max(range(len(owed[0])), key=lambda k: (max(row[k] for row in owed) >= LOST, -k))  # the first that is not healthy, or f
    found = []
    for first, last in pieces(low, high):
        inside = [j for j, at in enumerate(points) if first <= at[name] <= last]
        if inside:
            digits, lost = min(measured[j][k].kept for j in inside), max(owed[j][k] for j in inside)
            rewritten = None if candidate is None else min(candidate.kept[j][k] for j in inside)
            found.append(Piece(measured[0][k].wrt, first, last, len(inside), digits, lost, rewritten))
    return tuple(found)
