"""Claimed derivatives of the corpus, right ones in many forms and wrong ones of every kind, and how derivkit judges them.

What is right and what is wrong is decided here, by values of fifty digits at many points; a form that is wrong or undefined
anywhere is no right form, and a slip that changes nothing is no wrong one.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from mpmath import mp

from derivkit.errors import DerivkitError
from derivkit.expression.graph import Graph
from derivkit.expression.parser import parse
from derivkit.expression.printer import to_text
from tests import fifty_digits
from tests.differentiator import Differentiator
from tests.fifty_digits import Number
from tests.forms import forms
from tests.published import Published

POINTS = 24
DRAWS = 240
VERIFIED = 3  # points at which the textbook's derivative is held to differences of values
SAME = mp.mpf(10) ** -35  # relative; more digits than that may cancel
UNEXPLAINED = ("coefficient", "variable_swapped")  # changes that no usual slip explains: a diagnosis is not asked for
WITNESS_DIGITS = 200
GROUPS = 25  # digits in which equal wrong forms are recognized

At = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed derivative.

    Attributes
    ----------
    name, function : str
        Of the published expression: its name and its text.
    wrt : str
    text : str
    kinds : frozenset of str
        The slips that lead to it: several may give the same formula. Empty for a right one.
    form : str
        How a right one is written; the slip that a wrong one was made by.
    right : str
        The derivative by the rules of a textbook, which was verified.
    """

    name: str
    function: str
    wrt: str
    text: str
    kinds: frozenset[str]
    form: str
    right: str


class Truth:
    """The derivative of a published expression by one variable, and points at which it is known.

    Parameters
    ----------
    entry : Published
    wrt : str
    """

    def __init__(self, entry: Published, wrt: str) -> None:
        self.entry = entry
        self.wrt = wrt
        self.differentiator = Differentiator(entry.graph, wrt)
        self.right = self.differentiator.f.builder.graph([self.differentiator.right.id])
        drawn = ((at, _value(self.right, at)) for at in self._draw() if _value(entry.graph, at) is not None)
        known = list(islice(((at, y) for at, y in drawn if y is not None), POINTS))
        self.points = [at for at, _ in known]
        self.values = [y for _, y in known]
        self.size = max((abs(y) for y in self.values), default=mp.mpf(0))
        for at, y in known[:VERIFIED]:
            assert _same(fifty_digits.derivative(entry.graph, (wrt,), at), y), f"the textbook is wrong about {entry.name}"

    def right_claims(self) -> Iterator[Claim]:
        """The derivative in many forms, those left out that do not hold at every point."""
        printed = [("as printed", fact.value) for fact in self.entry.facts if fact.at is None and fact.wrt == (self.wrt,)]
        for form, text in (*printed, *self._forms(), ("by the textbook", to_text(self.right))):
            if not is_readable(text):
                continue
            found = [_value(parse(text).graph, at) for at in self.points]
            if all(y is not None and _same(truth, y) for truth, y in zip(self.values, found, strict=True)):
                yield self._claim(text, frozenset(), form)

    def wrong_claims(self) -> Iterator[Claim]:
        """Every slip that leads to other numbers, equal ones together."""
        slips = list(self.differentiator.wrong())
        graph = self.differentiator.f.builder.graph([slope.id for _, slope in slips])
        columns = list(zip(*[fifty_digits.values(graph, at) for at in self.points], strict=True))
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for k, column in enumerate(columns):
            if self._differs(column):
                groups[tuple("-" if y is None else mp.nstr(y, GROUPS) for y in column)].append(k)
        for members in groups.values():
            kinds = frozenset(slips[k][0] for k in members) | self._ratio(columns[members[0]])
            kinds |= {"factor"} if "small_factor" in kinds else set()
            first: set[str] = set()
            for k in members:  # one text a kind
                text = to_text(graph.output(k))
                if slips[k][0] not in first and is_readable(text):
                    first.add(slips[k][0])
                    yield self._claim(text, kinds, slips[k][0])

    def _claim(self, text: str, kinds: frozenset[str], form: str) -> Claim:
        return Claim(self.entry.name, self.entry.text, self.wrt, text, kinds, form, to_text(self.right))

    def _forms(self) -> Iterator[tuple[str, str]]:
        try:
            yield from forms(self.entry.graph, self.wrt)
        except DerivkitError:
            return

    def _differs(self, column: Sequence[Number | None]) -> bool:
        """Whether a claim gives another number somewhere, beyond all doubt."""
        return any(y is not None and not _same(truth, y) for truth, y in zip(self.values, column, strict=True))

    def _ratio(self, column: Sequence[Number | None]) -> frozenset[str]:
        """The kinds that a constant ratio to the truth amounts to."""
        pairs = zip(column, self.values, strict=True)
        ratios = [None if y is None or truth == 0 else y / truth for y, truth in pairs]
        if any(r is None or ratios[0] is None or not _same(ratios[0], r) for r in ratios):
            return frozenset()
        return frozenset({"sign"}) if _same(mp.mpf(-1), ratios[0]) else frozenset({"factor"})

    def _draw(self) -> Iterator[At]:
        """Points near the published ones, and far from them with either sign."""
        rng = random.Random(f"{self.entry.name}/{self.wrt}")
        for k in range(DRAWS):
            near = self.entry.points[k % len(self.entry.points)]
            centre = {name: Fraction(str(mp.nstr(fifty_digits.value(graph, {}), 12))) for name, graph in near.items()}
            yield {name: _moved(rng, x, k) for name, x in centre.items()}


def is_readable(text: str) -> bool:
    """Whether the language has words for all of a formula; derivatives may hold functions that only the table knows."""
    try:
        parse(text)
    except DerivkitError:
        return False
    return True


def _moved(rng: random.Random, x: Fraction, k: int) -> Fraction:
    """A coordinate moved a little, for some draws anywhere."""
    if k % 4 == 3:
        return Fraction(rng.randint(-4000, 4000), 1000)
    return x * Fraction(rng.randint(700, 1300), 1000) + Fraction(rng.randint(-50, 50), 1000) * (x == 0)


def _value(graph: Graph, at: Mapping[str, Any]) -> Number | None:
    return fifty_digits.values(graph, at)[0]


def _same(truth: Number, y: Number) -> bool:
    return bool(abs(y - truth) <= SAME * (abs(truth) + 1 / mp.mpf(10) ** 10))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a judge said of a claim.

    Attributes
    ----------
    claim : Claim
    verdict : str
        "equal", "different", "refused" or the name of an error.
    honest : bool or None
        Whether the numbers of the witness are right; None without one.
    kind : str or None
        The diagnosis.
    proved : bool
    message : str
    """

    claim: Claim
    verdict: str
    honest: bool | None
    kind: str | None
    proved: bool
    message: str


def rule(claim: Claim) -> Ruling:
    """Ask derivkit about a claim, and check the numbers of its witness."""
    import derivkit

    try:
        found: Any = derivkit.check(claim.function, claim=claim.text, wrt=claim.wrt)
    except DerivkitError as error:
        return Ruling(claim, type(error).__name__, None, None, False, str(error))
    honest = None if found.witness is None else is_honest(claim, found.witness)
    kind = None if found.diagnosis is None else found.diagnosis.kind
    return Ruling(claim, found.verdict, honest, kind, found.proved, found.message)


def is_honest(claim: Claim, witness: Any) -> bool:
    """Whether both numbers of a witness are right to twelve digits, and differ; a claim without a value is NaN."""
    claimed = fifty_digits.values(parse(claim.text).graph, witness.at, WITNESS_DIGITS)[0]
    actual = _actual(claim, witness.at)
    size = max((abs(y) for y in (claimed, actual) if y is not None), default=mp.mpf(0))
    if actual is None or not _near(actual, witness.actual, size):
        return False
    if claimed is None:
        return bool(mp.isnan(witness.claimed))
    return _near(claimed, witness.claimed, size) and abs(claimed - actual) > SAME * size


def _actual(claim: Claim, at: Mapping[str, float]) -> Number | None:
    """The derivative by the textbook, or by differences where the language lacks a word for it."""
    if is_readable(claim.right):
        return fifty_digits.values(parse(claim.right).graph, at, WITNESS_DIGITS)[0]
    return fifty_digits.derivative(parse(claim.function).graph, (claim.wrt,), at)


def _near(truth: Number, stated: float, size: Number) -> bool:
    """Whether a float is a number, to twelve digits, or to what mpmath makes of zero beside numbers of some size."""
    return bool(abs(stated - truth) <= mp.mpf(10) ** -12 * abs(truth) + mp.mpf(10) ** -100 * size + mp.mpf(2) ** -1074)


def claims(entry: Published, wrt: str, *, right: int | None = None, wrong: int | None = None) -> list[Claim]:
    """Claims about one partial derivative.

    Parameters
    ----------
    entry : Published
    wrt : str
    right : int, optional
        How many right ones, drawn from all; all by default.
    wrong : int, optional
        How many wrong ones of every kind.
    """
    truth = Truth(entry, wrt)
    rng = random.Random(f"{entry.name}/{wrt}")
    kinds: dict[str, list[Claim]] = defaultdict(list)
    for claim in truth.wrong_claims():
        kinds[claim.form].append(claim)
    groups = [(list(truth.right_claims()), right), *((group, wrong) for group in kinds.values())]
    return [claim for group, most in groups for claim in rng.sample(group, min(len(group), most or len(group)))]
