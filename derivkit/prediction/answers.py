"""What a model answers: predictions, one a row, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from derivkit.data.words import listed, shown
from derivkit.models.inference import LEVEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

_SAID = {
    "prediction": "prediction intervals",
    "mean": "confidence intervals of the mean, not of single values",
    "quantile": "confidence intervals of the quantile, not of single values",
    "probability": "confidence intervals of the probabilities",
    "fitted": "confidence intervals of the fitted value, not of single values",
}
Class = int | float | str


@dataclass(frozen=True, slots=True)
class Interval:
    """What the intervals of predictions are.

    Attributes
    ----------
    kind : str
        "prediction": a new value of the target lies inside; else what does, of new values or in their place: their "mean", their
        "quantile", the "probability" of a class, the "fitted" value of a loss.
    method : str
        How they were found, in words.
    level : float
    """

    kind: Literal["prediction", "mean", "quantile", "probability", "fitted"]
    method: str
    level: float = LEVEL

    @property
    def sentence(self) -> str:
        """What they are, for a note."""
        return f"{100 * self.level:g} % {_SAID[self.kind]}, by {self.method}"


@dataclass(frozen=True, eq=False)
class Predictions:
    """One prediction a row of a table, in the table's order.

    Attributes
    ----------
    model, target : str
    prediction : array of float, shape (n,), or tuple of classes, length n
        NaN, or None, in rows that miss a value.
    probabilities : mapping of class to array of float, shape (n,)
        Of every class, in their order; empty for numbers.
    ends : mapping of class or None to (array, array), each of shape (n,)
        Lowest and highest of an interval: of every class's probability, or, under None, of numbers. Empty if not asked for.
    interval : Interval or None
    warnings : tuple of str
    """

    model: str
    target: str
    prediction: Vector | tuple[Class | None, ...]
    probabilities: Mapping[Class, Vector]
    ends: Mapping[Class | None, tuple[Vector, Vector]]
    interval: Interval | None
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.prediction)

    @property
    def columns(self) -> dict[str, Sequence[Any]]:
        """The columns of a table of predictions, cells that have no value None.

        The ends of intervals of a mean are called `mean_lower` and `mean_upper`, so that nobody takes them for those of single
        values.
        """
        found: dict[str, Sequence[Any]] = {"prediction": _cells(self.prediction)}
        found |= {f"probability_{label}": _cells(values) for label, values in self.probabilities.items()}
        prefix = "" if self.interval is None or self.interval.kind == "prediction" else f"{self.interval.kind}_"
        for label, ends in self.ends.items():
            for end, values in zip(("lower", "upper"), ends, strict=True):
                found[f"{prefix}{end}" if label is None else f"{end}_{label}"] = _cells(values)
        return found


def _cells(values: Vector | Sequence[Any]) -> Sequence[Any]:
    if isinstance(values, tuple):
        return values
    return [value if value == value else None for value in map(float, values)]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on rows that it may never have seen.

    Attributes
    ----------
    model, target : str
    classes : tuple or None
    n_rows, n_dropped : int
        Rows that were used, and those that miss a value; together the table's rows.
    metrics : mapping
    warnings : tuple of str
    """

    model: str
    target: str
    classes: tuple[Class, ...] | None
    n_rows: int
    n_dropped: int
    metrics: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


def without(count: int, n: int, what: str, missing: Mapping[str, int]) -> tuple[str, ...]:
    """A warning about rows that cannot be used, with what they miss by column; none where all can."""
    if not count:
        return ()
    counted = listed(f"{shown(name)} ({number})" for name, number in missing.items() if number)
    return (f"{count} of {n} rows {what}, values missing: {counted}",)


def by(degrees: int | None) -> str:
    """The distribution of estimates, for a sentence."""
    return "the normal distribution" if degrees is None else f"Student's t with {degrees} degree{'s' * (degrees != 1)} of freedom"
