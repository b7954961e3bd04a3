"""Minimizing a mean over rows by small batches of them, epoch by epoch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Generic, TypeVar

from derivkit.errors import UsageError
from derivkit.optimize.loop import Stuck
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kept = TypeVar("Kept")

MOST_EPOCHS = 1_000_000

ROWS_IN_A_BATCH = 32
PART_FOR_VALIDATION = 0.2


def require(*, size: int | None, epochs: int | None, patience: int | None, validation: float | None) -> None:
    """Refuse batches that make no sense.

    Parameters
    ----------
    size : int or None
        Rows in a batch.
    epochs, patience : int or None
    validation : float or None
        The part of the rows that decides when to stop.

    Raises
    ------
    UsageError
        Naming the option.
    """
    for name, value in (("--batch-size", size), ("--epochs", epochs), ("--early-stop", patience)):
        if value is not None and (value < 1 or value != int(value)):
            raise UsageError(f"{name} {value}: it must be a whole number, 1 or more")
    if epochs is not None and epochs > MOST_EPOCHS:
        raise UsageError(f"--epochs {epochs}: at most {MOST_EPOCHS:,} are allowed")
    if validation is not None and not 0 < validation < 1:
        raise UsageError(f"--validation {validation:g}: the part lies between 0 and 1", hint="0.2 is a fifth")


class Batches:
    """Places of rows in small batches, in a new order every epoch.

    Parameters
    ----------
    n : int
        How many rows there are.
    size : int
        How many a batch has; the last one of an epoch may have fewer.
    random : numpy.random.Generator
    fewest : int
        The last batch of an epoch is taken together with the one before it where it has fewer.

    Attributes
    ----------
    count : int
        Batches in an epoch.

    Examples
    --------
    >>> import numpy as np
    >>> batches = Batches(5, 2, np.random.default_rng(0))
    >>> epoch = [batches.following().tolist() for _ in range(batches.count)]
    >>> [len(batch) for batch in epoch], sorted(sum(epoch, []))
    ([2, 2, 1], [0, 1, 2, 3, 4])
    """

    def __init__(self, n: int, size: int, random: np.random.Generator, *, fewest: int = 1) -> None:
        self.size = min(size, n)
        self.count = max(1, math.ceil((n - fewest + 1) / self.size))
        self._n, self._random, self._place = n, random, n
        self._order: NDArray[np.int64] | None = None

    def following(self) -> NDArray[np.int64] | slice:
        """The rows of the next batch; a slice where that is all of them."""
        if self.count == 1:
            return slice(None)
        if self._order is None or self._place == self._n:
            self._order, self._place = self._random.permutation(self._n), 0
        first, self._place = self._place, self._place + self.size
        if self._place > (self.count - 1) * self.size:
            self._place = self._n
        return self._order[first : self._place]


class Patience(Generic[Kept]):
    """Keeps what did best so far, and stops when nothing better has come for so many epochs.

    Parameters
    ----------
    epochs : int or None
        None never stops, and keeps the best.

    Attributes
    ----------
    loss : float
        The best; infinite before the first.
    epoch : int
        When that was.
    kept : anything, or None

    Examples
    --------
    >>> patience = Patience(2)
    >>> for epoch, loss in enumerate([3.0, 1.0, 2.0]):
    ...     patience.judge(epoch, loss, f"weights {epoch}")
    >>> patience.epoch, patience.kept
    (1, 'weights 1')

    References
    ----------
    Goodfellow, Bengio and Courville, Deep Learning (2016), algorithm 7.1, with an evaluation every epoch.
    """

    def __init__(self, epochs: int | None) -> None:
        self.epochs = epochs
        self.loss, self.epoch = math.inf, 0
        self.kept: Kept | None = None

    def judge(self, epoch: int, loss: float, kept: Kept) -> None:
        """Look at the loss of rows that are not trained on, after an epoch.

        Raises
        ------
        Stuck
            Converged, when it is time to stop.
        """
        if loss < self.loss:
            self.loss, self.epoch, self.kept = loss, epoch, kept
        elif self.epochs and epoch - self.epoch >= self.epochs:
            since = epoch - self.epoch
            raise Stuck(
                Outcome.CONVERGED, f"stopped early: the validation loss has not fallen for {since} epoch{'s' * (since != 1)}"
            )
