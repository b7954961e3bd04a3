"""How training went, epoch by epoch, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RISES = 1.05  # of its smallest value: a test loss that ends higher has risen
MATTERS = 0.01  # of the loss at the start: a smaller rise is the unrest of the last steps
FALLS = 0.9  # of its value at that time: a training loss that ends lower has gone on falling


@dataclass(frozen=True, slots=True)
class Score:
    """How good a network is on some rows.

    Attributes
    ----------
    loss : float
        The mean, without a penalty; of numbers in units of their variance in the training.
    metric : float
        Of classes the accuracy, of numbers the root mean square error in the user's units.
    """

    loss: float
    metric: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """Where training stood after so many epochs; 0 is the start."""

    number: int
    train: Score
    validation: Score | None = None
    test: Score | None = None


@dataclass(frozen=True, slots=True)
class Overfit:
    """From which epoch on the loss of rows that were not trained on rises, while that of the training's own falls.

    Attributes
    ----------
    epoch : int
    part : str
        "test" or "validation".
    other, train : (float, float)
        Both losses, at that epoch and at the end.
    """

    epoch: int
    part: str
    other: tuple[float, float]
    train: tuple[float, float]


def overfit(history: Sequence[Epoch]) -> Overfit | None:
    """What the curves say of overfitting; None where they show none, or there are no other rows.

    Examples
    --------
    >>> losses = [(3, 3), (2, 2), (1, 2.5), (0.5, 3)]
    >>> overfit([Epoch(k, Score(a, 0), test=Score(b, 0)) for k, (a, b) in enumerate(losses)])
    Overfit(epoch=1, part='test', other=(2, 3), train=(2, 0.5))
    """
    part = "test" if history and history[0].test else "validation"
    scores: list[Score] = [score for epoch in history if (score := getattr(epoch, part))]
    if not scores:
        return None
    least = min(range(len(scores)), key=lambda k: scores[k].loss)
    other = scores[least].loss, scores[-1].loss
    train = history[least].train.loss, history[-1].train.loss
    risen = other[1] > RISES * other[0] and other[1] - other[0] > MATTERS * scores[0].loss
    if risen and train[1] < FALLS * train[0]:
        return Overfit(history[least].number, part, other, train)
    return None
