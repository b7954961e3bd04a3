"""Other formulas of the same function, and whether one keeps more digits.

A candidate is equal by the identities of the table that made it, each put to the test with the others, and by exact arithmetic in
sums; its enclosures are compared with the function's at every point nevertheless. It is proposed only where it measures better,
and nowhere else worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from derivkit.checking.survey import survey
from derivkit.conditioning.elsewhere import ENOUGH, does_harm
from derivkit.conditioning.measure import DIGITS, At, Formula, kept, node_balls
from derivkit.conditioning.records import Reading, Rewrite
from derivkit.enclose import TRUTH_BITS
from derivkit.errors import BudgetError, MissingRuleError
from derivkit.expression.collect import collected
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.stable import rewrite
from derivkit.functions import precision, row_named
from derivkit.functions.stable import STABLE_FORMS, SUGGESTED_FORMS, Form

PASSES = 4  # until nothing more is found: a form may make another one's left side
GAIN = 1.0  # digits that a rewrite must gain somewhere
ABS = row_named("abs")
ELSEWHERE = (0.0, 0.5, 1.0, 2.0, 30.0)  # where domains are compared
Measured = Sequence[Sequence[Reading]]  # one row a point: the function, then its derivatives


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula that is equal, by which identities, and the digits that it keeps: one row a point, one column a number."""

    formula: Formula
    used: tuple[Form, ...]
    kept: Sequence[Sequence[float]]

    def rank(self, measured: Measured) -> tuple[bool, int, int]:
        """Smaller is better: no derivative harmed, few digits lost in all, a short formula."""
        lost = sum(DIGITS - digits for row in self.kept for digits in row)
        return bool(harmed(self, measured)), round(lost), len(self.formula.graph)


def best(formula: Formula, points: Sequence[At], measured: Measured) -> Candidate | None:
    """The rewrite that keeps most digits at some points; None where none is better than the formula.

    Parameters
    ----------
    formula : Formula
    points : sequence of mapping of str to float
    measured : sequence of sequence of Reading
        The formula's own readings there.
    """
    truths = [formula.truths(at) for at in points]
    found = [c for c in _candidates(formula, points, truths) if _is_better(c, measured)]
    ranked = sorted(found, key=lambda candidate: candidate.rank(measured))
    return next((candidate for candidate in ranked if not does_harm(candidate.formula, formula)), None)


def harmed(candidate: Candidate, measured: Measured) -> tuple[int, ...]:
    """Which numbers, 0 for the function and k for its k-th derivative, lose digits that count somewhere."""
    return tuple(k for k, pairs in enumerate(_columns(candidate, measured)) if any(c < ENOUGH and c <= t - GAIN for c, t in pairs))


def _is_better(candidate: Candidate, measured: Measured) -> bool:
    """Whether the function gains digits somewhere and loses none that count, or a derivative does where nothing loses any."""
    gains = [max(c - t for c, t in pairs) for pairs in _columns(candidate, measured)]
    losers = harmed(candidate, measured)
    return (max(gains) >= GAIN and not losers) or (gains[0] >= GAIN and 0 not in losers)


def _columns(candidate: Candidate, measured: Measured) -> list[list[tuple[float, float]]]:
    """For every number, the digits that the candidate and the formula keep at each point."""
    rows = [
        [(c, reading.kept) for c, reading in zip(row, readings, strict=True)]
        for row, readings in zip(candidate.kept, measured, strict=True)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def described(candidate: Candidate, measured: Measured) -> Rewrite:
    """A candidate as it is proposed, with the number that gains most, where it does; the function, if it gains at all."""
    columns = _columns(candidate, measured)
    gains = [max(column, key=lambda pair: pair[0] - pair[1]) for column in columns]
    k = 0 if gains[0][0] - gains[0][1] >= GAIN else max(range(len(gains)), key=lambda k: gains[k][0] - gains[k][1])
    after, before = gains[k]
    identities = tuple(f"{left} = {right}" for left, right in candidate.used)
    worse = tuple(str(measured[0][j].wrt) for j in harmed(candidate, measured))
    return Rewrite(candidate.formula.graph, identities, measured[0][k].wrt, before, after, worse)


def _candidates(formula: Formula, points: Sequence[At], truths: Sequence[Sequence[arb]]) -> Iterator[Candidate]:
    for graph, used in alternatives(formula.graph).items():
        try:
            other = Formula(graph, formula.variables)
        except (BudgetError, MissingRuleError):
            continue
        if all(_overlap(other, at, known) for at, known in zip(points, truths, strict=True)) and _same_domain(
            formula, other, points
        ):
            digits = [[kept(e) for e in other.errors(at, known)] for at, known in zip(points, truths, strict=True)]
            yield Candidate(other, used, digits)


def alternatives(graph: Graph) -> Mapping[Graph, tuple[Form, ...]]:
    """Every other way to write a graph that the forms offer, with the forms used: the sure ones, all, and sure ones with one other.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.printer import to_text
    >>> [to_text(other) for other in alternatives(parse("sqrt(x + 1) - sqrt(x)").graph)]
    ['1/(sqrt(x + 1) + sqrt(x))']
    """
    whole, used = _rewritten(graph, SUGGESTED_FORMS)
    found = {collected(graph): (), whole: used}
    for form in ((), *((form,) for form in used if form in SUGGESTED_FORMS)):
        other, why = _rewritten(graph, form)  # the empty tuple: the sure forms alone
        found.setdefault(other, why)
    found.pop(graph, None)
    return found


def _rewritten(graph: Graph, forms: tuple[Form, ...]) -> tuple[Graph, tuple[Form, ...]]:
    used: dict[Form, None] = {}
    for _ in range(PASSES):
        before = graph
        unused = tuple(form for form in forms if form not in used)  # some leave the left side in a piece of the right one
        for some in (unused, STABLE_FORMS):
            graph, why = rewrite(graph, some)
            used |= dict.fromkeys(why)
        graph = _folded(collected(graph))
        if graph == before:
            break
    return graph, tuple(used)


def _folded(graph: Graph) -> Graph:
    """The sizes of numbers carried out, which guards ask for where arguments differ by a number."""
    builder = Builder()
    ids: list[int] = []
    for head, inputs in zip(graph.heads, graph.inputs, strict=True):
        inner = graph.heads[inputs[0]] if head == ABS else None
        size = max(inner, -inner) if isinstance(inner, int | Fraction) else None
        ids.append(builder.add(head, tuple(ids[i] for i in inputs)) if size is None else builder.add(size))
    return builder.graph([ids[o] for o in graph.outputs])


def _overlap(other: Formula, at: At, truths: Iterable[arb]) -> bool:
    return all(a.is_finite() and a.overlaps(b) for a, b in zip(other.truths(at), truths, strict=True))


def _same_domain(formula: Formula, other: Formula, points: Sequence[At]) -> bool:
    """Whether a rewrite is undefined where the formula is, at places along each variable."""
    places = [{**points[0], name: side * x} for name in formula.variables for x in ELSEWHERE for side in (1, -1)]
    return all(_is_undefined(formula.graph, at) == _is_undefined(other.graph, at) for at in places)


def _is_undefined(graph: Graph, at: At) -> bool:
    with precision(TRUTH_BITS):
        balls = node_balls(graph, at)
        return (
            any(s.certain for s in survey(graph, balls, ()) if s.kind in ("outside_domain", "pole")) or balls[graph.root].is_nan()
        )
