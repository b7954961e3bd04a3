"""What is said of a formula's health: frozen, every number with what it is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivkit.expression.graph import Graph
from derivkit.records import ThreeValued


@dataclass(frozen=True, slots=True)
class Loss:
    """Where digits are lost, or where a calculation leaves the doubles.

    Attributes
    ----------
    kind : str
        "cancellation" (in a sum or a difference), "amplification" (in another operation), "overflow", "underflow" or "invalid".
    text : str
        The operation, in the formula's own words.
    node : int
        Its number in the graph that was measured.
    """

    kind: str
    text: str
    node: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How well one number, the function or a partial derivative, is computed at one point.

    Attributes
    ----------
    wrt : str or None
        The variable of the partial derivative; None for the function.
    value : float
        The true value, rounded to a double.
    computed : float
        What doubles give for the formula as it stands.
    conditions : mapping of str to float
        For each variable x the relative condition number |x f'/f|; where the value is 0, the absolute one, |f'|.
    relative : bool
        Which of the two they are.
    condition : float
        The sum of the relative ones: by what factor small relative errors of the variables grow; infinite where the value is 0 and
        changes with a variable that is not.
    kept, lost : float
        Decimal digits of `computed` that are right, and the others, of the 15.95 that a double holds.
    to_conditioning, to_formula : float
        What of `lost` an error of half a unit in the last place of the variables explains, and the rest.
    loss : Loss or None
        Where most of them are lost, if more than one is.
    """

    wrt: str | None
    value: float
    computed: float
    conditions: Mapping[str, float]
    relative: bool
    condition: float
    kept: float
    lost: float
    to_conditioning: float
    to_formula: float
    loss: Loss | None


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of one variable in which the formula leaves the doubles though its value is an ordinary number.

    Attributes
    ----------
    variable : str
    low, high : float or None
        The first and the last double of the interval; None where it goes on as far as was looked.
    loss : Loss
        What happens first.
    """

    variable: str
    low: float | None
    high: float | None
    loss: Loss


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another formula of the same function, that keeps more digits.

    Attributes
    ----------
    graph : Graph
    identities : tuple of str
        Why it is equal: identities of the table, each for every real number for which its left side is defined.
    wrt : str or None
        The number that gains most: the partial derivative by this variable, or the function (None).
    digits_before, digits_after : float
        Digits that are right of that number; over a region, where it gains most.
    worse : tuple of str
        The variables by which the derivative, taken of the rewrite as it stands, keeps fewer digits somewhere.
    """

    graph: Graph
    identities: tuple[str, ...]
    wrt: str | None
    digits_before: float
    digits_after: float
    worse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a region of one variable, with the fewest digits of one number that are right in it.

    Attributes
    ----------
    wrt : str or None
        The number: the partial derivative by this variable, or the function (None).
    low, high : float
    points : int
        How many were measured.
    kept : float
        By the formula as typed.
    to_formula : float
        The most digits that the formula loses in it and need not.
    rewritten : float or None
        By the rewrite.
    """

    wrt: str | None
    low: float
    high: float
    points: int
    kept: float
    to_formula: float
    rewritten: float | None


@dataclass(frozen=True, slots=True)
class Health(ThreeValued):
    """The answer of `health`.

    Attributes
    ----------
    verdict : str
        "healthy", "ill_conditioned", "cancellation", "amplification", "overflow", "underflow", "invalid" or "refused".
    reason : str or None
        The cause of a refusal: "kink", "pole", "outside_domain", ...
    message : str
        One sentence for people.
    at : mapping of str to float or None
        The point in doubles; over a region, the worst of its points.
    function : Reading or None
    derivative : tuple of Reading
        One a variable.
    overflow : tuple of Range
    rewrite : Rewrite or None
    points, refused : int
        How many points were measured, and at how many there was nothing to measure.
    pieces : tuple of Piece
        Over a region of one variable.
    """

    verdict: str
    reason: str | None
    message: str
    at: Mapping[str, float] | None
    function: Reading | None = None
    derivative: tuple[Reading, ...] = ()
    overflow: tuple[Range, ...] = ()
    rewrite: Rewrite | None = None
    points: int = 1
    refused: int = 0
    pieces: tuple[Piece, ...] = ()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The function's reading, and those of its derivatives."""
        return () if self.function is None else (self.function, *self.derivative)
